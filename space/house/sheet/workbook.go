package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook is an opened file.
type workbook struct {
	parts    *parts
	file     *excelize.File
	bad      *RefusedError
	progress func(sheet string, done, total int)
	era1904  bool
}

// openWorkbook reads a file into memory and opens it. The caller closes it.
func openWorkbook(r io.Reader) (w *workbook, err error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("the file could not be read: %w", err)
	}
	if len(data) > maxFile {
		return nil, refuse("The file", "is larger than %d MB", maxFile>>20)
	}
	p, err := unpack(data)
	if err != nil {
		return nil, refuse("The file", "%v", err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpack, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return nil, refuse("The file", "is no .xlsx workbook, or is damaged: %v", err)
	}
	w = &workbook{parts: p, file: f, bad: &RefusedError{}}
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, errors.Join(refuse("The file", "is damaged: %v", err), f.Close())
	}
	w.era1904 = props.Date1904 != nil && *props.Date1904
	return w, nil
}

// sheet finds a sheet by its name, written in whatever way.
func (w *workbook) sheet(name string) (part, bool) {
	for _, p := range w.parts.sheets {
		if bare(p.name) == bare(name) {
			return p, true
		}
	}
	return part{}, false
}

// each reads a sheet and calls take for every row that holds something. A sheet that is absent is refused when it must be
// there. It returns the grid, broken when nothing could be understood of it.
func (w *workbook) each(l layout, take func(*row)) (*grid, error) {
	g := &grid{name: l.name, columns: l.columns, bad: w.bad, era1904: w.era1904}
	p, ok := w.sheet(l.name)
	g.lenient = l.lenient
	if !ok {
		g.broken = true
		if l.need {
			w.bad.add("The workbook", "there is no sheet %q: add it, with its headings, even when it has no rows", l.name)
		}
		return g, nil
	}
	return g, w.read(p, g, take)
}

// read reads a sheet into its grid and calls take for every row that holds something.
func (w *workbook) read(p part, g *grid, take func(*row)) error {
	g.where = func(n, place int) string {
		column, err := excelize.ColumnNumberToName(place + 1)
		if err != nil {
			column = "?"
		}
		return p.name + "!" + column + strconv.Itoa(n)
	}
	s, err := w.shape(p)
	if err != nil {
		g.broken = true
		w.bad.add("Sheet "+p.name, "%v", err)
		return nil
	}
	err = w.rows(p, s, g, take)
	if err == nil && g.at == nil {
		g.refuse(1, 0, "the sheet has no headings: take them from the template")
	}
	return err
}

func (w *workbook) shape(p part) (s shape, err error) {
	r, err := w.parts.open(p.file)
	if err != nil {
		return shape{}, err
	}
	s, err = shapeOf(r)
	return s, errors.Join(err, r.Close())
}

// rows streams the rows as they are stored and, where that may be something else, beside them as the spreadsheet shows them.
func (w *workbook) rows(p part, s shape, g *grid, take func(*row)) error {
	stored, err := w.file.Rows(p.name)
	if err != nil {
		return refuse("Sheet "+p.name, "cannot be read: %v", err)
	}
	if !s.typed {
		return errors.Join(w.stream(p, s, g, take, stored, nil), stored.Close())
	}
	shown, err := w.file.Rows(p.name)
	if err != nil {
		return errors.Join(refuse("Sheet "+p.name, "cannot be read: %v", err), stored.Close())
	}
	err = w.stream(p, s, g, take, stored, shown)
	return errors.Join(err, stored.Close(), shown.Close())
}

func (w *workbook) stream(p part, s shape, g *grid, take func(*row), stored, shown *excelize.Rows) error {
	fill := filler{merges: s.merges, values: make([]value, len(s.merges))}
	done := 0
	for n := 1; n <= s.last && stored.Next() && (shown == nil || shown.Next()); n++ {
		raw, err := stored.Columns(excelize.Options{RawCellValue: true})
		seen := raw
		if err == nil && shown != nil {
			seen, err = shown.Columns()
		}
		if err != nil {
			return refuse("Sheet "+p.name, "cannot be read: %v", err)
		}
		m, held := s.rows[n]
		if !held {
			continue
		}
		done++
		cells := cellsOf(raw, seen, m)
		switch {
		case blank(cells), n < g.from:
		case g.at == nil:
			g.heading(n, cells)
			fill.after = n
		case !g.broken:
			take(g.row(n, fill.row(n, cells)))
		}
		if w.progress != nil && (done%500 == 0 || done == len(s.rows)) {
			w.progress(g.name, done, len(s.rows))
		}
	}
	if done != len(s.rows) {
		return refuse("Sheet "+p.name, "has %d rows of which %d could be read: save the file again as .xlsx", len(s.rows), done)
	}
	return nil
}

// cellsOf joins what is stored, what is shown and what kind of cell it is.
func cellsOf(raw, seen []string, m marks) []value {
	cells := make([]value, len(raw))
	for i := range raw {
		cells[i] = value{text: clean(raw[i]), lines: strings.Contains(strings.TrimSpace(raw[i]), "\n")}
		shown := ""
		if i < len(seen) {
			shown = clean(seen[i])
		}
		switch {
		case m.hollow.has(i):
			cells[i].sort = isHollow
		case m.fault.has(i):
			cells[i].sort = isFault
		case m.truth.has(i):
			cells[i].text = shown
		case m.number.has(i):
			if f, err := strconv.ParseFloat(raw[i], 64); err == nil {
				cells[i] = value{text: shown, sort: isNumber, number: f}
			}
		}
	}
	return cells
}

// filler carries the value of a cell that is merged downwards into the rows below.
type filler struct {
	merges []merge
	values []value
	after  int // the row of headings, which says nothing of the rows below
}

func (f *filler) row(n int, cells []value) []value {
	for i, m := range f.merges {
		switch {
		case m.first <= f.after || n < m.first || n > m.last:
		case n == m.first && m.place < len(cells):
			f.values[i] = cells[m.place]
		case n > m.first && !f.values[i].empty():
			for len(cells) <= m.place {
				cells = append(cells, value{})
			}
			if cells[m.place].empty() {
				cells[m.place] = f.values[i]
			}
		}
	}
	return cells
}
