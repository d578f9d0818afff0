package change

import (
	"cmp"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// How long after it is due an operation must be confirmed (RULES.md 3 START and 6).
const (
	startGrace  = time.Minute
	endGrace    = 5 * time.Minute
	blockGrace  = time.Minute
	wholeSecond = cardea.Second
)

// Plan returns the operations that turn what is there into what was decided, in the order in which they are to be
// applied, and the next instant after in.Now at which it would answer differently on the same input (Never: not before
// something else changes). Held operations are part of the changeset and of its hash.
func Plan(in Input) (cardea.Changeset, cardea.Instant) { return plan(&in) }

func plan(in *Input) (cardea.Changeset, cardea.Instant) {
	if in.Brake == (cardea.Brake{}) {
		in.Brake = cardea.DefaultBrake
	}
	s := newSeats(in)
	p := newPlanner(in, s)
	p.units()
	if !p.groups() {
		s.clear()
		p = newPlanner(in, s)
		p.units()
		p.wanted.mend(nil)
		p.edges.mend(accountOfEdge)
		p.ledger.mend(accountOfRow)
		p.groups()
	}
	p.unmapped()
	p.creates()
	p.links()
	p.updates()
	p.beyond()

	in.seen.grows = p.later.next
	cs := cardea.Changeset{Door: in.Door, MadeAt: in.Now, Operations: p.ops, Issues: p.issues}
	for _, f := range filters() {
		cs = f.apply(cs, in)
	}
	cs.Operations = inOrder(cs.Operations, unitGroups(in.Groups, in.Units))
	cs.Issues = tidy(append(cs.Issues, in.seen.brakes...))
	cs.Hash = cardea.HashOf(cs.Operations)
	p.at(in.seen.slides)
	return cs, p.next
}

// planner is one Plan at work.
type planner struct {
	horn

	later  horn // when the brake counts an edge that it does not count now
	in     *Input
	seats  *seats
	wanted view[cardea.Grant]
	edges  view[cardea.Edge]
	ledger view[cardea.LedgerRow]
	mapped []cardea.GroupID // sorted, each once
	owner  map[cardea.AccountID]cardea.PersonID
	told   map[string]bool // issues that are said once
	ops    []cardea.Operation
	issues []cardea.Issue

	disorder bool // edges or rows of a group turned out not to come by account

	// The grants of the group that is being planned: packed (place, grant), and what each asks, from base on.
	due, arriving, spare []uint64
	early                []goal
	base                 int
	found                []seat // of the group's grants

	open   map[cardea.PersonID][]cardea.Window // when people have the group openOf, nil before somebody asked
	openOf cardea.GroupID

	barred map[int32]bool // places of blocked accounts, nil when there are none
}

func newPlanner(in *Input, s *seats) *planner {
	in.seen = &sight{
		names:  map[cardea.GroupID]string{},
		inStep: map[cardea.GroupID]int{},
		coming: map[cardea.GroupID]int{},
		loses:  map[cardea.OpKey]bool{},
		slides: cardea.Never,
	}
	for _, g := range in.Groups {
		name := g.Name
		if name == "" {
			name = string(g.ID)
		}
		in.seen.names[g.ID] = name
	}
	p := &planner{
		in:     in,
		horn:   horn{in.Now, cardea.Never},
		later:  horn{in.Now, cardea.Never},
		seats:  s,
		mapped: slices.Compact(slices.Sorted(slices.Values(in.Mapped))),
		wanted: view[cardea.Grant]{list: in.Wanted, group: groupOfGrant},
		edges:  view[cardea.Edge]{list: in.Edges, group: groupOfEdge},
		ledger: view[cardea.LedgerRow]{list: in.Ledger, group: groupOfRow},
	}
	for a := range in.Blocked {
		if p.barred == nil {
			p.barred = make(map[int32]bool, len(in.Blocked))
		}
		p.barred[s.find(a)] = true
	}
	return p
}

// plan adds an operation.
func (p *planner) plan(o cardea.Operation) {
	o.Key = cardea.KeyOf(p.in.Door, o)
	if len(p.ops) == cap(p.ops) { // doubled: append would move them five times as often, and they are large
		p.ops = slices.Grow(p.ops, max(16, len(p.ops)))
	}
	p.ops = append(p.ops, o)
}

// cause asks decide why there is no grant. An answer that is no cause of a removal means that nothing is known.
func (p *planner) cause(person cardea.PersonID, g cardea.GroupID, was []cardea.Reason) cardea.Cause {
	if p.in.Cause == nil {
		return cardea.CauseVanished
	}
	switch c := p.in.Cause(person, g, was); c {
	case cardea.CauseEnded, cardea.CauseCancelled, cardea.CauseDeleted, cardea.CauseMoved, cardea.CauseLeft,
		cardea.CauseLocked, cardea.CauseBlocked, cardea.CauseGate, cardea.CauseVanished, cardea.CauseOutOfScope,
		cardea.CauseUnmapped, cardea.CauseStray, cardea.CauseStale:
		return c
	case cardea.CauseGranted, cardea.CauseExtended, cardea.CauseAdopted, cardea.CauseExpired, cardea.CauseUndone,
		cardea.CauseLeaving, cardea.CauseHandedOver, cardea.CauseProfile:
	}
	return cardea.CauseVanished
}

// holder is the person an account is linked to; the first of several.
func (p *planner) holder(a cardea.AccountID) cardea.PersonID {
	if p.owner == nil {
		p.owner = make(map[cardea.AccountID]cardea.PersonID, len(p.in.Links))
		for _, l := range p.in.Links {
			if before, has := p.owner[l.Account]; !has || l.Person < before {
				p.owner[l.Account] = l.Person
			}
		}
	}
	return p.owner[a]
}

// wants says whether a person has a grant of the group now, whatever account it is given to, and notes when that changes. It is
// asked where an account is not listed, and so not the person's for now.
func (p *planner) wants(person cardea.PersonID, g cardea.GroupID) bool {
	if p.open == nil || p.openOf != g {
		p.open, p.openOf = map[cardea.PersonID][]cardea.Window{}, g
		for i := range p.in.Wanted {
			if w := &p.in.Wanted[i]; w.Group == g {
				p.open[w.Person] = append(p.open[w.Person], w.Windows...)
			}
		}
	}
	now := false
	for _, w := range p.open[person] {
		p.at(w.From)
		p.at(w.Until)
		now = now || w.Holds(p.now)
	}
	return now
}

// links plans to remember the pairs that are not remembered yet.
func (p *planner) links() {
	for _, l := range p.in.Fresh {
		if p.in.Only != nil && !p.in.Only[l.Person] {
			continue
		}
		p.plan(cardea.Operation{
			Verb: cardea.VerbLink, Account: l.Account, Person: l.Person, Link: &l, Window: cardea.Forever,
			Cause: cardea.CauseGranted, Due: p.in.Now, Deadline: cardea.Never,
		})
	}
}

// issue reports something once.
func (p *planner) issue(i cardea.Issue) { p.issues = append(p.issues, i) }

// once says whether the code was not yet reported of this name.
func (p *planner) once(code, name string) bool {
	k := code + "\x00" + name
	if p.told[k] {
		return false
	}
	if p.told == nil {
		p.told = map[string]bool{}
	}
	p.told[k] = true
	return true
}

// tidy sorts issues.
func tidy(is []cardea.Issue) []cardea.Issue {
	slices.SortFunc(is, func(a, b cardea.Issue) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Person, b.Person),
			cmp.Compare(a.Account, b.Account), cmp.Compare(a.Text, b.Text))
	})
	return is
}
