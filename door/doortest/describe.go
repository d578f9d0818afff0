package doortest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea/door"
)

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
