// Package core_test measures the rooms of the core together: how long it takes to decide for everybody, and for one.
package core_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

var sizes = []int{1_000, 10_000, 100_000, 1_000_000}

// asked is the instant at which the benchmarks ask.
var asked = cardea.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))

var horizon = cardea.Window{From: asked, Until: asked + 24*cardea.Hour}

// world is a coworking company: everybody has a membership with a desk, which gives them the building, a floor and a
// plan's group: three edges each. One in ten has a room booked within the day, one in ten of these every week.
type world struct {
	directory cardea.Directory
	settings  cardea.Settings
}

var worlds sync.Map // people -> func() world, each made once, when first asked for

func worldOf(people int) world {
	make, _ := worlds.LoadOrStore(people, sync.OnceValue(func() world { return generate(people) }))
	return make.(func() world)()
}

func id(kind string, n int) string { return fmt.Sprintf("%s%021d", kind, n) }

func generate(people int) world {
	day := func(month time.Month, d int) cardea.Day {
		return cardea.DayAt(time.Date(2026, month, d, 0, 0, 0, 0, time.UTC))
	}
	sites, rooms := people/2000+1, people/100+1
	w := world{directory: cardea.Directory{Connection: "rnd"}, settings: cardea.Settings{
		Integration: "all", Zone: "Europe/London", Lead: 15 * time.Minute, Lag: 15 * time.Minute, Visitors: true, PassTail: true,
		Zones: map[string]*time.Location{},
	}}
	for _, name := range []string{"Europe/London", "Europe/Sofia", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		w.settings.Zones[name] = zone
	}
	d, s := &w.directory, &w.settings
	add := func(kind cardea.ItemKind, item string) {
		s.Mappings = append(s.Mappings, cardea.Mapping{Kind: kind, Item: item,
			Groups: []cardea.GroupID{cardea.GroupID(string(kind) + item)}})
	}
	for i := range 10 {
		d.Plans = append(d.Plans, cardea.Plan{ID: id("p", i), Name: "Plan"})
		add(cardea.ItemPlans, id("p", i))
	}
	for i := range sites {
		d.Locations = append(d.Locations, cardea.Location{ID: id("l", i), Zone: []string{"Europe/London", "Europe/Sofia",
			"America/New_York"}[i%3]})
		add(cardea.ItemLocations, id("l", i))
		for f := range 4 {
			d.Floors = append(d.Floors, cardea.Floor{ID: id("f", i*4+f), Location: id("l", i)})
			add(cardea.ItemFloors, id("f", i*4+f))
		}
	}
	for i := range rooms {
		d.Resources = append(d.Resources, cardea.Resource{ID: id("r", i), Location: id("l", i%sites), Floor: id("f",
			i%sites*4+i/sites%4), Bookable: true})
		add(cardea.ItemBookables, id("r", i))
	}
	desks := len(d.Resources)
	for i := range people/20 + 1 {
		d.Resources = append(d.Resources, cardea.Resource{ID: id("s", i), Location: id("l", i%sites), Floor: id("f",
			i%sites*4+i/sites%4), Assignable: true})
	}
	for i := range people/7 + 1 {
		d.Teams = append(d.Teams, cardea.Team{ID: id("t", i), Status: cardea.Present})
	}
	for i := range people {
		d.People = append(d.People, cardea.Person{
			ID: id("m", i), Name: "Ana Example", Email: fmt.Sprintf("ana%d@example.test", i), Team: id("t", i/7), Location: id("l",
				i%sites),
			Status: cardea.Present,
		})
		d.Agreements = append(d.Agreements, cardea.Agreement{
			ID: id("a", i), Person: id("m", i), Team: id("t", i/7), Plan: id("p", i%10), Location: id("l", i%sites), Approved: true,
			Start: day(time.Month(1+i%10), 1+i%28),
		})
		if i%3 == 0 {
			d.Agreements[i].End = day(time.December, 1+i%28)
		}
		d.Assignments = append(d.Assignments, cardea.Assignment{
			ID: id("x", i), Agreement: id("a", i), Resource: d.Resources[desks+i%(people/20+1)].ID, Start: day(time.January, 1+i%28),
		})
		if i%10 == 0 {
			start := asked + cardea.Instant(i%20)*cardea.Hour
			b := cardea.Booking{ID: id("b", i/10), Resource: id("r", i/10%rooms), Person: id("m", i), Start: start,
				End: start + cardea.Hour}
			if i%100 == 0 {
				b.RRule, b.Start, b.End = "FREQ=WEEKLY", b.Start-700*24*cardea.Hour, b.End-700*24*cardea.Hour
			}
			d.Bookings = append(d.Bookings, b)
		}
	}
	return w
}

// perSize runs a benchmark for every size; the largest only when benchmarks are asked for without -short.
func perSize(b *testing.B, run func(b *testing.B, people int)) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("people=%d", n), func(b *testing.B) {
			if n >= 1_000_000 && testing.Short() {
				b.Skip("a million people are left out of short runs")
			}
			worldOf(n)
			runtime.GC()
			b.ReportAllocs()
			b.ResetTimer()
			run(b, n)
		})
	}
}

func BenchmarkIndex(b *testing.B) {
	perSize(b, func(b *testing.B, people int) {
		w := worldOf(people)
		for b.Loop() {
			decide.New(w.directory, w.settings)
		}
	})
}

func BenchmarkGrants(b *testing.B) {
	perSize(b, func(b *testing.B, people int) {
		w := worldOf(people)
		x := decide.New(w.directory, w.settings)
		for b.Loop() {
			if gs := x.Grants(horizon); len(gs) < 3*people {
				b.Fatalf("%d grants", len(gs))
			}
		}
	})
}

func BenchmarkOpens(b *testing.B) {
	perSize(b, func(b *testing.B, people int) {
		w := worldOf(people)
		x := decide.New(w.directory, w.settings)
		for b.Loop() {
			if at := x.Opens(horizon.Until); at <= horizon.Until || at == cardea.Never {
				b.Fatalf("opens %s", at)
			}
		}
	})
}

// closure is what the store's closure query brings of one person.
func closure(w world, i int) cardea.Directory {
	d := w.directory
	d.People, d.Agreements, d.Assignments = d.People[i:i+1], d.Agreements[i:i+1], d.Assignments[i:i+1]
	d.Teams = d.Teams[i/7 : i/7+1]
	d.Bookings = d.Bookings[i/10 : i/10+1]
	only := func(id string) bool {
		return strings.HasSuffix(id, d.Assignments[0].Resource[1:]) && id == d.Assignments[0].Resource || id == d.Bookings[0].Resource
	}
	var rs []cardea.Resource
	for _, r := range d.Resources {
		if only(r.ID) {
			rs = append(rs, r)
		}
	}
	d.Resources = rs
	return d
}

func BenchmarkOnePerson(b *testing.B) {
	perSize(b, func(b *testing.B, people int) {
		w := worldOf(people)
		d := closure(w, 500)
		for b.Loop() {
			if gs := decide.New(d, w.settings).Grants(horizon); len(gs) < 3 {
				b.Fatalf("%d grants", len(gs))
			}
		}
	})
}
