package store

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// HeldRow is an operation that waits, and when it was planned last.
type HeldRow struct {
	Op     cardea.Operation
	MadeAt cardea.Instant
}

// HeldOperations returns what waits at a door connection according to changesets made at since or later, in their order.
// A preview looks at everyone: what was held before the newest one and is not held by it, is left out too.
func (w *Workspace) HeldOperations(ctx context.Context, door string, since cardea.Instant) ([]HeldRow, error) {
	rows, err := w.s.queries().HeldOperations(ctx, gen.HeldOperationsParams{WorkspaceID: w.id, Door: clean(door), Since: int64(since)})
	if err != nil {
		return nil, classed("reading what waits at "+door, err)
	}
	out := make([]HeldRow, len(rows))
	for i, r := range rows {
		out[i].MadeAt = cardea.Instant(r.MadeAt)
		if out[i].Op, err = operation(r.Body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// HeldIn returns the keys of the operations that were held when these changesets of a door connection were planned last, by
// hash.
func (w *Workspace) HeldIn(ctx context.Context, door string, hashes []string) (map[string]map[cardea.OpKey]bool, error) {
	out := make(map[string]map[cardea.OpKey]bool, len(hashes))
	chunks, err := set(hashes)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().HeldIn(ctx, gen.HeldInParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		for _, r := range rows {
			if out[r.Changeset] == nil {
				out[r.Changeset] = map[cardea.OpKey]bool{}
			}
			out[r.Changeset][cardea.OpKey(r.Key)] = true
		}
		return classed("reading what waited at "+door, err)
	})
	return out, err
}

// RunsThatPlanned returns the newest runs of a unit that began before an instant and came as far as a changeset, newest first.
func (w *Workspace) RunsThatPlanned(ctx context.Context, unit string, before cardea.Instant, most int) ([]Run, error) {
	rows, err := w.s.queries().RunsThatPlanned(ctx, gen.RunsThatPlannedParams{
		WorkspaceID: w.id, Unit: clean(unit), Before: int64(before), Most: int64(most),
	})
	if err != nil {
		return nil, classed("reading the runs of "+unit, err)
	}
	return runs(rows)
}

// Release names operations of a door connection as somebody was shown them: held.
type Release struct {
	Door string
	Ops  []cardea.Operation
}

// everyone marks a door connection for a look at everyone: it names nobody.
const everyone = cardea.PersonID("released")

// ReleaseHeld lets go what somebody was shown, all in one transaction with one audit line, and has whoever serves look at
// the doors at once. Only what is still held by the guard that was shown is released: the rest is wanted no more, or for
// another guard to speak of. It returns how many were released. Conflict when none was.
func (w *Workspace) ReleaseHeld(ctx context.Context, rs []Release, who string, at cardea.Instant) (int, error) {
	released := 0
	err := w.write(ctx, "releasing what was held", nil, func(q *gen.Queries) error {
		released = 0
		var done []releasedAt
		var marks []Mark
		for _, r := range rs {
			d, err := w.release(ctx, q, r, who, at)
			if err != nil {
				return err
			}
			if len(d.Keys) > 0 {
				done, marks = append(done, d), append(marks, Mark{Unit: r.Door, Kind: WakeKeep, At: at})
				released += len(d.Keys)
			}
		}
		if released == 0 {
			return cardea.Errorf(cardea.Conflict, "nothing of this waits any more: look again with `cardea holds`")
		}
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		if err := w.addDirty(ctx, q, []cardea.PersonID{everyone}, marks); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "release", done)
	})
	if err != nil {
		return 0, err
	}
	return released, nil
}

// releasedAt is what the audit log says of a release, for each door.
type releasedAt struct {
	Door   string                  `json:"door"`
	Guards map[cardea.HoldCode]int `json:"guards"`
	Groups map[cardea.GroupID]int  `json:"groups"`
	Keys   []cardea.OpKey          `json:"keys"`
}

// release keeps the approvals for one door.
func (w *Workspace) release(ctx context.Context, q *gen.Queries, r Release, who string, at cardea.Instant) (releasedAt, error) {
	out := releasedAt{Door: r.Door, Guards: map[cardea.HoldCode]int{}, Groups: map[cardea.GroupID]int{}}
	shown := map[cardea.OpKey]cardea.HoldCode{}
	keys := make([]cardea.OpKey, 0, len(r.Ops))
	for _, o := range r.Ops {
		if o.Held != nil {
			shown[o.Key] = o.Held.Code
			keys = append(keys, o.Key)
		}
	}
	chunks, err := set(keys)
	if err := each(chunks, err, func(b string) error {
		bodies, err := q.HeldBodies(ctx, gen.HeldBodiesParams{WorkspaceID: w.id, Door: clean(r.Door), Bulk: b})
		if err != nil {
			return err
		}
		for _, text := range bodies {
			o, err := operation(text)
			if err != nil {
				return err
			}
			if o.Held != nil && shown[o.Key] == o.Held.Code {
				out.Guards[o.Held.Code]++
				out.Groups[o.Group]++
				out.Keys = append(out.Keys, o.Key)
			}
		}
		return nil
	}); err != nil {
		return out, err
	}
	still, err := set(out.Keys)
	return out, each(still, err, func(b string) error {
		return q.AddApprovals(ctx, gen.AddApprovalsParams{
			WorkspaceID: w.id, Door: clean(r.Door), Who: clean(who), At: int64(at), Bulk: b,
		})
	})
}
