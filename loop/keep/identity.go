package keep

import (
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// decided is what operators said of who is who, as a plan is to rest on it.
func (k *Keeper) decided(state store.DoorState) []cardea.Decision {
	if k.Suppose == nil {
		return state.Decisions
	}
	return k.Suppose(slices.Clone(state.Decisions))
}

// follows are the fields that follow and that the door system can take.
func (k *Keeper) follows() []string {
	return slices.DeleteFunc(slices.Clone(k.Follow), func(f string) bool { return !slices.Contains(k.limits().Profile, f) })
}

// around are the links that say with whom these people must be judged: whoever shares their account, has an account that
// bears their address or id, or was said to be one with them.
func (k *Keeper) around(state store.DoorState, people []cardea.PersonID) []cardea.Link {
	out := slices.Clone(state.Links)
	asked := map[cardea.PersonID]bool{}
	for _, p := range people {
		asked[p] = true
	}
	has := map[cardea.PersonID]cardea.AccountID{}
	for _, l := range state.Links {
		has[l.Person] = l.Account
	}
	for _, l := range state.Links { // of accounts that are here because they may be these people's
		if !asked[l.Person] {
			out = append(out, cardea.Link{Person: people[0], Account: l.Account})
		}
	}
	for _, d := range k.decided(state) {
		switch {
		case d.Account != "":
			out = append(out, cardea.Link{Person: d.Person, Account: d.Account})
		case asked[d.Person], asked[d.Other]:
			meet := cardea.AccountID("decision " + d.ID) // an account of nobody, on which the two meet
			out = append(out, cardea.Link{Person: d.Person, Account: meet}, cardea.Link{Person: d.Other, Account: meet})
		}
	}
	return out
}
