package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// most is how many considerations an explanation holds; those that got furthest stay.
const most = 200

// steps writes down the way of a look through the questions, for Explain.
type steps struct {
	x       *Index
	person  int32 // who is asked about
	look    *look
	window  *cardea.Window // the one near the asked instant
	stopped ask
	cuts    hours
}

func (s *steps) list(verdict cardea.Verdict) []cardea.Step {
	var out []cardea.Step
	for a := askRecord; a < askDone && a <= s.stopped; a++ {
		if a < s.stopped && !s.concerns(a) {
			continue
		}
		step := cardea.Step{Asks: askNames[a], Says: cardea.Yes}
		if a == s.stopped {
			step.Says = verdict
		}
		if key := s.key(a); key.ID != "" {
			step.Key = &key
		}
		if a == askWindow {
			step.Window = s.window
		}
		out = append(out, step)
	}
	return out
}

// concerns says whether a question is one that the rule has to ask.
func (s *steps) concerns(a ask) bool {
	switch a {
	case askAssignment:
		return len(s.look.via) > 0
	case askScope:
		return s.look.place >= 0
	case askLeft:
		return s.look.rule == cardea.RuleDayPass || s.look.rule == cardea.RulePass
	case askPause:
		return s.cuts.pause != nil
	case askHours:
		return s.cuts.mapping != nil
	case askSlots:
		return s.cuts.slots != nil
	case askPlaceHours:
		return s.cuts.place != nil
	case askClosure:
		return s.cuts.closures != nil
	case askGate:
		return s.cuts.gate != nil
	case askLock:
		return s.look.locked
	case askRecord, askState, askHolder, askMapping, askWindow, askDone:
	}
	return true
}

// key returns the record that an answer rests on.
func (s *steps) key(a ask) cardea.Key {
	l := s.look
	if a == l.asks {
		return l.subject
	}
	switch a {
	case askHolder:
		if l.holder.person >= 0 {
			return s.x.person(l.holder.person).Key()
		}
	case askMapping:
		if n := len(l.via); n > 0 {
			return l.via[n-1]
		}
	case askAssignment:
		if len(l.via) > 0 {
			return l.via[0]
		}
	case askScope, askPlaceHours, askClosure:
		if l.place >= 0 {
			return cardea.Key{Kind: cardea.KindLocation, ID: s.x.places[l.place].id}
		}
	case askLock:
		return s.lock()
	case askRecord, askState, askLeft, askWindow, askPause, askHours, askSlots, askGate, askDone:
	}
	return cardea.Key{}
}

// lock returns what is locked: the asked person or the one whose contract it is, where they are suspended (level all), else the
// record itself.
func (s *steps) lock() cardea.Key {
	l := s.look
	payer := none
	if i := s.x.contracts.find(l.record.ID); i >= 0 && l.record.Kind == cardea.KindAgreement {
		payer = s.x.people.persons.find(s.x.d.Agreements[i].Person)
	}
	for _, p := range []int32{s.person, payer} {
		if s.x.isSuspended(p) {
			return s.x.person(p).Key()
		}
	}
	return l.record
}

// arrange puts what was considered in order, those that got furthest first, and picks the one fact that would change the
// answer.
func arrange(e *cardea.Explanation) {
	slices.SortStableFunc(e.Considered, func(a, b cardea.Consideration) int { return compareConsidered(&a, &b, e.At) })
	if len(e.Considered) > most {
		e.Considered = e.Considered[:most:most]
	}
	e.Change = nil
	for i := range e.Considered {
		c := &e.Considered[i]
		switch {
		case !e.Open:
			e.Change = c
			return
		case c.Verdict != cardea.Yes:
			return
		case e.Change == nil || held(c, e.At) > held(e.Change, e.At):
			e.Change = c
		}
	}
}

// held returns until when a consideration lets pass.
func held(c *cardea.Consideration, at cardea.Instant) cardea.Instant {
	for _, w := range c.Windows {
		if w.Holds(at) {
			return w.Until
		}
	}
	return cardea.Always
}

func compareConsidered(a, b *cardea.Consideration, at cardea.Instant) int {
	return cmp.Or(
		-cmp.Compare(far(a), far(b)),
		cmp.Compare(favour(a.Verdict), favour(b.Verdict)),
		soonest(a, b, at),
		strings.Compare(a.Integration, b.Integration), strings.Compare(string(a.Rule), string(b.Rule)),
		compareKeys(a.Record, b.Record), slices.CompareFunc(a.Via, b.Via, compareKeys),
		strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Item, b.Item),
	)
}

// far counts how far a consideration got. A record that a mapping leads from is nearer to the group than one that nothing
// leads from, though what it lacks (its approval, say) is asked for earlier; somebody else's record is not.
func far(c *cardea.Consideration) int {
	if c.Verdict == cardea.Yes || len(c.Steps) == 0 {
		return int(askDone)
	}
	got := slices.Index(askNames[:], c.Steps[len(c.Steps)-1].Asks)
	if c.Kind != "" && c.Verdict != cardea.OtherHolder {
		got = max(got, int(askAssignment))
	}
	return got
}

// favour orders verdicts of the same question: what will still come before what is over.
func favour(v cardea.Verdict) int {
	switch v { //nolint:exhaustive // the others are alike
	case cardea.Yes, cardea.NotYet:
		return 0
	case cardea.UsedUp, cardea.Ended:
		return 1
	}
	return 2
}

// soonest puts the next opening and the latest end first.
func soonest(a, b *cardea.Consideration, at cardea.Instant) int {
	if a.Verdict != b.Verdict {
		return strings.Compare(string(a.Verdict), string(b.Verdict))
	}
	v, w := nearest(a.Windows, at), nearest(b.Windows, at)
	switch {
	case v == nil && w == nil:
		return 0
	case v == nil:
		return 1
	case w == nil:
		return -1
	}
	if a.Verdict == cardea.NotYet {
		return cmp.Compare(v.From, w.From)
	}
	return -cmp.Compare(v.Until, w.Until)
}
