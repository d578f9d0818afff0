package desk_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/loop/looptest"
)

// unseated is a door system that has no seat left: whoever is made is there, and passes no door.
type unseated struct{ *looptest.Door }

func (u unseated) Create(ctx context.Context, n cardea.NewAccount) (cardea.Account, error) {
	a, err := u.Door.Create(ctx, n)
	a.Shut = true
	return a, err
}

// TestAnAccountThatIsMadeWithoutASeatIsAnIssueAtOnce: the vendor said yes, and the person stands before a shut door.
func TestAnAccountThatIsMadeWithoutASeatIsAnIssueAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		door := unseated{looptest.NewDoor("General")}
		door.Limit(cardea.Limits{Batch: 50, NeedsEmail: true, InvitesOnCreate: true, SendsMail: true})
		records := append([]cardea.Record{
			cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"}, cardea.Plan{ID: "hot", Name: "Hot desk"},
		}, ofNow("ana")...)
		s := memory(t)
		d := desk.New(desk.Config{
			Store: s, Node: "test", Now: time.Now,
			Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: looptest.NewSpace(records...)}},
			Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: door, CallsPerHour: 1000}},
			Integrations: []desk.Integration{integration("one", "Hot desk", "General")},
		})
		if err := d.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Sync(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		issues, err := s.In("default").Issues(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, i := range issues {
			codes = append(codes, i.Issue.Code)
		}
		if !slices.Contains(codes, "account-shut") {
			t.Errorf("after the run that made the account the issues are %v", codes)
		}
	})
}
