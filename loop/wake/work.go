package wake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// work runs one handler under its lease.
func (l *Loop) work(ctx context.Context, lease store.Lease) {
	mine, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(mine, cancel, lease)
	}()
	next, err := l.handle(mine, lease)
	lost := errors.Is(context.Cause(mine), store.ErrLeaseLost)
	cancel(nil)
	<-renewed // no renewal may come after the release
	e := Event{Lease: lease, Next: next, Err: err, Lost: lost}
	switch {
	case lost:
		e.Next = 0
		l.tell(e)
		return
	case err != nil && ctx.Err() != nil:
		e.Next, e.Err = l.now(), nil // stopped, not failed: whoever comes next goes on
	case err != nil:
		e.Next = l.again(lease, err)
	default:
		l.well(lease)
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer stop()
	if err := l.Store.Release(ctx, lease, e.Next); err != nil {
		e.Lost = cardea.ClassOf(err) == cardea.Conflict
		e.Err = errors.Join(e.Err, fmt.Errorf("could not release %s %s: %w", lease.Kind, lease.Unit, err))
	}
	l.tell(e)
}

// handle calls the handler; a panic is an error of this unit alone.
func (l *Loop) handle(ctx context.Context, lease store.Lease) (next cardea.Instant, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = cardea.Errorf(cardea.Unknown, "the work on %s %s panicked: %v", lease.Kind, lease.Unit, p)
		}
	}()
	h, ok := l.Handlers[lease.Kind]
	if !ok {
		return cardea.Never, cardea.Errorf(cardea.Rejected, "nobody handles %s", lease.Kind)
	}
	return h(ctx, lease)
}

// renew keeps the lease until the context ends, and ends it when the lease is lost.
func (l *Loop) renew(ctx context.Context, cancel context.CancelCauseFunc, lease store.Lease) {
	until := lease.Until
	// Whoever's clock jumps, or whose database does not answer, lets go when the life is over by a clock that cannot jump.
	lose := func() { cancel(store.ErrLeaseLost) }
	// The life began before the claim was asked for, and the database may have taken its time.
	over := time.AfterFunc(min(l.Life, max(0, time.Duration(until-l.now())*time.Microsecond)), lose)
	defer func() { over.Stop() }()
	t := time.NewTicker(l.Life / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		longer, later := l.now().Add(l.Life), time.AfterFunc(l.Life, lose)
		err := l.extend(ctx, lease, longer)
		if err == nil {
			over.Stop()
			until, over = longer, later
			continue
		}
		later.Stop()
		switch {
		case ctx.Err() != nil:
			return
		case cardea.ClassOf(err) == cardea.Conflict, l.now() >= until:
			lose()
			return
		}
	}
}

// extend renews the lease, and does not wait longer for the database than until the next renewal is due.
func (l *Loop) extend(ctx context.Context, lease store.Lease, until cardea.Instant) error {
	ctx, stop := context.WithTimeout(ctx, l.Life/3)
	defer stop()
	return l.Store.Renew(ctx, lease, until)
}

// again says when a failed unit is tried again: later with each failure in a row, and not before the vendor wants it.
func (l *Loop) again(lease store.Lease, err error) cardea.Instant {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := lease.Workspace + "\x00" + lease.Kind + "\x00" + lease.Unit
	n := l.failures[key]
	l.failures[key]++
	bound := min(firstRetry<<min(n, 20), lastRetry)
	d := bound/2 + time.Duration(l.Rand()*float64(bound/2))
	if e, ok := errors.AsType[*cardea.Error](err); ok {
		d = max(d, e.After)
	}
	return l.now().Add(d)
}

func (l *Loop) well(lease store.Lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, lease.Workspace+"\x00"+lease.Kind+"\x00"+lease.Unit)
}
