package say

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Answer is an explanation in words.
type Answer struct {
	Mark     Mark   `json:"mark"`
	Word     string `json:"word"`     // Yes, Not yet, No longer, No
	Sentence string `json:"sentence"` // without the word: "Ana Lopes may pass First floor now and until ..."
	Change   string `json:"change"`   // what would change the answer
	Door     string `json:"door"`     // what the door system shows
	// Agrees is false when the door system shows something else than was decided.
	Agrees bool   `json:"agrees"`
	Lines  []Line `json:"lines"` // every record considered, those that got furthest first
}

// Explanation tells an answer. The clock gives zone and present; an asked instant within a minute of it is "now".
func Explanation(x Explained, c Clock) Answer {
	t := teller{x: x, e: x.Explanation, c: c}
	if x.Stranger != nil {
		return t.stranger(x.Stranger)
	}
	a := Answer{Lines: make([]Line, 0, len(t.e.Considered))}
	for _, one := range t.e.Considered {
		a.Lines = append(a.Lines, t.line(one))
	}
	a.Mark, a.Word, a.Sentence = t.verdict()
	a.Change = t.change()
	a.Door, a.Agrees = t.door()
	return a
}

// teller holds what the sentences of one answer share.
type teller struct {
	x Explained
	e cardea.Explanation
	c Clock
}

func (t teller) person() string {
	if n := Clean(t.x.Person.Name); n != "" {
		return n
	}
	return Clean(string(t.e.Person))
}

func (t teller) group() string {
	if n := Clean(t.x.Group.Name); n != "" {
		return n
	}
	return Clean(string(t.e.Group))
}

// isNow says whether the question is about the present.
func (t teller) isNow() bool {
	return t.e.At > t.c.Now-cardea.Minute && t.e.At < t.c.Now+cardea.Minute
}

func (t teller) zone() string { return " (" + t.c.ZoneName() + ")" }

func (t teller) verdict() (Mark, string, string) {
	who, group := t.person(), t.group()
	switch {
	case t.e.Open:
		return MarkOpen, "Yes", t.open() + t.because(t.e.At) + "."
	case t.e.Next != nil:
		s := who + " may pass " + group + " " + t.c.Window(*t.e.Next) + t.zone() + t.because(t.e.Next.From)
		if t.e.Last != nil {
			s += "; the last time ended " + t.c.End(t.e.Last.Until)
		}
		return MarkLater, "Not yet", s + "."
	case t.e.Last != nil:
		s := "since " + t.c.End(t.e.Last.Until) + t.zone() + " " + who + " may not pass " + group
		if f := t.furthest(); f != nil {
			s += ", because " + t.clause(*f)
		}
		return MarkShut, "No longer", s + "."
	}
	s := who + " may not pass " + group + t.when()
	if f := t.furthest(); f != nil {
		return MarkShut, "No", s + ", because " + t.clause(*f) + "."
	}
	return MarkShut, "No", s + ", because nothing they hold leads to it."
}

// open is the yes without its reasons.
func (t teller) open() string {
	until := ""
	if t.e.Window != nil {
		until = " and " + t.c.Left(*t.e.Window)
	}
	switch {
	case t.isNow():
		return t.person() + " may pass " + t.group() + " now" + until + t.zone()
	case t.e.At < t.c.Now:
		return t.person() + " could pass " + t.group() + " on " + t.c.Moment(t.e.At) + until + t.zone()
	}
	return t.person() + " may pass " + t.group() + " on " + t.c.Moment(t.e.At) + until + t.zone()
}

func (t teller) when() string {
	if t.isNow() {
		return " now"
	}
	return " on " + t.c.Moment(t.e.At) + t.zone()
}

// because names the records that open at the instant.
func (t teller) because(at cardea.Instant) string {
	var parts []string
	for _, one := range t.e.Considered {
		holds := slices.ContainsFunc(one.Windows, func(w cardea.Window) bool { return w.Holds(at) })
		if holds && slices.Contains([]cardea.Verdict{cardea.Yes, cardea.NotYet, cardea.ByHours, cardea.IsPaused}, one.Verdict) {
			parts = append(parts, t.subject(one))
		}
	}
	parts = slices.Compact(parts)
	switch {
	case len(parts) == 0:
		return ""
	case len(parts) == 1:
		return ", because of " + parts[0]
	case len(parts) == 2:
		return ", because of " + parts[0] + " and " + parts[1]
	}
	return ", because of " + parts[0] + " and " + N(len(parts)-1, "other record", "other records")
}

// furthest is the consideration that the counterfactual rests on.
func (t teller) furthest() *cardea.Consideration {
	if t.e.Change != nil {
		return t.e.Change
	}
	if len(t.e.Considered) > 0 {
		return &t.e.Considered[0]
	}
	return nil
}

// change says what would turn the answer round.
func (t teller) change() string {
	f := t.e.Change
	switch {
	case t.e.Open && f == nil:
		return ""
	case t.e.Open:
		if t.e.Window != nil && t.e.Window.Until == cardea.Never {
			return "It stays open until " + t.subject(*f) + " ends; no end is set in the space system."
		}
		return "It closes when " + t.subject(*f) + " ends. To keep it open longer, extend that in the space system."
	case f == nil:
		return "Nothing in the records leads to " + t.group() +
			": give them a membership, booking or pass that is mapped to it."
	}
	if t.suspended(*f) != "" {
		return t.word(*f).Mend
	}
	return upper(strings.NewReplacer(
		"{it}", t.subject(*f), "{who}", t.person(), "{named}", t.typed(), "{group}", t.group(),
	).Replace(mending(*f)))
}

// typed is how a command names the person.
func (t teller) typed() string {
	if mail := Clean(t.x.Person.Email); mail != "" {
		return mail
	}
	return Clean(string(t.e.Person))
}

// mending is what a person does about a verdict; what is over is not sold anew in the same way whatever it was.
func mending(one cardea.Consideration) string {
	if one.Verdict == cardea.Ended {
		switch one.Rule { //nolint:exhaustive // the others are memberships
		case cardea.RuleBooking:
			return "Book again in the space system, as {it} is over."
		case cardea.RulePass, cardea.RuleDayPass:
			return "Sell {who} another pass, as {it} is over."
		}
	}
	if one.Verdict == cardea.WasCancelled && one.Rule != cardea.RuleBooking {
		return "Make {it} active again, or sell a new one, in the space system."
	}
	return Verdict(one.Verdict).Mend
}
