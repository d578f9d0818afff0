package spacetest

import (
	"context"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
	"github.com/cardea-access/cardea/wire/wiretest"
)

// check is one question. It returns what is wrong, and nil when nothing is.
type check struct {
	name string
	does func(*course) error
}

// course is one check under way, in its own bubble.
type course struct {
	*readtest.Course

	t   *testing.T
	ctx context.Context //nolint:containedctx // one check, one context
	rig Rig
}

// examine runs one check in a bubble, then looks for secrets in all that came out of it.
func examine(t *testing.T, rig Rig, k check) error {
	t.Helper()
	return readtest.Examine(t, rig.reading(), func(c *readtest.Course) error {
		return k.does(&course{Course: c, t: c.T, ctx: c.Ctx, rig: rig})
	})
}

// open makes a bench.
func (c *course) open(o Options) (*Bench, *wiretest.Line) {
	o.Line = &wiretest.Line{}
	b := c.rig.Open(c.t, o)
	c.Watch(b.reading(), o.Line)
	return b, o.Line
}

// small makes a bench of a small world.
func (c *course) small() (*Bench, *wiretest.Line) { return c.open(Options{}) }

func (c *course) keep(err error) { c.Keep(err) }

func (c *course) saw(err error) error { return c.Saw(err) }

func (c *course) note(format string, args ...any) { c.Note(format, args...) }

func (c *course) read(b *Bench, want cardea.Scope) (*cardea.Intake, error) {
	return c.Read(b.System, want)
}

func class(what string, err error, want cardea.Class) error { return readtest.Class(what, err, want) }

func told(err error) error { return readtest.Told(err) }

// list reads one kind whole.
func (c *course) list(b *Bench, k cardea.Kind) (*cardea.Pages, error) {
	return c.Collection(b.System, cardea.Scope{Kinds: []cardea.Kind{k}})
}
