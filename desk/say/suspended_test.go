package say

import (
	"testing"

	"github.com/cardea-access/cardea"
)

func TestASuspendedPersonIsNoLockedMembership(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.plan.Verdict = cardea.IsLocked
	locked := func(k cardea.Key) Answer {
		s.plan.Steps = []cardea.Step{{Asks: cardea.AskLock, Says: cardea.IsLocked, Key: &k}}
		x := s.consider(false, s.plan)
		x.Names = map[cardea.Key]string{{Kind: cardea.KindPerson, ID: "9"}: "Dee Doyle"}
		return Explanation(x, s.clock)
	}
	a := locked(cardea.Key{Kind: cardea.KindPerson, ID: "1"})
	want(t, "sentence", a.Sentence, "Ana Lopes may not pass First floor now, because the membership “Hot desk” gives nothing while "+
		"Ana Lopes is suspended in the space system.")
	want(t, "word", a.Lines[0].Word, "suspended")
	want(t, "change", a.Change, "Lift the suspension of Ana Lopes in the space system.")
	a = locked(cardea.Key{Kind: cardea.KindPerson, ID: "9"})
	want(t, "payer", a.Lines[0].Text, "The membership “Hot desk” gives nothing while Dee Doyle is suspended in the space system.")
	want(t, "payer's change", a.Change, "Lift the suspension of Dee Doyle in the space system.")
	a = locked(cardea.Key{Kind: cardea.KindAgreement, ID: "42"})
	want(t, "rental", a.Lines[0].Text, "The membership “Hot desk” is locked.")
	want(t, "rental's change", a.Change, "Unlock the membership “Hot desk” in the space system.")
}
