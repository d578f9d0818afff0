package desk_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

// start is a Sunday morning.
const start = cardea.Instant(1_795_340_000) * cardea.Second // 2026-11-22

// house is a desk over one space system and one door system, with two integrations of them.
type house struct {
	*desk.Desk

	ws    *store.Workspace
	space *looptest.Space
	door  *looptest.Door
	at    *cardea.Instant
}

func integration(name, plan string, groups ...string) desk.Integration {
	in := desk.Integration{
		Name: name, Space: "rnd", Door: "kisi", Enabled: true, Interval: 15 * time.Minute, Horizon: 24 * time.Hour,
		Approve: cardea.ApproveAuto, Mails: cardea.MailsDefault, Brake: cardea.DefaultBrake, Visitors: true, PassTail: true,
	}
	m := desk.Mapping{Kind: cardea.ItemPlans, Item: desk.Named{Text: plan}}
	for _, g := range groups {
		m.Groups = append(m.Groups, desk.Named{Text: g})
	}
	in.Mappings = []desk.Mapping{m}
	return in
}

// newHouse opens a desk: plan "Hot desk" gives General and Floor in integration one, plan "Office" gives Floor in two.
func newHouse(tb testing.TB, s *store.Store, records ...cardea.Record) house {
	tb.Helper()
	at := start
	h := house{
		ws: s.In("default"), at: &at,
		space: looptest.NewSpace(append([]cardea.Record{
			cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"},
			cardea.Plan{ID: "hot", Name: "Hot desk"}, cardea.Plan{ID: "office", Name: "Office"},
		}, records...)...),
		door: looptest.NewDoor("General", "Floor", "Other"),
	}
	h.Desk = desk.New(desk.Config{
		Store: s, Node: "test", Now: func() time.Time { return at.Time() },
		Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: h.space}},
		Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: h.door, CallsPerHour: 1000}},
		Integrations: []desk.Integration{integration("one", "Hot desk", "General", "Floor"), integration("two", "Office", "Floor")},
	})
	return h
}

func member(id, plan string) []cardea.Record {
	return []cardea.Record{
		cardea.Person{ID: id, Name: id + " Doe", Email: id + "@x.test", Location: "l", Status: cardea.Present},
		cardea.Agreement{
			ID: "m-" + id, Name: plan, Person: id, Plan: plan, Location: "l", Approved: true,
			Start: cardea.Day{At: start - 240*cardea.Hour, Set: true},
		},
	}
}
