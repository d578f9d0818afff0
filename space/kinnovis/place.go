package kinnovis

import (
	"cmp"
	"errors"

	"github.com/cardea-access/cardea"
)

type location struct {
	own

	Name text `json:"name"`
	Zone text `json:"timezone"`
	Also text `json:"time_zone"`
}

func (v location) record() (cardea.Record, error) { //nolint:unparam // decode wants it
	return cardea.Location{ID: v.id(), Name: string(v.Name), Zone: string(cmp.Or(v.Zone, v.Also))}, nil
}

type unitType struct {
	own

	Name text `json:"name"`
}

func (v unitType) record() (cardea.Record, error) { //nolint:unparam // decode wants it
	return cardea.Plan{ID: v.id(), Name: string(v.Name)}, nil
}

type unit struct {
	own

	Name        text  `json:"name"`
	Location    ref   `json:"location_id"`
	Place       ref   `json:"location"`
	Permissions names `json:"access_permissions"`
}

// record refuses a unit that does not say its access permissions: that is unknown, and none would open the group of its own name.
// Its status (vacant, to check, blocked) lets nobody in and keeps nobody out: a booking does.
func (v unit) record() (cardea.Record, error) {
	if !v.Permissions.known {
		return nil, errors.New("the unit does not say its access permissions")
	}
	if v.Name == "" {
		return nil, errors.New("the unit has no name")
	}
	return cardea.Resource{
		ID: v.id(), Name: string(v.Name), Location: string(cmp.Or(v.Location, v.Place)), Assignable: true, Unit: true,
		Permissions: v.Permissions.all,
	}, nil
}
