package sheet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// maker turns the rows of a workbook into records, sheet after sheet.
type maker struct {
	bad   *RefusedError
	book  Book
	index *index
	first map[cardea.Key]string // where each record was made, for what comes twice

	locations, types, units, customers, rentals *grid

	typeOf map[string]cardea.Resource // by plan id: what units of the type take
	unitOf map[string]cardea.Resource // by unit id
	planOf map[string]string          // by unit id
	let    map[string][]term          // by unit
	sizes  bool
	shut   int // units that the file calls blocked
}

// term is the time for which a unit is let.
type term struct {
	where       string
	first, last cardea.Instant
}

func newMaker(bad *RefusedError) *maker {
	return &maker{
		bad: bad, index: newIndex(), first: map[cardea.Key]string{}, typeOf: map[string]cardea.Resource{},
		unitOf: map[string]cardea.Resource{}, planOf: map[string]string{}, let: map[string][]term{},
	}
}

func (m *maker) note(format string, args ...any) {
	m.book.Notes = append(m.book.Notes, fmt.Sprintf(format, args...))
}

// once says whether a record is new, and names both cells when it is not.
func (m *maker) once(r *row, column string, k cardea.Key, what string) bool {
	if first, twice := m.first[k]; twice {
		r.refuse(column, "%s is there already: see %s", what, first)
		return false
	}
	m.first[k] = r.where(column)
	return true
}

// location takes a row of Locations.
func (m *maker) location(r *row) {
	name := r.need(colName)
	zone := r.zone(colZone)
	if name == "" {
		return
	}
	loc := cardea.Location{ID: fold(name), Name: name, Zone: zone}
	if m.once(r, colName, loc.Key(), fmt.Sprintf("the location %q", name)) {
		m.addLocation(loc)
	}
}

func (m *maker) addLocation(loc cardea.Location) {
	m.book.Locations = append(m.book.Locations, loc)
	m.index.add(loc.Key(), "", loc.Name)
}

// place returns the id of the location that a cell names. Where the workbook lists its locations, it must be one of them;
// else it becomes one.
func (m *maker) place(r *row) string {
	name := r.text(colLocation)
	if name == "" {
		return ""
	}
	loc := cardea.Location{ID: fold(name), Name: name}
	switch {
	case m.index.ids[loc.Key()]:
	case m.locations.broken && m.locations.where != nil:
		// The sheet is there and could not be read: everything on it is unknown.
	case m.listed():
		return r.find(m.index, cardea.KindLocation, "location of the sheet Locations", colLocation, "")
	default:
		m.addLocation(loc)
	}
	return loc.ID
}

// listed says whether the workbook has a sheet of locations with rows in it.
func (m *maker) listed() bool { return !m.locations.broken && m.locations.rows > 0 }

// unitType takes a row of Unit types.
func (m *maker) unitType(r *row) {
	name := r.need(colName)
	location := m.place(r)
	id := r.text(colID)
	own := cardea.Resource{Name: name, Permissions: r.several(colPermissions)}
	own.Profile, own.TimeGroup = r.text(colProfile), r.text(colTimeGroup)
	if name == "" {
		return
	}
	if id == "" {
		id = strings.TrimPrefix(location+"/"+fold(name), "/")
	}
	plan := cardea.Plan{ID: id, Name: name}
	if !m.once(r, colName, plan.Key(), fmt.Sprintf("the unit type %q", id)) {
		return
	}
	m.book.Plans = append(m.book.Plans, plan)
	m.typeOf[id] = own
	m.index.add(plan.Key(), location, name, strings.TrimPrefix(location+"/"+name, "/"))
}

// unit takes a row of Units.
func (m *maker) unit(r *row) {
	if r.value(colLocation).empty() {
		r.need(colLocation)
	}
	location, number := m.place(r), r.need(colNumber)
	unit := cardea.Resource{
		ID: location + "/" + fold(number), Name: number, Location: location, Assignable: true, Unit: true,
		Permissions: r.several(colPermissions),
	}
	unit.Profile, unit.TimeGroup = r.text(colProfile), r.text(colTimeGroup)
	r.oneLine(colPermissions)
	m.state(r)
	if floor := r.text(colFloor); floor != "" && location != "" {
		unit.Floor = m.floor(location, floor)
	}
	plan := ""
	if !m.types.broken {
		plan = r.find(m.index, cardea.KindPlan, colType, colType, location)
	}
	if number == "" || location == "" {
		if number != "" {
			m.index.add(unit.Key(), location, number) // so that its rentals are not refused too
		}
		return
	}
	if plan != "" {
		unit.Type = m.typeOf[plan].Name
		inherit(&unit, m.typeOf[plan])
	}
	if m.once(r, colNumber, unit.Key(), fmt.Sprintf("the unit %q of this location", number)) {
		m.book.Resources = append(m.book.Resources, unit)
		m.unitOf[unit.ID], m.planOf[unit.ID] = unit, plan
		m.index.add(unit.Key(), location, number)
	}
}

// inherit gives a unit what its type says and it does not say itself.
func inherit(unit *cardea.Resource, from cardea.Resource) {
	if len(unit.Permissions) == 0 {
		unit.Permissions = slices.Clone(from.Permissions)
	}
	unit.Profile = cmp.Or(unit.Profile, from.Profile)
	unit.TimeGroup = cmp.Or(unit.TimeGroup, from.TimeGroup)
}

// floor returns the id of a floor, which is made when it is first named.
func (m *maker) floor(location, name string) string {
	f := cardea.Floor{ID: location + "/" + fold(name), Name: name, Location: location}
	if !m.index.ids[f.Key()] {
		m.index.add(f.Key(), location, name)
		m.book.Floors = append(m.book.Floors, f)
	}
	return f.ID
}

// state looks at what is read and not kept.
func (m *maker) state(r *row) {
	m.sizes = m.sizes || r.text(colSize) != ""
	if r.in.lenient {
		m.foreign(r)
		return
	}
	switch s := strings.ToLower(r.text(colStatus)); s {
	case "", "available", "vacant", "empty", "free", "rented", "occupied":
	case "blocked", "unavailable":
		m.shut++
	default:
		r.refuse(colStatus, "%q is no status of a unit: write available or blocked", s)
	}
}

// finish sorts the records.
func (m *maker) finish() Book {
	b := m.book
	if m.sizes {
		b.Notes = append(b.Notes, "the sizes of units were not kept")
	}
	if m.shut > 0 {
		b.Notes = append(b.Notes, fmt.Sprintf("%d units are marked as blocked, which is not kept: only a rental lets anybody in", m.shut))
	}
	sortByID(b.Locations)
	sortByID(b.Floors)
	sortByID(b.Plans)
	sortByID(b.Resources)
	sortByID(b.People)
	sortByID(b.Agreements)
	sortByID(b.Assignments)
	return b
}

func sortByID[R cardea.Record](recs []R) {
	slices.SortFunc(recs, func(a, b R) int { return strings.Compare(a.Key().ID, b.Key().ID) })
}

// overlaps refuses units that are let to two at once. A move-out on the day of the next move-in is none.
func (m *maker) overlaps() {
	for _, unit := range slices.Sorted(maps.Keys(m.let)) {
		terms := m.let[unit]
		slices.SortStableFunc(terms, func(a, b term) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
		longest := terms[0]
		for _, t := range terms[1:] {
			if t.first < longest.last {
				m.bad.add(t.where, "the unit is let to two at this time (see %s): end the earlier rental,"+
					" or list its people as further people of one", longest.where)
			}
			if t.last > longest.last {
				longest = t
			}
		}
	}
}
