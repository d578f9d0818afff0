package store

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Dirty returns the people marked for a door connection and not yet cleared, sorted.
func (w *Workspace) Dirty(ctx context.Context, door string) ([]cardea.PersonID, error) {
	rows, err := w.s.queries().Dirty(ctx, gen.DirtyParams{WorkspaceID: w.id, Unit: clean(door)})
	if err != nil {
		return nil, classed("reading who is to be looked at", err)
	}
	out := make([]cardea.PersonID, len(rows))
	for i, r := range rows {
		out[i] = cardea.PersonID(r)
	}
	slices.Sort(out)
	return out, nil
}

// DirtySince returns the people that were marked for the lease's unit since it was claimed, sorted.
func (w *Workspace) DirtySince(ctx context.Context, lease Lease) ([]cardea.PersonID, error) {
	rows, err := w.s.queries().DirtySince(ctx, gen.DirtySinceParams{WorkspaceID: w.id, Unit: clean(lease.Unit), Seq: lease.Seq})
	if err != nil {
		return nil, classed("reading who was marked meanwhile", err)
	}
	out := make([]cardea.PersonID, len(rows))
	for i, r := range rows {
		out[i] = cardea.PersonID(r)
	}
	slices.Sort(out)
	return out, nil
}

// DirtyMarks returns the numbers of the newest marks of people that are not cleared yet.
func (w *Workspace) DirtyMarks(ctx context.Context, door string) (map[cardea.PersonID]int64, error) {
	rows, err := w.s.queries().DirtyMarks(ctx, gen.DirtyMarksParams{WorkspaceID: w.id, Unit: clean(door)})
	if err != nil {
		return nil, classed("reading who is to be looked at", err)
	}
	out := make(map[cardea.PersonID]int64, len(rows))
	for _, r := range rows {
		out[cardea.PersonID(r.Person)] = r.Seq
	}
	return out, nil
}

// ClearDirty forgets the people of the lease's unit that were marked before the lease was claimed: later ones stay, and
// their mark has left the wake row due. Call it when the run is through. Conflict when the lease is lost.
func (w *Workspace) ClearDirty(ctx context.Context, lease Lease) error {
	return w.write(ctx, "clearing who was looked at", &lease, func(q *gen.Queries) error {
		return q.ClearDirty(ctx, gen.ClearDirtyParams{WorkspaceID: w.id, Unit: clean(lease.Unit), Seq: lease.Seq})
	})
}

// addDirty notes the people for every keep unit among the marks, whose wake rows must have been marked before.
func (w *Workspace) addDirty(ctx context.Context, q *gen.Queries, people []cardea.PersonID, marks []Mark) error {
	people = slices.Clone(people)
	slices.Sort(people)
	chunks, err := set(slices.Compact(people))
	for _, m := range oneEach(marks) {
		if m.Kind != WakeKeep {
			continue
		}
		if err := each(chunks, err, func(b string) error {
			return q.AddDirty(ctx, gen.AddDirtyParams{WorkspaceID: w.id, Unit: m.Unit, Bulk: b})
		}); err != nil {
			return err
		}
	}
	return err
}
