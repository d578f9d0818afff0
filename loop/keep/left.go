package keep

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// landing is how long a request of a process that died, or lost its lease, may still be on its way: it was sent at the latest
// when its operation was noted, and whoever looks sooner would see what stands before it takes effect, and send it again.
const landing = 10 * time.Second

// landed waits until what a run that was broken off sent has reached the vendor. A run that came to its end left nothing on its way.
func (k *Keeper) landed(ctx context.Context, flying []store.OpRow) error {
	var wait time.Duration
	at, broken := k.now(), map[string]bool{}
	for _, row := range flying {
		d := min(time.Duration(row.SendingAt.Add(landing)-at)*time.Microsecond, landing)
		if d <= wait {
			continue
		}
		off, asked := broken[row.Run]
		if !asked {
			r, err := k.Store.RunByID(ctx, row.Run)
			if err != nil && cardea.ClassOf(err) != cardea.NotFound {
				return failed("see how an earlier run ended", err)
			}
			off = r.Ended == 0 || r.Outcome == Failed
			broken[row.Run] = off
		}
		if off {
			wait = d
		}
	}
	if wait <= 0 {
		return nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return failed("wait for what an earlier run sent", context.Cause(ctx))
	}
}

// left says whose operations earlier runs left open and that can be settled now: a run of a few people, or one that was broken
// off, is not known by the last run of everyone, and nobody else would ask. Others says that some belong to nobody; later is when
// there will be more, Never when not.
func (k *Keeper) left(ctx context.Context) (people []cardea.PersonID, others bool, later cardea.Instant, err error) {
	later = cardea.Never
	flying, err := k.Store.InFlight(ctx, k.Door)
	if err != nil {
		return nil, false, 0, failed("see what was under way", err)
	}
	sent, err := k.Store.Unconfirmed(ctx, k.Door)
	if err != nil {
		return nil, false, 0, failed("see what was not confirmed", err)
	}
	at, settle := k.now(), k.limits().Settle
	for _, row := range slices.Concat(flying, sent) {
		if shows := row.AnsweredAt.Add(settle); row.State == store.OpSent && shows > at {
			later = min(later, shows)
			continue
		}
		if row.Op.Person == "" || beyondPeople(row.Op.Person) {
			others = true
			continue
		}
		people = append(people, row.Op.Person)
	}
	slices.Sort(people)
	return slices.Compact(people), others, later, nil
}
