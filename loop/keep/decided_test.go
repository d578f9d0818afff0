package keep_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// settled is a site where Ana has two accounts of one address, and somebody said that the second is hers and not the first.
func settled(t *testing.T, s *store.Store) (b *site, second cardea.AccountID) {
	t.Helper()
	b = newSite(t, s, members("ana", "bob", "cyd", "dan", "eve")...)
	b.sync()
	first, _ := b.door.Edge("General", "ana@x.test")
	second = b.door.Put(" ana@x.test", cardea.Forever, "General")
	if said := b.sync().After.Conflicts; len(said) != 1 || said[0].Kind != cardea.ConflictTwoAccounts {
		t.Fatalf("conflicts: %+v", said)
	}
	one := cardea.Decision{ID: "1", Conflict: "c", Door: "kisi", Together: true, Person: ana, Account: second, By: "olga", At: b.at}
	two := one
	two.ID, two.Together, two.Account = "2", false, first.Account
	if err := b.ws.SaveDecisions(t.Context(), []cardea.Decision{one, two}, nil); err != nil {
		t.Fatal(err)
	}
	b.sync()
	return b, second
}

func TestAnUndoKnowsWhoseAnAccountWasSaidToBe(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, second := settled(t, s)
		start := b.at.Add(2 * interval)
		b.space.Put(cardea.Booking{ID: "b", Resource: "elephant", Location: "l", Person: "ana", Start: start, End: start + cardea.Hour})
		run := b.sync()
		in := func() bool { _, there := b.door.Edge("Elephant", " ana@x.test"); return there }
		if !in() {
			t.Fatalf("she is not let into the room: %s", said(run.After.Changeset.Operations))
		}
		u, err := b.keeper.Undo(t.Context(), run.Run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if ops := u.Changeset.Operations; len(ops) != 1 || ops[0].Verb != cardea.VerbRemove || ops[0].Account != second || len(u.Left) != 0 {
			t.Fatalf("it would do %s, and leave %+v", said(ops), u.Left)
		}
		keys := map[cardea.OpKey]bool{u.Changeset.Operations[0].Key: true}
		if _, err := b.keeper.ApplyUndo(t.Context(), run.Run.ID, keys, "olga"); err != nil || in() {
			t.Errorf("still there: %v, %v", in(), err)
		}
	})
}

func TestLeavingKnowsWhoseAnAccountWasSaidToBe(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, second := settled(t, s)
		annex := settings()
		annex.Integration, annex.Mappings = "annex", []cardea.Mapping{{Kind: cardea.ItemPlans, Item: "hot", Groups: []cardea.GroupID{"Other"}}}
		b.keeper.Integrations = []keep.Integration{{Settings: annex, Space: "rnd"}}
		l, err := b.keeper.Leave(t.Context(), keep.Parting{
			Integration: "london", Mine: []cardea.GroupID{"General", "Elephant"}, Take: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		goes := slices.ContainsFunc(l.Changeset.Operations, func(o cardea.Operation) bool {
			return o.Verb == cardea.VerbRemove && o.Group == "General" && o.Account == second
		})
		if !goes || len(l.Stays) != 0 {
			t.Errorf("it takes away%s\nand leaves %+v", said(l.Changeset.Operations), l.Stays)
		}
	})
}
