package decide

import (
	"slices"
	"sort"

	"github.com/cardea-access/cardea"
)

// Explain says whether a person may pass with a group at an instant, and what every rule says that looked at a record of
// theirs. Open is exactly what Grants says of that instant. Next and Last are sought 400 days ahead and back. A person of
// another connection or without a record has nothing that could be considered.
func (x *Index) Explain(p cardea.PersonID, g cardea.GroupID, at cardea.Instant) cardea.Explanation {
	out := cardea.Explanation{Person: p, Group: g, At: at}
	person := x.number(p)
	if person < 0 {
		return out
	}
	w := witness{x: x, person: person, at: at, now: x.evaluate(cardea.Window{From: at, Until: at})}
	j := judge{x: x, days: &days{}, all: true, crowd: none, person: person, group: x.group(g), hear: w.hear}
	j.about(person)
	now := unite(w.windows)
	if i := slices.IndexFunc(now, func(v cardea.Window) bool { return v.Holds(at) }); i >= 0 {
		out.Open, out.Window = true, &now[i]
	} else {
		out.Next, out.Last = w.next(), w.last()
	}
	out.Considered = w.said
	arrange(&out)
	return out
}

// about judges every record that could concern a person.
func (j *judge) about(person int32) {
	b, team := j.x.backwards(), j.x.teamOf[person]
	for _, i := range b.pushes.of(person) {
		j.push(i)
	}
	if j.x.s.Pushed {
		return // what was sold decides nothing here
	}
	agreements := together(b.agreements.of(person), b.teamAgreements.of(team), b.guests.of(person))
	bookings := together(b.bookings.of(person), b.teamBookings.of(team))
	passes := together(b.passes.of(person), b.teamPasses.of(team))
	for _, t := range j.x.crowds.further[person] {
		agreements = together(agreements, b.teamAgreements.of(t))
		bookings = together(bookings, b.teamBookings.of(t))
		passes = together(passes, b.teamPasses.of(t))
	}
	if len(j.x.crowds.paid) > 0 {
		for _, t := range j.x.teamsOf(person) {
			for _, payer := range j.x.crowds.payers[t] {
				agreements = together(agreements, b.agreements.of(payer))
			}
		}
	}
	if crowd, shares := j.x.crowds.sharing[person]; shares {
		for _, p := range j.x.crowds.list[crowd] {
			passes = together(passes, b.passes.of(p))
		}
	}
	for _, i := range agreements {
		j.agreement(i)
	}
	for _, i := range bookings {
		j.booking(i)
	}
	for _, i := range passes {
		j.pass(i)
	}
}

