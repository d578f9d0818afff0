package scim

import (
	"net/http"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// patchMembers is a PATCH operation whose path begins with members.
func (v *Vendor) patchMembers(r *resource, o operation, p patchPath) error {
	if p.to.sub != nil || p.sub != nil || p.filter != nil && o.op != "remove" {
		return bad("invalidPath", "%s cannot be changed; add and remove members", p)
	}
	if o.op != "remove" {
		return v.putMembers(r, o.op == "replace", o.value)
	}
	form, named := "filter", []string(nil)
	if p.filter == nil {
		form = "value"
		var err error
		if named, err = v.named(o.value); err != nil {
			return err
		}
	}
	switch {
	case p.filter == nil && len(named) == 0:
		return v.removeAll(r)
	case !v.switches.Is("remove_form", form) && !v.switches.Is("remove_form", "both"):
		return v.removeOther(r, form)
	case p.filter == nil:
		return v.removeThose(r, func(one row) bool { return slices.Contains(named, plain(one["value"])) }, len(named))
	}
	return v.removeThose(r, p.filter.match, 1)
}

// removeOther is what the server makes of the form of remove that it does not take.
func (v *Vendor) removeOther(r *resource, form string) error {
	switch {
	case v.switches.Is("remove_other", "all"): // the path is read as far as `members`, and the value not at all
		r.members = nil
	case v.switches.Is("remove_other", "400") && form == "filter":
		return bad("invalidPath", "a filter in a path is not supported")
	case v.switches.Is("remove_other", "400"):
		return bad("invalidValue", "remove takes no value")
	}
	return nil
}

func (v *Vendor) removeAll(r *resource) error {
	if v.switches.Is("bare_remove", "400") {
		return bad("invalidValue", "all members cannot be removed at once")
	}
	r.members = nil
	return nil
}

// removeThose takes out the members that fit; fewer than expected are a case of the switch absent_remove.
func (v *Vendor) removeThose(r *resource, fits func(row) bool, expected int) error {
	var left, gone []ident
	for _, m := range r.members {
		if fits(v.memberRow(m, "")) {
			if !slices.Contains(gone, m) {
				gone = append(gone, m)
			}
		} else {
			left = append(left, m)
		}
	}
	if len(gone) < expected {
		if v.switches.Is("absent_remove", "404") {
			return missing()
		}
		if v.switches.Is("absent_remove", "400") {
			return bad("noTarget", "there is no such member")
		}
	}
	r.members = left
	return nil
}

// named are the ids in a value: a list of members, one member, or nothing.
func (v *Vendor) named(value any) ([]string, error) {
	list, is := value.([]any)
	if !is && value != nil {
		list = []any{value}
	}
	def, _ := find(groups.core.attrs, "members")
	rd := v.reader(groups)
	var out []string
	for _, one := range list {
		m, is := one.(map[string]any)
		if !is {
			return nil, bad("invalidValue", "a member must be an object with a value")
		}
		m = twin.Clone(m)
		for name, x := range m {
			if n, number := x.(float64); number && v.switches.Is("ids", "number") {
				m[name] = plain(n) // as it was shown
			}
		}
		read, err := rd.complex(def, m)
		if err != nil {
			return nil, err
		}
		id := text(twin.As[map[string]any](read), "value")
		if id == "" {
			return nil, bad("invalidValue", "a member must have a value")
		}
		out = append(out, id)
	}
	return out, nil
}

// putMembers adds members, or puts them in the place of those there are.
func (v *Vendor) putMembers(r *resource, replace bool, value any) error {
	ids, err := v.named(value)
	if err != nil {
		return err
	}
	if replace && v.switches.Is("replace_members", "400") {
		return bad("invalidValue", "all members cannot be replaced at once")
	}
	if replace {
		r.members = nil
	}
	for _, id := range ids {
		m := v.byID(users, id)
		if m == nil {
			m = v.byID(groups, id)
		}
		switch {
		case m == nil && v.switches.Is("unknown_member", "404"):
			return missing()
		case m == nil && v.switches.Is("unknown_member", "400"):
			return bad("invalidValue", "there is no user %q", id)
		case m == nil:
		case !slices.Contains(r.members, m.ident) || v.switches.Is("duplicate_add", "twice"):
			r.members = append(r.members, m.ident)
		case v.switches.Is("duplicate_add", "409"):
			return refuse(http.StatusConflict, "uniqueness", "%s is a member already", id)
		}
	}
	return nil
}

// memberRow is a member as a group shows it (RFC 7643 4.2).
func (v *Vendor) memberRow(m ident, base string) row {
	k := users
	if m.kind == groups.name {
		k = groups
	}
	out := row{"value": v.id(m), "type": m.kind, "$ref": base + "/" + k.path + "/" + v.idText(m)}
	if r := v.state.rows[m.n]; r != nil {
		out["display"] = display(r)
	}
	return out
}

func display(r *resource) string {
	if name := text(r.attrs, "displayName"); name != "" {
		return name
	}
	return text(r.attrs, "userName")
}
