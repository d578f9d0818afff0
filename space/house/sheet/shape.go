package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What one sheet may hold. More than that is no list of units.
const (
	maxRows    = 200_000
	maxColumns = 128
	maxMerges  = 20_000
)

// marks are the cells of one row that are not plain text, a bit for each place.
type marks struct {
	number, truth, fault, hollow places
}

// places is a set of columns, counted from 0.
type places [maxColumns / 64]uint64

func (p *places) set(i int)      { p[i/64] |= 1 << (i % 64) }
func (p *places) has(i int) bool { return i < maxColumns && p[i/64]&(1<<(i%64)) != 0 }

// merge is a stretch of one column that is merged downwards; the value of its first row holds for all.
type merge struct{ place, first, last int }

// shape is what a sheet's own XML says of its cells: which are numbers, and that they all came. The library that reads the
// values says neither, and ends a damaged sheet without a word.
type shape struct {
	rows   map[int]marks // rows that hold a value, counted from 1
	last   int
	merges []merge
	typed  bool // some cells are numbers or truths, which are shown in another way than they are stored
}

type shaper struct {
	shape

	row, col   int
	kind       string // of the cell under way
	formula    bool
	valued     bool
	text       bool // inside an element whose text is a value
	sheetEnded bool
}

// shapeOf reads a sheet's XML to its end. Rows and cells must stand in order.
func shapeOf(r io.Reader) (shape, error) {
	s := shaper{shape: shape{rows: map[int]marks{}}}
	for d := xml.NewDecoder(r); ; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && s.sheetEnded {
			return s.shape, nil
		}
		if err != nil {
			return shape{}, fmt.Errorf("the sheet is damaged: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = s.start(t)
		case xml.EndElement:
			err = s.end(t.Name.Local)
		case xml.CharData:
			s.valued = s.valued || s.text && strings.TrimSpace(string(t)) != ""
		}
		if err != nil {
			return shape{}, err
		}
	}
}

func (s *shaper) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		return s.startRow(t)
	case "c":
		return s.startCell(t)
	case "f":
		s.formula = true
	case "v", "t":
		s.text = true
	case "mergeCell":
		return s.merge(attribute(t, "ref"))
	}
	return nil
}

func (s *shaper) startRow(t xml.StartElement) error {
	n := s.row + 1
	if r := attribute(t, "r"); r != "" {
		var err error
		if n, err = strconv.Atoi(r); err != nil {
			return fmt.Errorf("the sheet is damaged: there is no row %q", r)
		}
	}
	if n <= s.row {
		return fmt.Errorf("the sheet is damaged: row %d comes after row %d", n, s.row)
	}
	if n > excelize.TotalRows {
		return fmt.Errorf("the sheet is damaged: it has a row %d", n)
	}
	s.row, s.col = n, 0
	return nil
}

func (s *shaper) startCell(t xml.StartElement) error {
	n := s.col + 1
	if r := attribute(t, "r"); r != "" {
		var line int
		var err error
		if n, line, err = excelize.CellNameToCoordinates(r); err != nil || line != s.row {
			return fmt.Errorf("the sheet is damaged: the cell %q is in row %d", r, s.row)
		}
	}
	if n <= s.col {
		return fmt.Errorf("the sheet is damaged: the cells of row %d are out of order", s.row)
	}
	s.col, s.kind, s.formula, s.valued = n, attribute(t, "t"), false, false
	return nil
}

func (s *shaper) end(name string) error {
	switch name {
	case "sheetData":
		s.sheetEnded = true
	case "v", "t":
		s.text = false
	case "c":
		return s.endCell()
	}
	return nil
}

func (s *shaper) endCell() error {
	if !s.valued && !s.formula {
		return nil
	}
	if s.col > maxColumns {
		return fmt.Errorf("row %d has a value in more than %d columns: clear what does not belong there", s.row, maxColumns)
	}
	if len(s.rows) >= maxRows {
		return fmt.Errorf("the sheet has more than %d rows", maxRows)
	}
	m := s.rows[s.row]
	switch {
	case !s.valued:
		m.hollow.set(s.col - 1)
	case s.kind == "" || s.kind == "n":
		m.number.set(s.col - 1)
	case s.kind == "b":
		m.truth.set(s.col - 1)
	case s.kind == "e":
		m.fault.set(s.col - 1)
	}
	s.typed = s.typed || m.number != places{} || m.truth != places{}
	s.rows[s.row], s.last = m, s.row
	return nil
}

// merge notes cells that are merged downwards. Merged sideways the first cell alone counts, as it does in the file.
func (s *shaper) merge(ref string) error {
	from, to, ok := strings.Cut(ref, ":")
	c, r1, err1 := excelize.CellNameToCoordinates(from)
	_, r2, err2 := excelize.CellNameToCoordinates(to)
	if !ok || err1 != nil || err2 != nil || r2 <= r1 || c > maxColumns {
		return nil //nolint:nilerr // one cell, or one row of cells: nothing to fill
	}
	if len(s.merges) == maxMerges {
		return fmt.Errorf("the sheet has more than %d merged cells", maxMerges)
	}
	s.merges = append(s.merges, merge{c - 1, r1, r2})
	return nil
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
