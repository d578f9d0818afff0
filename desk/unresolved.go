package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
)

// refusedNames is the code of an integration that is left out because its names do not resolve.
const refusedNames = "integration-refused"

type resolving = func(context.Context, Integration) (Resolved, error)

// unresolved are the integrations of a door whose names do not resolve. They are left out of its runs, and the others go on
// (RULES.md 5.10): nobody comes or goes for them, and nobody is taken out of a group that they may give.
type unresolved map[string]refusal

type refusal struct {
	in  Integration
	r   Resolved // what did resolve
	err error
}

// resolvable parts a door's integrations into those whose names resolve and those that are refused, and returns a way to
// have the former's names that does not ask again. An error when it would leave nothing.
func (d *Desk) resolvable(ctx context.Context, ins []Integration, resolve resolving) ([]Integration, unresolved, resolving, error) {
	if len(ins) < 2 {
		return ins, nil, resolve, nil
	}
	type answer struct {
		r   Resolved
		err error
	}
	answers, bad := map[string]answer{}, unresolved{}
	var rest []Integration
	var all []error
	for _, in := range ins {
		now, _, err := d.inForce(ctx, in)
		if err != nil {
			return nil, nil, nil, err
		}
		r, err := resolve(ctx, now)
		if err != nil && cardea.ClassOf(err) == cardea.Rejected && d.gate.closed(in.Space) == nil {
			bad[in.Name], all = refusal{now, r, err}, append(all, err)
			continue
		}
		answers[in.Name], rest = answer{r, err}, append(rest, in)
	}
	if len(rest) == 0 {
		return nil, nil, nil, errors.Join(all...)
	}
	again := func(_ context.Context, in Integration) (Resolved, error) {
		return answers[in.Name].r, answers[in.Name].err
	}
	return rest, bad, again, nil
}

// spare tells a keeper what the integrations that are left out may give.
func (u unresolved) spare(k *keep.Keeper) {
	k.Spared = map[string][]cardea.GroupID{}
	for name, one := range sorted(u) {
		why := "integration " + name + " gives it too and is left out, because its names do not resolve"
		k.Spared[name] = one.groups()
		for _, g := range k.Spared[name] {
			k.Withheld[g] = why
			if _, has := k.Policies[g]; !has {
				if p, known := one.r.Policies[g]; known {
					k.Policies[g] = p
				}
			}
		}
	}
}

// groups are the groups that it maps or mapped, as far as their names are known.
func (f refusal) groups() []cardea.GroupID {
	out := map[cardea.GroupID]bool{}
	for _, names := range []map[string]string{f.r.Names, f.r.Remembered} {
		for name, id := range names {
			if strings.HasPrefix(name, shelfGroups+"\x00") {
				out[cardea.GroupID(id)] = true
			}
		}
	}
	for _, m := range f.r.Settings.Mappings {
		for _, g := range m.Groups {
			out[g] = true
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// issues say which integration is left out, and what to mend.
func (u unresolved) issues() []cardea.Issue {
	var out []cardea.Issue
	for name, one := range sorted(u) {
		out = append(out, cardea.Issue{Code: refusedNames, Record: &cardea.Key{Kind: "integration", ID: name},
			Text: "nothing is done for " + name + " until its names resolve: " + one.err.Error() +
				". Whom it let in stays, and the others go on."})
	}
	return out
}

// lacks says whether a group that a name was resolved to is not there: it may be there again.
func (r Resolved) lacks(groups []cardea.Group) bool {
	for name, id := range r.Names {
		is := func(g cardea.Group) bool { return string(g.ID) == id }
		if strings.HasPrefix(name, shelfGroups+"\x00") && !slices.ContainsFunc(groups, is) {
			return true
		}
	}
	return false
}
