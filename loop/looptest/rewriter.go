package looptest

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

var _ door.Rewritable = Rewriter{}

// Rewriter is a Door that changes accounts once they are made. Its accounts can be read one by one.
type Rewriter struct{ *Door }

// Rewrite implements door.Rewritable.
func (d Rewriter) Rewrite(ctx context.Context, account cardea.AccountID, now cardea.NewAccount, fields []string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.do(ctx, "rewrite", true, func() error {
		for i := range d.accounts {
			a := &d.accounts[i]
			if a.ID != account {
				continue
			}
			if slices.Contains(fields, cardea.FieldEmail) {
				a.Email = now.Email
			}
			if slices.Contains(fields, cardea.FieldFirst) || slices.Contains(fields, cardea.FieldLast) {
				a.Name = now.Name
			}
			return nil
		}
		return cardea.Errorf(cardea.NotFound, "there is no account %s", account)
	})
}

// Read implements door.System.
func (d Rewriter) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if len(want.Keys) == 0 {
		return d.Door.Read(ctx, want, into)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.do(ctx, "read", false, func() error {
		var found []cardea.Record
		for _, a := range d.accounts {
			if slices.Contains(want.Keys, a.Key()) {
				found = append(found, a)
			}
		}
		d.list(into.Open(cardea.KindAccount), found)
		return nil
	})
}
