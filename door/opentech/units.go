package opentech

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// UnitGroup implements door.Units.
func (s *System) UnitGroup(number string) cardea.GroupID { return unitGroup(number) }

// unitsAge is how old the list may be in which a unit is looked for before it is made: the vendor refuses a second one.
const unitsAge = 10 * time.Minute

// listed returns the units as last listed, or lists them.
func (s *System) listed(ctx context.Context) (*units, error) {
	s.mu.Lock()
	had := s.units
	s.mu.Unlock()
	if had != nil && s.c.Now().Sub(had.at) < unitsAge {
		return had, nil
	}
	return s.listUnits(ctx)
}

type newUnit struct {
	UnitNumber string `json:"unitNumber"`
}

// AddUnit implements door.Units: POST units, which makes a vacant one. How long a number may be is not documented: what
// the vendor refuses is passed on in its own words. Errors: Rejected when it does, Conflict when two units bear the number.
func (s *System) AddUnit(ctx context.Context, number string) (cardea.Group, error) {
	u, err := s.addUnit(ctx, number)
	if err != nil {
		return cardea.Group{}, err
	}
	return u.shown(), nil
}

func (s *System) addUnit(ctx context.Context, number string) (unit, error) {
	number = trim(number)
	if number == "" {
		return unit{}, cardea.Errorf(cardea.Rejected, "a unit needs a number")
	}
	defer s.turns.take(cardea.Edge{Group: unitGroup(number)})()
	return s.ensureUnit(ctx, number)
}

// ensureUnit returns the unit of a number, making it where it is not there. The turn of its group is the caller's. Numbers are
// unique at the vendor, so that a call whose outcome is unknown may be made again once the list was looked at.
func (s *System) ensureUnit(ctx context.Context, number string) (unit, error) {
	us, err := s.listed(ctx)
	if err != nil {
		return unit{}, err
	}
	if u, err := us.find(unitGroup(number)); cardea.ClassOf(err) != cardea.NotFound {
		return u, err
	}
	s.mu.Lock()
	u, added := s.added[unitGroup(number)]
	s.mu.Unlock()
	if added {
		return u, nil
	}
	path, err := s.under(ctx, "units")
	if err != nil {
		return unit{}, err
	}
	ans, err := s.post(ctx, path, newUnit{UnitNumber: number})
	if err == nil {
		if u, bad := unitOf(ans.Body); bad == nil && u.group() == unitGroup(number) {
			s.learn(u)
			return u, nil
		}
		err = cardea.Errorf(cardea.Unknown, "%s: the answer to making unit %q cannot be read", s.client.Name(), number)
	}
	switch cardea.ClassOf(err) {
	case cardea.Conflict, cardea.Unknown, cardea.Rejected:
	case cardea.Retry, cardea.Throttled, cardea.Auth, cardea.NotFound:
		return unit{}, err
	}
	fresh, listErr := s.listUnits(ctx)
	if listErr != nil {
		return unit{}, err
	}
	u, findErr := fresh.find(unitGroup(number))
	switch {
	case cardea.ClassOf(findErr) != cardea.NotFound:
		return u, findErr
	case cardea.ClassOf(err) == cardea.Conflict:
		return unit{}, cardea.Errorf(cardea.Rejected, "the number %q is refused, and no unit of that number is listed: %w", number, err)
	}
	return unit{}, err
}

// learn remembers a unit that was made since the units were listed.
func (s *System) learn(u unit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.added == nil {
		s.added = map[cardea.GroupID]unit{}
	}
	s.added[u.group()] = u
}

// DeleteUnit implements door.Units: delete/vacant, of a unit that is vacant and on which nobody passes. Errors: Conflict when
// somebody has it.
func (s *System) DeleteUnit(ctx context.Context, id cardea.GroupID) error {
	if !strings.HasPrefix(string(id), unitPrefix) {
		return cardea.Errorf(cardea.Rejected, "%q is no unit", id)
	}
	defer s.turns.take(cardea.Edge{Group: id})()
	vw, err := s.look(ctx)
	if err != nil {
		return err
	}
	u, err := vw.units.find(id)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		return s.forgetUnit(ctx, vw.book, id)
	case err != nil:
		return err
	case u.state != cardea.UnitVacant:
		return cardea.Errorf(cardea.Conflict, "unit %q is %s; it can be deleted when everybody has moved out", u.number, u.state)
	}
	if err := s.empty(ctx, u); err != nil {
		return err
	}
	if err := s.deleteVacant(ctx, u); err != nil {
		return err
	}
	return s.forgetUnit(ctx, vw.book, id)
}

// empty says whether nobody passes on a unit. Errors: Conflict when somebody does.
func (s *System) empty(ctx context.Context, u unit) error {
	vs, flaws, err := s.onUnit(ctx, u)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(vs, func(v visitor) bool { return v.enabled }); i >= 0 {
		return cardea.Errorf(cardea.Conflict, "unit %q still has visitor %d; it can be deleted when everybody has moved out",
			u.number, vs[i].id)
	}
	if len(flaws) > 0 {
		return cardea.Errorf(cardea.Conflict, "unit %q has a visitor that cannot be read: %s", u.number, flaws[0].bad.Why)
	}
	return nil
}

// deleteVacant deletes a vacant unit. The vendor answers with a boolean (vendors/opentech-kinnovis.md 2.6).
func (s *System) deleteVacant(ctx context.Context, u unit) error {
	path, err := s.under(ctx, "units", number(u.id), "delete", "vacant")
	if err != nil {
		return err
	}
	ans, err := s.post(ctx, path, nil)
	if cardea.ClassOf(err) == cardea.NotFound || cardea.ClassOf(err) == cardea.Conflict {
		fresh, listErr := s.listUnits(ctx)
		if listErr != nil {
			return err
		}
		if _, there := fresh.byID[u.id]; !there {
			return nil
		}
	}
	if err != nil {
		return err
	}
	var yes bool
	if json.Unmarshal(ans.Body, &yes) == nil && !yes {
		return cardea.Errorf(cardea.Conflict, "OpenTech did not delete unit %q: it takes it for occupied", u.number)
	}
	return nil
}

// forgetUnit strikes out what was noted of a unit that is gone.
func (s *System) forgetUnit(ctx context.Context, b *book, g cardea.GroupID) error {
	s.mu.Lock()
	s.units, s.added = nil, nil
	s.mu.Unlock()
	for _, n := range slices.Clone(b.on[g]) {
		if err := s.forget(ctx, b, n); err != nil {
			return err
		}
	}
	if b.locked[g] != nil {
		if err := s.keepLock(ctx, b, g, nil); err != nil {
			return err
		}
	}
	// A rename that was left half done must not begin again should a unit of that number come back.
	if err := s.c.Memory.Forget(ctx, s.c.Connection, keptRenames, string(g)); err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: a note could not be struck out: %w", s.client.Name(), err)
	}
	return nil
}
