package decide

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// Cause says why a person has no grant any more at an instant, given the reasons for which they had one (RULES.md 4). Of
// several reasons that ended for different causes it returns one that is no positive knowledge, if any is, so that the
// guards see it. Without reasons it is what their records say, else stray. It is empty when none of the reasons is this
// integration's, or when all of them still hold.
func (x *Index) Cause(p cardea.PersonID, g cardea.GroupID, was []cardea.Reason, at cardea.Instant) cardea.Cause {
	if len(was) == 0 {
		return x.stray(p, g, at)
	}
	var all []cardea.Cause
	for i := range was {
		if was[i].Integration == x.s.Integration {
			all = append(all, x.why(p, g, &was[i], at))
		}
	}
	return Weightiest(all...)
}

// Weightiest returns the cause to act on when several reasons, or the reasons of several integrations, ended: an absence
// before anything known, whatever is not empty before nothing.
func Weightiest(causes ...cardea.Cause) cardea.Cause {
	order := []cardea.Cause{
		cardea.CauseVanished, cardea.CauseOutOfScope, cardea.CauseUnmapped, cardea.CauseStray, cardea.CauseGate,
		cardea.CauseLocked, // what may come back is not taken away for what will not
		cardea.CauseLeft, cardea.CauseMoved, cardea.CauseCancelled, cardea.CauseDeleted, cardea.CauseEnded,
	}
	for _, c := range order {
		if slices.Contains(causes, c) {
			return c
		}
	}
	return ""
}

// stray says why somebody without a recorded reason should not be in a group: what a mapped record of theirs says, if
// there is one.
func (x *Index) stray(p cardea.PersonID, g cardea.GroupID, at cardea.Instant) cardea.Cause {
	person, group := x.number(p), x.group(g)
	if person < 0 || group < 0 {
		return cardea.CauseStray
	}
	now := x.evaluate(cardea.Window{From: at, Until: at})
	var found []cardea.Cause
	j := judge{x: x, days: &days{}, all: true, crowd: none, person: person, group: group}
	j.hear = func(l *look) {
		v := l.says
		if l.mapping < 0 || v == cardea.OtherHolder {
			return // it never gave this person the group
		}
		if v == cardea.Yes {
			v = now.clock(l, at).verdict
		}
		if v != cardea.NotYet {
			found = append(found, causeOf(v))
		}
	}
	j.about(person)
	if cause := Weightiest(found...); cause != "" {
		return cause
	}
	return cardea.CauseStray
}

// causeOf turns a verdict about a record that once said yes into a cause. A record that cannot be judged any more
// (dangling, refused) is an absence: nobody said that it is over.
func causeOf(v cardea.Verdict) cardea.Cause {
	switch v {
	case cardea.Ended, cardea.UsedUp, cardea.ByHours, cardea.IsPaused:
		return cardea.CauseEnded
	case cardea.WasCancelled, cardea.IsTentative, cardea.NotApproved, cardea.NoPerson:
		return cardea.CauseCancelled
	case cardea.OtherHolder, cardea.NotYet:
		return cardea.CauseMoved
	case cardea.HasLeft:
		return cardea.CauseLeft
	case cardea.IsBlocked:
		return cardea.CauseBlocked
	case cardea.IsLocked:
		return cardea.CauseLocked
	case cardea.RecordDeleted:
		return cardea.CauseDeleted
	case cardea.RecordMissing, cardea.Dangling, cardea.BadRecurrence, cardea.NotAssigned:
		return cardea.CauseVanished
	case cardea.NoPass:
		return cardea.CauseGate
	case cardea.OutOfScope:
		return cardea.CauseOutOfScope
	case cardea.NotMapped, cardea.VisitorsOff:
		return cardea.CauseUnmapped
	case cardea.Yes:
	}
	return ""
}

// why says what became of one reason. What its own record says comes before what the settings say.
func (x *Index) why(p cardea.PersonID, g cardea.GroupID, r *cardea.Reason, at cardea.Instant) cardea.Cause {
	if n := len(r.Windows); n > 0 && r.Windows[n-1].Until <= at {
		return cardea.CauseEnded // as announced; a record that left the list since then does not matter
	}
	keys := append([]cardea.Key{r.Record}, r.Via...)
	if _, key, ok := p.Split(); ok {
		keys = append(keys, key)
	}
	for _, k := range keys {
		if v := x.lost(k); v != cardea.Yes {
			if v == cardea.RecordDeleted && k.Kind == cardea.KindAssignment && x.reassigned(r.Record, at) {
				return cardea.CauseMoved
			}
			return causeOf(v)
		}
	}
	person := x.number(p)
	if person < 0 {
		return cardea.CauseVanished
	}
	l := listener{x: x, at: at, reason: r}
	j := judge{
		x: x, days: &days{}, all: true, crowd: none, unmapped: true, person: person, group: x.group(g), hear: l.hear,
	}
	if cause := l.look(&j); cause != "" {
		return cause
	}
	return l.cause
}

