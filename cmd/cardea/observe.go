package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type observeCmd struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`

	Integration string `arg:"" help:"Integration."`
	Read        bool   `help:"Read both sides first; nothing is written."`
}

// Help says what is compared.
func (*observeCmd) Help() string {
	return `Compares who is in the groups of an integration with whom Cardea would have there: who is in both, who would come, go or have
other times, staff and members that are no accounts, and which groups nothing would change in. It is what was last read; with
--read both sides are read first. It writes nothing, whatever the integration's settings.
Exit codes: 0 no group would differ, 2 some would, 4 not everything was read.

  cardea observe london --read
  cardea adopt london "First floor"`
}

// Run shows what would differ.
func (o *observeCmd) Run(ctx context.Context, c *terminal) error { return o.do(ctx, c, settings{}) }

func (o *observeCmd) do(ctx context.Context, c *terminal, with settings) error {
	p := newProgress(c)
	with.readOnly, with.progress, with.log = true, p.tell, c.err
	a, err := (&common{Config: o.Config, Verbose: o.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	seen, err := a.desk.Observe(ctx, o.Integration, o.Read)
	p.done()
	if err != nil {
		return err
	}
	if o.JSON {
		err = printJSON(c.out, seen)
	} else {
		c.printObservation(seen, clockOf(a, c))
	}
	if code := seen.Standing(); err == nil && code != desk.InStep {
		return codeError(code)
	}
	return err
}

func (c *terminal) printObservation(o desk.Observation, clock say.Clock) {
	fmt.Fprintf(c.out, "%s at %s, as listed %s: agrees on %d of %d entries\n", c.paint(bold, o.Integration), o.Door,
		clock.Moment(o.ReadAt), o.Agrees, o.Of)
	for _, g := range o.Groups {
		c.printDifference(g, clock)
	}
	for _, why := range o.Incomplete {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), say.Clean(why))
	}
	c.printNotes(o.Issues, clock)
	var safe []string // of those that are still to be taken over
	left := 0
	for _, g := range o.Groups {
		if g.Ours {
			continue
		}
		if left++; g.Safe {
			safe = append(safe, say.Clean(g.Name))
		}
	}
	if len(safe) > 0 {
		fmt.Fprintf(c.out, "\n  Nothing would change in: %s\n", strings.Join(safe, ", "))
	}
	offer := "All its groups are ours already."
	if left > 0 {
		offer = "Take groups over with: cardea adopt " + o.Integration + " GROUP..."
	}
	fmt.Fprintf(c.out, "  %s   (%s)\n", offer, clock.Times())
}

// printDifference prints what would differ in one group.
func (c *terminal) printDifference(g desk.Difference, clock say.Clock) {
	word := "would differ"
	switch {
	case g.Safe && g.Ours:
		word = "ours, and in step"
	case g.Safe:
		word = "nothing would change"
	case g.Ours:
		word = "ours, and differs"
	}
	standing := fmt.Sprintf("%s; %d in both; %s", g.Mode, len(g.Both), word)
	fmt.Fprintf(c.out, "\n  %s  %s\n", c.paint(bold, say.Clean(g.Name)), c.paint(faint, standing))
	for _, part := range []struct {
		sign, colour, title string
		list                []desk.Entry
	}{
		{"+", green, "missing", g.Missing}, {"+", faint, "to come", g.Later},
		{"-", red, "would go", g.Gone}, {"~", yellow, "other times", g.Times},
		{"=", faint, "stays", g.Kept}, {"=", faint, "staff, stays (keep entry offered)", g.Staff},
		{"=", faint, "no account, stays (keep entry offered)", g.Foreign},
	} {
		for i, e := range part.list {
			if i == most {
				fmt.Fprintf(c.out, "    %s\n", c.paint(faint, fmt.Sprintf("and %d more (--json prints all)", len(part.list)-most)))
				break
			}
			fmt.Fprintf(c.out, "    %s %s  %s\n", c.paint(part.colour, part.sign), entryName(e), c.paint(faint, entryText(part.title, e, clock)))
		}
	}
}

func entryName(e desk.Entry) string {
	o := say.Operation{PersonName: e.Name, Email: e.Email}
	o.Account, o.Person = e.Account, e.Person
	return person(o)
}

func entryText(title string, e desk.Entry, clock say.Clock) string {
	text := title
	if e.Why != "" {
		text += ": " + clock.Text(say.Clean(e.Why))
	}
	if e.Window != cardea.Forever {
		text += ", " + clock.Window(e.Window)
	}
	if e.Was != nil && *e.Was != e.Window {
		text += " instead of " + clock.Window(*e.Was)
	}
	return text
}
