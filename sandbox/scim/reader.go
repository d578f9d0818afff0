package scim

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// reader turns foreign JSON into attributes with their canonical names, checked against the schemas.
type reader struct {
	kind        *kind
	strict      bool // unknown attributes are refused, else left out
	textBoolean bool // "true" is true
}

func (v *Vendor) reader(k *kind) *reader {
	return &reader{kind: k, strict: v.switches.Is("unknown_attributes", "400"), textBoolean: v.switches.Is("active", "string")}
}

// attributes reads a resource's attributes. What only the server writes (id, meta, groups) is left out (RFC 7644 3.3); members
// are left as they came. A null or empty value comes back as nil: unassigned (RFC 7643 2.5).
func (rd *reader) attributes(body row) (row, error) {
	out := row{}
	for name, value := range body {
		p, err := parseAttrPath(name)
		if err != nil {
			p = attrPath{name: name}
		}
		if x, is := rd.extension(name); is {
			inner, err := rd.complex(attr{name: x.urn, sub: x.attrs}, value)
			if err != nil {
				return nil, err
			}
			out[x.urn] = inner
			continue
		}
		t, known := rd.kind.lookup(p)
		switch {
		case !known || p.sub != "":
			if rd.strict {
				return nil, bad("invalidSyntax", "there is no attribute %q of a %s", name, rd.kind.name)
			}
			continue
		case t.def.name == "schemas" || t.def.mutability == "readOnly":
			continue
		}
		if _, twice := out[t.def.name]; twice {
			return nil, bad("invalidSyntax", "%s stands there twice", t.def.name)
		}
		if t.def.name == "members" {
			out["members"] = value
			continue
		}
		read, err := rd.value(t.def, value)
		if err != nil {
			return nil, err
		}
		if t.holder == "" {
			out[t.def.name] = read
			continue
		}
		inner := twin.As[map[string]any](out[t.holder])
		if inner == nil {
			inner = row{}
		}
		inner[t.def.name] = read
		out[t.holder] = inner
	}
	return out, nil
}

func (rd *reader) extension(name string) (schema, bool) {
	for _, x := range rd.kind.extensions {
		if strings.EqualFold(x.urn, name) {
			return x, true
		}
	}
	return schema{}, false
}

// value reads what an attribute holds: a list, if it is multi-valued.
func (rd *reader) value(a attr, value any) (any, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // unassigned
	}
	if !a.multi {
		return rd.single(a, value)
	}
	list, isList := value.([]any)
	if !isList {
		return nil, bad("invalidValue", "%s must be a list", a.name)
	}
	out, primary := []any{}, 0
	for _, item := range list {
		one, err := rd.single(a, item)
		if err != nil {
			return nil, err
		}
		if isPrimary(one) {
			primary++
		}
		if one != nil {
			out = append(out, one)
		}
	}
	if primary > 1 {
		return nil, bad("invalidValue", "%s has more than one primary", a.name)
	}
	if len(out) == 0 {
		return nil, nil //nolint:nilnil // unassigned
	}
	return out, nil
}

// single reads one value.
func (rd *reader) single(a attr, value any) (any, error) {
	switch a.kind {
	case "complex":
		return rd.complex(a, value)
	case "boolean":
		if s, isText := value.(string); isText && rd.textBoolean && (strings.EqualFold(s, "true") || strings.EqualFold(s, "false")) {
			return strings.EqualFold(s, "true"), nil
		}
		if _, is := value.(bool); !is {
			return nil, bad("invalidValue", "%s must be true or false", a.name)
		}
		return value, nil
	}
	s, isText := value.(string)
	if !isText {
		return nil, bad("invalidValue", "%s must be a text", a.name)
	}
	if a.kind == "dateTime" {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return nil, bad("invalidValue", "%s must be a time like 2026-11-23T09:00:00Z", a.name)
		}
	}
	return s, nil
}

// complex reads an attribute with sub-attributes.
func (rd *reader) complex(a attr, value any) (any, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // unassigned
	}
	in, isMap := value.(map[string]any)
	if !isMap {
		return nil, bad("invalidValue", "%s must be an object", a.name)
	}
	out := row{}
	for name, v := range in {
		sub, known := find(a.sub, name)
		if !known {
			if rd.strict {
				return nil, bad("invalidSyntax", "%s has no %q", a.name, name)
			}
			continue
		}
		if sub.mutability == "readOnly" {
			continue
		}
		read, err := rd.value(sub, v)
		if err != nil {
			return nil, err
		}
		if read != nil {
			out[sub.name] = read
		}
	}
	if len(out) == 0 {
		return nil, nil //nolint:nilnil // unassigned
	}
	return out, nil
}

func isPrimary(v any) bool { return twin.As[bool](twin.As[map[string]any](v)["primary"]) }
