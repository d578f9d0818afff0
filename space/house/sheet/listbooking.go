package sheet

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// booking takes one booking, once or as a series. Times are read on the clocks of its zone.
func (m *lister) booking(r *row) {
	b := cardea.Booking{
		Title: r.text(colTitle), Location: m.place(r), Zone: r.zone(colZone),
		Cancelled: r.yes(colCancelled, false), Tentative: r.yes(colTentative, false),
	}
	if r.value(colResource).empty() {
		r.need(colResource)
	}
	b.Resource = r.find(m.index, cardea.KindResource, colResource, colResource, b.Location)
	b.Location = cmp.Or(b.Location, m.resources[b.Resource].Location)
	b.Person = r.find(m.index, cardea.KindPerson, colPerson, colHost, "")
	b.Team = r.find(m.index, cardea.KindTeam, colTeam, colTeam, "")
	b.Members = r.findAll(m.index, cardea.KindPerson, colPerson, colMembers, "")
	b.Visitors = r.findAll(m.index, cardea.KindVisitor, "visitor", colVisitors, "")
	zone := m.clock(b.Zone, b.Location)
	m.times(r, &b, zone)
	b.RRule = m.rule(r, zone)
	for part := range strings.FieldsFuncSeq(r.text(colExcept), func(c rune) bool { return c == ';' || c == ',' }) {
		m.except(r, &b, clean(part), zone)
	}
	if b.ID = r.text(colID); b.ID == "" && !r.marred {
		b.ID = fmt.Sprintf("%s+%s", b.Resource, b.Start)
	}
	if !r.marred {
		m.put(r, colResource, b)
	}
}

// times reads start and end. Two bare dates are whole days, the second one included; of a resource that is booked by date
// they are dates and not instants (RULES.md 3).
func (m *lister) times(r *row, b *cardea.Booking, zone *time.Location) {
	for _, name := range []string{colStart, colEnd} {
		if r.value(name).empty() {
			r.need(name)
		}
	}
	from, ok1 := r.point(colStart)
	to, ok2 := r.point(colEnd)
	if !ok1 || !ok2 {
		return
	}
	if from.bare && to.bare && m.resources[b.Resource].ByDate {
		b.Start, b.End = cardea.Instant(from.date)*24*cardea.Hour, cardea.Instant(to.date+1)*24*cardea.Hour
	} else {
		if zone == nil && (!from.fixed || !to.fixed) {
			if !from.fixed {
				r.zoneless(colStart)
			}
			if !to.fixed {
				r.zoneless(colEnd)
			}
			return
		}
		if to.bare {
			to.date++
		}
		b.Start, b.End = from.on(zone), to.on(zone)
	}
	if b.End <= b.Start {
		r.refuse(colEnd, "the end is not after the start: correct one of the two")
	}
}

// rule reads a recurrence rule as calendars write it. What it means is left to the rules, which refuse what they cannot
// expand; here it must look like one and know its clocks.
func (m *lister) rule(r *row, zone *time.Location) string {
	s := strings.ToUpper(strings.TrimPrefix(strings.TrimPrefix(r.text(colRule), "RRULE:"), "rrule:"))
	if s == "" {
		return ""
	}
	if !strings.HasPrefix(s, "FREQ=") && !strings.Contains(s, ";FREQ=") {
		r.refuse(colRule, "%q is no recurrence rule: write it as in FREQ=WEEKLY;BYDAY=MO", s)
	} else if zone == nil {
		r.refuse(colRule, "nothing says on which clocks it repeats: fill the column %q, or give the location one", colZone)
	}
	return strings.TrimSuffix(s, ";")
}

// except takes a start out of a series. A bare date takes out the one that starts at the usual time of that day.
func (m *lister) except(r *row, b *cardea.Booking, s string, zone *time.Location) {
	if s == "" {
		return
	}
	p, why := parsePoint(s)
	switch {
	case why != "":
		r.refuse(colExcept, "%q %s", s, why)
		return
	case zone == nil && !p.fixed:
		r.refuse(colExcept, "nothing says in which time zone this is: fill the column %q", colZone)
		return
	case p.bare && m.resources[b.Resource].ByDate && b.Start%(24*cardea.Hour) == 0:
		p = point{at: cardea.Instant(p.date) * 24 * cardea.Hour, fixed: true}
	case p.bare:
		h, minute, sec := b.Start.Time().In(zone).Clock()
		p.bare, p.seconds = false, h*3600+minute*60+sec
	}
	b.Except = append(b.Except, p.on(zone))
}
