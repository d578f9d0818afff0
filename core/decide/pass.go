package decide

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// pass judges one set of passes: held while something is left inside its validity, and to the end of the day on which
// the last of it was used (RULES.md PASS).
func (j *judge) pass(i int32) {
	x, p, l := j.x, &j.x.d.Passes[i], &j.look
	outside, is := j.valid(i)
	if !is {
		return
	}
	mappings := x.of(cardea.ItemPasses, cardea.Anything)
	if own := x.of(cardea.ItemPasses, p.Type); p.Type != "" && len(own) > 0 {
		mappings = own
	}
	if !j.tell(l, mappings) {
		j.tellNone(l, cardea.NotMapped, askMapping, l.record)
	}
	if !outside.Empty() {
		l.base = outside
		j.tell(l, mappings)
	}
}

// valid looks at a set of passes up to when it is valid: its base, and a day of use that lies outside its validity. False when it lets
// nobody in and nobody asks why.
func (j *judge) valid(i int32) (outside cardea.Window, is bool) {
	x, p := j.x, &j.x.d.Passes[i]
	l := &j.look
	*l = newLook(cardea.RuleDayPass, p.Key())
	l.no(askRecord, x.lost(l.record), l.record)
	person, team := p.Person, p.Team
	if p.Personal {
		team = ""
	} else if team != "" {
		person = ""
	}
	home := person
	if crowd := x.shares(p, team); crowd >= 0 {
		j.crowded(l, crowd)
	} else {
		j.holds(l, person, team)
		home = ""
	}
	if p.Slots != nil {
		l.slots = x.slotsOf(p.Slots)
	}
	if l.says != cardea.Yes && !j.all {
		return outside, false
	}
	holder := l.holder.person
	if home != "" {
		holder = x.people.persons.find(home)
	}
	l.place = x.passPlace(p, holder, team)
	l.zone = x.zone(l.place)

	valid := j.days.between(p.From, p.Until, l.zone)
	left := p.HalfCount > p.HalfUsed
	used := cardea.Window{}
	if x.s.PassTail && p.UsedOn != 0 && p.UsedOn.Bounded() {
		date := cardea.DateOf(p.UsedOn, l.zone)
		used = cardea.Window{From: j.days.start(date, l.zone), Until: j.days.start(date+1, l.zone)}
	}
	switch {
	case !used.Empty() && !left:
		// Until its last use something was left on it, so it was held from the start.
		l.base, l.spent = cardea.Window{From: min(valid.From, used.From), Until: used.Until}, true
	case !used.Empty() && valid.Touches(used):
		l.base = cardea.Window{From: min(valid.From, used.From), Until: max(valid.Until, used.Until)}
	case !left:
		l.base, l.spent = cardea.Window{}, true
		l.no(askLeft, cardea.UsedUp, l.record)
	default:
		l.base = valid
	}
	if left && !used.Empty() && !valid.Touches(used) {
		outside = used
	}
	return outside, true
}

// slotsOf returns the slots once for all passes that have them alike, so that their weeks are laid out once; nil where no mapping
// asks for slots, or they leave nothing out.
func (x *Index) slotsOf(h *cardea.Hours) *cardea.Hours {
	if !x.asksSlots {
		return nil
	}
	for _, known := range x.slots {
		if sameHours(known, h) {
			return known
		}
	}
	switch {
	case wholeWeek(h):
		return nil
	case x.built: // an index that is shared does not change; what lets nobody in was not seen before
		return h
	}
	x.slots = append(x.slots, h)
	return h
}

func sameHours(a, b *cardea.Hours) bool {
	if a == b {
		return true
	}
	for d := range a {
		if !slices.Equal(a[d], b[d]) {
			return false
		}
	}
	return true
}

// shares returns the crowd that holds a person's pass together (RULES.md PASS: Nexudus ShareTimePasses); else none.
func (x *Index) shares(p *cardea.Pass, team string) int32 {
	if len(x.crowds.sharing) == 0 || p.Personal || team != "" || p.Person == "" {
		return none
	}
	if crowd, is := x.crowds.sharing[x.people.persons.find(p.Person)]; is {
		return crowd
	}
	return none
}

// passPlace returns the location that a pass is judged by: its own, its agreement's, its holder's home.
func (x *Index) passPlace(p *cardea.Pass, person int32, team string) int32 {
	if own := x.place(p.Location); own >= 0 {
		return own
	}
	if a := x.contracts.find(p.Agreement); a >= 0 {
		if own := x.place(x.d.Agreements[a].Location); own >= 0 {
			return own
		}
	}
	return x.home(person, team)
}
