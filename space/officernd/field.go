package officernd

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
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
	s, err := object.Optional(b)
	if err != nil || s != "" && !isID(s) {
		return fmt.Errorf("%s is no id", object.Short(b))
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
		return fmt.Errorf("%s is no list of ids", object.Short(b))
	}
	*r = refs{known: list != nil}
	for _, id := range list {
		if id != "" && !slices.Contains(r.ids, string(id)) {
			r.ids = append(r.ids, string(id))
		}
	}
	return nil
}

// text is words for people; floors' numbers come as strings or as numbers.
type text = object.Words

// moment is an instant, zero when absent.
type moment struct{ time.Time }

// UnmarshalJSON reads RFC 3339.
func (m *moment) UnmarshalJSON(b []byte) error {
	s, err := object.Optional(b)
	if err != nil {
		return fmt.Errorf("%s is no instant", object.Short(b))
	}
	if s == "" {
		m.Time = time.Time{}
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return fmt.Errorf("%s is no instant", object.Short(b))
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
	if s, err := object.Optional(b); err == nil && len(s) == len(time.DateOnly) {
		b = []byte(`"` + s + `T00:00:00Z"`)
	}
	var m moment
	if err := m.UnmarshalJSON(b); err != nil {
		return fmt.Errorf("%s is no date", object.Short(b))
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
		return fmt.Errorf("%s is no number of passes", object.Short(b))
	}
	if f == nil {
		*h = halves{}
		return nil
	}
	twice := *f * 2
	if twice < 0 || twice > 1e9 || twice != math.Trunc(twice) {
		return fmt.Errorf("%s is no number of passes or half passes", object.Short(b))
	}
	*h = halves{int64(twice), true}
	return nil
}
