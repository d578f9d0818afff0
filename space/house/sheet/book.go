package sheet

import (
	"fmt"
	"io"
	"slices"

	"github.com/cardea-access/cardea"
)

// Book is what a workbook says, checked.
type Book struct {
	Locations   []cardea.Location
	Floors      []cardea.Floor
	Plans       []cardea.Plan // unit types
	Resources   []cardea.Resource
	People      []cardea.Person
	Agreements  []cardea.Agreement // rentals
	Assignments []cardea.Assignment
	// Notes are what was read and not kept, a sentence each.
	Notes []string
	// Only are the kinds that the workbook speaks for, when they are not all that a workbook can hold.
	Only []cardea.Kind
}

// Kinds lists the kinds of records that a workbook speaks for. An import replaces exactly those of the connection: a
// record of one of them that the file does not have is removed. Other kinds (bookings, passes, ...) stay as they are.
func (b Book) Kinds() []cardea.Kind {
	if len(b.Only) > 0 {
		return slices.Clone(b.Only)
	}
	return []cardea.Kind{
		cardea.KindLocation, cardea.KindFloor, cardea.KindResource, cardea.KindPlan, cardea.KindPerson,
		cardea.KindAgreement, cardea.KindAssignment,
	}
}

// Records returns all records, by kind in the order of cardea.Kinds, then by id.
func (b Book) Records() []cardea.Record {
	out := make([]cardea.Record, 0, len(b.Resources)+len(b.People)+2*len(b.Agreements)+len(b.Locations)+len(b.Floors)+len(b.Plans))
	out = appendAll(out, b.Locations)
	out = appendAll(out, b.Floors)
	out = appendAll(out, b.Resources)
	out = appendAll(out, b.Plans)
	out = appendAll(out, b.People)
	out = appendAll(out, b.Agreements)
	return appendAll(out, b.Assignments)
}

func appendAll[R cardea.Record](out []cardea.Record, recs []R) []cardea.Record {
	for _, r := range recs {
		out = append(out, r)
	}
	return out
}

// ReadWorkbook reads an .xlsx file of the form that Template writes, or Kinnovis' onboarding sheets. It is all or nothing: when
// any cell is refused the Book is empty and the error, of class Rejected, is a *RefusedError that names every bad cell. Progress,
// if any, is told the rows of each sheet. The records of equal workbooks have equal ids, whatever else changed between two imports.
func ReadWorkbook(r io.Reader, progress func(sheet string, done, total int)) (b Book, err error) {
	// The library is foreign code fed with foreign bytes; what the checks missed must not stop the house.
	defer func() {
		if p := recover(); p != nil {
			b, err = Book{}, refuse("The file", "cannot be read (%v): save it again as .xlsx", p)
		}
	}()
	w, err := openWorkbook(r)
	if err != nil {
		return Book{}, err
	}
	defer func() {
		if closing := w.file.Close(); closing != nil && err == nil {
			b, err = Book{}, fmt.Errorf("the workbook could not be closed: %w", closing)
		}
	}()
	w.progress = progress
	m := newMaker(w.bad)
	if o := w.onboarded(); o.found() {
		return o.book(w, m)
	}
	for _, step := range []struct {
		layout layout
		take   func(*row)
		grid   **grid
	}{
		{locationsSheet, m.location, &m.locations},
		{typesSheet, m.unitType, &m.types},
		{unitsSheet, m.unit, &m.units},
		{customersSheet, m.customer, &m.customers},
		{rentalsSheet, m.rental, &m.rentals},
	} {
		if *step.grid, err = w.each(step.layout, step.take); err != nil {
			return Book{}, err
		}
	}
	m.overlaps()
	if err := w.bad.err(); err != nil {
		return Book{}, err
	}
	for _, p := range w.parts.sheets {
		known := bare(p.name) == bare(readMe) || slices.ContainsFunc(sheets, func(l layout) bool { return bare(l.name) == bare(p.name) })
		if !known {
			m.note("the sheet %q is none of the template's and was not read", p.name)
		}
	}
	return m.finish(), nil
}
