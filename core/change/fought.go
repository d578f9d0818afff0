package change

import (
	"fmt"
	"time"

	"github.com/cardea-access/cardea"
)

// Somebody else is at work on a group when one edge came back this often after it was set right, or all edges of the group
// together did, within this time.
const (
	foughtEdge   = 3
	foughtGroup  = 10
	foughtWindow = 24 * time.Hour
)

// Contest is a group that was found to be contested and is not settled yet.
type Contest struct {
	Since cardea.Instant
	Why   string
}

// fought holds a group in which what Cardea sets right is undone again and again: two writers that fight wear out the vendor's
// budget, write mails and open and shut doors by turns. Only what would go on with the fight waits, additions and removals for
// absence; a revocation of what is ours never does. A single edit by hand is no fight, however large: edges must come back.
// What a person released goes, and once nothing is left to set right the group is its own again.
func fought(cs cardea.Changeset, in *Input) cardea.Changeset {
	if len(in.Past.Flips) == 0 && len(in.Past.Contested) == 0 {
		return cs
	}
	why := map[cardea.GroupID]string{}
	for g, now := range undoneNow(cs, in) {
		w := in.contest(g, now)
		if w == "" {
			continue
		}
		why[g] = w
		in.seen.standings = append(in.seen.standings, cardea.Standing{
			Group: g, Situation: cardea.Contested, Detail: w, Does: cardea.Waits, Held: cardea.HeldFought,
		})
		in.seen.brakes = append(in.seen.brakes, cardea.Issue{Code: "second-writer", Group: g, Text: w +
			". Nothing is fought over: switch the other bridge off, or set the group's mode to shared or watch, and then let it go on " +
			"with: cardea release --code contested"})
	}
	if len(why) == 0 {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		text := why[o.Group]
		if text == "" || in.Released[o.Key] || !contends(o, in) {
			return nil
		}
		return &cardea.Hold{Code: cardea.HeldFought, Why: text}
	})
}

// contends says whether the operation is what another writer may be undoing: it gives, or takes away for absence.
func contends(o *cardea.Operation, in *Input) bool {
	switch o.Verb {
	case cardea.VerbAdd, cardea.VerbUnlock, cardea.VerbReprofile:
		return true
	case cardea.VerbRetime:
		return !in.seen.loses[o.Key] || absent(o, in)
	case cardea.VerbRemove:
		return absent(o, in)
	case cardea.VerbCreate, cardea.VerbLink, cardea.VerbAdopt, cardea.VerbClean, cardea.VerbForget, cardea.VerbLock,
		cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit, cardea.VerbUpdate:
	}
	return false
}

// undoneNow are the edges that this plan would set right again, by group: those that somebody made or took away against what
// was decided, and for which no other guard and no person's release speaks.
func undoneNow(cs cardea.Changeset, in *Input) map[cardea.GroupID]map[cardea.AccountID]bool {
	does := operations(cs)
	out := map[cardea.GroupID]map[cardea.AccountID]bool{}
	for i := range in.seen.standings {
		s := &in.seen.standings[i]
		o := does[where{s.Group, s.Account, ""}]
		if !s.Situation.Undoes() || s.Account == "" || o == nil || o.Held != nil || in.Released[o.Key] || evicts(o) {
			continue
		}
		if out[s.Group] == nil {
			out[s.Group] = map[cardea.AccountID]bool{}
		}
		out[s.Group][s.Account] = true
	}
	return out
}

// contest says why a group is contested, or "". now are its edges that deviate.
func (in *Input) contest(g cardea.GroupID, now map[cardea.AccountID]bool) string {
	if c, open := in.Past.Contested[g]; open {
		return c.Why
	}
	times := map[cardea.AccountID]int{}
	first, ends := cardea.Never, cardea.Never
	for _, f := range in.Past.Flips {
		if f.Group == g && f.At > in.Now.Add(-foughtWindow) {
			times[f.Account]++
			first = min(first, f.At)
			ends = min(ends, f.At.Add(foughtWindow))
		}
	}
	most, all, edges := 0, 0, 0
	for a, n := range times {
		if !now[a] {
			n-- // set right the last time, and so it stayed
		} else {
			most = max(most, n)
		}
		if all += n; n > 0 {
			edges++
		}
	}
	if most < foughtEdge && all < foughtGroup {
		return ""
	}
	in.seen.slides = min(in.seen.slides, ends)
	return fmt.Sprintf("somebody else keeps undoing what Cardea does in %s: %d %s came back %d times after they were set right, since %s",
		in.name(g), edges, entries(edges), all, first)
}

func entries(n int) string {
	if n == 1 {
		return "entry"
	}
	return "entries"
}
