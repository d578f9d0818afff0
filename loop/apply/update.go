package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
)

// update gives an account its person's name, address or phone. It may be repeated whatever became of it (door.Rewritable).
func (r *run) update(ctx context.Context, op cardea.Operation) error {
	rewritable, can := r.System.(door.Rewritable)
	if !can || op.New == nil || len(op.Fields) == 0 {
		return r.fail(ctx, op, cardea.Errorf(cardea.Rejected, "the door system cannot change an account once it is made"))
	}
	if err := r.unclaimed(ctx, op); err != nil {
		return r.fail(ctx, op, err)
	}
	ops, err := r.sending(ctx, []cardea.Operation{op})
	if err != nil || len(ops) == 0 {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := rewritable.Rewrite(ctx, op.Account, *op.New, op.Fields)
		switch {
		case err == nil:
			return r.updated(ctx, op)
		case ctx.Err() != nil:
			return fmt.Errorf("stopped: %w", ctx.Err())
		case !repeats(err):
			return r.fail(ctx, op, err)
		case attempt == r.attempts():
			return r.fail(ctx, op, cardea.Errorf(cardea.Unknown, "the change of the account may have taken effect: %w", err))
		}
		if err := r.wait(ctx, attempt, asked(err)); err != nil {
			return err
		}
	}
}

// unclaimed looks at the vendor, before an account gets an address, whether another one has it: it would be taken over.
func (r *run) unclaimed(ctx context.Context, op cardea.Operation) error {
	if !slices.Contains(op.Fields, cardea.FieldEmail) {
		return nil
	}
	found, err := r.System.Find(ctx, cardea.NewAccount{Email: op.New.Email})
	if err != nil {
		return fmt.Errorf("could not see whether another account has the address: %w", err)
	}
	want, _ := match.Fold(op.New.Email)
	for _, a := range found {
		if has, ok := match.Fold(a.Email); ok && has == want && a.ID != op.Account {
			return cardea.Errorf(cardea.Conflict, "account %s has the address %s; it is not taken from it", a.ID, op.New.Email)
		}
	}
	return nil
}

// updated keeps that an account was changed.
func (r *run) updated(ctx context.Context, op cardea.Operation) error {
	a := r.book.rewrite(op)
	r.isUp()
	r.result(op, store.OpSent, "")
	return r.answered(ctx, store.Outcome{Op: op, Account: a})
}

// rewrite changes what the book says of an account, and returns it; nil when the book has none.
func (b *book) rewrite(op cardea.Operation) *cardea.Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, known := b.accounts[op.Account]
	if !known {
		return nil
	}
	for _, f := range op.Fields {
		switch f {
		case cardea.FieldFirst, cardea.FieldLast:
			a.Name = op.New.Name
		case cardea.FieldEmail:
			a.Email = op.New.Email
		case cardea.FieldPhone:
			a.Phone = op.New.Phone
		}
	}
	b.accounts[op.Account] = a
	return &a
}

// showsUpdate reads an account back that was changed.
func (r *run) showsUpdate(ctx context.Context, op cardea.Operation) (string, error) {
	key := cardea.Account{ID: op.Account}.Key()
	in := cardea.NewIntake(cardea.Scope{Keys: []cardea.Key{key}}, nil)
	if err := r.System.Read(ctx, in.Scope(), in); err != nil {
		return store.OpSent, nil //nolint:nilerr // what cannot be read stays open, and the next run reads it
	}
	p := in.Collection(cardea.KindAccount)
	if p == nil {
		return store.OpSent, nil
	}
	for _, rec := range p.Records() {
		a, ok := rec.(cardea.Account)
		if !ok || a.ID != op.Account {
			continue
		}
		c := store.DoorChange{Door: r.Door, At: r.now(), Accounts: []cardea.Account{a}}
		if err := r.Store.SaveDoorRead(ctx, c, r.Lease); err != nil {
			return "", fmt.Errorf("could not keep what was read back: %w", err)
		}
		if match.Shows(a, *op.New, op.Fields) {
			return store.OpConfirmed, nil
		}
		return store.OpFailed, nil
	}
	if slices.Contains(p.MissingOnes(), key) {
		return store.OpFailed, nil
	}
	return store.OpSent, nil
}

// settleUpdate finds out whether a change of an account took effect.
func (r *run) settleUpdate(ctx context.Context, op cardea.Operation) error {
	if op.New == nil {
		return r.dead(ctx, op)
	}
	shows, err := r.showsUpdate(ctx, op)
	switch {
	case err != nil:
		return err
	case shows == store.OpConfirmed:
		return r.updated(ctx, op)
	case shows == store.OpFailed:
		return r.dead(ctx, op)
	}
	return cardea.Errorf(cardea.Retry, "the door system does not show account %s", op.Account)
}

// holder is somebody else who has an account that the book knows, "" = nobody.
func (b *book) holder(a cardea.AccountID, but cardea.PersonID) cardea.PersonID {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.accounts[a]; !known {
		return ""
	}
	var out cardea.PersonID
	for p, has := range b.links {
		if has == a && p != but && (out == "" || p < out) {
			out = p
		}
	}
	return out
}

// meant leaves out accounts of which somebody said that they are not the person's.
func meant(op cardea.Operation, found []cardea.Account) []cardea.Account {
	if len(op.Not) == 0 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(a cardea.Account) bool { return slices.Contains(op.Not, a.ID) })
}
