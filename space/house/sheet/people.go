package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// customer takes a row of Customers. The company is no team: it would let in everybody of it, which no rental says.
func (m *maker) customer(r *row) {
	p := cardea.Person{
		ID: r.need(colCustomerID), First: r.text(colFirst), Last: r.text(colLast), Email: r.email(colEmail), Phone: r.text(colPhone),
		Status: cardea.Present,
	}
	p.Name = cmp.Or(clean(p.First+" "+p.Last), r.text(colCompany), p.Email, p.ID)
	if p.ID == "" {
		if p.Email != "" {
			m.index.add(p.Key(), "", p.Email)
		}
		return
	}
	// Ids that differ in capitals only are one: a rental that names them could mean either.
	if m.once(r, colCustomerID, cardea.Key{Kind: cardea.KindPerson, ID: fold(p.ID)}, fmt.Sprintf("the customer %q", p.ID)) {
		m.book.People = append(m.book.People, p)
		m.index.add(p.Key(), "", p.Email)
	}
}

// rental takes a row of Rentals: an agreement and its assignment to the unit.
func (m *maker) rental(r *row) {
	unit := m.named(r, m.units, cardea.KindResource, "unit", colUnit)
	person := m.named(r, m.customers, cardea.KindPerson, "customer", colCustomer)
	var guests []string
	if !m.customers.broken {
		guests = r.findAll(m.index, cardea.KindPerson, "customer", colFurther, "")
		guests = slices.DeleteFunc(guests, func(g string) bool { return g == person })
	}
	if r.value(colIn).empty() {
		r.need(colIn)
	}
	start, end := r.day(colIn), r.day(colOut)
	if start.Set && end.Set && end.At < start.At {
		r.refuse(colOut, "the move-out is before the move-in: correct one of the two")
	}
	a := cardea.Agreement{
		ID: r.text(colRental), Person: person, Guests: guests, Approved: true, Start: start, End: end, Locked: r.yes(colLocked, false),
	}
	if r.marred || unit == "" || person == "" {
		return
	}
	// A number that the units sheet has, but whose row was refused, has no record.
	if u, ok := m.unitOf[unit]; ok {
		a.Plan, a.Location, a.Name = m.planOf[unit], u.Location, u.Name
	}
	if a.ID == "" {
		a.ID = strings.Join([]string{unit, fold(person), cardea.DateOf(start.At, time.UTC).String()}, "+")
	}
	column := colRental
	if r.value(colRental).empty() {
		column = colUnit
	}
	if !m.once(r, column, a.Key(), fmt.Sprintf("the rental %q", a.ID)) {
		return
	}
	m.book.Agreements = append(m.book.Agreements, a)
	m.book.Assignments = append(m.book.Assignments, cardea.Assignment{
		ID: a.ID, Agreement: a.ID, Resource: unit, Start: start, End: end,
	})
	t := term{r.where(colUnit), start.At, cardea.Never}
	if end.Set {
		t.last = end.At
	}
	m.let[unit] = append(m.let[unit], t)
}

// named looks up what a rental names. Where the sheet that lists it could not be read, nothing can be said of it.
func (m *maker) named(r *row, of *grid, kind cardea.Kind, word, column string) string {
	s := r.need(column)
	if s == "" || of.broken {
		return ""
	}
	return r.find(m.index, kind, word, column, "")
}
