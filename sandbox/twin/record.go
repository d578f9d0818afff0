package twin

import (
	"math"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Records reads a list of records of a shape.
func (d *Document) Records(n *yaml.Node, s Shape) ([]Record, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := make([]Record, 0, len(items))
	for _, item := range items {
		r, err := d.Record(item, s)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Record reads one record of a shape.
func (d *Document) Record(n *yaml.Node, s Shape) (Record, error) {
	r := Record{Line: n.Line, Values: map[string]any{}}
	entries, err := d.Entries(n)
	if err != nil {
		return r, err
	}
	for _, e := range entries {
		if e.Key == "delete" {
			v, err := d.value(e, Field{Kind: Bool})
			if err != nil {
				return r, err
			}
			r.Delete = As[bool](v)
			continue
		}
		f, known := s[e.Key]
		if !known {
			return r, d.Errorf(e.Line, "there is no field %q here%s", e.Key, near(e.Key, s))
		}
		if r.Values[e.Key], err = d.value(e, f); err != nil {
			return r, err
		}
	}
	return r, nil
}

// near suggests a known field: the same letters in another case or spelling, or a common beginning.
func near(key string, s Shape) string {
	best, length := "", 0
	for name := range s {
		k := commonPrefix(strings.ToLower(key), strings.ToLower(name))
		if k > length || k == length && k > 0 && name < best {
			best, length = name, k
		}
	}
	if length < 2 {
		return ""
	}
	return "; the nearest is \"" + best + "\""
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func (d *Document) value(e Entry, f Field) (any, error) {
	v, err := d.free(e.Value, 0)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, nil //nolint:nilnil // null is a value of its own: an open end, a field taken away by a patch
	}
	wrong := func(want string) error { return d.Errorf(e.Line, "%s must be %s", e.Key, want) }
	switch f.Kind {
	case Free:
		return v, nil
	case Nested:
		r, err := d.Record(e.Value, f.Fields)
		return r.Values, err
	case Bool:
		if _, ok := v.(bool); !ok {
			return nil, wrong("true or false")
		}
		return v, nil
	case Int, Number:
		x, ok := v.(float64)
		if !ok || f.Kind == Int && (x != math.Trunc(x) || math.Abs(x) > 1<<53) {
			return nil, wrong("a number")
		}
		return v, nil
	case Texts, Refs, Dates, Instants:
		list, err := d.Strings(e.Value)
		if err != nil {
			return nil, err
		}
		out := make([]any, len(list))
		for i, s := range list {
			if out[i], err = d.text(e, f, s); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		s, err := d.String(e.Value)
		if err != nil {
			return nil, err
		}
		return d.text(e, f, s)
	}
}

func (d *Document) text(e Entry, f Field, s string) (any, error) {
	switch f.Kind {
	case Date, Dates, Instant, Instants:
		t, err := ParseStamp(s)
		if err != nil {
			return nil, d.Errorf(e.Line, "%s: %w", e.Key, err)
		}
		return Stamp(t), nil
	case ID, Ref, Refs:
		if s = strings.TrimSpace(s); s == "" {
			return nil, d.Errorf(e.Line, "%s is empty", e.Key)
		}
		return s, nil
	default:
		return s, nil
	}
}

// Clone copies JSON values deeply.
func Clone[T any](v T) T {
	c, ok := clone(any(v)).(T)
	if !ok { // a nil map or slice
		return v
	}
	return c
}

func clone(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = clone(e)
		}
		return out
	default:
		return v
	}
}

// As is the value as a T, or the zero T when it is something else: a field of loose JSON that is absent, null or of another kind.
func As[T any](v any) T {
	t, ok := v.(T)
	if !ok {
		var none T
		return none
	}
	return t
}
