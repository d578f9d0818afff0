package core_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/core/decide"
)

// door is a door system in which what was granted yesterday stands, as the store returns it: sorted, and rows share the
// strings of accounts, groups and links, but none with what the space side says. One edge in a thousand is missing.
func door(w world, x *decide.Index) change.Input {
	in := change.Input{
		Now: asked, Door: "kisi", Approve: cardea.ApproveAuto, Horizon: 24 * time.Hour, Brake: cardea.DefaultBrake,
		Limits: cardea.Limits{Timed: true, WindowsPerEdge: 1}, Mapped: x.Mapped(),
		People: map[cardea.PersonID]cardea.Person{}, Policies: map[cardea.GroupID]cardea.Policy{},
		Cause: func(p cardea.PersonID, g cardea.GroupID, was []cardea.Reason) cardea.Cause {
			return x.Cause(p, g, was, asked)
		},
	}
	accounts, people := map[cardea.PersonID]cardea.AccountID{}, map[cardea.PersonID]cardea.PersonID{}
	for i, n := range rand.New(rand.NewPCG(1, 2)).Perm(len(w.directory.People)) {
		p := w.directory.People[i]
		id := cardea.PersonOf("rnd", p.Key())
		in.People[id] = p
		accounts[id], people[id] = cardea.AccountID(fmt.Sprint(10_000_000+n)), own(id)
		in.Links = append(in.Links, cardea.Link{Person: people[id], Account: accounts[id], How: "email"})
		in.Accounts = append(in.Accounts, cardea.Account{ID: accounts[id], Email: p.Email})
	}
	groups := map[cardea.GroupID]cardea.GroupID{}
	for _, g := range in.Mapped {
		groups[g] = own(g)
		in.Groups = append(in.Groups, cardea.Group{ID: groups[g], Name: "Group"})
		in.Policies[g] = cardea.Policy{Group: g, Mode: cardea.Exclusive, Ours: true}
	}
	for i, g := range x.Grants(cardea.Window{From: asked, Until: asked}) {
		if i%1000 == 0 {
			continue
		}
		in.Edges = append(in.Edges, cardea.Edge{Group: groups[g.Group], Account: accounts[g.Person], Window: g.Windows[0]})
		in.Ledger = append(in.Ledger, cardea.LedgerRow{
			Group: groups[g.Group], Account: accounts[g.Person], Person: people[g.Person], Window: g.Windows[0], Reasons: g.Reasons,
		})
	}
	byAccount := func(ag, bg cardea.GroupID, aa, ba cardea.AccountID) int {
		if c := strings.Compare(string(ag), string(bg)); c != 0 {
			return c
		}
		return strings.Compare(string(aa), string(ba))
	}
	slices.SortFunc(in.Links, func(a, b cardea.Link) int { return strings.Compare(string(a.Person), string(b.Person)) })
	slices.SortFunc(in.Accounts, func(a, b cardea.Account) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for i := range in.Links { // as the store returns them
		at, _ := slices.BinarySearchFunc(in.Accounts, in.Links[i].Account, func(a cardea.Account, id cardea.AccountID) int {
			return strings.Compare(string(a.ID), string(id))
		})
		in.Links[i].Nth = int32(at)
	}
	slices.SortFunc(in.Edges, func(a, b cardea.Edge) int { return byAccount(a.Group, b.Group, a.Account, b.Account) })
	slices.SortFunc(in.Ledger, func(a, b cardea.LedgerRow) int { return byAccount(a.Group, b.Group, a.Account, b.Account) })
	return in
}

func own[S ~string](s S) S { return S(strings.Clone(string(s))) }

// plan is what a run does between reading and writing.
func plan(x *decide.Index, in change.Input) cardea.Changeset {
	in.Wanted, in.Everybody = x.Grants(horizon), x.People()
	in.Beyond = x.Opens(horizon.Until)
	changes, _ := change.Plan(in)
	return changes
}

func BenchmarkDecideChange(b *testing.B) {
	perSize(b, func(b *testing.B, people int) {
		w := worldOf(people)
		x := decide.New(w.directory, w.settings)
		in := door(w, x)
		b.ResetTimer()
		for b.Loop() {
			if c := plan(x, in); len(c.Operations) == 0 || len(c.Operations) > people {
				b.Fatalf("%d operations", len(c.Operations))
			}
		}
	})
}

// What the benchmark measures is a run that finds almost everything in step.
func TestBenchmarkWorldIsAlmostInStep(t *testing.T) {
	t.Parallel()
	w := worldOf(1_000)
	x := decide.New(w.directory, w.settings)
	counts := map[cardea.Verb]int{}
	for _, o := range plan(x, door(w, x)).Operations {
		counts[o.Verb]++
	}
	if counts[cardea.VerbAdd] == 0 || counts[cardea.VerbRemove] > 0 || counts[cardea.VerbAdd] > 300 {
		t.Errorf("operations: %v", counts)
	}
}
