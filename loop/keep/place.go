package keep

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// places says to which locations and integrations each group belongs, for the brake: the locations of the items that are
// mapped to it, as every integration sees them, else the door system's own place. Equal names are one place.
func (k *Keeper) places(f *facts, groups []cardea.Group) (places, sides map[cardea.GroupID][]string) {
	places, sides = map[cardea.GroupID][]string{}, map[cardea.GroupID][]string{}
	for i, x := range f.indexes {
		in := k.Integrations[i]
		for g, ids := range x.Places() {
			for _, id := range ids {
				if !slices.Contains(places[g], id) {
					places[g] = append(places[g], id)
				}
			}
		}
		for _, g := range x.Mapped() {
			sides[g] = append(sides[g], in.Settings.Integration)
		}
	}
	for i := range groups {
		if g := &groups[i]; g.Place != "" && len(places[g.ID]) == 0 {
			places[g.ID] = []string{g.Place}
		}
	}
	return places, sides
}
