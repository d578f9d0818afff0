package change_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// blockedAna is Ana in a group that she has a reason for, blocked by an operator.
func blockedAna() change.Input {
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", cardea.Window{From: noon - hour, Until: cardea.Never})}
	in.Blocked = map[cardea.AccountID]cardea.PersonID{}
	for _, l := range in.Links {
		in.Edges = append(in.Edges, cardea.Edge{Group: "A", Account: l.Account, Window: cardea.Forever})
		in.Blocked[l.Account] = l.Person
	}
	return in
}

func TestABlockBeatsEverythingButWatch(t *testing.T) {
	t.Parallel()
	for what, protect := range map[string]func(in *change.Input){
		"a grant": func(*change.Input) {},
		"a keep entry": func(in *change.Input) {
			in.Policies["A"] = cardea.Policy{Mode: cardea.Exclusive, Ours: true, Keep: []cardea.Keep{{
				Account: "id:" + string(in.Edges[0].Account), Until: cardea.Never,
			}}}
		},
		"staff":        func(in *change.Input) { in.Accounts[0].Staff = "owner" },
		"shared":       func(in *change.Input) { in.Policies["A"] = cardea.Policy{Mode: cardea.Shared, Ours: true} },
		"not approved": func(in *change.Input) { in.Policies["A"], in.Approve = cardea.Policy{}, cardea.ApproveFirst },
		"blind":        func(in *change.Input) { in.Blind = map[cardea.GroupID]string{"A": "the bookings were not read"} },
		"frozen":       func(in *change.Input) { in.Frozen = map[cardea.GroupID]string{"A": "rewiring"} },
		"disputed": func(in *change.Input) {
			in.Disputed = map[cardea.AccountID]string{in.Edges[0].Account: "two bear the address"}
		},
		"plain": func(in *change.Input) { in.Limits.Timed = false },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			in := blockedAna()
			protect(&in)
			o := one(t, in)
			if o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseBlocked || o.Held != nil || o.Due != noon ||
				o.Deadline != noon+cardea.Minute || o.Person != "rnd/person:ana" {
				t.Fatalf("%+v", o)
			}
		})
	}
	in := blockedAna()
	in.Policies["A"] = cardea.Policy{Mode: cardea.Watch}
	if o := one(t, in); o.Held == nil || o.Held.Code != cardea.HeldWatch {
		t.Fatalf("something is written to a group that is only watched: %+v", o)
	}
}

func TestABlockLeavesMembersThatAreNoAccountsAlone(t *testing.T) {
	t.Parallel()
	in := blockedAna()
	in.Edges[0].Foreign = "team"
	none(t, in)
}

func TestABlockActsWhereNothingIsMappedAnyMore(t *testing.T) {
	t.Parallel()
	in := blockedAna()
	in.Mapped, in.Wanted = nil, nil
	in.Ledger = []cardea.LedgerRow{{Group: "A", Account: in.Edges[0].Account, Person: "rnd/person:ana", Window: cardea.Forever}}
	if o := one(t, in); o.Cause != cardea.CauseBlocked || o.Held != nil {
		t.Fatalf("%+v", o)
	}
}

func TestAFreezeHoldsWritesOfItsGroupsAlone(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour))}
	in.Edges = []cardea.Edge{{Group: "A", Account: "stray", Window: cardea.Forever}}
	in.Accounts = append(in.Accounts, cardea.Account{ID: "stray"})
	in.Frozen = map[cardea.GroupID]string{"B": "elsewhere"}
	cs, _ := change.Plan(in)
	if len(cs.Operations) != 2 || len(cs.Going()) != 2 {
		t.Fatalf("%+v", cs.Operations)
	}
	in.Frozen["A"] = "rewiring"
	cs, _ = change.Plan(in)
	if len(cs.Operations) != 2 || len(cs.Going()) != 0 {
		t.Fatalf("%+v", cs.Operations)
	}
	for _, o := range cs.Operations {
		if o.Held.Code != cardea.HeldFrozen || o.Held.Why != "rewiring" {
			t.Errorf("%+v", o.Held)
		}
	}
	in.Cause = func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause { return cardea.CauseLocked }
	in.Wanted = nil
	in.Edges = []cardea.Edge{{Group: "A", Account: in.Links[0].Account, Window: cardea.Forever}}
	if o := one(t, in); o.Cause != cardea.CauseLocked || o.Held != nil {
		t.Errorf("a lock waits for a freeze: %+v", o)
	}
}
