package change

import (
	"cmp"
	"slices"

	"github.com/cardea-access/cardea"
)

// phase is where an operation stands in a changeset (RULES.md 6).
type phase int8

const (
	blocks phase = iota
	revocations
	unitsFirst // a unit is there before anybody moves in, and free
	starts
	rest
	cleaning
)

// place is an operation's place: phase, then time, then who, then what, then key. A person's additions come before that
// person's removals, so they stand directly before the first of them.
type place struct {
	phase phase
	step  int8
	i     int32
	at    cardea.Instant
	head  uint64 // of who: few names need more to be told apart
	who   string
	key   cardea.OpKey
}

func (a place) compare(b place) int {
	switch {
	case a.phase != b.phase:
		return cmp.Compare(a.phase, b.phase)
	case a.at != b.at:
		return cmp.Compare(a.at, b.at)
	case a.head != b.head:
		return cmp.Compare(a.head, b.head)
	}
	return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.step, b.step), cmp.Compare(a.key, b.key))
}

type anchor struct {
	phase phase
	at    cardea.Instant
}

// inOrder returns the operations in the order in which they are to be applied. The order is total: it depends on
// nothing but the operations.
//
// In rentable units, who moves out goes before who moves in, whoever else they are: a unit has one tenant.
func inOrder(ops []cardea.Operation, units map[cardea.GroupID]bool) []cardea.Operation {
	if len(ops) < 2 {
		return ops
	}
	first := map[string]anchor{} // who -> the first removal
	for i := range ops {
		o := &ops[i]
		if o.Verb != cardea.VerbRemove {
			continue
		}
		a := anchor{revocations, o.Due}
		if o.Cause == cardea.CauseBlocked {
			a.phase = blocks
		}
		if was, has := first[who(o)]; !has || a.phase < was.phase || a.phase == was.phase && a.at < was.at {
			first[who(o)] = a
		}
	}
	places := make([]place, len(ops))
	for i := range ops {
		places[i] = placeOf(&ops[i], first, units)
		places[i].i, places[i].head = int32(i), head(places[i].who)
	}
	slices.SortFunc(places, place.compare)
	out := make([]cardea.Operation, len(ops))
	for n, pl := range places {
		out[n] = ops[pl.i]
	}
	return out
}

func who(o *cardea.Operation) string {
	if o.Account != "" {
		return string(o.Account)
	}
	return string(o.Person)
}

func placeOf(o *cardea.Operation, first map[string]anchor, units map[cardea.GroupID]bool) place {
	p := place{who: who(o), key: o.Key, at: o.Deadline, phase: starts}
	switch o.Verb {
	case cardea.VerbCreate:
		p.step = 0
	case cardea.VerbAdd, cardea.VerbUnlock:
		p.step = 1
	case cardea.VerbRetime:
		p.step = 1
		if o.Was != nil && o.Window.Until < whole(o.Was.Window).Until {
			p.phase = revocations // the earlier end is its deadline
		}
	case cardea.VerbRemove:
		p.step, p.at, p.phase = 2, o.Due, revocations
		if o.Cause == cardea.CauseBlocked {
			p.phase = blocks
		}
		return p
	case cardea.VerbLock:
		p.step, p.at, p.phase = 2, o.Due, revocations
		return p
	case cardea.VerbAddUnit:
		return place{phase: unitsFirst, who: string(o.Group), key: o.Key}
	case cardea.VerbReprofile, cardea.VerbUpdate:
		return place{phase: rest, who: p.who, step: 3, key: o.Key}
	case cardea.VerbRenameUnit, cardea.VerbDeleteUnit: // when all else of the unit is through
		return place{phase: cleaning, at: cardea.Never, who: string(o.Group), key: o.Key}
	case cardea.VerbAdopt:
		return place{phase: rest, who: p.who, step: 0, key: o.Key}
	case cardea.VerbLink:
		return place{phase: rest, who: p.who, step: 1, key: o.Key}
	case cardea.VerbForget:
		return place{phase: rest, who: p.who, step: 2, key: o.Key}
	case cardea.VerbClean:
		return place{phase: cleaning, who: p.who, key: o.Key}
	}
	if a, has := first[p.who]; has && !units[o.Group] {
		if b := (place{phase: p.phase, at: p.at}); b.compare(place{phase: a.phase, at: a.at}) > 0 {
			p.phase, p.at = a.phase, a.at
		}
	}
	return p
}
