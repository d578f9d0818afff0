// Package recur expands recurrence rules (RFC 5545) into instants. It is the only importer of the recurrence library,
// and stands between it and rules that were written to hurt: everything is checked and capped before it is expanded.
package recur

import (
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/cardea-access/cardea"
)

// The caps. A rule beyond one of them is refused, never cut short: half a series would be a wrong answer.
const (
	// MaxOccurrences is how many starts one expansion may return (RULES.md 3).
	MaxOccurrences = 1000
	maxLength      = 1000   // bytes of a rule
	maxInterval    = 10_000 // periods
	maxCount       = 20_000 // starts, counted from the first
	maxPerDay      = 10     // BYHOUR x BYMINUTE x BYSECOND
)

// Rule is a checked recurrence rule. It does not change and may be shared.
type Rule struct {
	opt   rrule.ROption
	count int
	until until
}

// until is the UNTIL part: an instant, or a local time or date whose instant depends on the zone.
type until struct {
	set     bool
	at      cardea.Instant
	local   bool
	date    cardea.Date
	seconds int // after the date's midnight; 86399 for a date without a time
}

// in returns the last instant at which an occurrence may start.
func (u until) in(zone *time.Location) cardea.Instant {
	switch {
	case !u.set:
		return cardea.Never
	case u.local:
		return cardea.WallTime(u.date, u.seconds, zone)
	}
	return u.at
}

// Parse reads and checks a rule. A DTSTART inside it is left out: the booking's own start is the start. Errors: Rejected,
// with a sentence that names what is wrong.
func Parse(text string) (Rule, error) {
	if len(text) > maxLength {
		return Rule{}, cardea.Errorf(cardea.Rejected, "the recurrence rule is longer than %d bytes", maxLength)
	}
	body, err := line(text)
	if err != nil {
		return Rule{}, err
	}
	var r Rule
	var parts []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(body, ";"), ";") {
		name, value, _ := strings.Cut(part, "=")
		if seen[name] {
			return Rule{}, cardea.Errorf(cardea.Rejected, "the recurrence rule says %s twice", name)
		}
		seen[name] = true
		switch name {
		case "DTSTART", "TZID":
		case "UNTIL":
			if r.until, err = parseUntil(value); err != nil {
				return Rule{}, err
			}
		default:
			parts = append(parts, part)
		}
	}
	opt, err := rrule.StrToROption(strings.Join(parts, ";"))
	if err != nil {
		return Rule{}, cardea.Errorf(cardea.Rejected, "the recurrence rule cannot be read: %w", err)
	}
	if _, err := rrule.NewRRule(*opt); err != nil {
		return Rule{}, cardea.Errorf(cardea.Rejected, "the recurrence rule is not valid: %w", err)
	}
	r.opt, r.count = *opt, opt.Count
	r.opt.Count = 0 // counted here, because the first start counts whether the rule fits it or not
	return r, r.check(seen)
}

// line takes the rule out of what vendors send: with or without RRULE:, with or without a DTSTART line.
func line(text string) (string, error) {
	found := ""
	for l := range strings.Lines(strings.ToUpper(text)) {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "DTSTART") {
			continue
		}
		if found != "" {
			return "", cardea.Errorf(cardea.Rejected, "more than one recurrence rule: only one is read")
		}
		found = strings.TrimPrefix(l, "RRULE:")
	}
	if found == "" {
		return "", cardea.Errorf(cardea.Rejected, "the recurrence rule is empty")
	}
	return found, nil
}

func parseUntil(value string) (until, error) {
	if t, err := time.Parse("20060102T150405Z", value); err == nil {
		return until{set: true, at: cardea.At(t)}, nil
	}
	if t, err := time.Parse("20060102T150405", value); err == nil {
		h, m, s := t.Clock()
		return until{set: true, local: true, date: cardea.DateOf(cardea.At(t), time.UTC), seconds: h*3600 + m*60 + s}, nil
	}
	if t, err := time.Parse("20060102", value); err == nil {
		return until{set: true, local: true, date: cardea.DateOf(cardea.At(t), time.UTC), seconds: 86399}, nil
	}
	return until{}, cardea.Errorf(cardea.Rejected, "UNTIL=%s is no time", value)
}

// check refuses what RFC 5545 forbids and what would not end. Sub-daily rules are refused outright: nobody books a room
// every minute, and the library can search for ever for the next one.
func (r Rule) check(seen map[string]bool) error {
	o := r.opt
	refuse := func(format string, args ...any) error { return cardea.Errorf(cardea.Rejected, format, args...) }
	switch {
	case o.Freq > rrule.DAILY:
		return refuse("FREQ=%s is refused: bookings repeat by day, week, month or year", o.Freq)
	case seen["INTERVAL"] && o.Interval < 1 || o.Interval > maxInterval:
		return refuse("INTERVAL must be between 1 and %d", maxInterval)
	case seen["COUNT"] && r.count < 1 || r.count > maxCount:
		return refuse("COUNT must be between 1 and %d", maxCount)
	case len(o.Byeaster) > 0:
		return refuse("BYEASTER is not part of RFC 5545")
	case max(len(o.Byhour), 1)*max(len(o.Byminute), 1)*max(len(o.Bysecond), 1) > maxPerDay:
		return refuse("the rule starts more than %d times a day", maxPerDay)
	case len(o.Byweekno) > 0 && o.Freq != rrule.YEARLY:
		return refuse("BYWEEKNO goes with FREQ=YEARLY only")
	case len(o.Byyearday) > 0 && o.Freq != rrule.YEARLY:
		return refuse("BYYEARDAY goes with FREQ=YEARLY only")
	case len(o.Bymonthday) > 0 && o.Freq == rrule.WEEKLY:
		return refuse("BYMONTHDAY does not go with FREQ=WEEKLY")
	case slices.Contains(o.Bymonthday, 0) || slices.Contains(o.Byyearday, 0) || slices.Contains(o.Byweekno, 0):
		return refuse("a day or week of number 0 does not exist")
	case o.Wkst.N() != 0:
		return refuse("WKST names a plain day")
	}
	// In a month there are five of each day at most; the library would look outside its tables for the sixth.
	most := 5
	if o.Freq == rrule.YEARLY && len(o.Bymonth) == 0 {
		most = 53
	}
	for _, day := range o.Byweekday {
		n := max(day.N(), -day.N())
		if n > 0 && (o.Freq > rrule.MONTHLY || len(o.Byweekno) > 0) {
			return refuse("BYDAY with a number goes with FREQ=MONTHLY or YEARLY only")
		}
		if n > most {
			return refuse("BYDAY=%d counts further than there are such days", day.N())
		}
	}
	return nil
}
