package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/store"
)

// input gathers what change needs beside the matched people.
func (k *Keeper) input(ctx context.Context, f *facts, state store.DoorState) (change.Input, error) {
	policies, err := k.policies(ctx)
	if err != nil {
		return change.Input{}, err
	}
	if err := k.forgotten(ctx, policies, state); err != nil {
		return change.Input{}, err
	}
	released, err := k.Store.Approved(ctx, k.Door)
	if err != nil {
		return change.Input{}, failed("see what was approved", err)
	}
	undone, err := k.undone(ctx)
	if err != nil {
		return change.Input{}, err
	}
	since := f.at.Add(-k.brake().Window)
	removals, err := k.Store.Removals(ctx, k.Door, since)
	if err != nil {
		return change.Input{}, failed("count the removals of the last day", err)
	}
	base, err := k.Store.InStep(ctx, k.Door, since)
	if err != nil {
		return change.Input{}, failed("see how many entries were in step", err)
	}
	past := change.Past{Base: base, Remapped: k.Remapped, Seen: k.seen(ctx)}
	for _, r := range removals {
		past.Removals = append(past.Removals, change.Removal{Group: r.Group, At: r.At})
	}
	return change.Input{
		Now: f.at, Beyond: f.beyond, Door: k.Door, Wanted: f.wanted,
		Accounts: state.Accounts, Groups: state.Groups, Edges: state.Edges, Ledger: state.Ledger,
		Mapped: f.mapped, Policies: policies, Approve: k.Approve, Mails: k.Mails,
		Quiet:    k.Quiet,
		FirstRun: firstRun(policies, f.mapped, base),
		Limits:   k.limits(), Horizon: k.Horizon, Brake: k.brake(), Blind: f.blind,
		Cause: func(p cardea.PersonID, g cardea.GroupID, was []cardea.Reason) cardea.Cause {
			return f.cause(k, p, g, was)
		},
		Past: past, Released: released, Undone: undone, Only: f.only, Units: k.Units, Attributes: k.Attributes,
		Observed: k.Observed, Adopt: k.Adopt, Unlisted: unlisted(state),
	}, nil
}

// unlisted are the groups with something of ours whose entries nobody has listed: they are new, or were gone and came back.
func unlisted(state store.DoorState) map[cardea.GroupID]bool {
	out := map[cardea.GroupID]bool{}
	for i := range state.Ledger {
		if g := state.Ledger[i].Group; state.EdgesAt[g] == 0 {
			out[g] = true
		}
	}
	return out
}

// policies joins what is configured with what is ours.
func (k *Keeper) policies(ctx context.Context) (map[cardea.GroupID]cardea.Policy, error) {
	stored, err := k.Store.Policies(ctx, k.Door)
	if err != nil {
		return nil, failed("see which groups are ours", err)
	}
	out := make(map[cardea.GroupID]cardea.Policy, len(stored)+len(k.Policies))
	for g, p := range stored {
		out[g] = cardea.Policy{Group: g, Mode: p.Mode, Keep: p.Keep, Ours: p.Ours}
	}
	for g, p := range k.Policies {
		p.Group, p.Ours = g, stored[g].Ours
		p.Keep = bothKept(p.Keep, stored[g].Keep)
		out[g] = p
	}
	for g := range k.Lifted {
		p := out[g]
		p.Group, p.Ours = g, true
		out[g] = p
	}
	// Who approved one unit approved that units are kept: each new one is not asked for again.
	if slices.ContainsFunc(k.Units, func(u cardea.Unit) bool { return out[u.Group].Ours }) {
		for _, u := range k.Units {
			if p, has := out[u.Group]; has && !u.Gone {
				p.Ours = true
				out[u.Group] = p
			}
		}
	}
	return out, nil
}

// forgotten makes groups observed again when there are entries and the ledger has nothing, not even of the past: after a
// restore, say, nobody can tell any more what is ours (RULES.md 5.9).
func (k *Keeper) forgotten(ctx context.Context, policies map[cardea.GroupID]cardea.Policy, state store.DoorState) error {
	if len(state.Edges) == 0 || len(state.Ledger) > 0 {
		return nil
	}
	kept, err := k.Store.AnyLedger(ctx, k.Door)
	if err != nil || kept {
		return err //nolint:wrapcheck // the store says what could not be read
	}
	for g, p := range policies {
		p.Ours = false
		policies[g] = p
	}
	return nil
}

// firstRun says whether no run of this door organisation ever came to its end: then nobody is sent a mail. A first run
// that was cut short is still the first.
func firstRun(
	policies map[cardea.GroupID]cardea.Policy, mapped []cardea.GroupID, base map[cardea.GroupID]int,
) bool {
	return len(base) == 0 && !slices.ContainsFunc(mapped, func(g cardea.GroupID) bool { return policies[g].Ours })
}

// relevant are the people that have a grant or a link, or the address or id that an account with an entry bears: nobody
// else needs an account, and nobody else's account needs an owner.
func (k *Keeper) relevant(f *facts, state store.DoorState) map[cardea.PersonID]cardea.Person {
	if f.only != nil {
		return f.people
	}
	out := make(map[cardea.PersonID]cardea.Person, len(f.wanted))
	take := func(id cardea.PersonID) {
		if p, known := f.people[id]; known {
			out[id] = p
		}
	}
	for i := range f.wanted {
		take(f.wanted[i].Person)
	}
	for _, l := range state.Links {
		take(l.Person)
	}
	members := map[cardea.AccountID]bool{}
	for _, e := range state.Edges {
		members[e.Account] = true
	}
	emails := map[string]bool{}
	for i := range state.Accounts {
		a := &state.Accounts[i]
		if !members[a.ID] {
			continue
		}
		take(cardea.PersonID(a.External))
		if folded, ok := match.Fold(a.Email); ok {
			emails[folded] = true
		}
	}
	if len(emails) == 0 {
		return out
	}
	for id, p := range f.people {
		if _, has := out[id]; has {
			continue
		}
		if folded, ok := match.Fold(p.Email); ok && emails[folded] {
			out[id] = p
		}
	}
	return out
}
