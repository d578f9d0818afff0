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

// While nodes are brought to another configuration one by one, a unit that this node does not know is another's: it stays due.
func TestAUnitOfAnotherConfigurationIsNotForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		s, err := store.Open(ctx, "sqlite::memory:", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ws := s.In("default")
		for _, kind := range []string{store.WakeRead, store.WakeKeep, store.WakeLook} {
			if err := ws.MarkWake(ctx, store.Mark{Unit: "elsewhere", Kind: kind, At: cardea.At(time.Now())}); err != nil {
				t.Fatal(err)
			}
		}
		stop, err := desk.New(desk.Config{Store: s, Now: time.Now, Node: "old"}).Start(ctx)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop()
		for _, kind := range []string{store.WakeRead, store.WakeKeep, store.WakeLook} {
			planned, err := ws.Planned(ctx, kind)
			if err != nil {
				t.Fatal(err)
			}
			if at := planned["elsewhere"]; at > cardea.At(time.Now()).Add(15*time.Second) {
				t.Errorf("%s sleeps until %v", kind, at)
			}
		}
	})
}
