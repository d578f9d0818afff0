package decide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// IssueNoPass says that members pass by their agreements without a valid pass.
const IssueNoPass = "no-valid-pass"

// The values of the setting that matter.
const (
	gateReport = "report"
	gateOn     = "on"
)

// gates says whether what agreements give needs a valid pass (RULES.md 2, PASSGATE).
func (x *Index) gates() bool { return x.s.PassGate == gateOn }

// gated says whether what a record of this kind gives needs a valid pass: what is booked, only where the operator says so.
func (x *Index) gated(k cardea.Kind) bool { return x.gates() && x.gateable(k) }

// gateOf returns the person whose passes a record of this kind takes, or none: visitors are asked for no pass.
func (x *Index) gateOf(k cardea.Kind, person int32) int32 {
	if !x.gated(k) || x.person(person).Visitor {
		return none
	}
	return person
}

// gateable says whether the gate, on or only reporting, is about what a record of this kind gives.
func (x *Index) gateable(k cardea.Kind) bool {
	return k == cardea.KindAgreement || k == cardea.KindBooking && x.s.PassGateBookings
}

// internGate works out when everybody holds a valid pass: their own or one that is shared with them, of any type and location, and
// to the end of a day of use. Neither hours nor slots nor mappings count.
func (x *Index) internGate() {
	if x.s.PassGate != gateOn && x.s.PassGate != gateReport {
		return
	}
	x.gate = make([][]cardea.Window, len(x.people.ids))
	j := judge{x: x, days: &days{}, person: none, group: none, crowd: none}
	for i := range x.d.Passes {
		outside, is := j.valid(int32(i))
		if !is || j.look.says != cardea.Yes {
			continue
		}
		j.look.holder.each(x, func(p int32) { x.gate[p] = append(x.gate[p], j.look.base, outside) })
	}
	for p := range x.gate {
		x.gate[p] = unite(x.gate[p])
	}
}

// GateIssues says how many pass at an instant by what the gate is about, without a valid pass, and who the first are, where the gate
// reports. The directory must be the whole one.
func (x *Index) GateIssues(now cardea.Instant) []cardea.Issue {
	if x.s.PassGate != gateReport {
		return nil
	}
	const named = 5
	e := x.evaluate(cardea.Window{From: now, Until: now})
	var without []string
	last := none
	for _, p := range x.byGateable(e, now) {
		if p != last && !holds(x.gate[p], now) {
			without = append(without, x.label(x.person(p).Key()))
		}
		last = p
	}
	if len(without) == 0 {
		return nil
	}
	more, bookings := "", x.s.PassGateBookings
	if n := len(without) - named; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	many, by, have := fmt.Sprintf("%d people pass", len(without)), "their agreements", "have"
	if bookings {
		by = "their agreements or bookings"
	}
	if len(without) == 1 {
		many, by, have = "1 person passes", "an agreement", "has"
		if bookings {
			by = "an agreement or booking"
		}
	}
	return []cardea.Issue{{Code: IssueNoPass, Minor: true, Text: fmt.Sprintf(
		"%s by %s and %s no valid pass, so that passgate: on would keep them out: %s%s", many, by, have,
		strings.Join(without[:min(named, len(without))], ", "), more)}}
}

// byGateable returns every member who passes at an instant by what the gate is about, sorted; somebody may come more than once.
func (x *Index) byGateable(e *evaluation, now cardea.Instant) []int32 {
	var all []int32
	for _, one := range x.edges {
		if !x.gateable(x.reasons.of(one.yes)[0].Record.Kind) || x.person(one.person).Visitor {
			continue
		}
		if place, is := one.when.timed(); !is {
			if x.windows[one.when].Holds(now) {
				all = append(all, one.person)
			}
		} else if t, err := e.of(&x.timed[place]); err == nil && holds(t.windows, now) {
			all = append(all, one.person)
		}
	}
	slices.Sort(all)
	return all
}
