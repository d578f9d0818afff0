package nexudus

import (
	"github.com/cardea-access/cardea/sandbox/twin"
)

// Service limits of 1.8.
const (
	maxContracts = 25
	maxPasses    = 500
	maxTeam      = 250
	maxNotes     = 255
)

// broken is the rules of the house that a write would break; nil = none.
func (v *Vendor) broken(e *entity, next row) []complaint {
	w := v.view()
	switch e.key {
	case "webhooks":
		if n := idOf(next["Action"]); n < 1 || n > int64(len(actions())) {
			return complain("Action", "Action is not one of the known actions.", next["Action"])
		}
	case "coworkercontracts":
		n := 0
		for _, c := range w.by("coworkercontracts", "CoworkerId", idOf(next["CoworkerId"])) {
			if w.running(c) && idOf(c["Id"]) != idOf(next["Id"]) {
				n++
			}
		}
		if n >= maxContracts {
			return complain("CoworkerId", "A customer cannot have more than 25 active contracts.", next["CoworkerId"])
		}
	case "coworkertimepasses":
		if _, isNew := next["Id"]; !isNew {
			many := idOf(next["CreateMultiple"])
			if had := len(w.by("coworkertimepasses", "CoworkerId", idOf(next["CoworkerId"]))); many < 1 || int64(had)+many > maxPasses {
				return complain("CreateMultiple", "A customer has between 1 and 500 passes.", next["CreateMultiple"])
			}
		}
	case "teams":
		if len(twin.As[[]any](next["TeamMembers"])) > maxTeam {
			return complain("TeamMembers", "A team cannot have more than 250 members.", nil)
		}
	case "timepasstimeslots":
		if n := twin.As[float64](next["DayOfWeek"]); n < 0 || n > 6 {
			return complain("DayOfWeek", "DayOfWeek is 0 to 6.", next["DayOfWeek"])
		}
	case "bookingnotes":
		if len(text(next, "Notes")) > maxNotes {
			return complain("Notes", "Notes cannot be longer than 255 characters.", nil)
		}
	case "bookingvisitors":
		if v.state.get("bookings", next["BookingId"])["CoworkerId"] == nil {
			return complain("BookingId", "A booking without a customer cannot have visitors.", next["BookingId"])
		}
	case "bookings":
		return v.brokenBooking(w, next)
	default:
	}
	return nil
}

func (v *Vendor) brokenBooking(w *view, next row) []complaint {
	from, to := at(next, "FromTime"), at(next, "ToTime")
	if !from.Before(to) {
		return complain("ToTime", "ToTime must be after FromTime.", next["ToTime"])
	}
	if flag(next, "RepeatBooking") {
		return complain("RepeatBooking", "the sandbox makes single bookings only", true)
	}
	res := v.state.get("resources", next["ResourceId"])
	if flag(res, "AllowMultipleBookings") {
		return nil
	}
	for _, b := range w.by("bookings", "ResourceId", idOf(next["ResourceId"])) {
		if idOf(b["Id"]) != idOf(next["Id"]) && at(b, "FromTime").Before(to) && from.Before(at(b, "ToTime")) {
			return complain("ResourceId", "BOOKING_CONFLICT", next["ResourceId"])
		}
	}
	return nil
}
