package change

import (
	"cmp"
	"slices"

	"github.com/cardea-access/cardea"
)

// room is one mapped group while it is planned.
type room struct {
	id     cardea.GroupID
	rows   cardea.GroupID // id as the edges hold it: equal strings that are one are compared without being read
	policy cardea.Policy
	keeps  *keeps // nil when nobody is kept
	// attributes are what the edges are to hold beside the group.
	attributes cardea.Attributes
	inStep     int // edges that the brake counts: in step, open and not kept
	coming     int // those that the plan brings
}

// counts says whether the brake counts an edge with this window. When it will, though it does not now, is remembered:
// a hold may look different then.
func (p *planner) counts(s *spot, w cardea.Window) bool {
	if until, kept := s.room.keeps.holds(s.account, s.known); kept {
		p.later.at(until)
		return false
	}
	if p.in.Limits.Timed && w.From > p.now {
		p.later.at(w.From)
		return false
	}
	return true
}

// spot is everything that is known of one account in one group.
type spot struct {
	room    *room
	account cardea.AccountID
	known   *cardea.Account // nil: not in the door system's list
	person  cardea.PersonID // of the grant; of several the first
	windows []cardea.Window // united
	reasons []cardea.Reason
	edge    *cardea.Edge      // nil: not there
	row     *cardea.LedgerRow // nil: not ours
}

// groups plans every mapped group: its grants, edges and ledger rows are walked side by side, by account. It returns false
// when a list turns out not to be in order; then the views must be mended, and all begins again. Looking first and
// planning then would read everything twice.
func (p *planner) groups() bool {
	p.seatEarly()
	var w, e, l int
	for _, g := range p.mapped {
		w, e, l = p.wanted.skip(w, g), p.edges.skip(e, g), p.ledger.skip(l, g)
		if _, there := p.in.seen.names[g]; !there {
			p.issue(cardea.Issue{Code: "group-gone", Group: g, Text: "a mapping names group " + string(g) +
				", which the door system no longer lists; nothing is done for it. If it is gone there, map another group or remove the " +
				"mapping. If it is there, and the login behind the connection only may not see it any more, give it that right: whoever is in " +
				"it passes still"})
			continue
		}
		r := &room{id: g, policy: p.in.policy(g), attributes: p.in.Attributes[g]}
		r.keeps = newKeeps(r.policy.Keep, p.in.Now)
		r.rows = g
		if e < p.edges.len() && p.edges.at(e).Group == g {
			r.rows = p.edges.at(e).Group
		}
		w = p.seat(r, w)
		e, l = p.walk(r, p.due, e, l)
		if p.disorder || p.wanted.before(w, g) || p.edges.before(e, g) || p.ledger.before(l, g) {
			return false
		}
		p.arrivals(r, p.arriving)
		p.in.seen.inStep[g], p.in.seen.coming[g] = r.inStep, r.coming
	}
	p.wanted.rest(w)
	p.edges.rest(e)
	p.ledger.rest(l)
	return !p.wanted.broken && !p.edges.broken && !p.ledger.broken
}

// seat packs the group's grants, which begin at from, as (place, grant), by place: those of accounts in p.due, those of
// accounts that have to be made in p.arriving. It returns where they end.
func (p *planner) seat(r *room, from int) int {
	p.due, p.arriving, p.early, p.base = p.due[:0], p.arriving[:0], p.early[:0], from
	to := from
	for end := p.pack(r, to); end > to; end = p.pack(r, to) {
		to = end
	}
	slices.Sort(p.arriving)
	const few = 200
	switch {
	case slices.IsSorted(p.due):
	case len(p.due) < few:
		slices.Sort(p.due)
	default:
		p.spare = slices.Grow(p.spare[:0], len(p.due))[:len(p.due)]
		sorted := bySeat(p.due, p.spare, len(p.seats.ids))
		if &sorted[0] != &p.due[0] {
			p.due, p.spare = sorted, p.due
		}
	}
	return to
}

