package desk

import (
	"cmp"
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/wake"
	"github.com/cardea-access/cardea/store"
)

// Start keeps everything in step until stop is called, which waits for what is under way. Each space connection is read when
// it is new or was changed, and then by interval, whichever node does it; each door
// organisation is kept when something was read, when the clock says so, and when
// somebody was marked.
func (d *Desk) Start(ctx context.Context) (stop func(), err error) {
	if err := d.markReads(ctx); err != nil {
		return nil, err
	}
	loop := &wake.Loop{
		Store: d.c.Store, Owner: d.c.Node, Now: d.c.Now, Life: d.life(), Parallel: cmp.Or(d.c.Parallel, parallel), Poll: d.c.Poll, Fit: d.c.Fit,
		// However many listings are under way, a person does not wait for one.
		Apart: true,
		Handlers: map[string]wake.Handler{
			store.WakeLook: d.wakeLook, store.WakeKeep: d.wakeKeep, store.WakeRead: d.wakeRead, store.WakeOutbox: d.wakeOutbox,
		},
		Told: func(e wake.Event) {
			if e.Err != nil {
				d.c.Log.Warn("work failed and is tried again", "unit", e.Lease.Unit, "kind", e.Lease.Kind, "at", e.Next, "error", e.Err)
			}
		},
	}
	poke := loop.Poke
	loop.Start(ctx)
	d.poked.Store(&poke)
	return func() {
		d.poked.Store(nil)
		loop.Stop()
	}, nil
}

func (d *Desk) wakeRead(ctx context.Context, l store.Lease) (cardea.Instant, error) {
	if _, known := d.c.Spaces[l.Unit]; !known {
		return d.notOurs(), nil
	}
	if err := d.reopen(ctx, l.Unit); err != nil {
		return 0, err
	}
	if next, done, err := d.reread(ctx, l.Unit, &l); done || err != nil {
		return next, err
	}
	r, next, err := d.read(ctx, l.Unit, &l)
	if err != nil {
		return 0, err
	}
	if r.Error != "" {
		return 0, cardea.Errorf(cardea.Retry, "%s", r.Error)
	}
	d.forget(ctx, store.SideSpace, l.Unit, &l)
	return d.sooner(ctx, l.Unit, next)
}

func (d *Desk) wakeKeep(ctx context.Context, l store.Lease) (cardea.Instant, error) {
	if _, known := d.c.Doors[l.Unit]; !known {
		return d.notOurs(), nil
	}
	if err := d.reopen(ctx, l.Unit); err != nil {
		return 0, err
	}
	for _, in := range d.at(store.SideDoor, l.Unit) {
		if d.gate.closed(in.Space) != nil {
			continue
		}
		collections, err := d.ws.Collections(ctx, in.Space)
		if err != nil {
			return 0, err
		}
		if len(collections) == 0 {
			return cardea.Never, nil // the first read will mark this row
		}
	}
	k, issues, err := d.keeper(ctx, l.Unit, &l)
	if err != nil {
		return 0, err
	}
	if err := d.ws.SaveIssues(ctx, "mapping:"+l.Unit, issues, d.now()); err != nil {
		return 0, err
	}
	next, err := k.Wake(ctx, l)
	if err == nil {
		var later cardea.Instant
		later, err = d.doorLook(ctx, k, l)
		next = min(next, later)
	}
	if err == nil {
		var later cardea.Instant
		later, err = d.doorPoll(ctx, k, l)
		next = min(next, later)
		d.forget(ctx, store.SideDoor, l.Unit, &l)
	}
	if d.c.Stepped != nil {
		d.stepped(ctx, l.Unit, err)
	}
	return next, err
}

// stepped tells what the last run did.
func (d *Desk) stepped(ctx context.Context, door string, failed error) {
	out := DoorRun{Door: door}
	runs, err := d.ws.Runs(ctx, 1)
	if err == nil && len(runs) > 0 {
		var rows []store.OpRow
		if rows, err = d.ws.RunOperations(ctx, runs[0].ID); err == nil {
			out.Run = runs[0].ID
			out.Operations, err = d.named(ctx, door, rows)
		}
	}
	switch {
	case failed != nil:
		out.Error = failed.Error()
	case err != nil:
		out.Error = err.Error()
	}
	d.c.Stepped(out)
}
