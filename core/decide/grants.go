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
	u := newUnion(x, span)
	out, n := make([]cardea.Grant, len(x.edges)), 0
	for i := 0; i < len(x.edges); {
		end := i + 1
		for end < len(x.edges) && x.edges[end].group == x.edges[i].group && x.edges[end].person == x.edges[i].person {
			end++
		}
		if g := &out[n]; u.grant(g, x.edges[i:end]) {
			g.Person, g.Group = x.people.ids[x.edges[i].person], x.groups[x.edges[i].group]
			n++
		}
		i = end
	}
	return out[:n]
}

// union makes grants from edges.
type union struct {
	e       *evaluation
	timed   []*found  // by place in timed
	written []written // by yes
	pages   [][]cardea.Reason
	list    []found
	all     []cardea.Window
	windows slab[cardea.Window]
	reasons slab[cardea.Reason]
	via     slab[cardea.Key]
}

// written is where a yes has its window, and where its reason was written plus one. Both are zero but for those whose
// window touches the span.
type written struct{ window, reason int32 }

// page is how many reasons are written to one array. It is small enough to be still at hand in a processor's cache, where
// it was cleared, when it is filled.
const page = 512

// found is what a yes gives around the span, and its reason with the windows that touch it.
type found struct {
	timed

	yes    int32
	touch  []cardea.Window
	reason []cardea.Reason
}

// newUnion writes the reasons of everything whose window touches the span, in the order in which it was found: the
// records are read one after the other, and everybody whom a record lets in shares the reason.
func newUnion(x *Index, span cardea.Window) *union {
	u := &union{e: x.evaluate(span), timed: make([]*found, len(x.timed)), written: make([]written, len(x.yeses))}
	n := int32(0)
	for i := range x.yeses {
		y := &x.yeses[i]
		if y.window == none || !x.windows[y.window].Touches(span) {
			continue
		}
		if n%page == 0 {
			u.pages = append(u.pages, make([]cardea.Reason, min(page, len(x.yeses)-i)))
		}
		r := &u.pages[n/page][n%page]
		u.write(r, y)
		n++
		u.written[i] = written{y.window, n}
	}
	return u
}

// reason returns what was written.
func (u *union) reason(at written) []cardea.Reason {
	n := int(at.reason - 1)
	return u.pages[n/page][n%page : n%page+1 : n%page+1]
}

// write fills a reason. One that depends on the asked time has no windows yet.
func (u *union) write(r *cardea.Reason, y *yes) {
	x, m := u.e.x, &u.e.x.mappings[y.mapping]
	r.Integration, r.Rule, r.Kind, r.Item = x.s.Integration, m.rule, m.Kind, m.Item
	switch m.rule {
	case cardea.RuleBooking:
		r.Record = x.d.Bookings[y.record].Key()
	case cardea.RuleDayPass, cardea.RulePass:
		r.Record = x.d.Passes[y.record].Key()
	default:
		r.Record = x.d.Agreements[y.record].Key()
	}
	if y.assignment >= 0 {
		r.Via = u.via.take(2)
		r.Via[0], r.Via[1] = x.d.Assignments[y.assignment].Key(), x.ways[y.way].item
	}
	if y.window >= 0 {
		r.Windows = x.windows[y.window : y.window+1 : y.window+1]
	}
	if y.due >= 0 {
		r.Due = x.dues[y.due : y.due+1 : y.due+1]
	}
}

// grant fills a grant from the edges of one person and group; false when nothing touches the span.
func (u *union) grant(g *cardea.Grant, edges []edge) bool {
	x, span := u.e.x, u.e.span
	if len(edges) == 1 {
		i := edges[0].yes
		if at := u.written[i]; at.reason > 0 {
			g.Windows, g.Reasons = x.windows[at.window:at.window+1:at.window+1], u.reason(at)
			return true
		}
		if x.yeses[i].timed == none {
			return false
		}
		once := u.find(i)
		g.Windows, g.Reasons = once.touch, once.reason
		return len(once.touch) > 0
	}
	u.list, u.all = u.list[:0], u.all[:0]
	last := none
	for _, e := range edges {
		if e.yes == last {
			continue // a host who is invited to the booking too
		}
		last = e.yes
		f := u.find(e.yes)
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
		r := &g.Reasons[i]
		if at := u.written[f.yes]; at.reason > 0 {
			*r = u.reason(at)[0]
		} else {
			u.write(r, &x.yeses[f.yes])
		}
		r.Windows = f.windows[a:b:b]
		if f.due != nil {
			r.Due = f.due[a:b:b]
		}
	}
	slices.SortFunc(g.Reasons, compareReasons)
	return true
}

// find returns what a yes gives. What is the same at every time is ready; the rest is worked out once.
func (u *union) find(i int32) found {
	x := u.e.x
	y := &x.yeses[i]
	if y.timed == none {
		f := found{yes: i, timed: timed{windows: x.windows[y.window : y.window+1 : y.window+1]}}
		if y.due >= 0 {
			f.due = x.dues[y.due : y.due+1 : y.due+1]
		}
		return f
	}
	if once := u.timed[y.timed]; once != nil {
		return *once
	}
	t, err := u.e.of(&x.timed[y.timed])
	if err != nil {
		t = timed{} // refused: Explain says why
	}
	once := found{yes: i, timed: t}
	a, b := touching(t.windows, u.e.span)
	once.touch = t.windows[a:b:b]
	if a < b {
		once.reason = u.reasons.take(1)
		r := &once.reason[0]
		u.write(r, y)
		r.Windows = once.touch
		if t.due != nil {
			r.Due = t.due[a:b:b]
		}
	}
	u.timed[y.timed] = &once
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
	for _, w := range x.windows {
		if w.From > after && w.From < next {
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
