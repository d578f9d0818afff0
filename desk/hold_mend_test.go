package desk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// Who is told to release or approve something can do it, and who can is told.
func TestWhatAHoldSaysOfReleasingItIsTrue(t *testing.T) {
	t.Parallel()
	for _, code := range []cardea.HoldCode{
		cardea.HeldBrake, cardea.HeldApproval, cardea.HeldFirstStrays, cardea.HeldUnmapped, cardea.HeldEvidence, cardea.HeldWatch,
		cardea.HeldBlink, cardea.HeldUnits, cardea.HeldUndone, cardea.HeldFrozen, cardea.HeldObserved, cardea.HeldFresh,
		cardea.HeldCrowded, cardea.HeldFought, cardea.HeldDisputed,
	} {
		mend := strings.ToLower(say.Hold(code).Mend)
		told := strings.Contains(mend, "release") || strings.Contains(mend, "approve")
		if can := slices.Contains(desk.ReleasableCodes(), code); can != told {
			t.Errorf("%s: it can be released: %v, and it says %q", code, can, mend)
		}
	}
}
