package opentech

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
)

// Revoke implements door.System. When everybody on a unit goes, the unit is vacated: they have moved out. Else each visitor
// that goes is disabled, and enabled again when it comes back. Portal visitors that we made are removed, others disabled.
// What is not there is a success. Errors by position: Rejected for a foreign edge, Conflict when somebody locked the visitor
// or its unit at the gate.
func (s *System) Revoke(ctx context.Context, es []cardea.Edge) []error {
	defer s.turns.take(es...)()
	return s.byGroup(ctx, es, s.leave, s.gone)
}

// byGroup takes edges group by group. do sets the errors of its edges; absent, if any, is asked what to make of a group of
// which something was not found.
func (s *System) byGroup(
	ctx context.Context, es []cardea.Edge, do func(ctx context.Context, at spot, es []*wished, vw *view) error,
	absent func(ctx context.Context, g cardea.GroupID, es []*wished, vw *view),
) []error {
	errs := make([]error, len(es))
	vw, err := s.look(ctx, groupsOf(es...)...)
	order := []cardea.GroupID{}
	groups := map[cardea.GroupID][]*wished{}
	for i, e := range es {
		if len(groups[e.Group]) == 0 {
			order = append(order, e.Group)
		}
		groups[e.Group] = append(groups[e.Group], &wished{edge: e, err: &errs[i]})
	}
	for _, g := range order {
		fail := err
		var at spot
		if fail == nil {
			at, fail = s.spotOf(vw, g)
		}
		if fail == nil {
			fail = do(ctx, at, groups[g], vw)
		}
		for _, w := range groups[g] {
			if fail != nil && *w.err == nil && !w.done {
				*w.err = fail
			}
		}
		if cardea.ClassOf(fail) == cardea.NotFound && vw != nil && absent != nil {
			absent(ctx, g, groups[g], vw)
		}
	}
	return errs
}

// wished is one edge of a call.
type wished struct {
	edge cardea.Edge
	mine []visitor // its visitors that are to change
	done bool      // an error that comes later is not about it
	err  *error
}

// gone turns "no such unit" into the success it is for edges that are to be taken away: the facility's own list came, and
// the unit is not on it. A 404 of anything else may only mean that we may not see it (vendors/opentech-kinnovis.md 2.4).
func (s *System) gone(ctx context.Context, g cardea.GroupID, es []*wished, vw *view) {
	if _, err := vw.units.find(g); cardea.ClassOf(err) != cardea.NotFound {
		fresh, err := s.listUnits(ctx)
		if err != nil {
			return
		}
		if _, err := fresh.find(g); cardea.ClassOf(err) != cardea.NotFound {
			return
		}
	}
	for _, w := range es {
		if cardea.ClassOf(*w.err) == cardea.NotFound && w.edge.Foreign == "" {
			*w.err = s.forgetUnit(ctx, vw.book, g)
		}
	}
}

// leave takes edges of one group away.
func (s *System) leave(ctx context.Context, at spot, es []*wished, vw *view) error {
	c, err := s.visitorsAt(ctx, at)
	if err != nil {
		return err
	}
	going := map[int64]bool{}
	for _, w := range es {
		if w.edge.Foreign != "" {
			*w.err = cardea.Errorf(cardea.Rejected, "the entry of account %s on %s is not ours to take away: %s",
				w.edge.Account, w.edge.Group, w.edge.Foreign)
			continue
		}
		for _, v := range c.of(w.edge.Account, at, vw) {
			switch st := stands(v, at, vw.book); st {
			case passes, shut:
				w.mine = append(w.mine, v)
				going[v.id] = true
			case lockedAtGate, unitAtGate:
				*w.err = cardea.Errorf(cardea.Conflict, "visitor %d on %s: %s; it is taken away when it is unlocked there",
					v.id, w.edge.Group, st.foreign())
			case taken:
			}
		}
	}
	if len(going) == 0 {
		return nil
	}
	if s.everybody(at, c, going, vw) {
		return s.moveOut(ctx, at, c, vw)
	}
	for _, w := range es {
		for _, v := range w.mine {
			if err := s.takeOff(ctx, at, v, w.edge, vw.book); err != nil {
				*w.err = err
			}
		}
		w.done = true
	}
	return nil
}

