package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// The kinds of wake rows.
const (
	WakeRead = "read" // unit: space connection
	WakeKeep = "keep" // unit: door connection
	WakeLook = "look" // unit: space connection; single records, beside whatever WakeRead is at
)

// Mark says "look at this unit at that time, or now if that is past".
type Mark struct {
	Unit string
	Kind string
	At   cardea.Instant
}

// MarkWake brings the units' wake rows forward to the marks' instants; a row that is due earlier stays as it is.
func (w *Workspace) MarkWake(ctx context.Context, marks ...Mark) error {
	return w.write(ctx, "marking a wake row", nil, func(q *gen.Queries) error { return w.mark(ctx, q, marks) })
}

func (w *Workspace) mark(ctx context.Context, q *gen.Queries, marks []Mark) error {
	type row struct {
		Kind string `json:"k"`
		Unit string `json:"u"`
		At   int64  `json:"t,string"`
	}
	rows := make([]row, 0, len(marks))
	for _, m := range oneEach(marks) {
		rows = append(rows, row{m.Kind, m.Unit, int64(m.At)})
	}
	chunks, err := bulk(rows, func(r row) row { return r })
	return each(chunks, err, func(b string) error {
		return q.MarkWake(ctx, gen.MarkWakeParams{WorkspaceID: w.id, Bulk: b})
	})
}

// oneEach leaves the earliest mark of each unit, in the order in which rows are locked.
func oneEach(marks []Mark) []Mark {
	ms := make([]Mark, len(marks))
	for i, m := range marks {
		ms[i] = Mark{clean(m.Unit), clean(m.Kind), m.At}
	}
	slices.SortFunc(ms, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.At, b.At))
	})
	return slices.CompactFunc(ms, func(a, b Mark) bool { return a.Kind == b.Kind && a.Unit == b.Unit })
}

// NextWake returns when the next unit of these kinds can be claimed, of all workspaces; Never when there is none.
func (s *Store) NextWake(ctx context.Context, kinds []string) (cardea.Instant, error) {
	next := cardea.Never
	for _, kind := range kinds {
		idle, err := s.queries().NextWake(ctx, clean(kind))
		if err != nil {
			return 0, classed("reading the wake rows", err)
		}
		leased, err := s.queries().NextFree(ctx, clean(kind))
		if err != nil {
			return 0, classed("reading the wake rows", err)
		}
		for _, at := range slices.Concat(idle, leased) {
			next = min(next, cardea.Instant(at))
		}
	}
	return next, nil
}

// Planned returns when each unit of a kind is to be woken next.
func (w *Workspace) Planned(ctx context.Context, kind string) (map[string]cardea.Instant, error) {
	rows, err := w.s.queries().WakeTimes(ctx, w.id)
	if err != nil {
		return nil, classed("reading the wake rows", err)
	}
	out := map[string]cardea.Instant{}
	for _, r := range rows {
		if r.Kind == kind {
			out[r.Unit] = cardea.Instant(r.NextWakeAt)
		}
	}
	return out, nil
}

// Reserve takes the budget's next slot: budgets are shared by everyone who works on this database. It returns the slot's
// instant, now or later.
func (w *Workspace) Reserve(
	ctx context.Context, budget string, interval time.Duration, now cardea.Instant,
) (cardea.Instant, error) {
	if err := w.make(ctx); err != nil {
		return 0, err
	}
	step := interval.Microseconds()
	tat, err := w.s.writing().Reserve(ctx, gen.ReserveParams{
		WorkspaceID: w.id, Name: clean(budget), Now: int64(now), Step: step,
	})
	if err != nil {
		return 0, classed("reserving a request of "+budget, err)
	}
	return cardea.Instant(tat - step), nil
}
