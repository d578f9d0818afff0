package keep

import (
	"cmp"
	"context"
	"maps"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// frozen are the groups to which nothing is written at this moment, and why, and when that is first over. A group that two
// integrations share is frozen when one of them is. What is ours in a group that no mapping names any more belongs to the
// integrations that gave it.
func (k *Keeper) frozen(
	ctx context.Context, f *facts, state store.DoorState,
) (groups map[cardea.GroupID]string, ends cardea.Instant, err error) {
	all, err := k.Store.Freezes(ctx)
	if err != nil {
		return nil, 0, failed("see what is frozen", err)
	}
	ends = cardea.Never
	if len(k.Halted) > 0 {
		groups = maps.Clone(k.Halted)
	}
	for _, one := range all {
		if !one.Holds(f.at) || !k.concerns(one) {
			continue
		}
		if groups == nil {
			groups = map[cardea.GroupID]string{}
		}
		ends = min(ends, one.Until)
		why := sentence(one)
		note := func(g cardea.GroupID) {
			if groups[g] == "" {
				groups[g] = why
			}
		}
		for i, x := range f.indexes {
			if one.Integration == "" || k.Integrations[i].Settings.Integration == one.Integration {
				for _, g := range x.Mapped() {
					note(g)
				}
			}
		}
		for i := range state.Ledger {
			row := &state.Ledger[i]
			for _, r := range row.Reasons {
				if one.Integration == "" || r.Integration == one.Integration {
					note(row.Group)
				}
			}
		}
		if one.Integration == "" {
			for i := range state.Groups {
				note(state.Groups[i].ID)
			}
			for i := range k.Units {
				note(k.Units[i].Group)
			}
		}
	}
	return groups, ends, nil
}

// concerns says whether a freeze is of something that this door organisation is kept for.
func (k *Keeper) concerns(f cardea.Freeze) bool {
	if f.Integration == "" {
		return true
	}
	for _, i := range k.Integrations {
		if i.Settings.Integration == f.Integration {
			return true
		}
	}
	return false
}

func sentence(f cardea.Freeze) string {
	what := cmp.Or(f.Integration, "everything")
	return what + " is frozen since " + f.Since.String() + " by " + f.By + ", " + until(f.Until) + ": " + f.Reason
}

// frozenIssues says what is frozen.
func (k *Keeper) frozenIssues(all []cardea.Freeze, at cardea.Instant) []cardea.Issue {
	var out []cardea.Issue
	for _, f := range all {
		if !f.Holds(at) || !k.concerns(f) {
			continue
		}
		out = append(out, cardea.Issue{
			Code: "frozen", Record: &cardea.Key{Kind: "integration", ID: cmp.Or(f.Integration, "*")}, Text: sentence(f) +
				". Only blocks and locks are written; lift it with: " + strings.TrimSpace("cardea unfreeze "+f.Integration),
		})
	}
	return out
}
