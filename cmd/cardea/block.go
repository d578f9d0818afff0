package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// onOrders are the flags of every command by which an operator says something against what records give.
type onOrders struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`
}

type blockCmd struct {
	onOrders

	Person string `arg:"" help:"E-mail, name or id of the person."`
	Note   string `help:"Why." required:""`
	Until  string `help:"Last day (2026-12-01), instant (2026-12-01T09:00:00Z) or span (48h, 2d); open when left out."`
	NoRun  bool   `name:"no-run" help:"Leave it to the next run, or to a server, to take them out."`
}

type unblockCmd struct {
	onOrders

	Person string `arg:"" help:"E-mail, name or id of the person."`
	NoRun  bool   `name:"no-run" help:"Leave it to the next run, or to a server, to let them in."`
}

type blocksCmd struct{ onOrders }

// Help says how far a block goes.
func (*blockCmd) Help() string {
	return `A block beats everything: every plan, booking and pass, the keep-list, the brake, approvals, a freeze, and what could not be read.
The person is taken out of every group that a mapping names, at every door, at once and before anything else; also out of groups
that are shared, and out of those where they are staff: a block is a person's word. Nothing is written to groups that are only
watched. Whoever shares their account or bears their address is blocked with them. Accounts stay, and what records give comes
back with cardea unblock, or when --until is over. No server is needed; one that runs is told. Exits with 0 when every removal
is confirmed, 2 when one is not yet, 4 when a door did not answer.

  cardea block ana@x.test --note "lost her badge" --until 2026-12-01
  cardea blocks
  cardea unblock ana@x.test`
}

func (f *onOrders) open(ctx context.Context, c *terminal, with settings) (*app, error) {
	if with.log == nil {
		with.log = c.err
	}
	return (&common{Config: f.Config, Verbose: f.Verbose}).assemble(ctx, c, with)
}

// endOf reads when an order ends: a day in whole, an instant, or how long it lasts. Nothing is 0.
func endOf(text string, now cardea.Instant, zone *time.Location) (cardea.Instant, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	if day, err := cardea.ParseDate(text); err == nil {
		return cardea.StartOf(day+1, zone), nil
	}
	if d, ok := spanOf(text); ok {
		return now.Add(d), nil
	}
	var at cardea.Instant
	if err := at.UnmarshalText([]byte(text)); err != nil || !at.Bounded() {
		return 0, cardea.Errorf(cardea.Rejected,
			"--until %s: want a last day such as 2026-12-01, an instant such as 2026-12-01T09:00:00Z, or a span of time such as 48h or 2d", text)
	}
	return at, nil
}

// orderClock tells times in the zone of the house, else in UTC.
func orderClock(ctx context.Context, a *app, c *terminal) say.Clock {
	clock := clockOf(a, c)
	if zone := a.desk.ZoneOf(ctx, ""); zone != nil {
		clock.Zone = zone
	}
	return clock
}

// Run blocks a person.
func (b *blockCmd) Run(ctx context.Context, c *terminal) error { return b.do(ctx, c, settings{}) }

func (b *blockCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := b.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	clock := orderClock(ctx, a, c)
	until, err := endOf(b.Until, clock.Now, clock.Zone)
	if err != nil {
		return err
	}
	done, err := a.desk.Block(ctx, b.Person, b.Note, until, who(c), b.NoRun)
	if err != nil {
		return err
	}
	return b.tell(c, done, clock, blockedName(done.Block)+" is blocked "+say.Block(done.Block, clock))
}

// Run lets a person in again.
func (u *unblockCmd) Run(ctx context.Context, c *terminal) error { return u.do(ctx, c, settings{}) }

func (u *unblockCmd) do(ctx context.Context, c *terminal, with settings) error {
	a, err := u.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	done, err := a.desk.Unblock(ctx, u.Person, who(c), u.NoRun)
	if err != nil {
		return err
	}
	return u.tell(c, done, orderClock(ctx, a, c), blockedName(done.Block)+" is not blocked any more: what records give counts again")
}

// tell prints what came of it, and ends the command with how that leaves the doors.
func (f *onOrders) tell(c *terminal, done desk.Blocking, clock say.Clock, text string) error {
	if f.JSON {
		if err := printJSON(c.out, done); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(c.out, text)
		for _, d := range done.Doors {
			c.printDoor(d, clock, false)
		}
		if len(done.Told) > 0 {
			fmt.Fprintf(c.out, "%s: left to the next run; a server that runs has been told. Without one: cardea sync\n", say.And(done.Told))
		}
	}
	if code := done.Standing(); code != desk.InStep {
		return codeError(code)
	}
	return nil
}

// blockedName names a blocked person.
func blockedName(b cardea.Block) string {
	name, email := say.Clean(b.Name), say.Clean(b.Email)
	if name == "" || email == "" {
		return cmp.Or(name+email, say.Clean(string(b.Person)))
	}
	return name + " <" + email + ">"
}

// Run lists who is blocked.
func (l *blocksCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *blocksCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	blocks, err := a.desk.Blocks(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		if blocks == nil {
			blocks = []cardea.Block{}
		}
		return printJSON(c.out, blocks)
	}
	if len(blocks) == 0 {
		fmt.Fprintln(c.out, "Nobody is blocked.")
		return nil
	}
	clock := orderClock(ctx, a, c)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, b := range blocks {
		fmt.Fprintf(w, "%s\t%s\n", blockedName(b), say.Block(b, clock))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, c.paint(faint, clock.Times()))
	return err
}
