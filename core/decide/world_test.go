package decide_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// The small world of the tests: London has floors and desks, New York a room; Ana, Ben and Cy work at Acme, Cy has left,
// Dee is on her own, Vic visits.

var zones = func() map[string]*time.Location {
	m := map[string]*time.Location{}
	for _, name := range []string{"Europe/London", "America/New_York", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe",
		"America/Asuncion"} {
		z, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		m[name] = z
	}
	return m
}()

func at(s string) cardea.Instant {
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return cardea.At(t)
		}
	}
	panic("no instant: " + s)
}

func day(s string) cardea.Day { return cardea.Day{At: at(s), Set: true} }

func date(s string) cardea.Date {
	d, err := cardea.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func hours(m map[string]string) *cardea.Hours {
	h, err := cardea.ParseHours(m)
	if err != nil {
		panic(err)
	}
	return &h
}

func small() cardea.Directory {
	return cardea.Directory{
		Connection: "rnd",
		People: []cardea.Person{
			{ID: "ana", Name: "Ana", Team: "acme", Location: "lon", Status: cardea.Present},
			{ID: "ben", Name: "Ben", Team: "acme", Location: "lon", Status: cardea.Present},
			{ID: "cy", Name: "Cy", Team: "acme", Location: "lon", Status: cardea.Left, Raw: "former"},
			{ID: "dee", Name: "Dee", Location: "nyc", Status: cardea.Present},
			{ID: "vic", Name: "Vic", Visitor: true, Status: cardea.Present},
		},
		Teams: []cardea.Team{{ID: "acme", Name: "Acme", Location: "lon", Status: cardea.Present}},
		Locations: []cardea.Location{
			{ID: "lon", Name: "London", Zone: "Europe/London"}, {ID: "nyc", Name: "New York", Zone: "America/New_York"},
		},
		Floors: []cardea.Floor{{ID: "f1", Name: "Floor 1", Location: "lon"}, {ID: "f2", Name: "Floor 2", Location: "nyc"}},
		Resources: []cardea.Resource{
			{ID: "desk", Name: "Desk 7", Location: "lon", Floor: "f1", Parents: []string{"office"}, Assignable: true},
			{ID: "elephant", Name: "Elephant", Location: "lon", Floor: "f1", Bookable: true},
			{ID: "hall", Name: "Hall", Location: "nyc", Floor: "f2", Bookable: true, ByDate: true},
			{ID: "office", Name: "Office 12", Location: "lon", Floor: "f1", Parents: []string{"suite"}, Assignable: true},
			{ID: "suite", Name: "Suite", Location: "lon", Parents: []string{"office"}}, // a ring: parents must not go round
		},
		Plans: []cardea.Plan{{ID: "hot", Name: "Hot desk"}, {ID: "night", Name: "Night owl"}},
	}
}

func mapped(kind cardea.ItemKind, item string, groups ...cardea.GroupID) cardea.Mapping {
	return cardea.Mapping{Kind: kind, Item: item, Groups: groups}
}

func settings(mappings ...cardea.Mapping) cardea.Settings {
	return cardea.Settings{
		Integration: "london", Zone: "Europe/London", Lead: 15 * time.Minute, Lag: 15 * time.Minute,
		Visitors: true, PassTail: true, Zones: zones, Mappings: mappings,
	}
}

func person(id string) cardea.PersonID { return cardea.PersonID("rnd/person:" + id) }

func visitor(id string) cardea.PersonID { return cardea.PersonID("rnd/visitor:" + id) }

func span(from, until string) cardea.Window { return cardea.Window{From: at(from), Until: at(until)} }

// granted returns the windows that each person has in the group around the span.
func granted(x *decide.Index, g cardea.GroupID, around cardea.Window) map[cardea.PersonID][]cardea.Window {
	out := map[cardea.PersonID][]cardea.Window{}
	for _, one := range x.Grants(around) {
		if one.Group == g {
			out[one.Person] = one.Windows
		}
	}
	return out
}

// people returns who has the group at the instant, sorted.
func people(x *decide.Index, g cardea.GroupID, i cardea.Instant) []cardea.PersonID {
	var out []cardea.PersonID
	for _, one := range x.Grants(cardea.Window{From: i, Until: i}) {
		if _, open := one.At(i); open && one.Group == g {
			out = append(out, one.Person)
		}
	}
	return out
}

func wantPeople(t *testing.T, x *decide.Index, g cardea.GroupID, when string, want ...cardea.PersonID) {
	t.Helper()
	if got := people(x, g, at(when)); !slices.Equal(got, want) {
		t.Errorf("%s at %s: got %v, want %v", g, when, got, want)
	}
}

func wantWindows(t *testing.T, got []cardea.Window, want ...cardea.Window) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("windows: got %v, want %v", got, want)
	}
}

// verdict returns what was said of a rule and record, "" when it was not considered.
func verdict(e cardea.Explanation, rule cardea.Rule, record string) cardea.Verdict {
	for _, c := range e.Considered {
		if c.Rule == rule && c.Record.ID == record {
			return c.Verdict
		}
	}
	return ""
}

func wantVerdict(t *testing.T, x *decide.Index, p cardea.PersonID, when string, rule cardea.Rule, record string,
	want cardea.Verdict) {
	t.Helper()
	e := x.Explain(p, "g", at(when))
	if got := verdict(e, rule, record); got != want {
		t.Errorf("%s of %s for %s at %s: got %q, want %q", rule, record, p, when, got, want)
	}
}
