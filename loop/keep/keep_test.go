package keep_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func wantMembers(t *testing.T, b *site, group string, ids ...string) {
	t.Helper()
	var want []string
	for _, id := range ids {
		want = append(want, id+"@x.test")
	}
	if d := cmp.Diff(want, b.door.Members(group)); d != "" {
		t.Errorf("members of %s (-want +got):\n%s", group, d)
	}
}

func TestTheFirstRunBringsEveryoneInAndTheSecondWritesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob")...)
		b.space.Put(person("cyd"))
		first := b.sync()
		wantMembers(t, b, "General", "ana", "bob")
		if b.door.Accounts() != 2 {
			t.Errorf("%d accounts for two people with access", b.door.Accounts())
		}
		if first.Run.Outcome != keep.InStep {
			t.Errorf("outcome %q (%s): %s", first.Run.Outcome, first.Run.Detail, said(first.After.Changeset.Operations))
		}
		if first.Applied.Confirmed != 4 || first.Applied.Open != 0 {
			t.Errorf("applied: %+v", first.Applied)
		}
		for _, a := range b.door.Made() {
			if a.Mails != cardea.MailsNever {
				t.Errorf("the first run tells %s: %s", a.Email, a.Mails)
			}
		}
		writes := b.door.Writes()
		second := b.sync()
		if n := b.door.Writes() - writes; n != 0 || len(second.Plan.Changeset.Operations) != 0 {
			t.Errorf("the second run wrote %d times: %s", n, said(second.Plan.Changeset.Operations))
		}
		if second.Run.Outcome != keep.InStep {
			t.Errorf("outcome %q (%s)", second.Run.Outcome, second.Run.Detail)
		}
	})
}

func TestPreviewWritesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana")...)
		b.read()
		if _, err := b.keeper.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		p, err := b.keeper.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Changeset.Going()) != 2 {
			t.Errorf("planned %s", said(p.Changeset.Operations))
		}
		if b.door.Writes() != 0 {
			t.Errorf("a preview wrote: %v", b.door.Calls())
		}
		r := b.run(keep.Options{})
		if r.Plan.Changeset.Hash != p.Changeset.Hash {
			t.Error("what is applied is not what was previewed")
		}
	})
}

func TestALeaverIsOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ana := person("ana")
		ana.Team = "acme"
		b := newSite(t, s, append(members("bob", "cyd", "dan", "eve"), ana,
			cardea.Team{ID: "acme", Name: "Acme", Status: cardea.Present},
			cardea.Agreement{ID: "m-acme", Team: "acme", Plan: "hot", Location: "l", Approved: true,
				Start: cardea.Day{At: now - 240*cardea.Hour, Set: true}})...)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
		ana.Status, ana.Raw = cardea.Left, "former"
		b.space.Put(ana)
		r := b.sync()
		wantMembers(t, b, "General", "bob", "cyd", "dan", "eve")
		ops := r.Plan.Changeset.Operations
		if len(ops) != 1 || ops[0].Cause != cardea.CauseLeft {
			t.Errorf("planned %s", said(ops))
		}
		if b.door.Accounts() != 5 {
			t.Errorf("%d accounts: none is ever deleted", b.door.Accounts())
		}
	})
}

func TestAStrayGoesInTheRunThatSeesIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve")...)
		b.sync()
		b.door.Put("stray@x.test", cardea.Forever, "General", "Other")
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
		wantMembers(t, b, "Other", "stray")
	})
}

func TestAStrayOfTheFirstRunWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve")...)
		b.door.Put("stray@x.test", cardea.Forever, "General")
		for range 3 {
			r := b.sync()
			if r.Run.Outcome != keep.Held {
				t.Fatalf("outcome %q", r.Run.Outcome)
			}
			wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "stray")
		}
	})
}

func TestNobodyLosesAccessWhileAListingIsBroken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "fay")...)
		b.sync()
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-fay"})
		b.space.Trouble(cardea.KindAgreement, cardea.Errorf(cardea.Retry, "503"))
		for range 3 {
			r := b.sync()
			wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "fay")
			if r.Run.Outcome != keep.Incomplete {
				t.Fatalf("outcome %q", r.Run.Outcome)
			}
		}
		b.space.Trouble(cardea.KindAgreement, nil)
		r := b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
		if r.Run.Outcome != keep.InStep {
			t.Errorf("outcome %q (%s)", r.Run.Outcome, r.Run.Detail)
		}
	})
}

