package decide

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/cardea-access/cardea"
)

// wholeWeek says whether hours leave no minute of the week out, so that they cut nothing.
func wholeWeek(h *cardea.Hours) bool {
	const week = 7 * 24 * 60
	var open [week]bool
	for day, spans := range h {
		for _, s := range spans {
			for m := s.From; m < s.Until; m++ {
				open[(day*24*60+m)%week] = true
			}
		}
	}
	return !slices.Contains(open[:], false)
}

// opening returns the windows in which hours are open, those of the dates around [lo, hi] and as far beyond as needed
// for every window that touches [lo, hi] to be whole. Extra spans widen single dates.
func (d *days) opening(
	h *cardea.Hours, extra map[cardea.Date][]cardea.Span, zone *time.Location, lo, hi cardea.Instant,
) []cardea.Window {
	const furthest = 512 // days; hours that are not the whole week close every week, but for extra dates
	first, last := cardea.DateOf(lo, zone), cardea.DateOf(hi, zone)
	for margin := cardea.Date(8); ; margin *= 2 {
		from, to := first-margin, last+margin
		var open []cardea.Window
		for date := from; date <= to; date++ {
			begin, end := d.start(date, zone), d.start(date+1, zone)
			if begin == end {
				continue // the zone skipped this date
			}
			for _, s := range h[date.Weekday()] {
				open = append(open, d.span(date, s, zone))
			}
			for _, s := range extra[date] {
				open = append(open, d.span(date, s, zone))
			}
		}
		open = unite(open)
		cutOff := len(open) > 0 && (open[0].From <= d.start(from, zone) && open[0].Until >= lo ||
			open[len(open)-1].Until >= d.start(to+1, zone) && open[len(open)-1].From <= hi)
		if !cutOff || margin >= furthest {
			return open
		}
	}
}

// span returns the window of a span of a date. A day's own borders are used where it starts or ends with them: midnight
// may not exist.
func (d *days) span(date cardea.Date, s cardea.Span, zone *time.Location) cardea.Window {
	edge := func(minutes int) cardea.Instant {
		if minutes%(24*60) == 0 {
			return d.start(date+cardea.Date(minutes/(24*60)), zone)
		}
		return cardea.WallTime(date, minutes*60, zone)
	}
	return cardea.Window{From: edge(s.From), Until: edge(s.Until)}
}

// outside returns the time that is not on one of the dates: whole local days are cut.
func (d *days) outside(closed []cardea.Date, zone *time.Location) []cardea.Window {
	var shut []cardea.Window
	for _, date := range closed {
		shut = append(shut, cardea.Window{From: d.start(date, zone), Until: d.start(date+1, zone)})
	}
	var open []cardea.Window
	from := cardea.Always
	for _, w := range unite(shut) {
		open = append(open, cardea.Window{From: from, Until: w.From})
		from = w.Until
	}
	return append(open, cardea.Window{From: from, Until: cardea.Never})
}

// unite sorts windows and makes those that touch one; empty ones go. It works in place.
func unite(ws []cardea.Window) []cardea.Window {
	byFrom := func(a, b cardea.Window) int { return cmp.Compare(a.From, b.From) }
	if !slices.IsSortedFunc(ws, byFrom) {
		slices.SortFunc(ws, byFrom)
	}
	out := ws[:0]
	for _, w := range ws {
		switch n := len(out); {
		case w.Empty():
		case n > 0 && w.From <= out[n-1].Until:
			out[n-1].Until = max(out[n-1].Until, w.Until)
		default:
			out = append(out, w)
		}
	}
	return out
}

// touching returns the range of windows, sorted and disjoint, that touch the span.
func touching(ws []cardea.Window, span cardea.Window) (first, end int) {
	first = sort.Search(len(ws), func(i int) bool { return ws[i].Until >= span.From })
	end = first + sort.Search(len(ws)-first, func(i int) bool { return ws[first+i].From > span.Until })
	return first, end
}

// cutBy returns the instants that lie in a window and in one of the sorted, disjoint windows. Where nothing is cut off it
// shares the list.
func cutBy(w cardea.Window, open []cardea.Window) []cardea.Window {
	first, end := touching(open, w)
	open = open[first:end:end]
	if len(open) == 0 || open[0].From >= w.From && open[0].From < w.Until && open[len(open)-1].Until <= w.Until {
		return open
	}
	out := make([]cardea.Window, 0, len(open))
	for _, o := range open {
		if c := o.Cut(w); !c.Empty() {
			out = append(out, c)
		}
	}
	return out
}

// both returns the instants that lie in both lists.
func both(a, b []cardea.Window) []cardea.Window {
	var out []cardea.Window
	for _, w := range a {
		out = append(out, cutBy(w, b)...)
	}
	return out
}
