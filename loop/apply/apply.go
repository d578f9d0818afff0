package apply

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// Store is what carrying out needs kept.
type Store interface {
	Sending(ctx context.Context, op cardea.Operation, door, run string, at cardea.Instant, l *store.Lease) error
	Answered(ctx context.Context, door, run string, o store.Outcome, l *store.Lease) error
	Confirmed(ctx context.Context, door string, keys []cardea.OpKey, at cardea.Instant, l *store.Lease) error
	InFlight(ctx context.Context, door string) ([]store.OpRow, error)
	Unconfirmed(ctx context.Context, door string) ([]store.OpRow, error)
	DoorStateOf(ctx context.Context, door string, people []cardea.PersonID) (store.DoorState, error)
	SaveDoorRead(ctx context.Context, c store.DoorChange, l *store.Lease) error
	MoveGroup(ctx context.Context, door string, was, now cardea.GroupID, l *store.Lease) error
}

// Applier carries out operations at one door connection.
type Applier struct {
	Store  Store
	System door.System
	Door   string // connection
	Run    string
	Lease  *store.Lease
	Now    func() time.Time
	// Rand spreads waiting times, in [0, 1); nil = math/rand.
	Rand func() float64
	// Attempts of one operation before it is given up for this run; 0 = 4.
	Attempts int
	// Parallel is how many requests may be under way at once, of different accounts; 0 = 1, in the caller's goroutine.
	Parallel int
	// Turn, if any, ends when something more urgent has come up: what was not sent by then waits for another run.
	Turn *wire.Turn
	// Of are the people of whom an earlier run's operations are read back, nil = everybody.
	Of map[cardea.PersonID]bool
	// Blocked are the people who may pass nowhere: what an earlier run left half done gives them nothing back.
	Blocked map[cardea.PersonID]bool
	// Landed, if any, waits until what earlier runs had under way cannot be on its way any more.
	Landed func(ctx context.Context, flying []store.OpRow) error
	// Progress, if any, is told of every operation when it is through.
	Progress func(Progress)

	settlings map[place]cardea.OpKey // entries that were changed and need not show it yet
}

// maxDown is after how many operations in a row that the vendor did not answer the rest waits for the next run.
const maxDown = 5

// run is one changeset being carried out.
type run struct {
	*Applier

	mu      sync.Mutex
	book    *book
	rep     Report
	at      map[cardea.OpKey]int // index into rep.Results
	total   int
	down    int
	stopped error
	answers map[cardea.OpKey]cardea.Instant // when it was answered well
	shut    map[cardea.AccountID]bool       // of a recovery: accounts of people who may pass nowhere
}

// Apply carries out the operations of the changeset that are not held and are due, in their order, and reads them back.
// state is what the store holds at this moment: each operation is checked against it and skipped when its starting
// point moved. One failing operation stops neither the others nor the run. The error is set when the run was stopped:
// Auth (credentials), Retry (the vendor does not answer), Conflict (lease lost), or the context's.
func (a *Applier) Apply(ctx context.Context, c cardea.Changeset, state store.DoorState) (Report, error) {
	r := a.begin(state)
	now := a.now()
	var ops []cardea.Operation
	for _, o := range c.Going() {
		if o.Due <= now {
			ops = append(ops, o)
		}
	}
	r.total = len(ops)
	err := r.all(ctx, ops)
	if r.Turn.Over() && err == nil { // what was sent is read back by the next run of everyone: that may take long
		return r.report(), nil
	}
	if cardea.ClassOf(err) != cardea.Auth && ctx.Err() == nil {
		err = errors.Join(err, r.confirm(ctx, r.sent(), true))
	}
	return r.report(), stoppedBy(err)
}

// stoppedBy says that the run ended early.
func stoppedBy(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the run was stopped: %w", err)
}

func (a *Applier) begin(state store.DoorState) *run {
	return &run{
		Applier: a, book: newBook(state), at: map[cardea.OpKey]int{}, answers: map[cardea.OpKey]cardea.Instant{},
		shut: map[cardea.AccountID]bool{},
	}
}

func (a *Applier) now() cardea.Instant { return cardea.At(a.Now()) }

func (a *Applier) rand() float64 {
	if a.Rand == nil {
		return rand.Float64() //nolint:gosec // it spreads waiting times
	}
	return a.Rand()
}

