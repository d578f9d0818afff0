package nexudus

import "github.com/cardea-access/cardea"

type business struct {
	own

	Name text `json:"Name"`
	Root ref  `json:"RootLocationId"`
}

// record has no zone: SimpleTimeZoneId is a number whose names are not known (vendors/nexudus.md 2.2), so that the operator
// says it of each location.
func (v business) record() cardea.Record {
	return cardea.Location{ID: v.id(), Name: string(v.Name)}
}

type floorPlan struct {
	own

	Name     text `json:"Name"`
	Business ref  `json:"BusinessId"`
}

func (v floorPlan) record() cardea.Record {
	return cardea.Floor{ID: v.id(), Name: string(v.Name), Location: string(v.Business)}
}

// desk is an item of a floor plan: an office, a desk, a room.
type desk struct {
	own

	Name     text   `json:"Name"`
	Plan     ref    `json:"FloorPlanId"`
	Business ref    `json:"FloorPlanBusinessId"`
	Type     number `json:"ItemType"`
}

// itemTypes are the words of vendors/nexudus.md 2.7.
var itemTypes = map[int64]string{1: "Office", 2: "DedicatedDesk", 3: "HotDesk", 4: "Other", 5: "Room"}

func (v desk) record() cardea.Record {
	return cardea.Resource{
		ID: deskPrefix + v.id(), Name: string(v.Name), Location: string(v.Business), Floor: string(v.Plan),
		Type: itemTypes[v.Type.n], Assignable: true,
	}
}

type resource struct {
	own

	Name     text `json:"Name"`
	Business ref  `json:"BusinessId"`
	Type     text `json:"ResourceTypeName"`
}

func (v resource) record() cardea.Record {
	return cardea.Resource{
		ID: v.id(), Name: string(v.Name), Location: string(v.Business), Type: string(v.Type), Bookable: true,
	}
}

type tariff struct {
	own

	Name text `json:"Name"`
}

func (v tariff) record() cardea.Record {
	return cardea.Plan{ID: v.id(), Name: string(v.Name)}
}
