package spacetest

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-access/cardea"
)

// readOnly: reading needs no write. The mode changes nothing of what comes.
func readOnly(c *course) error {
	b, _ := c.open(Options{ReadOnly: true})
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) != nil {
		return fmt.Errorf("Describe in read-only mode: %w", err)
	}
	in, err := c.Read(b.System, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("Read in read-only mode: %w", err)
	}
	var out []error
	for _, k := range c.rig.Kinds {
		p := in.Collection(k)
		if p == nil || p.Err() != nil {
			out = append(out, fmt.Errorf("the listing of %ss did not come in read-only mode", k))
			continue
		}
		out = append(out, same(p, b.Truth(k)))
	}
	if n := b.Writes(); n != 0 {
		out = append(out, fmt.Errorf("%d writes were sent in read-only mode", n))
	}
	return errors.Join(out...)
}

// secrets: trouble of every sort is provoked, a vendor that repeats what it was sent among it. What is searched, and for
// what, is the same for every check.
func secrets(c *course) error {
	b, line := c.small()
	if len(b.Secrets) == 0 {
		return errors.New("the rig names no secrets")
	}
	for _, f := range []Fault{
		{Effect: Refuse, Status: http.StatusForbidden}, {Effect: Refuse, Status: http.StatusBadRequest}, {Effect: Drop},
	} {
		struck, _ := c.small()
		struck.Fault(f)
		if _, err := struck.System.Describe(c.Ctx); c.Saw(err) == nil {
			return fmt.Errorf("Describe struck by %s %d gave no error", f.Effect, f.Status)
		}
	}
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) != nil {
		return fmt.Errorf("Describe: %w", err)
	}
	line.RepeatBack()
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) == nil {
		return errors.New("an answer of 400 gave no error")
	}
	in, err := c.Read(b.System, cardea.Scope{})
	c.Keep(err)
	for _, p := range in.Collections() {
		if p.Evidence().Grade() == cardea.Complete {
			return fmt.Errorf("the listing of %ss is complete though every call was answered with 400", p.Kind())
		}
	}
	other, _ := c.open(Options{WrongSecret: true})
	if _, err := other.System.Describe(c.Ctx); c.Saw(err) == nil {
		return errors.New("wrong credentials gave no error")
	}
	if b.Said == nil || b.Said() == "" {
		return errors.New("nothing was recorded, so that nothing was searched: give the connector a wire.Recorder")
	}
	return nil
}
