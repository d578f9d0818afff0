package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Workspace is the store as one operator sees it.
type Workspace struct {
	s  *Store
	id string
}

// ID is the workspace's name.
func (w *Workspace) ID() string { return w.id }

// attempts is how often a transaction is tried that the engine broke off to resolve a deadlock.
const attempts = 5

// write runs f in one transaction. With a lease, its row is locked first and nothing is written when it is lost.
//
// Transactions take their locks in one order: the lease's row, the rows of the matter itself, wake rows by name, dirty
// people by name, and last the workspace's row, under which the audit chain grows. So they wait for each other
// briefly and not in circles.
func (w *Workspace) write(ctx context.Context, what string, lease *Lease, f func(q *gen.Queries) error) error {
	if err := w.make(ctx); err != nil {
		return err
	}
	for n := 1; ; n++ {
		err := w.once(ctx, lease, f)
		if err == nil {
			return nil
		}
		if n == attempts || !brokenOff(err) {
			return classed(what, err)
		}
	}
}

func (w *Workspace) once(ctx context.Context, lease *Lease, f func(q *gen.Queries) error) (err error) {
	tx, err := w.s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	q, over := within(tx, w.s.writes)
	defer func() {
		if err != nil {
			if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
				err = errors.Join(err, e)
			}
		}
		over(ctx)
	}()
	if lease != nil {
		if err := w.hold(ctx, q, *lease); err != nil {
			return err
		}
	}
	if err := f(q); err != nil {
		return err
	}
	return tx.Commit()
}

// snapshot runs f on one consistent view of the data.
func (w *Workspace) snapshot(ctx context.Context, what string, f func(q *gen.Queries) error) error {
	tx, err := w.s.reader.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return classed(what, err)
	}
	q, over := within(tx, w.s.ready)
	err = f(q)
	if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
		err = errors.Join(err, e)
	}
	over(ctx)
	return classed(what, err)
}

// hold locks the lease's row until the transaction ends.
func (w *Workspace) hold(ctx context.Context, q *gen.Queries, l Lease) error {
	if l.Workspace != w.id {
		return cardea.Errorf(cardea.Conflict, "the lease on %s %s is of the workspace %q, not of %q",
			l.Kind, l.Unit, l.Workspace, w.id)
	}
	n, err := q.HoldLease(ctx, gen.HoldLeaseParams{
		WorkspaceID: w.id, Kind: l.Kind, Unit: clean(l.Unit), Owner: clean(l.Owner), Fence: l.Fence,
	})
	if err == nil && n == 0 {
		return lost(l)
	}
	return err
}

func lost(l Lease) error {
	return cardea.Errorf(cardea.Conflict, "the lease on %s %s is lost: it was released, or another node works on it",
		l.Kind, l.Unit)
}

// make sees to it that the workspace's row is there.
func (w *Workspace) make(ctx context.Context) error {
	if w.id == "" {
		return cardea.Errorf(cardea.Rejected, "a workspace needs a name: the plain install's is %q", "default")
	}
	if _, ok := w.s.made.Load(w.id); ok {
		return nil
	}
	if err := gen.New(w.s.writer).MakeWorkspace(ctx, w.id); err != nil {
		return classed("making the workspace", err)
	}
	w.s.made.Store(w.id, true)
	return nil
}
