package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Unite joins the grants of several integrations: those of one person and group become one, with united windows and the
// reasons of all. Each list must be sorted as Grants sorts it; the result is.
func Unite(all ...[]cardea.Grant) []cardea.Grant {
	all = slices.DeleteFunc(slices.Clone(all), func(gs []cardea.Grant) bool { return len(gs) == 0 })
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	out := all[0]
	for _, more := range all[1:] {
		out = unitePair(out, more)
	}
	return out
}

func unitePair(a, b []cardea.Grant) []cardea.Grant {
	out := make([]cardea.Grant, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := compareGrants(&a[0], &b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			g := a[0]
			g.Windows = unite(append(slices.Clone(a[0].Windows), b[0].Windows...))
			g.Reasons = append(slices.Clone(a[0].Reasons), b[0].Reasons...)
			slices.SortFunc(g.Reasons, compareReasons)
			out, a, b = append(out, g), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func compareGrants(a, b *cardea.Grant) int {
	return cmp.Or(strings.Compare(string(a.Group), string(b.Group)), strings.Compare(string(a.Person), string(b.Person)))
}

// Join joins the explanations that several integrations give of one person and group at one instant.
func Join(es ...cardea.Explanation) cardea.Explanation {
	var out cardea.Explanation
	var now []cardea.Window
	for i, e := range es {
		if i == 0 {
			out.Person, out.Group, out.At = e.Person, e.Group, e.At
		}
		out.Open = out.Open || e.Open
		if e.Window != nil {
			now = append(now, *e.Window)
		}
		if e.Next != nil && (out.Next == nil || e.Next.From < out.Next.From) {
			out.Next = e.Next
		}
		if e.Last != nil && (out.Last == nil || e.Last.Until > out.Last.Until) {
			out.Last = e.Last
		}
		out.Considered = append(out.Considered, e.Considered...)
	}
	if out.Open {
		out.Next, out.Last = nil, nil
		if now = unite(now); len(now) > 0 {
			out.Window = &now[0]
		}
	}
	arrange(&out)
	return out
}
