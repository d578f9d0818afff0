package scim

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// view is how a resource is asked for.
type view struct {
	list     bool // as a row of a list
	bare     bool // without members, whatever is asked
	only     []attrPath
	excluded []attrPath
}

// view reads attributes and excludedAttributes (RFC 7644 3.9). Names that mean nothing are passed over.
func (c *call) view(list bool) (view, error) {
	q := c.r.URL.Query()
	read := func(param string) []attrPath {
		var out []attrPath
		for name := range strings.SplitSeq(q.Get(param), ",") {
			if p, err := parseAttrPath(strings.TrimSpace(name)); err == nil {
				out = append(out, p)
			}
		}
		return out
	}
	w := view{list: list, only: read("attributes"), excluded: read("excludedAttributes")}
	if len(w.only) > 0 && len(w.excluded) > 0 {
		return w, bad("invalidSyntax", "attributes or excludedAttributes, not both")
	}
	return w, nil
}

func (c *call) base() string { return "http://" + c.r.Host + "/scim/v2" }

func (c *call) location(v *Vendor, r *resource) string {
	return c.base() + "/" + kindOf(r).path + "/" + v.idText(r.ident)
}

func kindOf(r *resource) *kind {
	if r.kind == groups.name {
		return groups
	}
	return users
}

// etag is a resource's weak entity tag.
func (r *resource) etag() string { return `W/"` + strconv.Itoa(r.version) + `"` }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// groupsOf lists the groups of every user, in the groups' order.
func (v *Vendor) groupsOf() map[int64][]*resource {
	out := map[int64][]*resource{}
	for _, g := range v.state.all(groups) {
		for _, m := range g.members {
			if list := out[m.n]; m.kind == users.name && !slices.Contains(list, g) {
				out[m.n] = append(list, g)
			}
		}
	}
	return out
}

// full is everything the server knows of a resource; filters see it.
func (v *Vendor) full(c *call, r *resource, of map[int64][]*resource) row {
	k, out := kindOf(r), twin.Clone(r.attrs)
	schemas := []any{k.core.urn}
	for _, x := range k.extensions {
		if len(twin.As[map[string]any](out[x.urn])) > 0 {
			schemas = append(schemas, x.urn)
		} else {
			delete(out, x.urn)
		}
	}
	meta := row{
		"resourceType": k.name, "created": stamp(r.created), "lastModified": stamp(r.modified), "location": c.location(v, r),
	}
	if v.switches.Is("etag", "offered") {
		meta["version"] = r.etag()
	}
	out["schemas"], out["id"], out["meta"] = schemas, v.id(r.ident), meta
	var list []any
	if k == groups {
		for _, m := range r.members {
			list = append(list, v.memberRow(m, c.base()))
		}
		out["members"] = list
		return out
	}
	for _, g := range of[r.n] {
		list = append(list, row{
			"value": v.id(g.ident), "$ref": c.location(v, g), "display": text(g.attrs, "displayName"), "type": "direct",
		})
	}
	out["groups"] = list
	return out
}

// show is what goes out of a full resource.
func (v *Vendor) show(full row, k *kind, w view) row {
	field, visible := "groups", v.switches.Is("members", "users") || v.switches.Is("user_groups", "shown")
	if k == groups {
		field, visible = "members", v.membersShown(w)
	}
	list := twin.As[[]any](full[field])
	switch {
	case visible && len(list) > 0:
	case visible && v.switches.Is("empty_members", "list"), !visible && k == groups && v.switches.Is("unasked", "empty"):
		full[field] = []any{}
	default:
		delete(full, field)
	}
	if w.bare && k == groups {
		delete(full, field)
	}
	if active, is := full["active"].(bool); is && v.switches.Is("active", "string") {
		full["active"] = strconv.FormatBool(active)
	}
	return project(full, k, w)
}

// membersShown says whether a group comes with its members.
func (v *Vendor) membersShown(w view) bool {
	if v.switches.Is("members", "asked") && w.list {
		return v.switches.Is("list_attributes", "honoured") && slices.ContainsFunc(w.only, func(p attrPath) bool {
			return strings.EqualFold(p.name, "members")
		})
	}
	return !v.switches.Is("members", "users") && !v.switches.Is("members", "never")
}

// project leaves the attributes that were asked for, and those that are always returned (RFC 7643 7, returned).
func project(full row, k *kind, w view) row {
	if len(w.only) == 0 {
		for _, p := range w.excluded {
			t, known := k.lookup(p)
			if known && t.def.returned != "always" {
				prune(full, t)
			}
		}
		return full
	}
	out := row{}
	for _, a := range common {
		if a.returned == "always" {
			out[a.name] = full[a.name]
		}
	}
	for _, p := range w.only {
		if t, known := k.lookup(p); known {
			keep(out, full, t)
		}
	}
	return out
}

func prune(full row, t target) {
	holder := full
	if t.holder != "" {
		holder = twin.As[map[string]any](full[t.holder])
	}
	if t.sub == nil {
		delete(holder, t.def.name)
		return
	}
	each(holder[t.def.name], func(one row) { delete(one, t.sub.name) })
}

func each(v any, do func(row)) {
	if one, is := v.(map[string]any); is {
		do(one)
	}
	for _, one := range twin.As[[]any](v) {
		do(twin.As[map[string]any](one))
	}
}

// keep copies an attribute, or a sub-attribute beside those that are there already.
func keep(out, full row, t target) {
	if t.holder != "" {
		from := twin.As[map[string]any](full[t.holder])
		if from == nil {
			return
		}
		into := twin.As[map[string]any](out[t.holder])
		if into == nil {
			into = row{}
			out[t.holder] = into
		}
		out, full = into, from
	}
	value, there := full[t.def.name]
	switch {
	case !there:
	case t.sub == nil:
		out[t.def.name] = value
	case t.def.multi:
		have := twin.As[[]any](out[t.def.name])
		for i, one := range twin.As[[]any](value) {
			if i == len(have) {
				have = append(have, row{})
			}
			twin.As[map[string]any](have[i])[t.sub.name] = twin.As[map[string]any](one)[t.sub.name]
		}
		out[t.def.name] = have
	default:
		have := twin.As[map[string]any](out[t.def.name])
		if have == nil {
			have = row{}
		}
		have[t.sub.name] = twin.As[map[string]any](value)[t.sub.name]
		out[t.def.name] = have
	}
}

// same says whether two states of a resource show the same.
func same(a, b *resource) bool {
	return reflect.DeepEqual(a.attrs, b.attrs) && slices.Equal(a.members, b.members)
}
