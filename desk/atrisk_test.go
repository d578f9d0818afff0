package desk_test

import (
	"fmt"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestWhatIsAtRiskIsCountedHoweverManyWereLookedAtSince: between two runs of everyone hooks bring any number of people a run of
// their own, and those say nothing of the whole.
func TestWhatIsAtRiskIsCountedHoweverManyWereLookedAtSince(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ann", "hot")...)
		ctx := t.Context()
		save := func(n int, counts map[string]int) {
			at := *h.at + cardea.Instant(n)*cardea.Second
			if err := h.ws.SaveRun(ctx, store.Run{
				ID: fmt.Sprintf("run-%04d", n), Unit: "kisi", Kind: store.WakeKeep, Outcome: keep.InStep, Started: at, Ended: at + cardea.Second,
				Counts: counts,
			}); err != nil {
				t.Fatal(err)
			}
		}
		save(0, map[string]int{keep.AtRisk: 7})
		for n := range 120 {
			save(n+1, map[string]int{"_people": 1})
		}
		if got, err := h.AtRisk(ctx); err != nil || got["kisi"] != 7 {
			t.Errorf("at risk: %v, %v", got, err)
		}
	})
}
