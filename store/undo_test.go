package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestWhatWasUndoneIsRememberedAndItsApprovalEnds(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := context.Background()
		other := s.In("other")
		furnish(t, other)
		for _, one := range []*store.Workspace{w, other} {
			must(t, one.Approve(ctx, doors, nil, []cardea.OpKey{"k1", "k2", "k3"}, "ada", noon))
		}
		us := []store.Undone{
			{Key: "k2", Group: "A", Account: "a2", Verb: cardea.VerbRemove}, {Key: "k1", Group: "A", Account: "a1", Verb: cardea.VerbAdd},
			{Key: "k1", Group: "A", Account: "a1", Verb: cardea.VerbAdd},
		}
		must(t, w.SaveUndone(ctx, doors, "r1", us, store.Undone{Run: "r2", Who: "ada", At: noon}, nil))
		must(t, w.SaveUndone(ctx, doors, "r1", us[1:2], store.Undone{Run: "r3", Who: "bob", At: noon + 1}, nil))
		want := []store.Undone{
			{Key: "k1", Group: "A", Account: "a1", Verb: cardea.VerbAdd, Run: "r3", Who: "bob", At: noon + 1},
			{Key: "k2", Group: "A", Account: "a2", Verb: cardea.VerbRemove, Run: "r2", Who: "ada", At: noon},
		}
		if d := cmp.Diff(want, ok(w.Undone(ctx, doors))); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(map[cardea.OpKey]bool{"k3": true}, ok(w.Approved(ctx, doors))); d != "" {
			t.Errorf("what was approved before: %s", d)
		}
		if a := ok(w.Audit(ctx, 9)); a[0].What != "undo" && a[len(a)-1].What != "undo" {
			t.Errorf("no audit line tells of it: %+v", a)
		}
		must(t, w.Approve(ctx, doors, nil, []cardea.OpKey{"k1"}, "ada", noon+2))
		if !ok(w.Approved(ctx, doors))["k1"] {
			t.Error("what was undone cannot be released")
		}
		must(t, w.ForgetUndone(ctx, doors, []cardea.OpKey{"k1", "none"}, nil))
		must(t, w.ForgetUndone(ctx, doors, nil, nil))
		if d := cmp.Diff(want[1:], ok(w.Undone(ctx, doors))); d != "" {
			t.Error(d)
		}
		if n := len(ok(other.Undone(ctx, doors))); n != 0 || len(ok(other.Approved(ctx, doors))) != 3 {
			t.Errorf("another workspace has %d rows", n)
		}
	})
}
