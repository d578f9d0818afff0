package decide_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// drawn is a random small world around 2026-10-25, when London's clocks go back.
func drawn(t *rapid.T) (cardea.Directory, cardea.Settings) {
	base := cardea.Date(at("2026-10-20") / (24 * cardea.Hour))
	draw := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	dayAround := func(name string) cardea.Day {
		if rapid.IntRange(0, 3).Draw(t, name+" set") == 0 {
			return cardea.Day{}
		}
		n := base + cardea.Date(rapid.IntRange(-4, 12).Draw(t, name))
		return cardea.Day{At: cardea.Instant(n) * 24 * cardea.Hour, Set: true}
	}
	when := func(name string) cardea.Instant {
		return cardea.Instant(base)*24*cardea.Hour + cardea.Instant(rapid.IntRange(-100, 800).Draw(t, name))*15*cardea.Minute
	}
	some := func(name string) int { return rapid.IntRange(0, 3).Draw(t, name) }
	persons, resources := []string{"ana", "ben", "cy", "dee"}, []string{"desk", "elephant", "hall", "office", "suite"}
	d := small()
	for i := range some("agreements") {
		d.Agreements = append(d.Agreements, cardea.Agreement{
			ID: fmt.Sprint("a", i), Person: draw("holder", "", "ana", "cy", "dee", "ghost"), Team: draw("team", "acme", ""),
			Plan:     draw("plan", "hot", "night"),
			Location: draw("location", "lon", "nyc", ""), Approved: draw("approved", "yes", "yes", "yes", "no") == "yes",
			Start: dayAround("start"), End: dayAround("end"),
		})
	}
	for i := range some("assignments") {
		d.Assignments = append(d.Assignments, cardea.Assignment{
			ID: fmt.Sprint("x", i), Agreement: draw("agreement", "a0", "a1", "a2"), Resource: draw("resource", append(resources,
				"lost")...),
			Start: dayAround("assigned"), End: dayAround("released"),
		})
	}
	for i := range some("bookings") {
		b := cardea.Booking{
			ID: fmt.Sprint("b", i), Resource: draw("room", "elephant", "hall"), Person: draw("host", "", "ana", "ben"),
			Team:  draw("for", "", "acme"),
			Start: when("begins"), Cancelled: draw("cancelled", "no", "no", "yes") == "yes", Tentative: draw("tentative", "no",
				"no", "no", "yes") == "yes",
			RRule: draw("rule", "", "", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=HOURLY"),
		}
		b.End = b.Start + cardea.Instant(rapid.IntRange(1, 12).Draw(t, "lasts"))*15*cardea.Minute
		b.Members = append(b.Members, persons[:some("invited")]...)
		if draw("visitor", "no", "yes") == "yes" {
			b.Visitors = []string{"vic"}
		}
		d.Bookings = append(d.Bookings, b)
	}
	for i := range some("passes") {
		d.Passes = append(d.Passes, cardea.Pass{
			ID: fmt.Sprint("p", i), Person: draw("has", "ana", "dee"), Team: draw("shared", "", "acme"), Personal: draw("personal",
				"no", "yes") == "yes",
			Type: draw("type", "", "day"), HalfCount: 2, HalfUsed: int64(some("used")), From: dayAround("valid"),
			Until:  dayAround("expires"),
			UsedOn: []cardea.Instant{0, when("used on")}[rapid.IntRange(0, 1).Draw(t, "was used")],
		})
	}
	if draw("crowds", "no", "yes") == "yes" {
		d.Teams = append(d.Teams, cardea.Team{ID: "beta", Status: cardea.Present})
		for i := range d.Teams {
			d.Teams[i].PayingMember = draw("pays", "", "dee", "ana", "ghost")
			d.Teams[i].SharesPasses = draw("shares", "no", "yes") == "yes"
		}
		d.People[rapid.IntRange(0, 3).Draw(t, "in two teams")].Teams = []string{"beta"}
		d.People[rapid.IntRange(0, 3).Draw(t, "suspended")].Suspended = draw("suspends", "no", "yes") == "yes"
		for i := range d.Passes {
			d.Passes[i].Slots = []*cardea.Hours{nil, hours(map[string]string{"mon-fri": "18:00-01:00"})}[rapid.IntRange(0, 1).Draw(t, "slots")]
		}
	}
	for _, k := range []cardea.Key{
		{Kind: cardea.KindAgreement, ID: "a0"}, {Kind: cardea.KindBooking, ID: "b0"}, {Kind: cardea.KindPerson, ID: "ben"},
		{Kind: cardea.KindResource, ID: "office"},
		{Kind: cardea.KindTeam, ID: "acme"},
	} {
		if rapid.IntRange(0, 9).Draw(t, "gone") == 0 {
			d.Gone = append(d.Gone, cardea.Gone{Key: k, Cause: cardea.CauseVanished})
		}
	}

	s := settings()
	office := hours(map[string]string{"mon-sat": "08:00-20:00"})
	night := hours(map[string]string{"mon-fri": "22:00-03:00", "sun": "00:00-24:00"})
	for _, item := range []struct {
		kind cardea.ItemKind
		id   string
	}{
		{cardea.ItemPlans, "hot"}, {cardea.ItemPlans, "night"}, {cardea.ItemResources, "desk"}, {cardea.ItemResources,
			"office"}, {cardea.ItemFloors, "f1"},
		{cardea.ItemLocations, "lon"}, {cardea.ItemLocations, "nyc"}, {cardea.ItemBookables, "elephant"}, {cardea.ItemBookables,
			"hall"}, {cardea.ItemPasses, "*"},
		{cardea.ItemPasses, "day"},
	} {
		if draw("mapped", "yes", "yes", "no") == "no" {
			continue
		}
		m := mapped(item.kind, item.id, []cardea.GroupID{"g", "h"}[:rapid.IntRange(1, 2).Draw(t, "groups")]...)
		m.Hours = []*cardea.Hours{nil, nil, night}[rapid.IntRange(0, 2).Draw(t, "hours")]
		m.Always = draw("always", "no", "no", "yes") == "yes"
		m.Trim = draw("trim", "no", "yes") == "yes"
		m.Slots = item.kind == cardea.ItemPasses && draw("slots cut", "no", "yes") == "yes"
		s.Mappings = append(s.Mappings, m)
	}
	if draw("site", "plain", "hours") == "hours" {
		s.Sites = map[string]cardea.LocationSettings{"lon": {
			Hours: office, Closures: []cardea.Date{base + 3}, Extra: map[cardea.Date][]cardea.Span{base + 5: {{From: 600, Until: 900}}},
		}}
	}
	if draw("scope", "all", "some") == "some" {
		s.Locations = []string{"lon"}
	}
	s.PassGate, s.PassGateBookings = draw("gate", "", "", "on"), draw("gate of bookings", "no", "yes") == "yes"
	s.CancellationOut = draw("cancellation day", "in", "out") == "out"
	s.Visitors, s.TeamBooking, s.PassTail = draw("visitors", "on", "off") == "on", draw("teams", "on", "off") == "on",
		draw("tail", "on", "off") == "on"
	return d, s
}

var everybody = []cardea.PersonID{person("ana"), person("ben"), person("cy"), person("dee"), visitor("vic")}

func TestExplainAgreesWithGrants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(t)
		x := decide.New(d, s)
		i := at("2026-10-20") + cardea.Instant(rapid.IntRange(-100, 1000).Draw(t, "at"))*15*cardea.Minute
		grants := x.Grants(cardea.Window{From: i, Until: i + cardea.Hour})
		for _, g := range []cardea.GroupID{"g", "h"} {
			for _, p := range everybody {
				var window cardea.Window
				open := false
				for _, one := range grants {
					if one.Person == p && one.Group == g {
						window, open = one.At(i)
					}
				}
				e := x.Explain(p, g, i)
				if e.Open != open {
					t.Fatalf("%s %s at %s: explain says %v, grants say %v\n%+v", p, g, i, e.Open, open, e.Considered)
				}
				said := slices.ContainsFunc(e.Considered, func(c cardea.Consideration) bool { return c.Verdict == cardea.Yes })
				if said != open {
					t.Fatalf("%s %s at %s: open is %v, but a rule saying yes is %v", p, g, i, open, said)
				}
				if open && *e.Window != window {
					t.Fatalf("%s %s at %s: window %v, grants say %v", p, g, i, *e.Window, window)
				}
				if !open && e.Next != nil && e.Next.From <= i || !open && e.Last != nil && e.Last.Until > i {
					t.Fatalf("%s %s at %s: next %v, last %v", p, g, i, e.Next, e.Last)
				}
				for _, c := range e.Considered {
					if last := c.Steps[len(c.Steps)-1]; last.Says != c.Verdict {
						t.Fatalf("verdict %s, last step %+v", c.Verdict, last)
					}
				}
			}
		}
	})
}

