package apply

import (
	"context"
	"fmt"

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

// showsUnits reads the groups back when units were changed. nil = not known.
func (r *run) showsUnits(ctx context.Context, ops []cardea.Operation) (map[cardea.GroupID]bool, error) {
	asks := false
	for _, op := range ops {
		asks = asks || op.Verb.OfUnit()
	}
	if !asks {
		return nil, nil
	}
	in := cardea.NewIntake(cardea.Scope{Kinds: []cardea.Kind{cardea.KindGroup}}, nil)
	if err := r.System.Read(ctx, in.Scope(), in); err != nil {
		return nil, nil //nolint:nilerr // what cannot be read stays open, and the next run reads it
	}
	p := in.Collection(cardea.KindGroup)
	if p == nil || p.Evidence().Grade() != cardea.Complete || len(p.BadOnes()) > 0 {
		return nil, nil
	}
	c := store.DoorChange{Door: r.Door, At: r.now()}
	shown := make(map[cardea.GroupID]bool, len(p.Records()))
	for _, rec := range p.Records() {
		if g, ok := rec.(cardea.Group); ok {
			shown[g.ID] = true
			c.Groups = append(c.Groups, g)
		}
	}
	if err := r.Store.SaveDoorRead(ctx, c, r.Lease); err != nil {
		return nil, fmt.Errorf("could not keep what was read back: %w", err)
	}
	return shown, nil
}

// showsUnit says whether the groups that were read back show what was done to a unit.
func showsUnit(shown map[cardea.GroupID]bool, op cardea.Operation) string {
	ok := false
	switch {
	case shown == nil:
		return store.OpSent
	case op.Verb == cardea.VerbDeleteUnit:
		ok = !shown[op.Group]
	case op.Verb == cardea.VerbRenameUnit:
		ok = shown[op.Unit.Group] && !shown[op.Group]
	default:
		ok = shown[op.Unit.Group]
	}
	if ok {
		return store.OpConfirmed
	}
	return store.OpFailed
}
