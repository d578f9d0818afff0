package nexudus

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// ref is a record's id: a whole number above zero, as text. It is empty when the field is absent, null, 0 or "".
type ref string

func isID(s string) bool {
	if s == "" || len(s) > 19 || s[0] == '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// UnmarshalJSON reads a number, or one that is written as text.
func (r *ref) UnmarshalJSON(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"`)
	switch {
	case s == "null", s == "", s == "0":
		*r = ""
	case isID(s):
		*r = ref(s)
	default:
		return fmt.Errorf("%s is no id", object.Short(b))
	}
	return nil
}

// refs is a list of ids without empty and repeated ones. Known tells a list that is there, though it be null, from none.
type refs struct {
	ids   []string
	known bool
}

// UnmarshalJSON reads a list of ids, or of objects that have one. In a whole record null is an empty list; rows of a listing
// are not asked (vendors/nexudus.md 0.3).
func (r *refs) UnmarshalJSON(b []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("%s is no list of ids", object.Short(b))
	}
	*r = refs{known: true}
	for _, raw := range list {
		var id ref
		if len(raw) > 0 && raw[0] == '{' {
			id = idOf(raw)
			if id == "" {
				return fmt.Errorf("the list holds an object without an id")
			}
		} else if err := json.Unmarshal(raw, &id); err != nil {
			return fmt.Errorf("the list holds what is no id")
		}
		if id != "" && !slices.Contains(r.ids, string(id)) {
			r.ids = append(r.ids, string(id))
		}
	}
	return nil
}

// joined is a list of ids that is written as text. The separator is not documented: commas, semicolons and spaces are taken.
type joined struct {
	ids   []string
	known bool
}

// UnmarshalJSON reads the text; null is an empty list.
func (j *joined) UnmarshalJSON(b []byte) error {
	*j = joined{known: true}
	s, err := object.Optional(b)
	if err != nil {
		var one ref
		if json.Unmarshal(b, &one) != nil {
			return fmt.Errorf("%s is no list of ids", object.Short(b))
		}
		s = string(one)
	}
	for _, id := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;| ", r) }) {
		if !isID(id) {
			return fmt.Errorf("the list holds what is no id")
		}
		if !slices.Contains(j.ids, id) {
			j.ids = append(j.ids, id)
		}
	}
	return nil
}

// text is words for people.
type text = object.Words

// flag is a yes or no that may not have been said.
type flag struct{ yes, known bool }

// UnmarshalJSON reads true, false, their words, or null.
func (f *flag) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(string(b)), `"`)) {
	case "true":
		*f = flag{true, true}
	case "false":
		*f = flag{false, true}
	case "null", "":
		*f = flag{}
	default:
		return fmt.Errorf("%s is neither true nor false", object.Short(b))
	}
	return nil
}

// number is a count that may not have been said.
type number struct {
	n   int64
	set bool
}

// UnmarshalJSON reads a number, one that is written as text, or null. What is behind the point does not count.
func (v *number) UnmarshalJSON(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"`)
	if s == "null" || s == "" {
		*v = number{}
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != f || f < -1e12 || f > 1e12 {
		return fmt.Errorf("%s is no number", object.Short(b))
	}
	*v = number{int64(f), true}
	return nil
}

// instantForms are how the vendor writes instants.
var instantForms = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly}

// moment is an instant, zero when absent. Without a zone it is UTC (vendors/nexudus.md 0.6).
type moment struct{ time.Time }

// UnmarshalJSON reads RFC 3339 with up to seven digits of a second, or the same without a zone.
func (m *moment) UnmarshalJSON(b []byte) error {
	s, err := object.Optional(b)
	if err != nil {
		return fmt.Errorf("%s is no instant", object.Short(b))
	}
	m.Time = time.Time{}
	if s == "" {
		return nil
	}
	for _, form := range instantForms {
		t, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if t.Year() < 1900 {
			return nil // .NET's zero
		}
		if t.Year() > 9998 {
			break
		}
		m.Time = t
		return nil
	}
	return fmt.Errorf("%s is no instant", object.Short(b))
}

func (m moment) instant() cardea.Instant {
	if m.IsZero() {
		return 0
	}
	return cardea.At(m.Time)
}

// clock is the time of day of an instant, as it is written: its date and zone mean nothing.
type clock struct {
	minutes int
	set     bool
}

// UnmarshalJSON reads an instant of any year, or a bare time.
func (c *clock) UnmarshalJSON(b []byte) error {
	s, err := object.Optional(b)
	if err != nil {
		return fmt.Errorf("%s is no time", object.Short(b))
	}
	*c = clock{}
	if s == "" {
		return nil
	}
	for _, form := range append([]string{"15:04:05", "15:04"}, instantForms...) {
		if t, err := time.Parse(form, s); err == nil {
			*c = clock{t.Hour()*60 + t.Minute(), true}
			return nil
		}
	}
	return fmt.Errorf("%s is no time", object.Short(b))
}

// day is a date-typed value (RULES.md 3). DateFields, the whole list:
//
//	contract  StartDate CancellationDate InPausedPeriodFrom InPausedPeriodUntil
//	pass      ExpireDate
//
// All other times are instants. A Local twin is the location's own clock, whatever its suffix says: the date that it bears is
// the date, and no zone has to be known for it.
func day(utc, local moment) cardea.Day {
	switch {
	case !utc.IsZero() && !local.IsZero():
		y, mo, d := local.Date()
		return cardea.DayAt(time.Date(y, mo, d, 0, 0, 0, 0, time.UTC))
	case !utc.IsZero():
		return cardea.DayAt(utc.Time)
	}
	return cardea.Day{}
}
