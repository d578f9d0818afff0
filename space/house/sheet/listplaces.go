package sheet

import (
	"slices"

	"github.com/cardea-access/cardea"
)

func (m *lister) location(r *row) {
	name := r.need(colName)
	m.put(r, colName, cardea.Location{ID: r.id(name), Name: name, Zone: r.zone(colZone)})
}

func (m *lister) plan(r *row) {
	name := r.need(colName)
	m.put(r, colName, cardea.Plan{ID: r.id(name), Name: name})
}

func (m *lister) team(r *row) {
	t := cardea.Team{Name: r.need(colName), Location: m.place(r)}
	t.ID = r.id(t.Name)
	t.Status, t.Raw = r.status(colStatus)
	m.put(r, colName, t)
}

func (m *lister) floor(r *row) {
	if r.value(colLocation).empty() {
		r.need(colLocation)
	}
	f := cardea.Floor{Name: r.need(colName), Location: m.place(r)}
	f.ID = r.id(f.Location, f.Name)
	m.put(r, colName, f)
}

// resource takes one resource; what it is inside of is looked up when all are known.
func (m *lister) resource(r *row) {
	v := cardea.Resource{
		Name: r.need(colName), Location: m.place(r), Type: r.text(colKind), ByDate: r.yes(colByDate, false), Unit: r.yes(colIsUnit, false),
		Permissions: r.several(colPermissions),
	}
	v.Profile, v.TimeGroup = r.text(colProfile), r.text(colTimeGroup)
	v.Bookable = r.yes(colBookable, false)
	v.Assignable = r.yes(colAssignable, v.Unit || !v.Bookable)
	v.Floor = r.find(m.index, cardea.KindFloor, "floor", colFloor, v.Location)
	v.ID = r.id(v.Name)
	if v.Location != "" {
		v.ID = r.id(v.Location, v.Name)
	}
	if !m.put(r, colName, v) {
		return
	}
	names := map[string]string{}
	m.know(v, names)
	at := len(m.out) - 1
	m.after = append(m.after, func() {
		v.Parents = r.findAll(m.index, cardea.KindResource, "resource", colParents, v.Location)
		if slices.Contains(v.Parents, v.ID) {
			r.refuse(colParents, "%q is inside itself: correct it", v.Name)
		}
		m.out[at] = v
	})
}

// place returns the id of the location that a cell names.
func (m *lister) place(r *row) string {
	return r.find(m.index, cardea.KindLocation, colLocation, colLocation, "")
}
