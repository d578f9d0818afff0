package match_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
)

// crowd draws people, accounts, links and an order of them in which all can collide.
func crowd(t *rapid.T) match.Input {
	in := match.Input{Door: "kisi", People: map[cardea.PersonID]cardea.Person{}, NeedsEmail: true}
	address := func() string {
		return rapid.SampledFrom([]string{"", "a@x.test", "b@x.test", "c@x.test", "A@x.test"}).Draw(t, "email")
	}
	for n := range rapid.IntRange(1, 5).Draw(t, "people") {
		id := cardea.PersonID(fmt.Sprint("rnd/person:", n))
		in.People[id] = cardea.Person{ID: fmt.Sprint(n), Email: address(), Visitor: rapid.IntRange(0, 4).Draw(t, "visitor") == 0}
		if rapid.Bool().Draw(t, "linked") {
			in.Links = append(in.Links, cardea.Link{Person: id, How: rapid.SampledFrom([]string{"email", "external", "created"}).Draw(t, "how"),
				Account: cardea.AccountID(fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "account")))})
		}
	}
	for n := range rapid.IntRange(0, 5).Draw(t, "accounts") {
		a := cardea.Account{ID: cardea.AccountID(fmt.Sprint(n)), Email: address()}
		if rapid.IntRange(0, 2).Draw(t, "has external") == 0 {
			a.External = fmt.Sprint("rnd/person:", rapid.IntRange(0, 5).Draw(t, "external"))
		}
		in.Accounts = append(in.Accounts, a)
	}
	return in
}

func on(r match.Result) map[cardea.PersonID]cardea.AccountID {
	out := map[cardea.PersonID]cardea.AccountID{}
	for _, l := range r.Links {
		out[l.Person] = l.Account
	}
	return out
}

// TestNobodyGetsSomebodyElsesAccount: whoever is newly put on an account that somebody known has bears the same address. What
// is remembered already stays, and is asked about.
func TestNobodyGetsSomebodyElsesAccount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := crowd(t)
		r := match.Pair(in)
		has := on(r)
		fresh := map[cardea.PersonID]bool{}
		for _, l := range r.Fresh {
			fresh[l.Person] = true
		}
		for p, a := range has {
			for q, b := range has {
				if p >= q || a != b {
					continue
				}
				mine, ok1 := match.Fold(in.People[p].Email)
				theirs, ok2 := match.Fold(in.People[q].Email)
				alike := ok1 && ok2 && mine == theirs
				if !alike && (fresh[p] && !among(has, fresh, in, p) || fresh[q] && !among(has, fresh, in, q)) {
					t.Fatalf("%s and %s were put on account %s: %+v", p, q, a, r)
				}
				asked := slices.ContainsFunc(r.Conflicts, func(c cardea.IdentityConflict) bool {
					return c.Kind == cardea.ConflictSeveral && slices.Contains(c.Accounts, a)
				})
				if !alike && (ok1 || ok2) && !asked {
					t.Fatalf("%s and %s are on account %s and nobody is asked: %+v", p, q, a, r)
				}
			}
		}
	})
}

// among says whether somebody of the person's address was on the person's account before: whoever else is there shares it with that
// one already.
func among(has map[cardea.PersonID]cardea.AccountID, fresh map[cardea.PersonID]bool, in match.Input, p cardea.PersonID) bool {
	mine, _ := match.Fold(in.People[p].Email)
	for q, a := range has {
		if theirs, ok := match.Fold(in.People[q].Email); q != p && a == has[p] && !fresh[q] && ok && theirs == mine {
			return true
		}
	}
	return false
}

