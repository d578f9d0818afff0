package desk_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestSearchFindsAccountsThatAreNobodys: who is only at the door is found by name and e-mail, and can be asked about like a person.
func TestSearchFindsAccountsThatAreNobodys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, append(member("ana", "hot"), member("bob", "hot")...)...)
		h.door.Put("cleaner@x.test", cardea.Forever, "General")
		h.door.Put("ana@x.test", cardea.Forever, "General") // hers, so no stranger
		sync(t, h)
		find := func(query string) (out []say.Person) {
			out, err := h.FindAccounts(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := find("x.test"); len(got) != 1 || got[0].Email != "cleaner@x.test" || got[0].Door != "kisi" {
			t.Fatalf("found %+v", got)
		}
		if got := find("ana"); len(got) != 0 {
			t.Errorf("an account that is hers is found as nobody's: %+v", got)
		}
		cleaner := find("CLEAN")[0]
		x, err := h.Explain(t.Context(), say.Question{Person: cleaner.ID, Door: "kisi", Group: "General", At: *h.at})
		if err != nil || x.Stranger == nil || !x.Door.Member || x.Person.Email != "cleaner@x.test" {
			t.Errorf("asked about the cleaner: %+v, %v", x, err)
		}
		for what, q := range map[string]say.Question{
			"an account that is not there": {Person: "kisi/account:none", Door: "kisi", Group: "General"},
			"a group that is not there":    {Person: cleaner.ID, Door: "kisi", Group: "None"},
		} {
			if _, err := h.Explain(t.Context(), q); cardea.ClassOf(err) != cardea.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		elsewhere := say.Question{Person: "brivo/account:1", Door: "kisi", Group: "General"}
		if _, err := h.Explain(t.Context(), elsewhere); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("an account of another door: %v", err)
		}
		// Who is gone from the space system is found as who they were, and not a second time as an account.
		for _, r := range member("bob", "hot") {
			h.space.Delete(r.Key())
		}
		for range 3 {
			*h.at = h.at.Add(16 * 60e9)
			sync(t, h)
		}
		people, err := h.FindPeople(t.Context(), "bob")
		if got := find("bob"); err != nil || len(people)+len(got) != 1 {
			t.Errorf("bob is gone, and is found as %+v and %+v, %v", people, got, err)
		}
	})
}

// TestOverviewSaysWhereItWaits: the page tells at a glance in which groups a person has to look.
func TestOverviewSaysWhereItWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ana", "hot")...)
		h.door.Put("stray@x.test", cardea.Forever, "General")
		h.door.Put("other@x.test", cardea.Forever, "General")
		h.door.Put("third@x.test", cardea.Forever, "Floor")
		sync(t, h)
		o := overview(t, h)
		if len(o.Waits) != 2 || o.Waits[0] != (say.Wait{Door: "kisi", Group: "General", Name: "General", Count: 2}) || o.Waits[1].Count != 1 ||
			o.Held != 3 {
			t.Errorf("%d wait: %+v", o.Held, o.Waits)
		}
		for _, i := range o.Issues {
			if i.Mend == "" {
				t.Errorf("%s has no mend", i.Code)
			}
		}
	})
}
