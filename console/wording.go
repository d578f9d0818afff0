package console

import (
	"cmp"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

const (
	// shownMatters is how many things that are the matter are listed at once.
	shownMatters = 6
	// namedInLine is how many of those it is about are named in one line, namedAtAll how many in the list.
	namedInLine = 3
	namedAtAll  = 60
)

func firstMatters(ms []say.Matter) []say.Matter { return ms[:min(len(ms), shownMatters)] }

func firstNames(m say.Matter) []string { return m.About[:min(len(m.About), namedAtAll)] }

// some names the first of a list, and how many others there are.
func some(h say.Heed) string {
	return say.Matter{About: h.List}.Some(namedInLine)
}

func versionText(v string) string {
	if v == "" {
		return ""
	}
	return "version " + say.Clean(v)
}

func countOf(c say.Collection) string {
	one, many := say.Kind(c.Kind)
	return say.N(c.Records, one, many)
}

func unitText(r Run) string {
	switch r.Kind {
	case "read":
		return say.Clean(r.Unit) + " read"
	case "keep":
		return say.Clean(r.Unit) + " kept"
	}
	return strings.TrimSpace(say.Clean(r.Unit) + " " + say.Clean(r.Kind))
}

// outcomeText is how a run ended: a read that brought everything is complete, it keeps nothing in step.
func outcomeText(r Run) string {
	if r.Kind == "read" && r.Outcome == say.EndedInStep {
		return say.Grade(cardea.Complete).Short
	}
	return say.OutcomeWord(r.Outcome).Short
}

// noOperations says why a run lists none.
func noOperations(r Run) string {
	if r.Kind == "read" {
		return "A read changes no door; it brings what was sold into view."
	}
	switch r.Outcome { //nolint:exhaustive // the others planned, and found nothing
	case say.Running:
		return "Nothing has been planned yet."
	case say.EndedFailed:
		return "It ended before anything was planned."
	}
	return "There was nothing to change."
}

// batchSize is how many operations of a batch there are; of a long run only the first are listed.
func batchSize(d RunDetail, b say.Batch) int {
	if d.Planned <= len(d.Operations) {
		return len(b.Operations)
	}
	n := 0
	for key, count := range d.Counts {
		held, cause := strings.HasPrefix(key, "held/"), key[strings.LastIndexByte(key, '/')+1:]
		if held == b.Held && cause == string(b.Cause) && !strings.HasPrefix(key, "_") {
			n += count
		}
	}
	return max(n, len(b.Operations))
}

// beyond says that there are operations of which nothing is listed.
func beyond(d RunDetail) string {
	shown := 0
	for _, b := range say.ByCause(d.Operations) {
		shown += batchSize(d, b)
	}
	if more := d.Planned - shown; more > 0 {
		return "and " + say.N(more, "other operation", "other operations") + ", not listed here"
	}
	return ""
}

func preposition(v cardea.Verb) string {
	switch v {
	case cardea.VerbRemove, cardea.VerbClean, cardea.VerbForget:
		return "from"
	case cardea.VerbRetime, cardea.VerbAdopt, cardea.VerbLock, cardea.VerbUnlock, cardea.VerbReprofile, cardea.VerbUpdate:
		return "in"
	case cardea.VerbAdd, cardea.VerbCreate, cardea.VerbLink, cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit:
	}
	return "to"
}

func groupText(o say.Operation) string {
	return cmp.Or(say.Clean(o.GroupName), say.Clean(string(o.Group)))
}

func heldText(o say.Operation, c say.Clock) string {
	h := say.Hold(o.Held.Code)
	return "Held: " + cmp.Or(c.Text(say.Clean(o.Held.Why)), h.Text) + ". " + h.Mend
}

// sharedHold is the sentence when all of a batch is held for one reason; it is then told once.
func sharedHold(b say.Batch, c say.Clock) string {
	if !b.Held {
		return ""
	}
	text := heldText(b.Operations[0], c)
	for _, o := range b.Operations[1:] {
		if heldText(o, c) != text {
			return ""
		}
	}
	return text
}

func ruleText(l say.Line) string {
	text := l.Rule + " rule"
	if l.Where != "" {
		text += " · " + l.Where
	}
	return text
}

// trail names the records that a line rests on, in the order in which they lead to the group.
func trail(l say.Line) string {
	parts := []string{say.Clean(l.Record.String())}
	for _, k := range l.Via {
		parts = append(parts, say.Clean(k.String()))
	}
	return strings.Join(parts, " → ")
}

func shortHash(h string) string { return say.Clean(h[:min(len(h), 12)]) }

func groupName(g Group) string {
	name := cmp.Or(say.Clean(g.Name), say.Clean(string(g.ID)))
	if !g.Mapped {
		name += " (not mapped)"
	}
	return name
}

func personName(p Person) string { return cmp.Or(say.Clean(p.Name), say.Clean(p.Email), string(p.ID)) }

func personFacts(p Person) string {
	var facts []string
	for _, f := range []string{p.Email, p.Team} {
		if f = say.Clean(f); f != "" {
			facts = append(facts, f)
		}
	}
	if p.Door != "" {
		facts = append(facts, "account at "+say.Clean(p.Door)+", nobody's")
	}
	if p.Visitor {
		facts = append(facts, "visitor")
	}
	if p.Left {
		facts = append(facts, "has left")
	}
	return strings.Join(facts, " · ")
}

// openedRun is the run of the page's address when it is this one.
func openedRun(v nowView, r Run) *runView {
	if v.opened != nil && v.opened.id == r.ID {
		return v.opened
	}
	return nil
}

// listed says whether the run of the page's address is among those shown, or is not there to be shown.
func listed(v nowView) bool {
	for _, r := range v.runs {
		if r.ID == v.opened.id {
			return true
		}
	}
	return v.opened.err != ""
}
