package kinnovis

import (
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// lockHour is when auto-lock runs at the location (3.4).
const lockHour = 1

// What a booking is at an instant. Only active is near the sheet (a booking starts and ends); the words are assumed.
const (
	upcoming  = "upcoming"
	active    = "active"
	ended     = "ended"
	cancelled = "cancelled"
)

// view is a state at an instant, with what the switches make of it.
type view struct {
	s       state
	at      time.Time
	lastDay bool // the move-out date is still within the booking
	zones   map[string]*time.Location
	byUnit  map[string][]row // bookings of a unit at the instant; nil = not sorted out
}

func (v *Vendor) view(at time.Time) *view {
	return &view{s: v.state, at: at, lastDay: v.switches.Is("move_out_day", "in"), zones: v.zones}
}

// zoneOf is the zone of a location; UTC when it names none.
func (w *view) zoneOf(location row) *time.Location {
	name := text(location, "timezone")
	z := w.zones[name]
	if z == nil {
		var err error
		if z, err = time.LoadLocation(name); err != nil {
			z = time.UTC
		}
		w.zones[name] = z
	}
	return z
}

// placeOf is the location of a booking: of the first unit it was made for.
func (w *view) placeOf(b row) row {
	units := list(b, "unit_ids")
	if len(units) == 0 {
		return nil
	}
	return w.s.get("locations", w.s.get("units", units[0])["location_id"])
}

// day is the first instant of a date of a record, days later, at a location.
func day(r row, field string, days int, z *time.Location) time.Time {
	d := instant(r, field)
	if d.IsZero() {
		return d
	}
	return time.Date(d.Year(), d.Month(), d.Day()+days, 0, 0, 0, 0, z)
}

// term is when a booking begins and ends; zero = it has no end. A cancellation ends it too.
func (w *view) term(b row) (from, until time.Time) {
	z, over := w.zoneOf(w.placeOf(b)), 0
	if w.lastDay {
		over = 1
	}
	from, until = day(b, "move_in_date", 0, z), day(b, "move_out_date", over, z)
	if c := instant(b, "cancelled_at"); !c.IsZero() && (until.IsZero() || c.Before(until)) {
		until = c
	}
	return from, until
}

// phase is what a booking is now; a status that the world gives stands.
func (w *view) phase(b row) string {
	if said := text(b, "status"); said != "" {
		return said
	}
	from, until := w.term(b)
	c := instant(b, "cancelled_at")
	switch {
	case !c.IsZero() && !w.at.Before(c):
		return cancelled
	case !until.IsZero() && !w.at.Before(until):
		return ended
	case w.at.Before(from):
		return upcoming
	}
	return active
}

// units are those of a booking now: a change of unit holds from its date (3.5).
func (w *view) units(b row) []any {
	from := day(b, "switch_date", 0, w.zoneOf(w.placeOf(b)))
	if !from.IsZero() && !w.at.Before(from) {
		return list(b, "switch_unit_ids")
	}
	return list(b, "unit_ids")
}

// open says whether a booking gives access as far as staff and auto-lock are concerned (3.4).
func (w *view) open(word string, b row) bool {
	return flag(b, "has_access", true) && !w.autoLocked(word, b)
}

// autoLocked: an invoice of this rental is past due, the grace is over and the next day's 01:00 came; payment undoes it (3.4).
func (w *view) autoLocked(word string, b row) bool {
	place := w.placeOf(b)
	if !flag(place, "auto_lock", false) {
		return false
	}
	locked := false
	w.s.each("invoices", func(_ string, i row) {
		if text(i, "booking_id") != word || flag(i, "void", false) || w.at.Before(w.lockAt(i, place)) {
			return
		}
		paid := instant(i, "paid_at")
		locked = locked || paid.IsZero() || w.at.Before(paid)
	})
	return locked
}

// lockAt is 01:00 of the day after the last day of grace; without grace, of the day after the invoice was due.
func (w *view) lockAt(invoice, place row) time.Time {
	d := instant(invoice, "due_date")
	return time.Date(d.Year(), d.Month(), d.Day()+number(place, "auto_lock_grace_days")+1, lockHour, 0, 0, 0, w.zoneOf(place))
}

// bookings are those of a unit now, whatever they are.
func (w *view) bookings(unit string) []row {
	if w.byUnit == nil {
		w.byUnit = map[string][]row{}
		w.s.each("bookings", func(_ string, b row) {
			for _, u := range w.units(b) {
				w.byUnit[twin.As[string](u)] = append(w.byUnit[twin.As[string](u)], b)
			}
		})
	}
	return w.byUnit[unit]
}

// standing of units: occupied and reserved are assumed, vacant and to-check known (3.5); a status that the world gives stands.
func (w *view) standing(word string, u row) string {
	if said := text(u, "status"); said != "" {
		return said
	}
	place := w.s.get("locations", u["location_id"])
	taken, reserved, checking := false, false, false
	for _, b := range w.bookings(word) {
		_, until := w.term(b)
		switch w.phase(b) {
		case active:
			taken = true
		case upcoming:
			reserved = true
		case ended, cancelled:
			checking = checking || !until.IsZero() && w.at.Before(until.AddDate(0, 0, number(place, "to_check_days")))
		}
	}
	switch {
	case taken:
		return "occupied"
	case checking:
		return "to_check"
	case reserved:
		return "reserved"
	}
	return "vacant"
}

// moments are the instants at which time alone changes something, whichever way the switches stand.
func (w *view) moments() []time.Time {
	var out []time.Time
	w.s.each("bookings", func(_ string, b row) {
		place := w.placeOf(b)
		z, checking := w.zoneOf(place), number(place, "to_check_days")
		out = append(out, day(b, "move_in_date", 0, z), day(b, "switch_date", 0, z))
		for _, until := range []time.Time{day(b, "move_out_date", 0, z), day(b, "move_out_date", 1, z), instant(b, "cancelled_at")} {
			if !until.IsZero() {
				out = append(out, until, until.AddDate(0, 0, checking))
			}
		}
	})
	w.s.each("invoices", func(_ string, i row) {
		if b := w.s.get("bookings", i["booking_id"]); b != nil {
			out = append(out, w.lockAt(i, w.placeOf(b)), instant(i, "paid_at"))
		}
	})
	return slices.DeleteFunc(out, time.Time.IsZero)
}
