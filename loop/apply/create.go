package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// asError finds our own error in a chain.
func asError(err error, e **cardea.Error) bool { return errors.As(err, e) }

// create makes a person's account, never blindly: it looks for one first, and looks again whenever nobody can tell what
// became of the request.
func (r *run) create(ctx context.Context, op cardea.Operation) error {
	var t try
	for attempt := 1; ; attempt++ {
		err := r.find(ctx, op, &t)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if stopped, ok := errors.AsType[*halt](err); ok {
			return stopped.err
		}
		if t.sent && r.cut(op, err) {
			return nil
		}
		if !repeats(err) || attempt >= r.attempts() {
			return r.fail(ctx, op, err)
		}
		if err := r.wait(ctx, attempt, asked(err)); err != nil {
			return err
		}
	}
}

// try is what is known of a create between its attempts.
type try struct {
	sent  bool  // it is kept that the request may have gone out
	blind error // the last request may have taken effect, and nobody could look
}

// halt wraps an error that ends the run and not only the operation: the store failed.
type halt struct{ err error }

func (h *halt) Error() string { return h.err.Error() }
func (h *halt) Unwrap() error { return h.err }

// find links the account that is there, or makes one. A nil error means that the operation is through.
func (r *run) find(ctx context.Context, op cardea.Operation, t *try) error {
	l, a, err := r.lookUp(ctx, op)
	if err != nil && t.blind != nil {
		return cardea.Errorf(cardea.Unknown, "the account may have been made: %w", t.blind)
	}
	if err != nil {
		return err
	}
	t.blind = nil
	if a != nil {
		return r.linked(ctx, op, l, *a)
	}
	if !t.sent {
		ops, err := r.sending(ctx, []cardea.Operation{op})
		if err != nil {
			return &halt{err}
		}
		if len(ops) == 0 {
			return nil
		}
		t.sent = true
	}
	made, err := r.System.Create(ctx, *op.New)
	switch cardea.ClassOf(err) {
	case "":
		l := cardea.Link{Person: op.Person, Account: made.ID, How: "created"}
		return r.linked(ctx, op, l, made)
	case cardea.Conflict, cardea.Unknown, cardea.Retry:
		l, a, lookErr := r.lookUp(ctx, op)
		switch {
		case lookErr != nil && cardea.ClassOf(err) != cardea.Conflict:
			t.blind = err
			return cardea.Errorf(cardea.Unknown, "the account may have been made: %w", err)
		case lookErr != nil:
			return lookErr
		case a != nil:
			return r.linked(ctx, op, l, *a)
		case cardea.ClassOf(err) == cardea.Unknown:
			return cardea.Errorf(cardea.Retry, "the account was not made: %w", err)
		}
	case cardea.Throttled, cardea.Auth, cardea.Rejected, cardea.NotFound:
	}
	return err
}

// lookUp asks the vendor for the person's account: by our id there, else by exact e-mail. Two that fit are nobody's to
// choose between: Rejected.
func (r *run) lookUp(ctx context.Context, op cardea.Operation) (cardea.Link, *cardea.Account, error) {
	found, err := r.System.Find(ctx, *op.New)
	if err != nil {
		return cardea.Link{}, nil, fmt.Errorf("could not look for an account of the person: %w", err)
	}
	found = meant(op, found)
	var external, email []cardea.Account
	for _, a := range found {
		switch {
		case a.External != "" && a.External == string(op.New.Person):
			external = append(external, a)
		case op.New.Email != "" && strings.EqualFold(strings.TrimSpace(a.Email), op.New.Email):
			email = append(email, a)
		}
	}
	how, fits := "external", external
	if len(fits) == 0 {
		how, fits = "email", email
	}
	switch len(fits) {
	case 0:
		return cardea.Link{}, nil, nil
	case 1:
		if other := r.book.holder(fits[0].ID, op.Person); other != "" {
			return cardea.Link{}, nil, cardea.Errorf(cardea.Rejected,
				"account %s fits the person and is linked to %s; settle it with `cardea conflicts` after the next listing", fits[0].ID, other)
		}
		return cardea.Link{Person: op.Person, Account: fits[0].ID, How: how}, &fits[0], nil
	}
	return cardea.Link{}, nil, cardea.Errorf(cardea.Rejected,
		"accounts %s and %s both fit the person: settle which one it is", fits[0].ID, fits[1].ID)
}

// linked keeps the pair; the person's entries that follow use it.
func (r *run) linked(ctx context.Context, op cardea.Operation, l cardea.Link, a cardea.Account) error {
	r.book.link(l, &a)
	r.isUp()
	op.Account = a.ID
	r.result(op, store.OpSent, "")
	if err := r.answered(ctx, store.Outcome{Op: op, Account: &a, Link: &l}); err != nil {
		return &halt{err}
	}
	return nil
}
