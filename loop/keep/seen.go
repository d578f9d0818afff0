package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// seen tells which operations the last whole run held, if every space connection was read completely since (RULES.md
// 5.3). It looks when it is first asked: hardly any plan does. What cannot be looked up was not seen.
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
	if err != nil || !ran || last.Outcome != Held {
		return held
	}
	for _, in := range k.Integrations {
		collections, err := k.Store.Collections(ctx, in.Space)
		if err != nil || slices.ContainsFunc(collections, func(c store.Collection) bool { return c.CompleteAt <= last.Started }) {
			return held
		}
	}
	ops, err := k.Store.RunOperations(ctx, last.ID)
	if err != nil {
		return held
	}
	for _, o := range ops {
		if o.Op.Held != nil {
			held[o.Op.Key] = true
		}
	}
	return held
}
