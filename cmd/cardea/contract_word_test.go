package main

import (
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func (g *game) askPreview() error {
	if w := g.fresh(); g.kind == "preview" && len(w)+len(g.turns) > 0 {
		return fmt.Errorf("a preview wrote %d times: %+v", len(w), w)
	}
	return nil
}

func (g *game) askApproved() error {
	if g.kind == "apply" {
		for _, o := range g.ops {
			sent := o.State == store.OpConfirmed || o.State == store.OpSent || o.State == store.OpSending
			if o.Op.Verb.Writes() && sent && !g.shown[o.Op.Key] && !o.SendingAt.Time().Before(g.began) {
				return fmt.Errorf("%s %s in %s was applied, and not shown", o.Op.Verb, o.Op.Person, o.Op.Group)
			}
		}
	}
	if g.r.set.file.Integrations["london"].Approve.Text == "auto" || g.applied {
		return nil
	}
	for _, t := range g.turns {
		if t.came || len(g.opsOn(t.edge, takes...)) == 0 || g.opsOn(t.edge, takes...)[0].Op.Cause != cardea.CauseBlocked {
			return fmt.Errorf("%s in %s changed before anybody approved anything", t.edge.email, t.edge.group)
		}
	}
	return nil
}

func (g *game) askBlocked() error {
	of, _, odd, err := g.accounts()
	if err != nil {
		return err
	}
	blocked := func(account string) bool {
		return slices.ContainsFunc(of[account], func(who string) bool { return g.blocked[who] && !odd[who] })
	}
	for _, t := range g.turns {
		if t.came && blocked(t.edge.account) && g.kind != "unblock" && g.kind != "block" {
			return fmt.Errorf("%s was let into %s", t.edge.email, t.edge.group)
		}
	}
	done := g.kind == "sync" || g.kind == "apply"
	if !done || !g.ranOK || !g.doorUp || len(g.result.Doors) != 1 || g.result.Doors[0].Error != "" {
		return nil
	}
	for group, accounts := range g.inside() {
		if group == gCleaners || group == gLounge || g.w.unmapped[group] {
			continue
		}
		for account := range accounts {
			if blocked(account) {
				return fmt.Errorf("%v is blocked and in %s", of[account], group)
			}
		}
	}
	return nil
}

func (g *game) askFrozen() error {
	if !g.frozeAt || !g.frozen {
		return nil
	}
	for _, t := range g.turns {
		// A change of times that was half done is brought to its end: somebody may stand before a shut door because of it.
		half := slices.ContainsFunc(g.opsOn(t.edge, cardea.VerbRetime), func(o store.OpRow) bool { return g.before[o.Run] })
		if !half && (t.came || !g.out(t.edge.account)) {
			return fmt.Errorf("%s in %s changed (came: %v)", t.edge.email, t.edge.group, t.came)
		}
	}
	return nil
}
