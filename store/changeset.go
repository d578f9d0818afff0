package store

import (
	"context"
	"encoding/json"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// SaveChangeset keeps a changeset and its operations, waiting or held. Rows still waiting from an earlier run, and held
// ones that are planned again, are skipped; an operation whose key is being sent keeps its row.
func (w *Workspace) SaveChangeset(ctx context.Context, run string, c cardea.Changeset, lease *Lease) error {
	issues, err := body(c.Issues)
	if err != nil {
		return err
	}
	chunks, err := operationBulk(c.Operations)
	if err != nil {
		return err
	}
	door, hash := clean(c.Door), clean(c.Hash)
	return w.write(ctx, "saving a changeset of "+c.Door, lease, func(q *gen.Queries) error {
		if err := q.PutChangeset(ctx, gen.PutChangesetParams{
			WorkspaceID: w.id, Door: door, Hash: hash, MadeAt: int64(c.MadeAt), Run: clean(run), Issues: issues,
		}); err != nil {
			return err
		}
		if err := q.SkipWaiting(ctx, gen.SkipWaitingParams{WorkspaceID: w.id, Door: door}); err != nil {
			return err
		}
		return each(chunks, nil, func(b string) error {
			if err := q.SkipHeld(ctx, gen.SkipHeldParams{WorkspaceID: w.id, Door: door, Bulk: b}); err != nil {
				return err
			}
			return q.PutOperations(ctx, gen.PutOperationsParams{
				WorkspaceID: w.id, Door: door, Changeset: hash, Run: clean(run), Bulk: b,
			})
		})
	})
}

// operationBulk makes one row for each key, numbered in the order of the changeset.
func operationBulk(ops []cardea.Operation) ([]string, error) {
	type row struct {
		Seq   int    `json:"n,string"`
		Body  string `json:"b"`
		State string `json:"s"`
		// Fact and Measure are for telling how long it took.
		Fact    int64  `json:"f,string"`
		Measure string `json:"m"`
	}
	seen := map[cardea.OpKey]bool{}
	var keys []string
	var rows []row
	for _, o := range ops {
		if seen[o.Key] {
			continue
		}
		seen[o.Key] = true
		b, err := body(o)
		if err != nil {
			return nil, err
		}
		state := OpWaiting
		if o.Held != nil {
			state = OpHeld
		}
		keys, rows = append(keys, clean(string(o.Key))), append(rows, row{len(rows), b, state, int64(o.Fact), measures(o)})
	}
	return objects(len(rows), func(i int) (string, any) { return keys[i], rows[i] })
}

// Changeset returns a changeset by its hash.
func (w *Workspace) Changeset(ctx context.Context, door, hash string) (cardea.Changeset, bool, error) {
	var out []cardea.Changeset
	err := w.snapshot(ctx, "reading a changeset of "+door, func(q *gen.Queries) error {
		rows, err := q.ChangesetByHash(ctx, gen.ChangesetByHashParams{WorkspaceID: w.id, Door: clean(door), Hash: clean(hash)})
		for _, r := range rows {
			c, err := w.changeset(ctx, q, door, r)
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		return cardea.Changeset{}, false, err
	}
	return out[0], true, nil
}

func (w *Workspace) changeset(
	ctx context.Context, q *gen.Queries, door string, r gen.ChangesetByHashRow,
) (cardea.Changeset, error) {
	c := cardea.Changeset{Door: door, Hash: r.Hash, MadeAt: cardea.Instant(r.MadeAt)}
	if err := json.Unmarshal([]byte(r.Issues), &c.Issues); err != nil {
		return c, cardea.Errorf(cardea.Unknown, "the issues of the changeset %s cannot be read: %w", r.Hash, err)
	}
	bodies, err := q.OperationsOf(ctx, gen.OperationsOfParams{WorkspaceID: w.id, Door: clean(door), Changeset: r.Hash})
	if err != nil {
		return c, err
	}
	c.Operations = make([]cardea.Operation, len(bodies))
	for i, b := range bodies {
		if c.Operations[i], err = operation(b); err != nil {
			return c, err
		}
	}
	return c, nil
}

func operation(body string) (cardea.Operation, error) {
	var o cardea.Operation
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		return o, cardea.Errorf(cardea.Unknown, "a stored operation cannot be read: %w", err)
	}
	return o, nil
}
