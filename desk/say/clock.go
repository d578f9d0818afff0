package say

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Clock tells instants in one zone, seen from one moment.
type Clock struct {
	Zone *time.Location // nil = UTC
	Now  cardea.Instant
}

// ZoneName is what the clock's zone is called in a sentence: "London" for Europe/London.
func (c Clock) ZoneName() string {
	zone := c.In()
	name := zone.String()
	if name == "" || name == "Local" {
		short, _ := c.Now.Time().In(zone).Zone()
		return short
	}
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

// Times says in which zone times are told: "times are those of London", "times are in UTC".
func (c Clock) Times() string {
	name := c.ZoneName()
	if name == "UTC" {
		return "times are in UTC"
	}
	return "times are those of " + name
}

// Moment prints an instant without its zone: "Tue 24 Nov 09:45", with the year when it is not this one and with seconds
// when there are any. The open ends are "always" and "never", an unset instant is "never" too.
func (c Clock) Moment(i cardea.Instant) string {
	if !Known(i) {
		if i == cardea.Always {
			return "always"
		}
		return "never"
	}
	t := i.Time().In(c.In())
	return t.Format("Mon 2 Jan ") + c.year(t) + hours(t)
}

// End prints an instant as the end of something: a midnight is 24:00 of the day that ends there.
func (c Clock) End(i cardea.Instant) string {
	if !Known(i) {
		return c.Moment(i)
	}
	zone := c.In()
	if day := cardea.DateOf(i, zone); cardea.StartOf(day, zone) == i {
		t := (i - 1).Time().In(zone)
		return t.Format("Mon 2 Jan ") + c.year(t) + "24:00"
	}
	return c.Moment(i)
}

// Window prints a window without its zone.
func (c Clock) Window(w cardea.Window) string {
	switch {
	case w.Empty():
		return "at no time"
	case w == cardea.Forever:
		return "without an end"
	case w.From == cardea.Always:
		return "until " + c.End(w.Until)
	case w.Until == cardea.Never:
		return "from " + c.Moment(w.From) + " without an end"
	}
	until := c.End(w.Until)
	if zone := c.In(); cardea.DateOf(w.From, zone) == cardea.DateOf(w.Until-1, zone) {
		until = until[strings.LastIndexByte(until, ' ')+1:] // the same day needs no second date
	}
	return "from " + c.Moment(w.From) + " until " + until
}

// Left prints what is left of a window once it runs: "until Mon 30 Nov 24:00", or "without an end".
func (c Clock) Left(w cardea.Window) string {
	return c.Window(cardea.Window{From: cardea.Always, Until: w.Until})
}

// Known says whether an instant is a real point in time: neither open end nor the unset 0.
func Known(i cardea.Instant) bool { return i.Bounded() && i != 0 }

// Took prints a length of time: "0.4 s", "12 s", "3 min 20 s", "2 h 5 min".
func Took(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 10*time.Second:
		return trimZero(d.Round(100*time.Millisecond).Seconds()) + " s"
	case d < time.Minute:
		return number(int(d.Round(time.Second)/time.Second)) + " s"
	case d < time.Hour:
		return pair(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < 48*time.Hour:
		return pair(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	return pair(int(d/(24*time.Hour)), "days", int(d%(24*time.Hour)/time.Hour), "h")
}

// Ago prints how long before the clock's moment something was: "3 min ago", "just now", "never".
func (c Clock) Ago(i cardea.Instant) string {
	if !Known(i) {
		return "never"
	}
	d := time.Duration(c.Now-i) * time.Microsecond
	switch {
	case d < 0:
		return "in " + coarse(-d)
	case d < 5*time.Second:
		return "just now"
	}
	return coarse(d) + " ago"
}

// In is the clock's zone.
func (c Clock) In() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

func (c Clock) year(t time.Time) string {
	if t.Year() == c.Now.Time().In(c.In()).Year() {
		return ""
	}
	return t.Format("2006 ")
}

func hours(t time.Time) string {
	if t.Second() == 0 {
		return t.Format("15:04")
	}
	return t.Format("15:04:05")
}

func coarse(d time.Duration) string {
	switch {
	case d < time.Minute:
		return number(int(d/time.Second)) + " s"
	case d < time.Hour:
		return number(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return number(int(d/time.Hour)) + " h"
	}
	return number(int(d/(24*time.Hour))) + " days"
}
