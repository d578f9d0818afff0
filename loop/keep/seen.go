package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// recent is how many runs are looked through for the last one of this door.
const recent = 100

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
	runs, err := k.Store.Runs(ctx, recent)
	if err != nil {
		return held
	}
	i := slices.IndexFunc(runs, func(r store.Run) bool {
		return r.Unit == k.Door && r.Kind == store.WakeKeep && r.Ended != 0 && Whole(r)
	})
	if i < 0 || runs[i].Outcome != Held {
		return held
	}
	for _, in := range k.Integrations {
		collections, err := k.Store.Collections(ctx, in.Space)
		if err != nil || slices.ContainsFunc(collections, func(c store.Collection) bool { return c.CompleteAt <= runs[i].Started }) {
			return held
		}
	}
	ops, err := k.Store.RunOperations(ctx, runs[i].ID)
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
