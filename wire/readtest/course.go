package readtest

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

// Course is one check under way, in its own bubble.
type Course struct {
	T    *testing.T
	Ctx  context.Context //nolint:containedctx // one check, one context
	Errs []error         // every error that the System gave

	rig    Rig
	opened []opened
}

type opened struct {
	bench *Bench
	line  *wiretest.Line
}

// Examine runs one check in a bubble, then looks for secrets in all that came out of it.
func Examine(t *testing.T, rig Rig, does func(*Course) error) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if !rig.Begin.IsZero() {
			time.Sleep(time.Until(rig.Begin))
		}
		c := &Course{T: t, Ctx: t.Context(), rig: rig}
		err = errors.Join(does(c), c.leaks())
	})
	return err
}

// Lacking says why a check is left out; "" = it is not.
func Lacking(lacks map[string]string, name string) string {
	if why := lacks[name]; why != "" {
		return why
	}
	return lacks[Part(name)]
}

// Part is a check's name before the colon.
func Part(name string) string {
	first, _, _ := strings.Cut(name, ":")
	return first
}

// Open makes a bench.
func (c *Course) Open(o Options) (*Bench, *wiretest.Line) {
	o.Line = &wiretest.Line{}
	b := c.rig.Open(c.T, o)
	c.Watch(b, o.Line)
	return b, o.Line
}

// Watch has what comes out of a bench searched for secrets.
func (c *Course) Watch(b *Bench, line *wiretest.Line) { c.opened = append(c.opened, opened{b, line}) }

// Keep notes an error of the System, to be searched for secrets.
func (c *Course) Keep(err error) {
	if err != nil {
		c.Errs = append(c.Errs, err)
	}
}

// Saw is Keep, and returns the error.
func (c *Course) Saw(err error) error {
	c.Keep(err)
	return err
}

// leaks searches everything that came out for what must stay in.
func (c *Course) leaks() error {
	var out []error
	for _, o := range c.opened {
		said := ""
		if o.bench.Said != nil {
			said = o.bench.Said()
		}
		for i, s := range slices.Concat(o.bench.Secrets(), o.line.Credentials()) {
			if len(s) < 4 {
				continue
			}
			for _, form := range []string{s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s))} {
				if strings.Contains(said, form) {
					out = append(out, fmt.Errorf("secret %d stands in what was logged or recorded", i+1))
				}
				for _, err := range c.Errs {
					if strings.Contains(err.Error(), form) {
						out = append(out, fmt.Errorf("secret %d stands in an error of class %q", i+1, cardea.ClassOf(err)))
					}
				}
			}
		}
	}
	return errors.Join(out...)
}

// Note logs why a part of a check is not asked.
func (c *Course) Note(format string, args ...any) {
	c.T.Helper()
	c.T.Logf("left out: "+format, args...)
}

// Read reads a scope.
func (c *Course) Read(s System, want cardea.Scope) (*cardea.Intake, error) {
	want.Span = c.rig.Span
	in := cardea.NewIntake(want, nil)
	err := c.Saw(s.Read(c.Ctx, want, in))
	for _, p := range in.Collections() {
		c.Keep(p.Err())
	}
	return in, err
}

// Collection reads one kind. That it was never opened is an error, and so is another one that was.
func (c *Course) Collection(s System, want cardea.Scope) (*cardea.Pages, error) {
	in, err := c.Read(s, want)
	if err != nil {
		return nil, fmt.Errorf("Read of %v: %w", want.Kinds, err)
	}
	p := in.Collection(want.Kinds[0])
	if p == nil {
		return nil, fmt.Errorf("Read of %v opened no such collection", want.Kinds)
	}
	if n := len(in.Collections()); n != 1 {
		return nil, fmt.Errorf("Read of %v opened %d collections", want.Kinds, n)
	}
	return p, nil
}

// list reads one kind whole.
func (c *Course) list(b *Bench, k cardea.Kind) (*cardea.Pages, error) {
	return c.Collection(b.System, cardea.Scope{Kinds: []cardea.Kind{k}})
}

// Class complains when an error is not of the class.
func Class(what string, err error, want cardea.Class) error {
	if got := cardea.ClassOf(err); got != want {
		return fmt.Errorf("%s: %w: of class %q, want %q", what, Told(err), got, want)
	}
	return nil
}

// Told is an error for a sentence, also where there should have been one and was none.
func Told(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}
