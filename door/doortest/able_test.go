package doortest

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest/liar"
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
	err := f.send(ctx, "look", false, &liar.Exchange{Does: func() int {
		at := f.v.has(now)
		gone, ref = at < 0, ""
		if at >= 0 && f.v.edges[at].Window == now.Window {
			ref = f.v.edges[at].Ref
		}
		return 200
	}})
	if err != nil || ref != "" || gone && f.Lie == "abandons" {
		return ref, err
	}
	if !gone && f.Lie != "leaves both" {
		if errs := f.Revoke(ctx, []cardea.Edge{was}); errs[0] != nil {
			return "", errs[0]
		}
	}
	if f.Lie == "leaves both" {
		f.v.edges = append(f.v.edges, now)
		return "", nil
	}
	refs, errs := f.Grant(ctx, []cardea.Edge{now})
	return refs[0], errs[0]
}

func (f *fake) change(ctx context.Context, e cardea.Edge, how func(*cardea.Edge)) error {
	err := f.send(ctx, "change", true, &liar.Exchange{Does: func() int {
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
	if !slices.Contains(known, now.Profile) && f.Lie != "takes any profile" {
		if f.Lie == "curt" {
			known = nil
		}
		return "", cardea.Errorf(cardea.Rejected, "no such profile; there are %s", strings.Join(known, ", "))
	}
	return was.Ref, f.change(ctx, now, func(e *cardea.Edge) {
		if f.Lie != "deaf to profiles" {
			e.Attributes = now.Attributes
		}
	})
}

func (f *fake) shut(ctx context.Context, es []cardea.Edge, shut bool) []error {
	errs := make([]error, len(es))
	for i, e := range es {
		already := slices.ContainsFunc(f.v.truth(), func(o cardea.Edge) bool { return o.Key() == e.Key() && o.Shut == shut })
		if already && f.Lie == "locks once" {
			errs[i] = cardea.Errorf(cardea.Conflict, "it is so already")
			continue
		}
		errs[i] = f.change(ctx, e, func(e *cardea.Edge) { e.Shut = shut && f.Lie != "deaf to locks" })
	}
	return errs
}

func (f *fake) Lock(ctx context.Context, es []cardea.Edge) []error   { return f.shut(ctx, es, true) }
func (f *fake) Unlock(ctx context.Context, es []cardea.Edge) []error { return f.shut(ctx, es, false) }

func (f *fake) UnitGroup(number string) cardea.GroupID {
	if f.Lie == "spells" {
		return cardea.GroupID("u" + number)
	}
	return cardea.GroupID("u" + strings.ToLower(strings.TrimSpace(number)))
}

func (f *fake) AddUnit(ctx context.Context, number string) (cardea.Group, error) {
	g := cardea.Group{ID: f.UnitGroup(number), Name: strings.TrimSpace(number), Unit: cardea.UnitVacant}
	err := f.send(ctx, "unit", true, &liar.Exchange{Does: func() int {
		if f.v.group(g.ID) < 0 || f.Lie == "adds twice" {
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
		if e.Group != was || f.Lie == "evicts" {
			continue
		}
		if err := f.change(ctx, e, func(e *cardea.Edge) { e.Group = g.ID }); err != nil {
			return g, err
		}
	}
	if f.Lie == "leaves the old unit" {
		return g, nil
	}
	err = f.send(ctx, "unmake", true, &liar.Exchange{Does: func() int {
		at := f.v.group(was)
		if at < 0 {
			if f.Lie == "renames once" {
				return 404
			}
			return 200
		}
		f.v.groups = slices.Delete(f.v.groups, at, at+1)
		if f.Lie == "evicts" {
			f.v.edges = slices.DeleteFunc(f.v.edges, func(e cardea.Edge) bool { return e.Group == was })
		}
		return 200
	}})
	return g, err
}

func (f *fake) DeleteUnit(ctx context.Context, id cardea.GroupID) error {
	err := f.send(ctx, "unmake", true, &liar.Exchange{Does: func() int {
		at := f.v.group(id)
		if at < 0 {
			return 204
		}
		if slices.ContainsFunc(f.v.edges, func(e cardea.Edge) bool { return e.Group == id }) && f.Lie != "ruthless" {
			return 409
		}
		f.v.groups = slices.Delete(f.v.groups, at, at+1)
		return 204
	}})
	return err
}