// reassigned says whether an agreement goes on at an instant with something else assigned: what it had before was changed for that, as
// far as anybody can tell, and not just taken away.
func (x *Index) reassigned(agreement cardea.Key, at cardea.Instant) bool {
	if agreement.Kind != cardea.KindAgreement || x.lost(agreement) != cardea.Yes {
		return false
	}
	i := x.contracts.find(agreement.ID)
	return i >= 0 && x.d.Agreements[i].Approved && slices.ContainsFunc(x.byHolder.of(i), func(n int32) bool {
		s := &x.d.Assignments[n]
		return x.lost(s.Key()) == cardea.Yes && (!s.End.Set || s.End.At+cardea.Hour*24 > at) // the gone are listed with their last body
	})
}

// listener listens to the judge for Cause: it keeps the verdict about one reason.
type listener struct {
	x      *Index
	at     cardea.Instant
	reason *cardea.Reason
	heard  bool
	cause  cardea.Cause
}

// look has the reason's record judged. It returns a cause when the record is not there or names something else now.
func (l *listener) look(j *judge) cardea.Cause {
	x, r, b := l.x, l.reason, l.x.backwards()
	switch r.Record.Kind {
	case cardea.KindAgreement:
		i := x.contracts.find(r.Record.ID)
		if i < 0 {
			return cardea.CauseVanished
		}
		if cause := l.moved(i); cause != "" {
			return cause
		}
		j.agreement(i)
	case cardea.KindBooking:
		i := at(b.bookingAt, r.Record.ID)
		if i < 0 {
			return cardea.CauseVanished
		}
		if x.d.Bookings[i].Resource != r.Item {
			return cardea.CauseMoved
		}
		j.booking(i)
		// Who is not named by a booking any more was taken off it.
		if l.cause == cardea.CauseMoved && !slices.Contains(slices.Collect(x.named(i, true)), j.person) {
			return cardea.CauseCancelled
		}
	case cardea.KindPass:
		i := at(b.passAt, r.Record.ID)
		if i < 0 {
			return cardea.CauseVanished
		}
		j.pass(i)
	case cardea.KindPush:
		return l.pushed(j)
	default:
		return cardea.CauseVanished
	}
	if !l.heard {
		return cardea.CauseUnmapped
	}
	return ""
}

// moved says whether an agreement stands for another plan, or its assignment for another agreement or resource.
func (l *listener) moved(agreement int32) cardea.Cause {
	x, r := l.x, l.reason
	a := &x.d.Agreements[agreement]
	if r.Rule == cardea.RulePlan {
		if a.Plan != r.Item {
			return cardea.CauseMoved
		}
		return ""
	}
	if len(r.Via) == 0 {
		return ""
	}
	s := at(x.backwards().assignAt, r.Via[0].ID)
	if s < 0 {
		return cardea.CauseVanished
	}
	resource := x.assigned[s]
	if resource < 0 || x.d.Assignments[s].Agreement != a.ID {
		return cardea.CauseMoved
	}
	for _, w := range x.itemsOf(resource, nil) {
		if w.rule == r.Rule && w.item.ID == r.Item {
			return ""
		}
	}
	return cardea.CauseMoved
}

// hear keeps the verdict about the reason, the best where there are several.
func (l *listener) hear(k *look) {
	r := l.reason
	if k.rule != r.Rule && k.says != cardea.NotMapped {
		return
	}
	if len(r.Via) > 0 && (len(k.via) == 0 || k.via[0] != r.Via[0]) {
		return
	}
	if len(r.Via) == 0 && len(k.via) > 0 {
		return
	}
	says := k.says
	if k.mapping >= 0 && l.x.mappings[k.mapping].Item != r.Item {
		says = cardea.NotMapped // another mapping than the recorded one
	}
	switch {
	case k.says == cardea.Yes:
		v := l.x.evaluate(cardea.Window{From: l.at, Until: l.at}).clock(k, l.at).verdict
		if v != cardea.Yes || says == cardea.Yes {
			says = v
		}
	case k.says == cardea.NotMapped && k.series < 0 && k.base.Until <= l.at:
		says = cardea.Ended
	}
	cause := causeOf(says)
	if !l.heard || cause == "" || l.cause != "" && cause.Positive() && !l.cause.Positive() {
		l.cause = cause
	}
	l.heard = true
}
