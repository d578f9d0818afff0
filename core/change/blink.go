package change

import (
	"fmt"

	"github.com/cardea-access/cardea"
)

// A blink is when this many people, being this many percent of an integration's, would lose access at once by facts that
// one read brought (RULES.md 5.5).
const (
	blinkPeople  = 10
	blinkPercent = 20
)

// blink holds what a single read would end, lock or move for unusually many people until the next complete read says the
// same: a status field that blinks must not empty a house, however positive it sounds. Ends that were announced are exempt,
// and so is what was held for this reason before and is still so.
func blink(cs cardea.Changeset, in *Input) cardea.Changeset {
	going := map[string]map[cardea.PersonID]bool{} // by integration
	for i := range cs.Operations {
		o := &cs.Operations[i]
		if !sudden(o, in) {
			continue
		}
		for j := range o.Reasons {
			name := o.Reasons[j].Integration
			if going[name] == nil {
				going[name] = map[cardea.PersonID]bool{}
			}
			going[name][o.Person] = true
		}
	}
	why := map[string]string{}
	for name, people := range going {
		if len(people) < blinkPeople {
			continue
		}
		if all := everybodyOf(in, name, people); len(people)*100 > blinkPercent*all {
			why[name] = fmt.Sprintf("%d of %d people of %s would lose access by what a single read says; it goes when the next complete "+
				"read, a minute later, says so too", len(people), all, name)
		}
	}
	if len(why) == 0 {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if !sudden(o, in) || in.Released[o.Key] || in.Past.Seen != nil && in.Past.Seen(o.Key) {
			return nil
		}
		for j := range o.Reasons {
			if text := why[o.Reasons[j].Integration]; text != "" {
				return &cardea.Hold{Code: cardea.HeldBlink, Why: text}
			}
		}
		return nil
	})
}

// sudden says whether an operation takes access away by something that is known and was not announced.
func sudden(o *cardea.Operation, in *Input) bool {
	if o.Held != nil || o.Person == "" || !takes(o, in) && o.Verb != cardea.VerbLock {
		return false
	}
	switch o.Cause {
	case cardea.CauseCancelled, cardea.CauseDeleted, cardea.CauseMoved, cardea.CauseLeft, cardea.CauseLocked,
		cardea.CauseExtended: // the same records name other times, and less of them: it takes, or it would not be here
		return true
	case cardea.CauseEnded:
		for i := range o.Reasons {
			if n := len(o.Reasons[i].Windows); n > 0 && o.Reasons[i].Windows[n-1].Until > in.Now {
				return true // it was to last longer
			}
		}
	case cardea.CauseGranted, cardea.CauseAdopted, cardea.CauseBlocked, cardea.CauseGate, cardea.CauseVanished,
		cardea.CauseOutOfScope, cardea.CauseUnmapped, cardea.CauseStray, cardea.CauseStale, cardea.CauseExpired,
		cardea.CauseUndone, cardea.CauseLeaving, cardea.CauseHandedOver, cardea.CauseProfile:
	}
	return false
}

// everybodyOf counts an integration's people: who goes, and who has a grant.
func everybodyOf(in *Input, integration string, going map[cardea.PersonID]bool) int {
	stay := map[cardea.PersonID]bool{}
	for i := range in.Wanted {
		g := &in.Wanted[i]
		if going[g.Person] || stay[g.Person] {
			continue
		}
		for j := range g.Reasons {
			if g.Reasons[j].Integration == integration {
				stay[g.Person] = true
				break
			}
		}
	}
	return len(going) + len(stay)
}
