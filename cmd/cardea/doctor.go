package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type doctorCmd struct {
	common

	Timeout     time.Duration `default:"2m" help:"How long one connection may be asked; the others do not wait for it."`
	Connections []string      `arg:""       help:"Connections, and the integrations between them; none = all." optional:""`
}

// Run looks at every connection and integration, and says what should be mended. It is built so that it cannot write at any
// vendor.
func (x *doctorCmd) Run(ctx context.Context, c *terminal) error {
	a, err := x.assemble(ctx, c, settings{readOnly: true, log: c.err})
	if err != nil {
		return err
	}
	defer a.shut()
	return x.look(ctx, c, a)
}

func (x *doctorCmd) look(ctx context.Context, c *terminal, a *app) error {
	found, err := a.desk.Doctor(ctx, desk.Checkup{Connections: x.Connections, Wired: wired(a.file), Timeout: x.Timeout})
	if err != nil {
		return err
	}
	if x.JSON {
		if err := printJSON(c.out, found); err != nil {
			return err
		}
	} else {
		c.printDiagnosis(found, clockOf(a, c))
	}
	if code := found.Standing(); code != desk.InStep {
		return codeError(code)
	}
	return nil
}

// wired is what the file knows of each connection.
func wired(f *config.File) map[string]desk.Wired {
	out := map[string]desk.Wired{}
	for name, c := range f.Connections {
		w := desk.Wired{Secrets: c.Secrets()}
		switch rate := systems[c.System].rate; {
		case c.Budget.Set:
			w.Budget = c.Budget.String()
		case rate.Calls > 0:
			w.Budget = rate.String()
		}
		out[name] = w
	}
	return out
}

// printDiagnosis prints a block for each connection and each integration, and one line for the whole.
func (c *terminal) printDiagnosis(d desk.Diagnosis, clock say.Clock) {
	for _, e := range d.Connections {
		c.printExamination(e, clock)
		fmt.Fprintln(c.out)
	}
	for _, i := range d.Integrations {
		c.printFitness(i)
		fmt.Fprintln(c.out)
	}
	if len(d.Webhooks) > 0 {
		c.printTold(d.Webhooks, clock)
		fmt.Fprintln(c.out)
	}
	switch d.Standing() {
	case desk.Incomplete:
		fmt.Fprintln(c.out, c.paint(red, "A connection does not work."))
	case desk.Pending:
		fmt.Fprintln(c.out, c.paint(yellow, "Something should be mended."))
	case desk.InStep, desk.Held, desk.Refused:
		fmt.Fprintln(c.out, c.paint(green, "All is well."))
	}
}

func (c *terminal) printExamination(e desk.Examination, clock say.Clock) {
	fmt.Fprintf(c.out, "%s  %s", c.paint(bold, e.Name), e.System)
	if o := e.Organisation; o.ID != "" {
		fmt.Fprintf(c.out, ", %s", say.Clean(o.Name))
		if o.Name != o.ID {
			fmt.Fprintf(c.out, " (%s)", say.Clean(o.ID))
		}
		if o.Who != "" {
			fmt.Fprintf(c.out, ", as %s", say.Clean(o.Who))
		}
		if e.Pinned == "" {
			fmt.Fprint(c.out, c.paint(faint, " - not pinned yet"))
		}
	}
	fmt.Fprintln(c.out)
	if e.Error != "" {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(red, "x"), say.Clean(e.Error))
		c.printMend(e.Mend)
	} else {
		answers := fmt.Sprintf("answers, looked at in %.1f s", e.Seconds)
		if e.Clock != "" {
			answers += "; its clock " + e.Clock
		}
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(green, "✓"), answers)
	}
	c.printFindings(e.Findings)
	c.printPart("can", e.Can)
	bounds := e.Bounds
	if e.Budget != "" {
		bounds = append([]string{"is asked at most " + e.Budget}, bounds...)
	}
	c.printPart("limits", bounds)
	var ages []string
	for _, one := range e.Credentials {
		ages = append(ages, clock.Age(one.Name, one.FirstSeen, one.Changed, one.Expires))
	}
	c.printPart("secrets", ages)
	switch {
	case e.Side != "door":
		c.printPart("read", clock.Reads(e.Collections))
	case e.ListedAt == 0:
		c.printPart("read", []string{"never listed yet"})
	default:
		c.printPart("read", []string{"listed whole " + clock.Ago(e.ListedAt)})
	}
	if e.Pushes != nil {
		c.printPart("pushes", pushed(e, clock))
	}
	c.printPart("assumed", e.Assumed)
}

