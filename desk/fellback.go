package desk

import (
	"context"

	"github.com/cardea-access/cardea/store"
)

// fellBack looks, before anybody is asked anything, whether the clock was ahead when this database was last worked on: the loops see
// their own clock fall back, and not what happened while no process ran.
func (d *Desk) fellBack(ctx context.Context) error {
	kinds := []string{store.WakeLook, store.WakeKeep, store.WakeRead, store.WakeOutbox}
	was, err := d.c.Store.FellBack(ctx, kinds, d.now(), d.life())
	if was && err == nil {
		d.c.Log.Warn("the clock was ahead when Cardea last ran: everything is looked at again")
	}
	return err
}
