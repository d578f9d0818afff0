package scim

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// operation is one of a PATCH request.
type operation struct {
	op    string // add, remove, replace
	path  string
	value any // nil = none, or null
}

// operations reads the body of a PATCH (RFC 7644 3.5.2). Names of members are not compared by letter case.
func (v *Vendor) operations(body row) ([]operation, error) {
	outer := folded(body)
	if !slices.Contains(texts(outer["schemas"]), patchURN) {
		return nil, bad("invalidSyntax", "schemas must name %s", patchURN)
	}
	list := twin.As[[]any](outer["operations"])
	if len(list) == 0 {
		return nil, bad("invalidSyntax", "Operations must be a list, and not empty")
	}
	out := make([]operation, 0, len(list))
	for _, item := range list {
		one, is := item.(map[string]any)
		if !is {
			return nil, bad("invalidSyntax", "an operation must be an object")
		}
		one = folded(one)
		o := operation{op: text(one, "op"), value: one["value"]}
		if v.switches.Is("op_case", "any") {
			o.op = strings.ToLower(o.op)
		}
		if !slices.Contains([]string{"add", "remove", "replace"}, o.op) {
			return nil, bad("invalidSyntax", "op must be add, remove or replace, not %q", o.op)
		}
		if path, given := one["path"]; given && path != nil {
			if o.path, is = path.(string); !is || strings.TrimSpace(o.path) == "" {
				return nil, bad("invalidPath", "path must be a text")
			}
		}
		if o.op == "remove" && o.path == "" {
			return nil, bad("noTarget", "remove needs a path")
		}
		if _, given := one["value"]; o.op != "remove" && !given || o.op == "add" && o.value == nil {
			return nil, bad("invalidValue", "%s needs a value", o.op)
		}
		out = append(out, o)
	}
	return out, nil
}

func folded(m row) row {
	out := make(row, len(m))
	for k, v := range m {
		out[strings.ToLower(k)] = v
	}
	return out
}

func texts(v any) []string {
	var out []string
	for _, one := range twin.As[[]any](v) {
		out = append(out, twin.As[string](one))
	}
	return out
}

// apply does one operation on a copy of a resource.
func (v *Vendor) apply(k *kind, r *resource, o operation) error {
	if o.path == "" {
		return v.applyAll(k, r, o)
	}
	p, err := parsePath(o.path, k)
	if err != nil {
		return err
	}
	if p.to.def.name == "members" {
		return v.patchMembers(r, o, p)
	}
	if err := p.writable(); err != nil {
		return err
	}
	if o.op == "remove" || o.value == nil { // replace with null is unassigned (RFC 7643 2.5)
		return r.unset(p)
	}
	return v.set(k, r, o, p)
}

// applyAll is an operation without a path: its value is a part of a resource.
func (v *Vendor) applyAll(k *kind, r *resource, o operation) error {
	value, is := o.value.(map[string]any)
	if !is {
		return bad("invalidValue", "without a path the value must be an object")
	}
	given, err := v.reader(k).attributes(value)
	if err != nil {
		return err
	}
	for name, one := range given {
		t, core := k.lookup(attrPath{name: name})
		switch {
		case name == "members":
			if err := v.putMembers(r, o.op == "replace", one); err != nil {
				return err
			}
		case !core: // an extension
			for inner, x := range twin.As[map[string]any](one) {
				if t, known := k.lookup(attrPath{urn: name, name: inner}); known {
					r.put(t, o.op, x)
				}
			}
		default:
			r.put(t, o.op, one)
		}
	}
	return nil
}

// holder is where a target's attribute stands.
func (r *resource) holder(t target) row {
	if t.holder == "" {
		return r.attrs
	}
	inner := twin.As[map[string]any](r.attrs[t.holder])
	if inner == nil {
		inner = row{}
		r.attrs[t.holder] = inner
	}
	return inner
}

