package change_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// world makes people with three grants each, all in step, whose account ids have nothing to do with their own.
func world(people int, apart bool) change.Input {
	const groups = 60
	r := rand.New(rand.NewPCG(1, 2))
	now := cardea.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	in := change.Input{
		Now: now, Beyond: cardea.Never, Door: "kisi", Approve: cardea.ApproveAuto,
		Horizon: 24 * time.Hour, Limits: cardea.Limits{Timed: true, WindowsPerEdge: 1}, Brake: cardea.DefaultBrake,
		People: map[cardea.PersonID]cardea.Person{}, Policies: map[cardea.GroupID]cardea.Policy{},
		Cause: func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause { return cardea.CauseEnded },
	}
	for g := range groups {
		id := cardea.GroupID(fmt.Sprint(10_000 + g))
		in.Groups = append(in.Groups, cardea.Group{ID: id, Name: "Group"})
		in.Mapped = append(in.Mapped, id)
		in.Policies[id] = cardea.Policy{Group: id, Mode: cardea.Exclusive, Ours: true}
	}
	ids := r.Perm(people)
	slab := make([]cardea.Window, people) // as decide gives them: the windows of a person's grants stand together
	w := cardea.Window{From: now - 100*cardea.Hour, Until: cardea.Never}
	for i := range people {
		person := cardea.PersonID(fmt.Sprintf("rnd/person:5f2b%08x9c", i))
		account := cardea.AccountID(fmt.Sprint(10_000_000 + ids[i]))
		in.Links = append(in.Links, cardea.Link{Person: person, Account: account, How: "email"})
		in.Accounts = append(in.Accounts, cardea.Account{ID: account, Email: fmt.Sprintf("p%d@x.test", i)})
		first := r.IntN(groups)
		slab[i] = w
		for n := range 3 {
			g := in.Groups[(first+n*7)%groups].ID
			reason := cardea.Reason{Integration: "london", Rule: cardea.RulePlan, Windows: []cardea.Window{w},
				Record: cardea.Key{Kind: cardea.KindAgreement, ID: fmt.Sprint(i)}}
			in.Wanted = append(in.Wanted, cardea.Grant{Person: person, Group: g, Windows: slab[i : i+1],
				Reasons: []cardea.Reason{reason}})
			in.Edges = append(in.Edges, cardea.Edge{Group: g, Account: account, Window: w})
			in.Ledger = append(in.Ledger, cardea.LedgerRow{Group: g, Account: account, Person: person, Window: w})
		}
	}
	slices.SortFunc(in.Wanted, func(a, b cardea.Grant) int {
		return strings.Compare(string(a.Group)+"/"+string(a.Person), string(b.Group)+"/"+string(b.Person))
	})
	if !apart {
		slices.SortFunc(in.Accounts, func(a, b cardea.Account) int { return strings.Compare(string(a.ID), string(b.ID)) })
		slices.SortFunc(in.Edges, func(a, b cardea.Edge) int {
			return strings.Compare(string(a.Group)+"/"+string(a.Account), string(b.Group)+"/"+string(b.Account))
		})
		slices.SortFunc(in.Ledger, func(a, b cardea.LedgerRow) int {
			return strings.Compare(string(a.Group)+"/"+string(a.Account), string(b.Group)+"/"+string(b.Account))
		})
	}
	// As a store returns them: every row has strings of its own.
	for i := range in.Links {
		in.Links[i].Person, in.Links[i].Account = clone(in.Links[i].Person), clone(in.Links[i].Account)
	}
	for i := range in.Accounts {
		in.Accounts[i].ID = clone(in.Accounts[i].ID)
	}
	for i := range in.Edges {
		in.Edges[i].Group, in.Edges[i].Account = clone(in.Edges[i].Group), clone(in.Edges[i].Account)
	}
	for i := range in.Ledger {
		in.Ledger[i].Group, in.Ledger[i].Account = clone(in.Ledger[i].Group), clone(in.Ledger[i].Account)
	}
	return in
}

func clone[S ~string](s S) S { return S(strings.Clone(string(s))) }

func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{1, 1_000, 10_000, 100_000, 1_000_000} {
		for _, unsorted := range []bool{false, true} {
			b.Run(fmt.Sprintf("people=%d/unsorted=%v", n, unsorted), func(b *testing.B) {
				in := world(n, unsorted)
				b.ReportAllocs()
				for b.Loop() {
					cs, _ := change.Plan(in)
					if len(cs.Operations) != 0 || len(cs.Issues) != 0 {
						b.Fatalf("not in step: %d operations, %d issues", len(cs.Operations), len(cs.Issues))
					}
				}
			})
		}
	}
}
