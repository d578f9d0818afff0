package change

import "github.com/cardea-access/cardea"

// units plans the rentable units themselves: what is missing is made, and its group counts as there from then on; what
// was renamed or is gone waits for a person (RULES.md 6).
func (p *planner) units() {
	for i := range p.in.Units {
		u := &p.in.Units[i]
		_, there := p.in.seen.names[u.Group]
		_, before := p.in.seen.names[u.Was]
		o := cardea.Operation{Unit: u, Group: u.Group, Window: cardea.Forever, Due: p.now, Deadline: cardea.Never}
		switch {
		case u.Gone && there:
			o.Verb, o.Cause = cardea.VerbDeleteUnit, cardea.CauseVanished
		case u.Gone:
			continue
		case before && u.Was != "": // also when the new one is there: it was cut short
			o.Verb, o.Cause, o.Group = cardea.VerbRenameUnit, cardea.CauseMoved, u.Was
		case there:
			continue
		default:
			o.Verb, o.Cause, o.Deadline = cardea.VerbAddUnit, cardea.CauseGranted, p.now.Add(startGrace)
			p.in.seen.names[u.Group] = u.Number
		}
		p.plan(o)
	}
}

// units holds what renames or deletes a unit: the gate's hardware hangs on it.
func units(cs cardea.Changeset, in *Input) cardea.Changeset {
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if in.Released[o.Key] {
			return nil
		}
		switch o.Verb { //nolint:exhaustive // the others are of no concern here
		case cardea.VerbRenameUnit:
			return &cardea.Hold{Code: cardea.HeldUnits, Why: in.name(o.Group) + " is called " + o.Unit.Number +
				" in the space system now; release this to rename it at the door system, where its lock hangs on it"}
		case cardea.VerbDeleteUnit:
			return &cardea.Hold{Code: cardea.HeldUnits, Why: in.name(o.Group) +
				" is no longer in the space system; release this to delete it at the door system, with its lock"}
		}
		return nil
	})
}

// lock plans that an edge is shut and stays: what gave it is locked, and may be unlocked again.
func (p *planner) lock(s *spot, person cardea.PersonID) {
	was := *s.edge
	o := cardea.Operation{
		Verb: cardea.VerbLock, Group: s.room.id, Account: s.account, Person: person, Window: was.Window, Was: &was,
		Cause: cardea.CauseLocked, Due: p.now, Deadline: p.now.Add(endGrace),
	}
	if s.row != nil {
		o.Reasons = s.row.Reasons
	}
	p.plan(o)
}

// unlock plans that an edge that we shut opens again.
func (p *planner) unlock(s *spot) {
	was := *s.edge
	p.plan(cardea.Operation{
		Verb: cardea.VerbUnlock, Group: s.room.id, Account: s.account, Person: s.person, Window: was.Window, Was: &was,
		Cause: cardea.CauseGranted, Reasons: s.reasons, Due: p.now, Deadline: p.startBy(s.reasons, was.Window),
	})
}

// reprofile plans that an edge gets the attributes of its group, where they differ. It returns whether they do.
func (p *planner) reprofile(s *spot) bool {
	want, has := s.room.attributes, s.edge.Attributes
	if want.MetBy(has) {
		return false
	}
	was := *s.edge
	p.plan(cardea.Operation{
		Verb: cardea.VerbReprofile, Group: s.room.id, Account: s.account, Person: s.person, Window: was.Window, Was: &was,
		Cause: cardea.CauseExtended, Reasons: s.reasons, Attributes: want, Due: p.now, Deadline: cardea.Never,
	})
	return true
}

// beside says whether all that gives an edge names the person beside the holder.
func beside(rs []cardea.Reason) bool {
	for i := range rs {
		if !rs[i].Guest {
			return false
		}
	}
	return len(rs) > 0
}

// unitGroups are the groups that are rentable units, there or to be made.
func unitGroups(groups []cardea.Group, units []cardea.Unit) map[cardea.GroupID]bool {
	out := map[cardea.GroupID]bool{}
	for i := range groups {
		if groups[i].Unit != "" {
			out[groups[i].ID] = true
		}
	}
	for i := range units {
		out[units[i].Group] = true
	}
	return out
}
