package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/cardea-access/cardea/desk/say"
)

type freezeCmd struct {
	onOrders

	Integration string `arg:"" help:"Integration; all when none is named." optional:""`
	Reason      string `help:"Why." required:""`
	Until       string `help:"Last day (2026-12-01), instant (2026-12-01T09:00:00Z) or span (2h, 2d); open when left out."`
}

type unfreezeCmd struct {
	onOrders

	Integration string `arg:"" help:"Integration; the freeze of all when none is named." optional:""`
}

// Help says what goes on meanwhile.
func (*freezeCmd) Help() string {
	return `Nothing is written to the doors of the integration, or of all, until the freeze ends or is lifted: what would be done is planned,
shown and held. Blocks and locks go through. Reading goes on. A group that another integration maps too is frozen with it.

  cardea freeze london --reason "the doors are being rewired" --until 2h
  cardea unfreeze london`
}

// Run freezes.
func (f *freezeCmd) Run(ctx context.Context, c *terminal) error { return f.do(ctx, c, settings{}) }

func (f *freezeCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := f.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	clock := orderClock(ctx, a, c)
	until, err := endOf(f.Until, clock.Now, clock.Zone)
	if err != nil {
		return err
	}
	frozen, err := a.desk.Freeze(ctx, f.Integration, f.Reason, until, who(c))
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(c.out, frozen)
	}
	_, err = fmt.Fprintf(c.out, "%s\n%s\n", say.Freeze(frozen, clock), clock.Times())
	return err
}

// Run lifts a freeze.
func (u *unfreezeCmd) Run(ctx context.Context, c *terminal) error { return u.do(ctx, c, settings{}) }

func (u *unfreezeCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := u.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	if err := a.desk.Unfreeze(ctx, u.Integration, who(c)); err != nil {
		return err
	}
	if u.JSON {
		return printJSON(c.out, map[string]string{"unfrozen": u.Integration})
	}
	_, err = fmt.Fprintf(c.out, "%s is not frozen any more: the next run writes what waited; a server that runs has been told\n",
		cmp.Or(say.Clean(u.Integration), "Everything"))
	return err
}
