package keep_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestARefusedAdditionIsNotTriedEveryMinute: the door system says the same until somebody mends what is in the way. A revocation
// that it refuses is tried every minute all the same, and so is an addition that it did not answer.
func TestARefusedAdditionIsNotTriedEveryMinute(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		call   string
		class  cardea.Class
		within time.Duration
		after  time.Duration
	}{
		{"a refused addition", "grant", cardea.Rejected, 16 * time.Minute, 10 * time.Minute},
		{"an addition without an answer", "grant", cardea.Retry, 2 * time.Minute, 0},
		{"a refused revocation", "revoke", cardea.Rejected, 2 * time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				b := newSite(t, s, members("ana", "bob", "cyd")...)
				b.policies()
				if c.call == "revoke" {
					b.sync()
					b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-cyd"})
				}
				b.door.Fault(func(call looptest.Call) looptest.Fault {
					if call.Name == c.call {
						return looptest.Fault{Before: cardea.Errorf(c.class, "no")}
					}
					return looptest.Fault{}
				})
				b.sync() // it makes the accounts
				r := b.sync()
				if r.Applied.Failed+r.Applied.Open == 0 {
					t.Fatal("nothing went wrong")
				}
				if next := r.Next.Time().Sub(r.Run.Ended.Time()); next < c.after || next > c.within {
					t.Errorf("tried again after %s, want between %s and %s", next, c.after, c.within)
				}
			})
		})
	}
}
