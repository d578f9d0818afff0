package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// world is what a case changes.
type world struct {
	d cardea.Directory
	s cardea.Settings
}

// deleted has the space system say that Ana's assignment was deleted.
func (w *world) deleted() {
	w.d.Gone = append(w.d.Gone, cardea.Gone{Key: w.d.Assignments[0].Key(), Cause: cardea.CauseDeleted})
}

// anew gives Ana's agreement another assignment.
func (w *world) anew(end cardea.Day) {
	w.d.Assignments = append(w.d.Assignments, cardea.Assignment{
		ID: "anew", Agreement: w.d.Agreements[0].ID, Resource: "elephant", Start: day("2026-11-01"), End: end,
	})
}

// Each case grants Ana the group, then changes one thing and asks why she has it no longer.
func TestCauseNamesWhatHappenedToTheReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(w *world)
		when   string
		want   cardea.Cause
	}{
		{"agreement ended", func(w *world) { w.d.Agreements[0].End = day("2026-11-22") }, midday, cardea.CauseEnded},
		{"assignment ended", func(w *world) { w.d.Assignments[0].End = day("2026-11-22") }, midday, cardea.CauseEnded},
		{"the announced end", func(w *world) { w.d.Agreements = nil }, "2027-01-01", cardea.CauseEnded},
		{"not approved any more", func(w *world) { w.d.Agreements[0].Approved = false }, midday, cardea.CauseCancelled},
		{"cancelled or ended out of its dates", func(w *world) {
			w.d.Agreements[0].Approved, w.d.Agreements[0].Closed = false, true
		}, midday, cardea.CauseCancelled},
		{"another person", func(w *world) { w.d.Agreements[0].Person = "ben" }, midday, cardea.CauseMoved},
		{"another team", func(w *world) { w.d.Agreements[0].Team = "other" }, midday, cardea.CauseMoved},
		{"she went to another team", func(w *world) { w.d.People[0].Team = "other" }, midday, cardea.CauseMoved},
		{"she left", func(w *world) { w.d.People[0].Status = cardea.Left }, midday, cardea.CauseLeft},
		{"another desk", func(w *world) { w.d.Assignments[0].Resource = "elephant" }, midday, cardea.CauseMoved},
		{"the assignment was deleted", func(w *world) { w.deleted() }, midday, cardea.CauseDeleted},
		{"the assignment was replaced by another", func(w *world) {
			w.deleted()
			w.anew(cardea.Day{})
		}, midday, cardea.CauseMoved},
		{"the assignment was deleted beside one that is over", func(w *world) {
			w.deleted()
			w.anew(day("2026-11-10"))
		}, midday, cardea.CauseDeleted},
		{"the assignment vanished beside another", func(w *world) {
			w.d.Assignments = nil
			w.anew(cardea.Day{})
		}, midday, cardea.CauseVanished},
		{"the assignment was replaced, and the agreement is not approved", func(w *world) {
			w.deleted()
			w.anew(cardea.Day{})
			w.d.Agreements[0].Approved = false
		}, midday, cardea.CauseDeleted},
		{"the assignment vanished", func(w *world) { w.d.Assignments = nil }, midday, cardea.CauseVanished},
		{"the agreement vanished", func(w *world) { w.d.Agreements = nil }, midday, cardea.CauseVanished},
		{"the person vanished", func(w *world) { w.d.People = w.d.People[1:] }, midday, cardea.CauseVanished},
		{"the mapping went", func(w *world) { w.s.Mappings = w.s.Mappings[1:] }, midday, cardea.CauseUnmapped},
		{"ended and the mapping went", func(w *world) {
			w.s.Mappings = w.s.Mappings[1:]
			w.d.Agreements[0].End = day("2026-11-22")
		}, midday, cardea.CauseEnded},
		{"the location left the integration", func(w *world) { w.s.Locations = []string{"nyc"} }, midday, cardea.CauseOutOfScope},
		{"closed by hours", func(w *world) {
			w.s.Sites = map[string]cardea.LocationSettings{"lon": {Hours: hours(map[string]string{"sat": "08:00-09:00"})}}
		}, midday, cardea.CauseEnded},
		{"nothing happened", func(*world) {}, midday, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := assigned("desk")
			d.Agreements[0].Person, d.Agreements[0].End = "", day("2026-12-31")
			d.Assignments[0].End = cardea.Day{}
			w := world{d, settings(mapped(cardea.ItemResources, "office", "g"), mapped(cardea.ItemPlans, "night", "g"))}
			was := decide.New(w.d, w.s).Grants(span("2026-11-23", "2026-11-24"))[0]
			if was.Person != person("ana") {
				t.Fatalf("before: %+v", was)
			}
			c.change(&w)
			x := decide.New(w.d, w.s)
			if got := x.Cause(person("ana"), "g", was.Reasons, at(c.when)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCauseOfBookingsAndPasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		who    cardea.PersonID
		change func(d *cardea.Directory, s *cardea.Settings)
		want   cardea.Cause
	}{
		{"cancelled", person("ana"), func(d *cardea.Directory, _ *cardea.Settings) { d.Bookings[0].Cancelled = true },
			cardea.CauseCancelled},
		{"visitor taken off", visitor("vic"), func(d *cardea.Directory, _ *cardea.Settings) { d.Bookings[0].Visitors = nil },
			cardea.CauseCancelled},
		{"another host", person("ana"), func(d *cardea.Directory, _ *cardea.Settings) { d.Bookings[0].Person = "dee" },
			cardea.CauseCancelled},
		{"another room", person("ana"), func(d *cardea.Directory, _ *cardea.Settings) { d.Bookings[0].Resource = "hall" },
			cardea.CauseMoved},
		{"later", person("ana"), func(d *cardea.Directory, _ *cardea.Settings) {
			d.Bookings[0].Start += 5 * cardea.Hour
			d.Bookings[0].End += 5 * cardea.Hour
		}, cardea.CauseMoved},
		{"shorter", person("ana"), func(d *cardea.Directory, _ *cardea.Settings) { d.Bookings[0].End -= cardea.Hour },
			cardea.CauseEnded},
		{"visitors off", visitor("vic"), func(_ *cardea.Directory, s *cardea.Settings) { s.Visitors = false }, cardea.CauseUnmapped},
		{"rule refused", person("ana"), func(d *cardea.Directory, _ *cardea.Settings) { d.Bookings[0].RRule = "FREQ=HOURLY" },
			cardea.CauseVanished},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, s := booked(booking("1")), settings(mapped(cardea.ItemBookables, "elephant", "g"))
			d.Bookings[0].End += cardea.Hour
			var was []cardea.Reason
			for _, g := range decide.New(d, s).Grants(span("2026-11-23", "2026-11-24")) {
				if g.Person == c.who {
					was = g.Reasons
				}
			}
			c.change(&d, &s)
			if got := decide.New(d, s).Cause(c.who, "g", was, at("2026-11-23T11:30:00Z")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("pass used up", func(t *testing.T) {
		t.Parallel()
		d, s := small(), settings(mapped(cardea.ItemPasses, "*", "g"))
		d.Passes = []cardea.Pass{{ID: "1", Person: "ana", HalfCount: 2}}
		was := decide.New(d, s).Grants(span("2026-11-23", "2026-11-24"))[0].Reasons
		d.Passes[0].HalfUsed = 2
		if got := decide.New(d, s).Cause(person("ana"), "g", was, at(midday)); got != cardea.CauseEnded {
			t.Errorf("got %q", got)
		}
	})
}

func TestCauseOfSeveralReasonsIsTheOneThatMustWait(t *testing.T) {
	t.Parallel()
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "ana", "", "hot"), agreement("2", "ana", "", "night")}
	s := settings(mapped(cardea.ItemPlans, "hot", "g"), mapped(cardea.ItemPlans, "night", "g"))
	was := decide.New(d, s).Grants(span("2026-11-23", "2026-11-24"))[0].Reasons
	d.Agreements[0].End = day("2026-11-22")
	d.Gone = []cardea.Gone{{Key: d.Agreements[1].Key(), Cause: cardea.CauseVanished}}
	if got := decide.New(d, s).Cause(person("ana"), "g", was, at(midday)); got != cardea.CauseVanished {
		t.Errorf("got %q", got)
	}
}

func TestWithoutAReasonRecordsSpeakElseItIsAStray(t *testing.T) {
	t.Parallel()
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "ana", "", "hot"), agreement("2", "", "acme", "hot")}
	d.Agreements[0].End = day("2026-11-22")
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g"), mapped(cardea.ItemPlans, "night", "n")))
	for _, c := range []struct {
		who   string
		group cardea.GroupID
		want  cardea.Cause
	}{{"cy", "g", cardea.CauseLeft}, {"dee", "g", cardea.CauseStray}, {"ana", "n", cardea.CauseStray}, {"nobody", "g",
		cardea.CauseStray}} {
		if got := x.Cause(person(c.who), c.group, nil, at(midday)); got != c.want {
			t.Errorf("%s in %s: got %q, want %q", c.who, c.group, got, c.want)
		}
	}
}
