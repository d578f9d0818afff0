package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type hooksCmd struct {
	Install hooksInstallCmd `cmd:"" help:"Have a vendor send its hooks here, where its API can; otherwise say what to do there."`
	Check   hooksCheckCmd   `cmd:"" help:"Say how the hooks of a connection stand, and switch on again those that are off."`
	Remove  hooksRemoveCmd  `cmd:"" help:"Take back what install registered."`
}

// Help says what hooks are for.
func (*hooksCmd) Help() string {
	return `Without hooks a change is found when its interval is over; with them it is acted on at once. A hook only says what to read again.
A server takes hooks at /hooks/CONNECTION of its address, and at listen_hooks of the configuration where that is set.
Exit codes: 0 hooks arrive as far as can be told, 2 something is to be done, 4 the vendor did not answer.

  cardea hooks install rnd --url https://cardea.example.com
  cardea hooks check rnd`
}

type onHooks struct {
	Config     string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON       bool   `name:"json" help:"Print JSON."`
	Verbose    bool   `short:"v" help:"Log what is going on to standard error."`
	Connection string `arg:"" help:"Connection, by its name in the configuration."`
}

type hooksInstallCmd struct {
	onHooks

	URL string `required:"" env:"CARDEA_HOOKS_URL" help:"Public address of this Cardea, as https://cardea.example.com."`
}

type (
	hooksCheckCmd  struct{ onHooks }
	hooksRemoveCmd struct{ onHooks }
)

// Run registers.
func (h *hooksInstallCmd) Run(ctx context.Context, c *terminal) error {
	return h.do(ctx, c, settings{}, func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
		return d.InstallHooks(ctx, h.Connection, h.URL, who(c))
	})
}

// Run looks.
func (h *hooksCheckCmd) Run(ctx context.Context, c *terminal) error {
	return h.do(ctx, c, settings{}, func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
		return d.CheckHooks(ctx, h.Connection, who(c))
	})
}

// Run takes away.
func (h *hooksRemoveCmd) Run(ctx context.Context, c *terminal) error {
	return h.do(ctx, c, settings{}, func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
		return d.RemoveHooks(ctx, h.Connection, who(c))
	}, "removed")
}

// do does one of them and prints how the hooks stand now.
func (h *onHooks) do(ctx context.Context, c *terminal, with settings,
	work func(context.Context, *desk.Desk) (desk.HookStanding, error), removed ...string,
) error {
	with.registers, with.log = true, c.err
	a, err := (&common{Config: h.Config, Verbose: h.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	standing, err := work(ctx, a.desk)
	if err != nil {
		return err
	}
	if h.JSON {
		err = printJSON(c.out, standing)
	} else {
		_, err = fmt.Fprint(c.out, hookText(standing, orderClock(ctx, a, c), len(removed) > 0))
	}
	if err == nil && len(removed) == 0 && !standing.Fine() {
		return codeError(exitPending)
	}
	return err
}

// hookText says how hooks stand, for people.
func hookText(h desk.HookStanding, clock say.Clock, removed bool) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	name := say.Clean(h.Connection)
	switch {
	case removed && !h.Installed:
		line("%s: nothing is registered any more; changes are found by the interval", name)
	case !h.Can:
		line("%s: the vendor's API registers no hooks. %s", name, h.Steps)
	case !h.Installed:
		line("%s: nothing is registered at the vendor: cardea hooks install %s --url https://...", name, name)
	case !h.On || h.Why != "":
		line("%s: registered, and %s: cardea hooks install %s --url https://... mends it", name, say.Clean(h.Why), name)
	case h.Mended != "":
		line("%s: registered and on again: %s", name, say.Clean(h.Mended))
	default:
		line("%s: registered and on", name)
	}
	if h.URL != "" {
		line("  address    %s", say.Clean(h.URL))
	}
	if h.Last != 0 {
		line("  last hook  %s, %d in all", clock.Moment(h.Last), h.Taken)
	} else if !removed {
		line("  last hook  none yet")
	}
	if h.Silent {
		line("  silent     %d listings in a row found changes of which no hook told", h.Missed)
	}
	return b.String()
}
