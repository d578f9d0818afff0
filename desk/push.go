package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// HookOlder is what became of a push that is older than what is known, or the same: it changes nothing.
const HookOlder = "older"

// Pushed says whether a connection pushes who may pass.
func (d *Desk) Pushed(connection string) bool {
	_, is := d.c.Spaces[connection].Space.(space.Pushed)
	return is
}

// Push takes a push in: it is believed or refused, kept, and its person is looked at by every door that it may be about. It waits for
// no vendor. Errors: as of Hook.
func (d *Desk) Push(connection string, r *http.Request) (string, error) {
	s, is := d.c.Spaces[connection].Space.(space.Pushed)
	if !is {
		return "", cardea.Errorf(cardea.NotFound, "no connection %q takes pushes", connection)
	}
	push, err := s.Accept(r)
	if err != nil {
		return "", err //nolint:wrapcheck // the connector says what is wrong
	}
	ctx := r.Context()
	known, err := d.ws.Facts(ctx, connection, []cardea.Key{{Kind: cardea.KindPerson, ID: push.Person}})
	if err != nil {
		return "", unkept(connection, err)
	}
	isNew, err := d.ws.TakePush(ctx, store.PushTaken{
		Connection: connection, Push: push, Doors: d.doorsOf(connection), Look: len(known) == 0,
	})
	if err != nil {
		return "", unkept(connection, err)
	}
	if !isNew {
		return HookOlder, nil
	}
	d.poke()
	return HookTaken, nil
}

// doorsOf are the doors of a space connection's integrations that run, sorted.
func (d *Desk) doorsOf(connection string) []string {
	var out []string
	for _, in := range d.c.Integrations {
		if in.Space == connection && in.Enabled {
			out = append(out, in.Door)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// PushGroups returns the groups that a connection's pushes may name, by the ids under which they may: those of the mappings of
// pushes. Where two are called the same their names say where they are. Errors: Auth, NotFound, and the store's.
func (d *Desk) PushGroups(ctx context.Context, connection string, h http.Header) ([]cardea.Group, error) {
	s, is := d.c.Spaces[connection].Space.(space.Pushed)
	if !is {
		return nil, cardea.Errorf(cardea.NotFound, "no connection %q takes pushes", connection)
	}
	if err := s.Asks(h); err != nil {
		return nil, err //nolint:wrapcheck // the connector says what is wrong
	}
	var out []cardea.Group
	called := map[string]int{}
	for _, door := range d.doorsOf(connection) {
		k, err := d.knower(ctx, door)
		if err != nil {
			return nil, err
		}
		state, err := d.ws.DoorGroups(ctx, door)
		if err != nil {
			return nil, err
		}
		for _, g := range state.Groups {
			if !slices.ContainsFunc(k.Integrations, func(i keep.Integration) bool { return i.Space == connection && names(i.Settings, g.ID) }) {
				continue
			}
			g.ID = cardea.GroupID(cardea.PushedID(door, g.ID))
			called[g.Name]++
			out = append(out, g)
		}
	}
	for i := range out {
		if called[out[i].Name] > 1 {
			out[i].Name += " (" + cmp.Or(out[i].Place, string(out[i].ID)) + ")"
		}
	}
	return out, nil
}

// names says whether pushes may name a group.
func names(s cardea.Settings, g cardea.GroupID) bool {
	return slices.ContainsFunc(s.Mappings, func(m cardea.Mapping) bool {
		return m.Kind == cardea.ItemPushes && slices.Contains(m.Groups, g)
	})
}
