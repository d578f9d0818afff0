package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Reread is a record that is to be read by id before its end is acted on.
type Reread struct {
	Key  cardea.Key
	Ends cardea.Instant // the end that is in question
	Due  cardea.Instant // when to read it
	// Until is when the end is acted on although nobody could read the record.
	Until cardea.Instant
	Seen  cardea.Instant // when it was read, 0 = not yet
}

// rereadKept is for how long an answer is kept after nobody waits for it any more.
const rereadKept = 24 * time.Hour

// AskAgain has records of a space connection read by id, and wakes its reading when the first is due. What was asked already,
// for the same end, stays as it is.
func (w *Workspace) AskAgain(ctx context.Context, connection string, asks []Reread, at cardea.Instant) error {
	type row struct {
		Kind  string `json:"k"`
		ID    string `json:"i"`
		Ends  string `json:"e"`
		Due   string `json:"d"`
		Until string `json:"u"`
	}
	if len(asks) == 0 {
		return nil
	}
	text := func(i cardea.Instant) string { return strconv.FormatInt(int64(i), 10) }
	rows, first := make([]row, len(asks)), cardea.Never
	for i, a := range asks {
		rows[i] = row{string(a.Key.Kind), clean(a.Key.ID), text(a.Ends), text(a.Due), text(a.Until)}
		first = min(first, a.Due)
	}
	return w.write(ctx, "asking for records again", nil, func(q *gen.Queries) error {
		if err := w.mark(ctx, q, []Mark{{Unit: connection, Kind: WakeRead, At: first}}); err != nil {
			return err
		}
		if err := q.DropRereads(ctx, gen.DropRereadsParams{
			WorkspaceID: w.id, Connection: clean(connection), Before: int64(at.Add(-rereadKept)),
		}); err != nil {
			return err
		}
		chunks, err := bulk(rows, func(r row) keyRow { return keyRow{r.Kind, r.ID} })
		return each(chunks, err, func(b string) error {
			return q.PutRereads(ctx, gen.PutRereadsParams{WorkspaceID: w.id, Connection: clean(connection), Bulk: b})
		})
	})
}

// Rereads returns what was asked of a space connection, by kind and id.
func (w *Workspace) Rereads(ctx context.Context, connection string) ([]Reread, error) {
	rows, err := w.s.queries().Rereads(ctx, gen.RereadsParams{WorkspaceID: w.id, Connection: clean(connection)})
	if err != nil {
		return nil, classed("reading which records are to be read again", err)
	}
	out := make([]Reread, len(rows))
	for i, r := range rows {
		out[i] = Reread{
			Key: cardea.Key{Kind: cardea.Kind(r.Kind), ID: r.ID}, Ends: cardea.Instant(r.EndsAt), Due: cardea.Instant(r.DueAt),
			Until: cardea.Instant(r.UntilAt), Seen: cardea.Instant(r.SeenAt),
		}
	}
	slices.SortFunc(out, func(a, b Reread) int {
		return cmp.Or(cmp.Compare(a.Key.Kind, b.Key.Kind), cmp.Compare(a.Key.ID, b.Key.ID))
	})
	return out, nil
}

// Reread notes that records were read by id. A lost lease is a Conflict.
func (w *Workspace) Reread(ctx context.Context, connection string, keys []cardea.Key, at cardea.Instant, lease *Lease) error {
	return w.write(ctx, "noting what was read again", lease, func(q *gen.Queries) error {
		chunks, err := keyBulk(keys)
		return each(chunks, err, func(b string) error {
			return q.RereadDone(ctx, gen.RereadDoneParams{WorkspaceID: w.id, Connection: clean(connection), At: int64(at), Bulk: b})
		})
	})
}
