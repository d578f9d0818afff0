package desk_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

// inBubble opens a house on a database in memory, in virtual time.
func inBubble(t *testing.T, f func(t *testing.T, h house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		f(t, newHouse(t, s, slices.Concat(member("ana", "hot"), member("bob", "office"))...))
	})
}

func TestABlockIsLeftToWhoIsAtWork(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h house) {
		ctx := t.Context()
		if _, err := h.Sync(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ws.ClaimOne(ctx, "kisi", store.WakeKeep, "another", *h.at, time.Hour); err != nil {
			t.Fatal(err)
		}
		done, err := h.Block(ctx, "ana@x.test", "lost badge", 0, "olga", false)
		if err != nil || !slices.Equal(done.Told, []string{"kisi"}) || len(done.Doors) != 0 || done.Block.Until != cardea.Never {
			t.Fatalf("%v: %+v", err, done)
		}
		dirty, err := h.ws.Dirty(ctx, "kisi")
		if err != nil || !slices.Equal(dirty, []cardea.PersonID{"rnd/person:ana"}) {
			t.Errorf("%v: marked are %v", err, dirty)
		}
	})
}

func TestAFreezeTakesSharedGroupsWithIt(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h house) {
		ctx := t.Context()
		if _, err := h.Freeze(ctx, "two", "rewiring", 0, "olga"); err != nil {
			t.Fatal(err)
		}
		r, err := h.Sync(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, o := range r.Doors[0].Operations {
			if o.Verb == cardea.VerbAdd {
				got[o.PersonName+" "+o.GroupName] = o.State
			}
		}
		for who, want := range map[string]string{"ana Doe General": "confirmed", "ana Doe Floor": "held", "bob Doe Floor": "held"} {
			if got[who] != want {
				t.Errorf("%s is %q, want %q: %v", who, got[who], want, got)
			}
		}
		if r.Standing() != desk.Held {
			t.Errorf("standing %d", r.Standing())
		}
		o, err := h.Overview(ctx)
		if err != nil || len(o.Frozen) != 1 || o.Frozen[0].Reason != "rewiring" || len(o.Blocked) != 0 {
			t.Errorf("%v: %+v", err, o)
		}
		if err := h.Unfreeze(ctx, "one", "olga"); cardea.ClassOf(err) != cardea.NotFound {
			t.Errorf("one was never frozen: %v", err)
		}
		if err := h.Unfreeze(ctx, "two", "olga"); err != nil {
			t.Error(err)
		}
		*h.at += cardea.Minute
		if r, err = h.Sync(ctx, nil); err != nil || r.Standing() != desk.InStep {
			t.Errorf("%v: %+v", err, r.Doors)
		}
	})
}
