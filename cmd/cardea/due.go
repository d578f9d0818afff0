package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type dueCmd struct {
	onOrders

	Integration string  `arg:"" help:"Integration; all when none is named." optional:""`
	Within      stretch `help:"How far ahead: 1h, 24h, 2d. Not beyond the horizon." default:"1h"`
}

// Help says what the states mean.
func (*dueCmd) Help() string {
	return `Whose access must begin or end within the next hour, where and when, by what is stored; no vendor is asked anything.

Confirmed: the door system shows it, and begins or ends it by itself.

Pending: it is written when its turn comes, which is told, or was written and is to be read back.

At risk: it is not confirmed five minutes before its time, it waits for a person, or more is to be written before it than the
connection's budget allows. That is told as soon as it is known, up to the horizon ahead.

  cardea due
  cardea due london --within 24h --json`
}

// Run lists what is due.
func (d *dueCmd) Run(ctx context.Context, c *terminal) error { return d.do(ctx, c, settings{}) }

func (d *dueCmd) do(ctx context.Context, c *terminal, with settings) error {
	if d.Within <= 0 {
		return cardea.Errorf(cardea.Rejected, "--within %s is no time ahead: write 1h, 24h or 2d", time.Duration(d.Within))
	}
	with.readOnly = true
	a, err := d.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	doors, err := a.desk.Due(ctx, d.Integration, time.Duration(d.Within))
	if err != nil {
		return err
	}
	if d.JSON {
		return printJSON(c.out, doors)
	}
	clock := clockOf(a, c)
	for _, one := range doors {
		c.printDue(one, clock)
		if one.Until < one.Now.Add(time.Duration(d.Within)) {
			fmt.Fprintf(c.out, "  %s\n", c.paint(faint, "nobody looks further ahead than the horizon, "+clock.Moment(one.Until)+
				" (horizon: of its integrations)"))
		}
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}

// printDue prints what is at risk first, then the rest by time.
func (c *terminal) printDue(d desk.Dues, clock say.Clock) {
	fmt.Fprintf(c.out, "%s  %d confirmed, %d pending, %d at risk\n", c.paint(bold, d.Door), d.Counts[cardea.DueConfirmed],
		d.Counts[cardea.DuePending], d.Counts[cardea.DueAtRisk])
	for _, state := range []cardea.DueState{cardea.DueAtRisk, cardea.DuePending, cardea.DueConfirmed} {
		shown := 0
		for _, one := range d.Due {
			if one.State != state {
				continue
			}
			if shown++; shown <= most {
				c.printOneDue(one, clock)
			}
		}
		if n := shown - most; n > 0 {
			fmt.Fprintf(c.out, "  %s\n", c.paint(faint, fmt.Sprintf("and %d more: %s (--json prints all)", n, stateWord(state))))
		}
	}
}

func stateWord(s cardea.DueState) string { return strings.ReplaceAll(string(s), "-", " ") }

func (c *terminal) printOneDue(d desk.Due, clock say.Clock) {
	who := strings.TrimSpace(say.Clean(d.Who))
	if d.Email != "" {
		who = strings.TrimSpace(who + " <" + say.Clean(d.Email) + ">")
	}
	if who == "" {
		who = "account " + say.Clean(string(d.Account))
	}
	what := "begins"
	if d.Ends {
		what = "ends"
	}
	line := fmt.Sprintf("%s  %s %s: %s", clock.Moment(d.At), what, say.Clean(d.GroupName), who)
	switch d.State {
	case cardea.DueAtRisk:
		fmt.Fprintf(c.out, "  %s %s\n      %s\n", c.paint(yellow, "!"), line, c.paint(faint, clock.Text(say.Clean(d.Why))))
	case cardea.DuePending:
		when := "written, not read back yet"
		if d.Written != 0 {
			when = "to be written by " + clock.Moment(d.Written)
		}
		fmt.Fprintf(c.out, "    %s  %s\n", line, c.paint(faint, when))
	case cardea.DueConfirmed:
		fmt.Fprintf(c.out, "    %s  %s\n", line, c.paint(faint, "confirmed"))
	}
}
