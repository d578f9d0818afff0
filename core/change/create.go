package change

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// seatEarly finds the new accounts that are made anyway, where the system invites people the moment their account is
// made: nothing is staged for the others.
func (p *planner) seatEarly() {
	invites := p.in.Limits.InvitesOnCreate && p.in.Limits.Timed
	for i := range p.seats.fresh {
		p.seats.fresh[i].early = !invites
	}
	if !invites || len(p.seats.fresh) == 0 {
		return
	}
	for i := range p.wanted.len() {
		g := p.wanted.at(i)
		n, ok := p.seats.people.of(g).fresh()
		if !ok || p.in.Only != nil && !p.in.Only[g.Person] {
			continue
		}
		_, mapped := slices.BinarySearch(p.mapped, g.Group)
		_, there := p.in.seen.names[g.Group]
		if _, open, _ := p.target(g.Windows, false); open && mapped && there {
			p.seats.fresh[n].early = true
		}
	}
}

// arrivals plans the edges of people whose account is still to be made. due holds (newcomer, grant), sorted. The
// operations bear the person for whom the account is made.
func (p *planner) arrivals(r *room, due []uint64) {
	for len(due) > 0 {
		n := 1
		for n < len(due) && due[n]>>32 == due[0]>>32 {
			n++
		}
		who := &p.seats.fresh[due[0]>>32]
		s := spot{room: r}
		p.grant(&s, due[:n])
		s.person = who.account.Person
		due = due[n:]
		t, has, change := p.target(s.windows, who.early)
		p.at(change)
		if has && !p.hushed(t) {
			p.add(&s, t, true)
			who.ops = append(who.ops, int32(len(p.ops)-1))
		}
	}
}

// creates plans the accounts that the additions need: never for anybody else, and never earlier.
func (p *planner) creates() {
	for i := range p.seats.fresh {
		who := &p.seats.fresh[i]
		if len(who.ops) == 0 {
			continue
		}
		a := who.account
		a.Mails, a.Starting = p.invited(), cardea.Never
		o := cardea.Operation{
			Verb: cardea.VerbCreate, Person: a.Person, New: &a, Cause: cardea.CauseGranted,
			Due: cardea.Never, Deadline: cardea.Never, Mails: a.Mails, Not: p.in.Not[a.Person],
		}
		for _, n := range who.ops {
			add := &p.ops[n]
			a.Starting = min(a.Starting, add.Window.From)
			o.Due, o.Deadline = min(o.Due, add.Due), min(o.Deadline, add.Deadline)
			if o.Reasons == nil {
				o.Reasons = add.Reasons
			}
		}
		p.plan(o)
	}
}
