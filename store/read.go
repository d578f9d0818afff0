package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// ReadChange is what one read of one collection changes.
type ReadChange struct {
	Connection string
	Kind       cardea.Kind
	Upsert     []cardea.Record // new or changed: there again, sure again
	Unsure     []cardea.Key    // could not be read; what was known holds
	Missing    []string        // ids that a complete read did not show for the first time
	Seen       []string        // ids that are there unchanged: clears missing, unsure and gone
	Gone       []cardea.Gone
	Collection *Collection // nil = the collection's row stays as it is
	Dirty      []cardea.PersonID
	Sight      *Sight // nil = nobody else reads this connection
}

// SaveRead writes what a read brought in one transaction: facts, their references, collection rows, wake marks, dirty
// people (for the unit of every mark of kind WakeKeep), and one audit line. A lost lease is a Conflict and nothing is
// written; a nil lease is not checked.
func (w *Workspace) SaveRead(
	ctx context.Context, at cardea.Instant, who string, changes []ReadChange, marks []Mark, lease *Lease,
) error {
	return w.write(ctx, "saving a read", lease, func(q *gen.Queries) error {
		var dirty []cardea.PersonID
		for _, c := range changes {
			c, err := w.seen(ctx, q, c)
			if err != nil {
				return err
			}
			s := saver{ctx: ctx, q: q, ws: w.id, connection: clean(c.Connection)}
			if err := s.upsert(c.Upsert); err != nil {
				return err
			}
			if w.s.engine == postgres && len(c.Upsert) > chunk {
				if err := q.AnalyzeFacts(ctx); err != nil {
					return err
				}
			}
			if err := s.states(at, c); err != nil {
				return err
			}
			dirty = append(dirty, c.Dirty...)
		}
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		if err := w.addDirty(ctx, q, dirty, marks); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "read", readDetail(changes, len(dirty)))
	})
}

// saver writes one connection's facts within a transaction.
type saver struct {
	ctx            context.Context //nolint:containedctx // lives as long as one call
	q              *gen.Queries
	ws, connection string
}

// states writes what is known of records beside their bodies, and of the collection.
func (s saver) states(at cardea.Instant, c ReadChange) error {
	kind := string(c.Kind)
	seen, err := set(c.Seen)
	if err := each(seen, err, func(b string) error {
		return s.q.FactsSeen(s.ctx, gen.FactsSeenParams{WorkspaceID: s.ws, Connection: s.connection, Kind: kind, Bulk: b})
	}); err != nil {
		return err
	}
	missing, err := set(c.Missing)
	if err := each(missing, err, func(b string) error {
		return s.q.FactsMissing(s.ctx, gen.FactsMissingParams{
			WorkspaceID: s.ws, Connection: s.connection, Kind: kind, Since: int64(at), Bulk: b,
		})
	}); err != nil {
		return err
	}
	unsure, err := keyBulk(c.Unsure)
	if err := each(unsure, err, func(b string) error {
		return s.q.FactsUnsure(s.ctx, gen.FactsUnsureParams{WorkspaceID: s.ws, Connection: s.connection, Bulk: b})
	}); err != nil {
		return err
	}
	if err := s.gone(c.Gone); err != nil {
		return err
	}
	if c.Collection == nil {
		return nil
	}
	k := c.Collection
	return s.q.PutCollection(s.ctx, gen.PutCollectionParams{
		WorkspaceID: s.ws, Connection: s.connection, Kind: cmp.Or(string(k.Kind), kind), Grade: string(k.Grade), Why: clean(k.Why),
		ReadAt: int64(k.At), CompleteAt: int64(k.CompleteAt), SuspectSince: int64(k.SuspectSince), Records: int64(k.Records),
	})
}

