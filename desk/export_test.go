package desk

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
)

// Leased does nothing on a unit, under its lease.
func Leased(d *Desk, ctx context.Context, unit, kind string) error {
	return d.leased(ctx, unit, kind, func(context.Context, *store.Lease) (cardea.Instant, error) { return cardea.Never, nil })
}

// Owners says whose a code is.
func Owners(state store.DoorState, c door.Code) []cardea.PersonID { return owners(state)(c) }

// ReleasableCodes are the guards that stand back when a person says so.
func ReleasableCodes() []cardea.HoldCode { return releasable }
