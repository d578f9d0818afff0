package main

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type holdsCmd struct{ onHolds }

// Help says what can be done about what waits.
func (*holdsCmd) Help() string {
	return `What waits is not written at the door system. Each entry tells which guard holds it and why, since when, whom it concerns, and
what would release it: cardea release, or what has to be mended first. It is what the last run or preview planned; no vendor is
asked anything.`
}

type releaseCmd struct {
	onHolds

	IDs    []string `arg:"" help:"What to release, by the ids that cardea holds shows." name:"id" optional:""`
	All    bool     `help:"Everything that can be released."`
	Group  string   `help:"Only what waits in this group: its name, a unit's number, or id:ID."`
	Person string   `help:"Only what concerns this person: their e-mail."`
	Code   string   `enum:",brake,approval,first-strays,unmapped,units,blink,undone,contested" default:"" help:"Only what this guard holds."`
	Yes    bool     `help:"Release it without asking." short:"y"`
	DryRun bool     `help:"Show what would be released, and release nothing."`
}

// Help says what a release covers.
func (*releaseCmd) Help() string {
	return `Shows exactly which operations would be released, and asks. What is released is done by the next run that still wants it, and
nothing else: a change that comes out differently then, for a later time or another cause, waits again. Who released what is
noted in the audit log.

  cardea release 5f0c2a91
  cardea release --group Night --person ana@x.test
  cardea release --all --code first-strays --dry-run`
}

// onHolds are the flags of every command that works on what waits.
type onHolds struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	Door    string `help:"Door connection; all when none is named."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`
}

// open assembles a desk that can write nothing at a vendor.
func (f *onHolds) open(ctx context.Context, c *terminal, with settings) (*app, error) {
	with.log, with.readOnly = c.err, true
	return (&common{Config: f.Config, Verbose: f.Verbose}).assemble(ctx, c, with)
}

// Run lists what waits.
func (h *holdsCmd) Run(ctx context.Context, c *terminal) error { return h.do(ctx, c, settings{}) }

