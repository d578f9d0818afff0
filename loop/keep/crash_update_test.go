package keep_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestKilledWhileAnAccountIsChangedANewRunConverges kills the run that gives an account its person's new address, at each call
// to the door system and at each write to the store, before and after it took effect.
func TestKilledWhileAnAccountIsChangedANewRunConverges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, where := range []string{"door", "store"} {
			for _, after := range []bool{false, true} {
				for k := 1; ; k++ {
					b := moving(t, s)
					ctx, end := context.WithCancelCause(context.Background())
					hit := b.die(where, k, after, func() { end(store.ErrLeaseLost) })
					_, err := b.keeper.Run(ctx, keep.Options{Sweep: true})
					end(nil)
					if !*hit {
						if k < 5 {
							t.Fatalf("the run made only %d steps at the %s", k-1, where)
						}
						break
					}
					what := fmt.Sprintf("killed at %s step %d (after: %v)", where, k, after)
					if err == nil {
						t.Fatalf("%s: a run that was killed ended well", what)
					}
					b.moved(what)
				}
			}
		}
	})
}

// moving is a site in step whose bob has another address now, and whose accounts follow.
func moving(t *testing.T, s *store.Store) *site {
	t.Helper()
	b := newSite(t, s, members("ana", "bob")...)
	b.door.Limit(cardea.Limits{Batch: 1, Timed: true, WindowsPerEdge: 1, NeedsEmail: true, Profile: []string{cardea.FieldEmail}})
	b.following()
	b.sync()
	bob := person("bob")
	bob.Email = "robert@x.test"
	b.space.Put(bob)
	b.at = b.at.Add(interval)
	b.read()
	return b
}

func (b *site) following() {
	b.keeper.System, b.keeper.Follow = looptest.Rewriter{Door: b.door}, []string{cardea.FieldEmail}
}

// die lets the next run end at its kth step, and says whether it came so far.
func (b *site) die(where string, k int, after bool, kill func()) *bool {
	if where == "store" {
		dead := &killer{Workspace: b.ws, k: k, after: after, kill: kill}
		b.store = dead
		b.reset()
		b.following()
		return &dead.dead
	}
	start, hit := len(b.door.Calls()), false
	b.door.Fault(func(c looptest.Call) looptest.Fault {
		if c.N-start < k {
			return looptest.Fault{}
		}
		hit = true
		err := cardea.Errorf(cardea.Retry, "killed")
		if after {
			defer kill()
			return looptest.Fault{After: err}
		}
		kill()
		return looptest.Fault{Before: err}
	})
	return &hit
}

// moved checks what must hold after whatever happened and one more run.
func (b *site) moved(what string) {
	b.t.Helper()
	b.store = b.ws
	b.reset()
	b.following()
	b.door.Fault(nil)
	b.at = b.at.Add(time.Minute)
	r := b.run(keep.Options{Sweep: true})
	if got := fmt.Sprint(b.door.Members("General")); got != "[ana@x.test robert@x.test]" || b.door.Accounts() != 2 {
		b.t.Errorf("%s: General holds %s, of %d accounts", what, got, b.door.Accounts())
	}
	rows, err := b.ws.InFlight(context.Background(), "kisi")
	if r.Run.Outcome != keep.InStep || err != nil || len(rows) > 0 {
		b.t.Errorf("%s: outcome %q (%s), left open: %+v, %v%s", what, r.Run.Outcome, r.Run.Detail, rows, err,
			said(r.After.Changeset.Operations))
	}
}
