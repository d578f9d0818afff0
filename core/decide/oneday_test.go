package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// TestAnAgreementMayBeginAndEndOnOneDay: the end is a whole last day, so that such an agreement is not empty.
func TestAnAgreementMayBeginAndEndOnOneDay(t *testing.T) {
	t.Parallel()
	d := small()
	a := agreement("1", "ana", "acme", "hot")
	a.Start, a.End = day("2026-11-23"), day("2026-11-23")
	d.Agreements = []cardea.Agreement{a}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g")))
	wantWindows(t, granted(x, "g", span("2026-11-22", "2026-11-25"))[person("ana")], span("2026-11-23", "2026-11-24"))
}