// all works the operations off.
func (r *run) all(ctx context.Context, ops []cardea.Operation) error {
	q := newQueue(ops, max(r.System.Limits().Batch, 1), r.book)
	work := func() {
		for {
			b := q.take()
			if len(b.ops) == 0 {
				return
			}
			err := ctx.Err()
			if err == nil && r.madeWay(ctx, b.ops[0]) {
				q.stop()
			} else if err == nil {
				one, through := finish(ctx)
				err = r.do(one, b.ops)
				through()
			}
			if err != nil {
				r.stop(err)
				q.stop()
			}
			q.done(b)
		}
	}
	if r.Parallel <= 1 {
		work()
	} else {
		var wg sync.WaitGroup
		for range r.Parallel {
			wg.Go(work)
		}
		wg.Wait()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// stop notes the first error that ends the run.
func (r *run) stop(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped == nil {
		r.stopped = err
	}
}

// do carries out a batch: one operation, or several that go in one request.
func (r *run) do(ctx context.Context, ops []cardea.Operation) error {
	var ready []cardea.Operation
	for _, op := range ops {
		op, skip := r.book.check(op, r.now(), r.System.Limits().Timed)
		if skip == "" {
			skip = r.waits(op)
		}
		if skip == "" {
			ready = append(ready, op)
			continue
		}
		if err := r.skip(ctx, op, skip); err != nil {
			return err
		}
	}
	if len(ready) == 0 {
		return nil
	}
	ctx = r.inTurn(urgent(ctx, ready[0]), ready[0])
	switch ready[0].Verb {
	case cardea.VerbCreate:
		return r.create(ctx, ready[0])
	case cardea.VerbAdd, cardea.VerbRemove, cardea.VerbClean, cardea.VerbLock, cardea.VerbUnlock:
		return r.edges(ctx, ready)
	case cardea.VerbRetime, cardea.VerbReprofile:
		return r.reshape(ctx, ready[0])
	case cardea.VerbUpdate:
		return r.update(ctx, ready[0])
	case cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit:
		return r.unit(ctx, ready[0])
	case cardea.VerbLink, cardea.VerbAdopt, cardea.VerbForget:
		return r.note(ctx, ready[0])
	}
	return r.fail(ctx, ready[0], cardea.Errorf(cardea.Rejected, "there is no verb %q", ready[0].Verb))
}

// skip leaves an operation undone because its starting point moved; the next plan sees what is there.
func (r *run) skip(ctx context.Context, op cardea.Operation, why string) error {
	r.result(op, store.OpSkipped, why)
	return r.answered(ctx, store.Outcome{Op: op, Skipped: why})
}

// fail gives an operation up for this run.
func (r *run) fail(ctx context.Context, op cardea.Operation, err error) error {
	state := store.OpFailed
	if cardea.ClassOf(err) == cardea.Unknown {
		state = store.OpSending
	}
	r.result(op, state, err.Error())
	r.because(op, err)
	if state == store.OpFailed {
		r.issue(failure(op, err))
	} else {
		r.issue(cardea.Issue{
			Code: "outcome-unknown", Person: op.Person, Account: op.Account, Group: op.Group,
			Text: fmt.Sprintf("nobody can tell whether %q took effect; the next run looks before it does anything else: %v",
				op.Verb, err),
		})
	}
	if e := r.answered(ctx, store.Outcome{Op: op, Err: err}); e != nil {
		return e
	}
	switch cardea.ClassOf(err) {
	case cardea.Auth:
		return err
	case cardea.Retry, cardea.Throttled, cardea.Unknown:
		return r.isDown(err)
	case cardea.Rejected, cardea.NotFound, cardea.Conflict:
		r.isUp()
	}
	return nil
}

// isDown counts operations in a row without an answer.
func (r *run) isDown(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down++
	if r.down < maxDown {
		return nil
	}
	return cardea.Errorf(cardea.Retry, "the door system did not answer %d operations in a row: %w", r.down, err)
}

func (r *run) isUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = 0
}

// answered writes an outcome.
func (r *run) answered(ctx context.Context, o store.Outcome) error {
	o.At = r.now()
	if err := r.Store.Answered(ctx, r.Door, r.Run, o, r.Lease); err != nil {
		return fmt.Errorf("could not keep the outcome of %q: %w", o.Op.Verb, err)
	}
	if o.Err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.answers[o.Op.Key] = o.At
	}
	return nil
}
