package opentech_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/door/opentech"
)

// life is one connector at one site, and a rental from its beginning to its end.
type life struct {
	*site

	t        *testing.T
	switches map[string]string
	memory   *memory
	s        *opentech.System
}

// live runs f at a site in a bubble.
func live(t *testing.T, switches map[string]string, f func(*life)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(suiteBegin))
		l := &life{site: newSite(t, suiteWorld(doortest.Options{}, false), switches), t: t, switches: switches, memory: newMemory(t)}
		l.s = l.connect(t, connection{memory: l.memory})
		f(l)
	})
}

func (l *life) is(name, value string) bool { return l.switches[name] == value }

// passes are who could pass on a unit now, by e-mail.
func (l *life) passes(number string) string {
	for _, g := range l.server.Groups("opentech") {
		if g.Name == number {
			return strings.Join(g.Members, " ")
		}
	}
	return "no such unit"
}

// want compares who passes at the vendor, and what the connector reads of a unit.
func (l *life) want(when, number, passes, reads string) {
	l.t.Helper()
	is(l.t, when+", who passes", l.passes(number), passes)
	g := l.s.UnitGroup(number)
	is(l.t, when+", what is read", edges(read(l.t, l.s, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{g}})), reads)
}

// codes are the codes of those who are on a unit and have not moved out, by address.
func (l *life) codes(number string) string {
	var out []string
	h := l.holds(l.t)
	for _, u := range h.Units {
		for _, v := range h.Visitors {
			if u.UnitNumber == number && v.UnitID == u.ID && !v.Departed {
				out = append(out, v.Email+" "+v.AccessCode)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func (l *life) add(number string) {
	l.t.Helper()
	if _, err := l.s.AddUnit(l.t.Context(), number); err != nil {
		l.t.Fatalf("AddUnit: %v", err)
	}
}

// whole goes through a rental: two move in, are locked and unlocked, one goes and comes back, their unit is renamed, they move
// out, somebody else moves in and out, and the unit goes.
func (l *life) whole() {
	t, ctx := l.t, l.t.Context()
	ann, ben := edge("unit:s-1", "ann"), guest("unit:s-1", "ben")
	const annIn, benIn = "unit:s-1/p:rnd/person:ann", "unit:s-1/p:rnd/person:ben"
	l.add("S-1")
	grant(t, l.s, ben, ann)
	l.want("granted", "S-1", "ann@x.test ben@x.test", annIn+"; "+benIn+" guest")
	is(t, "the unit", l.status(t, "S-1"), "Rented")
	grant(t, l.s, ann, ben)
	codes := l.codes("S-1")
	is(t, "codes", fmt.Sprint(strings.Count(codes, "@")), "2")

	well(t, l.s.Lock(ctx, []cardea.Edge{ann, ben})...)
	l.want("locked", "S-1", "", annIn+" shut; "+benIn+" shut guest")
	is(t, "the locked unit", l.status(t, "S-1"), "Delinquent")
	well(t, l.s.Lock(ctx, []cardea.Edge{ann, ben})...)
	well(t, l.s.Unlock(ctx, []cardea.Edge{ann, ben})...)
	well(t, l.s.Unlock(ctx, []cardea.Edge{ann, ben})...)
	l.want("unlocked", "S-1", "ann@x.test ben@x.test", annIn+"; "+benIn+" guest")
	is(t, "the unlocked unit", l.status(t, "S-1"), "Rented")
	well(t, l.s.Lock(ctx, []cardea.Edge{ben})...)
	l.want("one locked", "S-1", "ann@x.test", annIn+"; "+benIn+" shut guest")
	well(t, l.s.Unlock(ctx, []cardea.Edge{ben})...)

	revoke(t, l.s, ben)
	revoke(t, l.s, ben)
	l.want("one gone", "S-1", "ann@x.test", annIn)
	grant(t, l.s, ben)
	l.want("come back", "S-1", "ann@x.test ben@x.test", annIn+"; "+benIn+" guest")
	is(t, "codes of who came back", l.codes("S-1"), codes)

	number := l.renamed(codes)
	was := ann
	ann.Group, ben.Group = l.s.UnitGroup(number), l.s.UnitGroup(number)
	revoke(t, l.s, ann, ben)
	revoke(t, l.s, ann, ben)
	l.want("moved out", number, "", "")
	is(t, "the unit of those who moved out", l.status(t, number), "Vacant")

	cat := edge(string(ann.Group), "cat")
	grant(t, l.s, cat)
	grant(t, l.s, cat)
	l.want("let again", number, "cat@x.test", string(cat.Group)+"/p:rnd/person:cat")
	revoke(t, l.s, cat)
	grant(t, l.s, ann) // who lived here before
	l.want("back after all", number, "ann@x.test", string(ann.Group)+"/"+string(ann.Account))
	class(t, l.s.DeleteUnit(ctx, ann.Group), cardea.Conflict)
	revoke(t, l.s, ann)
	well(t, l.s.DeleteUnit(ctx, ann.Group), l.s.DeleteUnit(ctx, ann.Group), l.s.DeleteUnit(ctx, was.Group))
	is(t, "the unit in the end", l.status(t, number)+l.status(t, "S-1")+l.status(t, "S-2"), "")
	for _, e := range l.truth(t) {
		if strings.HasPrefix(string(e.Group), "unit:s-") {
			t.Errorf("%s is left", e.Key())
		}
	}
}

// renamed renames S-1 to S-2 with its people, and returns the number that it has then. Where the vendor moves nobody, or no
// guest, it is refused and everybody stays as they are.
func (l *life) renamed(codes string) string {
	t := l.t
	_, err := l.s.RenameUnit(t.Context(), "unit:s-1", "S-2")
	now, gone := "S-2", "S-1"
	if l.is("move", "refuse") || !l.is("guest_on_vacant", "accept") {
		class(t, err, cardea.Rejected)
		now, gone = gone, now
	} else if err != nil {
		t.Errorf("RenameUnit: %v", err)
	}
	is(t, "the number that is no more", l.status(t, gone), "")
	is(t, "codes after the rename", l.codes(now), codes)
	g := string(l.s.UnitGroup(now))
	l.want("renamed", now, "ann@x.test ben@x.test", g+"/p:rnd/person:ann; "+g+"/p:rnd/person:ben guest")
	is(t, "renames that are remembered", fmt.Sprint(l.memory.count("rename")), "0")
	return now
}

// TestARentalGoesItsWayWithEveryHabit flips every switch of the vendor by itself, from the unkind vendor and from the kind one.
func TestARentalGoesItsWayWithEveryHabit(t *testing.T) {
	t.Parallel()
	habits := map[string]map[string]string{"unkind": {}, "kind": kindest}
	for name, values := range switchesOf(t) {
		for _, v := range values {
			for base, set := range map[string]map[string]string{"unkind": {}, "kind": kindest} {
				one := maps.Clone(set)
				one[name] = v
				habits[base+" but "+name+" "+v] = one
			}
		}
	}
	for name, set := range habits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live(t, set, (*life).whole)
		})
	}
}

// TestARentalGoesItsWayWithAnyHabits throws the switches together, the same every time.
func TestARentalGoesItsWayWithAnyHabits(t *testing.T) {
	t.Parallel()
	all := switchesOf(t)
	random := rand.New(rand.NewPCG(7, 11))
	for range 60 {
		set := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			set[name] = all[name][random.IntN(len(all[name]))]
		}
		t.Run(strings.TrimPrefix(fmt.Sprint(set), "map"), func(t *testing.T) {
			t.Parallel()
			live(t, set, (*life).whole)
		})
	}
}

// switchesOf are the vendor's switches with their values.
func switchesOf(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, w := range newSite(t, suiteWorld(doortest.Options{}, false), nil).server.Switches() {
		out[strings.TrimPrefix(w.Name, "opentech.")] = w.Values
	}
	return out
}
