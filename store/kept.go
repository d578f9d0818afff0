package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Recall returns what a connection remembers of a kind, sorted by ID. Errors: Auth when a secret among it was sealed with
// another key or does not open, Rejected when there is one and the store was opened without a key.
func (w *Workspace) Recall(ctx context.Context, connection, kind string) ([]cardea.Kept, error) {
	connection, kind = clean(connection), clean(kind)
	rows, err := w.s.queries().Kept(ctx, gen.KeptParams{WorkspaceID: w.id, Connection: connection, Kind: kind})
	if err != nil {
		return nil, classed("reading what "+connection+" remembers", err)
	}
	out := make([]cardea.Kept, len(rows))
	for i, r := range rows {
		out[i] = cardea.Kept{ID: r.ID, Body: r.Body}
		if r.Sealed == nil {
			continue
		}
		secret, err := w.s.seal.open(keptName(connection, kind, r.ID), w.keptPlace(connection, kind, r.ID),
			r.KeyID, r.Nonce, r.Sealed)
		if err != nil {
			return nil, err
		}
		out[i].Secret = string(secret)
	}
	slices.SortFunc(out, func(a, b cardea.Kept) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// Remember keeps something for a connection, in the place of what has its ID. An empty Secret is none: one that was kept
// before goes. Errors: Rejected for a secret when the store was opened without a key, or without Options.Now; NotFound when
// the connection is not saved.
func (w *Workspace) Remember(ctx context.Context, connection, kind string, k cardea.Kept) error {
	p, err := w.keep(connection, kind, k)
	if err != nil {
		return err
	}
	return w.write(ctx, "remembering something of "+p.Connection, nil, func(q *gen.Queries) error { return q.PutKept(ctx, p) })
}

// keep seals what is to be remembered.
func (w *Workspace) keep(connection, kind string, k cardea.Kept) (gen.PutKeptParams, error) {
	connection, kind = clean(connection), clean(kind)
	at, err := w.s.clock()
	if err != nil {
		return gen.PutKeptParams{}, err
	}
	p := gen.PutKeptParams{
		WorkspaceID: w.id, Connection: connection, Kind: kind, ID: clean(k.ID), Body: clean(k.Body), ChangedAt: int64(at),
	}
	if k.Secret != "" {
		p.KeyID, p.Nonce, p.Sealed, err = w.s.seal.seal(keptName(connection, kind, p.ID),
			w.keptPlace(connection, kind, p.ID), []byte(k.Secret))
	}
	return p, err
}

// Forget takes away what a connection remembers under an ID; what is not there is a success.
func (w *Workspace) Forget(ctx context.Context, connection, kind, id string) error {
	return w.write(ctx, "forgetting something of "+connection, nil, func(q *gen.Queries) error {
		return q.DropKept(ctx, gen.DropKeptParams{
			WorkspaceID: w.id, Connection: clean(connection), Kind: clean(kind), ID: clean(id),
		})
	})
}

// keptPlace is the additional data of a sealed secret. No part of it holds a NUL, and it has one part more than place: a
// value that was moved to another row, or here from the other table, does not open.
func (w *Workspace) keptPlace(connection, kind, id string) []byte {
	return []byte(w.id + "\x00" + connection + "\x00" + kind + "\x00" + id)
}

func keptName(connection, kind, id string) string {
	return fmt.Sprintf("the secret of the %s %q that the connection %s remembers", kind, id, connection)
}
