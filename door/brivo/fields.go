package brivo

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// fields is one object as it came. Unknown fields are of no interest; an empty field is left out by Brivo, never null
// (vendors/brivo.md 1), and null is taken for the same.
type fields map[string]json.RawMessage

// has says whether the field is there and not null.
func (f fields) has(name string) bool {
	raw := bytes.TrimSpace(f[name])
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// id reads a positive whole number. Ids are numbers; digits in quotes are taken for one.
func (f fields) id(name string) (int64, bool) {
	if !f.has(name) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Trim(string(bytes.TrimSpace(f[name])), `"`), 10, 64)
	return n, err == nil && n > 0
}

// text reads a string; null and absent are "" and true. A number is taken as it is written: an externalId may have been sent
// as one.
func (f fields) text(name string) (string, bool) {
	var s string
	if !f.has(name) {
		return "", true
	}
	if err := json.Unmarshal(f[name], &s); err == nil {
		return s, true
	}
	var n json.Number
	err := json.Unmarshal(f[name], &n)
	return n.String(), err == nil
}

// flag reads a bool that is false when it is absent.
func (f fields) flag(name string) (value, ok bool) {
	if !f.has(name) {
		return false, true
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

// objects reads a list of objects; null and absent are none.
func (f fields) objects(name string) ([]fields, bool) {
	if !f.has(name) {
		return nil, true
	}
	var all []fields
	err := json.Unmarshal(f[name], &all)
	return all, err == nil
}

// instant reads a time: with seconds or milliseconds, in any offset, or a bare date, which is midnight UTC
// (vendors/brivo.md 1). 0 = it is not there.
func (f fields) instant(name string) (cardea.Instant, bool) {
	s, ok := f.text(name)
	if !ok || s == "" {
		return 0, ok
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return cardea.At(t), true
		}
	}
	return 0, false
}
