package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// Swept is what a listing of the door side found beside what is there.
type Swept struct {
	Before cardea.Instant // the listing before it, 0 = there was none
	// Others counts the accounts and entries that somebody else added or took away since: what Cardea did, and what hooks told of,
	// was known before.
	Others int
}

// others counts what is different in a listing from what was known, in what was listed before. A listing that did not come whole
// says nothing of what is gone.
func others(was store.DoorState, c store.DoorChange) int {
	if was.ReadAt == 0 {
		return 0
	}
	n := apart(keysOf(was.Accounts), keysOf(c.Accounts), c.AccountsWhole)
	listed := func(e cardea.Edge) bool { return was.EdgesAt[e.Group] != 0 }
	lasts := func(e cardea.Edge) bool { // what is over by itself may be tidied away
		return slices.Contains(c.EdgesOf, e.Group) && e.Window.Until > c.At
	}
	known, now := map[spot]bool{}, map[spot]bool{}
	for _, e := range was.Edges {
		known[spot{e.Group, e.Account}] = true
	}
	for _, e := range c.Edges {
		at := spot{e.Group, e.Account}
		if now[at] = true; listed(e) && !known[at] {
			n++
		}
	}
	for _, e := range was.Edges {
		if listed(e) && lasts(e) && !now[spot{e.Group, e.Account}] {
			n++
		}
	}
	return n
}

// apart counts the ids that are on one of two sorted lists alone.
func apart(was, now []string, gone bool) int {
	n := 0
	for _, id := range now {
		if _, known := slices.BinarySearch(was, id); !known {
			n++
		}
	}
	if !gone {
		return n
	}
	for _, id := range was {
		if _, still := slices.BinarySearch(now, id); !still {
			n++
		}
	}
	return n
}

// hear tells who listens what a listing found. What they ask the vendor waits as a listing does.
func (k *Keeper) hear(ctx context.Context, seen Seen) error {
	if k.Heard == nil {
		return nil
	}
	return k.Heard(wire.WithUrgency(ctx, wire.Urgency{Level: wire.Sweep}), seen.Swept)
}
