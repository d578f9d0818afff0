package keep_test

import (
	"slices"
	"testing"
	"time"

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

// given is a site where somebody said that Ana's account is Kim's and not hers, though it bears her address.
func given(t *testing.T, s *store.Store) (b *site, account cardea.AccountID) {
	t.Helper()
	b = newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "kim")...)
	b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-kim"})
	b.sync()
	e, _ := b.door.Edge("General", "ana@x.test")
	one := cardea.Decision{ID: "1", Conflict: "c", Door: "kisi", Person: ana, Account: e.Account, By: "olga", At: b.at}
	two := one
	two.ID, two.Together, two.Person = "2", true, "rnd/person:kim"
	if err := b.ws.SaveDecisions(t.Context(), []cardea.Decision{one, two}, nil); err != nil {
		t.Fatal(err)
	}
	b.space.Put(agreement("kim"))
	b.sync()
	b.sync()
	if _, there := b.door.Edge("General", "ana@x.test"); !there {
		t.Fatal("Kim is not let in with the account that was Ana's")
	}
	return b, e.Account
}

func (b *site) block(p cardea.PersonID) keep.Report {
	b.t.Helper()
	b.at = b.at.Add(time.Minute)
	block := cardea.Block{Person: p, Note: "lost card", By: "olga", Since: b.at, Until: cardea.Never}
	if err := b.ws.SaveBlock(b.t.Context(), block, nil); err != nil {
		b.t.Fatal(err)
	}
	return b.run(keep.Options{Sweep: true})
}

func TestABlockDoesNotReachAnAccountThatWasSaidToBeSomebodyElses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, account := given(t, s)
		r := b.block(ana)
		for _, res := range r.Applied.Results {
			if res.Op.Account == account {
				t.Errorf("Kim's: %s of %s for %s", res.Op.Verb, res.Op.Group, res.Op.Cause)
			}
		}
		if _, there := b.door.Edge("General", "ana@x.test"); !there {
			t.Error("Kim is out because Ana is blocked")
		}
	})
}

func TestABlockThatDoesNotGoThroughIsToldOfAnAccountThatWasSaidToBeTheirs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, account := given(t, s)
		b.door.Lie(true)
		b.block("rnd/person:kim")
		b.at = b.at.Add(2 * time.Minute)
		b.try(keep.Options{})
		issues, err := b.ws.Issues(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(issues, func(i store.IssueRow) bool {
			return i.Issue.Code == "blocked-but-in" && i.Issue.Account == account && i.Issue.Person == "rnd/person:kim"
		})
		if !told {
			t.Errorf("nobody is told that Kim is still in: %+v", issues)
		}
	})
}
