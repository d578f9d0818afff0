package store

import (
	"context"
	"encoding/json"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Run is one read or one keep, for pages.
type Run struct {
	ID        string
	Unit      string // connection
	Kind      string // WakeRead or WakeKeep
	Outcome   string // "" while it goes on
	Detail    string
	Started   cardea.Instant
	Ended     cardea.Instant // 0 while it goes on
	Counts    map[string]int
	Changeset string // hash
}

// SaveRun makes or changes a run by its ID.
func (w *Workspace) SaveRun(ctx context.Context, r Run) error {
	counts, err := body(r.Counts)
	if err != nil {
		return err
	}
	return w.write(ctx, "saving a run", nil, func(q *gen.Queries) error {
		return q.PutRun(ctx, gen.PutRunParams{
			WorkspaceID: w.id, ID: clean(r.ID), Unit: clean(r.Unit), Kind: clean(r.Kind), Outcome: clean(r.Outcome),
			Detail: clean(r.Detail), Started: int64(r.Started), Ended: int64(r.Ended), Counts: counts, Changeset: clean(r.Changeset),
		})
	})
}

// Runs returns the newest, newest first.
func (w *Workspace) Runs(ctx context.Context, limit int) ([]Run, error) {
	rows, err := w.s.queries().Runs(ctx, gen.RunsParams{WorkspaceID: w.id, Most: int64(limit)})
	if err != nil {
		return nil, classed("reading the runs", err)
	}
	return runs(rows)
}

// RunsOf returns the newest of one unit and kind, newest first.
func (w *Workspace) RunsOf(ctx context.Context, unit, kind string, limit int) ([]Run, error) {
	rows, err := w.s.queries().RunsOf(ctx, gen.RunsOfParams{
		WorkspaceID: w.id, Unit: clean(unit), Kind: clean(kind), Most: int64(limit),
	})
	if err != nil {
		return nil, classed("reading the runs of "+unit, err)
	}
	return runs(rows)
}

func runs(rows []gen.Run) ([]Run, error) {
	out := make([]Run, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = run(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RunByID returns one run; NotFound when there is none.
func (w *Workspace) RunByID(ctx context.Context, id string) (Run, error) {
	rows, err := w.s.queries().RunByID(ctx, gen.RunByIDParams{WorkspaceID: w.id, ID: clean(id)})
	if err != nil {
		return Run{}, classed("reading a run", err)
	}
	if len(rows) == 0 {
		return Run{}, cardea.Errorf(cardea.NotFound, "there is no run %s", id)
	}
	return run(rows[0])
}

// RunOperations returns the operations that a run planned, or took over from an earlier one, in their order. Of an
// operation that a later run planned again, that run tells.
func (w *Workspace) RunOperations(ctx context.Context, id string) ([]OpRow, error) {
	rows, err := w.s.queries().OperationsOfRun(ctx, gen.OperationsOfRunParams{WorkspaceID: w.id, Run: clean(id)})
	if err != nil {
		return nil, classed("reading the operations of a run", err)
	}
	return opRows(rows, func(r gen.OperationsOfRunRow) gen.OperationsInRow { return gen.OperationsInRow(r) })
}

// FirstRunOperations is RunOperations for at most so many.
func (w *Workspace) FirstRunOperations(ctx context.Context, id string, most int) ([]OpRow, error) {
	rows, err := w.s.queries().FirstOperationsOfRun(ctx, gen.FirstOperationsOfRunParams{
		WorkspaceID: w.id, Run: clean(id), Most: int64(most),
	})
	if err != nil {
		return nil, classed("reading the operations of a run", err)
	}
	return opRows(rows, func(r gen.FirstOperationsOfRunRow) gen.OperationsInRow { return gen.OperationsInRow(r) })
}

// FirstOperations returns at most so many operations of a changeset, in their order, and how far they came by now.
func (w *Workspace) FirstOperations(ctx context.Context, door, hash string, most int) ([]OpRow, error) {
	rows, err := w.s.queries().FirstOperationsOf(ctx, gen.FirstOperationsOfParams{
		WorkspaceID: w.id, Door: clean(door), Changeset: clean(hash), Most: int64(most),
	})
	if err != nil {
		return nil, classed("reading the operations of a changeset", err)
	}
	return opRows(rows, func(r gen.FirstOperationsOfRow) gen.OperationsInRow { return gen.OperationsInRow(r) })
}

func opRows[R any](rows []R, as func(R) gen.OperationsInRow) ([]OpRow, error) {
	out := make([]OpRow, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = opRow(as(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func run(r gen.Run) (Run, error) {
	out := Run{
		ID: r.ID, Unit: r.Unit, Kind: r.Kind, Outcome: r.Outcome, Detail: r.Detail, Started: cardea.Instant(r.Started),
		Ended: cardea.Instant(r.Ended), Changeset: r.Changeset,
	}
	if err := json.Unmarshal([]byte(r.Counts), &out.Counts); err != nil {
		return out, cardea.Errorf(cardea.Unknown, "the counts of the run %s cannot be read: %w", r.ID, err)
	}
	return out, nil
}
