package decide

import (
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// judge looks at records. The same functions serve everybody who asks: Grants hears only what is a yes for somebody,
// Explain and Cause hear every verdict for one person and one group. What depends on the asked instant (the window, the
// hours) is said afterwards, from what the look carries.
type judge struct {
	x    *Index
	days *days
	// all asks for every verdict about person and group; otherwise both are none and only a yes is told.
	all           bool
	person, group int32
	// unmapped asks for the verdicts of the first steps also where no mapping leads to the group.
	unmapped bool
	hear     func(*look) // must not keep the look or its via
	// What is being looked at stands here and not on the heap of each call: there are hundreds of thousands.
	look, deeper look
	via          [2]cardea.Key
	bad          []bad
	last         int32 // the person that was named last
	crowd        int32 // an agreement is judged for those for whom its holder pays; else none
}

// look is what a rule found when it looked at one record and, where there is one, one mapping.
type look struct {
	rule    cardea.Rule
	record  cardea.Key
	via     []cardea.Key // assignment, then the mapped resource, floor or location
	mapping int32
	place   int32 // judged for scope and hours
	zone    *time.Location
	holder  holder
	base    cardea.Window
	due     cardea.Instant // a booking's own start
	series  int32          // the booking whose series or neighbours make the windows; else none
	spent   bool           // nothing is left on the pass: base is its last day
	guest   bool           // the person stands beside the holder
	slots   *cardea.Hours  // of the pass's type: they cut where the mapping says so
	gate    int32          // the person whose passes it takes; else none
	pause   cardea.Window  // in which the agreement is paused; empty = it is not
	locked  bool           // the record is locked: it would give what it says, and does not
	// asks is the first question that was not answered with yes, says the answer, about the record subject.
	asks    ask
	says    cardea.Verdict
	subject cardea.Key
}

// ask numbers the questions in their order (RULES.md 2).
type ask uint8

const (
	askRecord ask = iota
	askState
	askHolder
	askMapping
	askAssignment
	askScope
	askLeft
	askWindow
	askPause
	askHours
	askSlots
	askPlaceHours
	askClosure
	askGate
	askLock
	askDone
)

var askNames = [askDone]string{
	cardea.AskRecord, cardea.AskState, cardea.AskHolder, cardea.AskMapping, cardea.AskAssignment, cardea.AskScope,
	cardea.AskLeft, cardea.AskWindow, "pause", cardea.AskHours, cardea.AskSlots, cardea.AskPlaceHours, cardea.AskClosure,
	"gate", cardea.AskLock,
}

// holder says whom a record lets in: a person, the people of a team, of a crowd, or of a booking.
type holder struct{ person, team, booking, crowd int32 }

var nobody = holder{none, none, none, none}

// each calls f with everybody the holder stands for.
func (h holder) each(x *Index, f func(person int32)) {
	switch {
	case h.booking >= 0:
		for p := range x.named(h.booking, x.s.Visitors) {
			if one := x.person(p); x.lost(one.Key()) == cardea.Yes && !refusedVisitor(one) {
				f(p)
			}
		}
		if x.letsTeamIn(h.booking) {
			for _, p := range x.members.of(at(x.teams, x.d.Bookings[h.booking].Team)) {
				f(p)
			}
		}
	case h.crowd >= 0:
		for _, p := range x.crowds.list[h.crowd] {
			f(p)
		}
	case h.person >= 0:
		f(h.person)
	case h.team >= 0:
		for _, p := range x.members.of(h.team) {
			f(p)
		}
	}
}

// refusedVisitor says that the vendor calls a visitor requested or rejected (RULES.md BOOKING).
func refusedVisitor(p *cardea.Person) bool { return p.Visitor && p.Status == cardea.Left }

// newLook starts a look at a record.
func newLook(rule cardea.Rule, record cardea.Key) look {
	return look{
		rule: rule, record: record, mapping: none, place: none, holder: nobody, base: cardea.Forever, due: cardea.Always,
		series: none, gate: none, asks: askDone, says: cardea.Yes,
	}
}

// no ends the look at a question, unless an earlier one ended it.
func (l *look) no(a ask, v cardea.Verdict, subject cardea.Key) {
	if v != cardea.Yes && a < l.asks {
		l.asks, l.says, l.subject = a, v, subject
	}
}

// tell reports the look once for each mapping that leads to the asked group, or for each mapping when none is asked for.
// It returns whether there was one.
func (j *judge) tell(l *look, mappings []int32) bool {
	found := false
	asks, says, subject := l.asks, l.says, l.subject
	for _, m := range mappings {
		if j.all && !j.x.leads(m, j.group) {
			continue
		}
		found = true
		l.mapping = m
		if l.place >= 0 && j.x.places[l.place].out {
			l.no(askScope, cardea.OutOfScope, cardea.Key{Kind: cardea.KindLocation, ID: j.x.places[l.place].id})
		}
		if j.all || l.says == cardea.Yes {
			if j.all && j.x.isSuspended(j.person) {
				l.locked = true
			}
			j.hear(l)
		}
		if l.asks != asks { // rarely, and what holds pointers is not written in vain: it costs while memory is collected
			l.asks, l.says, l.subject = asks, says, subject
		}
	}
	l.mapping = none
	return found
}

// tellNone reports that no mapping leads from the item to the group. What failed before is told only when asked for: a
// colleague's agreement on another plan is of no interest.
func (j *judge) tellNone(l *look, v cardea.Verdict, a ask, subject cardea.Key) {
	if !j.all || l.says != cardea.Yes && !j.unmapped && l.asks < a {
		return
	}
	was := *l
	l.no(a, v, subject)
	j.hear(l)
	*l = was
}

// holds judges whether a named person or team lets the asked person in, or anybody when none is asked for.
func (j *judge) holds(l *look, personID, teamID string) {
	x := j.x
	switch {
	case personID != "":
		key := cardea.Key{Kind: cardea.KindPerson, ID: personID}
		l.holder.person = x.people.persons.findAfter(j.last, personID)
		j.last = l.holder.person
		switch {
		case j.all && l.holder.person != j.person:
			l.no(askHolder, cardea.OtherHolder, key)
		case l.holder.person < 0:
			l.no(askHolder, cardea.Dangling, key)
		default:
			l.no(askHolder, x.lost(key), key)
		}
	case teamID != "":
		key := cardea.Key{Kind: cardea.KindTeam, ID: teamID}
		l.holder.team = at(x.teams, teamID)
		l.no(askHolder, x.lost(key), key)
		if j.all {
			j.inTeam(l, l.holder.team, key)
		}
	default:
		l.no(askHolder, cardea.NoPerson, cardea.Key{})
	}
}

// inTeam judges whether the asked person counts in a team.
func (j *judge) inTeam(l *look, team int32, key cardea.Key) {
	one := j.x.person(j.person)
	switch {
	case team < 0 || !j.x.isIn(j.person, team) || one.Visitor:
		l.no(askHolder, cardea.OtherHolder, key)
	case !counts(one):
		l.no(askHolder, cardea.HasLeft, one.Key())
	default:
		l.no(askHolder, j.x.lost(one.Key()), one.Key())
	}
}

// finding is what Grants keeps of a yes.
func (l *look) finding(x *Index) finding {
	return finding{
		base: l.base, booking: l.series, mapping: l.mapping, place: l.place, zone: l.zone, due: l.due,
		timed: l.timed(x),
		slots: l.cutting(x), pause: l.pause, gate: l.gate,
	}
}

// timed says whether its windows depend on the asked time, or are several.
func (l *look) timed(x *Index) bool {
	return l.series >= 0 || x.cuts(l.mapping, l.place) || l.slotted(x) || !l.pause.Empty() || l.gate >= 0
}

// slotted says whether the slots of a pass cut: where the mapping says so (RULES.md PASS).
func (l *look) slotted(x *Index) bool { return l.slots != nil && x.mappings[l.mapping].Slots }

// cutting returns the slots that cut; nil when none do.
func (l *look) cutting(x *Index) *cardea.Hours {
	if !l.slotted(x) {
		return nil
	}
	return l.slots
}

// reached says whether a mapping of one of the kinds leads to the group.
func (x *Index) reached(group int32, kinds ...cardea.ItemKind) bool {
	return slices.ContainsFunc(x.mappings, func(m mapping) bool {
		return slices.Contains(kinds, m.Kind) && slices.Contains(m.groups, group)
	})
}