// together returns the numbers of all lists, sorted, each once.
func together(lists ...[]int32) []int32 {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

// witness listens to the judge for Explain: it keeps what every rule said about one instant.
type witness struct {
	x        *Index
	person   int32
	at       cardea.Instant
	now      *evaluation
	windows  []cardea.Window // of every yes, around the instant
	findings []finding       // of every yes but for the window
	said     []cardea.Consideration
}

func (w *witness) hear(l *look) {
	c := cardea.Consideration{
		Integration: w.x.s.Integration, Rule: l.rule, Record: l.record, Label: w.x.label(l.record),
		Via: slices.Clone(l.via), Verdict: l.says,
	}
	if n := len(l.via); n > 0 {
		c.ViaLabel = w.x.label(l.via[n-1])
	}
	if l.mapping >= 0 {
		c.Kind, c.Item = w.x.mappings[l.mapping].Kind, w.x.mappings[l.mapping].Item
	}
	s := steps{x: w.x, person: w.person, look: l}
	if l.says == cardea.Yes {
		now := w.now.clock(l, w.at)
		c.Verdict, s.stopped, s.cuts = now.verdict, now.stopped, now.cuts
		if !now.refused {
			if !l.locked {
				w.windows = append(w.windows, now.timed.windows...)
				w.findings = append(w.findings, now.finding)
			}
			c.Windows = w.near(&now.finding, now.timed.windows)
			s.window = nearest(c.Windows, w.at)
		}
	} else {
		if l.series < 0 && l.base != cardea.Forever && !l.base.Empty() {
			c.Windows = []cardea.Window{l.base}
			s.window = &c.Windows[0]
		}
		s.stopped = l.asks
	}
	c.Steps = s.list(c.Verdict)
	w.said = append(w.said, c)
}

// clocked is what depends on the instant: the verdict of the window, the hours and the closures.
type clocked struct {
	verdict cardea.Verdict
	stopped ask
	finding finding
	timed   timed
	cuts    hours // the questions of the clock that there were
	refused bool  // the series is
}

// clock answers for a look that is a yes so far.
func (e *evaluation) clock(l *look, at cardea.Instant) clocked {
	c := clocked{verdict: cardea.Yes, stopped: askDone, finding: l.finding(e.x)}
	var err error
	if c.timed, err = e.of(&c.finding); err != nil {
		c.verdict, c.stopped, c.refused = cardea.BadRecurrence, askWindow, true
		return c
	}
	if c.finding.timed && (c.finding.slots != nil || !c.finding.pause.Empty() || c.finding.gate >= 0 || e.x.cuts(l.mapping, l.place)) {
		c.cuts = e.open(&c.finding)
	}
	if holds(c.timed.windows, at) {
		if l.locked {
			c.verdict, c.stopped = cardea.IsLocked, askLock
		}
		return c
	}
	c.verdict, c.stopped = cardea.ByHours, askClosure
	base, err := e.uncut(&c.finding)
	switch {
	case err != nil || !holds(base.windows, at):
		c.stopped = askWindow
		switch {
		case e.x.laterThan(&c.finding, at):
			c.verdict = cardea.NotYet
		case l.spent:
			c.verdict = cardea.UsedUp
		default:
			c.verdict = cardea.Ended
		}
	case c.finding.pause.Holds(at):
		c.verdict, c.stopped = cardea.IsPaused, askPause
	case c.cuts.mapping != nil && !holds(c.cuts.mapping, at):
		c.stopped = askHours
	case c.cuts.slots != nil && !holds(c.cuts.slots, at):
		c.stopped = askSlots
	case c.cuts.place != nil && !holds(c.cuts.place, at):
		c.stopped = askPlaceHours
	case c.cuts.closures != nil && !holds(c.cuts.closures, at):
	case c.finding.gate >= 0 && !holds(c.cuts.gate, at):
		c.verdict, c.stopped = cardea.NoPass, askGate
	}
	return c
}

// laterThan says whether a finding has a window that opens after the instant, before hours cut it.
func (x *Index) laterThan(f *finding, at cardea.Instant) bool {
	if f.booking < 0 {
		return f.base.From > at && !f.base.Empty()
	}
	e := x.evaluate(cardea.Window{From: at, Until: at + ahead})
	e.near = 1
	t, err := e.uncut(f)
	return err == nil && len(t.windows) > 0 && t.windows[len(t.windows)-1].From > at
}

// near returns the windows within eight days of the instant, at most twenty; where there are none, the next one and the
// last one.
func (w *witness) near(f *finding, ws []cardea.Window) []cardea.Window {
	first, end := touching(ws, cardea.Window{From: w.at - around, Until: w.at + around})
	if end-first > 20 {
		middle := first + sort.Search(end-first, func(i int) bool { return ws[first+i].Until > w.at })
		first = max(first, middle-10)
		end = min(end, first+20)
	}
	if first < end {
		return slices.Clone(ws[first:end])
	}
	var out []cardea.Window
	if last := w.lastOf([]finding{*f}); last != nil {
		out = append(out, *last)
	}
	if next := w.nextOf([]finding{*f}); next != nil {
		out = append(out, *next)
	}
	return out
}

func (w *witness) next() *cardea.Window { return w.nextOf(w.findings) }
func (w *witness) last() *cardea.Window { return w.lastOf(w.findings) }

// nextOf returns the first united window that opens after the instant.
func (w *witness) nextOf(fs []finding) *cardea.Window {
	e := w.x.evaluate(cardea.Window{From: w.at, Until: w.at + ahead})
	e.near = 1
	all := e.unite(fs)
	i := sort.Search(len(all), func(i int) bool { return all[i].From > w.at })
	if i == len(all) {
		return nil
	}
	return &all[i]
}

// lastOf returns the last united window that ended before the instant.
func (w *witness) lastOf(fs []finding) *cardea.Window {
	e := w.x.evaluate(cardea.Window{From: w.at - ahead, Until: w.at})
	e.near = -1
	all := e.unite(fs)
	i := sort.Search(len(all), func(i int) bool { return all[i].Until > w.at })
	if i == 0 {
		return nil
	}
	return &all[i-1]
}

// unite returns the united windows of findings; what is refused gives none.
func (e *evaluation) unite(fs []finding) []cardea.Window {
	var all []cardea.Window
	for i := range fs {
		if t, err := e.of(&fs[i]); err == nil {
			all = append(all, t.windows...)
		}
	}
	return unite(all)
}

func holds(ws []cardea.Window, at cardea.Instant) bool {
	return slices.ContainsFunc(ws, func(w cardea.Window) bool { return w.Holds(at) })
}

// nearest returns the window that holds the instant, else the next, else the last.
func nearest(ws []cardea.Window, at cardea.Instant) *cardea.Window {
	for i := range ws {
		if ws[i].Until > at {
			return &ws[i]
		}
	}
	if len(ws) == 0 {
		return nil
	}
	return &ws[len(ws)-1]
}
