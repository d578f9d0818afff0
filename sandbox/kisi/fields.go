package kisi

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

func sameID(asked string, id any) bool {
	return asked == "" || asked == digits(idOf(id))
}

// What a field of a body may hold.
const (
	aString = "a string"
	orNull  = "a string or null"
	aBool   = "true or false"
	anID    = "a number"
	aDate   = "a date-time or null"
	aBag    = "an object"
	aList   = "a list"
)

// complaints collects a validation error.
type complaints map[string][]string

func (p complaints) add(field, text string) { p[field] = append(p[field], text) }

// take checks a body against the documented fields and returns what it may set.
func (v *Vendor) take(body row, declared map[string]string, p complaints) row {
	out := row{}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		value, want := body[name], declared[name]
		if want == "" {
			if v.switches.Is("unknown_fields", "refuse") {
				p.add(name, "is not a documented field")
			}
			continue
		}
		var fits bool
		if want == aDate {
			value, fits = date(value)
		} else {
			fits = holdsKind(value, want)
		}
		if !fits {
			p.add(name, "must be "+want)
		}
		out[name] = value
	}
	return out
}

func date(value any) (any, bool) {
	if value == nil {
		return nil, true
	}
	s, ok := value.(string)
	if !ok {
		return nil, false
	}
	t, err := twin.ParseStamp(s)
	if err != nil {
		return nil, false
	}
	return twin.Stamp(t), true
}

func holdsKind(value any, want string) bool {
	ok := false
	switch want {
	case aString:
		_, ok = value.(string)
	case orNull:
		_, ok = value.(string)
		ok = ok || value == nil
	case aBool:
		_, ok = value.(bool)
	case anID:
		var f float64
		f, ok = value.(float64)
		ok = ok && f == float64(int64(f))
	case aBag:
		_, ok = value.(map[string]any)
	case aList:
		_, ok = value.([]any)
	}
	return ok
}

// require complains of fields that are missing or empty.
func (p complaints) require(r row, fields ...string) {
	for _, f := range fields {
		if r[f] == nil || r[f] == "" {
			p.add(f, "can't be blank")
		}
	}
}

// Bounds of metadata (2.1).
const (
	maxMetaKeys  = 50
	maxMetaKey   = 50
	maxMetaValue = 500
)

func (p complaints) metadata(r row) {
	bag := twin.As[map[string]any](r["metadata"])
	if len(bag) > maxMetaKeys {
		p.add("metadata", "has too many keys")
	}
	for k, value := range bag {
		if len(k) > maxMetaKey {
			p.add("metadata", fmt.Sprintf("key %q is too long", k))
		}
		switch x := value.(type) {
		case string:
			if len(x) > maxMetaValue {
				p.add("metadata", fmt.Sprintf("value of %q is too long", k))
			}
		case nil, bool, float64:
		default:
			p.add("metadata", fmt.Sprintf("value of %q must be flat", k))
		}
	}
}

// with copies a row and sets fields.
func with(old, fields row) row {
	out := twin.Clone(old)
	maps.Copy(out, fields)
	return out
}
