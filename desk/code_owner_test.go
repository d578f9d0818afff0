package desk_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
)

// Ana's account is Kim's by decision, though it is linked to her, bears her id, and an entry was put into it for her.
func TestACodeIsNotShownToWhomTheAccountIsSaidNotToBe(t *testing.T) {
	t.Parallel()
	const ana, kim = "rnd/person:ana", "rnd/person:kim"
	code := door.Code{Account: "a", Group: "g"}
	state := store.DoorState{
		Accounts: []cardea.Account{{ID: "a", External: ana}},
		Links:    []cardea.Link{{Person: ana, Account: "a"}},
		Ledger:   []cardea.LedgerRow{{Account: "a", Group: "g", Person: ana}},
	}
	if who := desk.Owners(state, code); !slices.Equal(who, []cardea.PersonID{ana}) {
		t.Errorf("before: %v", who)
	}
	state.Decisions = []cardea.Decision{{Person: ana, Account: "a"}, {Person: kim, Account: "a", Together: true}}
	if who := desk.Owners(state, code); !slices.Equal(who, []cardea.PersonID{kim}) {
		t.Errorf("after: %v", who)
	}
	state.Decisions = append(state.Decisions, cardea.Decision{Person: ana, Account: "a", Together: true})
	if who := desk.Owners(state, code); !slices.Contains(who, ana) || !slices.Contains(who, kim) {
		t.Errorf("hers again: %v", who)
	}
}
