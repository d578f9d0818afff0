package apply_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

// TestAHalfDoneChangeOfTimesLetsNobodyInWhoIsBlocked: the run died when the old entry was gone and the new one not there yet,
// and before the next run somebody was blocked: whose change it was, or who is on the same account. Somebody else's block says nothing.
func TestAHalfDoneChangeOfTimesLetsNobodyInWhoIsBlocked(t *testing.T) {
	t.Parallel()
	for blocked, in := range map[cardea.PersonID]bool{"rnd/person:ana": false, "rnd/person:anna": false, "rnd/person:ben": true} {
		t.Run(string(blocked[len("rnd/person:"):]), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d, m := looptest.NewDoor("G"), newMemory()
				a := d.Put("ana@x.test", cardea.Window{From: cardea.Second, Until: 1 << 60}, "G")
				m.links = []cardea.Link{
					{Person: "rnd/person:ana", Account: a, How: "email"}, {Person: "rnd/person:anna", Account: a, How: "decided"},
					{Person: "rnd/person:ben", Account: "other", How: "email"},
				}
				state := stateOf(d)
				op := add("G", a, cardea.Window{From: cardea.Second, Until: 1 << 61})
				op.Verb, op.Was, op.Person = cardea.VerbRetime, &state.Edges[0], "rnd/person:ana"
				ctx, cancel := context.WithCancelCause(context.Background())
				d.Fault(func(c looptest.Call) looptest.Fault {
					if c.Name == "retime-put" {
						cancel(store.ErrLeaseLost)
						synctest.Wait()
					}
					return looptest.Fault{}
				})
				if _, err := applier(m, d).Apply(ctx, changeset(op), state); err == nil {
					t.Fatal("it was killed between the two requests and ended well")
				}
				d.Fault(nil)
				next := applier(m, d)
				next.Blocked = map[cardea.PersonID]bool{blocked: true}
				if _, err := next.Recover(context.Background()); err != nil {
					t.Fatal(err)
				}
				if got := d.Members("G"); (len(got) > 0) != in || (m.states()[op.Key] == store.OpFailed) == in {
					t.Errorf("members %v, states %v", got, m.states())
				}
			})
		})
	}
}
