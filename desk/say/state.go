package say

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

var states = map[State]Word{
	New:     {Short: "new", Text: "nothing has run yet"},
	Fresh:   {Short: "on time", Text: "read on time"},
	InStep:  {Short: "in step", Text: "the doors show what was sold"},
	Pending: {Short: "pending", Text: "changes are on their way"},
	Late:    {Short: "late", Text: "the last read is older than it should be"},
	Held:    {Short: "held", Text: "something waits for a person"},
	Failed:  {Short: "failed", Text: "something does not work"},
}

// StateWord tells what a state is called and means.
func StateWord(s State) Word {
	if w, ok := states[s]; ok {
		return w
	}
	return Word{Short: Clean(string(s)), Text: Clean(string(s))}
}

var outcomes = map[Outcome]Word{
	Running:         {Short: "running", Text: "is at work"},
	EndedInStep:     {Short: "in step", Text: "ended in step"},
	EndedPending:    {Short: "pending", Text: "left changes that are on their way"},
	EndedHeld:       {Short: "held", Text: "left something that waits for a person"},
	EndedIncomplete: {Short: "incomplete", Text: "did not get everything"},
	EndedFailed:     {Short: "failed", Text: "failed"},
}

// OutcomeWord tells how a run ended.
func OutcomeWord(o Outcome) Word {
	if w, ok := outcomes[o]; ok {
		return w
	}
	return Word{Short: Clean(string(o)), Text: "ended as " + Clean(string(o))}
}

// Glance is the state of everything in one headline and one sentence.
type Glance struct {
	State State  `json:"state"`
	Head  string `json:"head"`
	Text  string `json:"text"`
}

// order ranks the states, the worst last.
var order = map[State]int{InStep: 0, Fresh: 0, New: 1, Pending: 2, Late: 3, Held: 4, Failed: 5}

// AtAGlance tells the worst of what an overview holds, and the next thing to happen.
func AtAGlance(o Overview, c Clock) Glance {
	worst := InStep
	pending, held := o.Pending, o.Held
	var bad, late []string
	next := cardea.Never
	for _, i := range o.Integrations {
		if order[i.State] > order[worst] {
			worst = i.State
		}
		if i.State == Failed {
			bad = append(bad, Clean(i.Name))
		}
		if Known(i.NextWake) {
			next = min(next, i.NextWake)
		}
	}
	for _, one := range o.Connections {
		if order[one.State] > order[worst] {
			worst = one.State
		}
		switch one.State { //nolint:exhaustive // the others are well
		case Failed:
			bad = append(bad, Clean(one.Name))
		case Late:
			late = append(late, Clean(one.Name))
		}
	}
	g := Glance{State: worst}
	switch worst {
	case Failed:
		g.Head = "Something does not work"
		g.Text = "Look at " + few(bad) + " below; meanwhile what was known still holds."
	case Held:
		g.Head = N(held, "change waits", "changes wait") + " for a person"
		if held == 0 {
			g.Head = "Something waits for a person"
		}
		g.Text = sentence(len(o.Frozen) == 0, "Everything else goes on. ") +
			sentence(pending > 0, N(pending, "other change is", "other changes are")+" on the way.")
	case Late:
		g.Head, g.Text = "Reading is late", upper(few(late))+sentence(len(late) == 1, " has")+sentence(len(late) != 1, " have")+
			" not been read on time; what was known still holds."
	case Pending:
		g.Head, g.Text = sentence(pending > 0, N(pending, "change is", "changes are")+" on the way"), "The doors are being brought in step."
		if pending == 0 {
			g.Head = "Changes are on the way"
		}
	case New:
		g.Head, g.Text = "Nothing has run yet", "The first read starts by itself."
		if o.Running {
			g.Head, g.Text = "The first run is at work", "What was sold and what the doors show is being read and compared."
		}
	case InStep, Fresh:
		g.Head, g.Text = "Everything is in step", "The doors show what was sold."
	}
	switch incidents := slices.DeleteFunc(Matters(o.Issues), func(m Matter) bool { return !m.cannotWait() }); {
	case len(incidents) > 0 && worst != Failed:
		g.State, g.Head = Failed, N(len(incidents), "incident needs a person", "incidents need a person")
		g.Text = "Everything else goes on."
	case len(o.Frozen) > 0 && order[worst] < order[Late]:
		g.State, g.Head = Held, frozenHead(o.Frozen)
		g.Text = "What is to be changed there waits until the freeze ends; blocks and locks go through."
	}
	if len(o.Integrations) == 0 {
		g = Glance{State: New, Head: "Nothing is set up yet"}
		g.Text = "Name two connections and an integration in the configuration file."
	}
	if Known(next) {
		g.Text = strings.TrimSpace(g.Text) + " Next look " + c.Moment(next-next%cardea.Minute) + " (" + c.ZoneName() + ")."
	}
	g.Text = strings.TrimSpace(g.Text)
	return g
}

// few names the first of several, and how many others there are.
func few(names []string) string { return Matter{About: names}.Some(namedAtAGlance) }

// namedAtAGlance is how many are named in a line at a glance.
const namedAtAGlance = 3

func sentence(when bool, s string) string {
	if !when {
		return ""
	}
	return s
}
