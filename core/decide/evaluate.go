package decide

import (
	"cmp"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// The time around a span that is judged with it, so that windows which touch it are whole, and the grid on which it
// begins and ends: what is decided must not change because the question is asked a minute later.
const (
	around = 8 * 24 * cardea.Hour
	grid   = 28 * 24 * cardea.Hour
	ahead  = 400 * 24 * cardea.Hour // how far Explain and Opens look
)

// evaluation answers what depends on the asked time, for one span. It is used by one goroutine.
type evaluation struct {
	x      *Index
	span   cardea.Window
	lo, hi cardea.Instant
	days   *days
	hours  map[hoursKey]hours
	rooms  map[string][]taken
	// near looks less far into a series that is too dense for the whole span, instead of refusing it: only at the span's
	// beginning (1) or end (-1).
	near int
}

// hoursKey names what cuts a finding by the clock.
type hoursKey struct {
	mapping, place int32
	zone           *time.Location
	slots          *cardea.Hours
	pause          cardea.Window
	gate           int32
}

// hours are what cuts, each nil when it does not: sorted, disjoint windows that stay open.
type hours struct{ pause, mapping, slots, place, closures, gate, all []cardea.Window }

// evaluate starts an evaluation. A span without an end is judged for a little over a year where hours or a series need
// an end; what needs none is not limited.
func (x *Index) evaluate(span cardea.Window) *evaluation {
	e := &evaluation{x: x, span: span, days: &days{}, hours: map[hoursKey]hours{}}
	e.lo, e.hi = span.From, span.Until
	switch {
	case !e.lo.Bounded() && !e.hi.Bounded():
		e.lo, e.hi = 0, ahead
	case !e.lo.Bounded():
		e.lo = e.hi - ahead
	case !e.hi.Bounded():
		e.hi = e.lo + ahead
	}
	e.lo, e.hi = floor(e.lo-around), floor(e.hi+around+grid-1)
	return e
}

// floor returns the last point of the grid that is not after the instant.
func floor(i cardea.Instant) cardea.Instant {
	n := i / grid
	if i < 0 && i%grid != 0 {
		n--
	}
	return n * grid
}

// cuts says whether hours or closures may cut a finding.
func (x *Index) cuts(mapping, at int32) bool {
	m := &x.mappings[mapping]
	if m.hours != nil {
		return true
	}
	return at >= 0 && (len(x.places[at].closures) > 0 || x.places[at].hours != nil && !m.Always)
}

// timed is what a finding gives: windows, sorted, disjoint and not touching, and for a booking beside each of them the
// instant by which passing must work.
type timed struct {
	windows []cardea.Window
	due     []cardea.Instant
}

// of returns a finding's windows: those around the span, or all where there are few.
func (e *evaluation) of(f *finding) (timed, error) {
	t, err := e.uncut(f)
	if err != nil || f.slots == nil && f.pause.Empty() && f.gate < 0 && !e.x.cuts(f.mapping, f.place) {
		return t, err
	}
	open := e.open(f).all
	if len(t.windows) == 1 && t.due == nil {
		return timed{windows: cutBy(t.windows[0], open)}, nil
	}
	var out timed
	for i, w := range t.windows {
		for _, c := range cutBy(w, open) {
			due := cardea.Always
			if t.due != nil && c.Holds(t.due[i]) {
				due = t.due[i]
			}
			out.windows, out.due = append(out.windows, c), append(out.due, due)
		}
	}
	return out, nil
}

// uncut returns a finding's windows before hours and closures cut them.
func (e *evaluation) uncut(f *finding) (timed, error) {
	if f.booking >= 0 {
		return e.series(f.booking, f.mapping)
	}
	if f.base.Empty() {
		return timed{}, nil
	}
	t := timed{windows: []cardea.Window{f.base}}
	if f.due.Bounded() {
		t.due = []cardea.Instant{f.due}
	}
	return t, nil
}

// open returns what cuts a finding.
func (e *evaluation) open(f *finding) hours {
	x, m := e.x, &e.x.mappings[f.mapping]
	key := hoursKey{mapping: none, place: f.place, zone: f.zone, slots: f.slots, pause: f.pause, gate: f.gate}
	if m.hours != nil || m.Always {
		key.mapping = f.mapping
	}
	if h, ok := e.hours[key]; ok {
		return h
	}
	var h hours
	add := func(ws []cardea.Window) []cardea.Window {
		if ws == nil {
			ws = []cardea.Window{}
		}
		if h.all == nil {
			h.all = ws
		} else {
			h.all = both(h.all, ws)
		}
		return ws
	}
	if !f.pause.Empty() {
		h.pause = add([]cardea.Window{
			{From: cardea.Always, Until: f.pause.From}, {From: f.pause.Until, Until: cardea.Never},
		})
	}
	if m.hours != nil {
		h.mapping = add(e.days.opening(m.hours, nil, f.zone, e.lo, e.hi))
	}
	if f.slots != nil {
		h.slots = add(e.days.opening(f.slots, nil, f.zone, e.lo, e.hi))
	}
	if f.place >= 0 {
		p := &x.places[f.place]
		zone := x.zone(f.place)
		if p.hours != nil && !m.Always {
			h.place = add(e.days.opening(p.hours, p.extra, zone, e.lo, e.hi))
		}
		if len(p.closures) > 0 {
			h.closures = add(e.days.outside(p.closures, zone))
		}
	}
	if f.gate >= 0 {
		h.gate = add(x.gate[f.gate])
	}
	e.hours[key] = h
	return h
}

// series returns the windows of a booking that repeats or is trimmed.
func (e *evaluation) series(booking, mapping int32) (timed, error) {
	x, b, m := e.x, &e.x.d.Bookings[booking], &e.x.mappings[mapping]
	t := x.timesOf(booking, mapping)
	starts, err := e.starts(b, t)
	if err != nil {
		return timed{}, err
	}
	var out timed
	for _, s := range starts {
		w, due := t.around(e.days, s)
		if m.Trim && t.zone == nil {
			w = e.trim(w, booking, s, s+t.lasts)
		}
		if w.Empty() {
			continue
		}
		if n := len(out.windows); n > 0 && w.From <= out.windows[n-1].Until {
			out.windows[n-1].Until = max(out.windows[n-1].Until, w.Until)
			continue
		}
		out.windows, out.due = append(out.windows, w), append(out.due, due)
	}
	return out, nil
}

// starts returns when the occurrences of a booking start whose windows lie around the span.
func (e *evaluation) starts(b *cardea.Booking, t times) ([]cardea.Instant, error) {
	if b.RRule == "" {
		return []cardea.Instant{b.Start}, nil
	}
	const slack = 48 * cardea.Hour // whole days begin before and end after the start
	span := cardea.Window{From: e.lo - max(t.lasts+t.lag, 0) - slack, Until: e.hi + max(t.lead, 0) + slack}
	series := e.x.series[b.RRule]
	if series.err != nil {
		return nil, series.err
	}
	starts, err := series.rule.Expand(b.Start, t.clock, b.Except, span)
	for err != nil && e.near != 0 && span.Until-span.From > grid {
		if half := (span.Until - span.From) / 2; e.near > 0 {
			span.Until -= half
		} else {
			span.From += half
		}
		starts, err = series.rule.Expand(b.Start, t.clock, b.Except, span)
	}
	return starts, err //nolint:wrapcheck // both rooms are ours, and the sentence is whole
}

// taken is a time for which a booking has a room.
type taken struct {
	cardea.Window

	booking int32
}

// trim cuts lead and lag off where another booking has the room.
func (e *evaluation) trim(w cardea.Window, booking int32, start, end cardea.Instant) cardea.Window {
	for _, n := range e.room(e.x.d.Bookings[booking].Resource) {
		if n.From >= w.Until {
			break
		}
		if n.booking == booking {
			continue
		}
		if n.From < start {
			w.From = max(w.From, min(start, n.Until))
		}
		if n.Until > end {
			w.Until = min(w.Until, max(end, n.From))
		}
	}
	return w
}

// room returns what has a resource around the span, sorted: every booking that is there and not cancelled. A series that
// is refused has nothing.
func (e *evaluation) room(resource string) []taken {
	if all, ok := e.rooms[resource]; ok {
		return all
	}
	var all []taken
	for i := range e.x.d.Bookings {
		b := &e.x.d.Bookings[i]
		if b.Resource != resource || b.Cancelled || e.x.lost(b.Key()) != cardea.Yes {
			continue
		}
		t := e.x.lengthOf(int32(i))
		starts, err := e.starts(b, t)
		if err != nil {
			continue
		}
		for _, s := range starts {
			all = append(all, taken{cardea.Window{From: s, Until: s + t.lasts}, int32(i)})
		}
	}
	slices.SortFunc(all, func(a, b taken) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until)) })
	if e.rooms == nil {
		e.rooms = map[string][]taken{}
	}
	e.rooms[resource] = all
	return all
}
