package keep

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// cause says why a person has no grant any more, over all integrations. Each answers for the reasons it gave; when one
// of them knows nothing but that something is not there, that is the answer: what is absent waits longer than what is
// known (RULES.md 4).
func (f *facts) cause(k *Keeper, p cardea.PersonID, g cardea.GroupID, was []cardea.Reason) cardea.Cause {
	if _, is := f.blocked[p]; is {
		return cardea.CauseBlocked
	}
	var known, unknown []cardea.Cause
	note := func(c cardea.Cause) {
		switch {
		case c.Positive():
			known = append(known, c)
		case c != cardea.CauseStray || len(was) == 0:
			unknown = append(unknown, c)
		}
	}
	for i, x := range f.indexes {
		name := k.Integrations[i].Settings.Integration
		mine := slices.DeleteFunc(slices.Clone(was), func(r cardea.Reason) bool { return r.Integration != name })
		if len(mine) == 0 && len(was) > 0 {
			continue
		}
		if len(was) == 0 && !slices.Contains(x.Mapped(), g) {
			continue
		}
		if over := f.outlived(x, name, p, g, mine); len(over) > 0 {
			for _, c := range over {
				note(c)
			}
			continue
		}
		note(x.Cause(p, g, mine, f.at))
	}
	for _, r := range was {
		if _, is := k.Spared[r.Integration]; is {
			note(cardea.CauseVanished) // nobody knows what it says now
		} else if !slices.ContainsFunc(k.Integrations, func(i Integration) bool { return i.Settings.Integration == r.Integration }) {
			note(cardea.CauseUnmapped) // its integration is not configured any more
		}
	}
	for _, c := range unknown {
		if c != cardea.CauseStray {
			return c
		}
	}
	switch {
	case len(known) > 0:
		return known[0]
	case len(was) == 0:
		return cardea.CauseStray
	}
	return cardea.CauseVanished
}
