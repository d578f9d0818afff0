package console

import (
	"strings"
	"testing"
)

func TestAccountsAreLookedForWhereFewPeopleFit(t *testing.T) {
	t.Parallel()
	crowd := make([]Person, few)
	for i := range crowd {
		crowd[i] = Person{ID: "rnd/person:p", Name: "Ana Lopes"}
	}
	claire := Person{ID: "kisi/account:7", Name: "Claire Cleaner", Email: "claire@x.test", Door: "kisi"}
	for what, one := range map[string]struct {
		people []Person
		path   string
		found  bool
	}{
		"nobody":                {nil, "/people?q=c", true},
		"some":                  {crowd[:few-1], "/people?q=c", true},
		"many":                  {crowd, "/people?q=c", false},
		"a person was chosen":   {nil, "/?q=c&person=rnd%2Fperson%3Ap", false},
		"an account was chosen": {nil, "/?q=c&person=kisi%2Faccount%3A7", true},
	} {
		h := handlerFor(t, &fake{people: one.people, accounts: []Person{claire}})
		body := get(t, h, one.path, strings.HasPrefix(one.path, "/people")).Body.String()
		if strings.Contains(body, "Claire Cleaner") != one.found || one.found && !strings.Contains(body, "account at kisi, nobody") {
			t.Errorf("%s: found is %v, want %v", what, !one.found, one.found)
		}
	}
	// One alone is chosen, whoever it is.
	body := get(t, handlerFor(t, &fake{accounts: []Person{claire}}), "/people?q=claire", true).Body.String()
	if !strings.Contains(body, `value="kisi/account:7" checked`) {
		t.Errorf("an account that is found alone is not chosen: %s", body)
	}
}
