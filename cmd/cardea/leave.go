package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type leaveCmd struct {
	Config  string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Log what is going on to standard error."`

	Integration string `arg:"" help:"Integration."`
	Remove      bool   `help:"Take away what is ours through it. Accounts stay." xor:"how"`
	HandOver    bool   `help:"Write nothing, and let nothing be ours any more: somebody else keeps it." xor:"how"`
	Stop        bool   `help:"Write nothing and forget nothing; cardea adopt takes it up again." xor:"how"`
	Apply       string `placeholder:"HASH" help:"Leave as was shown under this hash; the same again goes on with what was broken off."`
	CSV         string `name:"csv" placeholder:"FILE" help:"Write who is in which group, and why, to a file."`
}

// Help says what each way does.
func (*leaveCmd) Help() string {
	return `Shows what leaving does, and does nothing; with --apply and the hash that it printed, leaves.

  --remove     every entry that is ours through this integration alone goes; accounts, staff, kept people and what another
               integration gives stay
  --hand-over  everything stays at the door and nothing of it is ours; the list says who is in which group, and why
  --stop       everything stays as it is and nothing is written any more

Exit codes: 0 left, 2 shown, or not finished, 3 something waits, 4 the door system was not read whole.

  cardea leave london --hand-over --csv london.csv
  cardea leave london --remove --apply 5d1f...`
}

// Run shows or leaves.
func (l *leaveCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *leaveCmd) do(ctx context.Context, c *terminal, with settings) error {
	how := ""
	switch {
	case l.Remove:
		how = desk.LeaveRemove
	case l.HandOver:
		how = desk.LeaveHandOver
	case l.Stop:
		how = desk.LeaveStop
	}
	p := newProgress(c)
	with.readOnly, with.progress, with.log = l.Apply == "" || !l.Remove, p.tell, c.err
	a, err := (&common{Config: l.Config, Verbose: l.Verbose}).assemble(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	out, err := a.desk.Leave(ctx, l.Integration, how, l.Apply, who(c))
	p.done()
	if err != nil {
		return err
	}
	if l.CSV != "" {
		if err := saveList(l.CSV, out); err != nil {
			return err
		}
	}
	if l.JSON {
		err = printJSON(c.out, out)
	} else {
		c.printLeaving(out, clockOf(a, c))
	}
	if code := out.Standing(); err == nil && code != desk.InStep {
		return codeError(code)
	}
	return err
}

// saveList writes who is in which group, and why.
func saveList(path string, l desk.Leaving) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "--csv: %w", err)
	}
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = cardea.Errorf(cardea.Rejected, "--csv: %w", closing)
		}
	}()
	w := csv.NewWriter(f)
	rows := [][]string{{"group", "group_id", "name", "email", "account", "from", "until", "why"}}
	for _, o := range l.Operations {
		rows = append(rows, []string{
			cell(o.GroupName), cell(string(o.Group)), cell(o.PersonName), cell(o.Email), cell(string(o.Account)),
			bounded(o.Window.From), bounded(o.Window.Until), cell(say.Because(o)),
		})
	}
	if err := w.WriteAll(rows); err != nil {
		return cardea.Errorf(cardea.Rejected, "--csv: %w", err)
	}
	return nil
}

// cell is a text that no spreadsheet takes for a formula.
func cell(s string) string {
	s = say.Clean(s)
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}

func bounded(at cardea.Instant) string {
	if !at.Bounded() {
		return ""
	}
	return at.String()
}

func (c *terminal) printLeaving(l desk.Leaving, clock say.Clock) {
	fmt.Fprintf(c.out, "%s of %s\n", c.paint(bold, "Leaving "+l.Integration+" (--"+l.How+")"), l.Door)
	fmt.Fprintf(c.out, "  groups: %s\n", say.Clean(strings.Join(l.Groups, ", ")))
	if len(l.Others) > 0 {
		fmt.Fprintf(c.out, "  shared with another integration: %s\n", say.Clean(strings.Join(l.Others, ", ")))
		if l.How == desk.LeaveHandOver {
			fmt.Fprintln(c.out, "  these are not ours either from then on: the other integration takes them over anew with cardea adopt")
		}
	}
	if l.Error != "" {
		fmt.Fprintln(c.out, c.paint(red, "  failed: "+say.Clean(l.Error)))
	}
	for _, b := range say.ByCause(l.Operations) {
		c.printBatch(b, clock)
	}
	for _, part := range []struct {
		title string
		list  []desk.Remaining
	}{{"Stays at the door, and is nobody's here", l.Stays}, {"Stays ours through another integration", l.Shared}, {"Waits", l.Waits}} {
		if len(part.list) > 0 {
			fmt.Fprintf(c.out, "\n  %s\n", c.paint(bold, fmt.Sprintf("%s (%d)", part.title, len(part.list))))
		}
		for _, o := range part.list {
			fmt.Fprintf(c.out, "    %s  %s  %s\n", person(o.Operation), say.Clean(o.GroupName), c.paint(faint, say.Clean(o.Why)))
		}
	}
	c.printNotes(l.Issues, clock)
	switch {
	case !l.Done && l.Run == "":
		fmt.Fprintf(c.out, "\n  Nothing was done yet. Leave exactly so with: cardea leave %s --%s --apply %s\n", l.Integration, l.How, l.Hash)
	case !l.Done:
		fmt.Fprintf(c.out, "\n  Not finished. Go on with: cardea leave %s --%s --apply %s\n", l.Integration, l.How, l.Hash)
	case l.How == desk.LeaveStop:
		fmt.Fprintf(c.out, "\n  %s writes nothing any more. Take it up again with: cardea adopt %s\n", l.Integration, l.Integration)
	default:
		fmt.Fprintf(c.out, "\n  %s has left: nothing is done for it any more.\n", l.Integration)
		if l.Managed {
			fmt.Fprintln(c.out, "  Take it out of the configuration file.")
		}
	}
}
