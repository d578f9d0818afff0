package read

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Archive is what forgetting needs kept.
type Archive interface {
	Directory(ctx context.Context, connection string) (cardea.Directory, error)
	DoorState(ctx context.Context, door string) (store.DoorState, error)
	ForgetFacts(ctx context.Context, connection string, keys []cardea.Key, l *store.Lease) (int, error)
}

var _ Archive = (*store.Workspace)(nil)

// Forget takes away records that were over or gone before an instant: bookings, of a series the last of them, and whatever of
// passes, assignments and agreements the vendor does not have any more. What an entry at a door still rests on stays, what
// another record names, and what a listing asks for. It returns how many went.
func (r *Reader) Forget(ctx context.Context, s Archive, before cardea.Instant) (int, error) {
	before = min(before, cardea.At(r.Now()).Add(-r.Lag-48*time.Hour))
	dir, err := s.Directory(ctx, r.Connection)
	if err != nil {
		return 0, fmt.Errorf("could not see what is over at %s: %w", r.Connection, err)
	}
	rests := map[cardea.Key]bool{}
	for _, door := range r.Doors {
		state, err := s.DoorState(ctx, door)
		if err != nil {
			return 0, fmt.Errorf("could not see what the entries at %s rest on: %w", door, err)
		}
		for _, row := range state.Ledger {
			for _, reason := range row.Reasons {
				rests[reason.Record] = true
				for _, k := range reason.Via {
					rests[k] = true
				}
			}
		}
	}
	for _, k := range dir.Unsure {
		rests[k] = true
	}
	var keys []cardea.Key
	for _, b := range dir.Bookings {
		if !rests[b.Key()] && !Within(b, cardea.Window{From: before, Until: cardea.Never}) && b.Start < before {
			keys = append(keys, b.Key())
		}
	}
	for _, g := range dir.Gone {
		if !rests[g.Key] && g.Since < before {
			keys = append(keys, g.Key)
		}
	}
	if len(keys) == 0 {
		return 0, nil
	}
	n, err := s.ForgetFacts(ctx, r.Connection, keys, r.Lease)
	if err != nil {
		return n, fmt.Errorf("could not forget what is over at %s: %w", r.Connection, err)
	}
	return n, nil
}