// pack packs the next of the group's grants, so few that they stay at hand between finding their seats and asking for
// their windows. It returns where they end: at from when the group has no more.
func (p *planner) pack(r *room, from int) int {
	const few = 128
	to := from
	for to < min(from+few, p.wanted.len()) && p.wanted.at(to).Group == r.id {
		to++
	}
	p.found = p.seats.people.all(p.found[:0], &p.wanted, from, to)
	for i := from; i < to; i++ {
		g := p.wanted.at(i)
		t, has, change := p.target(g.Windows, true)
		if !has {
			t = cardea.Window{From: cardea.Never, Until: cardea.Never}
		}
		p.early = append(p.early, goal{t, change})
		at := p.found[i-from]
		if a, ok := at.account(); ok {
			if p.seats.only == nil || p.seats.only[a] {
				p.due = append(p.due, uint64(a)<<32|uint64(i))
			}
		} else if p.in.Only != nil && !p.in.Only[g.Person] {
			continue
		} else if n, ok := at.fresh(); ok {
			p.arriving = append(p.arriving, uint64(n)<<32|uint64(i))
		} else {
			p.cannot(g)
		}
	}
	return to
}

// cannot reports a grant that cannot be given, once for each person.
func (p *planner) cannot(g *cardea.Grant) {
	_, has, change := p.target(g.Windows, true)
	p.at(change)
	p.denied(g, has)
	if !has || !p.once("cannot-be-given", string(g.Person)) {
		return
	}
	why, said := p.in.NoAccount[g.Person]
	if !said {
		why = "the person was not matched to any account; run the match again"
	}
	p.issue(cardea.Issue{Code: "cannot-be-given", Person: g.Person, Group: g.Group, Text: "cannot be given: " + why})
}

// grant fills in what the account is to have: one person's grant, or the union of several persons'.
func (p *planner) grant(s *spot, due []uint64) {
	first := p.wanted.at(int(uint32(due[0])))
	s.person, s.windows, s.reasons = first.Person, first.Windows, first.Reasons
	if len(due) == 1 {
		return
	}
	s.windows, s.reasons = slices.Clone(s.windows), slices.Clone(s.reasons)
	for _, d := range due[1:] {
		g := p.wanted.at(int(uint32(d)))
		s.windows = append(s.windows, g.Windows...)
		s.reasons = append(s.reasons, g.Reasons...)
		s.person = min(s.person, g.Person)
	}
	s.windows = unite(s.windows)
	slices.SortStableFunc(s.reasons, compareReasons)
}

// unite sorts windows and joins those that touch.
func unite(ws []cardea.Window) []cardea.Window {
	slices.SortFunc(ws, func(a, b cardea.Window) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until))
	})
	out := ws[:0]
	for _, w := range ws {
		if n := len(out); n > 0 && out[n-1].Touches(w) {
			out[n-1].Until = max(out[n-1].Until, w.Until)
		} else {
			out = append(out, w)
		}
	}
	return out
}

func compareReasons(a, b cardea.Reason) int {
	return cmp.Or(cmp.Compare(a.Integration, b.Integration), cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Record.Kind, b.Record.Kind), cmp.Compare(a.Record.ID, b.Record.ID),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Item, b.Item))
}

// better picks one of several edges of one account in one group: a plain one before a foreign one, then the one that
// lasts longest. The others are seen again when this one is gone.
func better(a, b *cardea.Edge) *cardea.Edge {
	switch {
	case a == nil:
		return b
	case (a.Foreign == "") != (b.Foreign == ""):
		if a.Foreign == "" {
			return a
		}
		return b
	}
	if c := cmp.Or(cmp.Compare(a.Window.Until, b.Window.Until), cmp.Compare(b.Window.From, a.Window.From),
		cmp.Compare(b.Ref, a.Ref)); c < 0 {
		return b
	}
	return a
}
