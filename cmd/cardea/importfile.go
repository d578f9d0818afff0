package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/space/house/sheet"
)

// workbook is how the names of workbooks end.
const workbook = ".xlsx"

// lists are the names of CSV files, for people: one for each kind that a list can hold.
var lists = []string{
	"locations.csv", "floors.csv", "resources.csv", "plans.csv", "teams.csv", "people.csv", "visitors.csv", "agreements.csv",
	"bookings.csv", "passes.csv",
}

// source is one file of an import.
type source struct {
	path string
	name string      // for people
	kind cardea.Kind // of a CSV file; empty = a workbook
}

// batch is what the files of one import say together.
type batch struct {
	kinds   []cardea.Kind // that the files speak for
	records []cardea.Record
	notes   []string
}

// importable says what each file holds, and puts them in the order in which they name each other.
func importable(paths []string) ([]source, error) {
	if len(paths) == 0 {
		return nil, cardea.Errorf(cardea.Rejected, "name a file, as in cardea import units.xlsx; "+
			"cardea import --template > units.xlsx makes an empty one")
	}
	var out []source
	for _, path := range paths {
		s := source{path: path, name: filepath.Base(path)}
		ending := strings.ToLower(filepath.Ext(s.name))
		switch kind, known := sheet.KindOfFile(s.name); {
		case ending == workbook:
		case known:
			s.kind = kind
		case ending == ".csv":
			return nil, cardea.Errorf(cardea.Rejected, "what %s holds is told by its name%s", path, desk.Nearest(s.name, lists))
		default:
			return nil, cardea.Errorf(cardea.Rejected, "%s is neither a workbook nor a list: save it as .xlsx, or as CSV under one "+
				"of the names %s", path, strings.Join(lists, ", "))
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b source) int {
		return cmp.Compare(slices.Index(cardea.Kinds, a.kind), slices.Index(cardea.Kinds, b.kind))
	})
	for i, s := range out[1:] {
		switch {
		case out[0].kind == "" && s.kind == "":
			return nil, cardea.Errorf(cardea.Rejected, "%s and %s would replace each other's records: keep all rows in one workbook",
				out[0].name, s.name)
		case out[0].kind == "":
			return nil, cardea.Errorf(cardea.Rejected, "%s is a workbook and %s a list: import one after the other", out[0].name, s.name)
		case out[i].kind == s.kind:
			return nil, cardea.Errorf(cardea.Rejected, "%s and %s hold records of one kind and would replace each other's: "+
				"make them one file", out[i].name, s.name)
		}
	}
	return out, nil
}

// readFiles reads the files; there are the records that the connection has, which lists may name.
func readFiles(files []source, there []cardea.Record, tell func(desk.Progress)) (batch, error) {
	var b batch
	for _, f := range files {
		if f.kind != "" {
			b.kinds = append(b.kinds, sheet.KindsOf(f.kind)...)
		}
	}
	known := slices.DeleteFunc(slices.Clone(there), func(r cardea.Record) bool { return slices.Contains(b.kinds, r.Key().Kind) })
	for _, f := range files {
		in, err := os.Open(f.path)
		if err != nil {
			return batch{}, cardea.Errorf(cardea.Rejected, "the file cannot be read: %w", err)
		}
		progress := func(name string, done, total int) {
			what := "lines read"
			if f.kind == "" {
				what = "rows of " + name + " read"
			}
			tell(desk.Progress{Connection: f.name, What: what, Done: done, Total: total})
		}
		err = b.take(f, in, known, progress)
		if err = errors.Join(err, in.Close()); err != nil {
			return batch{}, err
		}
	}
	return b, nil
}

// take reads one file.
func (b *batch) take(f source, in *os.File, known []cardea.Record, progress func(name string, done, total int)) error {
	if f.kind == "" {
		book, err := sheet.ReadWorkbook(in, progress)
		if err != nil {
			return err
		}
		b.kinds, b.records, b.notes = book.Kinds(), book.Records(), book.Notes
		return nil
	}
	records, err := sheet.ReadCSV(in, sheet.List{
		Kind: f.kind, Name: f.name, Known: append(slices.Clone(known), b.records...), Progress: progress,
	})
	b.records = append(b.records, records...)
	return err
}
