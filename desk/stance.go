package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// The ways to leave.
const (
	LeaveRemove   = "remove"    // what is ours through the integration is taken away
	LeaveHandOver = "hand-over" // nothing is written, and nothing is ours any more
	LeaveStop     = "stop"      // nothing is written and nothing forgotten; it can be taken up again
)

// stances say how integrations stand, by name, beside what the configuration says of them.
type stances map[string]store.Stance

// gone says whether an integration's rules count no more.
func (s stances) gone(name string) bool {
	st := s[name]
	return st.State == store.StanceLeaving || st.State == store.StanceLeft && st.How != LeaveStop
}

func (s stances) group(name string, g cardea.GroupID) store.GroupStance {
	groups := s[name].Groups
	if i := slices.IndexFunc(groups, func(one store.GroupStance) bool { return one.Group == g }); i >= 0 {
		return groups[i]
	}
	return store.GroupStance{}
}

// observes says why an integration only looks on in a group, "" when it does not.
func (s stances) observes(in Integration, g cardea.GroupID) string {
	st, group := s[in.Name], s.group(in.Name, g)
	switch {
	case group.State == store.StanceLeaving:
		return ""
	case st.State == store.StanceLeft:
		return fmt.Sprintf("%s was left on %s by %s and writes nothing any more; take it up again with: cardea adopt %s",
			in.Name, day(st.At), st.Who, in.Name)
	case group.State == store.StanceAdopted:
		return ""
	case group.State == store.StanceObserved:
		return fmt.Sprintf("%s gave it back on %s (%s); take it over again with: cardea adopt %s", in.Name, day(group.At), group.Who, in.Name)
	case st.State == store.StanceBack:
		return fmt.Sprintf("%s came back and has not taken it over yet; do so with: cardea adopt %s", in.Name, in.Name)
	case in.Observe:
		return fmt.Sprintf("%s only looks on; take it over with: cardea adopt %s", in.Name, in.Name)
	}
	return ""
}

func day(at cardea.Instant) string { return at.Time().Format("2 January 2006") }

// writes says whether an integration may write to any group at all.
func (s stances) writes(in Integration) bool {
	st := s[in.Name]
	switch {
	case st.State == store.StanceLeaving:
		return true
	case st.State == store.StanceLeft:
		return false
	case !in.Observe && st.State != store.StanceBack:
		return true
	}
	return slices.ContainsFunc(st.Groups, func(g store.GroupStance) bool { return g.State == store.StanceAdopted })
}

// Shut says why nothing may be written to a door connection at this moment: every enabled integration of it only looks on, or
// has left. It is asked before each write, so that what somebody decided elsewhere counts at once. A store that does not
// answer shuts it too.
func Shut(ctx context.Context, ws *store.Workspace, ins []Integration, door string) error {
	var mine []Integration
	for _, in := range ins {
		if in.Enabled && in.Door == door {
			mine = append(mine, in)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	all, err := ws.Stances(ctx)
	if err != nil {
		return cardea.Errorf(cardea.Retry, "whether it may be written is not known: %w", err)
	}
	if slices.ContainsFunc(mine, stances(all).writes) {
		return nil
	}
	return cardea.Errorf(cardea.Rejected, "the connection is read-only, as every integration of it only looks on or has left; "+
		"take groups over with: cardea adopt %s", mine[0].Name)
}

// lookingAt says of one integration how it is looked at meanwhile.
type lookingAt struct{ back, without string }

type lookingKey struct{}

// asBack has an integration that left be looked at as though it had come back.
func asBack(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, lookingKey{}, lookingAt{back: name})
}

// asWithout has an integration be left out.
func asWithout(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, lookingKey{}, lookingAt{without: name})
}

func (d *Desk) stances(ctx context.Context) (stances, error) {
	all, err := d.ws.Stances(ctx)
	if err != nil {
		return nil, err
	}
	if at, ok := ctx.Value(lookingKey{}).(lookingAt); ok && all[at.back].State == store.StanceLeft {
		all[at.back] = store.Stance{Integration: at.back, State: store.StanceBack}
	}
	return all, nil
}

// present leaves out the integrations of a door that left, and says so of each.
func (d *Desk) present(ctx context.Context, all stances, door string) ([]Integration, []cardea.Issue) {
	at, _ := ctx.Value(lookingKey{}).(lookingAt) //nolint:errcheck // without one nothing is left out
	var ins []Integration
	var issues []cardea.Issue
	for _, in := range d.at(store.SideDoor, door) {
		st := all[in.Name]
		if st.State == store.StanceLeft || st.State == store.StanceLeaving {
			issues = append(issues, cardea.Issue{Code: "integration-left", Record: &cardea.Key{Kind: "integration", ID: in.Name},
				Text: leftText(in, st, d.c.Managed)})
		}
		if in.Name != at.without && !all.gone(in.Name) {
			ins = append(ins, in)
		}
	}
	return ins, issues
}

func leftText(in Integration, st store.Stance, managed string) string {
	if st.State == store.StanceLeaving {
		return fmt.Sprintf("%s is being taken away since %s by %s and that is not finished: go on with: cardea leave %s --%s --apply %s",
			in.Name, day(st.At), st.Who, in.Name, st.How, st.Hash)
	}
	text := fmt.Sprintf("%s was left (%s) on %s by %s: nothing is done for it", in.Name, st.How, day(st.At), st.Who)
	if st.How == LeaveStop {
		return text + "; take it up again with: cardea adopt " + in.Name
	}
	if managed == "file" {
		return text + "; take it out of the configuration (" + in.Where + ")"
	}
	return text
}

// stand tells a keeper where its integrations only look on, and where one is about to leave.
func (d *Desk) stand(all stances, k *keep.Keeper) {
	k.Observed, k.Halted, k.Adopt = map[cardea.GroupID]string{}, map[cardea.GroupID]string{}, map[cardea.GroupID]bool{}
	for _, one := range k.Integrations {
		in, _ := d.integration(one.Settings.Integration) //nolint:errcheck // it is among those that the keeper was made of
		groups := groupsOf(one.Settings)
		if in.Units {
			for _, u := range k.Units {
				groups = append(groups, u.Group)
			}
		}
		for _, g := range groups {
			if why := all.observes(in, g); why != "" && k.Observed[g] == "" {
				k.Observed[g] = why
			}
			if all.group(in.Name, g).Kept {
				k.Adopt[g] = false
			}
		}
	}
	for _, in := range d.at(store.SideDoor, k.Door) {
		st := all[in.Name]
		for _, g := range st.Groups {
			if st.State == store.StanceLeaving && g.State == store.StanceLeaving {
				k.Halted[g.Group] = leftText(in, st, d.c.Managed)
			}
		}
	}
}

// groupsOf are the groups that an integration maps, sorted.
func groupsOf(s cardea.Settings) []cardea.GroupID {
	var out []cardea.GroupID
	for _, m := range s.Mappings {
		out = append(out, m.Groups...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mappedBy are the groups of one integration of a keeper.
func mappedBy(k *keep.Keeper, name string) []cardea.GroupID {
	for _, i := range k.Integrations {
		if i.Settings.Integration == name {
			return groupsOf(i.Settings)
		}
	}
	return nil
}
