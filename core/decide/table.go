package decide

import "hash/maphash"

// table finds the number of a name: a map for names that are only ever added, up to a number known before. It is a
// fraction of a map's size and much quicker to fill, and an index is filled far more often than asked.
type table struct {
	seed  maphash.Seed
	mask  uint64
	slots []slot
	names []entry
}

// entry is a name and its number.
type entry struct {
	name   string
	number int32
}

// slot holds part of a name's hash, and the place of its entry plus one; zero is free.
type slot struct{ tag, entry uint32 }

// newTable makes a table for up to n names.
func newTable(n int) table {
	size := 8
	for size < 2*n {
		size *= 2
	}
	return table{seed: maphash.MakeSeed(), mask: uint64(size - 1), slots: make([]slot, size), names: make([]entry, 0, n)}
}

// find returns a name's number, or none. The empty name has none.
func (t *table) find(name string) int32 {
	if name == "" || len(t.slots) == 0 {
		return none
	}
	s := t.slots[t.seek(name, maphash.String(t.seed, name))]
	if s.entry == 0 {
		return none
	}
	return t.names[s.entry-1].number
}

// add gives a name a number; false when the name has one already.
func (t *table) add(name string, number int32) bool {
	h := maphash.String(t.seed, name)
	s := &t.slots[t.seek(name, h)]
	if s.entry != 0 {
		return false
	}
	t.names = append(t.names, entry{name, number})
	*s = slot{tag: uint32(h >> 32), entry: uint32(len(t.names))}
	return true
}

// seek returns the place of a name's slot, or of the free one in which it would stand.
func (t *table) seek(name string, h uint64) uint64 {
	tag := uint32(h >> 32)
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		s := t.slots[i]
		if s.entry == 0 || s.tag == tag && t.names[s.entry-1].name == name {
			return i
		}
	}
}
