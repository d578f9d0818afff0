package doortest

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

var (
	_ door.Timed    = (*fake)(nil)
	_ door.Profiled = (*fake)(nil)
	_ door.Lockable = (*fake)(nil)
	_ door.Units    = (*fake)(nil)
)

// Retime takes the old edge away and puts the new one.
func (f *fake) Retime(ctx context.Context, was, now cardea.Edge) (string, error) {
	ref, gone := "", false
	_, err := f.send(ctx, "look", false, &exchange{does: func() int {
		at := f.v.has(now)
		gone, ref = at < 0, ""
		if at >= 0 && f.v.edges[at].Window == now.Window {
			ref = f.v.edges[at].Ref
		}
		return 200
	}})
	if err != nil || ref != "" || gone && f.lie == "abandons" {
		return ref, err
	}
	if !gone && f.lie != "leaves both" {
		if errs := f.Revoke(ctx, []cardea.Edge{was}); errs[0] != nil {
			return "", errs[0]
		}
	}
	if f.lie == "leaves both" {
		f.v.edges = append(f.v.edges, now)
		return "", nil
	}
	refs, errs := f.Grant(ctx, []cardea.Edge{now})
	return refs[0], errs[0]
}

func (f *fake) change(ctx context.Context, e cardea.Edge, how func(*cardea.Edge)) error {
	_, err := f.send(ctx, "change", true, &exchange{does: func() int {
		at := f.v.has(e)
		if at < 0 {
			return 404
		}
		how(&f.v.edges[at])
		return 200
	}})
	return err
}

func (f *fake) Reprofile(ctx context.Context, was, now cardea.Edge) (string, error) {
	known := []string{"plain", "all doors"}
	if !slices.Contains(known, now.Profile) && f.lie != "takes any profile" {
		if f.lie == "curt" {
			known = nil
		}
		return "", cardea.Errorf(cardea.Rejected, "no such profile; there are %s", strings.Join(known, ", "))
	}
	return was.Ref, f.change(ctx, now, func(e *cardea.Edge) {
		if f.lie != "deaf to profiles" {
			e.Attributes = now.Attributes
		}
	})
}

func (f *fake) shut(ctx context.Context, es []cardea.Edge, shut bool) []error {
	errs := make([]error, len(es))
	for i, e := range es {
		already := slices.ContainsFunc(f.v.truth(), func(o cardea.Edge) bool { return o.Key() == e.Key() && o.Shut == shut })
		if already && f.lie == "locks once" {
			errs[i] = cardea.Errorf(cardea.Conflict, "it is so already")
			continue
		}
		errs[i] = f.change(ctx, e, func(e *cardea.Edge) { e.Shut = shut && f.lie != "deaf to locks" })
	}
	return errs
}

func (f *fake) Lock(ctx context.Context, es []cardea.Edge) []error   { return f.shut(ctx, es, true) }
func (f *fake) Unlock(ctx context.Context, es []cardea.Edge) []error { return f.shut(ctx, es, false) }

func (f *fake) UnitGroup(number string) cardea.GroupID {
	if f.lie == "spells" {
		return cardea.GroupID("u" + number)
	}
	return cardea.GroupID("u" + strings.ToLower(strings.TrimSpace(number)))
}

func (f *fake) AddUnit(ctx context.Context, number string) (cardea.Group, error) {
	g := cardea.Group{ID: f.UnitGroup(number), Name: strings.TrimSpace(number), Unit: cardea.UnitVacant}
	_, err := f.send(ctx, "unit", true, &exchange{does: func() int {
		if f.v.group(g.ID) < 0 || f.lie == "adds twice" {
			f.v.groups = append(f.v.groups, g)
		}
		return 200
	}})
	return g, err
}

// RenameUnit makes the new unit, moves the people one after another, and takes the old one away.
func (f *fake) RenameUnit(ctx context.Context, was cardea.GroupID, number string) (cardea.Group, error) {
	g, err := f.AddUnit(ctx, number)
	if err != nil {
		return g, err
	}
	for _, e := range f.v.truth() {
		if e.Group != was || f.lie == "evicts" {
			continue
		}
		if err := f.change(ctx, e, func(e *cardea.Edge) { e.Group = g.ID }); err != nil {
			return g, err
		}
	}
	if f.lie == "leaves the old unit" {
		return g, nil
	}
	_, err = f.send(ctx, "unmake", true, &exchange{does: func() int {
		at := f.v.group(was)
		if at < 0 {
			if f.lie == "renames once" {
				return 404
			}
			return 200
		}
		f.v.groups = slices.Delete(f.v.groups, at, at+1)
		if f.lie == "evicts" {
			f.v.edges = slices.DeleteFunc(f.v.edges, func(e cardea.Edge) bool { return e.Group == was })
		}
		return 200
	}})
	return g, err
}

func (f *fake) DeleteUnit(ctx context.Context, id cardea.GroupID) error {
	_, err := f.send(ctx, "unmake", true, &exchange{does: func() int {
		at := f.v.group(id)
		if at < 0 {
			return 204
		}
		if slices.ContainsFunc(f.v.edges, func(e cardea.Edge) bool { return e.Group == id }) && f.lie != "ruthless" {
			return 409
		}
		f.v.groups = slices.Delete(f.v.groups, at, at+1)
		return 204
	}})
	return err
}
