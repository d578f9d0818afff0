package main

import (
	"slices"
)

func (g *game) person(who string, f func(*human)) {
	if who == "" {
		return
	}
	g.change(func(w *town) {
		p := w.people[who]
		f(&p)
		w.people[who] = p
	})
}

func (g *game) status(s move) {
	g.person(g.member(s.A), func(p *human) { p.status = []string{"", "former", "contact"}[s.B%3] })
}

func (g *game) join(s move) {
	g.person(g.member(s.A), func(p *human) { p.company = []string{"", "globex", "initech"}[s.B%3] })
}

func (g *game) email(s move) {
	g.person(g.member(s.A), func(p *human) { p.email = g.id("new") + "@x.test" })
}

func (g *game) swap(s move) {
	a, b := g.member(s.A), g.member(s.B)
	if a == b {
		return
	}
	g.change(func(w *town) {
		p, q := w.people[a], w.people[b]
		p.email, q.email = q.email, p.email
		w.people[a], w.people[b] = p, q
	})
}

// leave deletes somebody's record with all that hangs on it.
func (g *game) leave(s move) {
	who := g.member(s.A)
	if s.B%2 == 0 || len(g.w.people) < 9 || who == g.broken {
		return
	}
	g.change(func(w *town) {
		delete(w.people, who)
		for id, d := range w.deals {
			if d.who == who {
				delete(w.deals, id)
			}
		}
		for id, v := range w.slots {
			if v.host == who || slices.Contains(v.members, who) {
				delete(w.slots, id)
			}
		}
		for id, v := range w.tickets {
			if v.who == who {
				delete(w.tickets, id)
			}
		}
	})
}
