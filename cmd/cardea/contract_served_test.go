package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea/store"
)

// askServed wants everyone with a reason inside after a run that nothing stood in the way of: whoever is not must be held,
// and the hold told.
func (g *game) askServed() error {
	ran := g.kind == "sync" && g.ranOK && len(g.result.Doors) == 1 && g.result.Doors[0].Error == ""
	if !ran || !g.spaceUp || !g.doorUp || g.frozen || g.result.Reads[0].Error != "" {
		return nil
	}
	return g.missing(true)
}

// missing names somebody with a reason who is not inside.
func (g *game) missing(heldToo bool) error {
	of, by, odd, err := g.accounts()
	if err != nil {
		return err
	}
	began := g.began
	if !heldToo {
		began = time.Now()
	}
	inside, before, now := g.inside(), g.w.reasons(began), g.w.reasons(time.Now())
	for group, people := range now {
		if group == gLounge {
			continue
		}
		for who := range people {
			account := by[who]
			blocked := g.blocked[who] || slices.ContainsFunc(of[account], func(p string) bool { return g.blocked[p] })
			excused := blocked || odd[who] || who == g.broken || g.shut[account]
			if !before[group][who] || excused || account != "" && inside[group][account] {
				continue
			}
			held := heldToo && slices.ContainsFunc(g.ops, func(o store.OpRow) bool {
				mine := o.Op.Person == g.w.personID(who, g.w.people[who].visitor) || account != "" && string(o.Op.Account) == account
				return mine && o.State == store.OpHeld && (string(o.Op.Group) == group || o.Op.Group == "")
			})
			if !held {
				return fmt.Errorf("%s (account %q) has a reason for %s, is not inside, and nothing holds it", who, account, group)
			}
		}
	}
	return nil
}

// exact compares every group with the town.
func (g *game) exact() error {
	if err := g.missing(false); err != nil {
		return err
	}
	of, by, odd, err := g.accounts()
	if err != nil {
		return err
	}
	reasons := g.w.reasons(time.Now())
	for _, e := range g.places {
		group, account := e.group, e.account
		if group == gLounge || group == gCleaners || !e.runs(time.Now()) || account == "1" || account == "3" && group == gGeneral {
			continue
		}
		if (group == gBuilding || g.w.unmapped[group]) && g.hand[e.id] {
			continue
		}
		right := false
		for who := range reasons[group] {
			right = right || by[who] == account && !g.blocked[who]
		}
		for _, who := range of[account] {
			right = right || odd[who]
		}
		if !right {
			return fmt.Errorf("%s (%v) is in %s without a reason", e.email, of[account], group)
		}
	}
	return nil
}
