package sheet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// lister turns the lines of a CSV file into records.
type lister struct {
	List

	bad   *RefusedError
	index *index
	first map[cardea.Key]string
	out   []cardea.Record
	after []func() // what can be looked up only when all lines are read

	zones     map[string]string // by location
	homes     map[string]string // location by person, team
	resources map[string]cardea.Resource
}

func newLister(l List) *lister {
	m := &lister{
		List: l, bad: &RefusedError{}, index: newIndex(), first: map[cardea.Key]string{},
		zones: map[string]string{}, homes: map[string]string{}, resources: map[string]cardea.Resource{},
	}
	names := map[string]string{} // of locations
	for _, r := range l.Known {
		if loc, ok := r.(cardea.Location); ok {
			names[loc.ID] = loc.Name
		}
	}
	for _, r := range l.Known {
		if !slices.Contains(KindsOf(l.Kind), r.Key().Kind) {
			m.know(r, names)
		}
	}
	return m
}

// know makes a record findable.
func (m *lister) know(r cardea.Record, locations map[string]string) {
	within := func(location, name string) []string {
		if location == "" {
			return []string{name}
		}
		return []string{name, cmp.Or(locations[location], location) + "/" + name}
	}
	switch v := r.(type) {
	case cardea.Person:
		if !v.Visitor {
			m.homes[v.ID] = v.Location
		}
		m.index.add(v.Key(), "", v.Email)
	case cardea.Team:
		m.homes[v.Key().String()] = v.Location
		m.index.add(v.Key(), v.Location, v.Name)
	case cardea.Location:
		m.zones[v.ID] = v.Zone
		m.index.add(v.Key(), "", v.Name)
	case cardea.Floor:
		m.index.add(v.Key(), v.Location, within(v.Location, v.Name)...)
	case cardea.Resource:
		m.resources[v.ID] = v
		m.index.add(v.Key(), v.Location, within(v.Location, v.Name)...)
	case cardea.Plan:
		m.index.add(v.Key(), "", v.Name)
	case cardea.Agreement:
		m.index.add(v.Key(), "", v.Name)
	case cardea.Pass, cardea.Booking, cardea.Assignment:
	}
}

// put takes a record, once; column is where its id comes from.
func (m *lister) put(r *row, column string, rec cardea.Record) bool {
	k := rec.Key()
	if k.ID == "" {
		return false
	}
	if !r.value(colID).empty() {
		column = colID
	}
	if first, twice := m.first[k]; twice {
		r.refuse(column, "%q is there already: see %s", k.ID, first)
		return false
	}
	m.first[k] = r.where(column)
	m.out = append(m.out, rec)
	return true
}

// later runs what had to wait for the last line.
func (m *lister) later() {
	for _, f := range m.after {
		f()
	}
}

func (m *lister) sorted() []cardea.Record {
	slices.SortStableFunc(m.out, func(a, b cardea.Record) int {
		x, y := a.Key(), b.Key()
		return cmp.Or(
			slices.Index(cardea.Kinds, x.Kind)-slices.Index(cardea.Kinds, y.Kind),
			strings.Compare(x.ID, y.ID),
		)
	})
	return m.out
}

// id returns the cell of the id, else one that is made of other cells.
func (r *row) id(parts ...string) string {
	if id := r.text(colID); id != "" {
		return id
	}
	var folded []string
	for _, p := range parts {
		if p == "" {
			return ""
		}
		folded = append(folded, fold(p))
	}
	return strings.Join(folded, "/")
}

// days reads a first and a last day.
func (r *row) days(from, until string) (first, last cardea.Day) {
	first, last = r.day(from), r.day(until)
	if first.Set && last.Set && last.At < first.At {
		r.refuse(until, "%s is before %s: correct one of the two", until, from)
	}
	return first, last
}

// person reads the names of somebody. One of them must be given.
func (r *row) person() cardea.Person {
	p := cardea.Person{
		First: r.text(colFirst), Last: r.text(colLast), Email: r.email(colEmail), Phone: r.text(colPhone), Status: cardea.Present,
	}
	p.Name = cmp.Or(r.text(colName), clean(p.First+" "+p.Last))
	p.ID = r.id(p.Email)
	switch {
	case p.ID == "" && r.value(colEmail).empty():
		r.refuse(colID, "there is neither an id nor an e-mail address: give one of them")
	case p.Name == "":
		r.refuse(colName, "there is no name: give one")
	}
	return p
}

// clock returns the time zone of a record: its own, else its location's.
func (m *lister) clock(own, location string) *time.Location {
	return zoneOf(cmp.Or(own, m.zones[location]))
}

// zoneless refuses a time of which nothing says on which clocks it is read.
func (r *row) zoneless(name string) {
	r.refuse(name, "nothing says in which time zone this is: fill the column %q, or give the location one", colZone)
}
