package opentech

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
)

// Lock implements door.Lockable. When everybody who passes on a unit is locked, the unit itself is disabled and shows as
// delinquent, which is what management software calls an overlock; else each visitor is disabled. What was locked at the
// gate already is a success, and does not become ours.
func (s *System) Lock(ctx context.Context, es []cardea.Edge) []error {
	defer s.turns.take(es...)()
	return s.byGroup(ctx, es, s.lock, nil)
}

func (s *System) lock(ctx context.Context, at spot, es []*wished, vw *view) error {
	if at.unit.state == cardea.UnitLocked {
		return nil
	}
	c, err := s.visitorsAt(ctx, at)
	if err != nil {
		return err
	}
	locking := map[int64]bool{}
	for _, w := range es {
		there := false
		for _, v := range c.of(w.edge.Account, at, vw) {
			switch stands(v, at, vw.book) {
			case passes:
				w.mine = append(w.mine, v)
				locking[v.id] = true
				there = true
			case shut, lockedAtGate, unitAtGate:
				there = true
			case taken:
			}
		}
		if !there {
			*w.err = cardea.Errorf(cardea.NotFound, "account %s has no visitor on %s", w.edge.Account, w.edge.Group)
		}
	}
	if len(locking) == 0 {
		return nil
	}
	all := at.isUnit() && at.unit.state == cardea.UnitRented && c.odd == 0
	for _, v := range c.visitors {
		all = all && (locking[v.id] || stands(v, at, vw.book) != passes)
	}
	if all {
		return s.lockUnit(ctx, at, c, vw.book)
	}
	for _, w := range es {
		for _, v := range w.mine {
			n := vw.book.noted(v, w.edge.Account, w.edge.Group)
			if err := s.disable(ctx, n, vw.book, func(n *note) { n.Locked = true }); err != nil {
				*w.err = err
			}
		}
		w.done = true
	}
	return nil
}

// lockUnit notes and disables a unit. A refusal takes the note back.
func (s *System) lockUnit(ctx context.Context, at spot, c crowd, b *book) error {
	n := &unitNote{At: s.now()}
	for _, v := range c.visitors {
		switch stands(v, at, b) {
		case passes:
			n.Passed = append(n.Passed, v.id)
		case lockedAtGate:
			n.Held = append(n.Held, v.id)
		case shut, taken, unitAtGate:
		}
	}
	if err := s.keepLock(ctx, b, at.group, n); err != nil {
		return err
	}
	err := s.onTheUnit(ctx, at.unit.id, "disable")
	if err == nil || cardea.ClassOf(err) == cardea.Unknown {
		return err
	}
	if e := s.keepLock(ctx, b, at.group, nil); e != nil {
		return e
	}
	return err
}

// Unlock implements door.Lockable: the reverse of exactly what Lock did. Errors by position: Conflict for what somebody else
// locked, NotFound where the account has no visitor.
func (s *System) Unlock(ctx context.Context, es []cardea.Edge) []error {
	defer s.turns.take(es...)()
	return s.byGroup(ctx, es, s.unlock, nil)
}

func (s *System) unlock(ctx context.Context, at spot, es []*wished, vw *view) error {
	if at.unit.state == cardea.UnitLocked && vw.book.locked[at.group] == nil {
		return cardea.Errorf(cardea.Conflict, "unit %q was locked at the gate; unlock it there", at.unit.number)
	}
	c, err := s.visitorsAt(ctx, at)
	if err != nil {
		return err
	}
	opening := map[int64]bool{}
	for _, w := range es {
		there := false
		for _, v := range c.of(w.edge.Account, at, vw) {
			switch stands(v, at, vw.book) {
			case passes, shut:
				there = true
				opening[v.id] = true
				w.mine = append(w.mine, v)
			case lockedAtGate, unitAtGate:
				there = true
				*w.err = cardea.Errorf(cardea.Conflict, "visitor %d of %s was locked out at the gate; let them in there", v.id, w.edge.Group)
			case taken:
			}
		}
		if !there {
			*w.err = cardea.Errorf(cardea.NotFound, "account %s has no visitor on %s", w.edge.Account, w.edge.Group)
		}
	}
	switch {
	case at.unit.state == cardea.UnitLocked && len(opening) == 0:
		return nil
	case at.unit.state == cardea.UnitLocked:
		if err := s.unlockUnit(ctx, at, c, opening, vw); err != nil {
			return err
		}
		if c, err = s.visitorsAt(ctx, at); err != nil {
			return err
		}
	case vw.book.locked[at.group] != nil:
		// It was unlocked at the gate, or never locked: our note of it is old.
		if err := s.keepLock(ctx, vw.book, at.group, nil); err != nil {
			return err
		}
	}
	for _, w := range es {
		for _, v := range w.mine {
			if err := s.open(ctx, v.id, c, vw.book); err != nil {
				*w.err = err
			}
		}
		w.done = true
	}
	return nil
}

// open lets one visitor in that we locked.
func (s *System) open(ctx context.Context, id int64, c crowd, b *book) error {
	n := b.of[id]
	if n == nil || !n.Locked {
		return nil
	}
	for _, v := range c.visitors {
		if v.id == id && !v.enabled {
			if err := s.visitor(ctx, id, "enable"); err != nil {
				return err
			}
		}
	}
	own := *n
	own.Locked = false
	return s.keep(ctx, b, &own)
}

// unlockUnit enables a unit that we disabled. Who is to stay shut is disabled before that, and whoever the vendor enabled
// along with the unit although they were off is disabled after it: whether enabling a unit touches its visitors is not
// documented.
func (s *System) unlockUnit(ctx context.Context, at spot, c crowd, opening map[int64]bool, vw *view) error {
	for _, v := range c.visitors {
		if opening[v.id] || stands(v, at, vw.book) != shut {
			continue
		}
		a := whose(v, at.group, vw.book, vw.people)
		n := *vw.book.noted(v, a, at.group)
		n.Locked = true
		if err := s.keep(ctx, vw.book, &n); err != nil {
			return err
		}
		if err := s.visitor(ctx, v.id, "disable"); err != nil {
			return err
		}
	}
	if err := s.onTheUnit(ctx, at.unit.id, "enable"); err != nil {
		return err
	}
	after, err := s.visitorsAt(ctx, at)
	if err != nil {
		return err
	}
	lock := vw.book.locked[at.group]
	for _, v := range after.visitors {
		n := vw.book.of[v.id]
		off := n != nil && (n.Off || n.Locked && !opening[v.id]) || vw.book.past[v.id] || slices.Contains(lock.Held, v.id)
		var what string
		switch {
		case v.enabled && off:
			what = "disable"
		case !v.enabled && !off && opening[v.id] && slices.Contains(lock.Passed, v.id):
			what = "enable" // it was shut along with the unit and not opened along with it
		default:
			continue
		}
		if err := s.visitor(ctx, v.id, what); err != nil {
			return err
		}
	}
	return s.keepLock(ctx, vw.book, at.group, nil)
}
