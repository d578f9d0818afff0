package decide

import "github.com/cardea-access/cardea"

// label names a record in a person's words: the plan of an agreement, the room of a booking, a
// person's name. Empty when nothing is known.
func (x *Index) label(k cardea.Key) string {
	b := x.backwards()
	switch k.Kind {
	case cardea.KindAgreement:
		if i := x.contracts.find(k.ID); i >= 0 {
			a := &x.d.Agreements[i]
			return first(a.Name, x.planName(a.Plan))
		}
	case cardea.KindBooking:
		if i := at(b.bookingAt, k.ID); i >= 0 {
			one := &x.d.Bookings[i]
			room := x.label(cardea.Key{Kind: cardea.KindResource, ID: one.Resource})
			return first(room, one.Title)
		}
	case cardea.KindPass:
		if i := at(b.passAt, k.ID); i >= 0 {
			return x.d.Passes[i].Name
		}
	case cardea.KindResource:
		if i := x.resources.find(k.ID); i >= 0 {
			return x.d.Resources[i].Name
		}
	case cardea.KindPerson:
		if p := x.people.find(k); p >= 0 {
			return first(x.person(p).Name, x.person(p).Email)
		}
	case cardea.KindFloor:
		if i := at(x.floors, k.ID); i >= 0 {
			return x.d.Floors[i].Name
		}
	case cardea.KindLocation:
		for i := range x.d.Locations {
			if x.d.Locations[i].ID == k.ID {
				return x.d.Locations[i].Name
			}
		}
	case cardea.KindAssignment:
		if i := at(b.assignAt, k.ID); i >= 0 {
			return x.label(cardea.Key{Kind: cardea.KindResource, ID: x.d.Assignments[i].Resource})
		}
	case cardea.KindPush:
		return x.pushLabel(k.ID)
	default: // explanations name no others
	}
	return ""
}

// planName looks through the plans: there are few, and only explanations ask.
func (x *Index) planName(id string) string {
	for i := range x.d.Plans {
		if x.d.Plans[i].ID == id {
			return x.d.Plans[i].Name
		}
	}
	return ""
}

func first(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