func TestGrantsAreWellFormed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(t)
		from := at("2026-10-20") + cardea.Instant(rapid.IntRange(0, 200).Draw(t, "from"))*cardea.Hour
		around := cardea.Window{From: from, Until: from + cardea.Instant(rapid.IntRange(0, 100).Draw(t, "hours"))*cardea.Hour}
		var last cardea.Grant
		for _, g := range decide.New(d, s).Grants(around) {
			if c := strings.Compare(string(last.Group), string(g.Group)); c > 0 || c == 0 && last.Person >= g.Person {
				t.Fatalf("%s %s comes after %s %s", g.Group, g.Person, last.Group, last.Person)
			}
			last = g
			if len(g.Windows) == 0 || len(g.Reasons) == 0 {
				t.Fatalf("empty grant: %+v", g)
			}
			for i, w := range g.Windows {
				if w.Empty() || !w.Touches(around) || i > 0 && g.Windows[i-1].Until >= w.From {
					t.Fatalf("windows %v around %v", g.Windows, around)
				}
			}
			var all []cardea.Window
			for _, r := range g.Reasons {
				if len(r.Windows) == 0 || r.Due != nil && len(r.Due) != len(r.Windows) {
					t.Fatalf("reason %+v", r)
				}
				all = append(all, r.Windows...)
				for _, w := range r.Windows {
					if !slices.ContainsFunc(g.Windows, func(v cardea.Window) bool { return v.From <= w.From && w.Until <= v.Until }) {
						t.Fatalf("%v is not within %v", w, g.Windows)
					}
				}
			}
			for _, w := range g.Windows {
				begins := slices.ContainsFunc(all, func(v cardea.Window) bool { return v.From == w.From })
				ends := slices.ContainsFunc(all, func(v cardea.Window) bool { return v.Until == w.Until })
				if !begins || !ends {
					t.Fatalf("%v does not begin and end with a reason: %v", w, all)
				}
			}
		}
	})
}

