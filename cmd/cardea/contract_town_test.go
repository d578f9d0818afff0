package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
)

// The town is the naive model of the safety contract's test: the records that the space system shows, and who has a reason
// by them. It calls nothing of the code that it judges. It plays in winter, when London's days are those of UTC.

type (
	human struct {
		id, email, company, status string
		visitor                    bool
	}
	deal struct {
		id, who, company, plan, from, to, desk string // to, desk: empty = none
	}
	slot struct {
		id, host        string
		members, guests []string
		from, until     time.Time
		off             bool
	}
	ticket struct {
		id, who      string
		count, used  int
		lastUse, end string
	}
	town struct {
		people  map[string]human
		deals   map[string]deal
		slots   map[string]slot
		tickets map[string]ticket
		// unmapped are targets that an edit of the configuration took out.
		unmapped map[string]bool
	}
)

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// founded is the town at first.
func founded() *town {
	w := &town{
		people: map[string]human{}, deals: map[string]deal{}, slots: map[string]slot{}, tickets: map[string]ticket{},
		unmapped: map[string]bool{},
	}
	for i := 1; i <= 10; i++ {
		p := human{id: fmt.Sprint("p", i), email: fmt.Sprintf("p%d@x.test", i)}
		switch i {
		case 6, 7:
			p.company = "globex"
		case 8, 9:
			p.company = "initech"
		}
		w.people[p.id] = p
	}
	for _, v := range []string{"v1", "v2"} {
		w.people[v] = human{id: v, email: v + "@guest.test", visitor: true}
	}
	since := "2026-09-01"
	for _, d := range []deal{
		{id: "d1", who: "p1", plan: "hot", from: since}, {id: "d2", who: "p2", plan: "hot", from: since},
		{id: "d3", who: "p3", plan: "hot", from: since, to: "2026-11-25"}, {id: "d4", who: "p4", plan: "owl", from: since},
		{id: "d5", who: "p5", plan: "owl", from: since}, {id: "d6", company: "globex", plan: "desk", from: since, desk: "office"},
		{id: "d7", company: "initech", plan: "hot", from: since}, {id: "d8", who: "p10", plan: "desk", from: since, desk: "inner"},
	} {
		w.deals[d.id] = d
	}
	w.tickets["t1"] = ticket{id: "t1", who: "p9", count: 3, used: 1, end: "2026-12-31"}
	return w
}

// clone is the town as it is now; records are values and never changed in place.
func (w *town) clone() *town {
	return &town{maps.Clone(w.people), maps.Clone(w.deals), maps.Clone(w.slots), maps.Clone(w.tickets), maps.Clone(w.unmapped)}
}

// team is who belongs to a company and has not left.
func (w *town) team(company string) (out []string) {
	for id, p := range w.people {
		if p.company == company && p.status == "" {
			out = append(out, id)
		}
	}
	return out
}

// reasons says by group who may pass at an instant.
func (w *town) reasons(now time.Time) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	give := func(who, group string) {
		if p, there := w.people[who]; !there || p.email == "" || w.unmapped[group] {
			return
		}
		if out[group] == nil {
			out[group] = map[string]bool{}
		}
		out[group][who] = true
	}
	today := dayOf(now)
	for _, d := range w.deals {
		if today < d.from || d.to != "" && d.to < today {
			continue
		}
		holders := []string{d.who}
		if d.who == "" {
			holders = w.team(d.company)
		}
		for _, who := range holders {
			switch d.plan {
			case "owl":
				give(who, gNight)
				give(who, gLounge)
				give(who, gGeneral)
			case "hot":
				give(who, gGeneral)
			}
			if d.desk != "" {
				give(who, gBuilding)
			}
			if d.desk == "office" || d.desk == "inner" {
				give(who, gFloor)
			}
		}
	}
	for _, s := range w.slots {
		if s.off || now.Before(s.from.Add(-10*time.Minute)) || !now.Before(s.until.Add(5*time.Minute)) {
			continue
		}
		for _, who := range slices.Concat([]string{s.host}, s.members, s.guests) {
			give(who, gElephant)
		}
	}
	for _, t := range w.tickets {
		if t.used < t.count && today <= t.end || t.lastUse == today {
			give(t.who, gGeneral)
		}
	}
	return out
}

// personID is how Cardea calls somebody of the town.
func (w *town) personID(who string, visitor bool) cardea.PersonID {
	kind := cardea.KindPerson
	if visitor {
		kind = cardea.KindVisitor
	}
	return cardea.PersonOf("rnd", cardea.Key{Kind: kind, ID: sandbox.ID(who)})
}
