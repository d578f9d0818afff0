package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

type undoCmd struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`

	Of    string `arg:"" name:"run" optional:"" help:"Run to undo; without it the last runs are listed."`
	Apply string `placeholder:"HASH" help:"Do what was shown under this hash."`
}

// Help says what undoing does, and what it does not.
func (*undoCmd) Help() string {
	return `Shows what restores the entries at the door as they were before a run, and writes nothing; with --apply and the hash that it
printed, does it. What was changed since stays as it is, and so do accounts, links, staff, and people whom somebody blocked.
What was undone is not done again by itself, even though the records still ask for it: it is held until somebody releases it.
Exit codes: 0 done or nothing to undo, 2 shown and not done or not done in full, 4 the door system was not read whole.

  cardea undo
  cardea undo 0199f0a2-6e5c-7c3b-8f21-1d7c5b0c9a11
  cardea undo 0199f0a2-6e5c-7c3b-8f21-1d7c5b0c9a11 --apply 5d1f...`
}

// Run lists runs, shows what undoes one, or does it.
func (u *undoCmd) Run(ctx context.Context, c *terminal) error { return u.do(ctx, c, settings{}) }

func (u *undoCmd) do(ctx context.Context, c *terminal, with settings) error {
	p := newProgress(c)
	with.readOnly, with.progress, with.log = u.Apply == "", p.tell, c.err
	a, err := (&common{Config: u.Config, Verbose: u.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	if u.Of == "" {
		return u.list(ctx, c, a)
	}
	var result desk.Undoing
	if u.Apply == "" {
		result, err = a.desk.Undo(ctx, u.Of)
	} else {
		result, err = a.desk.ApplyUndo(ctx, u.Of, u.Apply, who(c))
	}
	p.done()
	if err != nil {
		return err
	}
	if u.JSON {
		err = printJSON(c.out, result)
	} else {
		c.printUndoing(result, clockOf(a, c))
	}
	if code := result.Standing(); err == nil && code != desk.InStep {
		return codeError(code)
	}
	return err
}

// lastRuns is among how many runs those are looked for that did something: some ten days of a quiet server. The newest are shown.
const (
	lastRuns  = 2000
	shownRuns = 30
)

// list prints the last runs of doors that did something.
func (u *undoCmd) list(ctx context.Context, c *terminal, a *app) error {
	runs, err := a.desk.Runs(ctx, lastRuns)
	if err != nil {
		return err
	}
	runs = slices.DeleteFunc(runs, func(r say.Run) bool { return r.Kind != store.WakeKeep || !changedSomething(r) })
	runs = runs[:min(len(runs), shownRuns)]
	if u.JSON {
		return printJSON(c.out, runs)
	}
	if len(runs) == 0 {
		fmt.Fprintln(c.out, "None of the last runs changed anything: there is nothing to undo.")
		return nil
	}
	clock := clockOf(a, c)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, r := range runs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, clock.Moment(r.Started), say.Clean(r.Unit), say.Did(r))
	}
	return w.Flush()
}

// changedSomething says whether a run did anything: what it did is counted by verb and cause.
func changedSomething(r say.Run) bool {
	for key, n := range r.Counts {
		if n > 0 && strings.Count(key, "/") == 1 && !strings.HasPrefix(key, "_") {
			return true
		}
	}
	return false
}

func (c *terminal) printUndoing(u desk.Undoing, clock say.Clock) {
	fmt.Fprintf(c.out, "%s  ", c.paint(bold, u.Door))
	began := "run of " + clock.Moment(u.Started)
	switch {
	case u.Error != "":
		fmt.Fprintln(c.out, c.paint(red, "failed: "+say.Clean(u.Error)))
	case len(u.Operations) == 0:
		fmt.Fprintf(c.out, "%s: nothing to undo\n", began)
	case u.Run == "":
		fmt.Fprintf(c.out, "what undoes the %s, changeset %s: %s\n", began, short(u.Hash), summary(u.Operations))
	default:
		fmt.Fprintf(c.out, "the %s was undone, changeset %s: %s; %d confirmed", began, short(u.Hash), summary(u.Operations), u.Confirmed)
		if u.Failed+u.Open > 0 {
			fmt.Fprintf(c.out, ", %s", c.paint(red, fmt.Sprintf("%d failed, %d not confirmed yet", u.Failed, u.Open)))
		}
		fmt.Fprintln(c.out)
	}
	for _, b := range say.ByCause(u.Operations) {
		c.printBatch(b, clock)
	}
	c.printRemaining(u.Left)
	for _, why := range u.Incomplete {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), say.Clean(why))
	}
	c.printNotes(u.Issues, clock)
	switch {
	case len(u.Operations) == 0:
	case u.Run == "":
		fmt.Fprintf(c.out, "\n  Do exactly this with: cardea undo %s --apply %s\n", u.Of, u.Hash)
	default:
		fmt.Fprintf(c.out, "\n  Runs do not do again what was undone: it is held until it is released.\n"+
			"  To undo this in turn: cardea undo %s\n", u.Run)
	}
}

// printRemaining prints what is not undone, by why.
func (c *terminal) printRemaining(left []desk.Remaining) {
	if len(left) == 0 {
		return
	}
	fmt.Fprintf(c.out, "\n  %s\n", c.paint(bold, fmt.Sprintf("Not undone (%d)", len(left))))
	about := map[string][]string{}
	var order []string
	for _, r := range left {
		if about[r.Why] == nil {
			order = append(order, r.Why)
		}
		text := strings.TrimSpace(say.Verb(r.Verb).Text + " " + person(r.Operation))
		if g := say.Clean(r.GroupName); g != "" && !r.Verb.OfUnit() {
			text += " (" + g + ")"
		}
		about[r.Why] = append(about[r.Why], text)
	}
	for _, why := range order {
		names := about[why]
		const some = 8
		if len(names) > some {
			names = append(names[:some:some], say.N(len(names)-some, "other", "others"))
		}
		fmt.Fprintf(c.out, "  %s %s\n      %s\n", c.paint(yellow, "!"), say.Clean(why), c.paint(faint, say.And(names)))
	}
}
