package change

import (
	"cmp"

	"github.com/cardea-access/cardea"
)

// target is the window that the account's edge is to have now.
func (p *planner) target(ws []cardea.Window, early bool) (t cardea.Window, has bool, change cardea.Instant) {
	if len(ws) == 0 {
		return cardea.Window{}, false, cardea.Never
	}
	if p.in.Limits.Timed {
		return p.timedTarget(ws, early)
	}
	return p.plainTarget(ws)
}

// settle plans what one account needs in one group.
func (p *planner) settle(s *spot) {
	if _, blocked := p.in.Blocked[s.account]; blocked {
		s.windows, s.reasons = nil, nil
	}
	t, has, change := p.target(s.windows, true)
	p.at(change)
	if has && s.known != nil && s.known.Shut && p.once("account-shut", string(s.account)) {
		p.issue(cardea.Issue{Code: "account-shut", Person: s.person, Account: s.account, Group: s.room.id,
			Text: "present but shut: the account is disabled at the door system, so it passes no door; enable it there"})
	}
	switch {
	case s.edge == nil && has:
		if !p.hushed(t) {
			p.add(s, t, false)
		}
	case s.edge == nil:
		p.forget(s)
	case s.edge.Foreign != "":
		p.foreign(s, has)
	case has && s.edge.Shut:
		p.unlock(s)
	case has && p.in.Limits.Timed:
		p.compareTimed(s, t)
	case has:
		p.step(s)
	default:
		p.withdraw(s)
	}
}

// step notes an edge that is as it should be, and takes it into the ledger when it is not ours yet.
func (p *planner) step(s *spot) {
	if p.counts(s, s.edge.Window) {
		s.room.inStep++
	}
	if p.reprofile(s) {
		return
	}
	if s.row == nil {
		p.stands(s, cardea.ByHand, "")
	}
	if s.row != nil || !p.in.adopts(s.room.id, s.room.policy.Mode) {
		return
	}
	was := *s.edge
	p.plan(cardea.Operation{
		Verb: cardea.VerbAdopt, Group: s.room.id, Account: s.account, Person: s.person, Window: was.Window, Was: &was,
		Cause: cardea.CauseAdopted, Reasons: s.reasons, Due: p.now, Deadline: cardea.Never,
	})
}

// add plans an edge. fresh: the account is still to be made.
func (p *planner) add(s *spot, t cardea.Window, fresh bool) {
	o := cardea.Operation{
		Verb: cardea.VerbAdd, Group: s.room.id, Account: s.account, Person: s.person, Window: t,
		Cause: cardea.CauseGranted, Reasons: s.reasons, Due: t.From, Deadline: p.startBy(s.reasons, t),
		Mails: p.mails(), MassAdd: p.in.Past.Remapped[s.room.id] && !p.in.FirstRun,
		Attributes: s.room.attributes, Guest: beside(s.reasons),
	}
	if p.in.Limits.Timed && (!fresh || !p.in.Limits.InvitesOnCreate) {
		o.Due = t.From.Add(-p.in.Horizon)
	}
	if p.counts(s, t) {
		s.room.coming++
	}
	p.lacks(s, &o)
	p.plan(o)
}

// startBy is when passing must work: the earliest of the reasons' own deadlines in the window, a reason without one
// being due a minute after it opens (RULES.md START).
func (p *planner) startBy(rs []cardea.Reason, t cardea.Window) cardea.Instant {
	by := cardea.Never
	for i := range rs {
		for j, w := range rs[i].Windows {
			if !w.Overlaps(t) {
				continue
			}
			d := w.From.Add(startGrace)
			if j < len(rs[i].Due) && rs[i].Due[j].Bounded() {
				d = rs[i].Due[j]
			}
			by = min(by, d)
		}
	}
	if by == cardea.Never {
		by = t.From.Add(startGrace)
	}
	if !by.Bounded() {
		by = p.now.Add(startGrace)
	}
	return by
}

// forget closes a ledger row whose edge is gone and that nobody wants back. In a group that was not listed since it came back
// no edge is known to be gone: in a shared one it could never be taken away again.
func (p *planner) forget(s *spot) {
	if s.row == nil || p.in.Unlisted[s.room.id] {
		return
	}
	p.plan(cardea.Operation{
		Verb: cardea.VerbForget, Group: s.room.id, Account: s.account, Person: s.row.Person, Window: s.row.Window,
		Cause: p.cause(s.row.Person, s.room.id, s.row.Reasons), Reasons: s.row.Reasons, Due: p.now, Deadline: cardea.Never,
	})
}

