package console

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// What the components print.
type (
	pageView struct {
		assets  *assets
		version string
		now     nowView
		ask     askView
	}
	nowView struct {
		clock       say.Clock
		glance      say.Glance
		overview    Overview
		matters     []say.Matter
		heeds       []say.Heed
		overviewErr string
		runs        []Run
		runsErr     string
		opened      *runView // the run that the address names
	}
	runView struct {
		id     string
		detail RunDetail
		clock  say.Clock
		err    string
	}
	peopleView struct {
		query  string
		chosen cardea.PersonID
		found  []Person
		err    string
	}
	askView struct {
		clock     say.Clock
		people    peopleView
		groups    []place
		groupsErr string
		group, at string
		hint      string
		err       string
		answered  bool
		explained Explained
		answer    say.Answer
	}
	// place is a heading in the list of groups.
	place struct {
		name   string
		groups []Group
	}
)

// byPlace puts groups under door and place, keeping their order.
func byPlace(groups []Group) []place {
	var out []place
	for _, g := range groups {
		name := say.Clean(g.Door)
		if g.Place != "" {
			name += ", " + say.Clean(g.Place)
		}
		i := slices.IndexFunc(out, func(p place) bool { return p.name == name })
		if i < 0 {
			out = append(out, place{name: name})
			i = len(out) - 1
		}
		out[i].groups = append(out[i].groups, g)
	}
	return out
}

func groupValue(g Group) string { return g.Door + "/" + string(g.ID) }

// runAnchor is an id that fits into HTML whatever the run is called.
func runAnchor(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "run-" + hex.EncodeToString(sum[:6])
}

func matterAnchor(m say.Matter) string {
	sum := sha256.Sum256([]byte(m.Code + "\x00" + m.Text))
	return "issue-" + hex.EncodeToString(sum[:6])
}

// heedAnchor stays the same while what it tells goes on.
func heedAnchor(n int, h say.Heed) string {
	sum := sha256.Sum256([]byte(h.Word + "\x00" + h.Type))
	return "heed-" + strconv.Itoa(n) + "-" + hex.EncodeToString(sum[:4])
}

func runPath(id string) string { return "/runs/" + url.PathEscape(id) }

func runAddress(id string) string {
	return "/?" + url.Values{"run": {id}}.Encode() + "#" + runAnchor(id)
}

// stretch is a run, or several in a row that have nothing to tell.
type stretch struct {
	runs  []Run // the newest first
	quiet bool
}

// fewQuiet is how many quiet runs in a row are still listed one by one, shownQuiet how many of many are listed.
const (
	fewQuiet   = 2
	shownQuiet = 10
)

// stretches folds quiet runs, so that what happened stays in sight however often nothing does.
func stretches(runs []Run, opened string) []stretch {
	var out []stretch
	for i := 0; i < len(runs) && len(out) < shownRuns; {
		n := i
		for n < len(runs) && say.Quiet(runs[n]) && runs[n].ID != opened {
			n++
		}
		if n-i > fewQuiet {
			out = append(out, stretch{runs[i:n], true})
			i = n
			continue
		}
		for n = max(n, i+1); i < n; i++ {
			out = append(out, stretch{runs: runs[i : i+1]})
		}
	}
	return out
}

// foldAnchor stays the same while quiet runs are added to the stretch.
func foldAnchor(s stretch) string { return "fold-" + runAnchor(s.runs[len(s.runs)-1].ID) }

func quietText(s stretch) string {
	reads := 0
	for _, r := range s.runs {
		if r.Kind == "read" {
			reads++
		}
	}
	var parts []string
	if reads > 0 {
		parts = append(parts, say.N(reads, "read", "reads"))
	}
	if kept := len(s.runs) - reads; kept > 0 {
		parts = append(parts, say.N(kept, "run", "runs"))
	}
	return say.And(parts) + ": nothing new, nothing to change"
}

func openedID(v nowView) string {
	if v.opened == nil {
		return ""
	}
	return v.opened.id
}

// took is how long a run lasted, or has lasted.
func took(r Run, c say.Clock) string {
	end := r.Ended
	if !say.Known(end) {
		end = c.Now
	}
	return say.Took(time.Duration(end-r.Started) * time.Microsecond)
}

// look is how a state looks: the class for its colour and the name of its sign. Words stand beside both.
type look struct{ class, icon string }

