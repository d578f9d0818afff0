package main

import (
	"fmt"
	"time"
)

func (g *game) agree(s move) {
	d := deal{id: g.id("d"), who: g.member(s.A), plan: []string{"hot", "owl", "desk"}[s.B%3], from: daysFrom(s.C%3 - 1)}
	if s.C%4 == 0 {
		d.to = daysFrom(s.B % 5)
	}
	if d.plan == "desk" {
		d.desk = []string{"office", "inner", "outer"}[s.C%3]
	}
	g.change(func(w *town) { w.deals[d.id] = d })
}

func (g *game) teamDeal(s move) {
	d := deal{id: g.id("d"), company: []string{"globex", "initech"}[s.A%2], plan: []string{"hot", "owl"}[s.B%2]}
	d.from = daysFrom(-s.C % 2)
	g.change(func(w *town) { w.deals[d.id] = d })
}

func (g *game) edit(n int, f func(*deal)) {
	if id := oneOf(g.w.deals, n); id != "" {
		g.change(func(w *town) {
			d := w.deals[id]
			f(&d)
			w.deals[id] = d
		})
	}
}

func (g *game) end(s move) {
	g.edit(s.A, func(d *deal) { d.to = max(daysFrom(s.B%3-1), d.from) })
}

func (g *game) extend(s move) {
	g.edit(s.A, func(d *deal) { d.to = []string{"", daysFrom(1), daysFrom(7)}[s.B%3] })
}

func (g *game) moveDesk(s move) {
	g.edit(s.A, func(d *deal) { d.desk = []string{"", "office", "inner", "outer"}[s.B%4] })
}

func (g *game) cancel(s move) {
	g.change(func(w *town) { delete(w.deals, oneOf(w.deals, s.A)) })
}

func (g *game) renew(s move) {
	id := oneOf(g.w.deals, s.A)
	if id == "" {
		return
	}
	g.change(func(w *town) {
		d := w.deals[id]
		delete(w.deals, id)
		d.id = g.id("d")
		w.deals[d.id] = d
	})
}

func (g *game) book(s move) {
	from := time.Now().Truncate(5 * time.Minute).Add(minutes(0, 5, 30, 120, 1440)[s.B%5])
	v := slot{id: g.id("b"), host: g.member(s.A), from: from, until: from.Add(minutes(30, 90)[s.C%2])}
	if other := g.member(s.C); other != v.host {
		v.members = []string{other}
	}
	v.guests = [][]string{nil, {"v1"}, {"v1", "v2"}}[s.B%3]
	g.change(func(w *town) { w.slots[v.id] = v })
}

func (g *game) rebook(s move) {
	id := oneOf(g.w.slots, s.A)
	if id == "" {
		return
	}
	g.change(func(w *town) {
		v := w.slots[id]
		by := minutes(-30, 15, 60, 600)[s.C%4]
		switch s.B % 5 {
		case 0:
			v.off = true
		case 1:
			delete(w.slots, id)
			return
		case 2:
			v.guests = nil
		case 3:
			v.from, v.until = v.from.Add(by), v.until.Add(by)
		default:
			v.until = v.until.Add(max(by, 0))
		}
		w.slots[id] = v
	})
}

func (g *game) pass(s move) {
	v := ticket{id: g.id("t"), who: g.member(s.A), count: 1 + s.B%2, end: daysFrom(s.C % 4)}
	g.change(func(w *town) { w.tickets[v.id] = v })
}

func (g *game) use(s move) {
	id := oneOf(g.w.tickets, s.A)
	if id == "" || g.w.tickets[id].used >= g.w.tickets[id].count || g.w.tickets[id].end < dayOf(time.Now()) {
		return
	}
	g.change(func(w *town) {
		v := w.tickets[id]
		v.used, v.lastUse = v.used+1, dayOf(time.Now())
		w.tickets[id] = v
	})
	now := time.Now().UTC()
	g.r.patch(fmt.Sprintf("officernd: {checkins: [{_id: %s, member: %s, location: london, pass: %s, start: %s, end: %s, "+
		"resourceType: hotdesk, source: admin}]}", g.id("c"), g.w.tickets[id].who, id, now.Format(time.RFC3339),
		now.Add(time.Minute).Format(time.RFC3339)))
}
