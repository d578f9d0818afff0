package say

import "github.com/cardea-access/cardea"

// block tells of an operator's block: since when, until when, and why.
func (t teller) block(one cardea.Consideration) string {
	s := "an operator blocked " + t.person()
	if len(one.Windows) > 0 {
		s += " " + t.c.Moment(one.Windows[0].From) + lasting(one.Windows[0].Until, t.c)
	}
	if note := Clean(one.Label); note != "" {
		s += " (" + note + ")"
	}
	return s
}

// lasting is the end of something that an operator said, to follow its beginning; nothing when no end is set.
func lasting(until cardea.Instant, c Clock) string {
	if until == cardea.Never {
		return ""
	}
	return " until " + c.Moment(until)
}

// Block is a block in one line, without whom: "since Mon 23 Nov 09:00 by olga: lost her badge".
func Block(b cardea.Block, c Clock) string {
	return "since " + c.Moment(b.Since) + lasting(b.Until, c) + " by " + Clean(b.By) + ": " + Clean(b.Note)
}

// Freeze is a freeze in one line: "london is frozen since Mon 23 Nov 09:00 by olga: the vendor is moving".
func Freeze(f cardea.Freeze, c Clock) string {
	what := Clean(f.Integration)
	if what == "" {
		what = "every integration"
	}
	return what + " is frozen since " + c.Moment(f.Since) + lasting(f.Until, c) + " by " + Clean(f.By) + ": " + Clean(f.Reason)
}
