package keep

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
)

// seedNote is what stands on the keep-list about somebody with whom a group was made.
const seedNote = "the group was made with this person"

// seeds puts on the keep-list whom a group was made with, where the door system makes no group without anybody in it: the only
// member of a group that is not ours yet, whom nothing else speaks for (RULES.md STAFF). Such a person stays until somebody takes
// them out, or the entry off the list. It says whether the plan has to be made anew.
func (k *Keeper) seeds(ctx context.Context, o Options, r *Report) (bool, error) {
	if !k.limits().SeedsGroups || o.People != nil {
		return false, nil
	}
	alone := map[cardea.GroupID]cardea.AccountID{}
	many := map[cardea.GroupID]bool{}
	for _, e := range r.Plan.State.Edges {
		if _, second := alone[e.Group]; second {
			many[e.Group] = true
		}
		alone[e.Group] = e.Account
	}
	for _, row := range r.Plan.State.Ledger {
		many[row.Group] = true // we put somebody there before
	}
	stored, err := k.Store.Policies(ctx, k.Door)
	if err != nil {
		return false, failed("see which groups are ours", err)
	}
	kept := false
	for _, op := range r.Plan.Changeset.Operations {
		g := op.Group
		if op.Verb != cardea.VerbRemove || op.Cause != cardea.CauseStray || many[g] || alone[g] != op.Account || stored[g].Ours ||
			k.Observed[g] != "" || r.Plan.State.EdgesAt[g] == 0 {
			continue
		}
		p := stored[g]
		p.Group = g
		if p.Mode == "" {
			p.Mode = cardea.Exclusive
		}
		p.Keep = append(slices.Clip(p.Keep), cardea.Keep{Account: "id:" + string(op.Account), Note: seedNote, Until: cardea.Never})
		if err := k.Store.SavePolicy(ctx, k.Door, p); err != nil {
			return kept, failed(fmt.Sprintf("keep whom group %s was made with", g), err)
		}
		kept = true
	}
	return kept, nil
}
