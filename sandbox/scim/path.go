package scim

import "strings"

// patchPath is the path of a PATCH operation (RFC 7644 3.5.2): name, name.sub, name[filter], name[filter].sub.
type patchPath struct {
	path   attrPath
	to     target
	filter expr  // nil = none
	sub    *attr // after the filter
}

// parsePath reads a path that names an attribute of the kind.
func parsePath(s string, k *kind) (patchPath, error) {
	var out patchPath
	tokens, err := lex(s)
	if err != nil {
		return out, err
	}
	p := &parser{tokens: tokens, inside: true}
	t := p.next()
	if t.kind != 'w' {
		return out, bad("invalidPath", "an attribute is expected, not %q", t.text)
	}
	if out.path, err = parseAttrPath(t.text); err != nil {
		return out, err
	}
	to, known := k.lookup(out.path)
	if out.to = to; !known {
		return out, bad("invalidPath", "there is no attribute %q of a %s", t.text, k.name)
	}
	if p.peek().kind == 0 {
		return out, nil
	}
	if b := p.next(); b.kind != '[' || !b.glued || !out.to.def.multi || out.to.def.kind != "complex" || out.to.sub != nil {
		return out, bad("invalidPath", "%q is not expected after %s", b.text, out.path)
	}
	p.scope = within(out.to.def)
	if out.filter, err = p.or(); err != nil {
		return out, err
	}
	if err = p.expect(']'); err != nil {
		return out, err
	}
	if p.peek().kind == 0 {
		return out, nil
	}
	t = p.next()
	name, dotted := strings.CutPrefix(t.text, ".")
	sub, known := find(out.to.def.sub, name)
	if t.kind != 'w' || !t.glued || !dotted || !known || p.peek().kind != 0 {
		return out, bad("invalidPath", "%q is not expected after ]", t.text)
	}
	out.sub = &sub
	return out, nil
}

func (p patchPath) String() string {
	out := p.path.String()
	if p.filter != nil {
		out += "[" + p.filter.String() + "]"
	}
	if p.sub != nil {
		out += "." + p.sub.name
	}
	return out
}

// writable refuses what a client may not change (RFC 7643 7, mutability).
func (p patchPath) writable() error {
	for _, a := range []*attr{&p.to.def, p.to.sub, p.sub} {
		if a != nil && (a.mutability == "readOnly" || a.mutability == "immutable" || a.name == "schemas") {
			return bad("mutability", "%s cannot be changed", p.path)
		}
	}
	return nil
}
