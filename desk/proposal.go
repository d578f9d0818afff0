package desk

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// proposal is an edit and what it would do.
type proposal struct {
	Impact

	was   store.Mapping
	after Section
	names map[string]string // what the names of the edit mean
}

// proposed works out what an edit would do.
func (d *Desk) proposed(ctx context.Context, integration string, e Edit) (proposal, error) {
	var p proposal
	in, err := d.integration(integration)
	if err != nil {
		return p, err
	}
	if err := d.acquaint(ctx); err != nil {
		return p, err
	}
	p.Integration, p.Managed, p.Where = integration, "file", in.MappedAt
	before := in.section()
	if in.Stored {
		p.Managed, p.Where = "store", ""
		if before, p.was, err = d.stored(ctx, in); err != nil {
			return p, err
		}
		p.Version = p.was.Version
	}
	items, err := d.items(ctx, in)
	if err != nil {
		return p, err
	}
	if p.after, err = e.over(before, items); err != nil {
		return p, err
	}
	edited := in.with(p.after)
	edited.Stored = false // what is tried, and not what the store has
	r, err := d.freshly(ctx, edited, before)
	if err != nil {
		return p, err
	}
	p.names = r.Names
	p.after = p.after.at("")
	p.Rows = changes(before.at(""), p.after, d.clockOf(in))
	p.Operations, p.Dropped = operations{}, operations{}
	if in.Enabled && len(p.Rows) > 0 {
		if err := d.assess(ctx, in, edited, before, &p.Impact); err != nil {
			return p, err
		}
	}
	p.Hash, err = p.hash()
	return p, err
}

// items are what the mappings of an integration can name.
func (d *Desk) items(ctx context.Context, in Integration) (shelf, error) {
	dir, err := d.ws.Directory(ctx, in.Space)
	if err != nil {
		return nil, err
	}
	return newShelf(dir, nil), nil
}

// freshly resolves an edited integration without remembering it. A name that is not in force means what bears it now, whatever
// it meant when it was last used.
func (d *Desk) freshly(ctx context.Context, in Integration, before Section) (Resolved, error) {
	dir, err := d.ws.Directory(ctx, in.Space)
	if err != nil {
		return Resolved{}, err
	}
	remembered, err := d.ws.Resolved(ctx, in.Name)
	if err != nil {
		return Resolved{}, err
	}
	known := map[string]bool{}
	for _, m := range before.Mappings {
		known[string(m.Kind)+"\x00"+m.Item.Text] = true
		for _, g := range m.Groups {
			known[shelfGroups+"\x00"+g.Text] = true
		}
	}
	for _, g := range before.Groups {
		known[shelfGroups+"\x00"+g.Group.Text] = true
	}
	for _, m := range in.Mappings {
		for _, key := range append(groupKeys(m.Groups), string(m.Kind)+"\x00"+m.Item.Text) {
			if !known[key] {
				delete(remembered, key)
			}
		}
	}
	for _, g := range in.Groups {
		if key := shelfGroups + "\x00" + g.Group.Text; !known[key] {
			delete(remembered, key)
		}
	}
	for n := range 2 {
		state, err := d.ws.DoorGroups(ctx, in.Door)
		if err != nil {
			return Resolved{}, err
		}
		r, err := Resolve(in, dir, state.Groups, remembered, d.numbering(in.Door))
		if err == nil || n == 1 {
			return r, err
		}
		if listErr := d.listGroups(ctx, in.Door); listErr != nil { // a group may have been made since
			d.c.Log.Info("the groups could not be listed again", "door", in.Door, "error", listErr)
			return r, err
		}
	}
	return Resolved{}, nil
}

func groupKeys(groups []Named) []string {
	var out []string
	for _, g := range groups {
		out = append(out, shelfGroups+"\x00"+g.Text)
	}
	return out
}

// assess plans with the mappings in force and with the edited ones, and compares.
func (d *Desk) assess(ctx context.Context, in, edited Integration, before Section, out *Impact) error {
	at := d.c.Now()
	peek := func(ctx context.Context, one Integration) (Resolved, error) {
		if one.Name == in.Name {
			return d.freshly(ctx, one, before)
		}
		return d.recall(ctx, one)
	}
	was, err := d.trial(ctx, in.Door, at, nil, peek)
	if err != nil {
		return err
	}
	then, err := d.trial(ctx, in.Door, at, &edited, peek)
	if err != nil {
		return err
	}
	t, err := was.Try(ctx, then)
	if err != nil {
		return err
	}
	return d.compare(ctx, in.Door, t, out)
}

// trial makes a keeper of a door that only plans, at one instant, with one integration in the place of that of its name.
func (d *Desk) trial(
	ctx context.Context, door string, at time.Time, edited *Integration, peek func(context.Context, Integration) (Resolved, error),
) (*keep.Keeper, error) {
	ins := d.at(store.SideDoor, door)
	if edited != nil {
		i := slices.IndexFunc(ins, func(in Integration) bool { return in.Name == edited.Name })
		ins[i] = *edited
	}
	if err := agree(door, ins); err != nil {
		return nil, err
	}
	k := &keep.Keeper{
		Store: d.ws, System: d.c.Doors[door].Door, Door: door, Now: func() time.Time { return at },
		Policies: map[cardea.GroupID]cardea.Policy{},
	}
	stand, err := d.stances(ctx)
	if err != nil {
		return nil, err
	}
	_, err = d.ruled(ctx, k, ins, stand, peek)
	return k, err
}
