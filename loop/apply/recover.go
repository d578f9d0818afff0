package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Recover settles what an earlier run left behind, before anything new is sent: changes of times that may be half done
// are finished, requests whose outcome nobody knows are looked up at the vendor, and what was answered well but not
// read back is read back. An error means that something could not be settled: nothing else may be sent.
func (a *Applier) Recover(ctx context.Context) (Report, error) {
	flying, err := a.Store.InFlight(ctx, a.Door)
	if err != nil {
		return Report{}, fmt.Errorf("could not see what was under way: %w", err)
	}
	open, err := a.Store.Unconfirmed(ctx, a.Door)
	if err != nil {
		return Report{}, fmt.Errorf("could not see what was not confirmed: %w", err)
	}
	open = a.theirs(open)
	if len(flying) == 0 && len(open) == 0 {
		return Report{}, nil
	}
	if a.Landed != nil && len(flying) > 0 {
		if err := a.Landed(ctx, flying); err != nil {
			return Report{}, err
		}
	}
	r, err := a.recovery(ctx, flying, open)
	if err != nil {
		return Report{}, err
	}
	// Half-done changes of times first: somebody may stand before a shut door because of one.
	for _, retimes := range []bool{true, false} {
		for _, row := range flying {
			if (row.Op.Verb == cardea.VerbRetime || row.Op.Verb == cardea.VerbRenameUnit) != retimes {
				continue
			}
			if err := r.settle(ctx, row.Op); err != nil {
				return r.report(), fmt.Errorf("what an earlier run left behind could not be settled: %w", err)
			}
		}
	}
	unread := make([]cardea.Operation, len(open))
	for i, row := range open {
		unread[i] = r.withAccount(row.Op)
		r.answers[row.Op.Key] = row.AnsweredAt
	}
	err = r.confirm(ctx, append(r.sent(), unread...), false)
	return r.report(), stoppedBy(err)
}

// recovery begins a run with what is stored about the people of the rows.
func (a *Applier) recovery(ctx context.Context, flying, open []store.OpRow) (*run, error) {
	seen := map[cardea.PersonID]bool{}
	var people []cardea.PersonID
	for _, rows := range [][]store.OpRow{flying, open} {
		for _, row := range rows {
			if p := row.Op.Person; p != "" && !seen[p] {
				seen[p] = true
				people = append(people, p)
			}
		}
	}
	var state store.DoorState
	if len(people) > 0 {
		var err error
		if state, err = a.Store.DoorStateOf(ctx, a.Door, people); err != nil {
			return nil, fmt.Errorf("could not see what was under way: %w", err)
		}
	}
	r := a.begin(state)
	r.total = len(flying)
	for _, l := range state.Pairs() {
		if a.Blocked[l.Person] {
			r.shut[l.Account] = true
		}
	}
	return r, nil
}

// barred says whether an operation is of somebody who may pass nowhere: blocked, or on an account with somebody who is, which is
// shut to both.
func (r *run) barred(op cardea.Operation) bool { return r.Blocked[op.Person] || r.shut[op.Account] }

// withAccount fills in the account that was made after the operation was planned.
func (r *run) withAccount(op cardea.Operation) cardea.Operation {
	if op.Account == "" {
		op.Account = r.book.accountOf(op.Person)
	}
	return op
}

// settle finds out what became of one request. It sends nothing, but for a change of times, which is brought to its end.
// Only an outcome that cannot be found out is an error.
func (r *run) settle(ctx context.Context, op cardea.Operation) error {
	op = r.withAccount(op)
	ctx = urgent(ctx, op)
	switch op.Verb {
	case cardea.VerbCreate:
		return r.settleCreate(ctx, op)
	case cardea.VerbRetime, cardea.VerbReprofile:
		shape := r.shaper(op)
		if shape == nil || r.barred(op) {
			return r.dead(ctx, op)
		}
		if err := r.resume(ctx, shape, op); err != nil {
			return err
		}
		return r.unsettled(op)
	case cardea.VerbUpdate:
		return r.settleUpdate(ctx, op)
	case cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit:
		if err := r.finish(ctx, op); err != nil {
			return err
		}
		return r.unsettled(op)
	case cardea.VerbAdd, cardea.VerbRemove, cardea.VerbClean, cardea.VerbLock, cardea.VerbUnlock:
		if op.Account == "" {
			return r.dead(ctx, op)
		}
		there, known, why := r.look(ctx, op)
		e := r.edge(op)
		switch {
		case !known && cardea.ClassOf(why) == cardea.Rejected:
			// It never shows this: to wait would be to wait for ever. Both may be repeated (door.System), and nothing is lost by it.
			return r.dead(ctx, op)
		case !known:
			return cardea.Errorf(cardea.Retry, "the door system does not show account %s in full: %w", op.Account, why)
		case r.stands(op, there) && there == nil:
			return r.well(ctx, op, &e)
		case r.stands(op, there):
			return r.well(ctx, op, there)
		}
		return r.dead(ctx, op)
	case cardea.VerbLink, cardea.VerbAdopt, cardea.VerbForget:
	}
	return r.dead(ctx, op)
}

// settleCreate looks for the account that may have been made.
func (r *run) settleCreate(ctx context.Context, op cardea.Operation) error {
	if op.New == nil {
		return r.dead(ctx, op)
	}
	l, a, err := r.lookUp(ctx, op)
	switch {
	case repeats(err), cardea.ClassOf(err) == cardea.Auth:
		return err
	case err != nil:
		return r.fail(ctx, op, err)
	case a == nil:
		return r.dead(ctx, op)
	}
	err = r.linked(ctx, op, l, *a)
	if stopped, ok := errors.AsType[*halt](err); ok {
		return stopped.err
	}
	return err
}

// unsettled says whether a resumed change of times is still in flight.
func (r *run) unsettled(op cardea.Operation) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.at[op.Key]
	if ok && r.rep.Results[i].State == store.OpSending {
		return cardea.Errorf(cardea.Retry, "a change is half done: %s", r.rep.Results[i].Why)
	}
	return nil
}

// dead keeps that a request never took effect: the next plan decides anew.
func (r *run) dead(ctx context.Context, op cardea.Operation) error {
	const why = "it was under way when the last run ended, and did not take effect"
	r.result(op, store.OpFailed, why)
	return r.answered(ctx, store.Outcome{Op: op, Err: cardea.Errorf(cardea.Retry, why)})
}
