package change

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// Timed door systems hold one validity window on each edge and let access begin and end on the second by themselves.
// They keep whole seconds: every window is cut to them before anything is compared, so that the fraction a vendor drops
// never looks like a difference.

// whole cuts a window to whole seconds.
func whole(w cardea.Window) cardea.Window {
	return cardea.Window{From: second(w.From), Until: second(w.Until)}
}

func second(i cardea.Instant) cardea.Instant {
	if !i.Bounded() {
		return i
	}
	r := i % wholeSecond
	if r < 0 {
		r += wholeSecond
	}
	return i - r
}

// timedTarget is the window an edge is to carry: the current one, else the next if it begins within the horizon. An
// early edge may be staged; else only the current window counts. change is the next instant at which this answer
// differs.
func (p *planner) timedTarget(ws []cardea.Window, early bool) (t cardea.Window, has bool, change cardea.Instant) {
	for _, w := range ws {
		w = whole(w)
		switch {
		case w.Empty() || w.Until <= p.now:
			continue
		case w.From <= p.now:
			return w, true, w.Until
		case !early:
			return cardea.Window{}, false, w.From
		}
		if staged := w.From.Add(-p.in.Horizon); staged > p.now {
			return cardea.Window{}, false, staged
		}
		return w, true, w.Until
	}
	return cardea.Window{}, false, cardea.Never
}

// same says whether two windows are one: the same end, and the same beginning or both begun.
func (p *planner) same(a, b cardea.Window) bool {
	return a.Until == b.Until && (a.From == b.From || a.From <= p.now && b.From <= p.now)
}

// compareTimed settles an edge whose account is to have the window t.
func (p *planner) compareTimed(s *spot, t cardea.Window) {
	e := whole(s.edge.Window)
	if p.same(e, t) {
		p.step(s)
		return
	}
	p.at(e.From)
	p.at(e.Until)
	if e.Until <= p.now {
		p.retime(s, t, cardea.CauseGranted, false)
		return
	}
	covers := e.Until >= t.Until && (e.From <= t.From || e.From <= p.now)
	loses := p.loses(e, s.windows)
	until, kept := s.room.keeps.holds(s.account, s.known)
	switch {
	case s.room.policy.Mode == cardea.Shared && s.row == nil:
		if !covers && p.once("edge-not-ours", string(s.room.id)+"/"+string(s.account)) {
			p.issue(cardea.Issue{Code: "edge-not-ours", Person: s.person, Account: s.account, Group: s.room.id,
				Text: "somebody else put this person into the shared group for another time than was decided; " +
					"remove that by hand or let Cardea have the group"})
		}
	case kept && (covers || loses):
		p.at(until)
	case s.staff() && (covers || loses):
		if !covers {
			p.staffIssue(s)
		}
	case loses:
		p.shorten(s, e, t)
	case !e.Overlaps(t):
		p.retime(s, t, cardea.CauseGranted, false)
	default:
		p.retime(s, t, cardea.CauseExtended, false)
	}
}

// loses says whether some of the time that the edge still has ahead is in none of the windows.
func (p *planner) loses(e cardea.Window, ws []cardea.Window) bool {
	at := max(e.From, p.now)
	ahead := cardea.Never
	for _, w := range ws {
		w = whole(w)
		p.at(w.From)
		p.at(w.Until)
		if w.From <= at {
			at = max(at, w.Until)
		} else {
			ahead = min(ahead, w.From)
		}
	}
	return at < e.Until
}

// shorten plans a new window that takes time away. Why is judged on the reasons that were recorded and are no longer
// among the grant's: when there are none, the records themselves name another time. An edge that was never ours is a
// stray for the time that nobody speaks for.
func (p *planner) shorten(s *spot, e, t cardea.Window) {
	if s.row == nil {
		p.retime(s, t, cardea.CauseStray, true)
		return
	}
	var lost []cardea.Reason
	for _, r := range s.row.Reasons {
		if ahead := p.ahead(r); ahead && !slices.ContainsFunc(s.reasons, func(o cardea.Reason) bool { return alike(r, o) }) {
			lost = append(lost, r)
		}
	}
	if len(lost) == 0 {
		p.retime(s, t, cardea.CauseExtended, true)
		return
	}
	c := p.cause(s.row.Person, s.room.id, lost)
	only := e.From == t.From || e.From <= p.now && t.From <= p.now
	if c.Positive() && !(only && t.Until < e.Until) {
		c = cardea.CauseExtended
	}
	p.retime(s, t, c, true)
}

// ahead says whether a recorded reason would still give something.
func (p *planner) ahead(r cardea.Reason) bool {
	found := false
	for _, w := range r.Windows {
		p.at(second(w.Until))
		found = found || second(w.Until) > p.now
	}
	return found || len(r.Windows) == 0
}

// alike says whether two reasons are one rule's yes to one record.
func alike(a, b cardea.Reason) bool {
	return a.Record == b.Record && a.Rule == b.Rule && a.Integration == b.Integration
}

// retime plans one change of an edge's window. The vendor tells nobody (RULES.md MAILS).
func (p *planner) retime(s *spot, t cardea.Window, c cardea.Cause, loses bool) {
	if p.counts(s, t) {
		s.room.coming++
	}
	p.bent(s, t)
	was := *s.edge
	e := whole(was.Window)
	o := cardea.Operation{
		Verb: cardea.VerbRetime, Group: s.room.id, Account: s.account, Person: s.person, Window: t, Was: &was,
		Cause: c, Reasons: s.reasons, Due: p.now, Mails: cardea.MailsNever,
	}
	running := e.From <= p.now && p.now < e.Until
	switch {
	case running && t.From > p.now: // what runs now goes
		o.Deadline = p.now.Add(endGrace)
	case running:
		o.Deadline = min(e.Until, t.Until)
	default:
		o.Deadline = p.startBy(s.reasons, t)
	}
	p.plan(o)
	if loses {
		p.in.seen.loses[p.ops[len(p.ops)-1].Key] = true
	}
}