func stateLook(s say.State) look {
	switch s {
	case say.InStep, say.Fresh:
		return look{"good", "check"}
	case say.Pending:
		return look{"calm", "turn"}
	case say.Held, say.Late:
		return look{"wait", "pause"}
	case say.Failed:
		return look{"bad", "cross"}
	case say.New:
	}
	return look{"quiet", "dot"}
}

// heedLook is calmer for who is blocked: that is as somebody wants it.
func heedLook(h say.Heed) look {
	if h.State == say.New {
		return look{"quiet", "cross"}
	}
	return stateLook(h.State)
}

func outcomeLook(o say.Outcome) look {
	switch o {
	case say.EndedInStep:
		return stateLook(say.InStep)
	case say.EndedPending, say.Running:
		return stateLook(say.Pending)
	case say.EndedHeld:
		return stateLook(say.Held)
	case say.EndedFailed, say.EndedIncomplete:
		return stateLook(say.Failed)
	}
	return stateLook(say.New)
}

func markLook(m say.Mark) look {
	switch m {
	case say.MarkOpen:
		return look{"good", "check"}
	case say.MarkLater:
		return look{"wait", "clock"}
	case say.MarkShut:
	}
	return look{"bad", "cross"}
}

// lineLook is calmer than markLook: a record that does not open is nothing bad.
func lineLook(m say.Mark) look {
	l := markLook(m)
	if m == say.MarkShut {
		l.class = "quiet"
	}
	return l
}

// worstGrade is the least grade of a connection's collections, Complete when there are none.
func worstGrade(cs []say.Collection) cardea.Grade {
	rank := map[cardea.Grade]int{cardea.Complete: 0, cardea.Weak: 1, cardea.Incomplete: 2, cardea.Failed: 3}
	worst := cardea.Complete
	for _, c := range cs {
		if rank[c.Grade] > rank[worst] {
			worst = c.Grade
		}
	}
	return worst
}

func gradeLook(g cardea.Grade) look {
	switch g {
	case cardea.Complete:
		return look{"good", "check"}
	case cardea.Weak:
		return look{"wait", "pause"}
	case cardea.Incomplete, cardea.Failed:
	}
	return look{"bad", "cross"}
}

// evidence tells how much a connection's last read brought.
func evidence(cs []say.Collection) string {
	records := 0
	for _, c := range cs {
		records += c.Records
	}
	text := say.N(records, "record", "records")
	if worstGrade(cs) == cardea.Complete {
		return text + ", complete"
	}
	return text
}

// shortcoming tells how many lists have the worst grade.
func shortcoming(cs []say.Collection) string {
	n, worst := 0, worstGrade(cs)
	for _, c := range cs {
		if c.Grade == worst {
			n++
		}
	}
	return say.N(n, "list ", "lists ") + say.Grade(worst).Short
}

// skew tells how far a connection's clock is off; empty when it is not worth a word.
func skew(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d.Abs() < 2*time.Second:
		return ""
	case d > 0:
		return "its clock is " + say.Took(d) + " ahead"
	}
	return "its clock is " + say.Took(-d) + " behind"
}

// diffClass is the colour of an operation's line; its sign stands beside it.
func diffClass(v cardea.Verb) string {
	switch v {
	case cardea.VerbAdd, cardea.VerbCreate, cardea.VerbUnlock, cardea.VerbAddUnit:
		return "plus"
	case cardea.VerbRemove, cardea.VerbClean, cardea.VerbLock, cardea.VerbDeleteUnit:
		return "minus"
	case cardea.VerbRetime, cardea.VerbReprofile, cardea.VerbRenameUnit, cardea.VerbUpdate:
		return "change"
	case cardea.VerbAdopt, cardea.VerbLink, cardea.VerbForget:
	}
	return ""
}

// who names an operation's person: the name, else the e-mail, else the id.
func who(o say.Operation) string {
	if o.Verb.OfUnit() {
		return "unit " + say.Clean(o.Unit.Number)
	}
	return cmp.Or(say.Clean(o.PersonName), say.Clean(o.Email), string(o.Person), string(o.Account))
}

// shownOperations is how many operations of one cause are listed.
const shownOperations = 100

func first(ops []say.Operation) []say.Operation { return ops[:min(len(ops), shownOperations)] }
