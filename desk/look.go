package desk

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// looksAtOnce is how many records one look reads; for more than looksMost the whole list costs less.
const (
	looksAtOnce = 50
	looksMost   = 200
	// lookFor is for how long a record is tried that cannot be read.
	lookFor = time.Hour
)

// wakeLook reads the records of a space connection that hooks named, and nothing else. It goes on beside a reading of everything.
func (d *Desk) wakeLook(ctx context.Context, l store.Lease) (cardea.Instant, error) {
	if _, known := d.c.Spaces[l.Unit]; !known || len(d.at(store.SideSpace, l.Unit)) == 0 {
		return d.notOurs(), nil
	}
	if err := d.reopen(ctx, l.Unit); err != nil {
		return 0, err
	}
	looks, err := d.ws.Looks(ctx, l.Unit)
	if err != nil || len(looks) == 0 {
		return cardea.Never, err
	}
	now := d.now()
	next := cardea.Never
	var keys []cardea.Key
	old := map[cardea.Key]bool{} // the next listing has to do for what could not be read for so long
	for _, k := range looks {
		old[k.Key] = k.At < now.Add(-lookFor)
		if k.Looked != 0 && k.Looked > now.Add(-lookPause) && k.Looked <= now {
			next = min(next, k.Looked.Add(lookPause))
			continue
		}
		keys = append(keys, k.Key)
	}
	if len(keys) > looksMost {
		return next, d.listInstead(ctx, l, keys)
	}
	if len(keys) > looksAtOnce {
		keys, next = keys[:looksAtOnce], now
	}
	if len(keys) == 0 {
		return next, nil
	}
	reader := d.reader(l.Unit, &l)
	if err := d.widen(ctx, reader, l.Unit); err != nil {
		return 0, err
	}
	report, err := reader.Look(ctx, keys)
	if err != nil {
		return 0, err
	}
	d.poke() // whom it touches need not wait for the rest
	if err := d.ws.SeenAgain(ctx, l.Unit, report.Answered, now, &l); err != nil {
		return 0, err
	}
	done := slices.DeleteFunc(slices.Clone(keys), func(k cardea.Key) bool {
		return !slices.Contains(report.Answered, k) && !old[k]
	})
	if err := d.ws.ClearLooks(ctx, l, done); err != nil {
		return 0, err
	}
	if len(done) < len(keys) {
		return 0, cardea.Errorf(cardea.Retry, "%s did not show %d of %d records that hooks named", l.Unit, len(keys)-len(done), len(keys))
	}
	return next, nil
}

// listInstead reads everything for so many records.
func (d *Desk) listInstead(ctx context.Context, l store.Lease, keys []cardea.Key) error {
	if err := d.ws.MarkWake(ctx, store.Mark{Unit: l.Unit, Kind: store.WakeRead, At: d.now()}); err != nil {
		return err
	}
	return d.ws.ClearLooks(ctx, l, keys)
}
