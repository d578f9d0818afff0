package opentech

import (
	"net/http"
	"unicode/utf8"
)

// maxUnitNumber is what one old tool lets through (2.6).
const maxUnitNumber = 9

func (v *Vendor) createUnit(c *call) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	p := complaints{}
	given := take(body, map[string]string{"unitNumber": aText, "extendedData": aBag, "suppressCommands": aBool}, p)
	number := text(given, "unitNumber")
	switch {
	case len(p["UnitNumber"]) > 0:
	case fold(number) == "":
		p.add("UnitNumber", "The UnitNumber field is required.")
	case utf8.RuneCountInString(number) > maxUnitNumber && v.switches.Is("long_unit_number", "400"):
		p.add("UnitNumber", "The field UnitNumber must be a string with a maximum length of 9.")
	case v.numberTaken(c.site, number):
		p.add("UnitNumber", "The unit number is in use.")
	}
	if len(p) > 0 {
		v.invalid(c, p)
		return
	}
	t := v.state["units"]
	made := defaults("units", v.now())
	made["id"], made["facilityId"], made["unitNumber"] = float64(t.last+1), float64(c.site), number
	if data, named := given["extendedData"]; named {
		made["extendedData"] = data
	}
	t.put(made)
	c.reply(v.showUnit(made))
}

func (v *Vendor) numberTaken(site int64, number string) bool {
	taken := false
	v.state["units"].within(site, func(_ int64, r row) {
		same := text(r, "unitNumber")
		taken = taken || same == number || fold(same) == fold(number) && v.switches.Is("unit_twins", "refuse")
	})
	return taken
}

// changeUnit runs the status machine of 1.2.
func (v *Vendor) changeUnit(c *call, id int64, u row, verb string) {
	if !v.bodyless(c) {
		return
	}
	status := text(u, "status")
	done := func() { c.reply(v.showUnit(v.state["units"].rows[id])) }
	set := func(to string) {
		v.state["units"].put(with(u, row{"status": to}))
		done()
	}
	switch {
	case verb == "vacate" && status == vacant:
		v.already(c, "Status", "The unit is already vacant.", done)
	case verb == "vacate":
		v.state.vacate(id, v.switches.Is("vacated_visitors", "gone"))
		done()
	case status == vacant: // only what is rented can be locked, only what is locked opened
		v.refuse(c, "Status", "The unit is vacant.")
	case verb == "disable" && status == delinquent:
		v.already(c, "Status", "The unit is already disabled.", done)
	case verb == "disable":
		set(delinquent)
	case status == rented:
		v.already(c, "Status", "The unit is already enabled.", done)
	default:
		set(rented)
	}
}

// deleteUnit answers a boolean (2.6).
func (v *Vendor) deleteUnit(c *call, id int64, u row) {
	if !v.bodyless(c) {
		return
	}
	switch {
	case text(u, "status") == vacant:
		v.state.remove("units", id)
		c.answer(http.StatusOK, true)
	case v.switches.Is("delete_rented", "400"):
		v.refuse(c, "Status", "The unit is not vacant.")
	default:
		c.answer(http.StatusOK, false)
	}
}
