package opentech

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// renaming is what we remember of a rename until it is through, or taken back.
type renaming struct {
	Number  string  `json:"number"`            // the new one
	Made    bool    `json:"made,omitempty"`    // no unit of the new number was there before
	People  []int64 `json:"people,omitempty"`  // visitors that are to move
	Refused string  `json:"refused,omitempty"` // why they go back; "" = they do not
}

// RenameUnit implements door.Units. No route is known that changes a unit's number, so that a new unit is made, the visitors
// are moved to it with their codes, and the old unit is vacated and deleted once nobody is listed on it any more: vacating
// deactivates everybody who still is (vendors/opentech-kinnovis.md 1.2, 2.6). The tenant goes last: whether the status of a
// unit follows its tenant is not known, and one that became vacant by that would deactivate its guests. For the same reason
// a refusal can always be taken back: until the tenant goes, the old unit is rented. Each step looks at what is there, so
// that it may be cut short anywhere and called again. Only upper and lower case and outer space cannot be changed: the
// number is the same.
//
// Errors: NotFound when neither unit is there; Conflict while the unit is locked, when the new number is another unit's,
// or when an earlier rename had to be finished first; Rejected when the vendor refuses the number or moves somebody not:
// everybody is on the old unit then.
func (s *System) RenameUnit(ctx context.Context, was cardea.GroupID, number string) (cardea.Group, error) {
	number = trim(number)
	if number == "" || !strings.HasPrefix(string(was), unitPrefix) {
		return cardea.Group{}, cardea.Errorf(cardea.Rejected, "unit %q cannot get the number %q", was, number)
	}
	pending, err := s.pending(ctx, was)
	if err != nil {
		return cardea.Group{}, err
	}
	begun := number
	if pending != nil {
		begun = pending.Number
	}
	defer s.turns.take(cardea.Edge{Group: was}, cardea.Edge{Group: unitGroup(begun)})()
	u, err := s.rename(ctx, was, begun, pending)
	if err != nil {
		return cardea.Group{}, err
	}
	if unitGroup(begun) != unitGroup(number) {
		return cardea.Group{}, cardea.Errorf(cardea.Conflict,
			"a rename to %q that had begun earlier was finished first; the next run sees that number", begun)
	}
	return u.shown(), nil
}

// pending is the rename of the unit that has begun, nil when none has.
func (s *System) pending(ctx context.Context, was cardea.GroupID) (*renaming, error) {
	kept, err := s.c.Memory.Recall(ctx, s.c.Connection, keptRenames)
	if err != nil {
		return nil, s.forgetful(err)
	}
	for _, k := range kept {
		r := &renaming{}
		if k.ID == string(was) && json.Unmarshal([]byte(k.Body), r) == nil && r.Number != "" {
			return r, nil
		}
	}
	return nil, nil //nolint:nilnil // none has begun
}

// keepRename notes a rename that is under way; nil strikes it out.
func (s *System) keepRename(ctx context.Context, was cardea.GroupID, r *renaming) error {
	if r == nil {
		if err := s.c.Memory.Forget(ctx, s.c.Connection, keptRenames, string(was)); err != nil {
			return cardea.Errorf(cardea.ClassOf(err), "%s: a note could not be struck out: %w", s.client.Name(), err)
		}
		return nil
	}
	body, err := json.Marshal(r)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "%s: a note cannot be written: %w", s.client.Name(), err)
	}
	if err := s.c.Memory.Remember(ctx, s.c.Connection, keptRenames, cardea.Kept{ID: string(was), Body: string(body)}); err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: a note could not be kept: %w", s.client.Name(), err)
	}
	return nil
}

func (s *System) rename(ctx context.Context, was cardea.GroupID, number string, r *renaming) (unit, error) {
	vw, err := s.look(ctx)
	if err != nil {
		return unit{}, err
	}
	to := unitGroup(number)
	if to == was {
		return vw.units.find(was)
	}
	next, nextErr := vw.units.find(to)
	if nextErr != nil && cardea.ClassOf(nextErr) != cardea.NotFound {
		return unit{}, nextErr
	}
	old, err := vw.units.find(was)
	if cardea.ClassOf(err) == cardea.NotFound && nextErr == nil {
		return next, s.renamed(ctx, was, vw.book, to)
	}
	if err != nil {
		return unit{}, err
	}
	if old.state == cardea.UnitLocked {
		return unit{}, cardea.Errorf(cardea.Conflict, "unit %q is locked; it can be renamed when it is not", old.number)
	}
	if r != nil && r.Refused != "" {
		return unit{}, s.putBack(ctx, old, to, vw.book, r)
	}
	if r == nil {
		if nextErr == nil {
			if next.state != cardea.UnitVacant {
				return unit{}, cardea.Errorf(cardea.Conflict, "there is another unit %q, and it is not vacant", next.number)
			}
			if err := s.empty(ctx, next); err != nil {
				return unit{}, err
			}
		}
		r = &renaming{Number: number, Made: nextErr != nil}
	}
	people, err := s.movable(ctx, old, vw.book)
	if err != nil {
		return unit{}, err
	}
	for _, v := range people {
		if !slices.Contains(r.People, v.id) {
			r.People = append(r.People, v.id)
		}
	}
	if err := s.keepRename(ctx, was, r); err != nil {
		return unit{}, err
	}
	if next, err = s.ensureUnit(ctx, number); err != nil {
		if cardea.ClassOf(err) == cardea.Rejected { // nothing has changed, and another number may do
			if e := s.keepRename(ctx, was, nil); e != nil {
				return unit{}, e
			}
		}
		return unit{}, err
	}
	if err := s.moveAll(ctx, people, old, next, vw.book, r); err != nil {
		return unit{}, err
	}
	if err := s.clear(ctx, old, vw.book); err != nil {
		return unit{}, err
	}
	if err := s.renamed(ctx, was, vw.book, to); err != nil {
		return unit{}, err
	}
	fresh, err := s.listUnits(ctx)
	if err != nil {
		return unit{}, err
	}
	return fresh.find(to)
}

