package decide

import (
	"github.com/cardea-access/cardea"
)

// pass judges one set of passes: held while something is left inside its validity, and to the end of the day on which
// the last of it was used (RULES.md PASS).
func (j *judge) pass(i int32) {
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
	j.holds(l, person, team)
	if l.says != cardea.Yes && !j.all {
		return
	}
	l.place = x.passPlace(p, l.holder.person, team)
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

	mappings := x.of(cardea.ItemPasses, cardea.Anything)
	if own := x.of(cardea.ItemPasses, p.Type); p.Type != "" && len(own) > 0 {
		mappings = own
	}
	if !j.tell(l, mappings) {
		j.tellNone(l, cardea.NotMapped, askMapping, l.record)
	}
	if left && !used.Empty() && !valid.Touches(used) {
		l.base = used // used on a day outside its validity
		j.tell(l, mappings)
	}
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
