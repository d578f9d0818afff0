package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type timesCmd struct {
	onOrders

	Integration string `arg:"" help:"Integration; all when none is named." optional:""`
	Since       string `help:"How far back: 24h, 7d." default:"7d"`
}

// Help says from when to when it is measured.
func (*timesCmd) Help() string {
	return `From the fact to the confirmation: from the instant on which a change was due and could be known, until the door system showed
it. A membership counts from when the reading began that brought it, or its end; a booking from when its doors are to open;
what a guard held from when it was let go. Access that was staged before it was due took no time. Half of the changes took at
most p50, 95 of 100 at most p95.`
}

// Run prints how long changes took.
func (t *timesCmd) Run(ctx context.Context, c *terminal) error { return t.do(ctx, c, settings{}) }

func (t *timesCmd) do(ctx context.Context, c *terminal, with settings) error {
	within, err := backOf(t.Since)
	if err != nil {
		return err
	}
	with.readOnly = true
	a, err := t.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	all, err := a.desk.DoorTimes(ctx, t.Integration, within)
	if err != nil {
		return err
	}
	if t.JSON {
		return printJSON(c.out, all)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "door\tkind\tchanges\tp50\tp95\tlongest")
	for _, d := range all {
		printSpread(w, d.Door, "grant", d.Grant)
		printSpread(w, d.Door, "revoke", d.Revoke)
	}
	return w.Flush()
}

func printSpread(w *tabwriter.Writer, door, kind string, s *desk.Spread) {
	if s == nil {
		fmt.Fprintf(w, "%s\t%s\t0\t\t\t\n", door, kind)
		return
	}
	fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", door, kind, s.Count, took(s.P50), took(s.P95), took(s.Max))
}

func took(seconds float64) string {
	if seconds < 10 {
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	}
	return say.Took(time.Duration(seconds * float64(time.Second)))
}

// backOf reads how far back to look: a duration, or days.
func backOf(text string) (time.Duration, error) {
	d, ok := spanOf(text)
	if !ok {
		return 0, cardea.Errorf(cardea.Rejected, "--since %s: want how far back, such as 24h or 7d", text)
	}
	return d, nil
}
