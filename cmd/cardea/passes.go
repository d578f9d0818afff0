package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
)

type passesCmd struct {
	List passesListCmd `cmd:"" default:"withargs" help:"List who has a mobile pass or an invitation to one; never the code."`
	Show passesShowCmd `cmd:"" help:"Print the code of an invitation that waits."`
}

// Help says what the code is for.
func (*passesCmd) Help() string {
	return `With passes: branded-app nobody is written to: whoever is let in redeems the invitation with their e-mail address and the code that
stands here. Who saw whose code is noted in the audit log.

  cardea passes
  cardea passes show ana@x.test --json`
}

type passesListCmd struct{ onCodes }

type passesShowCmd struct {
	onCodes

	Person string `arg:"" help:"E-mail, name or id of the person."`
}

// Run lists passes.
func (l *passesListCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *passesListCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	passes, err := a.desk.Passes(ctx, l.Door)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, passes)
	}
	if len(passes) == 0 {
		_, err := fmt.Fprintln(c.out, "Nobody has a mobile pass, or an invitation to one, that Cardea knows of.")
		return err
	}
	clock := orderClock(ctx, a, c)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "door\tperson\tpass\tuntil")
	for _, p := range passes {
		until := ""
		if p.State == door.PassPending && p.Expires != 0 {
			until = clock.Moment(p.Expires)
		}
		state := string(p.State)
		if p.Theirs {
			state += ", not from here"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Door, holder(desk.AccessCode{Account: p.Account, People: p.People}), state, until)
	}
	return w.Flush()
}

// Run prints a code.
func (s *passesShowCmd) Run(ctx context.Context, c *terminal) error { return s.do(ctx, c, settings{}) }

func (s *passesShowCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := s.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	p, code, err := a.desk.PassCode(ctx, s.Door, s.Person, who(c))
	if err != nil {
		return err
	}
	if s.JSON {
		return printJSON(c.out, desk.ShownPass{MobilePass: p, Code: code})
	}
	_, err = fmt.Fprintln(c.out, say.Clean(code))
	return err
}
