package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestAccountsAreFoundByPartOfNameOrEmailNobodysFirst(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon, AccountsWhole: true, Accounts: []cardea.Account{
				{ID: "1", Name: "Ana Lopes", Email: "Ana@X.test"}, {ID: "2", Name: "Claire Cleaner", Email: "cleaner@x.test"},
				{ID: "3", Name: "Ödön Clean", Email: ""},
			},
		}, nil))
		answer(t, w, store.Outcome{
			Op:   cardea.Operation{Key: "k", Verb: cardea.VerbLink, Person: "rnd/person:c", Account: "2"},
			Link: &cardea.Link{Person: "rnd/person:c", Account: "2", How: "email"},
		})
		find := func(query string) string {
			out := ""
			for _, c := range ok(w.AccountsCalled(ctx, doors, query)) {
				out += string(c.Account.ID) + string(c.Person) + " "
			}
			return out
		}
		for query, want := range map[string]string{
			"clean": "3 2rnd/person:c ", "ana@x": "1 ", "CLAIRE cl": "2rnd/person:c ", "ödön": "3 ", "lopes": "1 ", "": "", "%": "", "nobody": "",
		} {
			same(t, query, find(query), want)
		}
		same(t, "another workspace", len(ok(s.In("other").AccountsCalled(ctx, doors, "ana"))), 0)
	})
}
