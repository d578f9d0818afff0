package spacetest

import (
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

	rig Rig
}

// examine runs one check in a bubble, then looks for secrets in all that came out of it.
func examine(t *testing.T, rig Rig, k check) error {
	t.Helper()
	return readtest.Examine(t, rig.reading(), func(c *readtest.Course) error {
		return k.does(&course{Course: c, rig: rig})
	})
}

// open makes a bench.
func (c *course) open(o Options) (*Bench, *wiretest.Line) {
	o.Line = &wiretest.Line{}
	b := c.rig.Open(c.T, o)
	c.Watch(b.reading(), o.Line)
	return b, o.Line
}

// small makes a bench of a small world.
func (c *course) small() (*Bench, *wiretest.Line) { return c.open(Options{}) }

// list reads one kind whole.
func (c *course) list(b *Bench, k cardea.Kind) (*cardea.Pages, error) {
	return c.Collection(b.System, cardea.Scope{Kinds: []cardea.Kind{k}})
}