// TestDecisionsWinAndUndoRestores settles one conflict after the other, whatever they are: what was decided holds, is not
// asked again, and when it is undone everything is as it was.
func TestDecisionsWinAndUndoRestores(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := crowd(t)
		before := match.Pair(in)
		var made []cardea.Decision
		for n := range 6 {
			r := match.Pair(in)
			if len(r.Conflicts) == 0 {
				break
			}
			c := rapid.SampledFrom(r.Conflicts).Draw(t, "conflict")
			choice := match.Choice{Merge: rapid.Bool().Draw(t, "merge")}
			if c.Kind == cardea.ConflictTwoAccounts && choice.Merge {
				choice.Account = rapid.SampledFrom(c.Accounts).Draw(t, "which")
			}
			if (c.Kind == cardea.ConflictSameEmail || c.Kind == cardea.ConflictSeveral) && !choice.Merge {
				choice.Person = rapid.SampledFrom(append(slices.Clone(c.People), "")).Draw(t, "keeper")
			}
			ds, err := match.Settle(c, choice)
			if err != nil || len(ds) == 0 {
				t.Fatalf("%+v by %+v: %v, %v", c, choice, ds, err)
			}
			for i := range ds {
				ds[i].ID, ds[i].At = fmt.Sprint(n, ".", i), cardea.Instant(n+1)
			}
			made = append(made, ds...)
			in.Decisions = made
			after := match.Pair(in)
			has := on(after)
			if slices.ContainsFunc(after.Conflicts, func(o cardea.IdentityConflict) bool { return o.ID == c.ID }) {
				t.Fatalf("%+v is asked again after %+v: %+v", c, choice, after)
			}
			for _, d := range ds { // the latest is not contradicted by any other
				a, b := has[d.Person], has[d.Other]
				there := slices.ContainsFunc(in.Accounts, func(a cardea.Account) bool { return a.ID == d.Account })
				switch {
				case d.Account != "" && !d.Together && a == d.Account:
					t.Fatalf("%+v, and yet: %+v", d, after.Links)
				case d.Account != "" && d.Together && there && a != d.Account && len(made) == len(ds):
					t.Fatalf("%+v, and yet: %+v", d, after.Links)
				case d.Other != "" && !d.Together && a != "" && a == b:
					t.Fatalf("%+v, and yet: %+v", d, after.Links)
				case d.Other != "" && d.Together && a != b && len(made) == len(ds):
					t.Fatalf("%+v, and yet: %+v", d, after.Links)
				}
			}
		}
		for i := range in.Decisions {
			in.Decisions[i].UndoneAt = 99
		}
		if d := cmp.Diff(before, match.Pair(in)); d != "" {
			t.Fatalf("after everything was undone: %s", d)
		}
	})
}

// TestApartFromOneIsApartFromAllWhoAreThatOne: two are one person, and somebody else of the same address is kept apart from one of
// them. The other one, whose id the account bears, does not bring them together again.
func TestApartFromOneIsApartFromAllWhoAreThatOne(t *testing.T) {
	t.Parallel()
	twin := cardea.PersonID("rnd/person:ana-again")
	in := match.Input{
		Door: "kisi", NeedsEmail: true, People: people(map[cardea.PersonID]string{ana: "", bo: "desk@x.test", twin: "desk@x.test"}),
		Accounts: []cardea.Account{{ID: "1", External: string(ana)}}, Links: []cardea.Link{{Person: twin, Account: "1", How: "email"}},
		Decisions: []cardea.Decision{
			{ID: "1", Person: ana, Other: twin, Together: true, At: 1},
			{ID: "2", Person: bo, Other: twin, At: 2}, {ID: "3", Person: bo, Account: "1", Together: true, At: 2},
		},
	}
	if r := match.Pair(in); on(r)[bo] != "1" || on(r)[ana] != "" || on(r)[twin] != "" {
		t.Fatalf("%+v", r.Links)
	}
}

