package decide

import (
	"time"

	"github.com/cardea-access/cardea"
)

// days remembers where the days of zones begin: agreements share few dates, and the search for a day's first instant is
// long. It is used by one goroutine.
type days struct{ zones []*zoneDays }

// The dates that are remembered, from 1970 on, in leaves that are made when first used.
const (
	leaf   = 512
	leaves = 128
)

type zoneDays struct {
	zone   *time.Location
	leaves [leaves]*[leaf]cardea.Instant // StartOf plus one; zero is not known yet
}

// start returns the first instant of a date.
func (d *days) start(date cardea.Date, zone *time.Location) cardea.Instant {
	if date < 0 || date >= leaf*leaves {
		return cardea.StartOf(date, zone)
	}
	var z *zoneDays
	for _, known := range d.zones {
		if known.zone == zone {
			z = known
			break
		}
	}
	if z == nil {
		z = &zoneDays{zone: zone}
		d.zones = append(d.zones, z)
	}
	l := z.leaves[date/leaf]
	if l == nil {
		l = new([leaf]cardea.Instant)
		z.leaves[date/leaf] = l
	}
	at := &l[date%leaf]
	if *at == 0 {
		*at = cardea.StartOf(date, zone) + 1
	}
	return *at - 1
}

// between returns the window from the start of a date to the end of another (RULES.md ENDDAY). A date that is not set
// is an open end.
func (d *days) between(first, last cardea.Day, zone *time.Location) cardea.Window {
	w := cardea.Forever
	if first.Set {
		w.From = d.start(date(first, zone), zone)
	}
	if last.Set {
		w.Until = d.start(date(last, zone)+1, zone)
	}
	return w
}

// date returns the date that a day stands for. Nearly all are written as a midnight in UTC, which takes a division
// instead of a calendar.
func date(d cardea.Day, zone *time.Location) cardea.Date {
	const day = 24 * cardea.Hour
	if d.At%day == 0 {
		return cardea.Date(d.At / day)
	}
	return d.In(zone)
}
