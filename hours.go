package cardea

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Span is a stretch of a day in minutes after its start, [From, Until). An Until above 1440 runs into the next day.
type Span struct {
	From  int `json:"from"`
	Until int `json:"until"`
}

// ParseSpan reads "08:00-20:00". An end at or before its start is on the next day; "24:00" is a day's end.
func ParseSpan(s string) (Span, error) {
	from, until, ok := strings.Cut(strings.TrimSpace(s), "-")
	if !ok {
		return Span{}, fmt.Errorf("%q is no time span: want 08:00-20:00", s)
	}
	f, err := clock(from)
	if err != nil {
		return Span{}, err
	}
	u, err := clock(until)
	if err != nil {
		return Span{}, err
	}
	if f == 24*60 {
		return Span{}, fmt.Errorf("%q starts at 24:00: write 00:00 of the next day", s)
	}
	if u <= f {
		u += 24 * 60
	}
	return Span{f, u}, nil
}

func clock(s string) (int, error) {
	s = strings.TrimSpace(s)
	hh, mm, ok := strings.Cut(s, ":")
	h, err1 := strconv.Atoi(hh)
	m, err2 := strconv.Atoi(mm)
	if !ok || err1 != nil || err2 != nil || len(hh) != 2 || len(mm) != 2 || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("%q is no time of day: want 00:00 to 24:00", s)
	}
	return h*60 + m, nil
}

// String prints the form that ParseSpan reads.
func (s Span) String() string {
	u := s.Until
	if u > 24*60 {
		u -= 24 * 60
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, u/60, u%60)
}

// Hours are the opening hours of a week, by time.Weekday, each day's spans sorted.
type Hours [7][]Span

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseHours reads {"mon-fri": "08:00-20:00", "sat": "09:00-12:00,13:00-17:00"}. A day that is named twice is an error.
func ParseHours(m map[string]string) (Hours, error) {
	var h Hours
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		days, err := parseDays(k)
		if err != nil {
			return Hours{}, err
		}
		var spans []Span
		for part := range strings.SplitSeq(m[k], ",") {
			s, err := ParseSpan(part)
			if err != nil {
				return Hours{}, err
			}
			spans = append(spans, s)
		}
		slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
		for _, d := range days {
			if h[d] != nil {
				return Hours{}, fmt.Errorf("hours name %s twice", dayNames[d])
			}
			h[d] = slices.Clone(spans)
		}
	}
	return h, nil
}

func parseDays(s string) ([]time.Weekday, error) {
	first, last, ranged := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "-")
	a := slices.Index(dayNames[:], first)
	if !ranged {
		last = first
	}
	b := slices.Index(dayNames[:], last)
	if a < 0 || b < 0 {
		return nil, fmt.Errorf("%q names no days: want mon, or mon-fri", s)
	}
	days := []time.Weekday{time.Weekday(a)}
	for d := a; d != b; {
		d = (d + 1) % 7
		days = append(days, time.Weekday(d))
	}
	return days, nil
}

// MarshalJSON writes one entry for each day that has hours.
func (h Hours) MarshalJSON() ([]byte, error) {
	m := map[string]string{}
	for d, spans := range h {
		parts := make([]string, len(spans))
		for i, s := range spans {
			parts[i] = s.String()
		}
		if len(parts) > 0 {
			m[dayNames[d]] = strings.Join(parts, ",")
		}
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads the form of ParseHours.
func (h *Hours) UnmarshalJSON(b []byte) error {
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	v, err := ParseHours(m)
	*h = v
	return err
}
