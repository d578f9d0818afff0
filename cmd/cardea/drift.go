package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type driftCmd struct {
	onOrders

	Integration string `arg:"" help:"Integration; all when none is named." optional:""`
}

// Help says what is shown and what an empty list means.
func (*driftCmd) Help() string {
	return `Entries, accounts and groups at the doors that are not as they were decided, as the last run found them; no vendor is asked
anything. Each tells since when it is so, how often it was, what Cardea does about it (sets it right, takes it over, tells of it,
waits) and what a person can do. What was found and set right within a run is in the audit log.

  cardea drift
  cardea drift london --json`
}

// Run tells what is not in step.
func (d *driftCmd) Run(ctx context.Context, c *terminal) error { return d.do(ctx, c, settings{}) }

func (d *driftCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := d.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	doors, err := a.desk.Drift(ctx, d.Integration)
	if err != nil {
		return err
	}
	if d.JSON {
		return printJSON(c.out, doors)
	}
	clock := clockOf(a, c)
	for _, one := range doors {
		c.printDrift(one, clock)
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}

// printDrift prints the counts, and the first of each situation.
func (c *terminal) printDrift(d desk.Drift, clock say.Clock) {
	read := "never listed"
	if d.ReadAt != 0 {
		read = "listed " + clock.Moment(d.ReadAt)
	}
	fmt.Fprintf(c.out, "%s  %s\n", c.paint(bold, d.Door), c.paint(faint, read))
	if !d.Ran {
		fmt.Fprintln(c.out, "  no run has compared it yet: cardea sync does, and cardea preview shows what a run would do")
		return
	}
	for _, s := range cardea.Situations {
		if n := d.Counts[s]; n > 0 || s == cardea.InStep {
			fmt.Fprintf(c.out, "  %6d  %s\n", n, say.Situation(s).Short)
		}
	}
	shown := map[cardea.Situation]int{}
	for _, v := range d.Deviations {
		if shown[v.Situation]++; shown[v.Situation] > most {
			continue
		}
		fmt.Fprintf(c.out, "  %s %s %s\n", c.paint(yellow, "!"), subject(v), say.Situation(v.Situation).Text)
		since := "since " + clock.Moment(v.Since)
		if v.Times > 1 {
			since += ", the " + ordinal(v.Times) + " time"
		}
		if v.Detail != "" {
			since += "; " + clock.Text(say.Clean(v.Detail))
		}
		fmt.Fprintf(c.out, "      %s\n", c.paint(faint, since))
		fmt.Fprintf(c.out, "      %s. %s\n", say.Clean(v.Action), v.Mend)
	}
	for _, s := range cardea.Situations {
		if n := shown[s] - most; n > 0 {
			fmt.Fprintf(c.out, "  %s\n", c.paint(faint, fmt.Sprintf("and %d more: %s (--json prints all)", n, say.Situation(s).Short)))
		}
	}
}

// subject names whom or what a deviation is about, and where.
func subject(v desk.Deviation) string {
	who := strings.TrimSpace(say.Clean(v.Who))
	if v.Email != "" {
		who = strings.TrimSpace(who + " <" + say.Clean(v.Email) + ">")
	}
	group := say.Clean(v.GroupName)
	switch {
	case who == "":
		return cmp.Or(group, "something")
	case group == "":
		return who
	}
	return group + ": " + who
}

func ordinal(n int) string {
	switch {
	case n%100/10 == 1:
	case n%10 == 1:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
