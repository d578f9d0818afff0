package store

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// KeepHabit remembers how a connection's server was seen to behave. Of a connection that is not kept yet nothing is remembered.
func (w *Workspace) KeepHabit(ctx context.Context, connection, habit string, at cardea.Instant) error {
	return w.write(ctx, "keeping a habit of "+connection, nil, func(q *gen.Queries) error {
		return q.PutHabit(ctx, gen.PutHabitParams{WorkspaceID: w.id, Connection: clean(connection), Name: clean(habit), At: int64(at)})
	})
}

// Habit says whether a connection's server was ever seen to behave so.
func (w *Workspace) Habit(ctx context.Context, connection, habit string) (bool, error) {
	n, err := w.s.queries().HasHabit(ctx, gen.HasHabitParams{WorkspaceID: w.id, Connection: clean(connection), Name: clean(habit)})
	if err != nil {
		return false, classed("reading the habits of "+connection, err)
	}
	return n > 0, nil
}
