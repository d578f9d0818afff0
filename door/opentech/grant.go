package opentech

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
)

// Grant implements door.System. An edge that is there already is a success; one that we took away is enabled again; else a
// visitor is made, with a code of its own. Tenants of a batch go before guests: the tenant makes the unit rented.
//
// Errors by position: NotFound when there is no such unit; Rejected when the vendor refuses; Conflict when another tenant
// has the unit, when somebody locked it at the gate, or when an earlier create left something that a person must look at;
// Unknown when nobody can tell whether the visitor was made. The next Grant of the same edge looks before it makes another.
func (s *System) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	refs, errs := make([]string, len(es)), make([]error, len(es))
	order := make([]int, 0, len(es))
	for _, guests := range []bool{false, true} {
		for i, e := range es {
			if e.Guest == guests {
				order = append(order, i)
			}
		}
	}
	defer s.turns.take(es...)()
	vw, err := s.look(ctx, groupsOf(es...)...)
	for _, i := range order {
		if errs[i] = err; err == nil {
			refs[i], errs[i] = s.grant(ctx, es[i], vw)
		}
	}
	return refs, errs
}

// of returns the visitors of an account that are there, enabled ones first.
func (c crowd) of(a cardea.AccountID, at spot, vw *view) []visitor {
	var out []visitor
	for _, v := range c.visitors {
		if whose(v, at.group, vw.book, vw.people) == a {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(x, y visitor) int {
		return int(stands(x, at, vw.book)) - int(stands(y, at, vw.book))
	})
	return out
}

func (s *System) grant(ctx context.Context, e cardea.Edge, vw *view) (string, error) {
	if e.Foreign != "" || e.Account == "" {
		return "", cardea.Errorf(cardea.Rejected, "the entry of account %s on %s cannot be given", e.Account, e.Group)
	}
	at, err := s.spotOf(vw, e.Group)
	if err != nil {
		return "", err
	}
	if at.unit.state == cardea.UnitLocked && vw.book.locked[at.group] == nil {
		return "", cardea.Errorf(cardea.Conflict, "unit %q was locked at the gate; unlock it there first", at.unit.number)
	}
	c, err := s.visitorsAt(ctx, at)
	if err != nil {
		return "", err
	}
	if n := vw.book.notes[noteID(e.Account, e.Group)]; n != nil && n.Visitor == 0 && n.code != "" {
		return s.settle(ctx, e, at, c, vw, n)
	}
	if err := s.otherTenant(e, at, c, vw); err != nil {
		return "", err
	}
	for _, v := range c.of(e.Account, at, vw) {
		switch st := stands(v, at, vw.book); {
		case st == passes || st == shut:
			return v.ref(), s.wanted(ctx, vw.book, v)
		case st == taken && comesBack(v, at, c, vw):
			return v.ref(), s.again(ctx, vw.book, v)
		case st == lockedAtGate:
			return "", cardea.Errorf(cardea.Conflict, "visitor %d of unit %q was locked out at the gate; let them in there first",
				v.id, at.unit.number)
		}
	}
	return s.make(ctx, e, at, c, vw)
}

// comesBack says whether a visitor that is off is one that we took off, to be let in again. On a unit that is vacant and on
// which nobody passes it moved out, whoever did that: a new visitor makes the unit rented, which enabling the old one would
// not.
func comesBack(v visitor, at spot, c crowd, vw *view) bool {
	n := vw.book.of[v.id]
	if n == nil || !n.Off || vw.book.past[v.id] {
		return false
	}
	return at.unit.state != cardea.UnitVacant ||
		slices.ContainsFunc(c.visitors, func(o visitor) bool { return stands(o, at, vw.book) == passes })
}

// otherTenant refuses a second tenant.
func (s *System) otherTenant(e cardea.Edge, at spot, c crowd, vw *view) error {
	if e.Guest || !at.isUnit() {
		return nil
	}
	if c.odd > 0 {
		return cardea.Errorf(cardea.Rejected,
			"%d visitors of unit %q cannot be read, and one of them may be its tenant; look at OpenTech", c.odd, at.unit.number)
	}
	for _, v := range c.visitors {
		id := whose(v, at.group, vw.book, vw.people)
		if v.tenant && id != e.Account && stands(v, at, vw.book) != taken {
			return cardea.Errorf(cardea.Conflict, "unit %q has another tenant, visitor %d; they must move out first",
				at.unit.number, v.id)
		}
	}
	return nil
}

// wanted strikes out that an entry was taken away: somebody let the visitor in again, or the removal never took effect.
func (s *System) wanted(ctx context.Context, b *book, v visitor) error {
	n := b.of[v.id]
	if n == nil || !n.Off {
		return nil
	}
	own := *n
	own.Off = false
	return s.keep(ctx, b, &own)
}

// again lets a visitor in that we disabled. The note follows the call: until then the entry reads as it was.
func (s *System) again(ctx context.Context, b *book, v visitor) error {
	if err := s.visitor(ctx, v.id, "enable"); err != nil {
		return err
	}
	own := *b.of[v.id]
	own.Off, own.Locked = false, false
	return s.keep(ctx, b, &own)
}

// visitor does one of the repeatable writes on a visitor.
func (s *System) visitor(ctx context.Context, id int64, what string) error {
	path, err := s.under(ctx, "visitors", number(id), what)
	if err != nil {
		return err
	}
	return s.act(ctx, path)
}

// onTheUnit does one of the repeatable writes on a unit.
func (s *System) onTheUnit(ctx context.Context, id int64, what string) error {
	path, err := s.under(ctx, "units", number(id), what)
	if err != nil {
		return err
	}
	return s.act(ctx, path)
}
