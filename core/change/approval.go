package change

import "github.com/cardea-access/cardea"

// approval holds what a person has to agree to first (RULES.md 5.9).
//
//	auto    a group not ours yet: strays wait, they may be the operator's own people
//	first   a group not ours yet: everything waits
//	always  additions and removals for absence wait, and everything of a group not ours yet
func approval(cs cardea.Changeset, in *Input) cardea.Changeset {
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if o.Group == "" || o.Cause == cardea.CauseUnmapped || in.Released[o.Key] {
			return nil
		}
		ours := in.policy(o.Group).Ours
		switch in.Approve {
		case cardea.ApproveAuto:
			if !ours && o.Cause == cardea.CauseStray {
				return &cardea.Hold{Code: cardea.HeldFirstStrays, Why: "nobody speaks for this account in " + in.name(o.Group) +
					", and it is the group's first run; keep the account or release its removal"}
			}
			return nil
		case cardea.ApproveAlways:
			if ours && !waitsAlways(o, in) {
				return nil
			}
		case cardea.ApproveFirst:
			if ours {
				return nil
			}
		default:
			if ours {
				return nil
			}
		}
		return &cardea.Hold{Code: cardea.HeldApproval, Why: awaits(o, in, ours)}
	})
}

// waitsAlways says whether the operation waits under approve: always. What only takes away and is known never does,
// nor does what writes nothing.
func waitsAlways(o *cardea.Operation, in *Input) bool {
	switch o.Verb {
	case cardea.VerbAdd:
		return true
	case cardea.VerbRemove:
		return absent(o, in)
	case cardea.VerbRetime:
		if !in.seen.loses[o.Key] || absent(o, in) || o.Was == nil {
			return true
		}
		was := whole(o.Was.Window)
		return o.Window.Until > was.Until || o.Window.From < was.From && was.From > in.Now
	case cardea.VerbUnlock, cardea.VerbReprofile, cardea.VerbUpdate:
		return true
	case cardea.VerbCreate, cardea.VerbLink, cardea.VerbAdopt, cardea.VerbClean, cardea.VerbForget, cardea.VerbLock,
		cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit:
	}
	return false
}

func awaits(o *cardea.Operation, in *Input, ours bool) string {
	if ours {
		return "changes of " + in.name(o.Group) + " wait for approval"
	}
	return in.name(o.Group) + " is observed, as it is not ours yet: approve its first changeset"
}
