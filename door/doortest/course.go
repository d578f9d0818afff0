package doortest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/wiretest"
)

// check is one question. It returns what is wrong, and nil when nothing is.
type check struct {
	name string
	does func(*course) error
}

// course is one check under way, in its own bubble.
type course struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // one check, one context
	rig    Rig
	opened []open
	errs   []error // every error that the System gave
	people int
}

type open struct {
	bench *Bench
	line  *wiretest.Line
}

// examine runs one check in a bubble, then looks for secrets in all that came out of it.
func examine(t *testing.T, rig Rig, k check) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if !rig.Begin.IsZero() {
			time.Sleep(time.Until(rig.Begin))
		}
		c := &course{t: t, ctx: t.Context(), rig: rig}
		err = errors.Join(k.does(c), c.leaks())
	})
	return err
}

// lacking says why a check is left out; "" = it is not.
func lacking(lacks map[string]string, name string) string {
	if why := lacks[name]; why != "" {
		return why
	}
	return lacks[part(name)]
}

// part is a check's name before the colon.
func part(name string) string {
	first, _, _ := strings.Cut(name, ":")
	return first
}

// open makes a bench.
func (c *course) open(o Options) (*Bench, *wiretest.Line) {
	o.Line = &wiretest.Line{}
	b := c.rig.Open(c.t, o)
	c.opened = append(c.opened, open{b, o.Line})
	return b, o.Line
}

// small makes a bench of a small world.
func (c *course) small() (*Bench, *wiretest.Line) { return c.open(Options{}) }

// keep notes an error of the System, to be searched for secrets.
func (c *course) keep(err error) {
	if err != nil {
		c.errs = append(c.errs, err)
	}
}

// saw is keep, and returns the error.
func (c *course) saw(err error) error {
	c.keep(err)
	return err
}

// leaks searches everything that came out for what must stay in.
func (c *course) leaks() error {
	var out []error
	for _, o := range c.opened {
		said := ""
		if o.bench.Said != nil {
			said = o.bench.Said()
		}
		for i, s := range slices.Concat(o.bench.Secrets, o.line.Credentials()) {
			if len(s) < 4 {
				continue
			}
			for _, form := range []string{s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s))} {
				if strings.Contains(said, form) {
					out = append(out, fmt.Errorf("secret %d stands in what was logged or recorded", i+1))
				}
				for _, err := range c.errs {
					if strings.Contains(err.Error(), form) {
						out = append(out, fmt.Errorf("secret %d stands in an error of class %q", i+1, cardea.ClassOf(err)))
					}
				}
			}
		}
	}
	return errors.Join(out...)
}

// note logs why a part of a check is not asked.
func (c *course) note(format string, args ...any) {
	c.t.Helper()
	c.t.Logf("left out: "+format, args...)
}

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
	a, err := b.System.Create(c.ctx, p)
	if c.saw(err) != nil {
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
	refs, errs := b.System.Grant(c.ctx, []cardea.Edge{e})
	if len(refs) != 1 || len(errs) != 1 {
		return "", fmt.Errorf("Grant of one edge returned %d refs and %d errors, want one each", len(refs), len(errs))
	}
	return refs[0], c.saw(errs[0])
}

// revoke takes one edge away.
func (c *course) revoke(b *Bench, e cardea.Edge) error {
	errs := b.System.Revoke(c.ctx, []cardea.Edge{e})
	if len(errs) != 1 {
		return fmt.Errorf("Revoke of one edge returned %d errors, want one", len(errs))
	}
	return c.saw(errs[0])
}

// read reads a scope.
func (c *course) read(b *Bench, want cardea.Scope) (*cardea.Intake, error) {
	in := cardea.NewIntake(want, nil)
	err := c.saw(b.System.Read(c.ctx, want, in))
	for _, p := range in.Collections() {
		c.keep(p.Err())
	}
	return in, err
}

// collection reads one kind; a collection that was never opened is an error.
func (c *course) collection(b *Bench, want cardea.Scope) (*cardea.Pages, error) {
	in, err := c.read(b, want)
	if err != nil {
		return nil, fmt.Errorf("Read of %v: %w", want.Kinds, err)
	}
	p := in.Collection(want.Kinds[0])
	if p == nil {
		return nil, fmt.Errorf("Read of %v opened no such collection", want.Kinds)
	}
	return p, nil
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

// class complains when an error is not of the class.
func class(what string, err error, want cardea.Class) error {
	if got := cardea.ClassOf(err); got != want {
		return fmt.Errorf("%s: %w: of class %q, want %q", what, told(err), got, want)
	}
	return nil
}

// told is an error for a sentence, also where there should have been one and was none.
func told(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}
