package officernd

import "github.com/cardea-access/cardea"

// collection is how one kind of record is read.
type collection struct {
	kind   cardea.Kind
	path   string
	decode func([]byte) (cardea.Record, error)
	// counted collections have a /count that is documented and says the size of the unfiltered listing.
	counted bool
}

// of returns how a kind is read; false for a kind that OfficeRnD does not have.
func of(kind cardea.Kind) (collection, bool) {
	c := collection{kind: kind}
	switch kind {
	case cardea.KindLocation:
		c.path, c.decode = "/locations", simple[location]
	case cardea.KindFloor:
		c.path, c.decode = "/floors", simple[floor]
	case cardea.KindResource:
		c.path, c.decode, c.counted = "/resources", simple[resource], true
	case cardea.KindPlan:
		c.path, c.decode, c.counted = "/plans", simple[plan], true
	case cardea.KindTeam:
		c.path, c.decode = "/companies", simple[company]
	case cardea.KindPerson:
		c.path, c.decode, c.counted = "/members", simple[member], true
	case cardea.KindVisitor:
		c.path, c.decode = "/visitors", simple[visitor]
	case cardea.KindAgreement:
		c.path, c.decode, c.counted = "/memberships", decode[membership], true
	case cardea.KindAssignment:
		c.path, c.decode = "/assignments", decode[assignment]
	case cardea.KindBooking:
		c.path, c.decode = "/bookings", decode[booking]
	case cardea.KindPass:
		c.path, c.decode = "/passes", decode[pass]
	default:
		return collection{}, false
	}
	return c, true
}
