package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/store"
)

// Plan is what one look at everything says is to be done.
type Plan struct {
	Changeset cardea.Changeset
	// Next is when the same look would say something else, Never = not by itself.
	Next cardea.Instant
	// Wanted are the grants that it rests on, united over the integrations; People those that they and the links name.
	Wanted []cardea.Grant
	People map[cardea.PersonID]cardea.Person
	Links  []cardea.Link
	// Conflicts are the questions of who is who that only a person can answer.
	Conflicts []cardea.IdentityConflict
	State     store.DoorState
	Mapped    []cardea.GroupID
	// Blind are the groups of which not everything that may give them is known, and why.
	Blind map[cardea.GroupID]string
	// InStep counts the entries of each mapped group that are as they should be now.
	InStep map[cardea.GroupID]int
	// Read is when the newest reading began that it rests on, by space connection.
	Read map[string]cardea.Instant
	// Standings are the situations of what is not in step.
	Standings []cardea.Standing

	terms *terms
}

// Plan looks at everything that is stored and says what is to be done. It writes nothing, here or at the door system.
func (k *Keeper) Plan(ctx context.Context) (Plan, error) {
	f, err := k.everything(ctx)
	if err != nil {
		return Plan{}, err
	}
	state, err := k.Store.DoorState(ctx, k.Door)
	if err != nil {
		return Plan{}, failed("see what is at the door system", err)
	}
	return k.plan(ctx, f, state)
}

// PlanFor says what is to be done for these people alone. It costs by what they hold, not by how many people there are.
func (k *Keeper) PlanFor(ctx context.Context, people []cardea.PersonID) (Plan, error) {
	people = slices.Compact(slices.Sorted(slices.Values(people)))
	state, err := k.Store.DoorStateOf(ctx, k.Door, people)
	if err != nil {
		return Plan{}, failed("see what is at the door system", err)
	}
	// An account that several people share is judged with all of them.
	if shared := sharers(k.around(state, people), people); len(shared) > len(people) {
		people = shared
		if state, err = k.Store.DoorStateOf(ctx, k.Door, people); err != nil {
			return Plan{}, failed("see what is at the door system", err)
		}
	}
	f, err := k.some(ctx, people)
	if err != nil {
		return Plan{}, err
	}
	return k.plan(ctx, f, state)
}

// plan compares what was decided with what is at the door system.
func (k *Keeper) plan(ctx context.Context, f *facts, state store.DoorState) (Plan, error) {
	shows, err := k.believed(ctx, &state, f.at)
	if err != nil {
		return Plan{}, err
	}
	in, err := k.input(ctx, f, state)
	if err != nil {
		return Plan{}, err
	}
	people := k.relevant(f, state)
	paired := match.Pair(match.Input{
		Door: k.Door, People: people, Accounts: state.Accounts, Links: slices.Clone(state.Links),
		NeedsEmail: k.limits().NeedsEmail, Decisions: k.decided(state), Follow: k.follows(),
		Profiled: k.profiled(),
	})
	barred, err := k.blocked(ctx, f.at)
	if err != nil {
		return Plan{}, err
	}
	said := store.DoorState{Links: state.Links, Decisions: k.decided(state)}
	links := slices.Concat(said.Pairs(), paired.Links)
	f.bar(barred, people, links)
	in.Wanted, in.Blocked = f.wanted, accountsOf(f.blocked, links, state.Ledger)
	var thaw cardea.Instant
	if in.Frozen, thaw, err = k.frozen(ctx, f, state); err != nil {
		return Plan{}, err
	}
	granted := map[cardea.PersonID]bool{}
	for i := range f.wanted {
		granted[f.wanted[i].Person] = true
	}
	in.Everybody = f.everybody
	in.People, in.Links, in.Fresh = people, paired.Links, paired.Fresh
	in.Missing = slices.DeleteFunc(paired.Missing, func(a cardea.NewAccount) bool { return !granted[a.Person] })
	in.Disputed, in.NoAccount = paired.Disputed, paired.NoAccount
	in.Updates, in.Not = paired.Updates, paired.Not
	terms, err := k.terms(ctx, f)
	if err != nil {
		return Plan{}, err
	}
	in.Term, in.Good = terms.of, f.good
	in.Places, in.Sides = k.places(f, state.Groups)
	cs, next, stands, err := k.situated(ctx, state, in, paired)
	if err != nil {
		return Plan{}, err
	}
	if cs, err = k.queued(ctx, cs, in); err != nil {
		return Plan{}, err
	}
	if k.limits().NamesEdges {
		named(&cs, people)
	}
	cs.Issues = slices.Concat(f.issues, paired.Issues, cs.Issues)
	p := Plan{
		Changeset: cs, Next: min(next, barred.ends, thaw, f.turns, shows), Wanted: f.wanted, People: people, Links: paired.Links, State: state,
		Conflicts: paired.Conflicts,
		Mapped:    f.mapped, Blind: f.blind, Read: f.read, terms: terms,
	}
	p.Standings = stands
	p.InStep = p.inStep(f.at, k.limits().Timed)
	return p, nil
}

// spot is where an entry is: an account in a group.
type spot struct {
	group   cardea.GroupID
	account cardea.AccountID
}

// accounts says by person which account the plan takes for theirs.
func (p *Plan) accounts() map[cardea.PersonID]cardea.AccountID {
	out := make(map[cardea.PersonID]cardea.AccountID, len(p.Links))
	for _, l := range p.Links {
		out[l.Person] = l.Account
	}
	return out
}

// inStep counts the entries that a grant wants now and that open now.
func (p *Plan) inStep(at cardea.Instant, timed bool) map[cardea.GroupID]int {
	account := p.accounts()
	wanted := make(map[spot]bool, len(p.Wanted))
	for i := range p.Wanted {
		g := &p.Wanted[i]
		if _, open := g.At(at); !open {
			continue
		}
		if a := account[g.Person]; a != "" {
			wanted[spot{g.Group, a}] = true
		}
	}
	out := map[cardea.GroupID]int{}
	for _, e := range p.State.Edges {
		if e.Foreign == "" && wanted[spot{e.Group, e.Account}] && (!timed || e.Window.Holds(at)) {
			out[e.Group]++
		}
	}
	return out
}

// named gives additions the person they are for, where the door system keeps the person on each entry.
func named(cs *cardea.Changeset, people map[cardea.PersonID]cardea.Person) {
	for i := range cs.Operations {
		if o := &cs.Operations[i]; o.Verb == cardea.VerbAdd {
			who := match.Profile(o.Person, people[o.Person])
			o.New = &who
		}
	}
}
