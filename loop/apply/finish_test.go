package apply_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

// A process that is told to stop finishes the operation that is under way and begins no other.
func TestWhatWasSentIsFinishedWhenTheProcessIsToStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		open := cardea.Window{From: cardea.Second, Until: 1 << 61}
		first, second := add("G", d.Put("ana@x.test", open), open), add("G", d.Put("bea@x.test", open), open)
		state := stateOf(d)
		ctx, stop := context.WithCancel(context.Background())
		d.Fault(func(c looptest.Call) looptest.Fault {
			if c.Write {
				stop()
				synctest.Wait()
			}
			return looptest.Fault{}
		})
		if _, err := applier(m, d).Apply(ctx, changeset(first, second), state); err == nil {
			t.Fatal("it went on as if nothing had been said")
		}
		states := m.states()
		if states[first.Key] != store.OpSent || states[second.Key] == store.OpSent || len(d.Members("G")) != 1 {
			t.Errorf("states %v, members %v", states, d.Members("G"))
		}
	})
}
