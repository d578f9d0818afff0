package change

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// unmapped plans the end of what is ours in groups that no mapping names any more. These operations always wait for a
// person. Whether the edge is still there is not asked: the edges of such groups may not have been read, and an edge
// that is not seen is not known to be gone. Of a group that the door system no longer has there is nothing to take; what was
// ours stays so in the ledger, for a list that lacked the group by mistake.
func (p *planner) unmapped() {
	for l, e := 0, 0; l < p.ledger.len(); {
		g := p.ledger.at(l).Group
		_, end := p.ledger.run(l, g)
		if _, mapped := slices.BinarySearch(p.mapped, g); mapped {
			l = end
			continue
		}
		p.ledger.arrange(l, end, accountOfRow)
		r := &room{id: g, policy: p.in.policy(g)}
		r.keeps = newKeeps(r.policy.Keep, p.in.Now)
		first, last := p.edges.run(e, g)
		p.edges.arrange(first, last, accountOfEdge)
		e = last
		for l < end {
			s := spot{room: r, account: p.ledger.at(l).Account}
			for ; l < end && p.ledger.at(l).Account == s.account; l++ {
				if row := p.ledger.at(l); s.row == nil || row.PutAt > s.row.PutAt {
					s.row = row
				}
			}
			for ; first < last && p.edges.at(first).Account <= s.account; first++ {
				if p.edges.at(first).Account == s.account {
					s.edge = better(s.edge, p.edges.at(first))
				}
			}
			s.known = p.seats.known(s.account)
			if s.row != nil && p.seats.within(p.in, s.account, s.row) {
				p.release(&s)
			}
		}
	}
}

// release plans the end of one edge of a group without a mapping.
func (p *planner) release(s *spot) {
	blocked, is := p.in.Blocked[s.account]
	if is && s.edge != nil && s.edge.Foreign == "" {
		p.remove(s, blocked, cardea.CauseBlocked)
		return
	}
	if _, there := p.in.seen.names[s.room.id]; !there {
		return
	}
	if until, kept := s.room.keeps.holds(s.account, s.known); kept {
		p.at(until)
		return
	}
	if s.edge != nil && s.edge.Foreign != "" {
		return
	}
	if s.staff() {
		p.staffIssue(s)
		return
	}
	o := cardea.Operation{
		Verb: cardea.VerbRemove, Group: s.room.id, Account: s.account, Person: s.row.Person, Window: s.row.Window,
		Cause: cardea.CauseUnmapped, Reasons: s.row.Reasons, Due: p.now, Deadline: p.now.Add(endGrace),
	}
	if s.edge != nil {
		was := *s.edge
		o.Was = &was
	}
	p.plan(o)
}
