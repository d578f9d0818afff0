package spacetest

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

// span is the time for which bookings are asked: the week of the bubble's beginning.
func (c *course) span() cardea.Window {
	begin := c.rig.Begin
	if begin.IsZero() {
		begin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return cardea.Window{From: cardea.At(begin.AddDate(0, 0, -7)), Until: cardea.At(begin.AddDate(0, 0, 8))}
}

// read reads a scope.
func (c *course) read(b *Bench, want cardea.Scope) (*cardea.Intake, error) {
	want.Span = c.span()
	in := cardea.NewIntake(want, nil)
	err := c.saw(b.System.Read(c.ctx, want, in))
	for _, p := range in.Collections() {
		c.keep(p.Err())
	}
	return in, err
}

// list reads one kind whole; a collection that was never opened is an error.
func (c *course) list(b *Bench, k cardea.Kind) (*cardea.Pages, error) {
	in, err := c.read(b, cardea.Scope{Kinds: []cardea.Kind{k}})
	if err != nil {
		return nil, fmt.Errorf("Read of %ss: %w", k, err)
	}
	p := in.Collection(k)
	if p == nil {
		return nil, fmt.Errorf("Read of %ss opened no such collection", k)
	}
	if n := len(in.Collections()); n != 1 {
		return nil, fmt.Errorf("Read of %ss opened %d collections", k, n)
	}
	return p, nil
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