func TestAKnownEndWaitsWhileAnotherCollectionIsUnread(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "fay")...)
		b.sync()
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-fay"})
		b.space.Trouble(cardea.KindAssignment, cardea.Errorf(cardea.Retry, "503"))
		b.space.Trouble(cardea.KindPerson, cardea.Errorf(cardea.Retry, "503"))
		r := b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "fay")
		if len(r.Held) != 1 || r.Held[0].Held.Code != cardea.HeldEvidence {
			t.Errorf("held %s", said(r.Held))
		}
		b.space.Trouble(cardea.KindAssignment, nil)
		b.space.Trouble(cardea.KindPerson, nil)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
	})
}

func TestAnEmptyListTakesNobodyOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd")...)
		b.sync()
		b.space.Empty(cardea.KindAgreement, true)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd")
		// The second reading agrees, but by id the vendor still shows every agreement.
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd")
	})
}

func TestABookingOpensAndClosesOnTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := now.Add(3 * time.Hour)
		b := newSite(t, s, person("ana"), cardea.Booking{
			ID: "b", Resource: "elephant", Location: "l", Person: "ana", Start: start, End: start + cardea.Hour,
		})
		b.sync()
		want := cardea.Window{From: start - 15*cardea.Minute, Until: start + 75*cardea.Minute}
		e, ok := b.door.Edge("Elephant", "ana@x.test")
		if !ok || e.Window != want {
			t.Fatalf("staged %+v (%v), want %+v", e.Window, ok, want)
		}
		b.space.Put(cardea.Booking{
			ID: "b", Resource: "elephant", Location: "l", Person: "ana", Start: start, End: start + 2*cardea.Hour,
		})
		r := b.sync()
		want.Until = start + 135*cardea.Minute
		if e, ok = b.door.Edge("Elephant", "ana@x.test"); !ok || e.Window != want {
			t.Fatalf("extended to %+v (%v), want %+v", e.Window, ok, want)
		}
		if len(r.Plan.Changeset.Operations) != 1 || r.Plan.Changeset.Operations[0].Verb != cardea.VerbRetime {
			t.Errorf("planned %s", said(r.Plan.Changeset.Operations))
		}
		b.at = want.Until
		b.sync()
		if e, ok := b.door.Edge("Elephant", "ana@x.test"); ok {
			t.Errorf("it is over and still there: %+v", e)
		}
	})
}

func TestAFailingGroupDoesNotBlockTheOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob")...)
		b.keeper.Integrations[0].Settings.Mappings[0].Groups = []cardea.GroupID{"Gone", "General"}
		r := b.sync()
		wantMembers(t, b, "General", "ana", "bob")
		if !slices.ContainsFunc(r.Issues, func(i cardea.Issue) bool { return i.Group == "Gone" }) {
			t.Errorf("nobody is told that the group is gone: %+v", r.Issues)
		}
	})
}

func TestWrongCredentialsStopTheRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd")...)
		b.at = b.at.Add(interval)
		b.read()
		b.door.Fault(failWrites(2, cardea.Errorf(cardea.Auth, "the key was revoked")))
		r, err := b.keeper.Run(context.Background(), keep.Options{Sweep: true})
		if cardea.ClassOf(err) != cardea.Auth || r.Run.Outcome != keep.Failed {
			t.Fatalf("got %v, outcome %q", err, r.Run.Outcome)
		}
		if n := b.door.Writes(); n != 2 {
			t.Errorf("%d writes after the door was shut", n)
		}
		b.door.Fault(nil)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd")
		if b.door.Accounts() != 3 {
			t.Errorf("%d accounts for three people", b.door.Accounts())
		}
	})
}

func TestOnePersonIsPlannedLikeEveryone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd")...)
		b.sync()
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-ana"})
		b.space.Put(member("dan")...)
		b.at = b.at.Add(interval)
		b.read()
		whole, err := b.keeper.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var parts []cardea.Operation
		for _, id := range []cardea.PersonID{"rnd/person:ana", "rnd/person:bob", "rnd/person:cyd", "rnd/person:dan"} {
			p, err := b.keeper.PlanFor(context.Background(), []cardea.PersonID{id})
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, p.Changeset.Operations...)
		}
		if len(whole.Changeset.Operations) != 3 || cardea.HashOf(parts) != cardea.HashOf(whole.Changeset.Operations) {
			t.Errorf("together %s\nalone %s", said(whole.Changeset.Operations), said(parts))
		}
		r := b.run(keep.Options{People: []cardea.PersonID{"rnd/person:dan"}})
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan")
		if r.Run.Outcome != keep.InStep {
			t.Errorf("outcome %q (%s)", r.Run.Outcome, r.Run.Detail)
		}
	})
}