// put adds or replaces a whole attribute (RFC 7644 3.5.2.1, 3.5.2.3); value has been read.
func (r *resource) put(t target, op string, value any) {
	h, name := r.holder(t), t.def.name
	old := h[name]
	switch {
	case value == nil:
		if op == "replace" {
			delete(h, name)
		}
	case t.def.multi && op == "add":
		list := twin.As[[]any](old)
		for _, one := range twin.As[[]any](value) {
			if slices.ContainsFunc(list, func(x any) bool { return reflect.DeepEqual(x, one) }) {
				continue
			}
			if isPrimary(one) {
				unmark(list)
			}
			list = append(list, one)
		}
		h[name] = list
	case t.def.kind == "complex" && !t.def.multi && old != nil: // what is not named stays
		maps.Copy(twin.As[map[string]any](old), twin.As[map[string]any](value))
	default:
		h[name] = value
	}
}

// unmark: a new primary takes the mark from the old (RFC 7644 3.5.2).
func unmark(list []any) {
	for _, one := range list {
		if isPrimary(one) {
			twin.As[map[string]any](one)["primary"] = false
		}
	}
}

// set is add or replace with a path.
func (v *Vendor) set(k *kind, r *resource, o operation, p patchPath) error {
	rd, list := v.reader(k), []any(nil)
	if p.filter != nil {
		if list = p.matches(r); len(list) == 0 {
			return bad("noTarget", "nothing fits %s", p)
		}
	}
	def, value := p.to.last(), o.value
	if p.sub != nil {
		def = *p.sub
	}
	if p.filter != nil && p.sub == nil {
		def.multi = false
	}
	if _, isList := value.([]any); def.multi && !isList {
		value = []any{value}
	}
	read, err := rd.value(def, value)
	if err != nil {
		return err
	}
	switch {
	case read == nil && (p.filter != nil || p.to.sub != nil):
		return r.unset(p)
	case p.filter != nil:
		if p.sub != nil && p.sub.name == "primary" && read == true || isPrimary(read) {
			if len(list) > 1 {
				return bad("invalidValue", "%s has one primary", p.path)
			}
			unmark(twin.As[[]any](r.holder(p.to)[p.to.def.name]))
		}
		for _, one := range list {
			m := twin.As[map[string]any](one)
			if p.sub != nil {
				m[p.sub.name] = read
				continue
			}
			if o.op == "replace" {
				clear(m)
			}
			maps.Copy(m, twin.As[map[string]any](read))
		}
	case p.to.sub != nil && p.to.def.multi:
		return bad("invalidPath", "%s is many; say which", p.path)
	case p.to.sub != nil:
		h := r.holder(p.to)
		outer := twin.As[map[string]any](h[p.to.def.name])
		if outer == nil {
			outer = row{}
			h[p.to.def.name] = outer
		}
		outer[p.to.sub.name] = read
	default:
		r.put(p.to, o.op, read)
	}
	return nil
}

// matches are the values of a multi-valued attribute that a path's filter fits.
func (p patchPath) matches(r *resource) []any {
	var out []any
	for _, one := range twin.As[[]any](r.holder(p.to)[p.to.def.name]) {
		if p.filter.match(twin.As[map[string]any](one)) {
			out = append(out, one)
		}
	}
	return out
}

// unset is remove (RFC 7644 3.5.2.2).
func (r *resource) unset(p patchPath) error {
	h, name := r.holder(p.to), p.to.def.name
	switch {
	case p.to.def.required && p.to.sub == nil:
		return bad("mutability", "%s is required", name)
	case p.filter != nil:
		found := p.matches(r)
		if len(found) == 0 {
			return bad("noTarget", "nothing fits %s", p)
		}
		var left []any
		for _, one := range twin.As[[]any](h[name]) {
			fits := p.filter.match(twin.As[map[string]any](one))
			if fits && p.sub != nil {
				delete(twin.As[map[string]any](one), p.sub.name)
			}
			if !fits || p.sub != nil {
				left = append(left, one)
			}
		}
		if h[name] = left; len(left) == 0 {
			delete(h, name)
		}
	case p.to.sub != nil && p.to.def.multi:
		return bad("invalidPath", "%s is many; say which", p.path)
	case p.to.sub != nil:
		delete(twin.As[map[string]any](h[name]), p.to.sub.name)
	default:
		delete(h, name)
	}
	return nil
}
