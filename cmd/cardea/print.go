package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(unfiltered(w))
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// paint colours a text where the terminal can show it.
func (c *terminal) paint(code, text string) string {
	if !c.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// printResult prints what a sync, preview or apply did: reads first, then each changeset like a diff, grouped by cause.
func (c *terminal) printResult(r desk.Result, clock say.Clock, preview bool) {
	for _, s := range r.Reads {
		c.printRead(s)
	}
	said := causes(r.Reads)
	for _, d := range r.Doors {
		c.printDoor(once(d, said), clock, preview)
	}
	c.printClosed(r.Closed)
}

func (c *terminal) printRead(s desk.SpaceRead) {
	total := 0
	for _, one := range s.Collections {
		total += one.Records
	}
	fmt.Fprintf(c.out, "%s  read %s in %.1f s", c.paint(bold, s.Connection), say.N(total, "record", "records"), s.Seconds)
	switch {
	case s.Error != "":
		fmt.Fprintf(c.out, ": %s\n", c.paint(red, "failed: "+say.Clean(s.Error)))
	case s.Complete:
		fmt.Fprintln(c.out, ": complete")
	default:
		fmt.Fprintf(c.out, ": %s\n", c.paint(yellow, "not complete, so nothing is removed because of it"))
	}
	for _, text := range troubles(s) {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), text)
	}
	for _, i := range s.Refused {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), say.Clean(i.Text))
	}
}

func (c *terminal) printDoor(d desk.DoorRun, clock say.Clock, preview bool) {
	c.printDoorOf(d, clock, preview, preview)
}

// printDoorOf prints what would be done, or was; apply offers to do it with cardea apply.
func (c *terminal) printDoorOf(d desk.DoorRun, clock say.Clock, preview, apply bool) {
	fmt.Fprintf(c.out, "%s  ", c.paint(bold, d.Door))
	switch {
	case d.Error != "":
		fmt.Fprintln(c.out, c.paint(red, "failed: "+say.Clean(d.Error)))
	case len(d.Operations) == 0:
		fmt.Fprintln(c.out, "in step: nothing to change")
	case preview:
		fmt.Fprintf(c.out, "changeset %s: %s\n", short(d.Hash), summary(d.Operations))
	default:
		fmt.Fprintf(c.out, "changeset %s: %s in %.1f s; %d confirmed", short(d.Hash), summary(d.Operations), d.Seconds, d.Confirmed)
		if d.Failed+d.Open > 0 {
			fmt.Fprintf(c.out, ", %s", c.paint(red, fmt.Sprintf("%d failed, %d not confirmed yet", d.Failed, d.Open)))
		}
		fmt.Fprintln(c.out)
	}
	batches := say.ByCause(d.Operations)
	w := newWhys(batches, clock)
	if shared := w.shared(); len(shared) > 0 {
		fmt.Fprintln(c.out)
		for _, text := range shared {
			fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), clock.Text(text))
		}
	}
	for _, b := range batches {
		c.printBatchOf(b, clock, w)
	}
	for _, why := range d.Incomplete {
		fmt.Fprintf(c.out, "  %s %s\n", c.paint(yellow, "!"), say.Clean(why))
	}
	c.printNotes(d.Issues, clock)
	if apply && len(d.Operations) > 0 {
		fmt.Fprintf(c.out, "\n  Apply exactly this with: cardea apply %s\n", d.Hash)
	}
	if say.Known(d.Next) {
		fmt.Fprintf(c.out, "  Next change by what is known: %s (%s)\n", clock.Moment(d.Next), clock.ZoneName())
	}
}

// printNotes prints issues by what is the matter, and whom it is about in one line.
func (c *terminal) printNotes(notes []desk.Note, clock say.Clock) {
	if len(notes) == 0 {
		return
	}
	fmt.Fprintf(c.out, "\n  %s\n", c.paint(bold, say.N(len(notes), "thing to know", "things to know")))
	type kind struct{ code, text string }
	about := map[kind][]string{}
	var order []kind
	for _, n := range notes {
		k := kind{n.Code, n.Text}
		if _, seen := about[k]; !seen {
			order = append(order, k)
		}
		about[k] = append(about[k], strings.TrimSpace(strings.Join([]string{say.Clean(n.Who), say.Clean(n.Where)}, " ")))
	}
	for _, k := range order {
		fmt.Fprintf(c.out, "  %s %s: %s\n", c.paint(yellow, "!"), k.code, clock.Text(k.text))
		const some = 8
		names := slices.DeleteFunc(about[k], func(s string) bool { return s == "" })
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) > some {
			names = append(names[:some:some], fmt.Sprintf("%d others", len(names)-some))
		}
		if len(names) > 0 {
			fmt.Fprintf(c.out, "      %s\n", c.paint(faint, say.And(names)))
		}
	}
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

