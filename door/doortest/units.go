package doortest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest"
)

// The numbers of units that the suite makes.
const (
	unitNumber  = "Suite-71"
	otherNumber = "Suite-72"
)

// units: made once however it is written, vacant, rented by whoever is put on it, renamed with its people, and taken away
// only when it is vacant.
func units(c *course) error {
	b, _ := c.small()
	s, can := b.System.(door.Units)
	if !can {
		c.Note("the System has no Units")
		return nil
	}
	id := s.UnitGroup(unitNumber)
	if id == "" || id != s.UnitGroup("  "+strings.ToLower(unitNumber)+" ") || id == s.UnitGroup(otherNumber) {
		return fmt.Errorf("UnitGroup does not trim and fold numbers: %q", id)
	}
	for _, number := range []string{unitNumber, unitNumber, " " + strings.ToUpper(unitNumber) + " "} {
		g, err := s.AddUnit(c.Ctx, number)
		if c.Saw(err) != nil {
			return fmt.Errorf("AddUnit %q: %w", number, err)
		}
		if g.ID != id {
			return fmt.Errorf("AddUnit %q made group %q, UnitGroup said %q", number, g.ID, id)
		}
		if err := c.unit(b, id, cardea.UnitVacant); err != nil {
			return fmt.Errorf("after AddUnit %q: %w", number, err)
		}
	}
	was, e, err := c.rented(b)
	if err != nil {
		return err
	}
	if err := c.Saw(s.DeleteUnit(c.Ctx, was)); cardea.ClassOf(err) != cardea.Conflict {
		return fmt.Errorf("DeleteUnit of a unit that somebody has: %w, want Conflict", readtest.Told(err))
	}
	if len(held(b, e)) != 1 {
		return errors.New("DeleteUnit of a unit that somebody has took it away")
	}
	for range 2 {
		if err := c.rename(b, was); err != nil {
			return err
		}
		if err := c.renamed(b, was, e); err != nil {
			return err
		}
	}
	now := s.UnitGroup(otherNumber)
	p, err := c.collection(b, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{now}})
	if err != nil {
		return err
	}
	for _, r := range p.Records() {
		if left, ok := r.(cardea.Edge); ok {
			if err := c.revoke(b, left); err != nil {
				return fmt.Errorf("Revoke on the renamed unit: %w", err)
			}
		}
	}
	for range 2 {
		if err := c.Saw(s.DeleteUnit(c.Ctx, now)); err != nil {
			return fmt.Errorf("DeleteUnit of a vacant unit, twice: %w", err)
		}
		if err := c.unit(b, now, ""); err != nil {
			return fmt.Errorf("after DeleteUnit: %w", err)
		}
	}
	return nil
}

// rented makes the suite's unit, if it is not there, and puts somebody on it.
func (c *course) rented(b *Bench) (cardea.GroupID, cardea.Edge, error) {
	s, can := b.System.(door.Units)
	if !can {
		return "", cardea.Edge{}, errors.New("the System has no Units")
	}
	g, err := s.AddUnit(c.Ctx, unitNumber)
	if c.Saw(err) != nil {
		return "", cardea.Edge{}, fmt.Errorf("AddUnit: %w", err)
	}
	e, err := c.spare(b, 0)
	if err != nil {
		return "", cardea.Edge{}, err
	}
	e.Group = g.ID
	if e.Ref, err = c.grant(b, e); err != nil {
		return "", cardea.Edge{}, fmt.Errorf("Grant on a unit: %w", err)
	}
	return g.ID, e, c.unit(b, g.ID, cardea.UnitRented)
}

// rename gives the suite's unit its other number.
func (c *course) rename(b *Bench, was cardea.GroupID) error {
	s, can := b.System.(door.Units)
	if !can {
		return errors.New("the System has no Units")
	}
	g, err := s.RenameUnit(c.Ctx, was, otherNumber)
	if c.Saw(err) != nil {
		return fmt.Errorf("RenameUnit: %w", err)
	}
	if want := s.UnitGroup(otherNumber); g.ID != want {
		return fmt.Errorf("RenameUnit made group %q, UnitGroup says %q", g.ID, want)
	}
	return nil
}

// renamed: one unit of the new number with the same person on it, and none of the old.
func (c *course) renamed(b *Bench, was cardea.GroupID, e cardea.Edge) error {
	s, can := b.System.(door.Units)
	if !can {
		return errors.New("the System has no Units")
	}
	now := e
	now.Group = s.UnitGroup(otherNumber)
	if fresh, old := len(held(b, now)), len(held(b, e)); fresh != 1 || old != 0 {
		return fmt.Errorf("after RenameUnit the person has %d edges on the new number and %d on the old", fresh, old)
	}
	return errors.Join(c.unit(b, now.Group, cardea.UnitRented), c.unit(b, was, ""))
}

// unit: the group is listed once, as a unit in this state; "" = it is not listed.
func (c *course) unit(b *Bench, id cardea.GroupID, want cardea.UnitState) error {
	p, err := c.collection(b, cardea.Scope{Kinds: []cardea.Kind{cardea.KindGroup}})
	if err != nil {
		return err
	}
	var got []cardea.Group
	for _, r := range p.Records() {
		if g, ok := r.(cardea.Group); ok && g.ID == id {
			got = append(got, g)
		}
	}
	if want == "" && len(got) == 0 {
		return nil
	}
	if len(got) != 1 || got[0].Unit != want {
		return fmt.Errorf("unit %s is listed as %+v, want it %q", id, got, want)
	}
	return nil
}
