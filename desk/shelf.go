package desk

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// shelf holds what can be named, by kind.
type shelf map[string]things

const (
	shelfUnits     = string(cardea.ItemUnits)
	shelfLocations = string(cardea.ItemLocations)
	shelfGroups    = "groups"
)

var singular = map[string]string{
	string(cardea.ItemPlans): "plan", shelfLocations: "location", string(cardea.ItemFloors): "floor",
	string(cardea.ItemResources): "resource", string(cardea.ItemBookables): "bookable resource", shelfGroups: "access group",
	shelfUnits: "unit",
}

// thing is one nameable: its id, its plain name, and its path (London/Office 12).
type thing struct{ id, name, path string }

func (t thing) fits(text string) bool {
	text = strings.TrimSpace(text)
	return strings.EqualFold(text, t.name) || strings.EqualFold(text, t.path) || text == "id:"+t.id
}

// groupThing is an access group; its path begins with the vendor's own site.
func groupThing(id cardea.GroupID, name, place string) thing {
	if place == "" {
		return thing{string(id), name, name}
	}
	return thing{string(id), name, place + "/" + name}
}

type things struct{ all []thing }

// find returns what fits: by id, else exactly, else whatever the case of its letters.
func (ts things) find(text string) []thing {
	text = strings.TrimSpace(text)
	var exact, folded []thing
	for _, t := range ts.all {
		switch {
		case text == "id:"+t.id:
			return []thing{t}
		case text == t.name || text == t.path:
			exact = append(exact, t)
		case t.fits(text):
			folded = append(folded, t)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return folded
}

func (ts things) label(id string) string {
	for _, t := range ts.all {
		if t.id == id {
			return t.path
		}
	}
	return id
}

func (ts things) nearest(text string) string {
	var names, all []string
	for _, t := range ts.all {
		names, all = append(names, t.name), append(all, t.name, t.path)
	}
	slices.Sort(names)
	slices.Sort(all)
	if hint := Nearest(text, slices.Compact(all)); strings.Contains(hint, "did you mean") {
		return hint
	}
	return Nearest(text, slices.Compact(names)) // a path says no more than a name to whom neither is close
}

func newShelf(dir cardea.Directory, groups []cardea.Group) shelf {
	gone := map[cardea.Key]bool{}
	for _, g := range dir.Gone {
		gone[g.Key] = true
	}
	place := map[string]string{}
	s := shelf{}
	put := func(kind cardea.ItemKind, key cardea.Key, name, location string) {
		if gone[key] {
			return
		}
		path := name
		if p := place[location]; p != "" {
			path = p + "/" + name
		}
		t := s[string(kind)]
		t.all = append(t.all, thing{key.ID, name, path})
		s[string(kind)] = t
	}
	for _, l := range dir.Locations {
		put(cardea.ItemLocations, l.Key(), l.Name, "")
	}
	for _, l := range dir.Locations {
		place[l.ID] = l.Name
	}
	for _, p := range dir.Plans {
		put(cardea.ItemPlans, p.Key(), p.Name, "")
	}
	for _, f := range dir.Floors {
		put(cardea.ItemFloors, f.Key(), f.Name, f.Location)
	}
	for _, r := range dir.Resources {
		if r.Unit {
			put(cardea.ItemUnits, r.Key(), r.Name, r.Location)
			continue
		}
		if r.Assignable || !r.Bookable {
			put(cardea.ItemResources, r.Key(), r.Name, r.Location)
		}
		if r.Bookable {
			put(cardea.ItemBookables, r.Key(), r.Name, r.Location)
		}
	}
	var gs things
	for _, g := range groups {
		gs.all = append(gs.all, groupThing(g.ID, g.Name, g.Place))
	}
	s[shelfGroups] = gs
	for _, t := range s {
		slices.SortFunc(t.all, func(a, b thing) int { return strings.Compare(a.path+a.id, b.path+b.id) })
	}
	return s
}
