package desk

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// looked is what resolving names reads, once for all integrations of a door: a run of one person is not to wait for it.
type looked struct {
	d      *Desk
	spaces map[string]cardea.Directory // the records that names stand for, and no people
	doors  map[string]store.DoorState
}

// shelfKinds are the kinds of records that names stand for, and that units are.
var shelfKinds = []cardea.Kind{cardea.KindLocation, cardea.KindFloor, cardea.KindResource, cardea.KindPlan}

func (d *Desk) looking() *looked {
	return &looked{d, map[string]cardea.Directory{}, map[string]store.DoorState{}}
}

// resolve turns an integration's names into ids and remembers them. Groups that are not known yet, or not any more, are listed
// first.
func (d *Desk) resolve(ctx context.Context, in Integration) (Resolved, error) {
	return d.looking().resolve(ctx, in)
}

func (l *looked) resolve(ctx context.Context, in Integration) (Resolved, error) {
	d := l.d
	dir, err := l.space(ctx, in.Space)
	if err != nil {
		return Resolved{}, err
	}
	remembered, err := d.ws.Resolved(ctx, in.Name)
	if err != nil {
		return Resolved{}, err
	}
	groups, err := l.groups(ctx, in.Door)
	if err != nil {
		return Resolved{}, err
	}
	r, err := Resolve(in, dir, groups, remembered, d.numbering(in.Door))
	unlisted := len(groups) == 0 && slices.ContainsFunc(r.Issues, func(i cardea.Issue) bool { return i.Code == unitPermission })
	if err != nil || unlisted || r.lacks(groups) { // access permissions name groups too, and are refused by nobody
		listErr := d.listGroups(ctx, in.Door)
		if listErr != nil && err != nil {
			return r, listErr
		}
		delete(l.doors, in.Door)
		if groups, err = l.groups(ctx, in.Door); err != nil {
			return r, err
		}
		if r, err = Resolve(in, dir, groups, remembered, d.numbering(in.Door)); err != nil {
			return r, err
		}
	}
	for _, u := range r.Moved {
		delete(l.doors, in.Door)
		if err := d.ws.MoveGroup(ctx, in.Door, u.Was, u.Group, nil); err != nil {
			return r, err
		}
	}
	if !r.news() {
		return r, nil
	}
	return r, d.ws.SaveResolved(ctx, in.Name, r.Names)
}

// news says whether a name was resolved that was not remembered, or to something else.
func (r Resolved) news() bool {
	for name, id := range r.Names {
		if was, known := r.Remembered[name]; !known || was != id {
			return true
		}
	}
	return false
}

// space is what names of a space connection can stand for.
func (l *looked) space(ctx context.Context, connection string) (cardea.Directory, error) {
	if dir, is := l.spaces[connection]; is {
		return dir, nil
	}
	dir, err := l.d.ws.DirectoryOfKinds(ctx, connection, shelfKinds)
	if err != nil {
		return cardea.Directory{}, err
	}
	l.spaces[connection] = dir
	return dir, nil
}

// groups are those that a door connection has.
func (l *looked) groups(ctx context.Context, door string) ([]cardea.Group, error) {
	state, is := l.doors[door]
	if !is {
		var err error
		if state, err = l.d.ws.DoorGroups(ctx, door); err != nil {
			return nil, err
		}
		l.doors[door] = state
	}
	return slices.Clip(state.Groups), nil
}
