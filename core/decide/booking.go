package decide

import (
	"iter"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/recur"
)

// booking judges one booking: the booked resource's own mapping, for the people it names.
func (j *judge) booking(i int32) {
	x, b := j.x, &j.x.d.Bookings[i]
	l := &j.look
	*l = newLook(cardea.RuleBooking, b.Key())
	l.no(askRecord, x.lost(l.record), l.record)
	if b.Cancelled {
		l.no(askState, cardea.WasCancelled, l.record)
	}
	if b.Tentative {
		l.no(askState, cardea.IsTentative, l.record)
	}
	l.holder.booking = i
	if j.all {
		l.gate = x.gateOf(cardea.KindBooking, j.person)
		j.invited(l, i)
	}
	resource := cardea.Key{Kind: cardea.KindResource, ID: b.Resource}
	if x.booked[i] < 0 {
		l.no(askAssignment, cardea.Dangling, resource)
	} else {
		l.no(askAssignment, x.lost(resource), resource)
	}
	if b.RRule != "" {
		if err := x.series[b.RRule].err; err != nil {
			j.bad = append(j.bad, bad{l.record, err})
			l.no(askWindow, cardea.BadRecurrence, l.record)
		}
	}
	if l.says != cardea.Yes && !j.all {
		return
	}
	l.place = x.bookingPlace(i)
	l.zone = x.bookingZone(i, l.place)
	found := false
	for _, m := range x.of(cardea.ItemBookables, b.Resource) {
		l.base, l.due, l.series = cardea.Forever, cardea.Always, none
		if b.RRule != "" || x.mappings[m].Trim {
			l.series = i
		} else {
			t := x.timesOf(i, m)
			l.base, l.due = t.around(j.days, b.Start)
		}
		found = j.tell(l, []int32{m}) || found
	}
	if !found {
		j.tellNone(l, cardea.NotMapped, askMapping, resource)
	}
}

// series is a recurrence rule, or why it is refused.
type series struct {
	rule recur.Rule
	err  error
}

// internBookings ties bookings to their resource and reads their rules: few texts serve many bookings, and each is asked
// again whenever time has passed.
func (x *Index) internBookings() {
	x.series = map[string]series{}
	x.booked = make([]int32, len(x.d.Bookings))
	for i := range x.d.Bookings {
		b := &x.d.Bookings[i]
		x.booked[i] = x.resources.find(b.Resource)
		if b.RRule == "" {
			continue
		}
		if _, known := x.series[b.RRule]; !known {
			rule, err := recur.Parse(b.RRule)
			x.series[b.RRule] = series{rule, err}
		}
	}
}

// named yields the people that a booking names: host, invited members, invited visitors. Somebody may come twice.
func (x *Index) named(booking int32, visitors bool) iter.Seq[int32] {
	b := &x.d.Bookings[booking]
	return func(yield func(int32) bool) {
		if p := x.people.persons.find(b.Person); p >= 0 && !yield(p) {
			return
		}
		for _, id := range b.Members {
			if p := x.people.persons.find(id); p >= 0 && !yield(p) {
				return
			}
		}
		if !visitors {
			return
		}
		for _, id := range b.Visitors {
			if p := x.people.visitor(id); p >= 0 && !yield(p) {
				return
			}
		}
	}
}

// letsTeamIn says whether a booking that names a team and no person is for the whole team (a setting).
func (x *Index) letsTeamIn(booking int32) bool {
	b := &x.d.Bookings[booking]
	return x.s.TeamBooking && b.Person == "" && b.Team != ""
}

// invited judges whether the asked person is let in by a booking.
func (j *judge) invited(l *look, booking int32) {
	x, b := j.x, &j.x.d.Bookings[booking]
	one := x.person(j.person)
	for p := range x.named(booking, x.s.Visitors) {
		if p == j.person {
			l.no(askHolder, x.lost(one.Key()), one.Key())
			if refusedVisitor(one) {
				l.no(askHolder, cardea.NotApproved, one.Key())
			}
			return
		}
	}
	team := cardea.Key{Kind: cardea.KindTeam, ID: b.Team}
	switch {
	case one.Visitor && !x.s.Visitors:
		l.no(askHolder, cardea.VisitorsOff, one.Key())
	case x.letsTeamIn(booking):
		j.inTeam(l, at(x.teams, b.Team), team)
	case b.Person == "":
		l.no(askHolder, cardea.NoPerson, team)
	default:
		l.no(askHolder, cardea.OtherHolder, cardea.Key{Kind: cardea.KindPerson, ID: b.Person})
	}
}

// bookingPlace returns the booked resource's location, or the booking's own where it has none.
func (x *Index) bookingPlace(booking int32) int32 {
	if r := x.booked[booking]; r >= 0 && x.stand[r] >= 0 {
		return x.stand[r]
	}
	return x.place(x.d.Bookings[booking].Location)
}

// bookingZone returns the booking's own zone, else its place's.
func (x *Index) bookingZone(booking, place int32) *time.Location {
	if z := x.s.Zones[x.d.Bookings[booking].Zone]; z != nil {
		return z
	}
	return x.zone(place)
}

// times says how the window of an occurrence is made from its start.
type times struct {
	clock     *time.Location // on which a series repeats
	zone      *time.Location // of whole days, else nil
	days      cardea.Date    // whole days it lasts
	lasts     cardea.Instant
	lead, lag cardea.Instant
}

// lengthOf returns how long a booking lasts, without lead and lag. A booking of a resource that is booked by date is
// whole days, from the date of its start to the date that its last instant shows. Both are read like date-typed values:
// a start at 00:00:00Z makes them UTC dates.
func (x *Index) lengthOf(booking int32) times {
	b := &x.d.Bookings[booking]
	zone := x.bookingZone(booking, x.bookingPlace(booking))
	t := times{lasts: b.End - b.Start, clock: zone}
	if r := x.booked[booking]; r < 0 || !x.d.Resources[r].ByDate {
		return t
	}
	t.zone, t.days = zone, 1
	if b.Start%(24*cardea.Hour) == 0 {
		t.clock = time.UTC
	}
	if b.End > b.Start {
		t.days += cardea.DateOf(b.End-1, t.clock) - cardea.DateOf(b.Start, t.clock)
	}
	return t
}

// timesOf returns the times of a booking under a mapping. Whole days have neither lead nor lag.
func (x *Index) timesOf(booking, mapping int32) times {
	t, m := x.lengthOf(booking), &x.mappings[mapping]
	if t.zone != nil {
		return t
	}
	lead, lag := x.s.Lead, x.s.Lag
	if m.Lead != nil {
		lead = *m.Lead
	}
	if m.Lag != nil {
		lag = *m.Lag
	}
	t.lead, t.lag = cardea.Instant(lead/time.Microsecond), cardea.Instant(lag/time.Microsecond)
	return t
}

// around returns the window of the occurrence that starts at the instant, and when passing must work.
func (t times) around(d *days, start cardea.Instant) (cardea.Window, cardea.Instant) {
	if t.zone == nil {
		return cardea.Window{From: start - t.lead, Until: start + t.lasts + t.lag}, start
	}
	first := cardea.Day{At: start, Set: true}.In(t.zone)
	w := cardea.Window{From: d.start(first, t.zone), Until: d.start(first+t.days, t.zone)}
	return w, w.From
}
