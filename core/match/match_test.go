package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
)

const (
	ana = cardea.PersonID("rnd/person:ana")
	bo  = cardea.PersonID("rnd/person:bo")
	vis = cardea.PersonID("rnd/visitor:vi")
)

func people(of map[cardea.PersonID]string) map[cardea.PersonID]cardea.Person {
	out := map[cardea.PersonID]cardea.Person{}
	for id, email := range of {
		_, k, _ := id.Split()
		out[id] = cardea.Person{ID: k.ID, Visitor: k.Kind == cardea.KindVisitor, Name: "Ana Lima", Email: email}
	}
	return out
}

func codes(r match.Result) []string {
	var out []string
	for _, i := range r.Issues {
		out = append(out, i.Code)
	}
	return out
}

func pairs(r match.Result) []string {
	var out []string
	for _, l := range r.Links {
		_, k, _ := l.Person.Split()
		out = append(out, k.ID+"="+string(l.Account)+" "+l.How)
	}
	return out
}

func TestPair(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		people    map[cardea.PersonID]string
		accounts  []cardea.Account
		links     []cardea.Link
		pairs     []string
		fresh     int
		missing   []cardea.PersonID
		disputed  []cardea.AccountID
		noAccount []cardea.PersonID
		issues    []string
	}{
		{
			name: "a stored link comes before the external id and the e-mail", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts: []cardea.Account{{ID: "1", Email: "old@x.test"}, {ID: "2", External: string(ana)}},
			links:    []cardea.Link{{Person: ana, Account: "1", How: "created"}},
			pairs:    []string{"ana=1 created"}, issues: []string{"email-differs"},
		},
		{
			name: "the external id comes before the e-mail", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts: []cardea.Account{{ID: "2", External: string(ana), Email: "ana@x.test"}},
			pairs:    []string{"ana=2 external"}, fresh: 1,
		},
		{
			name: "e-mail is folded", people: map[cardea.PersonID]string{ana: " Ana@X.test"},
			accounts: []cardea.Account{{ID: "1", Email: "ana@x.TEST"}},
			pairs:    []string{"ana=1 email"}, fresh: 1,
		},
		{
			name: "a name never counts", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts: []cardea.Account{{ID: "1", Name: "Ana Lima", Email: "lima@x.test"}}, missing: []cardea.PersonID{ana},
		},
		{
			name: "no e-mail where one is needed", people: map[cardea.PersonID]string{ana: "none"}, noAccount: []cardea.PersonID{ana},
		},
		{
			name: "a link to an account that is gone is dropped and matched anew", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts: []cardea.Account{{ID: "2", Email: "ana@x.test"}}, links: []cardea.Link{{Person: ana, Account: "1", How: "email"}},
			pairs: []string{"ana=2 email"}, fresh: 1, issues: []string{"account-gone"},
		},
		{
			name: "a link to an account that is gone, and nothing else", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			links: []cardea.Link{{Person: ana, Account: "1", How: "email"}}, missing: []cardea.PersonID{ana},
			issues: []string{"account-gone"},
		},
		{
			name: "a second account with the e-mail of a linked person", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts: []cardea.Account{{ID: "1", Email: "ana@x.test"}, {ID: "2", Email: "ANA@x.test"}},
			links:    []cardea.Link{{Person: ana, Account: "2", How: "email"}},
			pairs:    []string{"ana=2 email"}, disputed: []cardea.AccountID{"1"}, issues: []string{"two-accounts"},
		},
		{
			name: "two accounts and none linked", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts:  []cardea.Account{{ID: "1", Email: "ana@x.test"}, {ID: "2", Email: "ana@x.test"}},
			noAccount: []cardea.PersonID{ana}, disputed: []cardea.AccountID{"1", "2"}, issues: []string{"two-accounts"},
		},
		{
			name:     "one e-mail twice shares the account and is an issue",
			people:   map[cardea.PersonID]string{ana: "x@x.test", bo: "x@x.test"},
			accounts: []cardea.Account{{ID: "1", Email: "x@x.test"}},
			pairs:    []string{"ana=1 email", "bo=1 email"}, fresh: 2, issues: []string{"shared-account"},
		},
		{
			name: "one e-mail twice without an account", people: map[cardea.PersonID]string{ana: "x@x.test", bo: "X@x.test"},
			missing: []cardea.PersonID{ana, bo}, issues: []string{"shared-account"},
		},
		{
			name:     "one person in two space systems is no issue",
			people:   map[cardea.PersonID]string{ana: "x@x.test", "nex/person:7": "x@x.test"},
			accounts: []cardea.Account{{ID: "1", Email: "x@x.test"}},
			pairs:    []string{"7=1 email", "ana=1 email"}, fresh: 2,
		},
		{
			name:     "a visitor with a member's e-mail is the member",
			people:   map[cardea.PersonID]string{ana: "ana@x.test", vis: "ana@x.test"},
			accounts: []cardea.Account{{ID: "1", Email: "ana@x.test"}},
			pairs:    []string{"ana=1 email", "vi=1 email"}, fresh: 2,
		},
		{
			name:     "a visitor with a member's e-mail is the member, whatever the account's",
			people:   map[cardea.PersonID]string{ana: "ana@x.test", vis: "ana@x.test"},
			accounts: []cardea.Account{{ID: "1", Email: "old@x.test"}}, links: []cardea.Link{{Person: ana, Account: "1", How: "decided"}},
			pairs: []string{"ana=1 decided", "vi=1 email"}, fresh: 1, issues: []string{"email-differs", "email-differs"},
		},
		{
			name: "of two stored links the decided one stays", people: map[cardea.PersonID]string{ana: "ana@x.test"},
			accounts: []cardea.Account{{ID: "1"}, {ID: "2"}},
			links:    []cardea.Link{{Person: ana, Account: "1", How: "email"}, {Person: ana, Account: "2", How: "decided"}},
			pairs:    []string{"ana=2 decided"}, disputed: []cardea.AccountID{"1"}, issues: []string{"two-accounts"},
		},
		{
			name: "sharing by decision is no issue", people: map[cardea.PersonID]string{ana: "", bo: ""},
			accounts: []cardea.Account{{ID: "1"}},
			links:    []cardea.Link{{Person: ana, Account: "1", How: "email"}, {Person: bo, Account: "1", How: "decided"}},
			pairs:    []string{"ana=1 email", "bo=1 decided"},
		},
		{
			name: "links of people that were not asked about pass through", accounts: []cardea.Account{{ID: "1"}},
			links: []cardea.Link{{Person: bo, Account: "1", How: "email"}}, pairs: []string{"bo=1 email"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := match.Pair(match.Input{Door: "kisi", People: people(c.people), Accounts: c.accounts, Links: c.links, NeedsEmail: true})
			var missing []cardea.PersonID
			for _, m := range r.Missing {
				missing = append(missing, m.Person)
			}
			got := []any{pairs(r), len(r.Fresh), missing, sortedKeys(r.Disputed), sortedKeys(r.NoAccount), codes(r)}
			want := []any{c.pairs, c.fresh, c.missing, c.disputed, c.noAccount, c.issues}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
		})
	}
}

