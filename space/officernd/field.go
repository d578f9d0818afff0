package officernd

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// ref is a reference to another record: 24 hexadecimal digits, or empty when the field is absent, null or "".
type ref string

func isID(s string) bool {
	if len(s) != 24 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// UnmarshalJSON refuses whatever is neither empty nor an id: nested objects are the older API's or a dropped option's.
func (r *ref) UnmarshalJSON(b []byte) error {
	s, err := optional(b)
	if err != nil || s != "" && !isID(s) {
		return fmt.Errorf("%s is no id", short(b))
	}
	*r = ref(s)
	return nil
}

// refs is a list of references without empty and repeated ones. Known tells an absent list from an empty one.
type refs struct {
	ids   []string
	known bool
}

// UnmarshalJSON reads the list; null is as good as absent.
func (r *refs) UnmarshalJSON(b []byte) error {
	var list []ref
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("%s is no list of ids", short(b))
	}
	*r = refs{known: list != nil}
	for _, id := range list {
		if id != "" && !slices.Contains(r.ids, string(id)) {
			r.ids = append(r.ids, string(id))
		}
	}
	return nil
}

// text is words for people. Floors' numbers come as strings; a plain number is taken too. Null bytes, which PostgreSQL
// cannot hold, are dropped.
type text string

// UnmarshalJSON reads a string, a number or null.
func (t *text) UnmarshalJSON(b []byte) error {
	var n json.Number
	if s, err := optional(b); err == nil {
		*t = text(strings.TrimSpace(strings.ReplaceAll(s, "\x00", "")))
		return nil
	} else if json.Unmarshal(b, &n) != nil {
		return fmt.Errorf("%s is no text", short(b))
	}
	*t = text(n.String())
	return nil
}

// moment is an instant, zero when absent.
type moment struct{ time.Time }

// UnmarshalJSON reads RFC 3339.
func (m *moment) UnmarshalJSON(b []byte) error {
	s, err := optional(b)
	if err != nil {
		return fmt.Errorf("%s is no instant", short(b))
	}
	if s == "" {
		m.Time = time.Time{}
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return fmt.Errorf("%s is no instant", short(b))
	}
	m.Time = t
	return nil
}

func (m moment) instant() cardea.Instant {
	if m.IsZero() {
		return 0
	}
	return cardea.At(m.Time)
}

// day is a calendar date written as an instant (vendors/officernd.md 1.1): a value at 00:00:00Z is that date, any other the
// date it shows in the zone, and an end is its whole last day (RULES.md 3). DateFields, the whole list:
//
//	membership  startDate endDate
//	assignment  startDate endDate
//	pass        startDate validFrom validTo
//
// All other times are instants.
type day struct{ cardea.Day }

// UnmarshalJSON reads an instant, or a bare date as its midnight in UTC.
func (d *day) UnmarshalJSON(b []byte) error {
	if s, err := optional(b); err == nil && len(s) == len(time.DateOnly) {
		b = []byte(`"` + s + `T00:00:00Z"`)
	}
	var m moment
	if err := m.UnmarshalJSON(b); err != nil {
		return fmt.Errorf("%s is no date", short(b))
	}
	d.Day = cardea.Day{}
	if !m.IsZero() {
		d.Day = cardea.DayAt(m.Time)
	}
	return nil
}

// halves counts half passes: 0.5 is 1.
type halves struct {
	n   int64
	set bool
}

// UnmarshalJSON reads a multiple of 0.5.
func (h *halves) UnmarshalJSON(b []byte) error {
	var f *float64
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("%s is no number of passes", short(b))
	}
	if f == nil {
		*h = halves{}
		return nil
	}
	twice := *f * 2
	if twice < 0 || twice > 1e9 || twice != math.Trunc(twice) {
		return fmt.Errorf("%s is no number of passes or half passes", short(b))
	}
	*h = halves{int64(twice), true}
	return nil
}

// optional reads a string that may be null.
func optional(b []byte) (string, error) {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return "", fmt.Errorf("not a string: %w", err)
	}
	if s == nil {
		return "", nil
	}
	return *s, nil
}

// short names the shape of a value that did not fit, without showing words that may be somebody's name or card number.
func short(b []byte) string {
	switch {
	case len(b) == 0:
		return "nothing"
	case b[0] == '{':
		return "an object"
	case b[0] == '[':
		return "a list"
	case b[0] == '"':
		return fmt.Sprintf("a text of %d bytes", len(b)-2)
	case len(b) > 20:
		return "a long value"
	}
	return string(b)
}
