package say

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Line is one record that was considered, in words.
type Line struct {
	Mark    Mark           `json:"mark"`
	Verdict cardea.Verdict `json:"verdict"`
	Word    string         `json:"word"`   // the verdict, short: "not mapped"
	Rule    string         `json:"rule"`   // what the rule is called: "Booking"
	Code    cardea.Rule    `json:"code"`   // its code: BOOKING
	Text    string         `json:"text"`   // a sentence
	Record  cardea.Key     `json:"record"` // what it rests on
	Via     []cardea.Key   `json:"via,omitempty"`
	Steps   []string       `json:"steps,omitempty"` // the questions asked, in order: "mapping: yes"
	Where   string         `json:"where,omitempty"` // the integration
}

func (t teller) line(one cardea.Consideration) Line {
	l := Line{
		Mark: MarkOf(one.Verdict), Verdict: one.Verdict, Word: t.word(one).Short,
		Rule: Rule(one.Rule).Short, Code: one.Rule, Text: upper(t.clause(one)) + ".",
		Record: one.Record, Via: one.Via, Where: Clean(one.Integration),
	}
	for _, s := range one.Steps {
		l.Steps = append(l.Steps, t.step(s))
	}
	return l
}

// step prints one question and its answer.
func (t teller) step(s cardea.Step) string {
	text := Clean(s.Asks) + ": " + Verdict(s.Says).Short
	if s.Key != nil {
		text += ", " + t.record(*s.Key)
	}
	if s.Window != nil {
		text += ", " + t.c.Window(*s.Window)
	}
	return text
}

// subject names the record that a consideration is about: membership “Hot desk”.
func (t teller) subject(one cardea.Consideration) string {
	return subject(one.Rule, t.label(one), t.via(one))
}

func (t teller) label(one cardea.Consideration) string {
	if l := Clean(one.Label); l != "" {
		return quoted(l)
	}
	return named(one.Record, t.x.Names)
}

func (t teller) via(one cardea.Consideration) string {
	if l := Clean(one.ViaLabel); l != "" {
		return quoted(l)
	}
	if len(one.Via) > 0 {
		return named(one.Via[len(one.Via)-1], t.x.Names)
	}
	return ""
}

// named prints a record's name, or its bare id where the sentence says already what it is.
func named(k cardea.Key, names map[cardea.Key]string) string {
	if n := Clean(names[k]); n != "" {
		return quoted(n)
	}
	return Clean(k.ID)
}

// record prints a record's name, or its kind and id.
func (t teller) record(k cardea.Key) string {
	if n := Clean(t.x.Names[k]); n != "" {
		return quoted(n)
	}
	return Record(k)
}

func subject(rule cardea.Rule, label, via string) string {
	with := func(word string) string {
		if via == "" {
			return ""
		}
		return word + via
	}
	switch rule {
	case cardea.RulePlan:
		return "the membership " + label
	case cardea.RuleResource:
		return "the membership " + label + with(" assigned to ")
	case cardea.RuleFloor:
		return "the membership " + label + with(" on the floor ")
	case cardea.RuleLocation:
		return "the membership " + label + with(" at the location ")
	case cardea.RuleBooking:
		if !strings.HasPrefix(label, "“") {
			return "the booking " + label
		}
		return "the booking of " + label
	case cardea.RuleDayPass:
		return "the day pass " + label
	case cardea.RulePass:
		return "the pass " + label
	case cardea.RuleUnit:
		return "the rental " + label + with(" of unit ")
	case cardea.RulePushed:
		return "the space system's " + label
	case cardea.RuleBlock:
		return "the block " + label
	}
	return Clean(string(rule)) + " " + label
}

// clause is subject and verdict: the membership “Hot desk” is not mapped to this group.
func (t teller) clause(one cardea.Consideration) string {
	if one.Rule == cardea.RuleBlock {
		return t.block(one)
	}
	return t.subject(one) + " " + t.predicate(one)
}

// predicate is the verdict with the times it rests on.
func (t teller) predicate(one cardea.Consideration) string {
	said := t.word(one).Text
	switch one.Verdict { //nolint:exhaustive // the others carry no time
	case cardea.Yes:
		if w, ok := holding(one.Windows, t.e.At); ok {
			return said + " " + t.c.Window(w)
		}
	case cardea.NotYet:
		if w, ok := after(one.Windows, t.e.At); ok {
			return "starts " + t.c.Moment(w.From)
		}
	case cardea.Ended:
		if w, ok := before(one.Windows, t.e.At); ok {
			return "ended " + t.c.End(w.Until)
		}
	case cardea.ByHours, cardea.IsPaused:
		if w, ok := after(one.Windows, t.e.At); ok {
			return said + "; it opens next " + t.c.Window(w)
		}
	case cardea.WasCancelled:
		if one.Rule != cardea.RuleBooking { // a rental or membership that was ended before its dates say so
			return "was ended or cancelled in the space system"
		}
	case cardea.HasLeft:
		return "belongs to the team, and " + t.person() + " has left it"
	case cardea.NotMapped:
		return "is not mapped to " + t.group()
	case cardea.OutOfScope:
		if in := Clean(one.Integration); in != "" {
			return "is at a location that the integration " + in + " does not cover"
		}
	}
	return said
}

func holding(ws []cardea.Window, at cardea.Instant) (cardea.Window, bool) {
	i := slices.IndexFunc(ws, func(w cardea.Window) bool { return w.Holds(at) })
	if i < 0 {
		return cardea.Window{}, false
	}
	return ws[i], true
}

// after is the first window that opens later.
func after(ws []cardea.Window, at cardea.Instant) (cardea.Window, bool) {
	var best cardea.Window
	found := false
	for _, w := range ws {
		if w.From > at && (!found || w.From < best.From) {
			best, found = w, true
		}
	}
	return best, found
}

// before is the last window that is over.
func before(ws []cardea.Window, at cardea.Instant) (cardea.Window, bool) {
	var best cardea.Window
	found := false
	for _, w := range ws {
		if w.Until <= at && (!found || w.Until > best.Until) {
			best, found = w, true
		}
	}
	return best, found
}

// Reason tells in one clause why a grant exists: the booking of “Elephant”.
func Reason(r cardea.Reason, names map[cardea.Key]string) string {
	via := ""
	if len(r.Via) > 0 {
		via = named(r.Via[len(r.Via)-1], names)
	}
	return subject(r.Rule, named(r.Record, names), via)
}

// Because names an operation's first reason and how many others there are; empty when it has none.
func Because(o Operation) string {
	if len(o.Reasons) == 0 {
		return ""
	}
	text := Reason(o.Reasons[0], o.Names)
	if more := len(o.Reasons) - 1; more > 0 {
		text += " and " + N(more, "other record", "other records")
	}
	return text
}
