package change_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

const hour = cardea.Hour

// plain is a door with group A mapped and ours, and nobody in it.
func plain() change.Input {
	return change.Input{
		Now: noon, Beyond: cardea.Never, Door: "kisi", Approve: cardea.ApproveAuto, Mails: cardea.MailsDefault,
		Horizon: 24 * time.Hour, Brake: cardea.DefaultBrake, Limits: cardea.Limits{Batch: 1, Timed: true, WindowsPerEdge: 1},
		Groups: []cardea.Group{{ID: "A", Name: "First floor"}}, Mapped: []cardea.GroupID{"A"},
		People:   map[cardea.PersonID]cardea.Person{},
		Policies: map[cardea.GroupID]cardea.Policy{"A": {Group: "A", Mode: cardea.Exclusive, Ours: true}},
		Cause:    func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause { return cardea.CauseEnded },
	}
}

// ana is one linked person with account a1.
func ana() change.Input {
	in := plain()
	in.Links = []cardea.Link{{Person: "rnd/person:ana", Account: "a1", How: "email"}}
	in.Accounts = []cardea.Account{{ID: "a1", Email: "ana@x.test"}}
	return in
}

func grant(person string, ws ...cardea.Window) cardea.Grant {
	return cardea.Grant{Person: cardea.PersonID("rnd/person:" + person), Group: "A", Windows: ws,
		Reasons: because(cardea.RulePlan, "m-"+person, ws...)}
}

func because(rule cardea.Rule, record string, ws ...cardea.Window) []cardea.Reason {
	return []cardea.Reason{{
		Integration: "london", Rule: rule, Record: cardea.Key{Kind: cardea.KindAgreement, ID: record}, Windows: ws,
	}}
}

func edge(account string, w cardea.Window) cardea.Edge {
	return cardea.Edge{Group: "A", Account: cardea.AccountID(account), Window: w}
}

func row(account, person string, w cardea.Window, rs []cardea.Reason) cardea.LedgerRow {
	return cardea.LedgerRow{Group: "A", Account: cardea.AccountID(account), Window: w, Reasons: rs,
		Person: cardea.PersonID("rnd/person:" + person)}
}

func window(from, until cardea.Instant) cardea.Window {
	return cardea.Window{From: noon + from, Until: noon + until}
}

func standing() cardea.Window { return cardea.Window{From: noon - 1000*hour, Until: cardea.Never} }

// inStep is group A with n people in it, as it should be.
func inStep(n int) change.Input {
	in := plain()
	for i := range n {
		p, a := fmt.Sprintf("%03d", i), fmt.Sprintf("a%03d", i)
		in.Links = append(in.Links, cardea.Link{Person: cardea.PersonID("rnd/person:" + p), Account: cardea.AccountID(a)})
		in.Accounts = append(in.Accounts, cardea.Account{ID: cardea.AccountID(a)})
		g := grant(p, standing())
		in.Wanted = append(in.Wanted, g)
		in.Edges = append(in.Edges, edge(a, standing()))
		in.Ledger = append(in.Ledger, row(a, p, standing(), g.Reasons))
	}
	return in
}

func always(c cardea.Cause) func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause {
	return func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause { return c }
}

// one plans and returns the only operation.
func one(t *testing.T, in change.Input) cardea.Operation {
	t.Helper()
	cs, _ := change.Plan(in)
	if len(cs.Operations) != 1 {
		t.Fatalf("want one operation, got %+v", cs.Operations)
	}
	return cs.Operations[0]
}

// none plans and expects no operation.
func none(t *testing.T, in change.Input) (cardea.Changeset, cardea.Instant) {
	t.Helper()
	cs, next := change.Plan(in)
	if len(cs.Operations) != 0 {
		t.Fatalf("want nothing, got %+v", cs.Operations)
	}
	return cs, next
}

func hasIssue(cs cardea.Changeset, code string) bool {
	for _, i := range cs.Issues {
		if i.Code == code {
			return true
		}
	}
	return false
}

func held(o cardea.Operation) cardea.HoldCode {
	if o.Held == nil {
		return ""
	}
	return o.Held.Code
}
