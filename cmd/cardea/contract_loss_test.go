package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func (g *game) askSilence() error {
	of, _, _, err := g.accounts()
	if err != nil {
		return err
	}
	if g.byWord || g.crashed {
		return nil
	}
	worlds := append(slices.Clone(g.seen), g.w)
	for _, t := range g.turns {
		if t.came || g.back(t.edge) {
			continue
		}
		// Times are changed by taking away and giving anew: the vendor refuses the second half, and the next run begins with it.
		if half := g.opsOn(t.edge, cardea.VerbRetime); !g.doorUp && len(half) > 0 {
			continue
		}
		if g.agreed(t) {
			continue
		}
		for _, who := range of[t.edge.account] {
			blocked := slices.ContainsFunc(of[t.edge.account], func(p string) bool { return g.blocked[p] })
			stands := !blocked
			for _, w := range worlds {
				stands = stands && w.reasons(t.at)[t.edge.group][who]
			}
			if stands {
				return fmt.Errorf("%s lost %s at %s, and had a reason all the time", who, t.edge.group, t.at.UTC().Format(time.TimeOnly))
			}
		}
	}
	return nil
}

// agreed says whether an entry went for absence, and rightly: a person was shown that it would and let it (RULES.md 5.4), or
// the space system says that something is not there for a full interval now, so that a second reading agreed (RULES.md 5.1).
func (g *game) agreed(t turn) bool {
	return slices.ContainsFunc(g.opsOn(t.edge, cardea.VerbRemove), func(o store.OpRow) bool {
		twice := !g.lied.IsZero() && t.at.Sub(g.lied) >= 15*time.Minute
		return !o.Op.Cause.Positive() && (g.word[o.Op.Key] || twice)
	})
}

func (g *game) askCause() error {
	for _, t := range g.turns {
		if t.came {
			continue
		}
		ops := g.opsOn(t.edge, takes...)
		if len(ops) == 0 || !slices.ContainsFunc(ops, func(o store.OpRow) bool { return o.Op.Cause != "" }) {
			return fmt.Errorf("%s lost %s without an operation that says why", t.edge.email, t.edge.group)
		}
	}
	return nil
}

// askBrake counts removals for absence anew, against the most that were in the group in the day before. Numbers are those of
// RULES.md 5.4.
func (g *game) askBrake() error {
	for _, t := range g.turns {
		if t.came {
			continue
		}
		for _, o := range g.opsOn(t.edge, cardea.VerbRemove) {
			// The half of a change of times is no removal, though the entry that came of it went for absence later in the run.
			half := o.Op.Was != nil && o.Op.Was.Ref != t.edge.id && len(g.opsOn(t.edge, cardea.VerbRetime)) > 0
			if !half && !o.Op.Cause.Positive() && !g.word[o.Op.Key] && !g.byWord {
				g.absent = append(g.absent, t)
				break
			}
		}
	}
	for _, group := range townMapped {
		for _, last := range g.absent {
			if last.edge.group != group {
				continue
			}
			n, base := 0, 0
			for _, t := range g.absent {
				if d := last.at.Sub(t.at); t.edge.group == group && d >= 0 && d < 24*time.Hour {
					n++
				}
			}
			for _, s := range g.most {
				if d := last.at.Sub(s.at); s.group == group && d >= 0 && d < 48*time.Hour {
					base = max(base, s.n)
				}
			}
			if n > 10 || n >= 3 && n*100 > 20*max(base, n) {
				return fmt.Errorf("%d of %d lost %s for absence within a day, and nobody released them", n, base, group)
			}
		}
	}
	return nil
}

func (g *game) askKnown() error {
	for _, o := range g.ops {
		if o.State == store.OpHeld && o.Op.Verb == cardea.VerbRemove && o.Op.Cause.Positive() && o.Op.Held.Code == cardea.HeldBrake {
			return fmt.Errorf("%s has %s and waits for the brake in %s", o.Op.Person, o.Op.Cause, o.Op.Group)
		}
	}
	return nil
}

func (g *game) askShared() error {
	for _, t := range g.turns {
		if !t.came && t.edge.group == gBuilding && g.hand[t.edge.id] && !g.ours(t.edge) && !g.out(t.edge.account) {
			return fmt.Errorf("%s was put into the shared group by hand, and is taken out", t.edge.email)
		}
	}
	return nil
}

// ours says whether somebody took an entry of Cardea's away by hand and put it back before Cardea heard of it: an entry is an
// account in a group, whatever the vendor numbers it, and the ledger had it when the step began.
func (g *game) ours(e place) bool {
	put := false
	for _, was := range g.ever {
		put = put || was.group == e.group && was.account == e.account && !g.hand[was.id]
	}
	return put && g.held[e.group+"/"+e.account]
}

func (g *game) askStaff() error {
	for _, t := range g.turns {
		if !t.came && (t.edge.account == "1" || t.edge.account == "3" && t.edge.group == gGeneral) {
			return fmt.Errorf("%s lost %s", t.edge.email, t.edge.group)
		}
	}
	return nil
}

func (g *game) askOthers() error {
	for _, t := range g.turns {
		if t.edge.group == gCleaners || t.edge.group == gLounge {
			return fmt.Errorf("%s (came: %v) in %s, which is not ours to change", t.edge.email, t.came, t.edge.group)
		}
	}
	return nil
}
