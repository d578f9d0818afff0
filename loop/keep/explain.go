package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// Answer is an explanation with what the door system shows.
type Answer struct {
	cardea.Explanation

	Door string `json:"door"`
	// Account is the person's at the door system, nil when they have none yet.
	Account *cardea.Account `json:"account,omitempty"`
	// Edge is the account's entry in the group, nil when the door system shows none; SeenAt is when that was last read.
	Edge   *cardea.Edge   `json:"edge,omitempty"`
	SeenAt cardea.Instant `json:"seen_at,omitempty"`
	// Passes says that the door system lets the person pass at the asked instant, as far as was read.
	Passes bool `json:"passes"`
	// Ledger is what we put there for the person or adopted, oldest first: "no longer, since when".
	Ledger []cardea.LedgerRow `json:"ledger,omitempty"`
	// Policy is what an operator said of the group; Kept the keep entry that holds the account there.
	Policy cardea.Policy `json:"policy"`
	Mapped bool          `json:"mapped"`
	// Waits are operations of the person and group that a plan made now would hold or do.
	Waits []cardea.Operation `json:"waits,omitempty"`
	// Blind says why not everything that may give the group is known.
	Blind string `json:"blind,omitempty"`
}

// view is how one integration looks at one person.
type view struct {
	x      *decide.Index
	person cardea.PersonID
}

// Explain says whether a person may pass with a group at an instant, and why, over all integrations that map the group.
// NotFound when no integration knows the person.
func (k *Keeper) Explain(ctx context.Context, person cardea.PersonID, group cardea.GroupID, at cardea.Instant) (Answer, error) {
	connection, key, ok := person.Split()
	if !ok {
		return Answer{}, cardea.Errorf(cardea.Rejected, "%q names no person: want CONNECTION/person:ID", person)
	}
	answer := Answer{Door: k.Door}
	everyone, err := k.onAccount(ctx, person)
	if err != nil {
		return Answer{}, err
	}
	people := map[cardea.PersonID]cardea.Person{}
	var all, others []view // of integrations that map the group, and of those that do not
	known := false
	for _, i := range k.Integrations {
		var keys []cardea.Key
		for _, p := range everyone {
			if space, one, _ := p.Split(); space == i.Space {
				keys = append(keys, one)
			}
		}
		if len(keys) == 0 {
			continue
		}
		d, err := k.closure(ctx, i.Space, keys)
		if err != nil {
			return Answer{}, failed("load what "+i.Space+" says of the person", err)
		}
		known = known || i.Space == connection && slices.ContainsFunc(d.People, func(p cardea.Person) bool { return p.Key() == key })
		x := decide.New(d, k.settings(i.Settings, d))
		into := &others
		if slices.Contains(x.Mapped(), group) {
			answer.Mapped, into = true, &all
		}
		for _, p := range everyone {
			if space, _, _ := p.Split(); space == i.Space {
				*into = append(*into, view{x, p})
			}
		}
		for i := range d.People {
			if id := cardea.PersonOf(d.Connection, d.People[i].Key()); slices.Contains(everyone, id) {
				people[id] = d.People[i]
			}
		}
	}
	if !known {
		return Answer{}, cardea.Errorf(cardea.NotFound, "nobody is known as %s", person)
	}
	if len(all) == 0 {
		all = others
	}
	join := func(at cardea.Instant) cardea.Explanation {
		var es []cardea.Explanation
		for _, v := range all {
			e := v.x.Explain(v.person, group, at)
			e.Person = person
			es = append(es, e)
		}
		return decide.Join(es...)
	}
	answer.Explanation = join(at)
	barred, err := k.blocked(ctx, k.now())
	if err != nil {
		return Answer{}, err
	}
	for _, p := range everyone { // of one account, whoever of them is blocked
		if b, is := barred.reach(people, nil)[p]; is {
			answer.Explanation = explained(answer.Explanation, b, at, join)
			break
		}
	}
	if err := k.shows(ctx, &answer, person, group, at); err != nil {
		return Answer{}, err
	}
	plan, err := k.PlanFor(ctx, []cardea.PersonID{person})
	if err != nil {
		return Answer{}, err
	}
	answer.Blind = plan.Blind[group]
	for _, op := range plan.Changeset.Operations {
		if op.Group == group {
			answer.Waits = append(answer.Waits, op)
		}
	}
	return answer, nil
}

// onAccount are the person and everybody who shares their account: a visitor with a member's address is the member, and an
// account opens what any of its people may open (RULES.md LINK).
func (k *Keeper) onAccount(ctx context.Context, person cardea.PersonID) ([]cardea.PersonID, error) {
	one := []cardea.PersonID{person}
	state, err := k.Store.DoorStateOf(ctx, k.Door, one)
	if err != nil {
		return nil, failed("see whose account it is", err)
	}
	return sharers(state.Pairs(), one), nil
}

// shows fills in what the door system shows.
func (k *Keeper) shows(
	ctx context.Context, a *Answer, person cardea.PersonID, group cardea.GroupID, at cardea.Instant,
) error {
	state, err := k.Store.DoorStateOf(ctx, k.Door, []cardea.PersonID{person})
	if err != nil {
		return failed("see what is at the door system", err)
	}
	for _, l := range state.Pairs() {
		if l.Person != person {
			continue
		}
		for i := range state.Accounts {
			if state.Accounts[i].ID == l.Account {
				a.Account = &state.Accounts[i]
			}
		}
	}
	for i := range state.Edges {
		if e := &state.Edges[i]; a.Account != nil && e.Group == group && e.Account == a.Account.ID {
			a.Edge = e
			a.Passes = !a.Account.Shut && (!k.limits().Timed || e.Window.Holds(at))
		}
	}
	a.SeenAt = state.EdgesAt[group]
	if a.Ledger, err = k.Store.LedgerHistory(ctx, k.Door, person, group); err != nil {
		return failed("see what was given before", err)
	}
	policies, err := k.policies(ctx)
	if err != nil {
		return err
	}
	a.Policy = policies[group]
	return nil
}
