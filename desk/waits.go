package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
)

// waits says in which groups of a door how much waits for a person, by what its last whole run counted: it costs by how many
// groups there are. The most comes first.
func (d *Desk) waits(ctx context.Context, door string, s standing) ([]say.Wait, error) {
	var out []say.Wait
	for key, n := range s.counts {
		if g, is := strings.CutPrefix(key, keep.HeldOf); is && n > 0 {
			out = append(out, say.Wait{Door: door, Group: cardea.GroupID(g), Count: n})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	state, err := d.ws.DoorGroups(ctx, door)
	if err != nil {
		return nil, err
	}
	names := make(map[cardea.GroupID]string, len(state.Groups))
	for _, g := range state.Groups {
		names[g.ID] = g.Name
	}
	for i := range out {
		out[i].Name = names[out[i].Group]
	}
	slices.SortFunc(out, func(a, b say.Wait) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name), cmp.Compare(a.Group, b.Group))
	})
	return out, nil
}
