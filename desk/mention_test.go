package desk_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestIssuesNameEverybodyTheyMention: two people of one address are told of each other by name, not by a number.
func TestIssuesNameEverybodyTheyMention(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		twin := member("bob", "hot")
		bob, _ := twin[0].(cardea.Person)
		bob.Email = "ana@x.test"
		h := newHouse(t, s, append(member("ana", "hot"), bob, twin[1])...)
		sync(t, h)
		listed, err := h.Inbox(t.Context(), "", false)
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		for _, i := range listed {
			texts["inbox "+i.Code] = i.Text
		}
		for _, i := range overview(t, h).Issues {
			texts["overview "+i.Code] = i.Text
		}
		for _, what := range []string{"inbox shared-account", "overview shared-account"} {
			if text := texts[what]; strings.Contains(text, "rnd/person:") || !strings.Contains(text, " Doe;") {
				t.Errorf("%s says %q", what, text)
			}
		}
	})
}
