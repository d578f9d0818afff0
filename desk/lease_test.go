package desk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

// A process that was killed leaves its lease behind: who comes next waits for it to run out, and then works.
func TestTheLeaseOfADeadProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		s, err := store.Open(ctx, "sqlite::memory:", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		now := func() time.Time { return time.Now() }
		ws := s.In("default")
		if err := ws.SaveConnection(ctx, store.Connection{Name: "rnd", Side: store.SideSpace, System: "fake"}); err != nil {
			t.Fatal(err)
		}
		if _, err := ws.ClaimOne(ctx, "rnd", store.WakeRead, "dead", cardea.At(now()), time.Minute); err != nil {
			t.Fatal(err)
		}
		began := now()
		if err := desk.Leased(desk.New(desk.Config{Store: s, Now: now, Node: "next"}), ctx, "rnd", store.WakeRead); err != nil {
			t.Fatal(err)
		}
		if waited := now().Sub(began); waited < 59*time.Second || waited > 70*time.Second {
			t.Errorf("waited %s for a lease of a minute", waited)
		}
	})
}
