package decide

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/cardea-access/cardea"
)

// Grants returns everybody who may pass around the span, sorted by group, person, one grant for each pair. Windows are
// whole, never clipped to the span: every united window that touches it, and only those. Grants share memory with the
// index and with one another and must not be changed.
func (x *Index) Grants(span cardea.Window) []cardea.Grant {
	u := union{e: x.evaluate(span)}
	u.timed = make([]*found, len(x.timed))
	out := make([]cardea.Grant, 0, len(x.edges))
	for i := 0; i < len(x.edges); {
		end := i + 1
		for end < len(x.edges) && x.edges[end].group == x.edges[i].group && x.edges[end].person == x.edges[i].person {
			end++
		}
		g := cardea.Grant{Person: x.people.ids[x.edges[i].person], Group: x.groups[x.edges[i].group]}
		if u.grant(&g, x.edges[i:end]) {
			out = append(out, g)
		}
		i = end
	}
	return out
}

// union makes grants from findings.
type union struct {
	e       *evaluation
	timed   []*found // by finding, those that depend on the asked time
	list    []found
	all     []cardea.Window
	windows slab[cardea.Window]
	reasons slab[cardea.Reason]
}

// found is a finding's windows around the span, and its reason with those that touch it.
type found struct {
	timed
	touch  []cardea.Window
	reason []cardea.Reason
}

// grant fills a grant from the edges of one person and group; false when nothing touches the span.
func (u *union) grant(g *cardea.Grant, edges []edge) bool {
	x, span := u.e.x, u.e.span
	if len(edges) == 1 {
		i := edges[0].finding
		switch {
		case x.timedAt[i] != none:
			once := u.find(i)
			g.Windows, g.Reasons = once.touch, once.reason
			return len(once.touch) > 0
		case x.windows[i].Touches(span):
			g.Windows, g.Reasons = x.windows[i:i+1:i+1], x.reasons[i:i+1:i+1]
			return true
		}
		return false
	}
	u.list, u.all = u.list[:0], u.all[:0]
	last := none
	for _, e := range edges {
		if e.finding == last {
			continue // a host who is invited to the booking too
		}
		last = e.finding
		f := u.find(e.finding)
		u.list = append(u.list, f)
		u.all = append(u.all, f.windows...)
	}
	all := unite(u.all)
	first, end := touching(all, span)
	if first == end {
		return false
	}
	g.Windows = u.windows.put(all[first:end])
	hull := cardea.Window{From: all[first].From, Until: all[end-1].Until}
	n := 0
	for _, f := range u.list {
		if a, b := touching(f.windows, hull); a < b {
			u.list[n] = f
			n++
		}
	}
	g.Reasons = u.reasons.take(n)
	for i, f := range u.list[:n] {
		a, b := touching(f.windows, hull)
		r := f.reason[0]
		r.Windows = f.windows[a:b:b]
		if f.due != nil {
			r.Due = f.due[a:b:b]
		}
		g.Reasons[i] = r
	}
	slices.SortFunc(g.Reasons, compareReasons)
	return true
}

// find returns a finding's windows. One that is the same at every time is ready; the others are worked out once.
func (u *union) find(i int32) found {
	x := u.e.x
	n := x.timedAt[i]
	if n == none {
		return found{timed: timed{windows: x.windows[i : i+1 : i+1], due: x.reasons[i].Due}, reason: x.reasons[i : i+1 : i+1]}
	}
	if u.timed[n] != nil {
		return *u.timed[n]
	}
	t, err := u.e.of(&x.timed[n])
	if err != nil {
		t = timed{} // refused: Explain says why
	}
	once := found{timed: t}
	a, b := touching(t.windows, u.e.span)
	once.touch = t.windows[a:b:b]
	once.reason = u.reasons.take(1)
	r := x.reasons[i]
	r.Windows = once.touch
	if r.Due = nil; t.due != nil {
		r.Due = t.due[a:b:b]
	}
	once.reason[0] = r
	u.timed[n] = &once
	return once
}

// slab hands out slices of one array, so that many small lists cost one allocation.
type slab[T any] struct {
	free []T
	made int
}

// take returns n fresh values. The arrays grow with what was asked for before, so that few people cost little.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.made = min(max(2*s.made, 8), 8192)
		s.free = make([]T, max(n, s.made))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// put copies a list.
func (s *slab[T]) put(list []T) []T {
	out := s.take(len(list))
	copy(out, list)
	return out
}

// compareReasons orders the reasons of a grant.
func compareReasons(a, b cardea.Reason) int {
	if c := cmp.Or(
		strings.Compare(a.Integration, b.Integration), strings.Compare(string(a.Rule), string(b.Rule)),
		strings.Compare(string(a.Record.Kind), string(b.Record.Kind)), strings.Compare(a.Record.ID, b.Record.ID),
		slices.CompareFunc(a.Via, b.Via, compareKeys), strings.Compare(string(a.Kind), string(b.Kind)),
		strings.Compare(a.Item, b.Item),
	); c != 0 {
		return c
	}
	return slices.CompareFunc(a.Windows, b.Windows, func(v, w cardea.Window) int {
		return cmp.Or(cmp.Compare(v.From, w.From), cmp.Compare(v.Until, w.Until))
	})
}

func compareKeys(a, b cardea.Key) int {
	return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.ID, b.ID))
}

// Opens returns the earliest opening of a window after the instant, over everybody, or Never: when Grants of a later
// span would have more. Hours and series are followed for 400 days.
func (x *Index) Opens(after cardea.Instant) cardea.Instant {
	next := cardea.Never
	waiting := make([]int32, len(x.timed)) // of those that depend on the asked time, the ones without an answer yet
	for i := range waiting {
		waiting[i] = int32(i)
	}
	for i, w := range x.windows {
		if x.timedAt[i] == none && w.From > after && w.From < next {
			next = w.From
		}
	}
	seen := after // every opening up to here is known
	for _, reach := range []cardea.Instant{0, 2 * grid, ahead} {
		if len(waiting) == 0 || next <= seen {
			break
		}
		e := x.evaluate(cardea.Window{From: after, Until: after + reach})
		e.near = 1
		still := waiting[:0]
		for _, i := range waiting {
			f := &x.timed[i]
			if f.base.Until <= after || f.base.From > next {
				continue
			}
			t, err := e.of(f)
			if err != nil {
				continue
			}
			later := sort.Search(len(t.windows), func(i int) bool { return t.windows[i].From > after })
			if later < len(t.windows) {
				next = min(next, t.windows[later].From)
			} else {
				still = append(still, i)
			}
		}
		waiting, seen = still, after+reach+around
	}
	return next
}
