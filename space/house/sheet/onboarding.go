package sheet

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// The sheets that Kinnovis imports when it takes an operator on: unit types and units (vendors/opentech-kinnovis.md 3.2). Their
// columns are not public; 3.6 derives them from the model, and so a sheet is known by its headings, whatever it is called, and a
// column that nobody knows is passed over and told of. What they lack, customers and rentals, may stand beside them on sheets of
// our own template.
var (
	onboardedTypes = layout{
		name: "Unit types", lenient: true,
		columns: append([]column{
			{name: colLocation, also: []string{"site", "location name"}},
			{name: colName, also: []string{"unit type", "type", "unit type name"}, need: true},
			profileColumn, timeGroupColumn, permissionsColumn,
		}, notKept(typeMarks...)...),
	}
	onboardedUnits = layout{
		name: "Units", lenient: true,
		columns: append([]column{
			{name: colLocation, also: []string{"site", "location name"}, need: true},
			{name: colNumber, also: []string{"unit name", "name", "unit", "number"}, need: true},
			{name: colType, also: []string{"type", "unit type name"}},
			{name: colFloor, also: []string{"level"}},
			{name: colPermissions, form: list, also: []string{"access permission", "permissions", "external identifier",
				"external identifiers"}},
			profileColumn, timeGroupColumn,
			{name: colStatus, also: []string{"state", "availability"}},
			{name: "area", also: []string{"size", "sqm", "m2"}, unread: true},
		}, notKept(unitMarks...)...),
	}
	onboardedPlaces = layout{name: locationsSheet.name, columns: locationsSheet.columns, lenient: true}
)

// The headings that only Kinnovis' sheets have. Two of them make a sheet one of those.
var (
	typeMarks = []string{"size", "short description", "description", "price", "billing cycle"}
	unitMarks = []string{"width", "depth", "height", "ceiling height", "volume", "door width", "door height", "door type"}
)

const marked = 2

func notKept(names ...string) []column {
	out := make([]column, len(names))
	for i, n := range names {
		out[i] = column{name: n, unread: true}
	}
	return out
}

// headed is a sheet whose headings were found, and their row.
type headed struct {
	part

	row int
}

// onboarding are the sheets of a workbook that are Kinnovis'. There may be one for each location.
type onboarding struct{ types, units []headed }

func (o onboarding) found() bool { return len(o.types)+len(o.units) > 0 }

// onboarded looks for Kinnovis' sheets. Where a sheet bears the name that our template has for it, no other one is looked at. A
// sheet that cannot be read is none: whoever reads it next says why.
func (w *workbook) onboarded() onboarding {
	var o onboarding
	for _, p := range w.parts.sheets {
		if bare(p.name) == bare(readMe) {
			continue
		}
		for n, heads := range w.top(p) {
			if kind := kindOfHeadings(heads); kind == cardea.KindResource {
				o.units = append(o.units, headed{p, n})
				break
			} else if kind == cardea.KindPlan {
				o.types = append(o.types, headed{p, n})
				break
			}
		}
	}
	o.types, o.units = w.named(onboardedTypes, o.types), w.named(onboardedUnits, o.units)
	return o
}

// named leaves the sheet that bears the layout's name, if there is one.
func (w *workbook) named(l layout, found []headed) []headed {
	if p, there := w.sheet(l.name); there {
		return slices.DeleteFunc(found, func(h headed) bool { return h.part != p })
	}
	return found
}

// title is how many rows may stand above the headings.
const title = 15

// top yields the first rows of a sheet, counted from 1, bare.
func (w *workbook) top(p part) func(yield func(int, []string) bool) {
	return func(yield func(int, []string) bool) {
		rows, err := w.file.Rows(p.name)
		if err != nil {
			return
		}
		defer rows.Close()
		for n := 1; n <= title+1 && rows.Next(); n++ {
			cells, err := rows.Columns()
			if err != nil {
				return
			}
			for i, s := range cells {
				cells[i] = bare(strings.TrimSuffix(clean(s), "*"))
			}
			if !yield(n, cells) {
				return
			}
		}
	}
}

// kindOfHeadings says which of Kinnovis' sheets a row of headings belongs to, if any.
func kindOfHeadings(heads []string) cardea.Kind {
	has := func(l layout, name string) bool {
		at := slices.IndexFunc(l.columns, func(c column) bool { return c.name == name })
		return slices.ContainsFunc(heads, l.columns[at].fits)
	}
	marks := func(names []string) (n int) {
		for _, name := range names {
			if slices.Contains(heads, bare(name)) {
				n++
			}
		}
		return n
	}
	ofUnits, ofTypes := marks(unitMarks), marks(typeMarks)
	named := has(onboardedUnits, colNumber)
	switch {
	case named && ofUnits >= marked, named && has(onboardedUnits, colType) && ofUnits+ofTypes >= marked:
		return cardea.KindResource
	case has(onboardedTypes, colName) && ofTypes >= marked:
		return cardea.KindPlan
	}
	return ""
}

