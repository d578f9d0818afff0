package desk

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// leaseLife is the life of leases where nothing else is said.
const leaseLife = time.Minute

// leased does work on a unit that nobody else works on meanwhile.
func (d *Desk) leased(ctx context.Context, unit, kind string, work func(context.Context, *store.Lease) (cardea.Instant, error)) error {
	lease, err := d.claim(ctx, unit, kind)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go d.renew(ctx, lease, cancel, renewed)
	next, err := work(ctx, &lease)
	cancel(nil)
	<-renewed
	if next == 0 {
		next = d.now()
	}
	if releaseErr := d.c.Store.Release(context.WithoutCancel(ctx), lease, next); err == nil {
		err = releaseErr
	}
	return err
}

// claim takes the lease of a unit. Somebody else who works on it is waited for: a server lets go between two runs, and the
// lease of a process that died runs out.
func (d *Desk) claim(ctx context.Context, unit, kind string) (store.Lease, error) {
	const pause = time.Second
	for waited := time.Duration(0); ; waited += pause {
		lease, err := d.ws.ClaimOne(ctx, unit, kind, d.c.Node+"/"+uuid.NewString(), d.now(), d.life())
		switch {
		case cardea.ClassOf(err) != cardea.Conflict:
			return lease, err
		case waited > d.life()+10*pause:
			return lease, cardea.Errorf(cardea.Conflict, "another process has been working on %s for over a minute: stop it, or try again later: %w",
				unit, err)
		case waited == 0:
			d.c.Log.Warn("another process works on this, or died at it; waiting for at most a minute", "unit", unit)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return lease, ctx.Err()
		case <-timer.C:
		}
	}
}

// renew keeps a lease alive; when it is lost the work's context ends. It is lost too when the database did not answer for as
// long as it lasts: somebody else may have it then.
func (d *Desk) renew(ctx context.Context, lease store.Lease, lose context.CancelCauseFunc, done chan<- struct{}) {
	defer close(done)
	tick := time.NewTicker(d.life() / 3)
	defer tick.Stop()
	lost := func() {
		d.c.Log.Warn("a lease was lost", "unit", lease.Unit)
		lose(store.ErrLeaseLost)
	}
	over := time.AfterFunc(d.life(), lost)
	defer func() { over.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		later := time.AfterFunc(d.life(), lost)
		err := d.extend(ctx, lease)
		if err == nil {
			over.Stop()
			over = later
			continue
		}
		later.Stop()
		if cardea.ClassOf(err) == cardea.Conflict {
			lost()
			return
		}
	}
}

// extend renews a lease, and does not wait longer for the database than until the next renewal is due.
func (d *Desk) extend(ctx context.Context, lease store.Lease) error {
	ctx, stop := context.WithTimeout(ctx, d.life()/3)
	defer stop()
	return d.c.Store.Renew(ctx, lease, d.now().Add(d.life()))
}

// life is how long a unit stays leased by a process that died.
func (d *Desk) life() time.Duration {
	if d.c.Life > 0 {
		return d.c.Life
	}
	return leaseLife
}
