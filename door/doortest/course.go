package doortest

import (
	"errors"
	"fmt"
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

	rig    Rig
	people int
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

// person is somebody whom the vendor has never heard of, another one on each call.
func (c *course) person() cardea.NewAccount {
	c.people++
	n := c.people
	return cardea.NewAccount{
		Person: cardea.PersonOf("suite", cardea.Key{Kind: cardea.KindPerson, ID: fmt.Sprintf("suite-%d", n)}),
		Name:   fmt.Sprintf("Nina Suite%d", n), First: "Nina", Last: fmt.Sprintf("Suite%d", n),
		Email: fmt.Sprintf("nina%d@suite.test", n), Phone: fmt.Sprintf("+4420718387%02d", n%100), Mails: cardea.MailsNever,
	}
}

// spare makes an account for somebody new and returns the edge that could be put between it and the n-th group.
func (c *course) spare(b *Bench, n int) (cardea.Edge, error) {
	p := c.person()
	a, err := b.System.Create(c.Ctx, p)
	if c.Saw(err) != nil {
		return cardea.Edge{}, fmt.Errorf("Create of somebody new: %w", err)
	}
	if a.ID == "" {
		return cardea.Edge{}, errors.New("Create returned an account without an id")
	}
	e := cardea.Edge{Group: b.Groups[n%len(b.Groups)], Account: a.ID, Window: cardea.Forever, Mails: cardea.MailsNever}
	if b.System.Limits().NamesEdges {
		e.Who = &p
	}
	return e, nil
}

// grant puts one edge.
func (c *course) grant(b *Bench, e cardea.Edge) (string, error) {
	refs, errs := b.System.Grant(c.Ctx, []cardea.Edge{e})
	if len(refs) != 1 || len(errs) != 1 {
		return "", fmt.Errorf("Grant of one edge returned %d refs and %d errors, want one each", len(refs), len(errs))
	}
	return refs[0], c.Saw(errs[0])
}

// revoke takes one edge away.
func (c *course) revoke(b *Bench, e cardea.Edge) error {
	errs := b.System.Revoke(c.Ctx, []cardea.Edge{e})
	if len(errs) != 1 {
		return fmt.Errorf("Revoke of one edge returned %d errors, want one", len(errs))
	}
	return c.Saw(errs[0])
}

// held returns what the vendor holds between an edge's account and group.
func held(b *Bench, e cardea.Edge) []cardea.Edge {
	var out []cardea.Edge
	for _, h := range b.Truth() {
		if h.Group == e.Group && h.Account == e.Account {
			out = append(out, h)
		}
	}
	return out
}

// shown reads an edge back by its group; it must come as a plain edge, once.
func (c *course) shown(b *Bench, e cardea.Edge) ([]cardea.Edge, error) {
	p, err := c.collection(b, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{e.Group}})
	if err != nil {
		return nil, err
	}
	var out []cardea.Edge
	for _, r := range p.Records() {
		if got, ok := r.(cardea.Edge); ok && got.Group == e.Group && got.Account == e.Account {
			out = append(out, got)
		}
	}
	return out, nil
}

// collection reads one kind.
func (c *course) collection(b *Bench, want cardea.Scope) (*cardea.Pages, error) {
	return c.Collection(b.System, want)
}