func sortedKeys[K ~string](m map[K]string) []K {
	var out []K
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func TestPeopleOfOneAddressAskForItInTheSameWords(t *testing.T) {
	t.Parallel()
	r := match.Pair(match.Input{People: people(map[cardea.PersonID]string{ana: "X@x.test", bo: "x@X.test ", vis: "x@x.test"})})
	for _, m := range r.Missing {
		if m.Email != "X@x.test" {
			t.Fatalf("%+v", r.Missing)
		}
	}
}

func TestNoEmailIsNoObstacleWhereNoneIsNeeded(t *testing.T) {
	t.Parallel()
	r := match.Pair(match.Input{People: people(map[cardea.PersonID]string{ana: "-"})})
	if len(r.Missing) != 1 || r.Missing[0].Email != "" || len(r.NoAccount) != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestPairDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := match.Input{People: map[cardea.PersonID]cardea.Person{}, NeedsEmail: rapid.Bool().Draw(t, "needs")}
		email := func() string {
			return rapid.SampledFrom([]string{"", "a@x.test", "b@x.test", "c@x.test", "A@x.test"}).Draw(t, "email")
		}
		for n := range rapid.IntRange(0, 6).Draw(t, "people") {
			id := cardea.PersonID(fmt.Sprint("rnd/person:", n))
			in.People[id] = cardea.Person{Email: email(), Visitor: rapid.Bool().Draw(t, "visitor")}
			if rapid.Bool().Draw(t, "linked") {
				in.Links = append(in.Links, cardea.Link{Person: id, How: rapid.SampledFrom([]string{"email", "decided"}).Draw(t, "how"),
					Account: cardea.AccountID(fmt.Sprint(rapid.IntRange(0, 6).Draw(t, "account")))})
			}
		}
		for n := range rapid.IntRange(0, 6).Draw(t, "accounts") {
			a := cardea.Account{ID: cardea.AccountID(fmt.Sprint(n)), Email: email()}
			if rapid.Bool().Draw(t, "has external") {
				a.External = fmt.Sprint("rnd/person:", rapid.IntRange(0, 6).Draw(t, "external"))
			}
			in.Accounts = append(in.Accounts, a)
		}
		want := match.Pair(in)
		if len(in.Accounts) > 0 {
			in.Accounts = rapid.Permutation(in.Accounts).Draw(t, "accounts order")
		}
		if len(in.Links) > 0 {
			in.Links = rapid.Permutation(in.Links).Draw(t, "links order")
		}
		got := match.Pair(in)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		seated := map[cardea.PersonID]int{}
		for _, l := range got.Links {
			seated[l.Person]++
			if got.Disputed[l.Account] != "" {
				t.Fatalf("%s is linked and disputed", l.Account)
			}
		}
		for _, m := range got.Missing {
			seated[m.Person]++
		}
		for p := range got.NoAccount {
			seated[p]++
		}
		for p := range in.People {
			if seated[p] != 1 {
				t.Fatalf("%s is seated %d times: %+v", p, seated[p], got)
			}
		}
	})
}

