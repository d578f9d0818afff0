package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type issuesCmd struct {
	List issuesListCmd `cmd:"" default:"withargs" help:"List what is the matter, oldest first, and what to type about it."`
	Take issuesTakeCmd `cmd:"" help:"Say who sees to an issue."`
	Note issuesNoteCmd `cmd:"" help:"Write a note on an issue."`
	Drop issuesDropCmd `cmd:"" help:"Say that an issue is fine: it is quiet until it says something else."`
}

// Help says what an issue is and how long it lives.
func (*issuesCmd) Help() string {
	return `There is one issue for each cause. It is opened when a look first finds it, closed by the first whole look that does not, and
opened again, with its owner and its note, when it comes back within two weeks. No vendor is asked anything.

  cardea issues london
  cardea issues take 5f0c2a91 --who ana
  cardea issues note 5f0c2a91 "asked the vendor on Monday"
  cardea issues drop 5f0c2a91            (and --undo to hear of it again)`
}

type issuesListCmd struct {
	onOrders

	Integration string `arg:"" help:"Integration; all when none is named." optional:""`
	All         bool   `help:"Also what was dropped, and what was closed in the last two weeks."`
}

type issuesTakeCmd struct {
	onOrders

	ID   string  `arg:"" help:"Beginning of the issue's id." name:"id"`
	Who  *string `help:"Who sees to it; you, when left out, and nobody, when empty."`
	Undo bool    `help:"Give it back."`
}

type issuesNoteCmd struct {
	onOrders

	ID   string `arg:"" help:"Beginning of the issue's id." name:"id"`
	Text string `arg:"" help:"The note; an empty one takes away what is there."`
}

type issuesDropCmd struct {
	onOrders

	ID   string `arg:"" help:"Beginning of the issue's id." name:"id"`
	Undo bool   `help:"Hear of it again."`
}

// Run lists issues.
func (l *issuesListCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *issuesListCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	issues, err := a.desk.Inbox(ctx, l.Integration, l.All)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(c.out, issues)
	}
	if len(issues) == 0 {
		_, err := fmt.Fprintln(c.out, "Nothing is the matter.")
		return err
	}
	clock := orderClock(ctx, a, c)
	minor := false
	for _, i := range issues {
		if i.Minor && !minor && i.State != desk.IssueClosed && i.State != desk.IssueDropped {
			minor = true
			fmt.Fprintln(c.out, c.paint(faint, "minor, nothing needs to be done:"))
		}
		c.printIssue(i, clock)
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}

// printIssue prints one issue in three lines: what, why, and what to type.
func (c *terminal) printIssue(i desk.InboxIssue, clock say.Clock) {
	about := strings.TrimSpace(say.Clean(i.Who))
	if where := say.Clean(i.Where); where != "" {
		about = strings.TrimSpace(about + " in " + where)
	}
	if about == "" && i.Record != nil {
		about = say.Clean(i.Record.String())
	}
	since := []string{"since " + clock.Moment(i.Opened), "seen " + say.N(i.Times, "time", "times")}
	if i.Connection != "" {
		since = append([]string{i.Connection}, since...)
	}
	if i.Reopened > 0 {
		since = append(since, "came back "+say.N(i.Reopened, "time", "times"))
	}
	switch i.State {
	case desk.IssueClosed:
		since = append(since, "closed "+clock.Moment(i.Closed))
	case desk.IssueDropped:
		since = append(since, "dropped")
	}
	if i.Owner != "" {
		since = append(since, "taken by "+say.Clean(i.Owner))
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n", i.ID, c.paint(bold, strings.TrimSpace(i.Code+"  "+about)), c.paint(faint, strings.Join(since, ", ")))
	fmt.Fprintf(c.out, "    %s\n", clock.Text(say.Sentence(i.Text)))
	if i.Remark != "" {
		fmt.Fprintf(c.out, "    note: %s\n", say.Clean(i.Remark))
	}
	if i.Mend != "" && i.State != desk.IssueClosed {
		fmt.Fprintf(c.out, "    %s\n", c.paint(bold, i.Mend))
	}
}

// Run takes an issue.
func (t *issuesTakeCmd) Run(ctx context.Context, c *terminal) error { return t.do(ctx, c, settings{}) }

func (t *issuesTakeCmd) do(ctx context.Context, c *terminal, with settings) error {
	owner := strings.TrimPrefix(who(c), "command line, ")
	switch {
	case t.Undo:
		owner = ""
	case t.Who != nil:
		owner = *t.Who
	}
	return t.mark(ctx, c, with, func(d *desk.Desk) (desk.InboxIssue, error) { return d.TakeIssue(ctx, t.ID, owner, who(c)) })
}

// Run writes a note.
func (n *issuesNoteCmd) Run(ctx context.Context, c *terminal) error { return n.do(ctx, c, settings{}) }

func (n *issuesNoteCmd) do(ctx context.Context, c *terminal, with settings) error {
	return n.mark(ctx, c, with, func(d *desk.Desk) (desk.InboxIssue, error) { return d.NoteIssue(ctx, n.ID, n.Text, who(c)) })
}

// Run drops an issue.
func (d *issuesDropCmd) Run(ctx context.Context, c *terminal) error { return d.do(ctx, c, settings{}) }

func (d *issuesDropCmd) do(ctx context.Context, c *terminal, with settings) error {
	return d.mark(ctx, c, with, func(on *desk.Desk) (desk.InboxIssue, error) { return on.DropIssue(ctx, d.ID, d.Undo, who(c)) })
}

// mark does something about one issue and prints it as it is then.
func (f *onOrders) mark(
	ctx context.Context, c *terminal, with settings, do func(*desk.Desk) (desk.InboxIssue, error),
) error {
	with.readOnly = true
	a, err := f.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	one, err := do(a.desk)
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(c.out, one)
	}
	c.printIssue(one, orderClock(ctx, a, c))
	return nil
}
