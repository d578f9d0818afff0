package store

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// hooksKept is for how long it is remembered which hooks came: one that is delivered again within it changes nothing.
const hooksKept = 3 * 24 * time.Hour

// HookTaken is a hook that was believed.
type HookTaken struct {
	Connection string
	Event      string // what it is recognised by when it is delivered again
	At         cardea.Instant
	Wake       string       // the kind of the wake row of whoever looks: WakeLook or WakeKeep
	Keys       []cardea.Key // to be looked at; none = it only shows that hooks arrive
}

// Hook is how the hooks of a connection stand.
type Hook struct {
	Connection string
	Last       cardea.Instant // the last one that was believed, 0 = none yet
	Taken      int
	Missed     int // readings in a row that found changes of which no hook told
	URL        string
	Ref        string         // the vendor's id of the registration
	Installed  cardea.Instant // 0 = nobody installed it from here
}

// TakeHook keeps a hook in one transaction: that it came, what it says to look at, and that somebody is to look. New is false
// when it was delivered before; then nothing is written.
func (w *Workspace) TakeHook(ctx context.Context, h HookTaken) (isNew bool, err error) {
	connection := clean(h.Connection)
	keys, err := keyBulk(h.Keys)
	if err != nil {
		return false, err
	}
	err = w.write(ctx, "keeping a hook", nil, func(q *gen.Queries) error {
		n, err := q.PutHookSeen(ctx, gen.PutHookSeenParams{WorkspaceID: w.id, Connection: connection, Event: clean(h.Event), At: int64(h.At)})
		if isNew = n > 0; err != nil || !isNew {
			return err
		}
		if err := q.DropHooksSeen(ctx, gen.DropHooksSeenParams{
			WorkspaceID: w.id, Connection: connection, Before: int64(h.At.Add(-hooksKept)),
		}); err != nil {
			return err
		}
		if err := q.TouchHook(ctx, gen.TouchHookParams{WorkspaceID: w.id, Connection: connection, At: int64(h.At)}); err != nil {
			return err
		}
		if len(h.Keys) == 0 {
			return nil
		}
		if err := w.mark(ctx, q, []Mark{{Unit: connection, Kind: h.Wake, At: h.At}}); err != nil {
			return err
		}
		return each(keys, nil, func(b string) error {
			return q.AddLooks(ctx, gen.AddLooksParams{
				WorkspaceID: w.id, Connection: connection, Wake: h.Wake, At: int64(h.At), Bulk: b,
			})
		})
	})
	return isNew && err == nil, err
}

// SaveHook notes that hooks of a connection are registered at the vendor; an empty URL that they are not any more.
func (w *Workspace) SaveHook(ctx context.Context, connection, url, ref string, at cardea.Instant, who string) error {
	return w.write(ctx, "keeping how hooks are registered", nil, func(q *gen.Queries) error {
		what := "hooks installed"
		if url == "" {
			what = "hooks removed"
		}
		if err := q.PutHook(ctx, gen.PutHookParams{
			WorkspaceID: w.id, Connection: clean(connection), Url: clean(url), Ref: clean(ref), InstalledAt: int64(at),
		}); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, what, map[string]string{"connection": connection, "url": url})
	})
}

// MissHook counts that a reading found changes; it is a missed one when no hook came since an instant. It returns how many were
// missed in a row, 0 for a connection of which no hook ever came and none was installed.
func (w *Workspace) MissHook(ctx context.Context, connection string, since cardea.Instant) (int, error) {
	var missed []int64
	err := w.write(ctx, "counting missed hooks", nil, func(q *gen.Queries) (err error) {
		missed, err = q.MissHook(ctx, gen.MissHookParams{WorkspaceID: w.id, Connection: clean(connection), Since: int64(since)})
		return err
	})
	if err != nil || len(missed) == 0 {
		return 0, err
	}
	return int(missed[0]), nil
}

// Hooks returns how the hooks of each connection stand.
func (w *Workspace) Hooks(ctx context.Context) (map[string]Hook, error) {
	rows, err := w.s.queries().Hooks(ctx, w.id)
	if err != nil {
		return nil, classed("reading how hooks stand", err)
	}
	out := make(map[string]Hook, len(rows))
	for _, r := range rows {
		out[r.Connection] = Hook{
			Connection: r.Connection, Last: cardea.Instant(r.LastAt), Taken: int(r.Taken), Missed: int(r.Missed), URL: r.Url, Ref: r.Ref,
			Installed: cardea.Instant(r.InstalledAt),
		}
	}
	return out, nil
}
