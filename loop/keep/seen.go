package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// seen tells which operations the last whole run held, if what gave them was read completely since (RULES.md 5.3). It looks
// when it is first asked: hardly any plan does. What cannot be looked up was not seen.
func (k *Keeper) seen(ctx context.Context) func(cardea.OpKey) bool {
	var held map[cardea.OpKey]bool
	return func(key cardea.OpKey) bool {
		if held == nil {
			held = k.heldBefore(ctx)
		}
		return held[key]
	}
}

func (k *Keeper) heldBefore(ctx context.Context) map[cardea.OpKey]bool {
	held := map[cardea.OpKey]bool{}
	last, ran, _, err := k.lastWhole(ctx)
	if err != nil || !ran {
		return held
	}
	again := map[string]bool{} // integrations whose space connection was read completely since
	for _, in := range k.Integrations {
		collections, err := k.Store.Collections(ctx, in.Space)
		if err != nil {
			return held
		}
		again[in.Settings.Integration] = !slices.ContainsFunc(collections, func(c store.Collection) bool {
			return c.CompleteAt <= last.Started
		})
	}
	ops, err := k.Store.RunOperations(ctx, last.ID)
	if err != nil {
		return held
	}
	for _, o := range ops {
		if o.Op.Held != nil && witnessed(&o.Op, last.Outcome) && reread(o.Op.Reasons, again) {
			held[o.Op.Key] = true
		}
	}
	return held
}

// witnessed says whether it was a complete reading that said so when the operation was held. Where not everything was read, what
// waits for evidence may wait for just that.
func witnessed(o *cardea.Operation, outcome string) bool {
	return outcome == Held || o.Held.Code == cardea.HeldBlink
}

// reread says whether all that gave these reasons was read again: another space system that cannot be read is no matter. Of
// what has no reasons that is not known.
func reread(rs []cardea.Reason, again map[string]bool) bool {
	for _, yes := range again {
		if !yes && len(rs) == 0 {
			return false
		}
	}
	return !slices.ContainsFunc(rs, func(r cardea.Reason) bool { yes, known := again[r.Integration]; return known && !yes })
}
