package desk

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Undoing is what restores the edges as they were before a run. Run is empty until it was applied.
type Undoing struct {
	DoorRun

	Of      string         `json:"of"` // the run that is undone
	Started cardea.Instant `json:"started"`
	Left    []Remaining    `json:"left"` // what that run did and stays, in its order
}

// Remaining is an operation of a run that is not undone.
type Remaining struct {
	say.Operation

	Why string `json:"why"`
}

// Standing says how it leaves things: Pending as long as it was only shown and there is something to undo.
func (u Undoing) Standing() Standing {
	s := u.standing()
	if u.Run == "" && s != Incomplete {
		s = InStep
		if len(u.Operations) > 0 {
			s = Pending
		}
	}
	return s
}

// Undo lists the door side and shows what restores the edges as they were before a run, under a hash. It writes nothing at
// the door system. Errors: NotFound when there is no such run, Rejected for a read, and for a door that is kept no more.
func (d *Desk) Undo(ctx context.Context, run string) (Undoing, error) {
	return d.undo(ctx, run, func(ctx context.Context, k *keep.Keeper) (keep.Undoing, []store.OpRow, error) {
		u, err := k.Undo(ctx, run)
		return u, planned(u.Changeset), err
	})
}

// ApplyUndo does what Undo showed under a hash, as far as a fresh look still finds the edges as the run left them. What it
// undoes waits from then on until somebody releases it. Errors: those of Undo; NotFound when nothing was shown under the
// hash, or nothing of it can be done any more.
func (d *Desk) ApplyUndo(ctx context.Context, run, hash, who string) (Undoing, error) {
	return d.undo(ctx, run, func(ctx context.Context, k *keep.Keeper) (keep.Undoing, []store.OpRow, error) {
		c, found, err := d.ws.Changeset(ctx, k.Door, hash)
		undoes := func(o cardea.Operation) bool { return o.Cause == cardea.CauseUndone }
		switch {
		case err != nil:
			return keep.Undoing{}, nil, err
		case !found || !slices.ContainsFunc(c.Operations, undoes):
			return keep.Undoing{}, nil, cardea.Errorf(cardea.NotFound,
				"nothing that undoes a run is known as %s: run `cardea undo %s`, and copy the hash it prints", hash, run)
		}
		keys := map[cardea.OpKey]bool{}
		for _, o := range c.Operations {
			keys[o.Key] = true
		}
		u, err := k.ApplyUndo(ctx, run, keys, who)
		if err == nil && len(u.Changeset.Operations) == 0 {
			err = cardea.Errorf(cardea.NotFound, "nothing of %s can be done any more, or it undoes another run: run `cardea undo %s` "+
				"and look again", hash, run)
		}
		rows, rowsErr := d.ws.RunOperations(context.WithoutCancel(ctx), u.Run.ID)
		if err == nil {
			err = rowsErr
		}
		return u, rows, err
	})
}

// undo has the keeper of a run's door do something about it.
func (d *Desk) undo(
	ctx context.Context, id string, work func(context.Context, *keep.Keeper) (keep.Undoing, []store.OpRow, error),
) (Undoing, error) {
	out := Undoing{Of: id, Left: []Remaining{}}
	run, err := d.ws.RunByID(ctx, id)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		return out, cardea.Errorf(cardea.NotFound, "%w: `cardea undo` lists the runs that changed something, each by its id", err)
	case err != nil:
		return out, err
	}
	out.Started = run.Started
	switch {
	case run.Kind != store.WakeKeep:
		return out, cardea.Errorf(cardea.Rejected, "run %s read %s and changed nothing at a door: there is nothing to undo", id, run.Unit)
	case len(d.at(store.SideDoor, run.Unit)) == 0:
		return out, cardea.Errorf(cardea.Rejected, "run %s was of %s, which no integration keeps any more", id, run.Unit)
	}
	if err := d.Connect(ctx); err != nil {
		return out, err
	}
	out.DoorRun, err = d.keepOnce(ctx, run.Unit, false, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
		u, rows, err := work(ctx, k)
		if err != nil {
			return DoorRun{}, err
		}
		ctx = context.WithoutCancel(ctx)
		shown, err := d.doorRun(ctx, k.Door, keep.Plan{Changeset: u.Changeset, Next: u.Next}, rows)
		if err != nil {
			return shown, err
		}
		shown.Run, shown.Seconds = u.Run.ID, float64(u.Run.Ended-u.Run.Started)/1e6
		shown.Confirmed, shown.Failed, shown.Open = u.Applied.Confirmed, u.Applied.Failed, u.Applied.Open
		if !u.Seen.Complete {
			shown.Incomplete = append(shown.Incomplete, "the door system could not be listed whole")
		}
		if shown.Issues, err = d.notes(ctx, k.Door, slices.Concat(u.Seen.Issues, u.Applied.Issues)); err != nil {
			return shown, err
		}
		out.Left, err = d.remaining(ctx, k.Door, u.Left)
		return shown, err
	})
	return out, err
}

// remaining names what is not undone.
func (d *Desk) remaining(ctx context.Context, door string, left []change.Left) ([]Remaining, error) {
	rows := make([]store.OpRow, len(left))
	for i, l := range left {
		rows[i] = store.OpRow{Op: l.Op, State: store.OpConfirmed}
	}
	ops, err := d.named(ctx, door, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Remaining, len(ops))
	for i, o := range ops {
		out[i] = Remaining{o, left[i].Why}
	}
	return out, nil
}