func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(t)
		around := span("2026-10-22", "2026-10-27")
		want := decide.New(d, s)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		m := d
		m.People, m.Teams, m.Locations, m.Floors = mixed(r, d.People), mixed(r, d.Teams), mixed(r, d.Locations), mixed(r, d.Floors)
		m.Resources, m.Agreements, m.Assignments = mixed(r, d.Resources), mixed(r, d.Agreements), mixed(r, d.Assignments)
		m.Bookings, m.Passes, m.Gone = mixed(r, d.Bookings), mixed(r, d.Passes), mixed(r, d.Gone)
		got := decide.New(m, s)
		if diff := cmp.Diff(want.Grants(around), got.Grants(around)); diff != "" {
			t.Fatalf("grants differ:\n%s", diff)
		}
		if diff := cmp.Diff(want.Issues(), got.Issues()); diff != "" {
			t.Fatalf("issues differ:\n%s", diff)
		}
		e := at("2026-10-24T10:00:00Z")
		if diff := cmp.Diff(want.Explain(person("ana"), "g", e), got.Explain(person("ana"), "g", e)); diff != "" {
			t.Fatalf("explanations differ:\n%s", diff)
		}
	})
}

func mixed[T any](r *rand.Rand, list []T) []T {
	out := slices.Clone(list)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// Whatever touches both of two spans is the same in both.
func TestSpanBordersDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(t)
		x := decide.New(d, s)
		drawSpan := func(name string) cardea.Window {
			from := at("2026-10-20") + cardea.Instant(rapid.IntRange(-50, 250).Draw(t, name))*cardea.Hour
			return cardea.Window{From: from, Until: from + cardea.Instant(rapid.IntRange(0, 80).Draw(t, name+" hours"))*cardea.Hour}
		}
		a, b := drawSpan("a"), drawSpan("b")
		ga, gb := x.Grants(a), x.Grants(b)
		for _, pair := range [][2][]cardea.Grant{{ga, gb}, {gb, ga}} {
			for _, g := range pair[0] {
				for _, w := range g.Windows {
					if !w.Touches(a) || !w.Touches(b) {
						continue
					}
					if !slices.ContainsFunc(pair[1], func(o cardea.Grant) bool {
						return o.Person == g.Person && o.Group == g.Group && slices.Contains(o.Windows, w)
					}) {
						t.Fatalf("%s %s: %v is around one of %v and %v only", g.Person, g.Group, w, a, b)
					}
				}
			}
		}
	})
}

