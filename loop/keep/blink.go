package keep

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// blinkAgain is how soon the space side is read again when one read would take access from unusually many people.
const blinkAgain = time.Minute

// lookAgain has the space side read again soon when something waits for that (RULES.md 5.5).
func (k *Keeper) lookAgain(ctx context.Context, r *Report) error {
	if !awaitsRead(r.Held) {
		return nil
	}
	var marks []store.Mark
	for _, in := range k.Integrations {
		marks = append(marks, store.Mark{Unit: in.Space, Kind: store.WakeRead, At: k.now().Add(blinkAgain)})
	}
	if err := k.Store.MarkWake(ctx, marks...); err != nil {
		return failed("have the space side read again", err)
	}
	return nil
}

// awaitsRead says whether something waits because one read takes it from unusually many people.
func awaitsRead(held []cardea.Operation) bool {
	return slices.ContainsFunc(held, func(o cardea.Operation) bool { return o.Held.Code == cardea.HeldBlink })
}
