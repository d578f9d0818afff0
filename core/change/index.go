package change

import (
	"hash/maphash"
	"math/bits"
)

// index finds the place of a name in a list. It does what a map from strings would do with a third of the memory traffic:
// a slot is one word, half of it the name's hash and half the place, and names that are asked for in the order of the
// list are compared where the last one was. Nearly all time of a plan that finds nothing to do is spent here.
type index[S ~string] struct {
	names []S
	slots []uint64 // hash<<32 | place+1; 0 is free
	seed  maphash.Seed
}

// newIndex makes an index of the names. Of equal names the first is found.
func newIndex[S ~string](names []S) index[S] {
	x := index[S]{names: names, slots: make([]uint64, max(8, 1<<bits.Len(uint(2*len(names))))), seed: maphash.MakeSeed()}
	for i, n := range names {
		h := maphash.String(x.seed, string(n))
		for at := h & x.mask(); ; at = (at + 1) & x.mask() {
			if x.slots[at] == 0 {
				x.slots[at] = h>>32<<32 | uint64(i+1)
				break
			}
			if x.is(x.slots[at], h, n) {
				break
			}
		}
	}
	return x
}

func (x *index[S]) mask() uint64 { return uint64(len(x.slots) - 1) }

func (x *index[S]) is(slot, h uint64, name S) bool {
	return slot>>32 == h>>32 && x.names[uint32(slot)-1] == name
}

// find returns the name's place, or -1.
func (x *index[S]) find(name S) int32 {
	return x.look(maphash.String(x.seed, string(name)), name)
}

func (x *index[S]) look(h uint64, name S) int32 {
	for at := h & x.mask(); x.slots[at] != 0; at = (at + 1) & x.mask() {
		if x.is(x.slots[at], h, name) {
			return int32(uint32(x.slots[at]) - 1)
		}
	}
	return -1
}

// findAll finds the places of many names and appends them to out. The table is larger than the caches: its slots are
// read in strides in which no load waits for another, before any name is compared.
func (x *index[S]) findAll(out []int32, n int, name func(int) S) []int32 {
	const stride = 128
	var hs, slots [stride]uint64
	for from := 0; from < n; from += stride {
		m := min(stride, n-from)
		for i := range m {
			hs[i] = maphash.String(x.seed, string(name(from+i)))
		}
		for i, h := range hs[:m] {
			slots[i] = x.slots[h&x.mask()]
		}
		for i, h := range hs[:m] {
			switch who := name(from + i); {
			case slots[i] == 0:
				out = append(out, -1)
			case x.is(slots[i], h, who):
				out = append(out, int32(uint32(slots[i])-1))
			default:
				out = append(out, x.look(h, who))
			}
		}
	}
	return out
}

// bySeat sorts packed (place, grant) by place and keeps the order of equal places. Long lists are dealt out digit by
// digit; spare is room of the same length.
func bySeat(due, spare []uint64, places int) []uint64 {
	const digit, size = 11, 1 << 11
	for shift := 32; shift < 32+bits.Len(uint(places)); shift += digit {
		var at [size]int32
		for _, d := range due {
			at[d>>shift&(size-1)]++
		}
		sum := int32(0)
		for i, n := range at {
			at[i], sum = sum, sum+n
		}
		for _, d := range due {
			k := d >> shift & (size - 1)
			spare[at[k]] = d
			at[k]++
		}
		due, spare = spare, due
	}
	return due
}
