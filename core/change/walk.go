package change

import "github.com/cardea-access/cardea"

// goal is what one grant asks of its edge: the window (From Never: none), and when that changes.
type goal struct {
	window cardea.Window
	change cardea.Instant
}

// walk merges the group's grants, edges and ledger rows by account and settles each account. It returns where the edges
// and the rows of the group end. That they come by account is seen on the way: each account must come after the one
// before. When one does not, p.disorder says so, and what was planned is worth nothing.
func (p *planner) walk(r *room, due []uint64, e, l int) (eEnd, lEnd int) {
	var last cardea.AccountID
	begun := false
	quick := r.keeps == nil && p.seats.only == nil && r.attributes == (cardea.Attributes{})
	for {
		if quick {
			if n := p.glide(r, due, e, l); n > 0 {
				last, begun = p.seats.ids[due[n-1]>>32], true
				due, e, l = due[n:], e+n, l+n
			}
		}
		account, found := p.lowest(r, due, e, l)
		if !found {
			return e, l
		}
		if begun && account <= last {
			p.disorder = true
			return e, l
		}
		s := spot{room: r, account: account}
		last, begun = s.account, true
		var mine []uint64
		if len(due) > 0 && p.seats.ids[due[0]>>32] == s.account {
			n := 1
			for n < len(due) && due[n]>>32 == due[0]>>32 {
				n++
			}
			mine, due = due[:n], due[n:]
		}
		for ; e < p.edges.len() && p.edges.at(e).Account == s.account && p.edges.at(e).Group == r.rows; e++ {
			s.edge = better(s.edge, p.edges.at(e))
		}
		for ; l < p.ledger.len() && p.ledger.at(l).Account == s.account && p.ledger.at(l).Group == r.rows; l++ {
			if row := p.ledger.at(l); s.row == nil || row.PutAt > s.row.PutAt {
				s.row = row
			}
		}
		if p.seats.only != nil && !p.seats.within(p.in, s.account, s.row) {
			continue
		}
		if len(mine) > 0 {
			s.known = p.seats.at(int32(mine[0] >> 32))
			p.grant(&s, mine)
		} else {
			s.known = p.seats.known(s.account)
		}
		p.settle(&s)
	}
}

// glide passes over the accounts that are in step in every way, one grant, one edge and one row each, and returns how
// many they are. It asks nothing that settle would not ask; it is there because nearly all accounts are like that, and
// looks at each element once. What it takes needs no look at the order: the places ascend, so the accounts do.
func (p *planner) glide(r *room, due []uint64, e, l int) int {
	n, paired := 0, 0
	for most := min(len(due), p.edges.len()-e, p.ledger.len()-l); n < most; n++ {
		if n == paired {
			paired = p.pairs(due, e, l, n, min(n+64, most))
		}
		if n == paired || !p.smooth(r, due, e, l, n) {
			break
		}
		if n > 0 {
			p.pass(r, due[n-1]) // another account follows it, so it was the only one of its own
		}
	}
	if n == 0 {
		return 0
	}
	// Several of one account are for settle to weigh.
	if account := p.seats.ids[due[n-1]>>32]; n < len(due) && due[n]>>32 == due[n-1]>>32 ||
		e+n < p.edges.len() && p.edges.at(e+n).Account == account ||
		l+n < p.ledger.len() && p.ledger.at(l+n).Account == account {
		return n - 1
	}
	p.pass(r, due[n-1])
	return n
}

// pairs says how far, from n on and up to most, each list's next is of the same account. Edges and rows are far more than
// the caches hold: in a loop that does nothing else, no read of them waits for another.
func (p *planner) pairs(due []uint64, e, l, n, most int) int {
	for ; n < most; n++ {
		if account := p.seats.ids[due[n]>>32]; p.edges.at(e+n).Account != account || p.ledger.at(l+n).Account != account {
			break
		}
	}
	return n
}

// smooth says whether the nth of each list, a pair, are in step and not the account before.
func (p *planner) smooth(r *room, due []uint64, e, l, n int) bool {
	place := due[n] >> 32
	edge, row := p.edges.at(e+n), p.ledger.at(l+n)
	g := &p.early[int(uint32(due[n]))-p.base]
	timed := p.in.Limits.Timed
	return edge.Group == r.rows && row.Group == r.rows && edge.Foreign == "" && !edge.Shut && !p.seats.shut[place] &&
		g.window.From != cardea.Never && (p.barred == nil || !p.barred[int32(place)]) && (n == 0 || due[n-1]>>32 != place) &&
		(!timed || edge.Window == g.window || p.same(whole(edge.Window), g.window))
}

// pass notes an account that is in step.
func (p *planner) pass(r *room, due uint64) {
	g := &p.early[int(uint32(due))-p.base]
	p.horn.at(g.change)
	if p.in.Limits.Timed && g.window.From > p.now {
		p.later.at(g.window.From)
	} else {
		r.inStep++
	}
}

// lowest is the first account of the three lists' heads, if one has any.
func (p *planner) lowest(r *room, due []uint64, e, l int) (low cardea.AccountID, found bool) {
	if len(due) > 0 {
		low, found = p.seats.ids[due[0]>>32], true
	}
	if e < p.edges.len() && p.edges.at(e).Group == r.rows {
		if a := p.edges.at(e).Account; !found || a < low {
			low, found = a, true
		}
	}
	if l < p.ledger.len() && p.ledger.at(l).Group == r.rows {
		if a := p.ledger.at(l).Account; !found || a < low {
			low, found = a, true
		}
	}
	return low, found
}
