// Package object reads the objects of a vendor's answers tolerantly: unknown fields are of no interest, and what is there in
// another shape than documented is told from what is not there. Of every reading the second result says whether the field is
// absent or as it should be; a record of which it is false is a Flaw, never a guess.
package object

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Fields is one object as it came.
type Fields map[string]json.RawMessage

// Of reads an object; false when it is none.
func Of(raw json.RawMessage) (Fields, bool) {
	var f Fields
	err := json.Unmarshal(raw, &f)
	return f, err == nil && f != nil
}

// Has says whether the field is there and not null.
func (f Fields) Has(name string) bool {
	raw := bytes.TrimSpace(f[name])
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// ID reads a positive whole number.
func (f Fields) ID(name string) (int64, bool) {
	var n int64
	if !f.Has(name) || json.Unmarshal(f[name], &n) != nil {
		return 0, false
	}
	return n, n > 0
}

// LooseID reads a positive whole number, or its digits in quotes.
func (f Fields) LooseID(name string) (int64, bool) {
	if !f.Has(name) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Trim(string(bytes.TrimSpace(f[name])), `"`), 10, 64)
	return n, err == nil && n > 0
}

// Text reads a string; null and absent are "" and true.
func (f Fields) Text(name string) (string, bool) {
	var s string
	if !f.Has(name) {
		return "", true
	}
	err := json.Unmarshal(f[name], &s)
	return s, err == nil
}

// Loose reads a string, or a number as it is written; null and absent are "" and true.
func (f Fields) Loose(name string) (string, bool) {
	if s, ok := f.Text(name); ok {
		return s, true
	}
	var n json.Number
	err := json.Unmarshal(f[name], &n)
	return n.String(), err == nil
}

// Flag reads a bool, or what it is taken for when it is absent.
func (f Fields) Flag(name string, absent bool) (value, ok bool) {
	if !f.Has(name) {
		return absent, true
	}
	value = absent
	err := json.Unmarshal(f[name], &value)
	return value, err == nil
}

// On says whether a switch is there and on.
func (f Fields) On(name string) bool {
	value, ok := f.Flag(name, false)
	return ok && value
}

// Count reads a number that may be 0.
func (f Fields) Count(name string) (int64, bool) {
	var n int64
	if !f.Has(name) || json.Unmarshal(f[name], &n) != nil {
		return 0, false
	}
	return n, n >= 0
}

// Object reads an object; null, absent and anything else are nil.
func (f Fields) Object(name string) Fields {
	o, _ := Of(f[name])
	return o
}

// Objects reads a list of objects; null and absent are none.
func (f Fields) Objects(name string) ([]Fields, bool) {
	if !f.Has(name) {
		return nil, true
	}
	var all []Fields
	err := json.Unmarshal(f[name], &all)
	return all, err == nil
}

// Flaw says why a row cannot be used and which records it would have been about.
type Flaw struct {
	Why string
	Who []cardea.Key
}

// Note puts it on the collection, with the row as far as it holds no secret.
func (f *Flaw) Note(p *cardea.Pages, raw json.RawMessage) { p.Bad(wire.Redact(raw), f.Who, f.Why) }
