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
			for _, f := range []func(*life){(*life).whole, (*life).alone, (*life).byHand, (*life).byProfile} {
				live(t, set, f)
			}
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
			for _, f := range []func(*life){(*life).whole, (*life).alone, (*life).byHand, (*life).byProfile} {
				live(t, set, f)
			}
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
