package change

import (
	"cmp"
	"slices"

	"github.com/cardea-access/cardea"
)

// slice is what the brake weighs together beside a single group: the groups of one place, or those that one integration
// maps. A group that several integrations map belongs to each.
type slice struct {
	kind cardea.Kind // "location" or "integration"
	name string      // an integration without a name is the whole run
	load load
}

// record names the slice in an issue, so that each has its own.
func (s *slice) record() *cardea.Key {
	if s.name == "" {
		return nil
	}
	return &cardea.Key{Kind: s.kind, ID: s.name}
}

// called is the slice in a sentence.
func (s *slice) called(what string) string {
	switch {
	case s.name == "":
		return what
	case s.kind == kindIntegration:
		return what + " through integration " + s.name
	}
	return what + " at location " + s.name
}

const kindIntegration cardea.Kind = "integration"

// wider are the slices of a run, and which of them each group belongs to.
type wider struct {
	all []*slice
	by  map[cardea.GroupID][]*slice
}

// of asks the group's slices, places first, and returns the first answer.
func (w wider) of(g cardea.GroupID, ask func(*load) string) string {
	for _, s := range w.by[g] {
		if why := ask(&s.load); why != "" {
			return why
		}
	}
	return ""
}

// slices weighs places and integrations. What has one group alone is judged by that group's own numbers, but for what an
// integration takes away.
func (b *scale) slices(in *Input) wider {
	type key struct {
		kind cardea.Kind
		name string
	}
	w, found, groups := wider{by: map[cardea.GroupID][]*slice{}}, map[key]*slice{}, map[*slice]int{}
	note := func(g cardea.GroupID, k key) {
		s := found[k]
		if s == nil {
			s = &slice{kind: k.kind, name: k.name}
			found[k] = s
			w.all = append(w.all, s)
		}
		s.load.join(b.groups[g])
		groups[s]++
		w.by[g] = append(w.by[g], s)
	}
	for _, g := range b.names() {
		for _, place := range in.Places[g] {
			note(g, key{cardea.KindLocation, place})
		}
		sides := in.Sides[g]
		if len(sides) == 0 {
			sides = []string{""}
		}
		for _, side := range sides {
			note(g, key{kindIntegration, side})
		}
	}
	for _, s := range w.all {
		take, come := in.Brake.Integration, in.Brake.AddIntegration
		if s.kind == cardea.KindLocation {
			take, come = in.Brake.Location, in.Brake.AddLocation
		}
		if groups[s] == 1 {
			if s.kind == cardea.KindLocation {
				continue
			}
			come = cardea.BrakeLimit{}
		}
		s.judge(take, come, in)
	}
	slices.SortFunc(w.all, func(a, b *slice) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name)) })
	return w
}

// judge says what is held in the slice.
func (s *slice) judge(take, come cardea.BrakeLimit, in *Input) {
	if why := s.load.over(take); why != "" {
		s.load.held = s.load.text(s.called("lose access"), in) + why
	}
	if why := s.load.tooMany(come, "entries"); why != "" {
		s.load.addHeld = why + s.called(" would be let in") + " because a mapping or scope changed. Release them if that is meant"
	}
}

// join adds what weighs on a group.
func (l *load) join(o *load) {
	l.went += o.went
	l.asked += o.asked
	l.base += o.base
	l.stay += o.stay
	l.come += o.come
}
