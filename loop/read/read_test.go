package read_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// bench is a reader on a store, with a clock that the test moves.
type bench struct {
	t     *testing.T
	ws    *store.Workspace
	space *looptest.Space
	at    cardea.Instant
	r     *read.Reader
}

func newBench(t *testing.T, s *store.Store, space *looptest.Space) *bench {
	t.Helper()
	b := &bench{t: t, ws: s.In("default"), space: space, at: now}
	for _, c := range []store.Connection{
		{Name: "rnd", Side: store.SideSpace, System: "fake"}, {Name: "kisi", Side: store.SideDoor, System: "fake"},
	} {
		if err := b.ws.SaveConnection(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	b.r = &read.Reader{
		Store: b.ws, System: space, Connection: "rnd", Doors: []string{"kisi"}, Interval: interval,
		Lag: 15 * time.Minute, Horizon: 24 * time.Hour, Now: func() time.Time { return b.at.Time() },
	}
	return b
}

// full reads everything and moves the clock by an interval.
func (b *bench) full() read.Report {
	b.t.Helper()
	rep, err := b.r.Full(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	b.at = b.at.Add(interval)
	return rep
}

func (b *bench) directory() cardea.Directory {
	b.t.Helper()
	d, err := b.ws.Directory(context.Background(), "rnd")
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func (b *bench) gone() []string {
	var out []string
	for _, g := range b.directory().Gone {
		out = append(out, g.Key.String()+" "+string(g.Cause))
	}
	return out
}

func world() *looptest.Space {
	return looptest.NewSpace(
		cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"},
		cardea.Plan{ID: "hot", Name: "Hot desk"},
		cardea.Team{ID: "t", Name: "Acme", Status: cardea.Present},
		cardea.Person{ID: "ana", Name: "Ana", Email: "ana@x.test", Team: "t", Status: cardea.Present},
		cardea.Person{ID: "bob", Name: "Bob", Email: "bob@x.test", Status: cardea.Present},
		cardea.Person{ID: "cyd", Name: "Cyd", Email: "cyd@x.test", Status: cardea.Present},
		cardea.Agreement{ID: "m1", Team: "t", Plan: "hot", Approved: true},
		cardea.Agreement{ID: "m2", Person: "bob", Plan: "hot", Approved: true},
		cardea.Agreement{ID: "m3", Person: "cyd", Plan: "hot", Approved: true},
	)
}

func TestAFullReadKeepsWhatCameAndWakesTheDoors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		rep := b.full()
		if !rep.Complete {
			t.Errorf("not complete: %+v", rep.Collections)
		}
		d := b.directory()
		if len(d.People) != 3 || len(d.Agreements) != 3 || len(d.Gone) != 0 {
			t.Errorf("kept %d people, %d agreements, gone %v", len(d.People), len(d.Agreements), d.Gone)
		}
		at, err := s.NextWake(context.Background(), []string{store.WakeKeep})
		if err != nil || at != now {
			t.Errorf("the door side wakes at %v (%v), want %v", at, err, now)
		}
		again := b.full()
		for _, c := range again.Collections {
			if c.Changed+c.Gone+c.Missing+c.Asked != 0 {
				t.Errorf("an equal read changed something: %+v", c)
			}
		}
	})
}

func TestA503MidListingRemovesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		b.space.Trouble(cardea.KindPerson, cardea.Errorf(cardea.Retry, "503"))
		b.space.Delete(cardea.Key{Kind: cardea.KindPerson, ID: "cyd"})
		b.space.Put(cardea.Person{ID: "ana", Name: "Ana Maria", Email: "ana@x.test", Team: "t", Status: cardea.Present})
		for range 3 {
			rep := b.full()
			if rep.Complete {
				t.Fatal("a listing that stopped on the way counts as complete")
			}
			if !slices.ContainsFunc(rep.Issues, func(i cardea.Issue) bool { return i.Code == "read-incomplete" }) {
				t.Fatalf("nobody is told: %v", rep.Issues)
			}
		}
		if g := b.gone(); len(g) > 0 {
			t.Errorf("gone: %v", g)
		}
		d := b.directory()
		if len(d.People) != 3 || d.People[0].Name != "Ana Maria" {
			t.Errorf("what came before the break is not kept: %+v", d.People)
		}
		b.space.Trouble(cardea.KindPerson, nil)
		b.full()
		if diff := cmp.Diff([]string{"person:cyd deleted"}, b.gone()); diff != "" {
			t.Errorf("after a complete read (-want +got):\n%s", diff)
		}
	})
}