func TestWakeRunsTheMarkedPeopleAndSleepsUntilTheNextChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := now.Add(3 * time.Hour)
		b := newSite(t, s, append(members("ana"), person("bob"), cardea.Booking{
			ID: "b", Resource: "elephant", Location: "l", Person: "bob", Start: start, End: start + cardea.Hour,
		})...)
		b.keeper.SweepEvery = 24 * time.Hour
		b.sync()
		ctx := context.Background()
		lease, err := b.ws.ClaimOne(ctx, "kisi", store.WakeKeep, "me", b.at, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		next, err := b.keeper.Wake(ctx, lease)
		if err != nil {
			t.Fatal(err)
		}
		if next <= b.at || next > start+75*cardea.Minute {
			t.Errorf("sleeps until %v, now %v, the booking ends %v", next, b.at, start+75*cardea.Minute)
		}
		calls := len(b.door.Calls())
		if _, err := b.keeper.Wake(ctx, lease); err != nil {
			t.Fatal(err)
		}
		if n := len(b.door.Calls()) - calls; n != 0 {
			t.Errorf("nothing happened, and the door system was asked %d times", n)
		}
	})
}

func TestExplainSaysYesNoNotYetAndNoLonger(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := now.Add(3 * time.Hour)
		b := newSite(t, s, append(members("ana", "cyd", "dan"), person("bob"), cardea.Booking{
			ID: "b", Resource: "elephant", Location: "l", Person: "bob", Start: start, End: start + cardea.Hour,
		})...)
		b.sync()
		ask := func(id, group string, at cardea.Instant) keep.Answer {
			t.Helper()
			a, err := b.keeper.Explain(context.Background(), cardea.PersonID("rnd/person:"+id), cardea.GroupID(group), at)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if a := ask("ana", "General", b.at); !a.Open || !a.Passes || len(a.Ledger) != 1 || a.Account == nil {
			t.Errorf("yes: open %v, passes %v, ledger %v", a.Open, a.Passes, a.Ledger)
		}
		if a := ask("ana", "Elephant", b.at); a.Open || a.Passes || a.Next != nil {
			t.Errorf("no: open %v, passes %v, next %v", a.Open, a.Passes, a.Next)
		}
		if a := ask("bob", "Elephant", b.at); a.Open || a.Passes || a.Next == nil || a.Next.From != start-15*cardea.Minute {
			t.Errorf("not yet: open %v, passes %v, next %v", a.Open, a.Passes, a.Next)
		}
		ended := b.at
		b.space.Put(cardea.Agreement{ID: "m-ana", Person: "ana", Plan: "hot", Location: "l", Approved: true,
			Start: cardea.Day{At: now - 240*cardea.Hour, Set: true}, End: cardea.Day{At: now - 48*cardea.Hour, Set: true}})
		b.sync()
		a := ask("ana", "General", b.at)
		if a.Open || a.Passes || len(a.Ledger) != 1 || a.Ledger[0].EndedAt <= ended || a.Ledger[0].Ended != cardea.CauseEnded {
			t.Errorf("no longer: open %v, passes %v, ledger %+v", a.Open, a.Passes, a.Ledger)
		}
		_, err := b.keeper.Explain(context.Background(), "rnd/person:nobody", "General", b.at)
		if cardea.ClassOf(err) != cardea.NotFound {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestAListingOfTheDoorSideThatLacksMostIsNotBelievedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "fay")...)
		b.sync()
		for _, id := range []string{"ana", "bob", "cyd", "dan", "eve", "fay"} {
			if e, ok := b.door.Edge("General", id+"@x.test"); ok {
				b.door.Take("General", e.Account)
			}
		}
		writes := b.door.Writes()
		if r := b.run(keep.Options{Sweep: true}); r.Run.Outcome != keep.Incomplete || b.door.Writes() != writes {
			t.Errorf("outcome %q, %d writes", r.Run.Outcome, b.door.Writes()-writes)
		}
		b.at = b.at.Add(interval)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "fay")
	})
}
