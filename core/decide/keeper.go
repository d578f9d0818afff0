package decide

import "github.com/cardea-access/cardea"

// judgeAll has every record judged and keeps what was found.
func (x *Index) judgeAll() {
	d := &x.d
	size := len(d.Agreements) + 2*len(d.Assignments) + len(d.Bookings) + len(d.Passes)
	x.edges = make([]edge, 0, size)
	x.reasons.most = size
	k := &keeper{x: x}
	j := judge{x: x, days: &days{}, person: none, group: none, crowd: none, hear: k.keep}
	for i := range d.Agreements {
		j.agreement(int32(i))
	}
	for i := range d.Bookings {
		j.booking(int32(i))
	}
	for i := range d.Passes {
		j.pass(int32(i))
	}
	for i := range d.Pushes {
		j.push(int32(i))
	}
	x.bad = j.bad
	x.edges = sortEdges(x.edges, len(x.people.ids), len(x.groups))
}

// keeper listens to the judge for Grants: it keeps what is a yes and reaches somebody.
type keeper struct {
	x   *Index
	had [1 << 12]int32 // places of windows that were kept, plus one, by a hash of theirs: a later one takes the place over
	via slab[cardea.Key]
	due slab[cardea.Instant]
}

func (k *keeper) keep(l *look) {
	x := k.x
	if l.says != cardea.Yes || l.locked || l.series == none && l.base.Empty() {
		return
	}
	number, before := int32(x.reasons.n), len(x.edges)
	for _, g := range x.mappings[l.mapping].groups {
		if x.suspended != nil {
			l.holder.each(x, func(p int32) {
				if !x.suspended[p] {
					x.edges = append(x.edges, edge{group: g, person: p, yes: number})
				}
			})
			continue
		}
		if l.holder.booking < 0 && l.holder.person >= 0 {
			x.edges = append(x.edges, edge{group: g, person: l.holder.person, yes: number}) // by far the most, so without a detour
			continue
		}
		l.holder.each(x, func(p int32) { x.edges = append(x.edges, edge{group: g, person: p, yes: number}) })
	}
	if len(x.edges) == before {
		return
	}
	gated := x.gated(l.record.Kind)
	r := x.reasons.add()
	m := &x.mappings[l.mapping]
	r.Integration, r.Rule, r.Record, r.Kind, r.Item = x.s.Integration, m.rule, l.record, m.Kind, m.Item
	r.Guest = l.guest
	if len(l.via) > 0 {
		r.Via = k.via.put(l.via)
	}
	if gated { // everybody has passes of their own
		for i := before; i < len(x.edges); i++ {
			x.edges[i].when = ^when(len(x.timed))
			f := l.finding(x)
			f.gate, f.timed = x.gateOf(l.record.Kind, x.edges[i].person), true
			x.timed = append(x.timed, f)
		}
		return
	}
	var at when
	if l.timed(x) {
		at = ^when(len(x.timed))
		x.timed = append(x.timed, l.finding(x))
	} else {
		at = when(k.window(l.base))
		r.Windows = x.windows[at : at+1 : at+1]
		if l.due.Bounded() {
			r.Due = k.due.take(1)
			r.Due[0] = l.due
		}
	}
	for i := before; i < len(x.edges); i++ {
		x.edges[i].when = at
	}
}

// window returns a window's place. Most records share theirs with many others, and what is shared is read from nearby.
func (k *keeper) window(w cardea.Window) int32 {
	x := k.x
	slot := &k.had[(uint64(w.From)*0x9E3779B97F4A7C15^uint64(w.Until)*0xC2B2AE3D27D4EB4F)>>52]
	if at := *slot - 1; at >= 0 && x.windows[at] == w {
		return at
	}
	x.windows = append(x.windows, w)
	*slot = int32(len(x.windows))
	return int32(len(x.windows) - 1)
}

// sortEdges sorts by group, person; yeses stay in the order in which they were made. Two counting sorts: the numbers are
// small and dense.
func sortEdges(edges []edge, people, groups int) []edge {
	deal := func(from, to []edge, n int, key func(edge) int32) {
		at := make([]int32, n+1)
		for _, e := range from {
			at[key(e)+1]++
		}
		for i := range n {
			at[i+1] += at[i]
		}
		for _, e := range from {
			to[at[key(e)]] = e
			at[key(e)]++
		}
	}
	spare := make([]edge, len(edges))
	deal(edges, spare, people, func(e edge) int32 { return e.person })
	deal(spare, edges, groups, func(e edge) int32 { return e.group })
	return edges
}