// withdraw plans the end of an edge that nothing wants, unless somebody or something protects it.
func (p *planner) withdraw(s *spot) {
	e := whole(s.edge.Window)
	until, kept := s.room.keeps.holds(s.account, s.known)
	timed := p.in.Limits.Timed
	blocked, is := p.in.Blocked[s.account]
	switch {
	case is && !(timed && e.Until <= p.now):
		p.remove(s, blocked, cardea.CauseBlocked) // a person's word: staff, kept and not ours alike
		return
	case s.row == nil && s.room.policy.Mode == cardea.Shared:
		if _, kept := s.room.keeps.holds(s.account, s.known); !kept && !(timed && e.Until <= p.now) {
			p.wanders(s, "the group is shared")
		}
		return
	case timed && e.Until <= p.now:
		if kept {
			p.at(until)
		} else if !s.staff() {
			p.clean(s)
		}
		return
	}
	if timed {
		p.at(e.From)
		p.at(e.Until)
	}
	person, c := p.why(s)
	switch {
	case s.staff():
		if !kept {
			p.staffIssue(s)
			p.wanders(s, "staff: "+s.known.Staff)
		}
	case kept && c != cardea.CauseBlocked:
		p.at(until)
	case s.known == nil && (s.row == nil || !c.Positive() || p.wants(s.row.Person, s.room.id)): // a list errs: of accounts, or the group's
		p.wanders(s, "its account is not in the door system's list")
		if p.once("unknown-account", string(s.account)) {
			p.issue(cardea.Issue{Code: "unknown-account", Account: s.account, Group: s.room.id,
				Text: "an account that is not in the door system's list of accounts is in the group; nobody can tell whose " +
					"it is, so it stays. Keep it or remove it by hand"})
		}
	case c == cardea.CauseLocked && p.in.Limits.Locks:
		if !s.edge.Shut {
			p.lock(s, person)
		}
	default:
		p.remove(s, person, c)
	}
}

// why says for whom and for what cause an edge goes. One that was never ours is a stray without a person, unless it is
// its person that is blocked or locked out, or its keep entry that ended.
func (p *planner) why(s *spot) (cardea.PersonID, cardea.Cause) {
	if s.row != nil {
		return s.row.Person, p.cause(s.row.Person, s.room.id, s.row.Reasons)
	}
	if person := p.holder(s.account); person != "" {
		if c := p.cause(person, s.room.id, nil); c == cardea.CauseBlocked || c == cardea.CauseLocked {
			return person, c
		}
	}
	if s.room.keeps.ended(s.account, s.known) {
		return "", cardea.CauseEnded
	}
	return "", cardea.CauseStray
}

// remove plans the end of an edge.
func (p *planner) remove(s *spot, person cardea.PersonID, c cardea.Cause) {
	was := *s.edge
	o := cardea.Operation{
		Verb: cardea.VerbRemove, Group: s.room.id, Account: s.account, Person: person, Window: was.Window, Was: &was,
		Cause: c, Due: p.endedAt(s),
	}
	if s.row != nil {
		o.Reasons = s.row.Reasons
		if !p.in.Limits.Timed { // the edge has no window of its own
			o.Window = s.row.Window
		}
	}
	o.Deadline = o.Due.Add(endGrace)
	if c == cardea.CauseBlocked {
		o.Due = p.now
		o.Deadline = p.now.Add(blockGrace)
	}
	p.goes(s, c)
	p.plan(o)
}

// endedAt is when the last window ended, as far as the grant or the ledger tells; else now.
func (p *planner) endedAt(s *spot) cardea.Instant {
	at := cardea.Always
	for _, w := range s.windows {
		if w.Until <= p.now {
			at = max(at, w.Until)
		}
	}
	if at == cardea.Always && s.row != nil && s.row.Window.Until <= p.now {
		at = s.row.Window.Until
	}
	if at.Bounded() {
		return at
	}
	return p.now
}

// clean plans the removal of an edge that is no access any more.
func (p *planner) clean(s *spot) {
	was := *s.edge
	o := cardea.Operation{
		Verb: cardea.VerbClean, Group: s.room.id, Account: s.account, Window: was.Window, Was: &was,
		Cause: cardea.CauseExpired, Due: was.Window.Until, Deadline: cardea.Never,
	}
	if s.row != nil {
		o.Person, o.Reasons = s.row.Person, s.row.Reasons
	}
	p.plan(o)
}

func (s *spot) staff() bool { return s.known != nil && s.known.Staff != "" }

func (p *planner) staffIssue(s *spot) {
	p.issue(cardea.Issue{Code: "staff-in-group", Person: s.person, Account: s.account, Group: s.room.id,
		Text: "a staff account (" + s.known.Staff + ") is in the group without a reason of its own; it is never removed by " +
			"itself. Add a keep entry for " + cmp.Or(s.known.Email, "id:"+string(s.account)) + " or remove it by hand"})
}

// foreign reports a member that is no plain account. It is never touched; when a grant wants the account in the group,
// it is there, and nothing needs to be said.
func (p *planner) foreign(s *spot, wanted bool) {
	if _, kept := s.room.keeps.holds(s.account, s.known); wanted || kept {
		return
	}
	p.wanders(s, s.edge.Foreign)
	p.issue(cardea.Issue{Code: "foreign-member", Account: s.account, Group: s.room.id,
		Text: "a member that Cardea does not manage (" + s.edge.Foreign + ") is in the group and stays. Add a keep entry for " +
			"id:" + string(s.account) + " or remove it by hand"})
}
