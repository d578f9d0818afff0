package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/space/house/sheet"
)

type importCmd struct {
	onHouse

	Files    []string `arg:"" help:"One workbook (.xlsx), or any number of CSV lists: people.csv ..." name:"file" optional:""`
	Yes      bool     `help:"Make the changes without asking." short:"y"`
	DryRun   bool     `help:"Show what would change, and change nothing." name:"dry-run"`
	Template bool     `help:"Write an empty workbook that explains itself, to FILE or to standard output."`
}

// Help says what an import does.
func (*importCmd) Help() string {
	return `The file is the truth for its kinds of records: what it does not have any more is removed. One bad cell, and nothing is
taken; every bad cell is named. The first import is made at once. Every other one shows what it would change, and is made after
your yes. Exit codes: 0 done or nothing to do, 2 changes wait for a yes, 1 nothing was taken.

  cardea import --template > units.xlsx
  cardea import units.xlsx
  cardea import people.csv bookings.csv --dry-run`
}

// Run imports files, or writes the template.
func (i *importCmd) Run(ctx context.Context, c *terminal) error {
	if i.Template {
		return i.template(c)
	}
	return i.do(ctx, c, settings{})
}

func (i *importCmd) do(ctx context.Context, c *terminal, with settings) error {
	files, err := importable(i.Files)
	if err != nil {
		return err
	}
	a, name, err := i.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	before, err := a.desk.House(ctx, name)
	if err != nil {
		return err
	}
	e := &edit{
		onHouse: i.onHouse, c: c, desk: a.desk, connection: name, before: before, sure: i.Yes, dry: i.DryRun, title: titleOf(files),
	}
	e.what = "import " + e.title
	p := newProgress(c)
	b, err := readFiles(files, before, p.tell)
	p.done()
	if refused := (*sheet.RefusedError)(nil); errors.As(err, &refused) {
		var problems []problem
		for _, cell := range refused.Cells {
			problems = append(problems, problem{cell.Where, cell.What})
		}
		return e.refuse(problems, refused.More)
	}
	if err != nil {
		return err
	}
	theirs := func(r cardea.Record) bool { return !slices.Contains(b.kinds, r.Key().Kind) }
	old := slices.DeleteFunc(slices.Clone(before), theirs)
	others := slices.DeleteFunc(slices.Clone(before), func(r cardea.Record) bool { return !theirs(r) })
	e.diff, e.notes, e.first = house.Diff(old, b.records), b.notes, len(old) == 0
	if problems := house.Check(append(others, b.records...)); len(problems) > 0 {
		return e.refuse(found(problems), 0)
	}
	return e.do(ctx)
}

func titleOf(files []source) string {
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	return say.And(names)
}

// template writes the empty workbook. It is no text, so a terminal is not written to, and what is there stays there.
func (i *importCmd) template(c *terminal) error {
	if len(i.Files) == 0 {
		if out, ok := unfiltered(c.out).(*os.File); ok && isTerminal(out) {
			return cardea.Errorf(cardea.Rejected, "a workbook is nothing to look at in a terminal: send it to a file, as in "+
				"cardea import --template > units.xlsx")
		}
		return sheet.Template(unfiltered(c.out))
	}
	path := i.Files[0]
	switch {
	case len(i.Files) > 1:
		return cardea.Errorf(cardea.Rejected, "--template writes one file: name one")
	case !strings.HasSuffix(strings.ToLower(path), workbook):
		return cardea.Errorf(cardea.Rejected, "the template is a workbook: give %s a name that ends in .xlsx", path)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return cardea.Errorf(cardea.Rejected, "%s is there already and is left as it is: name another file", path)
	}
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the template could not be written: %w", err)
	}
	if err := errors.Join(sheet.Template(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	fmt.Fprintf(c.err, "Wrote %s. Fill it, then: cardea import %s\n", path, path)
	return nil
}
