package doortest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
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

// limits: what planning is told is what the System can do.
func limits(c *course) error {
	b, _ := c.small()
	l := b.System.Limits()
	var out []error
	if l.Batch < 1 {
		out = append(out, fmt.Errorf("Limits.Batch is %d, want at least 1", l.Batch))
	}
	if _, can := b.System.(door.Timed); can != l.Timed {
		out = append(out, fmt.Errorf("Limits.Timed is %t, but door.Timed is %t", l.Timed, can))
	}
	if l.Timed && l.WindowsPerEdge < 1 {
		out = append(out, errors.New("Limits.Timed without WindowsPerEdge"))
	}
	if l.GroupsPerPerson < 0 || l.Propagation < 0 {
		out = append(out, fmt.Errorf("limits below nothing: %+v", l))
	}
	has := abilities(b.System)
	want := slices.Sorted(slices.Values(c.rig.Abilities))
	if !slices.Equal(has, want) {
		out = append(out, fmt.Errorf("the System is %v, want %v: was it wrapped, or the rig forgotten?", has, want))
	}
	if a, can := b.System.(door.Assuming); can {
		for _, s := range a.Assumed() {
			if s == "" {
				out = append(out, errors.New("an assumption without a sentence"))
			}
		}
	}
	return errors.Join(out...)
}

// abilities lists what a System can, sorted.
func abilities(s door.System) []Ability {
	var out []Ability
	if _, can := s.(door.Lockable); can {
		out = append(out, Lockable)
	}
	if _, can := s.(door.Profiled); can {
		out = append(out, Profiled)
	}
	if _, can := s.(door.Rewritable); can {
		out = append(out, Rewritable)
	}
	if _, can := s.(door.Timed); can {
		out = append(out, Timed)
	}
	if _, can := s.(door.Units); can {
		out = append(out, Units)
	}
	return out
}

// twice: two readings of one world are equal, records and evidence.
func twice(c *course) error {
	b, _ := c.small()
	var said [2]string
	for i := range said {
		in, err := c.read(b, cardea.Scope{})
		if err != nil {
			return fmt.Errorf("Read: %w", err)
		}
		for _, k := range kinds {
			p := in.Collection(k)
			if p == nil {
				return fmt.Errorf("Read of everything opened no %ss", k)
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
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("Read sent %d writes", n)
	}
	return nil
}
