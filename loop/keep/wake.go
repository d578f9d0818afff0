package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// few is how many marked people are worth a run of their own.
const few = 50

// lookBack is how many runs of the door are searched for the last full one.
const lookBack = 200

// Wake is what the keeper's wake row asks for: first the people that were marked, and of whom something was left open, fast;
// then everyone, when something was read since the last full run or its time has come. It returns when it is to be woken next.
func (k *Keeper) Wake(ctx context.Context, lease store.Lease) (cardea.Instant, error) {
	k.Lease = &lease
	dirty, err := k.Store.Dirty(ctx, k.Door)
	if err != nil {
		return 0, failed("see who was marked", err)
	}
	full, next, err := k.fullDue(ctx)
	if err != nil {
		return 0, err
	}
	if !full { // a run of everyone begins with it
		left, others, later, err := k.left(ctx)
		if err != nil {
			return 0, err
		}
		full, next = others, earliest(next, later)
		dirty = append(dirty, left...)
		slices.Sort(dirty)
		dirty = slices.Compact(dirty)
	}
	if len(dirty) > 0 && len(dirty) <= few && !slices.ContainsFunc(dirty, beyondPeople) {
		r, err := k.Run(ctx, Options{People: dirty})
		if err != nil {
			return r.Next, err
		}
		next = earliest(next, r.Next)
		full = full || awaitsRead(r.Held) // of how many the marked people are many, only a run of everyone can tell
	} else if len(dirty) > 0 {
		full = true
	}
	if full {
		k.overtakes = &overtaking{done: map[cardea.PersonID]int64{}}
		r, err := k.Run(ctx, Options{Yields: true})
		k.overtakes = nil
		if err != nil {
			return r.Next, err
		}
		next = r.Next
	}
	if err := k.Store.ClearDirty(ctx, lease); err != nil {
		return next, failed("clear who was marked", err)
	}
	return next, nil
}

// beyondPeople says whether a mark names something that may touch anybody: a team, a plan, a room.
func beyondPeople(id cardea.PersonID) bool {
	_, k, ok := id.Split()
	return !ok || k.Kind != cardea.KindPerson && k.Kind != cardea.KindVisitor
}

// fullDue says whether everyone is to be looked at, and otherwise when: nothing was ever run, its time has come, or a
// full read of a space connection came in since.
func (k *Keeper) fullDue(ctx context.Context) (bool, cardea.Instant, error) {
	r, ran, fellBack, err := k.lastWhole(ctx)
	if err != nil {
		return false, 0, err
	}
	next := cardea.Instant(r.Counts[countNext])
	if fellBack && r.Started <= k.now().Add(-again) {
		return true, 0, nil // what was done by the clock that was ahead is looked at, though not at every mark
	}
	if !ran || next <= k.now() || k.Edited >= r.Started || r.Outcome == Failed || r.Outcome == Incomplete {
		return true, 0, nil
	}
	if turned, err := k.turned(ctx, r.Started); err != nil || turned {
		return turned, 0, err
	}
	for _, i := range k.Integrations {
		// Not "since the run began": a reading that began before it may have come to its end after it.
		at, err := k.newest(ctx, i.Space)
		if err != nil || at > cardea.Instant(r.Counts[countRead+i.Space]) {
			return err == nil, 0, err
		}
	}
	return false, next, nil
}

// lastWhole is the newest run of this door that looked at everyone and came to its end. FellBack says that there are newer ones,
// by a clock that was ahead of the one of now.
func (k *Keeper) lastWhole(ctx context.Context) (last store.Run, ran, fellBack bool, err error) {
	runs, err := k.Store.RunsOf(ctx, k.Door, store.WakeKeep, lookBack)
	if err != nil {
		return store.Run{}, false, false, failed("see when the last run was", err)
	}
	for _, r := range runs {
		if r.Started > k.now() {
			fellBack = true
		} else if r.Ended != 0 && Whole(r) {
			return r, true, fellBack, nil
		}
	}
	return store.Run{}, false, fellBack, nil
}
