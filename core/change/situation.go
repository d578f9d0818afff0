package change

import (
	"cmp"
	"slices"

	"github.com/cardea-access/cardea"
)

// Look is Plan, and says beside it in which situation every edge and group is that is not in step. It names what planning came
// by and decides nothing of its own: what is done about a situation is the operation that was planned for it, and the guard
// that holds that. An edge of a mapped group that is not among them is in step.
func Look(in Input) (cardea.Changeset, cardea.Instant, []cardea.Standing) {
	in.look = true
	cs, next := plan(&in)
	return cs, next, standings(cs, &in)
}

// stands notes a situation of an account in a group, or of a person who has no account yet.
func (p *planner) stands(s *spot, what cardea.Situation, detail string) {
	if !p.in.names() {
		return
	}
	person := s.person
	if person == "" && s.row != nil {
		person = s.row.Person
	}
	if person == "" {
		person = p.holder(s.account)
	}
	p.in.seen.standings = append(p.in.seen.standings, cardea.Standing{
		Group: s.room.id, Account: s.account, Person: person, Situation: what, Detail: detail, Does: cardea.Reports,
	})
}

// names says whether anybody asks for situations, the filter or the caller: to note them all costs a first run dear.
func (in *Input) names() bool { return in.look || len(in.Past.Flips) > 0 || len(in.Past.Contested) > 0 }

// lacks notes an edge that is wanted and not there. One that we put there for now was taken out by somebody.
func (p *planner) lacks(s *spot, o *cardea.Operation) {
	switch {
	case o.Due > p.now:
	case s.row != nil && s.row.Window.Until > p.now && s.row.Window.From <= p.now:
		p.stands(s, cardea.TakenOut, "Cardea put it there at "+s.row.PutAt.String())
	default:
		p.stands(s, cardea.Missing, "")
	}
}

// denied notes a grant that cannot be given: the person can have no account.
func (p *planner) denied(g *cardea.Grant, has bool) {
	if has && p.in.look {
		p.in.seen.standings = append(p.in.seen.standings, cardea.Standing{
			Group: g.Group, Person: g.Person, Situation: cardea.Missing, Detail: p.in.NoAccount[g.Person], Does: cardea.Reports,
		})
	}
}

// wanders notes an edge that nothing speaks for.
func (p *planner) wanders(s *spot, detail string) {
	if !p.in.names() {
		return
	}
	if row, ended := p.in.closed()[entry{s.room.id, s.account}]; ended && s.row == nil {
		if detail != "" {
			detail += "; "
		}
		p.stands(s, cardea.PutBack, detail+"it ended at "+row.EndedAt.String())
		return
	}
	p.stands(s, cardea.Stray, detail)
}

// goes notes an edge that is to go.
func (p *planner) goes(s *spot, c cardea.Cause) {
	if s.row == nil && c == cardea.CauseStray {
		p.wanders(s, "")
		return
	}
	p.stands(s, cardea.Leaving, string(c))
}

// bent notes an edge that is ours and was given another window by hand: we put it there for what is wanted now.
func (p *planner) bent(s *spot, t cardea.Window) {
	if s.row != nil && p.same(whole(s.row.Window), t) {
		p.stands(s, cardea.Changed, "it is there from "+s.edge.Window.From.String()+" until "+s.edge.Window.Until.String())
	}
}

// entry is an account in a group.
type entry struct {
	group   cardea.GroupID
	account cardea.AccountID
}

// closed are the newest of the ledger rows that ended, by where they were.
func (in *Input) closed() map[entry]*cardea.LedgerRow {
	if in.seen.closed == nil {
		in.seen.closed = make(map[entry]*cardea.LedgerRow, len(in.Past.Closed))
		for i := range in.Past.Closed {
			r := &in.Past.Closed[i]
			if at := (entry{r.Group, r.Account}); in.seen.closed[at] == nil || in.seen.closed[at].EndedAt < r.EndedAt {
				in.seen.closed[at] = r
			}
		}
	}
	return in.seen.closed
}

// standings adds the groups to what was noted, and what is done.
func standings(cs cardea.Changeset, in *Input) []cardea.Standing {
	does := operations(cs)
	out := in.seen.standings
	for i := range out {
		s := &out[i]
		o := does[where{s.Group, s.Account, ""}]
		if s.Account == "" {
			o = does[where{s.Group, "", s.Person}]
		}
		if o != nil {
			s.Does, s.Held = doing(o, s.Situation)
		}
	}
	called := map[cardea.GroupID]string{}
	for _, g := range in.Past.Called {
		called[g.ID] = g.Name
	}
	for _, g := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(in.Mapped, in.Past.Named)))) {
		name, there := in.seen.names[g]
		switch was := called[g]; {
		case !there:
			out = append(out, cardea.Standing{Group: g, Situation: cardea.GroupGone, Detail: was, Does: cardea.Reports})
		case was != "" && was != name:
			out = append(out, cardea.Standing{Group: g, Situation: cardea.GroupRenamed, Does: cardea.Reports,
				Detail: "was called " + was + ", is called " + name})
		}
	}
	slices.SortFunc(out, func(a, b cardea.Standing) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Person, b.Person),
			cmp.Compare(a.Situation, b.Situation))
	})
	return out
}

// where is an entry: an account in a group, or a person in a group whose account is to be made.
type where struct {
	group   cardea.GroupID
	account cardea.AccountID
	person  cardea.PersonID
}

// operations are those that set an entry right, by where it is.
func operations(cs cardea.Changeset) map[where]*cardea.Operation {
	out := map[where]*cardea.Operation{}
	for i := range cs.Operations {
		o := &cs.Operations[i]
		switch o.Verb {
		case cardea.VerbAdd, cardea.VerbRetime, cardea.VerbRemove, cardea.VerbAdopt, cardea.VerbLock:
			at := where{o.Group, o.Account, ""}
			if o.Account == "" {
				at.person = o.Person
			}
			out[at] = o
		case cardea.VerbCreate, cardea.VerbLink, cardea.VerbClean, cardea.VerbForget, cardea.VerbUnlock, cardea.VerbReprofile,
			cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit, cardea.VerbUpdate:
		}
	}
	return out
}

func doing(o *cardea.Operation, s cardea.Situation) (cardea.Doing, cardea.HoldCode) {
	switch {
	case o.Held != nil && (o.Held.Code == cardea.HeldWatch || o.Held.Code == cardea.HeldObserved):
		return cardea.Reports, o.Held.Code
	case o.Held != nil:
		return cardea.Waits, o.Held.Code
	case o.Verb == cardea.VerbAdopt:
		return cardea.Adopts, ""
	case s == cardea.Missing:
		return cardea.Gives, ""
	}
	return cardea.Reverts, ""
}
