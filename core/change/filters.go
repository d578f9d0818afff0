package change

import "github.com/cardea-access/cardea"

// filter holds operations of a finished list that must wait. It sets Held where it is not set, and neither adds nor
// removes an operation. The operations are the plan's own and are changed in place.
type filter struct {
	name  string
	apply func(cardea.Changeset, *Input) cardea.Changeset
}

// filters lists them in the order in which they act; the first that holds an operation names the reason. Released
// operations pass approval, unmapped and the brake. A block passes all of them but watch and observed.
func filters() []filter {
	return []filter{
		{"watch", watch},
		{"observed", observed},
		{"frozen", frozen},
		{"disputed", disputed},
		{"profiles", profiles},
		{"evidence", evidence},
		{"hold-down", holdDown},
		{"fresh", fresh},
		{"blink", blink},
		{"undone", undone},
		{"approval", approval},
		{"unmapped", unmapped},
		{"units", units},
		{"fought", fought},
		{"crowded", crowded},
		{"brake", brake},
		{"creates", creates},
	}
}

// each lets judge look at every operation that is not held yet, but for those that must not wait for anything.
func each(cs cardea.Changeset, judge func(*cardea.Operation) *cardea.Hold) cardea.Changeset {
	for i := range cs.Operations {
		if o := &cs.Operations[i]; o.Held == nil && !evicts(o) {
			o.Held = judge(o)
		}
	}
	return cs
}

// evicts says whether the operation takes a blocked person out.
func evicts(o *cardea.Operation) bool {
	return o.Verb == cardea.VerbRemove && o.Cause == cardea.CauseBlocked
}

// watch holds everything in groups that are only reported.
func watch(cs cardea.Changeset, in *Input) cardea.Changeset {
	for i := range cs.Operations {
		if o := &cs.Operations[i]; o.Held == nil && o.Group != "" && in.policy(o.Group).Mode == cardea.Watch {
			o.Held = &cardea.Hold{Code: cardea.HeldWatch, Why: in.name(o.Group) +
				" is only watched; set its mode to exclusive or shared to let this happen"}
		}
	}
	return cs
}

// frozen holds what would be written to groups that an operator froze. Locks act all the same.
func frozen(cs cardea.Changeset, in *Input) cardea.Changeset {
	if len(in.Frozen) == 0 {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		why, is := in.Frozen[o.Group]
		if !is || !o.Verb.Writes() || o.Cause == cardea.CauseLocked {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldFrozen, Why: why}
	})
}

// disputed holds everything of accounts of which it is not settled whose they are.
func disputed(cs cardea.Changeset, in *Input) cardea.Changeset {
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		why, is := in.Disputed[o.Account]
		if o.Account == "" || !is {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldDisputed, Why: why + "; link the account to its person or close it"}
	})
}

// evidence holds removals in groups whose reasons are not completely known: what was not read is not absent (RULES.md
// 5.2). A block or a lock acts; so do announced ends (RULES.md 5.8), and what goes because nothing was read for too long.
func evidence(cs cardea.Changeset, in *Input) cardea.Changeset {
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		why, blind := in.Blind[o.Group]
		if !blind || !takes(o, in) || o.Cause == cardea.CauseBlocked || o.Cause == cardea.CauseLocked {
			return nil
		}
		if o.Cause == cardea.CauseStale && in.outlived(o.Group) || o.Cause == cardea.CauseEnded && (announced(o.Reasons) || in.foretold(o)) {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldEvidence, Why: "not everything that may give " + in.name(o.Group) +
			" is known: " + why + "; it is judged again after a complete read"}
	})
}

// holdDown holds what ends because a location left the integration until a second complete read shows it too (RULES.md
// 5.3). Vanished records are held down before they get here: they stay until the second reading lacks them.
func holdDown(cs cardea.Changeset, in *Input) cardea.Changeset {
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if o.Cause != cardea.CauseOutOfScope || !takes(o, in) || in.Released[o.Key] || in.Past.Seen != nil && in.Past.Seen(o.Key) {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldEvidence, Why: "what gave " + in.name(o.Group) +
			" is at a location outside the integration now; it goes when the next complete read says so too"}
	})
}

// announced says whether all reasons are of the kinds whose ends are acted on without a new reading.
func announced(rs []cardea.Reason) bool {
	for _, r := range rs {
		switch r.Rule {
		case cardea.RuleBooking, cardea.RulePass, cardea.RuleDayPass:
		case cardea.RulePlan, cardea.RuleResource, cardea.RuleFloor, cardea.RuleLocation:
			return false
		default:
			return false
		}
	}
	return len(rs) > 0
}

// takes says whether the operation takes access away.
func takes(o *cardea.Operation, in *Input) bool {
	return o.Verb == cardea.VerbRemove || o.Verb == cardea.VerbRetime && in.seen.loses[o.Key]
}

// absent says whether the operation takes access away because something is absent, and not because something is known.
func absent(o *cardea.Operation, in *Input) bool {
	if !takes(o, in) {
		return false
	}
	switch o.Cause {
	case cardea.CauseGate, cardea.CauseVanished, cardea.CauseOutOfScope, cardea.CauseUnmapped, cardea.CauseStray, cardea.CauseStale:
		return true
	case cardea.CauseGranted, cardea.CauseExtended, cardea.CauseAdopted, cardea.CauseEnded, cardea.CauseCancelled,
		cardea.CauseDeleted, cardea.CauseMoved, cardea.CauseLeft, cardea.CauseLocked, cardea.CauseBlocked, cardea.CauseExpired,
		cardea.CauseUndone, cardea.CauseLeaving, cardea.CauseHandedOver, cardea.CauseProfile:
	}
	return false
}

// unmapped holds what ends because the group's last mapping is gone: always, until a person releases it.
func unmapped(cs cardea.Changeset, in *Input) cardea.Changeset {
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if o.Cause != cardea.CauseUnmapped || o.Verb == cardea.VerbForget || in.Released[o.Key] {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldUnmapped, Why: "the mapping that gave " + in.name(o.Group) +
			" is gone; release this to take the access away, or map the group again"}
	})
}

// creates holds an account that is made for additions which are all held: no account appears earlier than it is used.
func creates(cs cardea.Changeset, _ *Input) cardea.Changeset {
	type adds struct {
		goes bool
		hold *cardea.Hold
	}
	by := map[cardea.PersonID]adds{}
	for i := range cs.Operations {
		o := &cs.Operations[i]
		if o.Verb != cardea.VerbAdd || o.Account != "" {
			continue
		}
		a := by[o.Person]
		a.goes = a.goes || o.Held == nil
		if a.hold == nil {
			a.hold = o.Held
		}
		by[o.Person] = a
	}
	if len(by) == 0 {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if a := by[o.Person]; o.Verb == cardea.VerbCreate && !a.goes && a.hold != nil {
			return &cardea.Hold{Code: a.hold.Code, Why: "the account is made for access that waits: " + a.hold.Why}
		}
		return nil
	})
}
