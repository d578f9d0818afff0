package decide

import (
	"hash/maphash"
	"math/bits"
)

// table finds the number of a name: its place in a list that does not change. An index is filled far more often than
// asked, and most of its time would go into maps: a slot here is four bytes, so that the slots of 100,000 names stay in
// a processor's own cache.
type table struct {
	names []string
	seed  maphash.Seed
	mask  uint64
	// A slot holds the place plus one in its low bits and part of the name's hash above them; zero is free.
	slots []uint32
	place uint32 // the bits of the place
	twice bool   // a name stands there more than once
}

// newTable makes a table of the names, which it keeps. Of equal names the first counts.
func newTable(names []string) table {
	t := table{names: names, seed: maphash.MakeSeed(), place: 1<<bits.Len(uint(len(names))) - 1}
	size := 8
	for size < 2*len(names) {
		size *= 2
	}
	t.mask, t.slots = uint64(size-1), make([]uint32, size)
	for i, name := range names {
		h := maphash.String(t.seed, name)
		if at := t.seek(name, h); t.slots[at] == 0 {
			t.slots[at] = t.tag(h) | uint32(i+1)
		} else {
			t.twice = true
		}
	}
	return t
}

// find returns a name's number, or none. The empty name has none.
func (t *table) find(name string) int32 {
	if name == "" || len(t.names) == 0 {
		return none
	}
	return int32(t.slots[t.seek(name, maphash.String(t.seed, name))]&t.place) - 1
}

// findAfter is find for one list after another: records of all kinds are mostly listed in the order in which they were
// made, so that what one names stands where the last one's stood, or next to it. Looking there first spares a hash and
// its way through memory that is not at hand.
func (t *table) findAfter(last int32, name string) int32 {
	if name != "" && !t.twice {
		for i := max(last, 0); i <= last+1 && int(i) < len(t.names); i++ {
			if t.names[i] == name {
				return i
			}
		}
	}
	return t.find(name)
}

// tag is the part of a hash that stands in a slot: bits that do not choose the slot.
func (t *table) tag(h uint64) uint32 { return uint32(h>>32) &^ t.place }

// seek returns the place of a name's slot, or of the free one in which it would stand.
func (t *table) seek(name string, h uint64) uint64 {
	tag := t.tag(h)
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		s := t.slots[i]
		if s == 0 || s&^t.place == tag && t.names[s&t.place-1] == name {
			return i
		}
	}
}
