package main

import (
	"context"
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type adoptCmd struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`

	Integration string   `arg:"" optional:"" help:"Integration."`
	Groups      []string `arg:"" optional:"" help:"Groups: names or id:N; all that are not ours yet when none is named."`
	Apply       string   `placeholder:"HASH" help:"Take over exactly what was shown under this hash."`
	Yes         bool     `short:"y" help:"Take over without showing it first."`
	Mails       bool     `help:"Let the vendor write to people, as the integration has it. Without it nobody gets a mail."`
	KeepStaff   bool     `help:"Put staff, and members that are no accounts, on the groups' keep-lists."`
	AdoptAll    bool     `help:"Every entry that a record explains becomes ours, in shared groups too."`
	AdoptNone   bool     `help:"No entry that is there becomes ours, in exclusive groups either."`
	Undo        string   `placeholder:"GROUP" help:"Give this group back: it is observed again, and nothing is written."`
}

// Help says what taking over means.
func (*adoptCmd) Help() string {
	return `Shows the first changeset of the groups: which entries become ours, who would come and go. With --apply and the hash that it
printed, or with --yes, the groups become ours and that is done, and nothing else. Groups that are not named stay as they are.
An integration that was left with --stop is taken up again this way, group by group.
Exit codes: 0 done, 2 shown and not done, or not done in full, 3 something waits, 4 not everything was read.

  cardea adopt london "First floor" Building
  cardea adopt london "First floor" Building --apply 5d1f...
  cardea adopt --undo Building`
}

// Run shows or takes over.
func (o *adoptCmd) Run(ctx context.Context, c *terminal) error { return o.do(ctx, c, settings{}) }

func (o *adoptCmd) do(ctx context.Context, c *terminal, with settings) error {
	if o.Undo == "" && o.Integration == "" {
		return cardea.Errorf(cardea.Rejected, "name the integration, or a group to give back with --undo")
	}
	if o.Undo != "" && (o.Apply != "" || o.Yes || len(o.Groups) > 0) {
		return cardea.Errorf(cardea.Rejected, "--undo gives one group back at once: name nothing but it, and the "+
			"integration where several map it")
	}
	p := newProgress(c)
	apply := o.Apply != "" || o.Yes
	with.readOnly, with.progress, with.log = !apply, p.tell, c.err
	a, err := (&common{Config: o.Config, Verbose: o.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	if o.Undo != "" {
		return o.giveBack(ctx, c, a)
	}
	out, err := a.desk.Adopt(ctx, desk.Takeover{
		Integration: o.Integration, Groups: o.Groups, Hash: o.Apply, Apply: apply, Mails: o.Mails, KeepStaff: o.KeepStaff,
		AdoptAll: o.AdoptAll, AdoptNone: o.AdoptNone,
	}, who(c))
	p.done()
	if err != nil {
		return err
	}
	if o.JSON {
		err = printJSON(c.out, out)
	} else {
		c.printAdopting(out, clockOf(a, c), o.KeepStaff)
	}
	if code := out.Standing(); err == nil && code != desk.InStep {
		return codeError(code)
	}
	return err
}

func (o *adoptCmd) giveBack(ctx context.Context, c *terminal, a *app) error {
	names, err := a.desk.GiveBack(ctx, o.Integration, o.Undo, who(c))
	if err != nil {
		return err
	}
	if o.JSON {
		return printJSON(c.out, map[string]any{"group": o.Undo, "observed_by": names})
	}
	_, err = fmt.Fprintf(c.out, "%s is observed again by %s: nothing is written there from now on, and what was put stays.\n",
		say.Clean(o.Undo), say.And(names))
	return err
}

func (c *terminal) printAdopting(a desk.Adopting, clock say.Clock, keepStaff bool) {
	if len(a.Groups) == 0 {
		fmt.Fprintf(c.out, "%s: all its groups are ours already\n", a.Integration)
		return
	}
	for _, g := range a.Groups {
		c.printDifference(g, clock)
	}
	fmt.Fprintln(c.out)
	shown := a.DoorRun
	c.printDoorOf(shown, clock, !a.Applied, false)
	for _, g := range a.Groups {
		for _, k := range a.Keep[g.Group] {
			word := "keep entry offered for"
			switch {
			case a.Kept:
				word = "keep entry made for"
			case keepStaff:
				word = "keep entry to be made for"
			}
			fmt.Fprintf(c.out, "  %s: %s %s: %s\n", say.Clean(g.Name), word, say.Clean(k.Account), say.Clean(k.Note))
		}
	}
	if a.Applied {
		fmt.Fprintf(c.out, "\n  Taken over. To give a group back: cardea adopt %s --undo GROUP\n", a.Integration)
		return
	}
	mails := "Nobody gets a mail from the vendor about it; --mails lets it write."
	if a.Mails != cardea.MailsNever {
		mails = "The vendor writes to people about it."
	}
	fmt.Fprintf(c.out, "\n  %s\n  Take over exactly this with the same groups and: --apply %s\n", mails, a.Hash)
	if len(a.Keep) > 0 && !a.Kept && !keepStaff {
		fmt.Fprintln(c.out, "  --keep-staff puts staff, and members that are no accounts, on the keep-lists.")
	}
}
