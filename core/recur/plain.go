package recur

import (
	"time"

	"github.com/teambition/rrule-go"
)

// plain returns a walk of the plain rules, and nil for any other: every so many days or weeks, at the time of the first
// start. Nearly all series are like that, and making the library's tables takes many times as long as walking them.
func (r Rule) plain(first, from time.Time) rrule.Next {
	o := &r.opt
	days := max(o.Interval, 1)
	switch o.Freq {
	case rrule.DAILY:
	case rrule.WEEKLY:
		days *= 7
	default:
		return nil
	}
	if len(o.Bysetpos)+len(o.Bymonth)+len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekno)+len(o.Byweekday)+
		len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 {
		return nil
	}
	at := step(first, from, days)
	return func() (time.Time, bool) {
		t := at
		at = at.AddDate(0, 0, days)
		return t, true
	}
}
