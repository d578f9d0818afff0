package recur

import (
	"fmt"
	"slices"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/cardea-access/cardea"
)

const (
	// The Gregorian calendar repeats: 400 years are 146,097 days, a whole number of weeks.
	cycleYears = 400
	cycleDays  = 146_097
	lastYear   = 9998 // the library gives up in the year after
)

// Expand returns the starts of a series that lie in [span.From, span.Until), sorted, each once.
//
// The first start is always an occurrence, even where the rule does not fit it, and counts for COUNT. The rule is read on
// the clocks of the zone: a time that they skip is taken with the offset before the gap, a time that they show twice is
// the first. Except takes single starts out, after COUNT.
//
// The work is bounded by the span and the caps, not by how long ago the series began: without COUNT the walk starts at
// the last period before the span. Errors: Rejected for a span or start without a date, or more than MaxOccurrences
// starts in the span.
func (r Rule) Expand(
	start cardea.Instant, zone *time.Location, except []cardea.Instant, span cardea.Window,
) (starts []cardea.Instant, err error) {
	if !bounded(start) {
		return nil, cardea.Errorf(cardea.Rejected, "the series has no start")
	}
	if span.From < start {
		span.From = start
	}
	if !bounded(span.Until) {
		return nil, cardea.Errorf(cardea.Rejected, "a series cannot be expanded without an end")
	}
	if span.Empty() {
		return nil, nil
	}
	// The library is foreign code fed with foreign text; what the checks missed must not stop the house.
	defer func() {
		if p := recover(); p != nil {
			starts, err = nil, cardea.Errorf(cardea.Rejected, "the recurrence rule cannot be expanded: %v", p)
		}
	}()
	return r.expand(start, zone, except, span)
}

// bounded says whether the instant lies in years that bookings are made in and that the library can count.
func bounded(i cardea.Instant) bool {
	return i.Bounded() && i.Time().Year() >= 1900 && i.Time().Year() < 9000
}

func within(starts, except []cardea.Instant, span cardea.Window) []cardea.Instant {
	slices.Sort(starts)
	starts = slices.Compact(starts)
	return slices.DeleteFunc(starts, func(s cardea.Instant) bool {
		return !span.Holds(s) || slices.Contains(except, s)
	})
}

// expand walks the rule on a floating clock: local times written as if they were UTC, so that the library meets no clock
// change. Each local time is turned into an instant afterwards.
func (r Rule) expand(
	start cardea.Instant, zone *time.Location, except []cardea.Instant, span cardea.Window,
) ([]cardea.Instant, error) {
	local := start.Time().In(zone)
	first := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	rest := start % cardea.Second // part of a second, which the library does not know
	last := r.until.in(zone)

	from := first
	if r.count == 0 {
		// Zones differ by less than two days; so much earlier no occurrence of the span can be missed.
		from = later(first, span.From.Add(-48*time.Hour).Time())
	}
	shift, next := 0, r.plain(first, from)
	if next == nil {
		shift = (lastYear - span.Until.Time().Year()) / cycleYears
		lib, err := rrule.NewRRule(r.anchored(first, from, shift))
		if err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "the recurrence rule is not valid: %w", err)
		}
		next = lib.Iterator()
	}
	stop := span.Until.Add(48 * time.Hour).Time()

	starts, counted := []cardea.Instant{start}, 1
	for r.count == 0 || counted < r.count {
		t, ok := next()
		if !ok {
			break
		}
		t = t.AddDate(0, 0, -shift*cycleDays)
		if t.After(stop) {
			break
		}
		if !t.After(first) {
			continue // before the first start, or the first start itself
		}
		counted++
		h, m, s := t.Clock()
		at := cardea.WallTime(cardea.Date(t.Unix()/86400), h*3600+m*60+s, zone) + rest
		if at > last {
			break
		}
		if at < span.From || at >= span.Until {
			continue
		}
		if starts = append(starts, at); len(starts) > MaxOccurrences+1 {
			return nil, tooMany()
		}
	}
	if starts = within(starts, except, span); len(starts) > MaxOccurrences {
		return nil, tooMany()
	}
	return starts, nil
}

func tooMany() error {
	return cardea.Errorf(cardea.Rejected, "the series starts more than %d times in the time asked for", MaxOccurrences)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// anchored fills in what the rule takes from its first start, and moves the library's start to the beginning of a period
// that is in step with the first one (INTERVAL) and not after from.
//
// The library searches until the year 9999 for the next occurrence of a rule that never fits again. The calendar repeats
// to the weekday every 400 years, so the walk is done `shift` cycles later, where its end is near.
func (r Rule) anchored(first, from time.Time, shift int) rrule.ROption {
	o := r.opt
	o.Interval = max(o.Interval, 1)
	weekday := rrule.Weekday{}
	for i, d := range []rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA} {
		if time.Weekday(i) == first.Weekday() {
			weekday = d
		}
	}
	if len(o.Byyearday) == 0 && len(o.Bymonthday) == 0 && len(o.Byweekday) == 0 {
		switch {
		case len(o.Byweekno) > 0, o.Freq == rrule.WEEKLY:
			o.Byweekday = []rrule.Weekday{weekday}
		case o.Freq == rrule.YEARLY:
			if len(o.Bymonth) == 0 {
				o.Bymonth = []int{int(first.Month())}
			}
			o.Bymonthday = []int{first.Day()}
		case o.Freq == rrule.MONTHLY:
			o.Bymonthday = []int{first.Day()}
		}
	}
	if len(o.Byhour) == 0 {
		o.Byhour = []int{first.Hour()}
	}
	if len(o.Byminute) == 0 {
		o.Byminute = []int{first.Minute()}
	}
	if len(o.Bysecond) == 0 {
		o.Bysecond = []int{first.Second()}
	}
	o.Dtstart = period(o, first, from).AddDate(0, 0, shift*cycleDays)
	return o
}

// period returns the beginning of the latest period that is in step with first's and does not begin after from.
func period(o rrule.ROption, first, from time.Time) time.Time {
	y, m, d := first.Date()
	begin := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	switch o.Freq {
	case rrule.YEARLY:
		// A week of the year may reach into its neighbours, so one period more.
		n := max((from.Year()-y)/o.Interval-1, 0)
		return time.Date(y+n*o.Interval, time.January, 1, 0, 0, 0, 0, time.UTC)
	case rrule.MONTHLY:
		n := max(((from.Year()-y)*12+int(from.Month())-int(m))/o.Interval, 0)
		return time.Date(y, m+time.Month(n*o.Interval), 1, 0, 0, 0, 0, time.UTC)
	case rrule.WEEKLY:
		monday := (int(first.Weekday()) + 6) % 7 // days since Monday, as the library counts
		begin = begin.AddDate(0, 0, -((monday - o.Wkst.Day() + 7) % 7))
		return step(begin, from, 7*o.Interval)
	case rrule.DAILY:
		return step(begin, from, o.Interval)
	case rrule.HOURLY, rrule.MINUTELY, rrule.SECONDLY:
	}
	panic(fmt.Sprintf("frequency %s was not refused", o.Freq)) // Check refuses the rest
}

func step(begin, from time.Time, days int) time.Time {
	n := int(from.Sub(begin)/(24*time.Hour)) / days
	return begin.AddDate(0, 0, max(n, 0)*days)
}
