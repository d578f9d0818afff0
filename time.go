package cardea

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Instant is a point in time in microseconds since 1970-01-01T00:00:00Z. It is the only form in which time is compared
// or stored.
type Instant int64

// Always and Never are the open ends of a window: before everything, after everything.
const (
	Always Instant = math.MinInt64
	Never  Instant = math.MaxInt64
)

// Microseconds of the units used with Instant.
const (
	Second Instant = 1_000_000
	Minute         = 60 * Second
	Hour           = 60 * Minute
)

// At turns a time into an Instant; the zero time becomes Always.
func At(t time.Time) Instant {
	if t.IsZero() {
		return Always
	}
	return Instant(t.UnixMicro())
}

// Time returns the instant as UTC time. The open ends have no time; ask Bounded first.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// Bounded says whether the instant is a real point in time and not one of the open ends.
func (i Instant) Bounded() bool { return i != Always && i != Never }

// Add moves the instant by d and leaves the open ends where they are.
func (i Instant) Add(d time.Duration) Instant {
	if !i.Bounded() {
		return i
	}
	return i + Instant(d/time.Microsecond)
}

// String prints RFC 3339 in UTC, "always" or "never".
func (i Instant) String() string {
	if i == Always {
		return "always"
	}
	if i == Never {
		return "never"
	}
	return i.Time().Format(time.RFC3339Nano)
}

// MarshalText writes the form of String.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the form of String.
func (i *Instant) UnmarshalText(b []byte) error {
	switch string(b) {
	case "always":
		*i = Always
		return nil
	case "never":
		*i = Never
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("%q is no instant: want RFC 3339, always or never", b)
	}
	*i = At(t)
	return nil
}

// Window is the half-open span [From, Until).
type Window struct {
	From  Instant `json:"from"`
	Until Instant `json:"until"`
}

// Forever is the window without ends.
var Forever = Window{Always, Never}

// Empty says whether no instant lies in the window.
func (w Window) Empty() bool { return w.From >= w.Until }

// Holds says whether the instant lies in the window.
func (w Window) Holds(i Instant) bool { return w.From <= i && i < w.Until }

// Touches says whether the windows share an instant or meet end to end.
func (w Window) Touches(o Window) bool { return w.From <= o.Until && o.From <= w.Until }

// Overlaps says whether the windows share an instant.
func (w Window) Overlaps(o Window) bool { return w.From < o.Until && o.From < w.Until }

// Cut returns the instants that lie in both windows; it may be empty.
func (w Window) Cut(o Window) Window { return Window{max(w.From, o.From), min(w.Until, o.Until)} }

// Date is a calendar date without a zone, counted in days since 1970-01-01.
type Date int32

// DateOf returns the date that an instant shows in the zone.
func DateOf(i Instant, zone *time.Location) Date {
	y, m, d := i.Time().In(zone).Date()
	return days(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no date: want YYYY-MM-DD", s)
	}
	return days(t), nil
}

// days counts a UTC midnight's days since 1970; years beyond a few million do not occur.
func days(midnight time.Time) Date { return Date(midnight.Unix() / 86400) }

// Civil returns year, month and day.
func (d Date) Civil() (int, time.Month, int) { return time.Unix(int64(d)*86400, 0).UTC().Date() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Unix(int64(d)*86400, 0).UTC().Weekday() }

// String prints YYYY-MM-DD.
func (d Date) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// Day is a date-typed value as a space system wrote it: an instant whose date depends on the zone it is read in
// (RULES.md 3). The zero Day is "not set", which at an end means open.
type Day struct {
	At  Instant `json:"at"`
	Set bool    `json:"set"`
}

// DayAt makes a set Day from the instant a vendor sent.
func DayAt(t time.Time) Day { return Day{At: At(t), Set: true} }

// In returns the calendar date the value stands for: at exactly 00:00:00Z that date, else the date it shows in the zone.
func (d Day) In(zone *time.Location) Date {
	if d.At%(24*Hour) == 0 {
		return DateOf(d.At, time.UTC)
	}
	return DateOf(d.At, zone)
}

// MarshalJSON writes the instant, or null when the day is not set.
func (d Day) MarshalJSON() ([]byte, error) {
	if !d.Set {
		return []byte("null"), nil
	}
	return json.Marshal(d.At)
}

// UnmarshalJSON reads an instant or null.
func (d *Day) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*d = Day{}
		return nil
	}
	d.Set = true
	return json.Unmarshal(b, &d.At)
}

// StartOf returns the first instant that bears the date in the zone. Midnight may not exist there, may exist twice, and
// a zone may skip the whole date; then it is the first instant of a later date.
func StartOf(d Date, zone *time.Location) Instant {
	// No zone is more than 26 hours from UTC, so the answer lies within these bounds; dates rise with time but for
	// a zone change that turns the date back, which the search treats as the earlier one.
	lo := Instant(int64(d)*86400-26*3600) * Second
	hi := Instant(int64(d)*86400+26*3600) * Second
	for hi-lo > Second {
		mid := lo + (hi-lo)/2/Second*Second
		if DateOf(mid, zone) >= d {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// WallTime returns the instant at which the zone's clocks show the date and a time of day in seconds after midnight.
// Times that the clocks skip in spring are read with the offset before the gap; of times that they show twice it is
// the first (RULES.md 3). Seconds beyond a day run into the dates that follow.
func WallTime(d Date, seconds int, zone *time.Location) Instant {
	local := int64(d)*86400 + int64(seconds)
	offset := func(unix int64) int64 {
		_, o := time.Unix(unix, 0).In(zone).Zone()
		return int64(o)
	}
	// No zone is more than 14 hours from UTC, so these are the offsets well before and well after the time.
	before, after := offset(local-86400), offset(local+86400)
	first, second := local-before, local-after
	if second < first {
		first, second = second, first
	}
	for _, unix := range [2]int64{first, second} {
		if unix+offset(unix) == local {
			return Instant(unix) * Second
		}
	}
	return Instant(local-before) * Second
}
