package change_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

func TestSeveralPeopleOnOneAccountHaveTheUnion(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Links = append(in.Links, cardea.Link{Person: "rnd/person:bo", Account: "a1"})
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour)), grant("bo", window(hour, 3*hour))}
	o := one(t, in)
	if o.Window != window(-hour, 3*hour) || len(o.Reasons) != 2 || o.Person != "rnd/person:ana" {
		t.Fatalf("%+v", o)
	}
	in.Edges = []cardea.Edge{edge("a1", window(-hour, 3*hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", o.Window, o.Reasons)}
	none(t, in)
}

func TestDisputedAccountGainsAndLosesNothing(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Links, in.Disputed = nil, map[cardea.AccountID]string{"a1": "two accounts"}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	if o := one(t, in); held(o) != cardea.HeldDisputed {
		t.Fatalf("%+v", o)
	}
}

func TestPersonWithoutAPossibleAccountIsAnIssue(t *testing.T) {
	t.Parallel()
	in := plain()
	in.NoAccount = map[cardea.PersonID]string{"rnd/person:ana": "no e-mail address"}
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	cs, _ := none(t, in)
	if !hasIssue(cs, "cannot-be-given") || !strings.Contains(cs.Issues[0].Text, "no e-mail address") {
		t.Fatalf("%+v", cs.Issues)
	}
}

func TestShutAccountIsKeptInStepAndReported(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Accounts[0].Shut = true
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	cs, _ := change.Plan(in)
	if len(cs.Going()) != 1 || cs.Operations[0].Verb != cardea.VerbAdd || !hasIssue(cs, "account-shut") {
		t.Fatalf("%+v", cs)
	}
	in.Edges = []cardea.Edge{edge("a1", standing())}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", standing(), nil)}
	if cs, _ := none(t, in); !hasIssue(cs, "account-shut") {
		t.Fatalf("%+v", cs)
	}
}

func TestFirstRunTellsNobody(t *testing.T) {
	t.Parallel()
	in := plain()
	in.Mails = cardea.MailsAlways
	in.Missing = []cardea.NewAccount{{Person: "rnd/person:ana"}}
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	for _, first := range []bool{true, false} {
		in.FirstRun = first
		want := map[bool]cardea.Mails{true: cardea.MailsNever, false: cardea.MailsAlways}[first]
		cs, _ := change.Plan(in)
		if cs.Operations[0].New.Mails != want || cs.Operations[1].Mails != want {
			t.Fatalf("%+v", cs.Operations)
		}
	}
}

func TestFreshPairsAreRemembered(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Fresh = in.Links
	if o := one(t, in); o.Verb != cardea.VerbLink || o.Link == nil || *o.Link != in.Links[0] || o.Held != nil {
		t.Fatalf("%+v", o)
	}
}

func TestOnlyPlansForTheNamedPeople(t *testing.T) {
	t.Parallel()
	in := inStep(3)
	in.Edges, in.Ledger = nil, nil
	in.Only = map[cardea.PersonID]bool{"rnd/person:001": true}
	if o := one(t, in); o.Person != "rnd/person:001" {
		t.Fatalf("%+v", o)
	}
	in.Links = append(in.Links, cardea.Link{Person: "rnd/person:zoe", Account: "a001"})
	none(t, in) // shared with somebody who is not named
}
