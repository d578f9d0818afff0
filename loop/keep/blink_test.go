package keep_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func folk(n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprintf("m%02d", i))
	}
	return ids
}

// callOff takes back the approval of the first n people's agreements.
func (b *site) callOff(n int) (keys []cardea.Key) {
	for _, id := range folk(n) {
		a := agreement(id)
		a.Approved = false
		b.space.Put(a)
		keys = append(keys, a.Key())
	}
	return keys
}

// A hook brings that twelve of eighty agreements are off: of those whom the hook names they are all, of the house they are few, and
// nobody has to ask again.
func TestWhatAHookSaysOfAFewOfManyDoesNotWait(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members(folk(80)...)...)
		b.keeper.SweepEvery = 24 * time.Hour
		b.sync()
		keys := b.callOff(12)
		r := b.reader("rnd", b.space)
		if _, err := r.Of(t.Context(), keys, nil); err != nil {
			t.Fatal(err)
		}
		b.at = b.at.Add(time.Minute)
		lease, err := b.ws.ClaimOne(t.Context(), "kisi", store.WakeKeep, "me", b.at, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if marked, err := b.ws.Dirty(t.Context(), "kisi"); err != nil || len(marked) != 12 {
			t.Fatalf("marked: %v, %v", marked, err)
		}
		if _, err := b.keeper.Wake(t.Context(), lease); err != nil {
			t.Fatal(err)
		}
		wantMembers(t, b, "General", folk(80)[12:]...)
	})
}

func (b *site) reader(space string, of *looptest.Space) *read.Reader {
	return &read.Reader{
		Store: b.ws, System: of, Connection: space, Doors: []string{"kisi"}, Interval: interval,
		Lag: 15 * time.Minute, Horizon: 24 * time.Hour, Now: func() time.Time { return b.at.Time() },
	}
}

// One of two space systems of a door cannot be read. What the other one says of many waits for its own second reading, and for
// nobody else's.
func TestASecondReadingIsThatOfTheSpaceSystemThatSaidIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members(folk(20)...)...)
		own := looptest.NewSpace(append(member("zoe"), cardea.Location{ID: "l", Name: "Annex", Zone: "Europe/London"},
			cardea.Plan{ID: "hot", Name: "Annex"})...)
		if err := b.ws.SaveConnection(t.Context(), store.Connection{Name: "own", Side: store.SideSpace, System: "fake"}); err != nil {
			t.Fatal(err)
		}
		annex := settings()
		annex.Integration, annex.Mappings = "annex", []cardea.Mapping{{Kind: cardea.ItemPlans, Item: "hot", Groups: []cardea.GroupID{"Other"}}}
		b.keeper.Integrations = append(b.keeper.Integrations, keep.Integration{Settings: annex, Space: "own"})
		run := func() keep.Report {
			b.at = b.at.Add(interval)
			for space, of := range map[string]*looptest.Space{"rnd": b.space, "own": own} {
				if _, err := b.reader(space, of).Full(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			b.at = b.at.Add(time.Second)
			return b.run(keep.Options{})
		}
		run()
		wantMembers(t, b, "Other", "zoe")
		own.Trouble(cardea.KindAgreement, cardea.Errorf(cardea.Retry, "the page does not come"))
		run()

		b.callOff(12)
		first := run()
		if n := len(first.Held); n != 12 || first.Held[0].Held.Code != cardea.HeldBlink {
			t.Fatalf("%d are held: %s", n, said(first.Held))
		}
		wantMembers(t, b, "General", folk(20)...)
		if second := run(); second.Run.Outcome != keep.Incomplete {
			t.Errorf("outcome %q", second.Run.Outcome)
		}
		wantMembers(t, b, "General", folk(20)[12:]...)
		wantMembers(t, b, "Other", "zoe")
	})
}
