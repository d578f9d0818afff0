package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func overview(t *testing.T, h house) say.Overview {
	t.Helper()
	o, err := h.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func sync(t *testing.T, h house) string {
	t.Helper()
	r, err := h.Sync(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.Doors[0].Run
}

// states prints each integration with its state and counts, and the whole.
func states(o say.Overview) string {
	var parts []string
	for _, i := range o.Integrations {
		parts = append(parts, i.Name+" "+string(i.State)+" "+say.N(i.Pending, "pending", "pending")+" "+say.N(i.Held, "held", "held"))
	}
	return strings.Join(append(parts, say.N(o.Pending, "pending", "pending")+" "+say.N(o.Held, "held", "held")), "; ")
}

func TestOverviewCountsWhatWaitsByIntegrationAndOnceInAll(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, append(member("ana", "hot"), member("bob", "office")...)...)
		if err := h.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := states(overview(t, h)), "one new 0 pending 0 held; two new 0 pending 0 held; 0 pending 0 held"; got != want {
			t.Errorf("before anything ran: %s", got)
		}
		h.door.Put("stray@x.test", cardea.Forever, "General")
		h.door.Put("stray@x.test", cardea.Forever, "Floor")
		run := sync(t, h)
		want := "one held 0 pending 2 held; two held 0 pending 1 held; 0 pending 2 held"
		if got := states(overview(t, h)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		runs, err := h.Runs(t.Context(), 10)
		if err != nil || len(runs) != 2 || runs[0].ID != run {
			t.Fatalf("%+v, %v", runs, err)
		}
		if got := say.Did(runs[0]); got != "3 added, 2 accounts made, 2 removals held" || runs[0].Outcome != say.EndedHeld {
			t.Errorf("the run is told as %q, %s", got, runs[0].Outcome)
		}
		if got := say.Did(runs[1]); got != "2 people, 2 memberships, 2 plans and 1 location new or changed, of 7 records" {
			t.Errorf("the read is told as %q", got)
		}
	})
}

func TestRunKeepsItsOperationsWhenAPreviewPlansThemAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ana", "hot")...)
		h.door.Put("stray@x.test", cardea.Forever, "General")
		sync(t, h)
		run := sync(t, h) // only the stray is left, as in what follows
		before, err := h.Run(t.Context(), run)
		if err != nil || len(before.Operations) != 1 {
			t.Fatalf("%d operations, %v", len(before.Operations), err)
		}
		if _, err := h.Preview(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		after, err := h.Run(t.Context(), run)
		if err != nil || len(after.Operations) != 1 || after.Operations[0].Email != "stray@x.test" || after.Planned != 1 {
			t.Errorf("after a preview: %+v, %v", after, err)
		}
		if _, err := h.Run(t.Context(), "preview"); cardea.ClassOf(err) != cardea.NotFound {
			t.Errorf("a preview is no run: %v", err)
		}
	})
}

func TestIssuesNameWhomTheyAreAbout(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		nobody := member("bob", "hot")
		bob, _ := nobody[0].(cardea.Person)
		bob.Email = ""
		h := newHouse(t, s, append(member("ana", "hot"), bob, nobody[1])...)
		h.door.Limit(cardea.Limits{Batch: 10, NeedsEmail: true})
		sync(t, h)
		found := map[string]bool{}
		for _, i := range overview(t, h).Issues {
			found[i.Code+": "+i.Who+", "+i.Where] = true
		}
		if !found["cannot-be-given: bob Doe, Floor"] && !found["cannot-be-given: bob Doe, General"] {
			t.Errorf("issues %v", found)
		}
	})
}

func TestARunThatWasBrokenOffDoesNotGoOnForEver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ana", "hot")...)
		sync(t, h)
		*h.at = h.at.Add(1e9)
		lost := store.Run{ID: "lost", Unit: "kisi", Kind: store.WakeKeep, Started: *h.at}
		if err := h.ws.SaveRun(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
		lease, err := h.ws.ClaimOne(t.Context(), "kisi", store.WakeKeep, "n", *h.at, 60e9)
		if err != nil {
			t.Fatal(err)
		}
		outcome := func() say.Outcome {
			runs, err := h.Runs(t.Context(), 10)
			if err != nil || runs[0].ID != "lost" {
				t.Fatalf("%+v, %v", runs, err)
			}
			return runs[0].Outcome
		}
		if got := outcome(); got != say.Running || !overview(t, h).Running {
			t.Errorf("while somebody holds the lease it is %s", got)
		}
		*h.at = lease.Until + 1
		if got := outcome(); got != say.EndedFailed || overview(t, h).Running {
			t.Errorf("when the lease is over it is %s", got)
		}
	})
}

func TestTimesThatAreNobodysAreInTheZoneThatAllShare(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ana", "hot")...)
		sync(t, h)
		if z := h.ZoneOf(t.Context(), ""); z == nil || z.String() != "Europe/London" {
			t.Errorf("one location: %v", z)
		}
		if z := h.ZoneOf(t.Context(), "rnd/person:ana"); z == nil || z.String() != "Europe/London" {
			t.Errorf("ana: %v", z)
		}
		h.space.Put(cardea.Location{ID: "n", Name: "New York", Zone: "America/New_York"})
		sync(t, h)
		if z := h.ZoneOf(t.Context(), ""); z != nil {
			t.Errorf("two zones: %v", z)
		}
		// Where no integration is about the other one, it is nobody's clock.
		in := integration("one", "Hot desk", "General")
		in.Locations = []desk.Named{{Text: "london"}}
		d := desk.New(desk.Config{
			Store: s, Node: "test", Now: func() time.Time { return h.at.Time() }, Integrations: []desk.Integration{in},
			Spaces: map[string]desk.Space{"rnd": {System: "fake", Space: h.space}},
			Doors:  map[string]desk.Door{"kisi": {System: "fake", Door: h.door}},
		})
		if z := d.ZoneOf(t.Context(), ""); z == nil || z.String() != "Europe/London" {
			t.Errorf("two zones, one of which is meant: %v", z)
		}
	})
}

func TestExplainAndRunKnowTheSameNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, member("ana", "hot")...)
		sync(t, h)
		groups, err := h.Groups(t.Context())
		if err != nil || len(groups) != 3 {
			t.Fatalf("%v, %v", groups, err)
		}
		open := map[string]bool{}
		for _, g := range groups {
			x, err := h.Explain(t.Context(), say.Question{Person: "rnd/person:ana", Door: "kisi", Group: g.ID, At: *h.at})
			if err != nil {
				t.Fatal(err)
			}
			if x.Explanation.Open != x.Door.Member || x.Group.Mapped != g.Mapped {
				t.Errorf("%s: decided %v, at the door %v; mapped %v and %v", g.Name, x.Explanation.Open, x.Door.Member, x.Group.Mapped, g.Mapped)
			}
			open[g.Name] = x.Explanation.Open
		}
		if !open["General"] || !open["Floor"] || open["Other"] {
			t.Errorf("open: %v", open)
		}
		// A plan that is gone opens nothing, in a run and in an answer.
		h.space.Delete(cardea.Key{Kind: cardea.KindPlan, ID: "hot"})
		for range 3 {
			*h.at = h.at.Add(16 * 60e9)
			sync(t, h)
		}
		x, err := h.Explain(t.Context(), say.Question{Person: "rnd/person:ana", Door: "kisi", Group: "General", At: *h.at})
		if err != nil || x.Explanation.Open {
			t.Errorf("the plan is gone: %+v, %v", x.Explanation, err)
		}
	})
}