func (h *holdsCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := h.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	holds, err := a.desk.Holds(ctx, h.Door)
	if err != nil {
		return err
	}
	if h.JSON {
		return printJSON(c.out, holds)
	}
	if len(holds) == 0 {
		_, err := fmt.Fprintln(c.out, "Nothing waits.")
		return err
	}
	clock := clockOf(a, c)
	for _, one := range holds {
		c.printHold(one, clock, most)
		fmt.Fprintf(c.out, "    %s\n", remedy(one))
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}

// remedy says what would let it go.
func remedy(h desk.Hold) string {
	switch {
	case h.Released:
		return "released: it goes with the next run that still wants it"
	case !h.Releasable:
		return "cannot be released. " + h.Mend
	case h.Code == cardea.HeldApproval:
		return "to release it: cardea release " + h.ID + ", and for all that is still to come there: cardea preview, cardea apply HASH"
	}
	return h.Mend + " To release it: cardea release " + h.ID
}

// printHold prints at most so many operations of a hold.
func (c *terminal) printHold(h desk.Hold, clock say.Clock, most int) {
	where := say.Clean(h.GroupName)
	if where == "" {
		where = say.Clean(strings.TrimSpace("no group " + string(h.Group)))
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n", c.paint(bold, h.Door+"  "+where), h.ID,
		c.paint(faint, fmt.Sprintf("%s, since %s", say.N(len(h.Operations), "change", "changes"), clock.Moment(h.Since))))
	fmt.Fprintf(c.out, "    %s %s: %s\n", c.paint(yellow, "!"), say.Hold(h.Code).Short, say.Clean(h.Says))
	first := h.Operations[:min(len(h.Operations), most)]
	c.printWhy(first, newWhys([]say.Batch{{Operations: first}}, clock))
	wide := 0
	for _, o := range h.Operations[:min(len(h.Operations), most)] {
		wide = max(wide, utf8.RuneCountInString(person(o)))
	}
	for _, b := range say.ByCause(h.Operations) {
		fmt.Fprintf(c.out, "    %s (%d) %s\n", b.Title, len(b.Operations), c.paint(faint, b.Text))
		for _, o := range b.Operations {
			if most--; most < 0 {
				continue
			}
			sign := signs[o.Verb]
			line := fmt.Sprintf("    %s %s  %s", c.paint(sign[1], sign[0]), pad(person(o), wide), what(o, clock))
			fmt.Fprintln(c.out, strings.TrimRight(line, " "))
		}
	}
	if most < 0 {
		fmt.Fprintf(c.out, "    %s\n", c.paint(faint, fmt.Sprintf("and %d more (--json prints all)", -most)))
	}
}

// released is what release prints as JSON.
type released struct {
	Released int         `json:"released"` // operations
	Holds    []desk.Hold `json:"holds"`    // what was meant and can be released
	Left     []desk.Hold `json:"left,omitempty"`
}

// Run releases what waits.
func (r *releaseCmd) Run(ctx context.Context, c *terminal) error { return r.do(ctx, c, settings{}) }

func (r *releaseCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := r.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	holds, err := a.desk.Holds(ctx, r.Door)
	if err != nil {
		return err
	}
	choice := desk.HoldChoice{All: r.All && r.Group+r.Person+r.Code == "", IDs: r.IDs, Group: r.Group, Person: r.Person,
		Code: cardea.HoldCode(r.Code)}
	if r.All && len(r.IDs) > 0 {
		return cardea.Errorf(cardea.Rejected, "name ids or say --all, not both")
	}
	out := released{Holds: []desk.Hold{}}
	chosen, left, err := choice.Of(holds)
	if err != nil {
		return err
	}
	out.Holds, out.Left = append(out.Holds, chosen...), left
	if !r.JSON {
		r.show(c, out, clockOf(a, c))
	}
	code := error(nil)
	if len(chosen) > 0 {
		if code, err = r.settle(ctx, c, a, &out); err != nil {
			return err
		}
	}
	if r.JSON {
		if err := printJSON(c.out, out); err != nil {
			return err
		}
	}
	return code
}

// show prints every operation that would be released, and what of the selection cannot be.
func (r *releaseCmd) show(c *terminal, out released, clock say.Clock) {
	for _, h := range out.Holds {
		c.printHold(h, clock, len(h.Operations))
	}
	for _, h := range out.Left {
		fmt.Fprintf(c.out, "%s %s of %s %s: %s. %s\n", c.paint(yellow, "!"), say.N(len(h.Operations), "change", "changes"),
			say.Clean(h.GroupName), "cannot be released", h.Says, h.Mend)
	}
	if len(out.Holds) == 0 {
		fmt.Fprintln(c.out, "Nothing that waits there can be released.")
	}
}

// settle asks where that is needed and releases. code is how the command ends when nothing went wrong.
func (r *releaseCmd) settle(ctx context.Context, c *terminal, a *app, out *released) (code, err error) {
	if r.DryRun {
		r.say(c, "Nothing was released: this was a rehearsal.\n")
		return codeError(exitPending), nil
	}
	if !r.Yes {
		const howOn = "Nothing was released yet. Run it again with --yes to release it.\n"
		if r.JSON || c.in == nil {
			fmt.Fprint(c.err, howOn)
			return codeError(exitPending), nil
		}
		yes, answered, err := c.ask(ctx, "Release this? [y/N] ")
		switch {
		case err != nil:
			return nil, err
		case !answered:
			fmt.Fprint(c.err, "\n"+howOn)
			return codeError(exitPending), nil
		case !yes:
			r.say(c, "Nothing was released.\n")
			return codeError(exitPending), nil
		}
	}
	if out.Released, err = a.desk.Release(ctx, out.Holds, who(c)); err != nil {
		return nil, err
	}
	shown := map[cardea.OpKey]bool{}
	for _, h := range out.Holds {
		for _, o := range h.Operations {
			shown[o.Key] = true
		}
	}
	if n := len(shown) - out.Released; n > 0 {
		fmt.Fprintf(c.err, "%s changed meanwhile and not released: look again with `cardea holds`.\n", say.N(n, "change", "changes"))
	}
	r.say(c, "Released: %s. A running `cardea serve` acts at once; without one, run `cardea sync`.\n",
		say.N(out.Released, "change", "changes"))
	return nil, nil
}

// say prints to people, and nothing where JSON is wanted.
func (r *releaseCmd) say(c *terminal, format string, args ...any) {
	if !r.JSON {
		fmt.Fprintf(c.out, format, args...)
	}
}
