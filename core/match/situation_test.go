package match_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
)

// TestAccountsThatAreGoneRenamedOrDisputedAreNamed has one of each, and those that are not.
func TestAccountsThatAreGoneRenamedOrDisputedAreNamed(t *testing.T) {
	t.Parallel()
	in := match.Input{
		Door: "kisi",
		People: map[cardea.PersonID]cardea.Person{
			"rnd/person:ana": {ID: "ana", Name: "Ana Almeida", Email: "ana@x.test"},
			"rnd/person:bea": {ID: "bea", Name: "Bea Brandt", Email: "bea@x.test"},
			"rnd/person:cal": {ID: "cal", Name: "Cal Costa", Email: "cal@new.test"},
			"rnd/person:dan": {ID: "dan", Name: "Dan Dietz", Email: "dan@x.test"},
		},
		Accounts: []cardea.Account{
			{ID: "b1", Name: "Bea B.", Email: "BEA@x.test"},
			{ID: "c1", Name: "Cal Costa", Email: "cal@new.test"},
			{ID: "d1", Name: "Dan Dietz", Email: "dan@x.test"},
			{ID: "d2", Name: "Dan again", Email: "dan@x.test"},
			{ID: "e1", Name: "Somebody", Email: "else@x.test"},
		},
		Links: []cardea.Link{
			{Person: "rnd/person:ana", Account: "a1", How: match.HowEmail},
			{Person: "rnd/person:bea", Account: "b1", How: match.HowEmail},
			{Person: "rnd/person:cal", Account: "c0", How: match.HowEmail}, // gone, and another was found
			{Person: "rnd/person:cal", Account: "c1", How: match.HowEmail},
			{Person: "rnd/person:dan", Account: "d1", How: match.HowEmail},
		},
	}
	before := []cardea.Account{
		{ID: "b1", Name: "Bea Brandt", Email: "bea@x.test"},
		{ID: "c1", Name: "cal costa ", Email: "cal@x.test"}, // follows the person's own new address
		{ID: "d1", Name: "Dan Dietz", Email: "dan@x.test"},
		{ID: "e1", Name: "Nobody", Email: "nobody@x.test"}, // nobody's
	}
	for _, people := range []bool{true, false} {
		if !people {
			in.People = nil
		}
		type entry struct {
			account cardea.AccountID
			what    cardea.Situation
		}
		got := map[entry]cardea.Standing{}
		for _, s := range match.Situations(in, match.Pair(in), before) {
			got[entry{s.Account, s.Situation}] = s
		}
		want := []entry{{"a1", cardea.AccountGone}, {"b1", cardea.AccountRenamed}}
		if people {
			want = append(want, entry{"d2", cardea.Disputed})
		} else {
			want = append(want, entry{"c1", cardea.AccountRenamed}) // nobody knows the new address
		}
		if len(got) != len(want) {
			t.Errorf("got %+v", got)
		}
		for _, w := range want {
			if _, has := got[w]; !has {
				t.Errorf("%+v is not named: %+v", w, got)
			}
		}
		if d := got[entry{"b1", cardea.AccountRenamed}].Detail; d != "was called Bea Brandt, is called Bea B." {
			t.Errorf("detail %q", d)
		}
	}
}
