package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// act is a thing that can happen, with how often. A step's numbers choose among what there is.
type act struct {
	often int
	do    func(g *game, s move)
}

// acts are what can happen: at the space system, at the door by hand, between the two, and what people ask of Cardea.
func acts() map[string]act {
	all := map[string]act{
		"agree": {4, (*game).agree}, "end": {3, (*game).end}, "extend": {2, (*game).extend}, "cancel": {2, (*game).cancel},
		"renew": {3, (*game).renew}, "desk": {2, (*game).moveDesk}, "book": {4, (*game).book}, "rebook": {3, (*game).rebook},
		"pass": {1, (*game).pass}, "use": {2, (*game).use}, "status": {2, (*game).status}, "email": {1, (*game).email},
		"swap": {1, (*game).swap}, "leave": {1, (*game).leave}, "join": {1, (*game).join}, "team": {1, (*game).teamDeal},
		"stranger": {3, (*game).stranger}, "unhand": {3, (*game).unhand}, "putback": {2, (*game).putBack},
		"delaccount": {1, (*game).deleteAccount}, "disable": {1, (*game).disable}, "rename": {1, (*game).rename},
		"fault": {6, (*game).fault}, "broken": {1, (*game).breakRecord}, "calm": {5, (*game).calm}, "wait": {12, (*game).wait},
	}
	maps.Copy(all, asks())
	return all
}

// asks are those at which Cardea itself does something.
func asks() map[string]act {
	return map[string]act{
		"sync": {26, func(g *game, _ move) { g.sync(context.Background()) }}, "preview": {2, (*game).preview},
		"apply": {3, (*game).apply}, "crash": {5, (*game).crash}, "release": {3, (*game).release}, "block": {2, (*game).block},
		"unblock": {1, (*game).unblock}, "freeze": {1, (*game).freeze}, "thaw": {2, (*game).thaw}, "undo": {2, (*game).undo},
		"config": {2, (*game).configure}, "restart": {1, (*game).restart},
	}
}

// oneOf chooses one of the keys of a map.
func oneOf[V any](m map[string]V, n int) string {
	keys := sortedKeys(m)
	if len(keys) == 0 {
		return ""
	}
	return keys[n%len(keys)]
}

// change makes a change of the town, and the same at the space system.
func (g *game) change(f func(w *town)) {
	was := g.w.clone()
	f(g.w)
	if p := patchOf(was, g.w); p != "" {
		g.r.patch(p)
	}
}

func (g *game) id(kind string) string {
	g.made++
	return fmt.Sprint(kind, g.made)
}

func (g *game) member(n int) string {
	members := map[string]human{}
	for id, p := range g.w.people {
		if !p.visitor {
			members[id] = p
		}
	}
	return oneOf(members, n)
}

func daysFrom(n int) string { return dayOf(time.Now().AddDate(0, 0, n)) }

func minutes(ns ...int) (out []time.Duration) {
	for _, n := range ns {
		out = append(out, time.Duration(n)*time.Minute)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (g *game) wait(s move) {
	time.Sleep([]time.Duration{
		time.Minute, 16 * time.Minute, 16 * time.Minute, 16 * time.Minute, 2 * time.Hour, 9 * time.Hour, 26 * time.Hour, 50 * time.Hour,
	}[s.A%8])
}
