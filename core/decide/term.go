package decide

import (
	"slices"
	"time"

	"github.com/cardea-access/cardea"
)

// term returns the window of an agreement: its last day is in it, or out of it where the operator says so of days on which a
// vendor cancels (RULES.md 3, cancellation_day).
func (x *Index) term(d *days, a *cardea.Agreement, zone *time.Location) cardea.Window {
	w := d.between(a.Start, a.End, zone)
	if x.s.CancellationOut && a.End.Set {
		w.Until = d.start(date(a.End, zone), zone)
	}
	return w
}

// pause returns the window in which an agreement is paused, its first and its last day in it (RULES.md PLAN); empty when it is
// not, or when the operator says that pauses change nothing.
func (x *Index) pause(d *days, a *cardea.Agreement, zone *time.Location) cardea.Window {
	if x.s.PausedKeep || !a.PausedFrom.Set {
		return cardea.Window{}
	}
	return d.between(a.PausedFrom, a.PausedUntil, zone)
}

// Ends returns when the agreement behind a reason ends by its own dates and those of the assignment that it counts through;
// Never when it does not. Hours and closures do not count. False for reasons of other kinds or integrations, and when the
// record is not there any more.
func (x *Index) Ends(r *cardea.Reason) (cardea.Instant, bool) {
	if r.Integration != x.s.Integration || r.Record.Kind != cardea.KindAgreement || x.lost(r.Record) != cardea.Yes {
		return 0, false
	}
	i := x.contracts.find(r.Record.ID)
	if i < 0 {
		return 0, false
	}
	a := &x.d.Agreements[i]
	own, home := x.place(a.Location), none
	if own < 0 {
		home = x.home(x.people.persons.find(a.Person), a.Team)
	}
	var d days
	if len(r.Via) == 0 {
		return x.term(&d, a, x.zone(own, x.firstStand(x.byHolder.of(i)), home)).Until, true
	}
	s := at(x.backwards().assignAt, r.Via[0].ID)
	if s < 0 || x.assigned[s] < 0 {
		return 0, false
	}
	place := x.stand[x.assigned[s]]
	if place < 0 {
		place = own
	}
	zone, one := x.zone(place, own, home), &x.d.Assignments[s]
	return x.term(&d, a, zone).Cut(d.between(one.Start, one.End, zone)).Until, true
}

// Places returns the names of the locations that each group belongs to: those of the items that are mapped to it. Items
// without one (plans, passes) count for the integration's only location, where it has one alone. Sorted.
func (x *Index) Places() map[cardea.GroupID][]string {
	out := map[cardea.GroupID][]string{}
	for i := range x.s.Mappings {
		m := &x.s.Mappings[i]
		id := x.locationName(x.where(m))
		if id == "" {
			continue
		}
		for _, g := range m.Groups {
			if !slices.Contains(out[g], id) {
				out[g] = append(out[g], id)
			}
		}
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// locationName is what people call a location, its id where it has no name.
func (x *Index) locationName(id string) string {
	for i := range x.d.Locations {
		if l := &x.d.Locations[i]; l.ID == id && l.Name != "" {
			return l.Name
		}
	}
	return id
}

// where is the location of a mapping's item, empty when it has none.
func (x *Index) where(m *cardea.Mapping) string {
	switch m.Kind {
	case cardea.ItemLocations:
		return m.Item
	case cardea.ItemFloors:
		if f := at(x.floors, m.Item); f >= 0 {
			return x.d.Floors[f].Location
		}
	case cardea.ItemResources, cardea.ItemBookables, cardea.ItemUnits:
		if r := x.resources.find(m.Item); r >= 0 && x.stand[r] >= 0 {
			return x.places[x.stand[r]].id
		}
	case cardea.ItemPlans, cardea.ItemPasses, cardea.ItemPushes:
		return x.only()
	}
	return ""
}

// only is the integration's location where it has one alone, else empty.
func (x *Index) only() string {
	switch {
	case len(x.s.Locations) == 1:
		return x.s.Locations[0]
	case len(x.s.Locations) == 0 && len(x.d.Locations) == 1:
		return x.d.Locations[0].ID
	}
	return ""
}
