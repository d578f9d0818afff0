package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// PushTaken is a push that was believed.
type PushTaken struct {
	Connection string
	Push       cardea.Push
	Doors      []string // door connections that are to act on it
	// Look says that nothing is known of the person yet: their record is to be read.
	Look bool
}

// TakePush keeps a push in one transaction with who is to be looked at because of it. New is false when it is older than what is kept
// of that person and location, or the same; then nothing is written.
func (w *Workspace) TakePush(ctx context.Context, t PushTaken) (isNew bool, err error) {
	connection, p := clean(t.Connection), t.Push
	body, err := json.Marshal(p.Groups)
	if err != nil {
		return false, cardea.Errorf(cardea.Rejected, "a push cannot be written as JSON: %w", err)
	}
	key := cardea.Key{Kind: cardea.KindPerson, ID: p.Person}
	looks, err := keyBulk([]cardea.Key{key})
	if err != nil {
		return false, err
	}
	err = w.write(ctx, "keeping a push", nil, func(q *gen.Queries) error {
		n, err := q.PutPush(ctx, gen.PutPushParams{
			WorkspaceID: w.id, Connection: connection, Person: clean(p.Person), Location: clean(p.Location), At: int64(p.At),
			Came: int64(p.Came), Body: clean(string(body)),
		})
		if isNew = n > 0; err != nil || !isNew {
			return err
		}
		var marks []Mark
		for _, door := range t.Doors {
			marks = append(marks, Mark{Unit: door, Kind: WakeKeep, At: p.Came})
		}
		if t.Look {
			marks = append(marks, Mark{Unit: connection, Kind: WakeLook, At: p.Came})
		}
		if err := w.markFor(ctx, q, []cardea.PersonID{cardea.PersonOf(t.Connection, key)}, marks); err != nil || !t.Look {
			return err
		}
		return each(looks, nil, func(b string) error {
			return q.AddLooks(ctx, gen.AddLooksParams{
				WorkspaceID: w.id, Connection: connection, Wake: WakeLook, At: int64(p.Came), Bulk: b,
			})
		})
	})
	return isNew && err == nil, err
}

// Pushes returns the newest push of each person and location, sorted; of these people alone unless they are nil.
func (w *Workspace) Pushes(ctx context.Context, connection string, people []cardea.Key) ([]cardea.Push, error) {
	var rows []gen.PushesRow
	var err error
	if people == nil {
		rows, err = w.s.queries().Pushes(ctx, gen.PushesParams{WorkspaceID: w.id, Connection: clean(connection)})
	} else {
		var ids []string
		for _, k := range people {
			if k.Kind == cardea.KindPerson {
				ids = append(ids, k.ID)
			}
		}
		chunks, failed := set(ids)
		err = each(chunks, failed, func(b string) error {
			some, err := w.s.queries().PushesOf(ctx, gen.PushesOfParams{WorkspaceID: w.id, Connection: clean(connection), Bulk: b})
			for _, r := range some {
				rows = append(rows, gen.PushesRow(r))
			}
			return err
		})
	}
	if err != nil {
		return nil, classed("reading what "+connection+" pushed", err)
	}
	out := make([]cardea.Push, len(rows))
	for i, r := range rows {
		out[i] = cardea.Push{Person: r.Person, Location: r.Location, At: cardea.Instant(r.At), Came: cardea.Instant(r.Came)}
		if err := json.Unmarshal([]byte(r.Body), &out[i].Groups); err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "a push that %s kept cannot be read: %w", connection, err)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Push) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Location, b.Location))
	})
	return out, nil
}