// movable lists whom a rename takes along, the tenants last: disabled ones too, who keep their codes and how they stand.
func (s *System) movable(ctx context.Context, old unit, b *book) ([]visitor, error) {
	vs, flaws, err := s.onUnit(ctx, old)
	if err != nil {
		return nil, err
	}
	if len(flaws) > 0 {
		return nil, cardea.Errorf(cardea.Rejected, "a visitor of unit %q cannot be read and so not be moved: %s",
			old.number, flaws[0].bad.Why)
	}
	vs = slices.DeleteFunc(vs, func(v visitor) bool { return bygoneOn(v, b) })
	slices.SortFunc(vs, func(a, b visitor) int {
		switch {
		case a.tenant && !b.tenant:
			return 1
		case b.tenant && !a.tenant:
			return -1
		}
		return cmp.Compare(a.id, b.id)
	})
	return vs, nil
}

// moveAll moves visitors. When the vendor refuses one, all go back.
func (s *System) moveAll(ctx context.Context, people []visitor, old, next unit, b *book, r *renaming) error {
	for _, v := range people {
		n := b.of[v.id]
		if n != nil {
			if err := s.carry(ctx, n, next.group(), b); err != nil {
				return err
			}
		}
		ans, err := s.update(ctx, v.id, update{UnitID: &next.id})
		switch {
		case err == nil:
			continue
		case !refuses(ans):
			return err
		case !v.enabled && (n != nil && n.Off || n == nil && !v.lockedOut):
			// They moved out and are only listed still.
			if err := s.leaveBehind(ctx, v, old, next, b); err != nil {
				return err
			}
			continue
		}
		r.Refused = err.Error()
		if e := s.keepRename(ctx, old.group(), r); e != nil {
			return e
		}
		return s.putBack(ctx, old, next.group(), b, r)
	}
	return nil
}

// bygoneOn says whether a visitor that is still listed moved out earlier.
func bygoneOn(v visitor, b *book) bool { return !v.enabled && b.past[v.id] }

// carry writes a note down for another group. The old one stays until the unit is gone: both say the same.
func (s *System) carry(ctx context.Context, n *note, to cardea.GroupID, b *book) error {
	own := *n
	own.Group, own.Past = to, nil
	if there := b.notes[own.id()]; there != nil && there.Visitor != own.Visitor && there.Visitor != 0 {
		own.Second = true
	}
	return s.keep(ctx, b, &own)
}

// clear vacates and deletes the old unit once nobody is listed on it.
func (s *System) clear(ctx context.Context, old unit, b *book) error {
	left, flaws, err := s.onUnit(ctx, old)
	if err != nil {
		return err
	}
	for _, v := range left {
		if !bygoneOn(v, b) {
			return cardea.Errorf(cardea.Conflict,
				"visitor %d still shows on unit %q after it was moved; the unit is not vacated before nobody is on it", v.id, old.number)
		}
	}
	if len(flaws) > 0 {
		return cardea.Errorf(cardea.Conflict, "unit %q still has a visitor, who cannot be read: %s", old.number, flaws[0].bad.Why)
	}
	us, err := s.listUnits(ctx)
	if err != nil {
		return err
	}
	now, there := us.byID[old.id]
	if !there {
		return nil
	}
	if now.state != cardea.UnitVacant {
		if err := s.onTheUnit(ctx, old.id, "vacate"); err != nil {
			return err
		}
	}
	return s.deleteVacant(ctx, old)
}

// renamed strikes out what was noted of the old unit. An intent whose outcome is not known goes along to the new one.
func (s *System) renamed(ctx context.Context, was cardea.GroupID, b *book, to cardea.GroupID) error {
	for _, n := range slices.Clone(b.on[was]) {
		if n.code != "" && b.notes[noteID(n.Account, to)] == nil {
			if err := s.carry(ctx, n, to, b); err != nil {
				return err
			}
		}
	}
	return s.forgetUnit(ctx, b, was)
}