// book reads the sheets. Without customers and rentals it speaks for places, units and their types alone, so that who rents what
// stays as it is.
func (o onboarding) book(w *workbook, m *maker) (b Book, err error) {
	m.note("this is a workbook of Kinnovis' onboarding sheets")
	if m.locations, err = w.each(onboardedPlaces, m.location); err != nil {
		return Book{}, err
	}
	if m.types, err = o.all(w, onboardedTypes, o.types, m, m.unitType); err != nil {
		return Book{}, err
	}
	if m.units, err = o.all(w, onboardedUnits, o.units, m, m.unit); err != nil {
		return Book{}, err
	}
	people, rentals := customersSheet, rentalsSheet
	_, has := w.sheet(people.name)
	_, lets := w.sheet(rentals.name)
	people.need, rentals.need = lets, has
	if m.customers, err = w.each(people, m.customer); err != nil {
		return Book{}, err
	}
	if m.rentals, err = w.each(rentals, m.rental); err != nil {
		return Book{}, err
	}
	m.overlaps()
	if err := w.bad.err(); err != nil {
		return Book{}, err
	}
	if !has && !lets {
		m.book.Only = []cardea.Kind{cardea.KindLocation, cardea.KindFloor, cardea.KindResource, cardea.KindPlan}
		m.note("it holds no customers and no rentals: those of the connection stay as they are; bring them as people.csv and "+
			"agreements.csv, or add the sheets %s and %s of the template", people.name, rentals.name)
	}
	m.passed(m.locations)
	o.others(w, m)
	return m.finish(), nil
}

// all reads every sheet of one sort; where none was known by its headings, the one that has the name.
func (o onboarding) all(w *workbook, l layout, found []headed, m *maker, take func(*row)) (*grid, error) {
	if len(found) == 0 {
		l.need = true
		g, err := w.each(l, take)
		m.passed(g)
		return g, err
	}
	whole := &grid{name: l.name, columns: l.columns, bad: w.bad}
	for _, h := range found {
		g := &grid{name: h.name, columns: l.columns, bad: w.bad, era1904: w.era1904, lenient: true, from: h.row}
		if err := w.read(h.part, g, take); err != nil {
			return nil, err
		}
		if h.row > 1 {
			m.note("sheet %q: what stands above the headings in row %d was not read", h.name, h.row)
		}
		m.passed(g)
		whole.broken = whole.broken || g.broken
		whole.rows += g.rows
	}
	return whole, nil
}

// passed tells which columns of a sheet were not kept.
func (m *maker) passed(g *grid) {
	var unread []string
	for _, c := range g.columns {
		if at, there := g.at[c.name]; there && c.unread {
			unread = append(unread, g.heads[at])
		}
	}
	if len(unread) > 0 {
		m.note("sheet %q: not kept: %s", g.name, strings.Join(unread, ", "))
	}
	if len(g.passed) > 0 {
		m.note("sheet %q: not known and not read: %s", g.name, strings.Join(g.passed, ", "))
	}
}

// others names the sheets that were not read.
func (o onboarding) others(w *workbook, m *maker) {
	for _, p := range w.parts.sheets {
		known := bare(p.name) == bare(readMe) || slices.ContainsFunc(sheets, func(l layout) bool { return bare(l.name) == bare(p.name) }) ||
			slices.ContainsFunc(append(slices.Clone(o.types), o.units...), func(h headed) bool { return h.part == p })
		if !known {
			m.note("the sheet %q is none of Kinnovis' onboarding sheets and was not read", p.name)
		}
	}
}

// passOver leaves a column out that nobody knows, unless one that is kept was probably meant by it and is not there.
func (g *grid) passOver(n, place int, head string) {
	var known []string
	meant := map[string]string{}
	for _, c := range g.columns {
		if _, there := g.at[c.name]; there || c.unread {
			continue
		}
		for _, s := range append([]string{c.name}, c.also...) {
			known = append(known, bare(s))
			meant[bare(s)] = c.name
		}
	}
	slices.Sort(known)
	const short = 6 // a word so short is near to many
	near := nearest(bare(head), known)
	if near != "" && len(bare(head)) < short && edits(bare(head), near, 2) > 1 {
		near = ""
	}
	if near != "" {
		g.refuse(n, place, "there is no column %q: did you mean %q? If not, take it out", head, meant[near])
		return
	}
	g.passed = append(g.passed, head)
}

// foreign looks at a status of Kinnovis: its words are not documented, and none of them lets anybody in or keeps them out.
func (m *maker) foreign(r *row) {
	switch strings.ToLower(r.text(colStatus)) {
	case "blocked", "maintenance", "unavailable":
		m.shut++
	}
}

// oneLine refuses a list that stands on several lines of its cell: which of them belong together nobody can tell.
func (r *row) oneLine(name string) {
	if r.in.lenient && r.value(name).lines {
		r.refuse(name, "has several lines: separate the names by ; on one line")
	}
}
