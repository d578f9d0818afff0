package opentech

import (
	"context"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// refuses says whether an answer is the vendor's own no, so that nothing was done.
func refuses(ans wire.Answer) bool {
	return ans.Status == http.StatusBadRequest || ans.Status == http.StatusConflict || ans.Status == http.StatusUnprocessableEntity
}

// leaveBehind notes that a visitor of the old unit is nobody's any more.
func (s *System) leaveBehind(ctx context.Context, v visitor, old, next unit, b *book) error {
	if err := s.uncarry(ctx, v.id, old.group(), next.group(), b); err != nil {
		return err
	}
	n := b.of[v.id]
	if n == nil {
		n = &note{Account: visitorAccount(v.id), Group: old.group(), Visitor: v.id}
	}
	return s.bury(ctx, b, n, v.id)
}

// putBack moves everybody who was moved back to the old unit, takes the new one away if it is ours, and says why.
func (s *System) putBack(ctx context.Context, old unit, to cardea.GroupID, b *book, r *renaming) error {
	us, err := s.listUnits(ctx)
	if err != nil {
		return err
	}
	if next, err := us.find(to); err == nil {
		vs, _, err := s.onUnit(ctx, next)
		if err != nil {
			return err
		}
		left := false
		for _, v := range vs {
			if !slices.Contains(r.People, v.id) {
				left = left || !bygoneOn(v, b)
				continue
			}
			if _, err := s.update(ctx, v.id, update{UnitID: &old.id}); err != nil {
				return err
			}
		}
		for _, id := range r.People {
			if err := s.uncarry(ctx, id, old.group(), to, b); err != nil {
				return err
			}
		}
		if r.Made && !left && next.state == cardea.UnitVacant {
			if err := s.deleteVacant(ctx, next); err != nil && cardea.ClassOf(err) != cardea.Conflict {
				return err
			}
			if err := s.forgetUnit(ctx, b, to); err != nil {
				return err
			}
		}
	}
	if err := s.keepRename(ctx, old.group(), nil); err != nil {
		return err
	}
	return cardea.Errorf(cardea.Rejected, "unit %q keeps its number, with everybody on it: OpenTech does not move all of them to %q. "+
		"Rename it while nobody is on it, or ask OpenTech to: %s", old.number, r.Number, r.Refused)
}

// uncarry strikes a note out that was carried along; the one of the old unit holds.
func (s *System) uncarry(ctx context.Context, id int64, was, to cardea.GroupID, b *book) error {
	for _, n := range slices.Clone(b.on[to]) {
		if n.Visitor == id {
			if err := s.forget(ctx, b, n); err != nil {
				return err
			}
		}
	}
	for _, n := range slices.Clone(b.on[was]) {
		if n.Visitor == id {
			b.put(n)
		}
	}
	return nil
}