// TestTheAccountOfALeaverIsNotGivenAway: a new person bears the address of an account whose owner has another one now.
func TestTheAccountOfALeaverIsNotGivenAway(t *testing.T) {
	t.Parallel()
	in := match.Input{
		Door: "kisi", NeedsEmail: true, People: people(map[cardea.PersonID]string{ana: "desk@x.test", bo: "bo@x.test"}),
		Accounts: []cardea.Account{{ID: "1", Email: "desk@x.test"}}, Links: []cardea.Link{{Person: bo, Account: "1", How: "created"}},
	}
	r := match.Pair(in)
	if len(r.Missing) != 0 || r.NoAccount[ana] == "" || on(r)[ana] != "" || on(r)[bo] != "1" {
		t.Fatalf("%+v", r)
	}
	taken := slices.IndexFunc(r.Conflicts, func(c cardea.IdentityConflict) bool { return c.Kind == cardea.ConflictTaken })
	if taken < 0 || !slices.Equal(r.Conflicts[taken].People, []cardea.PersonID{ana, bo}) {
		t.Fatalf("%+v", r.Conflicts)
	}
	ds, err := match.Settle(r.Conflicts[taken], match.Choice{Merge: true, Person: ana})
	if err != nil {
		t.Fatal(err)
	}
	in.Decisions = ds
	if r := match.Pair(in); on(r)[ana] != "1" || len(r.Missing) != 1 || r.Missing[0].Person != bo {
		t.Fatalf("given to the new person alone: %+v", r)
	}
}

func TestFieldsThatFollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		follow []string
		person cardea.Person
		others []cardea.Account
		staff  string
		fields []string
		issues []string
	}{
		{"nothing follows", nil, cardea.Person{Name: "Ana Silva", Email: "new@x.test"}, nil, "", nil, []string{"email-differs", "name-differs"}},
		{"the address", []string{"email"}, cardea.Person{Name: "Ana Lima", Email: "new@x.test"}, nil, "", []string{"email"}, nil},
		{"an address that differs in case and IDNA alone", []string{"email"}, cardea.Person{Name: "Ana Lima", Email: " ANA@X.test."}, nil, "", nil, nil},
		{
			"an address that another account carries", []string{"email"}, cardea.Person{Name: "Ana Lima", Email: "new@x.test"},
			[]cardea.Account{{ID: "2", Email: "NEW@x.test", External: "rnd/person:bo"}}, "", nil, []string{"email-differs", "two-accounts"},
		},
		{"the last name alone", []string{"last"}, cardea.Person{Name: "Anna Silva", Email: "ana@x.test"}, nil, "", []string{"last"}, nil},
		{"a phone", []string{"phone"}, cardea.Person{Name: "Ana Lima", Email: "ana@x.test", Phone: "+44 1"}, nil, "", []string{"phone"}, nil},
		{"staff are left alone", []string{"email"}, cardea.Person{Name: "Ana Lima", Email: "new@x.test"}, nil, "owner", nil, []string{"email-differs"}},
	} {
		r := match.Pair(match.Input{
			Door: "kisi", Follow: c.follow, People: map[cardea.PersonID]cardea.Person{ana: c.person},
			Accounts: append([]cardea.Account{{ID: "1", Name: "Ana Lima", Email: "ana@x.test", Staff: c.staff}}, c.others...),
			Links:    []cardea.Link{{Person: ana, Account: "1", How: "created"}},
		})
		var fields []string
		for _, u := range r.Updates {
			fields = append(fields, u.Fields...)
			if c.name == "the last name alone" && u.New.Name != "Ana Silva" {
				t.Errorf("%s: %+v", c.name, u)
			}
		}
		if !slices.Equal(fields, c.fields) || !slices.Equal(codes(r), c.issues) {
			t.Errorf("%s: %v, %v: %+v", c.name, fields, codes(r), r)
		}
	}
}

// TestTwoWhoWantOneAddressGetNeither: one of them would take it from the other.
func TestTwoWhoWantOneAddressGetNeither(t *testing.T) {
	t.Parallel()
	r := match.Pair(match.Input{
		Door: "kisi", Follow: []string{"email"}, People: people(map[cardea.PersonID]string{ana: "x@x.test", bo: "x@x.test"}),
		Accounts: []cardea.Account{{ID: "1", Email: "ana@x.test"}, {ID: "2", Email: "bo@x.test"}},
		Links:    []cardea.Link{{Person: ana, Account: "1", How: "created"}, {Person: bo, Account: "2", How: "created"}},
	})
	if len(r.Updates) != 0 || len(r.Conflicts) != 2 {
		t.Fatalf("%+v", r)
	}
}
