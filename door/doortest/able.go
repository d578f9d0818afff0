package doortest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest"
)

// retimed puts an edge with a window, and returns it with another one.
func (c *course) retimed(b *Bench) (was, now cardea.Edge, err error) {
	if was, err = c.spare(b, 0); err != nil {
		return was, now, err
	}
	day := c.rig.Begin
	if day.IsZero() {
		day = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	was.Window = cardea.Window{From: cardea.At(day.AddDate(0, 0, 1)), Until: cardea.At(day.AddDate(0, 0, 2))}
	if was.Ref, err = c.grant(b, was); err != nil {
		return was, now, fmt.Errorf("Grant with a window: %w", err)
	}
	if _, err = c.there(b, was, "after Grant with a window"); err != nil {
		return was, now, err
	}
	now = was
	now.Ref = ""
	now.Window.Until = cardea.At(day.AddDate(0, 0, 3))
	return was, now, nil
}

// retime is one Retime.
func (c *course) retime(b *Bench, was, now cardea.Edge) error {
	t, can := b.System.(door.Timed)
	if !can {
		return errors.New("the System is not Timed")
	}
	_, err := t.Retime(c.Ctx, was, now)
	return c.Saw(err)
}

// timed: a window is kept as it was given, changed, and changed again without effect; open ends are open.
func timed(c *course) error {
	b, _ := c.small()
	t, can := b.System.(door.Timed)
	if !can {
		c.Note("the System is not Timed")
		return nil
	}
	was, now, err := c.retimed(b)
	if err != nil {
		return err
	}
	for _, w := range []cardea.Window{
		now.Window, {From: cardea.Always, Until: now.Window.Until}, {From: now.Window.From, Until: cardea.Never}, cardea.Forever,
	} {
		now.Window = w
		for _, when := range []string{"after Retime", "after Retime again"} {
			ref, err := t.Retime(c.Ctx, was, now)
			if c.Saw(err) != nil {
				return fmt.Errorf("%s: %w", when, err)
			}
			got, err := c.there(b, now, when)
			if err != nil {
				return err
			}
			if got.Ref != ref {
				return fmt.Errorf("%s: ref %q, the edge is read back with %q", when, ref, got.Ref)
			}
		}
		was = now
		was.Ref = held(b, now)[0].Ref
	}
	return nil
}

// profiled: attributes are given and read back, those that are left empty stay, an unknown name is refused.
func profiled(c *course) error {
	b, _ := c.small()
	s, can := b.System.(door.Profiled)
	if !can {
		c.Note("the System is not Profiled")
		return nil
	}
	if len(b.Profiles) < 2 {
		return errors.New("the rig has no two Profiles")
	}
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	if e.Ref, err = c.grant(b, e); err != nil {
		return fmt.Errorf("Grant: %w", err)
	}
	was := e
	for _, a := range b.Profiles {
		now := was
		now.Attributes = a
		for range 2 {
			if now.Ref, err = s.Reprofile(c.Ctx, was, now); c.Saw(err) != nil {
				return fmt.Errorf("Reprofile to %+v: %w", a, err)
			}
			if h := held(b, e); len(h) != 1 || h[0].Attributes != a {
				return fmt.Errorf("after Reprofile to %+v the vendor holds %+v", a, h)
			}
			if got, err := c.shown(b, e); err != nil || len(got) != 1 || got[0].Attributes != a {
				return fmt.Errorf("after Reprofile to %+v the edge is read back as %+v: %w", a, got, readtest.Told(err))
			}
		}
		was = now
	}
	odd := was
	odd.Profile = "no such profile"
	_, err = s.Reprofile(c.Ctx, was, odd)
	if wrong := readtest.Class("Reprofile to an unknown name", c.Saw(err), cardea.Rejected); wrong != nil {
		return wrong
	}
	if !strings.Contains(err.Error(), b.Profiles[0].Profile) {
		return fmt.Errorf("the refusal of an unknown name does not name those that are there: %w", err)
	}
	return nil
}

// lockable: shut, seen to be shut, shut again; opened, seen to be open, opened again.
func lockable(c *course) error {
	b, _ := c.small()
	s, can := b.System.(door.Lockable)
	if !can {
		c.Note("the System is not Lockable")
		return nil
	}
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	if e.Ref, err = c.grant(b, e); err != nil {
		return fmt.Errorf("Grant: %w", err)
	}
	for _, step := range []struct {
		what string
		do   func() []error
		shut bool
	}{
		{"Unlock of what is open", func() []error { return s.Unlock(c.Ctx, []cardea.Edge{e}) }, false},
		{"Lock", func() []error { return s.Lock(c.Ctx, []cardea.Edge{e}) }, true},
		{"Lock again", func() []error { return s.Lock(c.Ctx, []cardea.Edge{e}) }, true},
		{"Unlock", func() []error { return s.Unlock(c.Ctx, []cardea.Edge{e}) }, false},
		{"Unlock again", func() []error { return s.Unlock(c.Ctx, []cardea.Edge{e}) }, false},
	} {
		errs := step.do()
		if len(errs) != 1 || c.Saw(errs[0]) != nil {
			return fmt.Errorf("%s: %v", step.what, errs)
		}
		if h := held(b, e); len(h) != 1 || h[0].Shut != step.shut {
			return fmt.Errorf("after %s the vendor holds %+v, want shut %t", step.what, h, step.shut)
		}
		got, err := c.shown(b, e)
		if err != nil || len(got) != 1 || got[0].Shut != step.shut || got[0].Foreign != "" {
			return fmt.Errorf("after %s the edge is read back as %+v, want shut %t: %w", step.what, got, step.shut, readtest.Told(err))
		}
	}
	return nil
}
