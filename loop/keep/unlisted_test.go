package keep_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestAnEmptyListOfAccountsForgetsNobody: a vendor's list of accounts stays empty, again and again, while its groups still
// name everyone. Nobody is taken out, who ends meanwhile goes, and when the list is back what we put there is still known
// to be ours: in a shared group it could not be taken out otherwise.
func TestAnEmptyListOfAccountsForgetsNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "fay")...)
		b.policies()
		b.sync()
		b.door.Empty(cardea.KindAccount, true)
		b.door.Fault(func(c looptest.Call) looptest.Fault {
			if c.Name == "create" {
				return looptest.Fault{Before: cardea.Errorf(cardea.Conflict, "the address is taken")}
			}
			return looptest.Fault{}
		})
		for range 4 {
			b.sync()
			wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve", "fay")
		}
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-fay"})
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
		b.door.Empty(cardea.KindAccount, false)
		b.door.Fault(nil)
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
		b.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-eve"})
		b.sync()
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan")
		if r := b.sync(); r.Run.Outcome != keep.InStep {
			t.Errorf("outcome %q (%s)", r.Run.Outcome, r.Run.Detail)
		}
	})
}
