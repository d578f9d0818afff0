package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type auditCmd struct {
	onOrders

	Since stretch `help:"How far back: 24h, 7d; all of it when left out."`
	Who   string  `help:"Only what this one did: a person's name, or cardea."`
	What  string  `help:"Only this: block, release, adopt, mappings, add, remove and so on, as it is listed."`
	Most  int     `help:"How many lines at most, the newest." default:"50"`
	Check bool    `help:"Check the whole log: no line is missing, and none was changed."`
	Knows string  `help:"With --check: the hash of a line that must be in it still."`
}

// Help says what the log is good for.
func (*auditCmd) Help() string {
	return `Everything that Cardea or a person did is one line of a log that is only ever added to: who, what, when, why. Each line's hash
covers the line before, so that a line that is changed or taken out is found:

  cardea audit --check                    prints the newest line's hash: note it somewhere else
  cardea audit --check --knows 9f86d081…  and ask with it later: a log that was written anew does not have it

  cardea audit --since 24h --what block
  cardea audit --most 1000000 --json > audit.json`
}

// Run lists the audit log, or checks it.
func (l *auditCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *auditCmd) do(ctx context.Context, c *terminal, with settings) error {
	if l.Most < 1 {
		return cardea.Errorf(cardea.Rejected, "--most %d: ask for one line or more", l.Most)
	}
	if l.Knows != "" && !l.Check {
		return cardea.Errorf(cardea.Rejected, "--knows is for --check: write both")
	}
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	clock := orderClock(ctx, a, c)
	if l.Check {
		return l.check(ctx, c, a, clock)
	}
	q := desk.AuditQuery{Who: l.Who, What: l.What, Most: l.Most}
	if l.Since > 0 {
		q.Since = cardea.At(c.now()).Add(-time.Duration(l.Since))
	}
	lines, err := a.desk.Audit(ctx, q)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, lines)
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintln(c.out, "No such line is in the audit log.")
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, one := range lines {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", one.N, clock.Moment(one.At), say.Clean(one.Who), say.Clean(one.What), detailOf(one.Detail))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}

func (l *auditCmd) check(ctx context.Context, c *terminal, a *app, clock say.Clock) error {
	found, err := a.desk.CheckAudit(ctx, l.Knows)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, found)
	}
	if found.Lines == 0 {
		_, err := fmt.Fprintln(c.out, "The audit log is empty.")
		return err
	}
	_, err = fmt.Fprintf(c.out, "The audit log is whole: %s, the last of %s.\nIts hash: %s\n", say.N(int(found.Lines), "line", "lines"),
		clock.Moment(found.Last.At), found.Last.Hash)
	return err
}

// mostDetail is how much of a line's detail is printed for people; --json has all of it.
const mostDetail = 160

// detailOf prints what a line says besides in one line.
func detailOf(raw json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return ""
	}
	text := []rune(say.Clean(out.String()))
	if len(text) > mostDetail {
		text = append(text[:mostDetail-1], '…')
	}
	return string(text)
}
