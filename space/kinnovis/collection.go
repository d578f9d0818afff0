package kinnovis

import (
	"encoding/json"

	"github.com/cardea-access/cardea"
)

// collection is how one kind of record is read.
type collection struct {
	kind   cardea.Kind
	path   string
	many   string // the key of a listing's rows
	single string // the key of a single record
	decode func([]byte) (cardea.Record, error)
	// needs are fields without one of which a row is read by its id: rows of listings may leave things out. Each entry is a choice.
	needs [][]string
	// asks is a field that no record need have. Whether rows leave it out is found out with the first few.
	asks string
}

var (
	locations = collection{
		kind: cardea.KindLocation, path: "/locations", many: "locations", single: "location", decode: decode[location],
		needs: [][]string{{"name"}},
	}
	unitTypes = collection{
		kind: cardea.KindPlan, path: "/unit-types", many: "unit_types", single: "unit_type", decode: decode[unitType],
		needs: [][]string{{"name"}},
	}
	units = collection{
		kind: cardea.KindResource, path: "/units", many: "units", single: "unit", decode: decode[unit],
		needs: [][]string{{"name"}, {"access_permissions"}, {"location_id", "location"}},
	}
	customers = collection{
		kind: cardea.KindPerson, path: "/customers", many: "customers", single: "customer", decode: decode[customer],
		needs: [][]string{{"email"}},
	}
	bookings = collection{
		kind: cardea.KindAgreement, path: "/bookings", many: "bookings", single: "booking", decode: decode[booking],
		needs: [][]string{
			{"customer_id", "customer"}, {"units", "unit_ids", "unit_id", "unit"}, {"move_in_date"}, {"move_out_date"}, {"has_access"},
		},
		asks: "shared_accesses",
	}
)

// of returns the collection that records of a kind are read from; false for a kind that has none of its own.
func of(kind cardea.Kind) (collection, bool) {
	for _, c := range []collection{locations, unitTypes, units, customers, bookings} {
		if c.kind == kind {
			return c, true
		}
	}
	return collection{}, false
}

// enough says whether a row of a listing holds what is reasoned on, and whether it holds what is asked for beside.
func (c collection) enough(row []byte) (whole, asked bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(row, &fields) != nil {
		return true, true // it is no record, and reading it by its id is not possible either
	}
	_, asked = fields[c.asks]
	for _, choice := range c.needs {
		found := false
		for _, name := range choice {
			_, there := fields[name]
			found = found || there
		}
		if !found {
			return false, asked
		}
	}
	return true, asked || c.asks == ""
}
