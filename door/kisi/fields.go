package kisi

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/cardea-access/cardea"
)

// fields is one object as it came. Unknown fields are of no interest; what is there in another shape than documented is
// told from what is not there.
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

// text reads a string; null and absent are "" and true.
func (f fields) text(name string) (string, bool) {
	var s string
	if !f.has(name) {
		return "", true
	}
	err := json.Unmarshal(f[name], &s)
	return s, err == nil
}

// flag reads a bool that is true when it is absent.
func (f fields) flag(name string) (value, ok bool) {
	value = true
	if !f.has(name) {
		return true, true
	}
	err := json.Unmarshal(f[name], &value)
	return value, err == nil
}

// object reads an object; null and absent are nil.
func (f fields) object(name string) fields {
	var o fields
	if json.Unmarshal(f[name], &o) != nil {
		return nil
	}
	return o
}

// instant reads an ISO 8601 time; null and absent are the open end.
func (f fields) instant(name string, open cardea.Instant) (cardea.Instant, bool) {
	s, ok := f.text(name)
	if !ok || s == "" {
		return open, ok && !f.has(name)
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return open, false
	}
	return cardea.At(t), true
}
