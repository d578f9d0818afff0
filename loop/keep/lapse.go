package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// lapse takes approvals back that a whole run, resting on complete readings, has no use for: what a person released once must
// not pass the guards when the very same thing comes up again some day.
func (k *Keeper) lapse(ctx context.Context, r *Report) error {
	if len(r.After.Blind) > 0 || r.Seen != nil && !r.Seen.Complete {
		return nil
	}
	approved, err := k.Store.Approved(ctx, k.Door)
	if err != nil || len(approved) == 0 {
		return err //nolint:wrapcheck // the store says what could not be read
	}
	for _, o := range r.After.Changeset.Operations {
		delete(approved, o.Key)
	}
	for _, res := range slices.Concat(r.Recovered.Results, r.Applied.Results) {
		if res.State == store.OpSent || res.State == store.OpSending {
			delete(approved, res.Op.Key)
		}
	}
	keys := make([]cardea.OpKey, 0, len(approved))
	for key := range approved {
		keys = append(keys, key)
	}
	if err := k.Store.DropApprovals(ctx, k.Door, keys); err != nil {
		return failed("take back what was approved and is no longer wanted", err)
	}
	return nil
}