func TestAnEmptyListRemovesNothingUntilASecondReadAnIntervalLater(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		b.space.Empty(cardea.KindAgreement, true)
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m3"})
		first := b.full()
		if first.Complete || len(b.gone()) > 0 {
			t.Fatalf("an empty list: complete %v, gone %v", first.Complete, b.gone())
		}
		b.at = b.at.Add(-interval / 2)
		if rep := b.full(); rep.Complete || len(b.gone()) > 0 {
			t.Fatalf("again, too soon: complete %v, gone %v", rep.Complete, b.gone())
		}
		b.full()
		// The second reading agrees; by id the vendor still shows two of the three.
		if diff := cmp.Diff([]string{"agreement:m3 deleted"}, b.gone()); diff != "" {
			t.Errorf("after the second reading (-want +got):\n%s", diff)
		}
	})
}

func TestARecordThatNobodyCanBeAskedForVanishesAfterTwoReads(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		b.space.Deaf(true)
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m3"})
		b.full()
		if len(b.gone()) > 0 {
			t.Fatalf("gone after one read: %v", b.gone())
		}
		b.full()
		if diff := cmp.Diff([]string{"agreement:m3 vanished"}, b.gone()); diff != "" {
			t.Errorf("after two reads (-want +got):\n%s", diff)
		}
		b.space.Put(cardea.Agreement{ID: "m3", Person: "cyd", Plan: "hot", Approved: true})
		b.full()
		if len(b.gone()) > 0 {
			t.Errorf("it came back and is gone: %v", b.gone())
		}
	})
}

func TestALeaversRowCountsOnceTheRecordSaysSo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		key := cardea.Key{Kind: cardea.KindPerson, ID: "ana"}
		b.space.Row(key, cardea.Person{ID: "ana", Name: "Ana", Email: "ana@x.test", Status: cardea.Left})
		b.full()
		if p := b.directory().People[0]; p.Status != cardea.Present || p.Team != "t" {
			t.Fatalf("a list row alone made a leaver: %+v", p)
		}
		b.space.Deaf(true)
		b.full()
		if d := b.directory(); d.People[0].Status != cardea.Present || !slices.Contains(d.Unsure, key) {
			t.Fatalf("nobody could be asked: %+v, unsure %v", d.People[0], d.Unsure)
		}
		b.space.Deaf(false)
		b.space.Put(cardea.Person{ID: "ana", Name: "Ana", Email: "ana@x.test", Team: "t", Status: cardea.Left})
		b.full()
		if d := b.directory(); d.People[0].Status != cardea.Left || len(d.Unsure) > 0 {
			t.Errorf("the record says that they left: %+v, unsure %v", d.People[0], d.Unsure)
		}
	})
}

func TestNothingCanBeReadAtAll(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		b.space.Down(cardea.Errorf(cardea.Auth, "the key was revoked"))
		rep, err := b.r.Full(context.Background())
		if cardea.ClassOf(err) != cardea.Auth || rep.Complete {
			t.Errorf("got %v, complete %v", err, rep.Complete)
		}
		cs, err := b.ws.Collections(context.Background(), "rnd")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cs {
			if c.Grade != cardea.Failed {
				t.Errorf("%s is %s", c.Kind, c.Grade)
			}
		}
		if len(b.gone()) > 0 {
			t.Errorf("gone: %v", b.gone())
		}
	})
}

func TestATargetedReadMarksThePeopleItTouches(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		ctx := context.Background()
		b.space.Put(cardea.Agreement{ID: "m2", Person: "cyd", Plan: "hot", Approved: true})
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m3"})
		if _, err := b.r.Of(ctx, []cardea.Key{{Kind: cardea.KindAgreement, ID: "m2"}}, nil); err != nil {
			t.Fatal(err)
		}
		dirty, err := b.ws.Dirty(ctx, "kisi")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]cardea.PersonID{"rnd/person:bob", "rnd/person:cyd"}, dirty); diff != "" {
			t.Errorf("dirty (-want +got):\n%s", diff)
		}
		if _, err := b.r.Of(ctx, []cardea.Key{{Kind: cardea.KindAgreement, ID: "m3"}}, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"agreement:m3 deleted"}, b.gone()); diff != "" {
			t.Errorf("an id that the vendor does not know (-want +got):\n%s", diff)
		}
	})
}

func TestAnUnknownIDIsNotDeletedWhileTheCollectionIsIncomplete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, world())
		b.full()
		b.space.Trouble(cardea.KindAgreement, cardea.Errorf(cardea.Retry, "503"))
		b.full()
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m3"})
		if _, err := b.r.Of(context.Background(), []cardea.Key{{Kind: cardea.KindAgreement, ID: "m3"}}, nil); err != nil {
			t.Fatal(err)
		}
		if len(b.gone()) > 0 {
			t.Errorf("gone: %v", b.gone())
		}
	})
}