func summary(ops []say.Operation) string {
	var list []cardea.Operation
	for _, o := range ops {
		list = append(list, o.Operation)
	}
	return say.Did(say.Run{Kind: "keep", Counts: say.CountsOf(list)})
}

// signs are the marks and colours of the verbs.
var signs = map[cardea.Verb][2]string{
	cardea.VerbCreate: {"*", green}, cardea.VerbAdd: {"+", green}, cardea.VerbRetime: {"~", yellow}, cardea.VerbRemove: {"-", red},
	cardea.VerbLock: {"-", red}, cardea.VerbUnlock: {"+", green}, cardea.VerbReprofile: {"~", yellow}, cardea.VerbUpdate: {"~", yellow},
	cardea.VerbAddUnit: {"+", green}, cardea.VerbRenameUnit: {"~", yellow}, cardea.VerbDeleteUnit: {"-", red},
	cardea.VerbClean: {"-", faint}, cardea.VerbAdopt: {"=", faint}, cardea.VerbLink: {"=", faint}, cardea.VerbForget: {"=", faint},
}

// most is how many lines of one cause are printed; --json has them all.
const most = 40

func (c *terminal) printBatch(b say.Batch, clock say.Clock) {
	c.printBatchOf(b, clock, newWhys([]say.Batch{b}, clock))
}

// printBatchOf leaves out of a list of one cause what was said above it.
func (c *terminal) printBatchOf(b say.Batch, clock say.Clock, w *whys) {
	title := b.Title
	if b.Held {
		title = "Held: " + title
	}
	fmt.Fprintf(c.out, "\n  %s %s\n", c.paint(bold, fmt.Sprintf("%s (%d)", title, len(b.Operations))), c.paint(faint, b.Text))
	if b.Held {
		c.printWhy(b.Operations, w)
	}
	who, where := 0, 0
	for _, o := range b.Operations[:min(len(b.Operations), most)] {
		who, where = max(who, utf8.RuneCountInString(person(o))), max(where, utf8.RuneCountInString(say.Clean(o.GroupName)))
	}
	for i, o := range b.Operations {
		if i == most {
			fmt.Fprintf(c.out, "    %s\n", c.paint(faint, fmt.Sprintf("and %d more (--json prints all)", len(b.Operations)-most)))
			break
		}
		sign := signs[o.Verb]
		line := fmt.Sprintf("    %s %s  %s  %s",
			c.paint(sign[1], sign[0]), pad(person(o), who), pad(say.Clean(o.GroupName), where), what(o, clock))
		if o.Error != "" {
			line += "  " + c.paint(red, o.State+": "+say.Clean(o.Error))
		}
		fmt.Fprintln(c.out, strings.TrimRight(line, " "))
	}
}

// printWhy tells each different reason for waiting once.
func (c *terminal) printWhy(ops []say.Operation, w *whys) {
	for _, text := range w.shared() {
		fmt.Fprintf(c.out, "    %s %s\n", c.paint(yellow, "!"), w.clock.Text(text))
	}
	for _, o := range ops {
		if w.fresh(o.Held.Why) {
			fmt.Fprintf(c.out, "    %s %s\n", c.paint(yellow, "!"), w.clock.Text(o.Held.Why))
		}
	}
}

func person(o say.Operation) string {
	name, mail := say.Clean(o.PersonName), say.Clean(o.Email)
	switch {
	case o.Verb.OfUnit():
		return "unit " + say.Clean(o.Unit.Number)
	case name == "" && mail == "":
		if o.Account != "" {
			return "account " + string(o.Account)
		}
		return string(o.Person)
	case mail == "":
		return name
	case name == "":
		return mail
	}
	return name + " <" + mail + ">"
}

func what(o say.Operation, clock say.Clock) string {
	switch o.Verb {
	case cardea.VerbCreate:
		return "new account"
	case cardea.VerbUpdate:
		return say.Update(o.Operation)
	case cardea.VerbAdopt:
		return "was there already: taken over"
	case cardea.VerbForget:
		if o.Cause == cardea.CauseHandedOver {
			return "stays, and is ours no more"
		}
		return say.Verb(o.Verb).Text
	case cardea.VerbLink, cardea.VerbAddUnit, cardea.VerbDeleteUnit, cardea.VerbUnlock:
		return say.Verb(o.Verb).Text
	case cardea.VerbRenameUnit:
		return "from " + say.Clean(o.GroupName)
	case cardea.VerbReprofile:
		return say.Verb(o.Verb).Text + " (" + say.Clean(strings.Trim(o.Profile+", "+o.TimeGroup, ", ")) + ")"
	case cardea.VerbAdd, cardea.VerbRetime:
		return clock.Window(o.Window) + because(o)
	case cardea.VerbRemove, cardea.VerbClean, cardea.VerbLock:
	}
	return strings.TrimPrefix(because(o), "  ")
}

func because(o say.Operation) string {
	if text := say.Because(o); text != "" {
		return "  because of " + text
	}
	return ""
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
