package main

import (
	"fmt"
)

// byHand changes the door system as somebody with its app would.
func (g *game) byHand(format string, args ...any) {
	g.r.patch("kisi: " + fmt.Sprintf(format, args...))
	g.observe(true)
}

func (g *game) put(account, group string) {
	for _, e := range g.places {
		if e.account == account && e.group == group {
			return // one assignment per user and group
		}
	}
	next := 100_000 + len(g.ever)
	for g.ever[fmt.Sprint(next)].id != "" {
		next++
	}
	g.byHand(`{role_assignments: [{id: %d, assignee_type: User, assignee_id: "%s", applies_to_type: Group, applies_to_id: "%s", `+
		"role_id: group_basic}]}",
		next, account, group)
}

func (g *game) stranger(s move) {
	account := []string{"3", "4", "5"}[s.A%3]
	if _, there := g.users()[account]; !there {
		return
	}
	g.put(account, []string{gGeneral, gNight, gBuilding, gFloor, gLounge, gCleaners}[s.B%6])
}

func (g *game) unhand(s move) {
	id := oneOf(g.places, s.A*7+s.B)
	if e := g.places[id]; id != "" && e.account != "1" {
		g.lost = append(g.lost, e)
		g.byHand("{role_assignments: [{id: %s, delete: true}]}", id)
	}
}

func (g *game) putBack(move) {
	if len(g.lost) == 0 {
		return
	}
	e := g.lost[len(g.lost)-1]
	g.lost = g.lost[:len(g.lost)-1]
	if _, there := g.users()[e.account]; there {
		g.put(e.account, e.group)
	}
}

func (g *game) deleteAccount(s move) {
	users := g.users()
	id := oneOf(users, s.A)
	if id == "1" || s.B%2 == 0 {
		return
	}
	g.killed[users[id]]++
	g.byHand("{users: [{id: %s, delete: true}]}", id)
}

func (g *game) disable(s move) {
	id := oneOf(g.users(), s.A)
	if id == "1" {
		return
	}
	g.shut[id] = !g.shut[id]
	g.byHand("{users: [{id: %s, access_enabled: %v}]}", id, !g.shut[id])
}

func (g *game) rename(s move) {
	group := townMapped[s.A%len(townMapped)]
	g.byHand("{groups: [{id: %s, name: Renamed %s %d}]}", group, group, s.B)
}
