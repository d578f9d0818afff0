package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Blocks returns who is blocked and who was, sorted by person.
func (w *Workspace) Blocks(ctx context.Context) ([]cardea.Block, error) {
	rows, err := w.s.queries().Blocks(ctx, w.id)
	if err != nil {
		return nil, classed("reading who is blocked", err)
	}
	out := make([]cardea.Block, len(rows))
	for i, r := range rows {
		out[i] = cardea.Block{
			Person: cardea.PersonID(r.Person), Name: r.Name, Email: r.Email, Note: r.Note, By: r.ByWhom,
			Since: cardea.Instant(r.Since), Until: cardea.Instant(r.Until),
		}
	}
	slices.SortFunc(out, func(a, b cardea.Block) int { return cmp.Compare(a.Person, b.Person) })
	return out, nil
}

// SaveBlock blocks a person, marks the units with the person dirty, and writes the audit log, all in one transaction. A
// block that is in force keeps its beginning; the rest of it is replaced.
func (w *Workspace) SaveBlock(ctx context.Context, b cardea.Block, marks []Mark) error {
	return w.write(ctx, "blocking a person", nil, func(q *gen.Queries) error {
		if err := q.PutBlock(ctx, gen.PutBlockParams{
			WorkspaceID: w.id, Person: clean(string(b.Person)), Name: clean(b.Name), Email: clean(b.Email), Note: clean(b.Note),
			ByWhom: clean(b.By), Since: int64(b.Since), Until: int64(b.Until),
		}); err != nil {
			return err
		}
		if err := w.markFor(ctx, q, []cardea.PersonID{b.Person}, marks); err != nil {
			return err
		}
		return w.note(ctx, q, b.Since, b.By, "block", struct {
			Person cardea.PersonID `json:"person"`
			Note   string          `json:"note"`
			Until  cardea.Instant  `json:"until"`
		}{b.Person, b.Note, b.Until})
	})
}

// LiftBlock ends a person's block at an instant, marks the units with the person dirty, and writes the audit log. It returns
// whether there was a block in force.
func (w *Workspace) LiftBlock(ctx context.Context, p cardea.PersonID, who string, at cardea.Instant, marks []Mark) (bool, error) {
	lifted := false
	err := w.write(ctx, "lifting a block", nil, func(q *gen.Queries) error {
		n, err := q.LiftBlock(ctx, gen.LiftBlockParams{WorkspaceID: w.id, Person: clean(string(p)), At: int64(at)})
		if lifted = n > 0; err != nil || !lifted {
			return err
		}
		if err := w.markFor(ctx, q, []cardea.PersonID{p}, marks); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "unblock", struct {
			Person cardea.PersonID `json:"person"`
		}{p})
	})
	return lifted, err
}

// Freezes returns what is frozen and what was, sorted by integration; that of all comes first.
func (w *Workspace) Freezes(ctx context.Context) ([]cardea.Freeze, error) {
	rows, err := w.s.queries().Freezes(ctx, w.id)
	if err != nil {
		return nil, classed("reading what is frozen", err)
	}
	out := make([]cardea.Freeze, len(rows))
	for i, r := range rows {
		out[i] = cardea.Freeze{
			Integration: r.Integration, Reason: r.Reason, By: r.ByWhom,
			Since: cardea.Instant(r.Since), Until: cardea.Instant(r.Until),
		}
	}
	slices.SortFunc(out, func(a, b cardea.Freeze) int { return cmp.Compare(a.Integration, b.Integration) })
	return out, nil
}

// SaveFreeze freezes an integration, or all, in the place of what was said of it before, marks the units, and writes the
// audit log, all in one transaction.
func (w *Workspace) SaveFreeze(ctx context.Context, f cardea.Freeze, marks []Mark) error {
	return w.write(ctx, "freezing an integration", nil, func(q *gen.Queries) error {
		if err := q.PutFreeze(ctx, gen.PutFreezeParams{
			WorkspaceID: w.id, Integration: clean(f.Integration), Reason: clean(f.Reason), ByWhom: clean(f.By),
			Since: int64(f.Since), Until: int64(f.Until),
		}); err != nil {
			return err
		}
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		return w.note(ctx, q, f.Since, f.By, "freeze", struct {
			Integration string         `json:"integration,omitempty"`
			Reason      string         `json:"reason"`
			Until       cardea.Instant `json:"until"`
		}{f.Integration, f.Reason, f.Until})
	})
}

// LiftFreeze ends a freeze at an instant, marks the units, and writes the audit log. It returns whether there was one in force.
func (w *Workspace) LiftFreeze(ctx context.Context, integration, who string, at cardea.Instant, marks []Mark) (bool, error) {
	lifted := false
	err := w.write(ctx, "lifting a freeze", nil, func(q *gen.Queries) error {
		n, err := q.LiftFreeze(ctx, gen.LiftFreezeParams{WorkspaceID: w.id, Integration: clean(integration), At: int64(at)})
		if lifted = n > 0; err != nil || !lifted {
			return err
		}
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "unfreeze", struct {
			Integration string `json:"integration,omitempty"`
		}{integration})
	})
	return lifted, err
}

// markFor marks units with people dirty.
func (w *Workspace) markFor(ctx context.Context, q *gen.Queries, people []cardea.PersonID, marks []Mark) error {
	if err := w.mark(ctx, q, marks); err != nil {
		return err
	}
	return w.addDirty(ctx, q, people, marks)
}