// pushed tells where pushes go, with which token, and what came.
func pushed(e desk.Examination, clock say.Clock) []string {
	came := "none came yet"
	if e.Pushes.Last != 0 {
		came = "the last one came " + clock.Ago(e.Pushes.Last) + ", " + clock.Moment(e.Pushes.Last) + " (" + clock.ZoneName() + "); " +
			say.N(e.Pushes.Kept, "push stands", "pushes stand") + ", of each person and location the newest"
	}
	return []string{
		"groups endpoint: " + e.Pushes.Groups, "webhook URL: " + e.Pushes.Webhook,
		"token for both: acs_token of this connection, which is set", came,
	}
}

func (c *terminal) printFitness(f desk.Fitness) {
	fmt.Fprintf(c.out, "%s  %s to %s\n", c.paint(bold, f.Name), f.Space, f.Door)
	c.printFindings(f.Findings)
	if f.Checked && len(f.Findings) == 0 {
		fmt.Fprintf(c.out, "  %s every name is known\n", c.paint(green, "✓"))
	}
}

// printFindings prints what should be mended, then what is only worth knowing. Of many of one kind only the first are
// printed.
func (c *terminal) printFindings(fs []desk.Finding) {
	const some = 8
	seen := map[string]int{}
	last := map[string]int{}
	for _, minor := range []bool{false, true} {
		for _, f := range fs {
			if f.Minor != minor {
				continue
			}
			key := fmt.Sprint(f.Code, minor)
			if seen[key]++; seen[key] > some {
				last[f.Code]++
				continue
			}
			sign := c.paint(yellow, "!")
			if minor {
				sign = c.paint(faint, "·")
			}
			text := f.Text
			if f.About != "" {
				text = f.About + ": " + text
			}
			fmt.Fprintf(c.out, "  %s %s\n", sign, text)
			c.printMend(f.Mend)
		}
	}
	for _, f := range fs {
		if n := last[f.Code]; n > 0 {
			fmt.Fprintf(c.out, "    %s\n", c.paint(faint, fmt.Sprintf("and %d more of %s (--json prints all)", n, f.Code)))
			delete(last, f.Code)
		}
	}
}

// printTold says how those stand who are told of events.
func (c *terminal) printTold(all []desk.WebhookStanding, clock say.Clock) {
	fmt.Fprintln(c.out, c.paint(bold, "webhooks"))
	for _, w := range all {
		name := say.Clean(w.Name) + " at " + say.Clean(w.Host)
		switch {
		case w.State == desk.WebhookOn:
			last := "nothing was told yet"
			if w.Last != 0 {
				last = "the last delivery was " + clock.Ago(w.Last)
			}
			fmt.Fprintf(c.out, "  %s %s takes what it is told; %s\n", c.paint(green, "✓"), name, last)
			continue
		case w.Off != 0:
			fmt.Fprintf(c.out, "  %s %s said that it is gone, %s, and is told nothing; %s\n", c.paint(yellow, "!"), name, clock.Ago(w.Off),
				say.N(w.Waiting, "event waits", "events wait"))
		default:
			fmt.Fprintf(c.out, "  %s %s has not taken everything since %s; %s\n", c.paint(yellow, "!"), name, clock.Moment(w.Failing),
				say.N(w.Waiting, "event waits", "events wait"))
		}
		c.printMend("See whether it is up, then: cardea webhooks test " + say.Clean(w.Name) + ".")
	}
}

func (c *terminal) printMend(mend string) {
	if mend != "" {
		fmt.Fprintf(c.out, "    %s\n", mend)
	}
}

// printPart prints one part of a block, a line for each clause.
func (c *terminal) printPart(name string, clauses []string) {
	for i, text := range clauses {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(faint, pad(name, 8)), strings.TrimSuffix(text, "."))
	}
}
