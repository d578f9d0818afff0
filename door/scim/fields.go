package scim

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// fields is one object as it came, its names in lower case: attribute names do not depend on case (RFC 7643 2.1).
// What is there in another shape than the RFC's is told from what is not there.
type fields map[string]json.RawMessage

// UnmarshalJSON implements json.Unmarshaler.
func (f *fields) UnmarshalJSON(b []byte) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	*f = nil
	if m == nil {
		return nil
	}
	*f = make(fields, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		(*f)[strings.ToLower(k)] = m[k]
	}
	return nil
}

// raw returns an attribute, nil where it is not there or null, which mean the same (RFC 7643 2.5).
func (f fields) raw(name string) json.RawMessage {
	raw := bytes.TrimSpace(f[strings.ToLower(name)])
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// text reads a string, or a number as it is written; absent is "" and true.
func (f fields) text(name string) (string, bool) {
	raw := f.raw(name)
	if len(raw) == 0 {
		return "", true
	}
	return word(raw)
}

func word(raw json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(strings.ReplaceAll(s, "\x00", "")), true
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String(), true
	}
	return "", false
}

// flag reads a bool, which some servers write as a string; absent is the default.
func (f fields) flag(name string, absent bool) (value, ok bool) {
	raw := f.raw(name)
	if len(raw) == 0 {
		return absent, true
	}
	if json.Unmarshal(raw, &value) == nil {
		return value, true
	}
	switch s, _ := word(raw); strings.ToLower(s) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return absent, false
}

// number reads a whole number that is not negative.
func (f fields) number(name string) (int, bool) {
	var n int
	raw := f.raw(name)
	if len(raw) == 0 || json.Unmarshal(raw, &n) != nil || n < 0 {
		return 0, false
	}
	return n, true
}

// object reads an object; anything else is nil.
func (f fields) object(name string) fields {
	var o fields
	raw := f.raw(name)
	if len(raw) == 0 || json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// values reads a multi-valued attribute: objects, bare values as {"value": ...}, and a single one as a list of one
// (servers differ). It is false when there is something that is none of these.
func (f fields) values(name string) ([]fields, bool) {
	raw := f.raw(name)
	if len(raw) == 0 {
		return nil, true
	}
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		rows = []json.RawMessage{raw}
	}
	out, whole := make([]fields, 0, len(rows)), true
	for _, r := range rows {
		var o fields
		switch _, bare := word(r); {
		case json.Unmarshal(r, &o) == nil && o != nil:
			out = append(out, o)
		case bare:
			out = append(out, fields{"value": r})
		default:
			whole = false
		}
	}
	return out, whole
}
