package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Sight says when a read saw what it brings, where looks at single records go on beside listings.
type Sight struct {
	// Fence is that of the connection's looks: of a look the one of its lease, of a listing the one that stood when it began.
	// What a later look brought is newer than the listing and stays as it is.
	Fence int64
	// Look are the records that this read brought as a look, or that the vendor did not know; nil = it is no look.
	Look []cardea.Key
	At   cardea.Instant
	// Stood is when each collection had last been listed when the look began. One that was listed since may hold something
	// newer than the look: then nothing is written, and the look is done again.
	Stood map[cardea.Kind]cardea.Instant
}

// Look is a record that is to be read again.
type Look struct {
	Key    cardea.Key
	At     cardea.Instant // when it was first asked for
	Looked cardea.Instant // when a look last brought it, 0 = not lately
}

// seen leaves out of a change what a later look brought, and notes what this look brings. Retry when a listing came between.
func (w *Workspace) seen(ctx context.Context, q *gen.Queries, c ReadChange) (ReadChange, error) {
	if c.Sight == nil {
		return c, nil
	}
	connection := clean(c.Connection)
	if c.Sight.Look == nil {
		newer, err := q.LookedSince(ctx, gen.LookedSinceParams{WorkspaceID: w.id, Connection: connection, N: c.Sight.Fence})
		if err != nil {
			return c, err
		}
		if len(newer) > 0 {
			c = c.without(newer)
		}
		return c, nil
	}
	times, err := q.CollectionTimes(ctx, gen.CollectionTimesParams{WorkspaceID: w.id, Connection: connection})
	if err != nil {
		return c, err
	}
	for _, t := range times {
		if cardea.Instant(t.ReadAt) != c.Sight.Stood[cardea.Kind(t.Kind)] {
			return c, cardea.Errorf(cardea.Retry, "the %s records of %s were listed while some of them were read by id: these are read "+
				"once more", t.Kind, c.Connection)
		}
	}
	chunks, err := keyBulk(c.Sight.Look)
	return c, each(chunks, err, func(b string) error {
		return q.PutLooked(ctx, gen.PutLookedParams{
			WorkspaceID: w.id, Connection: connection, N: c.Sight.Fence, At: int64(c.Sight.At), Bulk: b,
		})
	})
}

// without is the change without these records. The evidence of the collection is of the listing, and stays.
func (c ReadChange) without(newer []gen.LookedSinceRow) ReadChange {
	is := make(map[cardea.Key]bool, len(newer))
	for _, r := range newer {
		is[cardea.Key{Kind: cardea.Kind(r.Kind), ID: r.ID}] = true
	}
	of := func(k cardea.Key) bool { return is[cardea.Key{Kind: k.Kind, ID: clean(k.ID)}] }
	id := func(id string) bool { return of(cardea.Key{Kind: c.Kind, ID: id}) }
	c.Upsert = slices.DeleteFunc(slices.Clone(c.Upsert), func(r cardea.Record) bool { return of(r.Key()) })
	c.Unsure = slices.DeleteFunc(slices.Clone(c.Unsure), of)
	c.Missing = slices.DeleteFunc(slices.Clone(c.Missing), id)
	c.Seen = slices.DeleteFunc(slices.Clone(c.Seen), id)
	c.Gone = slices.DeleteFunc(slices.Clone(c.Gone), func(g cardea.Gone) bool { return of(g.Key) })
	return c
}

// LookFence is the fence of a connection's newest look. A listing takes it when it begins.
func (w *Workspace) LookFence(ctx context.Context, connection string) (int64, error) {
	rows, err := w.s.queries().WakeFence(ctx, gen.WakeFenceParams{WorkspaceID: w.id, Kind: WakeLook, Unit: clean(connection)})
	if err != nil || len(rows) == 0 {
		return 0, classed("reading the wake rows", err)
	}
	return rows[0], nil
}

// Looks returns the records of a connection that are to be read again, those that wait longest first.
func (w *Workspace) Looks(ctx context.Context, connection string) ([]Look, error) {
	rows, err := w.s.queries().Looks(ctx, gen.LooksParams{WorkspaceID: w.id, Connection: clean(connection)})
	if err != nil {
		return nil, classed("reading what is to be looked at", err)
	}
	out := make([]Look, len(rows))
	for i, r := range rows {
		out[i] = Look{
			Key: cardea.Key{Kind: cardea.Kind(r.Kind), ID: r.ID}, At: cardea.Instant(r.At), Looked: cardea.Instant(r.LookedAt),
		}
	}
	slices.SortFunc(out, func(a, b Look) int { return cmp.Or(cmp.Compare(a.At, b.At), compareKeys(a.Key, b.Key)) })
	return out, nil
}

// ClearLooks forgets records that were looked at, unless they were marked again after the lease was claimed. Conflict when the
// lease is lost.
func (w *Workspace) ClearLooks(ctx context.Context, lease Lease, keys []cardea.Key) error {
	return w.write(ctx, "clearing what was looked at", &lease, func(q *gen.Queries) error {
		chunks, err := keyBulk(keys)
		return each(chunks, err, func(b string) error {
			return q.DropLooks(ctx, gen.DropLooksParams{WorkspaceID: w.id, Connection: clean(lease.Unit), Seq: lease.Seq, Bulk: b})
		})
	})
}

// ForgetLooked drops what no listing that is still to come can write over: what looks brought up to a fence, before an instant.
func (w *Workspace) ForgetLooked(ctx context.Context, connection string, fence int64, before cardea.Instant, lease *Lease) error {
	return w.write(ctx, "clearing what was looked at", lease, func(q *gen.Queries) error {
		return q.DropLooked(ctx, gen.DropLookedParams{WorkspaceID: w.id, Connection: clean(connection), N: fence, Before: int64(before)})
	})
}

// SeenAgain notes that records were read by id, for whoever waits for that before their end is acted on.
func (w *Workspace) SeenAgain(ctx context.Context, connection string, keys []cardea.Key, at cardea.Instant, lease *Lease) error {
	return w.write(ctx, "noting what was read again", lease, func(q *gen.Queries) error {
		chunks, err := keyBulk(keys)
		return each(chunks, err, func(b string) error {
			return q.PutSeenAgain(ctx, gen.PutSeenAgainParams{WorkspaceID: w.id, Connection: clean(connection), At: int64(at), Bulk: b})
		})
	})
}

// Referring returns the records of a kind that name one of these, gone ones too.
func (w *Workspace) Referring(ctx context.Context, connection string, kind cardea.Kind, to []cardea.Key) ([]cardea.Key, error) {
	found := map[cardea.Key]bool{}
	chunks, err := keyBulk(to)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().Referring(ctx, gen.ReferringParams{
			WorkspaceID: w.id, Connection: clean(connection), Kind: string(kind), Bulk: b,
		})
		if err != nil {
			return classed("reading which records name another", err)
		}
		for _, r := range rows {
			found[cardea.Key{Kind: cardea.Kind(r.Kind), ID: r.ID}] = true
		}
		return nil
	})
	return slices.SortedFunc(maps.Keys(found), compareKeys), err
}