// everybody says whether nobody stays on the unit. A guest that somebody locked out at the gate does not hold it; a tenant
// does. On a unit that is vacant there is nothing to vacate.
func (s *System) everybody(at spot, c crowd, going map[int64]bool, vw *view) bool {
	if !at.isUnit() || at.unit.state == cardea.UnitVacant || c.odd > 0 {
		return false
	}
	return !slices.ContainsFunc(c.visitors, func(v visitor) bool {
		switch stands(v, at, vw.book) {
		case taken:
			return false
		case lockedAtGate:
			return v.tenant
		case passes, shut, unitAtGate:
		}
		return !going[v.id]
	})
}

// moveOut vacates a unit, which deactivates all its visitors (vendors/opentech-kinnovis.md 1.2), and strikes out what was
// noted of them. Visitors that stay listed are remembered as bygone: otherwise they would look locked out by somebody else.
func (s *System) moveOut(ctx context.Context, at spot, c crowd, vw *view) error {
	owners := map[int64]cardea.AccountID{}
	for _, v := range c.visitors {
		owners[v.id] = whose(v, at.group, vw.book, vw.people)
	}
	if err := s.onTheUnit(ctx, at.unit.id, "vacate"); err != nil {
		return err
	}
	after, err := s.visitorsAt(ctx, at)
	if err != nil {
		return err // the next run sees what is left
	}
	at.unit.state = cardea.UnitVacant
	listed := map[int64]bool{}
	for _, v := range after.visitors {
		listed[v.id] = true
	}
	for _, v := range after.visitors {
		a, was := owners[v.id]
		if !was {
			continue // came while the unit was being vacated
		}
		if v.enabled {
			if err := s.takeOff(ctx, at, v, cardea.Edge{Group: at.group, Account: a}, vw.book); err != nil {
				return err
			}
		}
		n := &note{Account: a, Group: at.group, Past: []int64{v.id}}
		if old := vw.book.notes[n.id()]; old != nil {
			for _, id := range old.Past {
				if id != v.id && listed[id] {
					n.Past = append(n.Past, id)
				}
			}
		}
		if err := s.keep(ctx, vw.book, n); err != nil {
			return err
		}
	}
	for _, n := range slices.Clone(vw.book.on[at.group]) {
		if slices.ContainsFunc(n.Past, func(id int64) bool { return listed[id] }) && n.Visitor == 0 && n.code == "" {
			continue
		}
		if err := s.forget(ctx, vw.book, n); err != nil {
			return err
		}
	}
	if vw.book.locked[at.group] != nil {
		return s.keepLock(ctx, vw.book, at.group, nil)
	}
	return nil
}

// takeOff takes one visitor's entry away. The note comes first: were we cut short between the two, the visitor would still
// read as it is, because a note of one that is enabled says nothing.
func (s *System) takeOff(ctx context.Context, at spot, v visitor, e cardea.Edge, b *book) error {
	n := b.noted(v, e.Account, e.Group)
	if !at.isUnit() && n.Made {
		if err := s.visitor(ctx, v.id, "remove"); err != nil && cardea.ClassOf(err) != cardea.NotFound {
			return err
		}
		// Whether a removed visitor stays in lists is not known: were it forgotten, it would look locked out at the gate.
		return s.bury(ctx, b, n, v.id)
	}
	return s.disable(ctx, n, b, func(n *note) { n.Off, n.Locked = true, false })
}

// disable notes and disables, whether the visitor shows as disabled or not: it may only show so because its unit is locked.
// A refusal takes the note back.
func (s *System) disable(ctx context.Context, n *note, b *book, mark func(*note)) error {
	was := b.notes[n.id()]
	marked := *n
	mark(&marked)
	if err := s.keep(ctx, b, &marked); err != nil {
		return err
	}
	err := s.visitor(ctx, n.Visitor, "disable")
	switch cardea.ClassOf(err) {
	case "", cardea.NotFound: // it was listed a moment ago: it is gone
		return nil
	case cardea.Unknown:
		return err
	case cardea.Retry, cardea.Throttled, cardea.Auth, cardea.Rejected, cardea.Conflict:
	}
	var e error
	if was == nil {
		e = s.forget(ctx, b, &marked)
	} else {
		e = s.keep(ctx, b, was)
	}
	if e != nil {
		return e
	}
	return err
}