func (s saver) upsert(records []cardea.Record) error {
	type row struct {
		Kind   string `json:"k"`
		ID     string `json:"i"`
		Body   string `json:"b"`
		Hash   string `json:"h"`
		Search string `json:"s"`
		Email  string `json:"e"`
	}
	type ref struct {
		Kind string `json:"k"`
		ID   string `json:"i"`
		RefK string `json:"rk"`
		RefI string `json:"ri"`
	}
	// A record that came twice counts as it came last, with the references of that.
	last := make(map[cardea.Key]int, len(records))
	for i, r := range records {
		last[r.Key()] = i
	}
	rows, refs, ids := make([]row, 0, len(last)), make([]ref, 0, 3*len(last)), map[cardea.Kind][]string{}
	for i, r := range records {
		k := r.Key()
		if last[k] != i {
			continue
		}
		b, err := body(r)
		if err != nil {
			return err
		}
		f := row{Kind: string(k.Kind), ID: clean(k.ID), Body: b, Hash: hashOf(b)}
		if p, ok := r.(cardea.Person); ok {
			f.Search, f.Email = searchText(p), foldEmail(p.Email)
		}
		rows = append(rows, f)
		ids[k.Kind] = append(ids[k.Kind], f.ID)
		for _, o := range r.Refs() {
			refs = append(refs, ref{f.Kind, f.ID, string(o.Kind), clean(o.ID)})
		}
	}
	facts, err := bulk(rows, func(r row) keyRow { return keyRow{r.Kind, r.ID} })
	if err := each(facts, err, func(b string) error {
		return s.q.PutFacts(s.ctx, gen.PutFactsParams{WorkspaceID: s.ws, Connection: s.connection, Bulk: b})
	}); err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(ids)) {
		drop, err := set(ids[kind])
		if err := each(drop, err, func(b string) error {
			return s.q.DropRefs(s.ctx, gen.DropRefsParams{
				WorkspaceID: s.ws, Connection: s.connection, Kind: string(kind), Bulk: b,
			})
		}); err != nil {
			return err
		}
	}
	put, err := bulk(refs, func(r ref) ref { return r })
	return each(put, err, func(b string) error {
		return s.q.PutRefs(s.ctx, gen.PutRefsParams{WorkspaceID: s.ws, Connection: s.connection, Bulk: b})
	})
}

func (s saver) gone(gone []cardea.Gone) error {
	type row struct {
		Kind  string `json:"k"`
		ID    string `json:"i"`
		Since int64  `json:"s,string"`
		Cause string `json:"c"`
	}
	rows := make([]row, len(gone))
	for i, g := range gone {
		rows[i] = row{string(g.Key.Kind), clean(g.Key.ID), int64(g.Since), string(g.Cause)}
	}
	chunks, err := bulk(rows, func(r row) keyRow { return keyRow{r.Kind, r.ID} })
	return each(chunks, err, func(b string) error {
		return s.q.FactsGone(s.ctx, gen.FactsGoneParams{WorkspaceID: s.ws, Connection: s.connection, Bulk: b})
	})
}

// readDetail is what the audit log says of a read: how much of what, not whom.
func readDetail(changes []ReadChange, dirty int) any {
	type part struct {
		Connection string       `json:"connection"`
		Kind       cardea.Kind  `json:"kind"`
		Grade      cardea.Grade `json:"grade,omitempty"`
		Changed    int          `json:"changed,omitempty"`
		Missing    int          `json:"missing,omitempty"`
		Gone       int          `json:"gone,omitempty"`
		Unsure     int          `json:"unsure,omitempty"`
	}
	out := struct {
		Collections []part `json:"collections"`
		People      int    `json:"people"`
	}{Collections: []part{}, People: dirty}
	for _, c := range changes {
		p := part{
			Connection: c.Connection, Kind: c.Kind, Changed: len(c.Upsert), Missing: len(c.Missing), Gone: len(c.Gone),
			Unsure: len(c.Unsure),
		}
		if c.Collection != nil {
			p.Grade = c.Collection.Grade
		}
		out.Collections = append(out.Collections, p)
	}
	return out
}
