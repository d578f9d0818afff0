package apply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// attempts is how often one operation is tried in one run.
func (r *run) attempts() int {
	if r.Attempts > 0 {
		return r.Attempts
	}
	return 4
}

// Waiting times between attempts: full jitter below a bound that doubles.
const (
	firstWait = time.Second
	lastWait  = 30 * time.Second
	// longestAsked is the longest wait that a vendor's Retry-After gets within a run.
	longestAsked = 2 * time.Minute
)

// wait sleeps before the next attempt, as long as the vendor asked or by the number of attempts.
func (r *run) wait(ctx context.Context, attempt int, asked time.Duration) error {
	d := time.Duration(r.rand() * float64(min(firstWait<<min(attempt-1, 10), lastWait)))
	d = max(d, min(asked, longestAsked))
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stopped while waiting to try again: %w", ctx.Err())
	}
}

// asked is how long the vendor wants to be left alone.
func asked(err error) time.Duration {
	var e *cardea.Error
	if asError(err, &e) {
		return e.After
	}
	return 0
}

// sending commits that the requests are about to go out. An operation that is open already stays out: the next run
// begins with it.
func (r *run) sending(ctx context.Context, ops []cardea.Operation) ([]cardea.Operation, error) {
	var out []cardea.Operation
	for _, op := range ops {
		err := r.Store.Sending(ctx, op, r.Door, r.Run, r.now(), r.Lease)
		switch {
		case cardea.ClassOf(err) == cardea.Conflict && ctx.Err() == nil:
			r.result(op, store.OpSkipped, "it is under way already: "+err.Error())
		case err != nil:
			return nil, fmt.Errorf("could not keep that %q is about to be sent: %w", op.Verb, err)
		default:
			out = append(out, op)
		}
	}
	return out, nil
}

// edges puts or takes away edges, one request for all of them. Both are safe to repeat: an edge that is there already
// with the same window, or gone already, is a success (door.System).
func (r *run) edges(ctx context.Context, ops []cardea.Operation) error {
	ops, err := r.sending(ctx, ops)
	if err != nil {
		return err
	}
	for attempt := 1; len(ops) > 0; attempt++ {
		refs, errs := r.call(ctx, ops)
		var again []cardea.Operation
		var pause time.Duration
		for i, op := range ops {
			edge, verdict := r.weigh(ctx, op, refs[i], errs[i], attempt)
			switch {
			case ctx.Err() != nil:
				return fmt.Errorf("stopped: %w", ctx.Err())
			case verdict == nil:
				err = r.well(ctx, op, edge)
			case r.cut(op, verdict):
			case attempt < r.attempts() && repeats(verdict):
				again = append(again, op)
				pause = max(pause, asked(verdict))
			default:
				err = r.fail(ctx, op, verdict)
			}
			if err != nil {
				return err
			}
		}
		if ops = again; len(ops) > 0 {
			if err := r.wait(ctx, attempt, pause); err != nil {
				return err
			}
		}
	}
	return nil
}

// repeats says whether the same call may go through later.
func repeats(err error) bool {
	switch cardea.ClassOf(err) {
	case cardea.Retry, cardea.Throttled, cardea.Unknown:
		return true
	case cardea.Auth, cardea.Rejected, cardea.NotFound, cardea.Conflict:
	}
	return false
}

// call makes one request for edges of one kind.
func (r *run) call(ctx context.Context, ops []cardea.Operation) ([]string, []error) {
	es := make([]cardea.Edge, len(ops))
	for i, op := range ops {
		es[i] = r.edge(op)
		if op.Verb == cardea.VerbAdd {
			es[i].Who = op.New
		}
	}
	refs := make([]string, len(ops))
	var errs []error
	switch ops[0].Verb {
	case cardea.VerbAdd:
		refs, errs = r.System.Grant(ctx, es)
	case cardea.VerbLock, cardea.VerbUnlock:
		errs = r.locks(ctx, ops[0].Verb, es)
	default:
		errs = r.System.Revoke(ctx, es)
	}
	if len(errs) != len(ops) || len(refs) != len(ops) {
		refs, errs = make([]string, len(ops)), slices.Repeat([]error{cardea.Errorf(cardea.Unknown,
			"the connector answered for %d of %d entries", len(errs), len(ops))}, len(ops))
	}
	return refs, errs
}

