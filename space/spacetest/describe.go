package spacetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// describe: the same twice, with the pinned id, and nothing written.
func describe(c *course) error {
	b, _ := c.small()
	first, err := b.System.Describe(c.ctx)
	if c.saw(err) != nil {
		return fmt.Errorf("Describe: %w", err)
	}
	second, err := b.System.Describe(c.ctx)
	if c.saw(err) != nil {
		return fmt.Errorf("Describe again: %w", err)
	}
	first.Skew, second.Skew = 0, 0 // it depends on when the answer came
	if first != second {
		return fmt.Errorf("Describe said %+v and then %+v", first, second)
	}
	if first.ID == "" || first.ID != c.rig.Organisation {
		return fmt.Errorf("Describe pins organisation %q, want %q", first.ID, c.rig.Organisation)
	}
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("Describe sent %d writes", n)
	}
	return nil
}

// wrongCredentials: an Auth error from everything, and no listing that could be believed.
func wrongCredentials(c *course) error {
	b, _ := c.open(Options{WrongSecret: true})
	_, err := b.System.Describe(c.ctx)
	out := []error{class("Describe with wrong credentials", c.saw(err), cardea.Auth)}
	in, err := c.read(b, cardea.Scope{})
	out = append(out, class("Read with wrong credentials", err, cardea.Auth))
	for _, p := range in.Collections() {
		if g := p.Evidence().Grade(); g != cardea.Failed {
			out = append(out, fmt.Errorf("the listing of %ss is %s with wrong credentials, want failed", p.Kind(), g))
		}
	}
	return errors.Join(out...)
}

// collections: the System lists its kinds, each once; a read of everything opens those and no others.
func collections(c *course) error {
	b, _ := c.small()
	has, want := slices.Sorted(slices.Values(b.System.Collections())), slices.Sorted(slices.Values(c.rig.Kinds))
	if !slices.Equal(has, want) {
		return fmt.Errorf("Collections lists %v, want %v", has, want)
	}
	if _, can := b.System.(space.Hooked); can != c.rig.Hooked {
		return fmt.Errorf("space.Hooked is %t, the rig says %t: was the System wrapped?", can, c.rig.Hooked)
	}
	in, err := c.read(b, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("Read: %w", err)
	}
	var opened []cardea.Kind
	for _, p := range in.Collections() {
		opened = append(opened, p.Kind())
	}
	slices.Sort(opened)
	if !slices.Equal(opened, want) {
		return fmt.Errorf("a read of everything opened %v, want %v", opened, want)
	}
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("Read sent %d writes", n)
	}
	return nil
}

// twice: two readings of one world are equal, records and evidence, and hold something of every kind.
func twice(c *course) error {
	b, _ := c.small()
	var said [2]string
	for i := range said {
		in, err := c.read(b, cardea.Scope{})
		if err != nil {
			return fmt.Errorf("Read: %w", err)
		}
		for _, k := range c.rig.Kinds {
			p := in.Collection(k)
			if p == nil {
				return fmt.Errorf("Read of everything opened no %ss", k)
			}
			if len(p.Records()) == 0 {
				return fmt.Errorf("the rig's small world has no %s, or it did not come: %s", k, p.Evidence().Why())
			}
			rows := make([]string, 0, len(p.Records()))
			for _, r := range p.Records() {
				rows = append(rows, fmt.Sprintf("%+v", r))
			}
			slices.Sort(rows)
			e := p.Evidence()
			said[i] += fmt.Sprintf("%s: %s %d %q %q\n", k, e.Grade(), e.Records(), e.Why(), rows)
		}
	}
	if said[0] != said[1] {
		return fmt.Errorf("two readings of one world differ:\n%s\n%s", said[0], said[1])
	}
	return nil
}