// Taking a record away never takes away what another one gives: a booking never shortens a membership, and an edge goes
// with its last reason only.
func TestReasonsStandOnTheirOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(t)
		for i := range s.Mappings {
			s.Mappings[i].Trim = false // trimming is the one rule by which a booking speaks of another
		}
		around := span("2026-10-22", "2026-10-27")
		before := decide.New(d, s).Grants(around)
		less := d
		kind := rapid.SampledFrom([]cardea.Kind{cardea.KindAgreement, cardea.KindBooking, cardea.KindPass}).Draw(t, "kind")
		var gone string
		switch {
		case kind == cardea.KindAgreement && len(d.Agreements) > 0:
			gone, less.Agreements = d.Agreements[0].ID, d.Agreements[1:]
		case kind == cardea.KindBooking && len(d.Bookings) > 0:
			gone, less.Bookings = d.Bookings[0].ID, d.Bookings[1:]
		case kind == cardea.KindPass && len(d.Passes) > 0:
			gone, less.Passes = d.Passes[0].ID, d.Passes[1:]
		default:
			return
		}
		after := decide.New(less, s).Grants(around)
		for _, g := range before {
			for _, r := range g.Reasons {
				if r.Record == (cardea.Key{Kind: kind, ID: gone}) {
					continue
				}
				for _, w := range r.Windows {
					if w.Touches(around) && !covered(after, g.Person, g.Group, w) {
						t.Fatalf("without %s %s, %s loses %v of %s in %s", kind, gone, g.Person, w, r.Record, g.Group)
					}
				}
			}
		}
	})
}

func covered(gs []cardea.Grant, p cardea.PersonID, group cardea.GroupID, w cardea.Window) bool {
	return slices.ContainsFunc(gs, func(g cardea.Grant) bool {
		return g.Person == p && g.Group == group && slices.ContainsFunc(g.Windows, func(v cardea.Window) bool {
			return v.From <= w.From && w.Until <= v.Until
		})
	})
}

// Opens is never later than what a later span shows, and what it names does open.
func TestOpensNamesTheNextOpening(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(t)
		x := decide.New(d, s)
		after := at("2026-10-20") + cardea.Instant(rapid.IntRange(-50, 250).Draw(t, "after"))*cardea.Hour
		next := x.Opens(after)
		if next <= after {
			t.Fatalf("opens %s, not after %s", next, after)
		}
		for _, g := range x.Grants(cardea.Window{From: after, Until: after.Add(20 * 24 * time.Hour)}) {
			for _, w := range g.Windows {
				if w.From > after && w.From < next {
					t.Fatalf("%s %s opens at %s, before %s", g.Person, g.Group, w.From, next)
				}
			}
		}
	})
}
