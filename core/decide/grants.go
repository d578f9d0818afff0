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
	u := &union{e: x.evaluate(span), timed: make([]*found, len(x.timed))}
	out, n := make([]cardea.Grant, len(x.edges)), 0
	for i := 0; i < len(x.edges); {
		first := x.edges[i]
		end := i + 1
		for end < len(x.edges) && x.edges[end].group == first.group && x.edges[end].person == first.person {
			end++
		}
		if g := &out[n]; u.grant(g, x.edges[i:end]) {
			g.Person, g.Group, g.Nth = x.people.ids[first.person], x.groups[first.group], first.person
			n++
		}
		i = end
	}
	return out[:n]
}

// union makes grants from edges.
type union struct {
	e       *evaluation
	timed   []*found // by place in timed
	list    []found
	all     []cardea.Window
	windows slab[cardea.Window]
	reasons slab[cardea.Reason]
}

// found is what a yes gives around the span, and its reason with the windows that touch it.
type found struct {
	timed

	yes    int32
	touch  []cardea.Window
	reason []cardea.Reason
}

// grant fills a grant from the edges of one person and group; false when nothing touches the span.
func (u *union) grant(g *cardea.Grant, edges []edge) bool {
	x, span := u.e.x, u.e.span
	if len(edges) == 1 {
		e := edges[0]
		if w := e.when; w >= 0 {
			if !x.windows[w].Touches(span) {
				return false
			}
			g.Windows, g.Reasons = x.windows[w:w+1:w+1], x.reasons.of(e.yes)
			return true
		}
		once := u.find(e)
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
		f := u.find(e)
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
		*r = x.reasons.of(f.yes)[0]
		r.Windows = f.windows[a:b:b]
		if f.due != nil {
			r.Due = f.due[a:b:b]
		}
	}
	slices.SortFunc(g.Reasons, compareReasons)
	return true
}

// find returns what a yes gives. What is the same at every time is ready; the rest is worked out once.
func (u *union) find(e edge) found {
	x := u.e.x
	place, is := e.when.timed()
	if !is {
		r := &x.reasons.of(e.yes)[0]
		return found{yes: e.yes, timed: timed{windows: r.Windows, due: r.Due}}
	}
	if once := u.timed[place]; once != nil {
		return *once
	}
	t, err := u.e.of(&x.timed[place])
	if err != nil {
		t = timed{} // refused: Explain says why
	}
	once := found{yes: e.yes, timed: t}
	a, b := touching(t.windows, u.e.span)
	once.touch = t.windows[a:b:b]
	if a < b {
		once.reason = u.reasons.take(1)
		r := &once.reason[0]
		*r = x.reasons.of(e.yes)[0]
		r.Windows = once.touch
		if t.due != nil {
			r.Due = t.due[a:b:b]
		}
	}
	u.timed[place] = &once
	return once
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
