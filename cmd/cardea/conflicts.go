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

type conflictsCmd struct {
	List  conflictListCmd `cmd:"" default:"withargs" help:"List what is not settled, and what was settled."`
	Merge mergeCmd        `cmd:"" help:"These are one person, or this account is theirs."`
	Apart apartCmd        `cmd:"" help:"These are not one person, or this account is not theirs."`
	Undo  unsettleCmd     `cmd:"" help:"Take back what was decided."`
}

// Help says what a conflict is.
func (*conflictsCmd) Help() string {
	return `Who is who follows from remembered links, then the vendor's external id, then the exact e-mail address; never from a name. Where
that leaves a question, the people and accounts are listed here, with what each answer would do. An answer is remembered, wins over
addresses and ids, and is not asked again until it is undone. What it would change at the doors is shown first; where somebody would
lose access, --yes or the printed hash is needed. The next run acts on it; a server that runs is told.

  cardea conflicts
  cardea conflicts merge 5f0c2a91 --account 1042
  cardea conflicts apart 5f0c2a91 --person ana@x.test --yes
  cardea conflicts undo 5f0c2a91`
}

type conflictListCmd struct{ onOrders }

// Run lists conflicts.
func (l *conflictListCmd) Run(ctx context.Context, c *terminal) error {
	return l.do(ctx, c, settings{})
}

func (l *conflictListCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	all, err := a.desk.Conflicts(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, all)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(c.out, "It is settled who is who.")
		return err
	}
	clock := orderClock(ctx, a, c)
	for _, one := range all {
		c.printConflict(one, clock)
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}

func (c *terminal) printConflict(one desk.Conflict, clock say.Clock) {
	since := ""
	if one.Since != 0 {
		since = ", since " + clock.Moment(one.Since)
	}
	title := say.Conflict(one.Kind).Short
	if len(one.Decided) > 0 {
		title, since = "settled", ", "+clock.Moment(one.Since)+" by "+say.Clean(one.Decided[0].By)
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n", c.paint(bold, say.Clean(one.Door)+"  "+title), one.ID, c.paint(faint, strings.TrimPrefix(since, ", ")))
	for _, p := range one.Who {
		text := cmp.Or(say.Clean(p.Name), string(p.ID)) + " <" + say.Clean(p.Email) + ">"
		if p.Left {
			text += ", has left"
		}
		fmt.Fprintf(c.out, "    person  %s  %s\n", text, c.paint(faint, say.Clean(string(p.ID))))
	}
	for _, acc := range one.Which {
		fmt.Fprintf(c.out, "    account %s <%s>  %s\n", say.Clean(acc.Name), say.Clean(acc.Email), c.paint(faint, say.Clean(string(acc.ID))))
	}
	for _, d := range one.Decided {
		fmt.Fprintf(c.out, "    = %s\n", decided(d))
	}
	if len(one.Decided) > 0 {
		fmt.Fprintf(c.out, "    to take it back: cardea conflicts undo %s\n", one.ID)
		return
	}
	fmt.Fprintf(c.out, "    %s %s\n    %s\n", c.paint(yellow, "!"), say.Clean(one.Text), one.Does)
}

// decided tells a decision.
func decided(d cardea.Decision) string {
	text := say.Clean(string(d.Person))
	switch {
	case d.Account != "" && d.Together:
		text = "account " + say.Clean(string(d.Account)) + " is " + text + "'s"
	case d.Account != "":
		text = "account " + say.Clean(string(d.Account)) + " is not " + text + "'s"
	case d.Together:
		text += " and " + say.Clean(string(d.Other)) + " are one person"
	default:
		text += " and " + say.Clean(string(d.Other)) + " are not one person"
	}
	if note := say.Clean(d.Note); note != "" {
		text += ": " + note
	}
	return text
}

// settling are the arguments of every command that settles a conflict.
type settling struct {
	onOrders

	ID   string `arg:"" help:"Conflict, by the id that cardea conflicts shows." name:"id"`
	Note string `help:"Why."`
	Yes  bool   `help:"Do it although somebody loses access." short:"y"`
	Hash string `help:"Do exactly what was shown under this hash."`
}

type mergeCmd struct {
	settling

	Person  string           `help:"Of an account that is taken: it is this person's alone (e-mail, name or id)."`
	Account cardea.AccountID `help:"Of two accounts: the one that is theirs, by id."`
}

type apartCmd struct {
	settling

	Person string `help:"Who keeps the account (e-mail, name or id)."`
}

type unsettleCmd struct{ settling }

// Run merges.
func (m *mergeCmd) Run(ctx context.Context, c *terminal) error { return m.do(ctx, c, settings{}) }

func (m *mergeCmd) do(ctx context.Context, c *terminal, with settings) error {
	return m.settle(ctx, c, with, desk.Wish{How: desk.Merge, Person: m.Person, Account: m.Account})
}

// Run keeps apart.
func (p *apartCmd) Run(ctx context.Context, c *terminal) error { return p.do(ctx, c, settings{}) }

func (p *apartCmd) do(ctx context.Context, c *terminal, with settings) error {
	return p.settle(ctx, c, with, desk.Wish{How: desk.Apart, Person: p.Person})
}

// Run takes back.
func (u *unsettleCmd) Run(ctx context.Context, c *terminal) error { return u.do(ctx, c, settings{}) }

func (u *unsettleCmd) do(ctx context.Context, c *terminal, with settings) error {
	return u.settle(ctx, c, with, desk.Wish{How: desk.Undo})
}

// settle shows what a choice changes, and makes it.
func (s *settling) settle(ctx context.Context, c *terminal, with settings, w desk.Wish) error {
	with.readOnly = true
	a, err := s.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	w.ID, w.Note, w.Yes, w.Hash = s.ID, s.Note, s.Yes, s.Hash
	done, err := a.desk.Settle(ctx, w, who(c))
	if err != nil {
		return err
	}
	if s.JSON {
		err = printJSON(c.out, done)
	} else {
		c.printSettling(done, orderClock(ctx, a, c))
	}
	if err == nil && !done.Done {
		return codeError(exitPending)
	}
	return err
}

func (c *terminal) printSettling(s desk.Settling, clock say.Clock) {
	for _, d := range s.Decisions {
		text := decided(d)
		if s.How == desk.Undo {
			text = "taken back: " + text
		}
		fmt.Fprintf(c.out, "  %s\n", text)
	}
	for _, part := range []struct {
		title string
		ops   []say.Operation
	}{{"What the next run does because of it", s.Comes}, {"What it does not do any more", s.Goes}} {
		if len(part.ops) == 0 {
			continue
		}
		fmt.Fprintf(c.out, "\n%s:\n", c.paint(bold, part.title))
		for _, b := range say.ByCause(part.ops) {
			c.printBatch(b, clock)
		}
	}
	switch {
	case !s.Done:
		fmt.Fprintf(c.out, "\nSomebody would lose access: nothing was decided. Do it with --yes, or exactly this with --hash %s\n", s.Hash)
	case len(s.Comes)+len(s.Goes) == 0:
		fmt.Fprintln(c.out, "Decided. It changes nothing at the doors now.")
	default:
		fmt.Fprintln(c.out, "\nDecided. A running `cardea serve` acts on it; without one, run `cardea sync`.")
	}
}