func TestProfile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		person            cardea.Person
		full, first, last string
	}{
		{"kept apart", cardea.Person{Name: "A. Lima", First: "Ana", Last: "de Lima"}, "A. Lima", "Ana", "de Lima"},
		{"split at the last space", cardea.Person{Name: "Ana  Maria Lima "}, "Ana Maria Lima", "Ana Maria", "Lima"},
		{"one word", cardea.Person{Name: "Ana"}, "Ana", "Ana", "-"},
		{"first name only", cardea.Person{First: "Ana"}, "Ana", "Ana", "-"},
		{"no name", cardea.Person{Email: "ana@x.test"}, "ana@x.test", "ana@x.test", "-"},
		{"nothing", cardea.Person{}, "-", "-", "-"},
		{"never the company", cardea.Person{Name: "Ana Lima", Team: "Acme"}, "Ana Lima", "Ana", "Lima"},
	} {
		a := match.Profile(ana, c.person)
		if a.Name != c.full || a.First != c.first || a.Last != c.last || a.Person != ana {
			t.Errorf("%s: %+v", c.name, a)
		}
		if strings.Contains(fmt.Sprint(a), "Acme") {
			t.Errorf("%s: the company is told: %+v", c.name, a)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Ana@X.Test\n":       "ana@x.test",
		"ana+door@x.test":     "ana+door@x.test",
		"ana@bücher.example":  "ana@xn--bcher-kva.example",
		"ana@BÜCHER.example":  "ana@xn--bcher-kva.example",
		"ana@x.test.":         "ana@x.test",
		"ÉVA@x.test":          "éva@x.test",
		"":                    "",
		"ana":                 "",
		"@x.test":             "",
		"ana@":                "",
		"a@b@x.test":          "",
		"Ana <ana@x.test>":    "",
		"a@x.test, b@x.test":  "",
		"an a@x.test":         "",
		"ana@x..test":         "",
		"ana@.test":           "",
		"ana@xn--\u00e9.test": "",
	} {
		got, ok := match.Fold(in)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"ana@x.test", "Ana@BÜCHER.example", "a@xn--a.test", "a@b", " İ@x ",
		"a@\u2024x", "a@x\u3002y", "a@ß.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, ok := match.Fold(s)
		if !ok {
			if once != "" {
				t.Fatalf("%q is no address, but folds to %q", s, once)
			}
			return
		}
		if twice, ok := match.Fold(once); !ok || twice != once {
			t.Fatalf("%q -> %q -> %q %v", s, once, twice, ok)
		}
		if strings.Count(once, "@") != 1 || strings.ContainsAny(once, " \t\r\n<>,") {
			t.Fatalf("%q -> %q", s, once)
		}
	})
}

func TestALaterNameIsShownForAccountsThatWeMade(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]int{match.HowCreated: 1, match.HowEmail: 0, match.HowDecided: 0} {
		r := match.Pair(match.Input{
			Door: "kisi", People: map[cardea.PersonID]cardea.Person{"rnd/person:a": {ID: "a", Name: "Ana Silva", Email: "ana@x.test"}},
			Accounts: []cardea.Account{{ID: "1", Name: "Ana Lopes", Email: "ana@x.test"}},
			Links:    []cardea.Link{{Person: "rnd/person:a", Account: "1", How: how}},
		})
		n := 0
		for _, i := range r.Issues {
			if i.Code == "name-differs" {
				n++
			}
		}
		if n != want {
			t.Errorf("an account that was %s: %d notices, want %d: %+v", how, n, want, r.Issues)
		}
	}
}

// TestProfilesOfOneAddressAreOnePerson: where a vendor gives one person several records, that they share an account is no question.
func TestProfilesOfOneAddressAreOnePerson(t *testing.T) {
	t.Parallel()
	in := match.Input{
		Door: "kisi", People: people(map[cardea.PersonID]string{"nex/person:1": "ana@x.test", "nex/person:2": "Ana@X.test"}),
		Accounts: []cardea.Account{{ID: "7", Name: "Ana Lima", Email: "ana@x.test"}},
	}
	if r := match.Pair(in); len(r.Conflicts) != 1 || len(r.Links) != 2 {
		t.Errorf("elsewhere: %v, %+v", pairs(r), r.Conflicts)
	}
	in.Profiled = map[string]bool{"nex": true}
	if r := match.Pair(in); len(r.Conflicts) != 0 || slices.Contains(codes(r), "shared-account") || len(r.Links) != 2 {
		t.Errorf("%v, %v, %+v", pairs(r), codes(r), r.Conflicts)
	}
}
