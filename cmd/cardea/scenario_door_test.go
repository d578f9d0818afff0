package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// wantEdge is an entry of a group at the door, with the vendor's own validity; gone: there is none.
type wantEdge struct {
	Group  string  `yaml:"group"`
	Who    string  `yaml:"who"` // e-mail
	Window *window `yaml:"window"`
	Gone   bool    `yaml:"gone"`
}

func (p *player) lookAtGroups(one *step) {
	p.t.Helper()
	got := p.members()
	for what, groups := range map[string]map[string][]string{"members": one.Members, "inside": one.Inside, "outside": one.Outside} {
		for _, g := range slices.Sorted(maps.Keys(groups)) {
			is, known := got[g]
			if !known {
				p.t.Fatalf("%s: there is no group %q", p.where, g)
			}
			want := slices.Sorted(slices.Values(groups[g]))
			if what == "members" && !slices.Equal(is, want) {
				p.errorf("%s holds %s: %v", g, difference(is, want), is)
			}
			for _, who := range want {
				if what != "members" && slices.Contains(is, who) != (what == "inside") {
					p.errorf("%s should be %s %s, which holds %v", who, what, g, is)
				}
			}
		}
	}
	for _, e := range one.Edges {
		p.lookAtEdge(e)
	}
}

func (p *player) lookAtEdge(want wantEdge) {
	p.t.Helper()
	var got []string
	for _, g := range p.vendors.Groups("kisi") {
		for _, e := range g.All {
			if g.Name == want.Group && e.Email == want.Who {
				w := cardea.Window{From: stamped(p, e.From, cardea.Always), Until: stamped(p, e.Until, cardea.Never)}
				got = append(got, written(w, p.s.zone))
			}
		}
	}
	var wanted []string
	if !want.Gone {
		w := cardea.Forever
		if want.Window != nil {
			w = want.Window.of(p.t, p.s.zone)
		}
		wanted = append(wanted, written(w, p.s.zone))
	}
	if !slices.Equal(got, wanted) {
		p.errorf("%s stands in %s for %q, want %q", want.Who, want.Group, got, wanted)
	}
}

func stamped(p *player, text string, open cardea.Instant) cardea.Instant {
	p.t.Helper()
	if text == "" {
		return open
	}
	var i cardea.Instant
	if err := i.UnmarshalText([]byte(text)); err != nil {
		p.t.Fatal(err)
	}
	return i
}

// always holds in every scenario: accounts are made and never changed or deleted, nothing is sent that the door system
// refuses, and a group that nobody mapped stays as it is.
func (p *player) always() {
	p.t.Helper()
	for _, w := range p.vendors.Writes("kisi") {
		if w.Method != "POST" && strings.HasPrefix(w.Path, "/users") {
			p.t.Errorf("an account was touched: %s %s", w.Method, w.Path)
		}
		if w.Status >= 400 {
			p.t.Errorf("a write was refused, so it was not thought through: %s %s: %d", w.Method, w.Path, w.Status)
		}
	}
	if got := p.members()["Cleaners"]; p.s.World == "tiny" && !slices.Equal(got, []string{"cleaner@x.test"}) {
		p.t.Errorf("a group that nobody mapped was touched: Cleaners holds %v", got)
	}
}
