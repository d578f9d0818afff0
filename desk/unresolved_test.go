package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestNamesThatDoNotResolveStopTheirIntegrationAlone has Floor given by one for the plan Hot desk and by two for Office. Then
// somebody writes a group into two that is not there: one goes on, two's people stay, and what two may also give waits.
func TestNamesThatDoNotResolveStopTheirIntegrationAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := newHouse(t, s, slices.Concat(member("ann", "hot"), member("bob", "office"), member("eve", "hot"))...)
		edited := func(two desk.Integration) house {
			h.Desk = desk.New(desk.Config{
				Store: s, Node: "test", Now: func() time.Time { return h.at.Time() },
				Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: h.space}},
				Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: h.door, CallsPerHour: 1000}},
				Integrations: []desk.Integration{integration("one", "Hot desk", "General", "Floor"), two},
			})
			return h
		}
		sync := func() desk.Result {
			t.Helper()
			*h.at = h.at.Add(16 * time.Minute)
			r, err := h.Sync(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		want := func(what, group string, ids ...string) {
			t.Helper()
			for i := range ids {
				ids[i] += "@x.test"
			}
			if d := cmp.Diff(ids, h.door.Members(group)); d != "" {
				t.Errorf("%s, %s (-want +got):\n%s", what, group, d)
			}
		}
		sync()
		want("at first", "Floor", "ann", "bob", "eve")
		h = edited(integration("two", "Office", "Floor", "Nowhere"))
		h.space.Put(member("dan", "hot")...)
		h.space.Delete(cardea.Key{Kind: cardea.KindAgreement, ID: "m-eve"}, cardea.Key{Kind: cardea.KindAgreement, ID: "m-bob"})
		r := sync()
		if d := cmp.Diff([]string{"two"}, r.Doors[0].Refused); d != "" || r.Standing() != desk.Refused {
			t.Errorf("standing %d, refused %v", r.Standing(), r.Doors[0].Refused)
		}
		if !slices.ContainsFunc(r.Doors[0].Issues, func(n desk.Note) bool {
			return n.Code == "integration-refused" && strings.Contains(n.Text, "Nowhere")
		}) {
			t.Errorf("nobody is told: %+v", r.Doors[0].Issues)
		}
		want("two is refused", "General", "ann", "dan")
		want("two is refused", "Floor", "ann", "bob", "dan", "eve")
		if _, err := h.Block(ctx, "rnd/person:bob", "Lost their badge", 0, "Ada", false); err != nil {
			t.Error(err)
		}
		want("bob is blocked", "Floor", "ann", "dan", "eve")
		h = edited(integration("two", "Office", "Floor"))
		if r := sync(); r.Standing() != desk.InStep {
			t.Errorf("standing %d when it is mended: %+v", r.Standing(), r.Doors[0].Operations)
		}
		want("two is mended", "Floor", "ann", "dan")
	})
}

// TestNamesThatDoNotResolveAnywhereAreRefused: where nothing is left to do, the command says so and fails.
func TestNamesThatDoNotResolveAnywhereAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.Desk = desk.New(desk.Config{
			Store: s, Node: "test", Now: func() time.Time { return h.at.Time() },
			Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: h.space}},
			Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: h.door, CallsPerHour: 1000}},
			Integrations: []desk.Integration{integration("one", "Hot desk", "Nowhere"), integration("two", "Office", "Nobody")},
		})
		_, err := h.Sync(context.Background(), nil)
		if err == nil || cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "Nobody") {
			t.Errorf("got %v", err)
		}
	})
}

// TestAGroupThatIsThereAgainIsServedAtOnce: the door system's list of groups was empty for so long that it was believed.
func TestAGroupThatIsThereAgainIsServedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ann", "hot")...)
		sync := func() {
			t.Helper()
			*h.at = h.at.Add(16 * time.Minute)
			if _, err := h.Sync(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
		}
		sync()
		h.door.Empty(cardea.KindGroup, true)
		sync()
		sync()
		h.space.Put(member("bob", "hot")...)
		sync()
		if d := cmp.Diff([]string{"ann@x.test"}, h.door.Members("General")); d != "" {
			t.Fatalf("the groups were not given up, nothing is proved: %s", d)
		}
		h.door.Empty(cardea.KindGroup, false)
		sync()
		if d := cmp.Diff([]string{"ann@x.test", "bob@x.test"}, h.door.Members("General")); d != "" {
			t.Errorf("members (-want +got):\n%s", d)
		}
	})
}
