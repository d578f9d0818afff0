package sheet

import (
	"slices"
	"strings"
)

// form says what a column takes.
type form int

const (
	words form = iota
	day
	moment
	yesNo
	list
	number
)

// column is one known column of a sheet or file. Its name is unique within the sheet.
type column struct {
	name    string
	also    []string // other headings that mean it
	need    bool     // the column must be there
	form    form
	says    string // for people
	example string
	unread  bool // may be there, and is not kept
}

// fits says whether a heading, bare, means the column.
func (c column) fits(heading string) bool {
	return heading == bare(c.name) || slices.ContainsFunc(c.also, func(s string) bool { return bare(s) == heading })
}

// grid is one sheet or file as it is read: first the row of headings, then rows.
type grid struct {
	name    string
	columns []column
	at      map[string]int // column name -> place in a row
	heads   []string       // as written
	stray   map[int]bool   // places without a heading that were complained about
	where   func(row, place int) string
	bad     *RefusedError
	broken  bool // the headings did not do: no row can be understood
	rows    int  // that were taken
	era1904 bool // days are counted from 1904
	from    int  // the row of headings, when what stands above it is not read
	lenient bool // columns that are not known are passed over
	passed  []string
}

// heading reads the row of headings.
func (g *grid) heading(n int, cells []value) {
	g.at, g.stray = map[string]int{}, map[int]bool{}
	g.heads = make([]string, len(cells))
	var strange []int
	for i, v := range cells {
		g.heads[i] = v.text
		head := bare(strings.TrimSuffix(v.text, "*"))
		if head == "" {
			continue
		}
		found := slices.IndexFunc(g.columns, func(c column) bool { return c.fits(head) })
		if found < 0 && g.lenient {
			strange = append(strange, i)
			continue
		}
		if found < 0 {
			g.unknown(n, i, v.text)
			continue
		}
		name := g.columns[found].name
		if first, twice := g.at[name]; twice && g.lenient && g.columns[found].unread {
			g.passed = append(g.passed, v.text)
			continue
		} else if twice {
			g.refuse(n, i, "is the column %q a second time (see %s): take one of them out", name, g.where(n, first))
			continue
		}
		g.at[name] = i
	}
	for _, i := range strange {
		g.passOver(n, i, cells[i].text)
	}
	for _, c := range g.columns {
		if _, ok := g.at[c.name]; c.need && !ok {
			g.refuse(n, 0, "there is no column %q in this row: add it", c.name)
		}
	}
}

func (g *grid) refuse(n, place int, format string, args ...any) {
	g.broken = true
	g.bad.add(g.where(n, place), format, args...)
}

// unknown names the column that was probably meant.
func (g *grid) unknown(n, place int, head string) {
	var names []string
	meant := map[string]string{}
	for _, c := range g.columns {
		names = append(names, c.name)
		for _, s := range append([]string{c.name}, c.also...) {
			meant[bare(s)] = c.name
		}
	}
	var known []string
	for s := range meant {
		known = append(known, s)
	}
	slices.Sort(known)
	if near := nearest(bare(head), known); near != "" {
		g.refuse(n, place, "there is no column %q: did you mean %q?", head, meant[near])
		return
	}
	g.refuse(n, place, "there is no column %q: take it out, or use one of %s", head, strings.Join(names, ", "))
}

// row is one row under the headings.
type row struct {
	in    *grid
	n     int
	cells []value
	// marred says that a cell of it was refused.
	marred bool
}

// row takes a row and complains about cells that stand under no heading.
func (g *grid) row(n int, cells []value) *row {
	r := &row{in: g, n: n, cells: cells}
	g.rows++
	for i, v := range cells {
		if v.empty() || g.stray[i] || i < len(g.heads) && bare(g.heads[i]) != "" {
			continue
		}
		g.stray[i] = true
		g.bad.add(g.where(n, i), "there is a value under no heading: write the heading, or clear the column"+
			" (in a CSV file: a text that holds the separator needs quotes)")
		r.marred = true
	}
	return r
}

// where names the cell of a column; the row's first cell when the file has no such column.
func (r *row) where(name string) string { return r.in.where(r.n, r.in.at[name]) }

func (r *row) refuse(name, format string, args ...any) {
	r.marred = true
	r.in.bad.add(r.where(name), format, args...)
}

// value returns the cell of a column, empty when the row or the file has none.
func (r *row) value(name string) value {
	i, ok := r.in.at[name]
	if !ok || i >= len(r.cells) {
		return value{}
	}
	return r.cells[i]
}

func blank(cells []value) bool {
	return !slices.ContainsFunc(cells, func(v value) bool { return !v.empty() })
}
