package keep

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// heard adds what a space connection pushed of the people in a directory, where an integration takes pushes: each group by its own id,
// those of other doors left out.
func (k *Keeper) heard(ctx context.Context, space string, d *cardea.Directory, everyone bool) error {
	if !slices.ContainsFunc(k.Integrations, func(i Integration) bool { return i.Space == space && i.Settings.Pushed }) {
		return nil
	}
	var people []cardea.Key
	if !everyone {
		people = []cardea.Key{}
		for i := range d.People {
			people = append(people, d.People[i].Key())
		}
	}
	all, err := k.Store.Pushes(ctx, space, people)
	if err != nil {
		return failed("see what "+space+" pushed", err)
	}
	own := cardea.PushedID(k.Door, "")
	for i := range all {
		var mine []cardea.Pushed
		for _, g := range all[i].Groups {
			id, is := strings.CutPrefix(g.Group, own)
			if !is && strings.Contains(g.Group, "/") {
				continue // of another door
			}
			mine = append(mine, cardea.Pushed{Group: id, Until: g.Until})
		}
		all[i].Groups = mine
	}
	d.Pushes = all
	return nil
}
