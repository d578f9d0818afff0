package nexudus

import (
	"encoding/json"

	"github.com/cardea-access/cardea"
)

// collection is how one kind of record is read. Floor-plan items and bookable resources are both resources.
type collection struct {
	kind   cardea.Kind
	entity string // as filters name it
	path   string
	prefix string // before its ids in our words: floor-plan items and resources may bear the same number
	decode func([]byte) (cardea.Record, error)
	// whole records have lists, which rows of a listing leave out: each is read by id (vendors/nexudus.md 0.3).
	whole bool
	// list is the list for whose sake they are; empty when it is scalars alone.
	list string
	// needs are the fields without which a row is read by id too: rows leave out some scalars as well.
	needs []string
}

const deskPrefix = "desk-"

var (
	businesses = collection{
		kind: cardea.KindLocation, entity: "Business", path: "/sys/businesses", decode: simple[business], needs: []string{"Name"},
	}
	floorPlans = collection{
		kind: cardea.KindFloor, entity: "FloorPlan", path: "/sys/floorplans", decode: simple[floorPlan],
		needs: []string{"Name", "BusinessId"},
	}
	resources = collection{
		kind: cardea.KindResource, entity: "Resource", path: "/spaces/resources", decode: simple[resource],
		needs: []string{"Name", "BusinessId"},
	}
	desks = collection{
		kind: cardea.KindResource, entity: "FloorPlanDesk", path: "/sys/floorplandesks", prefix: deskPrefix, decode: simple[desk],
		needs: []string{"Name", "FloorPlanId"},
	}
	tariffs = collection{
		kind: cardea.KindPlan, entity: "Tariff", path: "/billing/tariffs", decode: simple[tariff], needs: []string{"Name"},
	}
	teams = collection{
		kind: cardea.KindTeam, entity: "Team", path: "/spaces/teams", decode: decode[team], whole: true,
		list: "TeamMembers",
	}
	coworkers = collection{
		kind: cardea.KindPerson, entity: "Coworker", path: "/spaces/coworkers", decode: decode[coworker], whole: true,
		list: "Teams",
	}
	visitors = collection{
		kind: cardea.KindVisitor, entity: "Visitor", path: "/spaces/visitors", decode: simple[visitor],
		needs: []string{"FullName", "Email", "HostApprovalStatus"},
	}
	contracts = collection{
		kind: cardea.KindAgreement, entity: "CoworkerContract", path: "/billing/coworkercontracts", decode: decode[contract],
		whole: true, list: "Desks",
	}
	bookings = collection{
		kind: cardea.KindBooking, entity: "Booking", path: "/spaces/bookings", decode: decode[booking], whole: true,
		list: "BookingVisitors",
	}
	cancelled = collection{
		kind: cardea.KindBooking, entity: "CancelledBooking", path: "/spaces/cancelledbookings", decode: decode[cancelledBooking],
	}
	passes = collection{
		kind: cardea.KindPass, entity: "CoworkerTimePass", path: "/billing/coworkertimepasses", decode: decode[pass],
		needs: []string{"CoworkerId", "TimePassId", "Used", "RemainingUses", "ExpireDate", "UsedDate"},
	}
)

// of returns the collection that a record of a kind is read from; false for a kind that has none of its own.
func of(k cardea.Key) (c collection, id string, ok bool) {
	id = k.ID
	switch k.Kind {
	case cardea.KindLocation:
		c = businesses
	case cardea.KindFloor:
		c = floorPlans
	case cardea.KindResource:
		c = resources
		if len(id) > len(deskPrefix) && id[:len(deskPrefix)] == deskPrefix {
			c, id = desks, id[len(deskPrefix):]
		}
	case cardea.KindPlan:
		c = tariffs
	case cardea.KindTeam:
		c = teams
	case cardea.KindPerson:
		c = coworkers
	case cardea.KindVisitor:
		c = visitors
	case cardea.KindAgreement:
		c = contracts
	case cardea.KindBooking:
		c = bookings
	case cardea.KindPass:
		c = passes
	default: // assignments stand in their contracts, and door systems' kinds nowhere
		return c, id, false
	}
	return c, id, isID(id)
}

// enough says whether a row of a listing can be read as it is.
func (c collection) enough(row []byte) bool {
	if c.whole {
		return false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(row, &fields) != nil {
		return true // it is no record, and reading it by id is not possible either
	}
	for _, name := range c.needs {
		if _, there := fields[name]; !there {
			return false
		}
	}
	return true
}
