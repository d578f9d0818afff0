package doortest

import (
	"errors"
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// grantAndRevoke: put, read back, put again; take, read back, take again. Each time the vendor holds what it should, once.
func grantAndRevoke(c *course) error {
	b, _ := c.small()
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	before := keysOf(b.Truth())
	ref, err := c.grant(b, e)
	if err != nil {
		return fmt.Errorf("Grant: %w", err)
	}
	back, err := c.there(b, e, "after Grant")
	if err != nil {
		return err
	}
	if ref != back.Ref {
		return fmt.Errorf("Grant returned ref %q, the edge is read back with %q", ref, back.Ref)
	}
	again, err := c.grant(b, e)
	if err != nil {
		return fmt.Errorf("Grant of what is there already: %w", err)
	}
	if again != ref {
		return fmt.Errorf("Grant of what is there already returned ref %q, want %q", again, ref)
	}
	if _, err := c.there(b, e, "after Grant again"); err != nil {
		return err
	}
	e.Ref = ref
	for _, when := range []string{"Revoke", "Revoke of what is gone already"} {
		if err := c.revoke(b, e); err != nil {
			return fmt.Errorf("%s: %w", when, err)
		}
		if err := c.absent(b, e, "after "+when); err != nil {
			return err
		}
	}
	if err := same("what is left", keysOf(b.Truth()), before); err != nil {
		return fmt.Errorf("another edge was touched: %w", err)
	}
	return nil
}

// there: the vendor holds the edge once, as asked, and it is read back so.
func (c *course) there(b *Bench, e cardea.Edge, when string) (cardea.Edge, error) {
	if h := held(b, e); len(h) != 1 {
		return cardea.Edge{}, fmt.Errorf("%s the vendor holds %d edges %s, want one", when, len(h), e.Key().ID)
	} else if b.System.Limits().Timed && h[0].Window != e.Window {
		return cardea.Edge{}, fmt.Errorf("%s the vendor holds %s from %s until %s, want from %s until %s", when, e.Key().ID,
			h[0].Window.From, h[0].Window.Until, e.Window.From, e.Window.Until)
	}
	got, err := c.shown(b, e)
	if err != nil {
		return cardea.Edge{}, err
	}
	if len(got) != 1 || got[0].Foreign != "" {
		return cardea.Edge{}, fmt.Errorf("%s the edge is read back as %+v", when, got)
	}
	if want := c.windowOf(b, e); got[0].Window != want {
		return cardea.Edge{}, fmt.Errorf("%s the edge is read back from %s until %s, want from %s until %s", when,
			got[0].Window.From, got[0].Window.Until, want.From, want.Until)
	}
	return got[0], nil
}

// windowOf is the window with which an edge is read back.
func (c *course) windowOf(b *Bench, e cardea.Edge) cardea.Window {
	if b.System.Limits().Timed {
		return e.Window
	}
	return cardea.Forever
}

// absent: the vendor holds no such edge, and none is read back.
func (c *course) absent(b *Bench, e cardea.Edge, when string) error {
	if h := held(b, e); len(h) > 0 {
		return fmt.Errorf("%s the vendor still holds %s", when, e.Key().ID)
	}
	got, err := c.shown(b, e)
	if err == nil && len(got) > 0 {
		err = fmt.Errorf("%s the edge is still read back", when)
	}
	return err
}

// foreign: an edge that is no plain one is not taken away, and nothing is sent.
func foreign(c *course) error {
	b, _ := c.small()
	p, err := c.collection(b, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}})
	if err != nil {
		return err
	}
	for _, r := range p.Records() {
		e, ok := r.(cardea.Edge)
		if !ok || e.Foreign == "" {
			continue
		}
		if err := c.revoke(b, e); cardea.ClassOf(err) != cardea.Rejected && cardea.ClassOf(err) != cardea.Conflict {
			return fmt.Errorf("Revoke of %s, which is %s: %w, want it refused", e.Key(), e.Foreign, readtest.Told(err))
		}
		if n := b.Writes(); n != 0 {
			return fmt.Errorf("Revoke of %s, which is %s, sent %d writes", e.Key(), e.Foreign, n)
		}
		return nil
	}
	return errors.New("the rig's small world has no foreign edge: add one, or say in Lacks why there can be none")
}

// batch: as many edges as the System takes at once, one of them impossible: the errors stand at their positions.
func batch(c *course) error {
	b, _ := c.small()
	n := min(b.System.Limits().Batch, 3)
	if n < 2 {
		c.Note("errors by position: Limits.Batch is %d", n)
		return nil
	}
	nobody := b.Nobody[cardea.KindGroup]
	if nobody == "" {
		c.Note("an impossible edge among others: the rig has no Nobody of kind group")
		return nil
	}
	es := make([]cardea.Edge, n)
	for i := range es {
		var err error
		if es[i], err = c.spare(b, i); err != nil {
			return err
		}
	}
	es[1].Group = cardea.GroupID(nobody)
	refs, errs := b.System.Grant(c.Ctx, es)
	if len(refs) != n || len(errs) != n {
		return fmt.Errorf("Grant of %d edges returned %d refs and %d errors", n, len(refs), len(errs))
	}
	var out []error
	for i, e := range es {
		c.Keep(errs[i])
		switch {
		case i == 1 && errs[i] == nil:
			out = append(out, errors.New("an edge in a group that is not there was granted"))
		case i != 1 && errs[i] != nil:
			out = append(out, fmt.Errorf("edge %d failed because of another one: %w", i, errs[i]))
		case i != 1 && len(held(b, e)) != 1:
			out = append(out, fmt.Errorf("edge %d was granted and the vendor does not hold it", i))
		}
	}
	errs = b.System.Revoke(c.Ctx, []cardea.Edge{es[0], es[n-1]})
	if len(errs) != 2 || c.Saw(errs[0]) != nil || c.Saw(errs[1]) != nil {
		out = append(out, fmt.Errorf("Revoke of two edges: %v", errs))
	}
	if len(held(b, es[0]))+len(held(b, es[n-1])) > 0 {
		out = append(out, errors.New("edges that were revoked together are still held"))
	}
	return errors.Join(out...)
}
