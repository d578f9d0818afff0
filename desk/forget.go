package desk

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// How long is kept what is over, where nothing else is said, and the least that can be said: undo, explain and the guards look
// back.
const (
	keepHistory = 90 * 24 * time.Hour
	keepRecords = 30 * 24 * time.Hour
	KeepLeast   = 7 * 24 * time.Hour

	forgetEvery = 24 * time.Hour
)

// forget takes away once a day what a connection left behind long ago. The work of its unit goes on whether that succeeds or not.
func (d *Desk) forget(ctx context.Context, side, connection string, lease *store.Lease) {
	now := d.now()
	if last, did := d.forgot.Load(connection); did {
		if at, ok := last.(cardea.Instant); ok && now < at.Add(forgetEvery) {
			return
		}
	}
	d.forgot.Store(connection, now)
	n, err := d.ws.ForgetHistory(ctx, connection, now.Add(-d.c.History), lease)
	if err == nil && side == store.SideSpace {
		r := d.reader(connection, lease)
		if err = d.widen(ctx, r, connection); err == nil {
			var records int
			records, err = r.Forget(ctx, d.ws, now.Add(-d.c.Records))
			n += records
		}
	}
	if err != nil {
		d.c.Log.Warn("what is over could not be forgotten; it is tried again tomorrow", "connection", connection, "error", err)
	} else if n > 0 {
		d.c.Log.Info("what is over was forgotten", "connection", connection, "rows", n)
	}
}
