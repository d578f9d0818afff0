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

// GateIssues says how many pass by an agreement at an instant without a valid pass, and who the first are, where the gate reports.
// The directory must be the whole one.
func (x *Index) GateIssues(now cardea.Instant) []cardea.Issue {
	if x.s.PassGate != gateReport {
		return nil
	}
	const named = 5
	e := x.evaluate(cardea.Window{From: now, Until: now})
	var without []string
	last := none
	for _, p := range x.byAgreement(e, now) {
		if p != last && !holds(x.gate[p], now) {
			without = append(without, x.label(x.person(p).Key()))
		}
		last = p
	}
	if len(without) == 0 {
		return nil
	}
	more := ""
	if n := len(without) - named; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	many, have := fmt.Sprintf("%d people pass by their agreements", len(without)), "have"
	if len(without) == 1 {
		many, have = "1 person passes by an agreement", "has"
	}
	return []cardea.Issue{{Code: IssueNoPass, Minor: true, Text: fmt.Sprintf(
		"%s and %s no valid pass, so that passgate: on would keep them out: %s%s", many, have,
		strings.Join(without[:min(named, len(without))], ", "), more)}}
}

// byAgreement returns everybody who passes by an agreement at an instant, sorted; somebody may come more than once.
func (x *Index) byAgreement(e *evaluation, now cardea.Instant) []int32 {
	var all []int32
	for _, one := range x.edges {
		if x.reasons.of(one.yes)[0].Record.Kind != cardea.KindAgreement {
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
