package opentech

import (
	"bytes"
	"encoding/json"
	"strings"
)

// fields is one object as it came. What is there in another shape than documented is told from what is not there.
type fields map[string]json.RawMessage

// has says whether the field is there and not null.
func (f fields) has(name string) bool {
	raw := bytes.TrimSpace(f[name])
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// id reads a positive whole number.
func (f fields) id(name string) (int64, bool) {
	var n int64
	if !f.has(name) || json.Unmarshal(f[name], &n) != nil {
		return 0, false
	}
	return n, n > 0
}

// optional reads a number that may be absent or 0, which both mean none.
func (f fields) optional(name string) (int64, bool) {
	var n int64
	if !f.has(name) {
		return 0, true
	}
	err := json.Unmarshal(f[name], &n)
	return n, err == nil && n >= 0
}

// text reads a string; null and absent are "" and true.
func (f fields) text(name string) (string, bool) {
	var s string
	if !f.has(name) {
		return "", true
	}
	err := json.Unmarshal(f[name], &s)
	return s, err == nil
}

// loose reads a string or a number as text: clients send and get codes as both.
func (f fields) loose(name string) (string, bool) {
	if s, ok := f.text(name); ok {
		return s, true
	}
	var n json.Number
	err := json.Unmarshal(f[name], &n)
	return n.String(), err == nil
}

// flag reads a bool, or what it is taken for when it is absent.
func (f fields) flag(name string, absent bool) (value, ok bool) {
	if !f.has(name) {
		return absent, true
	}
	err := json.Unmarshal(f[name], &value)
	return value, err == nil
}

// object reads an object; null, absent and anything else are nil.
func (f fields) object(name string) fields {
	var o fields
	if json.Unmarshal(f[name], &o) != nil {
		return nil
	}
	return o
}

func trim(s string) string { return strings.TrimSpace(s) }

// fold is how unit numbers, names and addresses are compared: trimmed, whatever the case, inner space as it is
// (vendors/opentech-kinnovis.md 2.6).
func fold(s string) string { return strings.ToLower(trim(s)) }