// weigh turns an answer into what is known: nil and the edge when it took effect. Where nobody can tell, it looks at the
// vendor before anything else is sent.
func (r *run) weigh(ctx context.Context, op cardea.Operation, ref string, err error, attempt int) (*cardea.Edge, error) {
	e := r.edge(op)
	if ref != "" {
		e.Ref = ref
	}
	gone := op.Verb == cardea.VerbRemove || op.Verb == cardea.VerbClean
	switch cardea.ClassOf(err) {
	case "":
		return &e, nil
	case cardea.NotFound:
		if gone {
			return &e, nil
		}
		return nil, err
	case cardea.Unknown, cardea.Conflict:
	case cardea.Retry:
		if attempt < r.attempts() {
			return nil, err // safe to repeat; at the end it must be known whether it took effect
		}
	case cardea.Throttled, cardea.Auth, cardea.Rejected:
		return nil, err
	}
	there, known, _ := r.look(ctx, op) //nolint:errcheck // the error at hand says more
	switch {
	case !known && cardea.ClassOf(err) == cardea.Retry:
		return nil, cardea.Errorf(cardea.Unknown, "the request may have taken effect: %w", err)
	case !known:
		return nil, err
	case r.stands(op, there) && there == nil:
		return &e, nil
	case r.stands(op, there):
		return there, nil
	case cardea.ClassOf(err) == cardea.Unknown:
		return nil, cardea.Errorf(cardea.Retry, "it did not take effect: %w", err)
	}
	return nil, err
}

// look asks the vendor for the edge of an operation; nil = it is not there. known is false when that cannot be told, and why says
// what is in the way.
func (r *run) look(ctx context.Context, op cardea.Operation) (edge *cardea.Edge, known bool, why error) {
	scope := cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{op.Account}}
	if r.System.Limits().ByGroup {
		scope.Accounts, scope.Groups = nil, []cardea.GroupID{op.Group}
	}
	seen, err := r.readEdges(ctx, scope)
	if err != nil {
		return nil, false, err
	}
	if e, ok := seen.edges[place{op.Group, op.Account}]; ok {
		return &e, true, nil
	}
	return nil, seen.wholeOf(op.Group), cardea.Errorf(cardea.Retry, "what it lists of it came short")
}

// well keeps that an operation on an edge was answered well.
func (r *run) well(ctx context.Context, op cardea.Operation, e *cardea.Edge) error {
	o := store.Outcome{Op: op, Edge: e, Ref: e.Ref}
	switch op.Verb {
	case cardea.VerbRemove, cardea.VerbClean:
		o.CloseLedger = true
		r.book.drop(place{op.Group, op.Account})
	case cardea.VerbLock, cardea.VerbUnlock, cardea.VerbReprofile:
		r.book.put(*e, nil) // whose it is, and why, is as before
	default:
		if op.Verb == cardea.VerbAdd && op.Person == "" { // a stray that is put back: it was not ours, and still is not
			r.book.put(*e, nil)
			break
		}
		row := r.row(op)
		o.Ledger = &row
		r.book.put(*e, &row)
	}
	r.isUp()
	r.result(op, store.OpSent, "")
	return r.answered(ctx, o)
}

// row is the ledger row of an edge that was put, retimed or adopted.
func (r *run) row(op cardea.Operation) cardea.LedgerRow {
	row := cardea.LedgerRow{
		Group: op.Group, Account: op.Account, Person: op.Person, Window: op.Window, Reasons: op.Reasons,
		PutAt: r.now(), Op: op.Key, Adopted: op.Verb == cardea.VerbAdopt,
	}
	if old, open := r.book.open(place{op.Group, op.Account}); open {
		row.PutAt, row.Adopted = old.PutAt, old.Adopted
	}
	return row
}

// note keeps what changes nothing at the vendor: a link, an adopted edge, an edge that is forgotten.
func (r *run) note(ctx context.Context, op cardea.Operation) error {
	o := store.Outcome{Op: op}
	p := place{op.Group, op.Account}
	switch op.Verb { //nolint:exhaustive // the others change something
	case cardea.VerbLink:
		o.Link = op.Link
		r.book.link(*op.Link, nil)
	case cardea.VerbAdopt:
		row := r.row(op)
		o.Ledger = &row
		if op.Was != nil {
			r.book.put(*op.Was, &row)
		}
	case cardea.VerbForget:
		o.CloseLedger = true
		r.book.drop(p)
	}
	r.result(op, store.OpConfirmed, "")
	return r.answered(ctx, o)
}
