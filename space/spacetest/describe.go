package spacetest

import (
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

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
	in, err := c.Read(b.System, cardea.Scope{})
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
