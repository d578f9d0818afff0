package change

import (
	"cmp"
	"slices"
	"sort"

	"github.com/cardea-access/cardea"
)

// view is a list by group, in an order that may differ from the one in which it came, without copying it.
type view[T any] struct {
	list  []T
	order []int32 // nil: as it came
	group func(*T) cardea.GroupID

	broken bool // the list is not in the order of the groups
}

// before says whether an element comes after one of group g though its own group is before.
func (v *view[T]) before(i int, g cardea.GroupID) bool { return i < v.len() && v.group(v.at(i)) < g }

// skip walks on to the first element whose group is not before g.
func (v *view[T]) skip(from int, g cardea.GroupID) int {
	for from < v.len() && v.group(v.at(from)) < g {
		if from++; from < v.len() && v.group(v.at(from)) < v.group(v.at(from-1)) {
			v.broken = true
		}
	}
	return from
}

// rest looks at what follows the last stretch that was taken.
func (v *view[T]) rest(from int) {
	for i := from + 1; i < v.len(); i++ {
		if v.group(v.at(i)) < v.group(v.at(i-1)) {
			v.broken = true
		}
	}
}

// mend brings a view as it came into order by group and, unless account is nil, account.
func (v *view[T]) mend(account func(*T) cardea.AccountID) {
	v.broken = false
	v.rest(0)
	if v.broken {
		v.sort()
	}
	if account == nil {
		return
	}
	for lo, hi := 0, 0; lo < v.len(); lo = hi {
		g := v.group(v.at(lo))
		for hi < v.len() && v.group(v.at(hi)) == g {
			hi++
		}
		v.arrange(lo, hi, account)
	}
}

// sort brings a view into the order of its groups, by packed integers: the group's rank, then the place in the list.
func (v *view[T]) sort() {
	v.broken = false
	rank := map[cardea.GroupID]uint64{}
	for i := range v.list {
		rank[v.group(&v.list[i])] = 0
	}
	names := make([]cardea.GroupID, 0, len(rank))
	for g := range rank {
		names = append(names, g)
	}
	slices.Sort(names)
	for i, g := range names {
		rank[g] = uint64(i) << 32
	}
	packed := make([]uint64, len(v.list))
	for i := range v.list {
		packed[i] = rank[v.group(&v.list[i])] | uint64(i)
	}
	slices.Sort(packed)
	v.order = make([]int32, len(packed))
	for i, k := range packed {
		v.order[i] = int32(uint32(k))
	}
}

func (v *view[T]) len() int { return len(v.list) }

func (v *view[T]) at(i int) *T {
	if v.order != nil {
		return &v.list[v.order[i]]
	}
	return &v.list[i]
}

// run returns the stretch of a view in order whose group is g, starting the search at from.
func (v *view[T]) run(from int, g cardea.GroupID) (int, int) {
	rest := v.len() - from
	lo := from + sort.Search(rest, func(i int) bool { return v.group(v.at(from+i)) >= g })
	hi := lo + sort.Search(v.len()-lo, func(i int) bool { return v.group(v.at(lo+i)) > g })
	return lo, hi
}

// arrange brings a stretch into the order of its accounts, if it is not. The first eight bytes of a name are compared
// as one integer; few names need more.
func (v *view[T]) arrange(lo, hi int, account func(*T) cardea.AccountID) {
	ordered := true
	for i := lo + 1; i < hi && ordered; i++ {
		ordered = account(v.at(i-1)) <= account(v.at(i))
	}
	if ordered {
		return
	}
	if v.order == nil {
		v.order = make([]int32, len(v.list))
		for i := range v.order {
			v.order[i] = int32(i)
		}
	}
	type entry struct {
		head uint64
		i    int32
	}
	es := make([]entry, hi-lo)
	for i := range es {
		at := v.order[lo+i]
		es[i] = entry{head(string(account(&v.list[at]))), at}
	}
	slices.SortFunc(es, func(a, b entry) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return cmp.Compare(account(&v.list[a.i]), account(&v.list[b.i]))
	})
	for i, e := range es {
		v.order[lo+i] = e.i
	}
}

// head packs the first eight bytes of a name, in an order that never contradicts the names'.
func head(s string) uint64 {
	var h uint64
	for i := range 8 {
		h <<= 8
		if i < len(s) {
			h |= uint64(s[i])
		}
	}
	return h
}

func groupOfGrant(g *cardea.Grant) cardea.GroupID       { return g.Group }
func groupOfEdge(e *cardea.Edge) cardea.GroupID         { return e.Group }
func groupOfRow(r *cardea.LedgerRow) cardea.GroupID     { return r.Group }
func accountOfEdge(e *cardea.Edge) cardea.AccountID     { return e.Account }
func accountOfRow(r *cardea.LedgerRow) cardea.AccountID { return r.Account }
