package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestABlockIsKeptMarkedAndLifted(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		marks := []store.Mark{{Unit: doors, Kind: store.WakeKeep, At: noon}}
		b := cardea.Block{
			Person: "rnd/person:ana", Name: "Ana", Email: "ana@x.test", Note: "lost badge", By: "olga", Since: noon, Until: cardea.Never,
		}
		must(t, w.SaveBlock(ctx, b, marks))
		same(t, "blocks", ok(w.Blocks(ctx)), []cardea.Block{b})
		same(t, "dirty", ok(w.Dirty(ctx, doors)), []cardea.PersonID{b.Person})
		same(t, "due", ok(s.NextWake(ctx, []string{store.WakeKeep})), noon)
		// What is in force began when it began.
		again := b
		again.Since, again.Until, again.Note = noon+5, noon+9, "found it"
		must(t, w.SaveBlock(ctx, again, nil))
		again.Since = noon
		same(t, "blocks", ok(w.Blocks(ctx)), []cardea.Block{again})
		same(t, "too late", ok(w.LiftBlock(ctx, b.Person, "bob", noon+9, nil)), false)
		same(t, "nobody", ok(w.LiftBlock(ctx, "rnd/person:bob", "bob", noon+7, nil)), false)
		same(t, "lifted", ok(w.LiftBlock(ctx, b.Person, "bob", noon+7, marks)), true)
		again.Until = noon + 7
		same(t, "history", ok(w.Blocks(ctx)), []cardea.Block{again})
		if again.Holds(noon+7) || !again.Holds(noon+6) {
			t.Error("it ends when it was lifted")
		}
		b.Since = noon + 20
		must(t, w.SaveBlock(ctx, b, nil))
		same(t, "anew", ok(w.Blocks(ctx)), []cardea.Block{b})
		var told []string
		for _, l := range ok(w.Audit(ctx, 9)) {
			told = append(told, l.Who+" "+l.What)
		}
		same(t, "audit", told, []string{"olga block", "bob unblock", "olga block", "olga block"})
		must(t, w.VerifyAudit(ctx))
	})
}

func TestAFreezeIsKeptMarkedAndLifted(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		marks := []store.Mark{{Unit: doors, Kind: store.WakeKeep, At: noon}}
		london := cardea.Freeze{Integration: "london", Reason: "rewiring", By: "olga", Since: noon, Until: noon + 9}
		all := cardea.Freeze{Reason: "moving", By: "bob", Since: noon + 1, Until: cardea.Never}
		must(t, w.SaveFreeze(ctx, london, marks))
		must(t, w.SaveFreeze(ctx, all, nil))
		same(t, "due", ok(s.NextWake(ctx, []string{store.WakeKeep})), noon)
		same(t, "freezes", ok(w.Freezes(ctx)), []cardea.Freeze{all, london})
		same(t, "over", ok(w.LiftFreeze(ctx, "london", "olga", noon+9, nil)), false)
		same(t, "lifted", ok(w.LiftFreeze(ctx, "", "olga", noon+5, marks)), true)
		all.Until = noon + 5
		same(t, "history", ok(w.Freezes(ctx)), []cardea.Freeze{all, london})
		if lines := ok(w.Audit(ctx, 9)); len(lines) != 3 || lines[0].What != "unfreeze" || lines[2].What != "freeze" {
			t.Errorf("audit: %+v", lines)
		}
	})
}
