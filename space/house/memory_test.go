package house_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/house"
)

// memory keeps records the way the store does.
type memory struct {
	records []cardea.Record
	trouble map[cardea.Kind]error
	// asked counts fetches.
	asked map[string]int
}

func (m *memory) HouseRecords(_ context.Context, connection string, kind cardea.Kind) ([]cardea.Record, error) {
	m.note("list " + connection + " " + string(kind))
	if err := m.trouble[kind]; err != nil {
		return nil, err
	}
	var out []cardea.Record
	for _, r := range m.records {
		if r.Key().Kind == kind {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Record) int { return strings.Compare(a.Key().ID, b.Key().ID) })
	return out, nil
}

func (m *memory) HouseRecord(_ context.Context, connection string, k cardea.Key) (cardea.Record, bool, error) {
	m.note("get " + connection + " " + k.String())
	if err := m.trouble[k.Kind]; err != nil {
		return nil, false, err
	}
	for _, r := range m.records {
		if r.Key() == k {
			return r, true, nil
		}
	}
	return nil, false, nil
}

func (m *memory) note(what string) {
	if m.asked == nil {
		m.asked = map[string]int{}
	}
	m.asked[what]++
}

func start() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }

func system(t *testing.T, m *memory) *house.System {
	t.Helper()
	s, err := house.New(house.Config{Connection: "site", Name: "Storage Ltd", Records: m, Now: start})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(hours int) cardea.Instant { return cardea.At(start()) + cardea.Instant(hours)*cardea.Hour }

func day(t *testing.T, s string) cardea.Day {
	t.Helper()
	d, err := cardea.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return cardea.Day{At: cardea.Instant(d) * 24 * cardea.Hour, Set: true}
}

// world is a small site with a bit of everything.
func world(t *testing.T) []cardea.Record {
	t.Helper()
	april := day(t, "2026-04-01")
	return []cardea.Record{
		cardea.Location{ID: "london", Name: "London", Zone: "Europe/London"},
		cardea.Floor{ID: "first", Name: "First", Location: "london"},
		cardea.Resource{ID: "office", Name: "Office 12", Location: "london", Floor: "first", Assignable: true},
		cardea.Resource{ID: "desk", Name: "Desk 3", Parents: []string{"office"}, Assignable: true},
		cardea.Resource{ID: "room", Name: "Elephant", Location: "london", Bookable: true},
		cardea.Resource{ID: "u1", Name: "1", Location: "london", Unit: true, Assignable: true},
		cardea.Resource{ID: "u2", Name: "2", Location: "london", Unit: true, Assignable: true},
		cardea.Plan{ID: "hot", Name: "Hot desk"},
		cardea.Plan{ID: "cold", Name: "Cold desk"},
		cardea.Team{ID: "acme", Name: "Acme", Status: cardea.Present},
		cardea.Person{ID: "ana", Name: "Ana", Team: "acme", Status: cardea.Present},
		cardea.Person{ID: "jo", Name: "Jo", Status: cardea.Present},
		cardea.Person{ID: "kim", Name: "Kim", Status: cardea.Present},
		cardea.Person{ID: "vi", Name: "Vi", Visitor: true, Host: "jo", Status: cardea.Present},
		cardea.Agreement{ID: "ofTeam", Team: "acme", Plan: "hot", Approved: true, Start: april},
		cardea.Agreement{ID: "ofKim", Person: "kim", Plan: "cold", Approved: true, Start: april},
		cardea.Agreement{ID: "rental", Person: "jo", Guests: []string{"ana"}, Approved: true, Start: april},
		cardea.Assignment{ID: "s1", Agreement: "ofTeam", Resource: "desk"},
		cardea.Assignment{ID: "s2", Agreement: "rental", Resource: "u1"},
		cardea.Assignment{ID: "s3", Agreement: "ofKim", Resource: "u2"},
		cardea.Booking{ID: "b1", Resource: "room", Person: "kim", Members: []string{"ana"}, Start: at(1), End: at(2)},
		cardea.Booking{ID: "b2", Resource: "room", Person: "kim", Visitors: []string{"vi"}, Start: at(3), End: at(4)},
		cardea.Booking{ID: "past", Resource: "room", Person: "ana", Start: at(-80), End: at(-79)},
		cardea.Booking{ID: "later", Resource: "room", Person: "ana", Start: at(800), End: at(801)},
		cardea.Booking{ID: "ever", Resource: "room", Person: "ana", Start: at(-800), End: at(-799), RRule: "FREQ=DAILY"},
		cardea.Booking{ID: "ended", Resource: "room", Person: "ana", Start: at(-800), End: at(-799), RRule: "FREQ=DAILY", Last: at(-100)},
		cardea.Pass{ID: "p1", Team: "acme", HalfCount: 2},
		cardea.Pass{ID: "p2", Person: "kim", HalfCount: 2},
	}
}

func span() cardea.Window { return cardea.Window{From: at(-24), Until: at(24)} }
