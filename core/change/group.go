package change

import (
	"cmp"
	"slices"

	"github.com/cardea-access/cardea"
)

// room is one mapped group while it is planned.
type room struct {
	id     cardea.GroupID
	policy cardea.Policy
	keeps  *keeps // nil when nobody is kept
	inStep int    // edges that the brake counts: in step, open and not kept
	coming int    // those that the plan brings
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
// when a list turns out not to be in order; then the view that is broken must be mended, and all begins again. Looking
// first and planning then would read everything twice.
func (p *planner) groups() bool {
	p.seatEarly()
	var w, e, l, wEnd, eEnd, lEnd int
	for _, g := range p.mapped {
		w, wEnd = p.wanted.take(wEnd, g)
		e, eEnd = p.edges.take(eEnd, g)
		l, lEnd = p.ledger.take(lEnd, g)
		if _, there := p.in.seen.names[g]; !there {
			p.issue(cardea.Issue{Code: "group-gone", Group: g, Text: "a mapping names group " + string(g) +
				", which the door system no longer has; nothing is done for it. Map another group or remove the mapping"})
			continue
		}
		r := &room{id: g, policy: p.in.policy(g)}
		r.keeps = newKeeps(r.policy.Keep, p.in.Now)
		p.edges.arrange(e, eEnd, accountOfEdge)
		p.ledger.arrange(l, lEnd, accountOfRow)
		p.seat(w, wEnd)
		p.walk(r, p.due, e, eEnd, l, lEnd)
		p.arrivals(r, p.arriving)
		p.in.seen.inStep[g], p.in.seen.coming[g] = r.inStep, r.coming
	}
	p.wanted.rest(wEnd)
	p.edges.rest(eEnd)
	p.ledger.rest(lEnd)
	return !p.wanted.broken && !p.edges.broken && !p.ledger.broken
}

// seat packs the group's grants as (place, grant), by place: those of accounts in p.due, those of accounts that have to
// be made in p.arriving.
func (p *planner) seat(from, to int) {
	inOrder := true
	p.due, p.arriving, p.early, p.base = p.due[:0], p.arriving[:0], p.early[:0], from
	for i := from; i < to; i++ {
		g := p.wanted.at(i)
		t, has, change := p.target(g.Windows, true)
		if !has {
			t = cardea.Window{From: cardea.Never, Until: cardea.Never}
		}
		p.early = append(p.early, goal{t, change})
		at := p.seats.of(g.Person)
		if a, ok := at.account(); ok {
			if p.seats.only == nil || p.seats.only[a] {
				packed := uint64(a)<<32 | uint64(i)
				inOrder = inOrder && (len(p.due) == 0 || p.due[len(p.due)-1] < packed)
				p.due = append(p.due, packed)
			}
		} else if p.in.Only != nil && !p.in.Only[g.Person] {
			continue
		} else if n, ok := at.fresh(); ok {
			p.arriving = append(p.arriving, uint64(n)<<32|uint64(i))
		} else {
			p.cannot(g)
		}
	}
	slices.Sort(p.arriving)
	const few = 200
	switch {
	case inOrder:
	case len(p.due) < few:
		slices.Sort(p.due)
	default:
		p.spare = slices.Grow(p.spare[:0], len(p.due))[:len(p.due)]
		sorted := bySeat(p.due, p.spare, len(p.seats.ids))
		if &sorted[0] != &p.due[0] {
			p.due, p.spare = sorted, p.due
		}
	}
}

// cannot reports a grant that cannot be given, once for each person.
func (p *planner) cannot(g *cardea.Grant) {
	_, has, change := p.target(g.Windows, true)
	p.at(change)
	if !has || !p.once("cannot-be-given", string(g.Person)) {
		return
	}
	why, said := p.in.NoAccount[g.Person]
	if !said {
		why = "the person was not matched to any account; run the match again"
	}
	p.issue(cardea.Issue{Code: "cannot-be-given", Person: g.Person, Group: g.Group, Text: "cannot be given: " + why})
}

// walk merges the group's grants, edges and ledger rows by account and settles each account.
func (p *planner) walk(r *room, due []uint64, e, eEnd, l, lEnd int) {
	for len(due) > 0 || e < eEnd || l < lEnd {
		s := spot{room: r}
		var mine []uint64
		if len(due) > 0 && e < eEnd && l < lEnd {
			// What is in step stands at the head of all three: the one case that must be fast.
			s.account = p.seats.ids[due[0]>>32]
			if p.edges.at(e).Account != s.account || p.ledger.at(l).Account != s.account {
				s.account = p.lowest(due, e, eEnd, l, lEnd)
			}
		} else {
			s.account = p.lowest(due, e, eEnd, l, lEnd)
		}
		if len(due) > 0 && p.seats.ids[due[0]>>32] == s.account {
			n := 1
			for n < len(due) && due[n]>>32 == due[0]>>32 {
				n++
			}
			mine, due = due[:n], due[n:]
		}
		for ; e < eEnd && p.edges.at(e).Account == s.account; e++ {
			s.edge = better(s.edge, p.edges.at(e))
		}
		for ; l < lEnd && p.ledger.at(l).Account == s.account; l++ {
			if row := p.ledger.at(l); s.row == nil || row.PutAt > s.row.PutAt {
				s.row = row
			}
		}
		if p.seats.only != nil && !p.seats.within(p.in, s.account, s.row) {
			continue
		}
		if len(mine) == 1 && !p.seats.shut[mine[0]>>32] && p.quiet(&s, p.early[int(uint32(mine[0]))-p.base]) {
			continue
		}
		s.known = p.seats.known(s.account)
		if len(mine) > 0 {
			p.grant(&s, mine)
		}
		p.settle(&s)
	}
}

// goal is what one grant asks of its edge: the window (From Never: none), and when that changes.
type goal struct {
	window cardea.Window
	change cardea.Instant
}

// quiet passes over a spot that is in step in every way. It asks nothing that settle would not ask; it is there because
// nearly all spots are like that.
func (p *planner) quiet(s *spot, g goal) bool {
	if s.edge == nil || s.row == nil || s.edge.Foreign != "" || s.room.keeps != nil ||
		g.window.From == cardea.Never || p.in.Limits.Timed && !p.same(whole(s.edge.Window), g.window) {
		return false
	}
	p.horn.at(g.change)
	if p.counts(s, g.window) {
		s.room.inStep++
	}
	return true
}

// lowest is the first account of the three lists' heads; one of them has one.
func (p *planner) lowest(due []uint64, e, eEnd, l, lEnd int) cardea.AccountID {
	var low cardea.AccountID
	found := false
	if len(due) > 0 {
		low, found = p.seats.ids[due[0]>>32], true
	}
	if e < eEnd {
		if a := p.edges.at(e).Account; !found || a < low {
			low, found = a, true
		}
	}
	if l < lEnd {
		if a := p.ledger.at(l).Account; !found || a < low {
			low = a
		}
	}
	return low
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
