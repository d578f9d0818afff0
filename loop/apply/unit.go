package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
)

// unit makes, renames or deletes a rentable unit. All three may be repeated whatever became of them (door.Units).
func (r *run) unit(ctx context.Context, op cardea.Operation) error {
	ops, err := r.sending(ctx, []cardea.Operation{op})
	if err != nil || len(ops) == 0 {
		return err
	}
	return r.finish(ctx, op)
}

// finish brings an operation on a unit to its end.
func (r *run) finish(ctx context.Context, op cardea.Operation) error {
	units, can := r.System.(door.Units)
	if !can || op.Unit == nil {
		return r.fail(ctx, op, cardea.Errorf(cardea.Rejected, "the door system has no units to %s", op.Verb))
	}
	for attempt := 1; ; attempt++ {
		group, err := r.work(ctx, units, op)
		switch {
		case err == nil:
			return r.worked(ctx, op, group)
		case ctx.Err() != nil:
			return fmt.Errorf("stopped: %w", ctx.Err())
		case !repeats(err):
			return r.fail(ctx, op, err)
		case attempt == r.attempts():
			return r.fail(ctx, op, cardea.Errorf(cardea.Unknown, "the change of the unit may be half done: %w", err))
		}
		if err := r.wait(ctx, attempt, asked(err)); err != nil {
			return err
		}
	}
}

// work sends one attempt and returns the unit's group as it is then, or as it was before it went.
func (r *run) work(ctx context.Context, units door.Units, op cardea.Operation) (cardea.Group, error) {
	switch op.Verb { //nolint:exhaustive // the others are about no unit
	case cardea.VerbAddUnit:
		return units.AddUnit(ctx, op.Unit.Number) //nolint:wrapcheck // the connector says which unit and what to do
	case cardea.VerbRenameUnit:
		return units.RenameUnit(ctx, op.Group, op.Unit.Number) //nolint:wrapcheck // as above
	}
	return cardea.Group{ID: op.Group, Name: op.Unit.Number}, units.DeleteUnit(ctx, op.Group) //nolint:wrapcheck // as above
}

// worked keeps that a unit was answered well. What is ours on a renamed one follows it.
func (r *run) worked(ctx context.Context, op cardea.Operation, g cardea.Group) error {
	r.isUp()
	r.result(op, store.OpSent, "")
	if err := r.answered(ctx, store.Outcome{Op: op, Group: &g}); err != nil {
		return err
	}
	if op.Verb != cardea.VerbRenameUnit {
		return nil
	}
	if err := r.Store.MoveGroup(ctx, r.Door, op.Group, g.ID, r.Lease); err != nil {
		return fmt.Errorf("could not keep that unit %s is %s now: %w", op.Group, g.ID, err)
	}
	return nil
}

// shownUnits are the groups that the vendor shows after units were changed.
type shownUnits struct {
	known  bool // they were read to the end
	groups map[cardea.GroupID]bool
}

// showsUnits reads the groups back when units were changed. What cannot be read stays open, and the next run reads it.
func (r *run) showsUnits(ctx context.Context, ops []cardea.Operation) (shownUnits, error) {
	var out shownUnits
	if !slices.ContainsFunc(ops, func(op cardea.Operation) bool { return op.Verb.OfUnit() }) {
		return out, nil
	}
	in := cardea.NewIntake(cardea.Scope{Kinds: []cardea.Kind{cardea.KindGroup}}, nil)
	err := r.System.Read(ctx, in.Scope(), in)
	p := in.Collection(cardea.KindGroup)
	if err != nil || p == nil || p.Evidence().Grade() != cardea.Complete || len(p.BadOnes()) > 0 {
		return out, nil //nolint:nilerr // see above
	}
	c := store.DoorChange{Door: r.Door, At: r.now()}
	out.known, out.groups = true, make(map[cardea.GroupID]bool, len(p.Records()))
	for _, rec := range p.Records() {
		if g, ok := rec.(cardea.Group); ok {
			out.groups[g.ID] = true
			c.Groups = append(c.Groups, g)
		}
	}
	if err := r.Store.SaveDoorRead(ctx, c, r.Lease); err != nil {
		return out, fmt.Errorf("could not keep what was read back: %w", err)
	}
	return out, nil
}

// shows says whether the groups that were read back show what was done to a unit.
func (s shownUnits) shows(op cardea.Operation) string {
	if !s.known {
		return store.OpSent
	}
	done := s.groups[op.Unit.Group]
	switch op.Verb { //nolint:exhaustive // the others are about no unit
	case cardea.VerbDeleteUnit:
		done = !s.groups[op.Group]
	case cardea.VerbRenameUnit:
		done = done && !s.groups[op.Group]
	}
	if done {
		return store.OpConfirmed
	}
	return store.OpFailed
}
