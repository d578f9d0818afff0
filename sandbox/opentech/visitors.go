package opentech

import (
	"net/http"
	"strings"
	"unicode"
)

// minPhone is what the user interface asks for (2.6).
const minPhone = 10

func (v *Vendor) listVisitors(c *call) {
	q := c.r.URL.Query()
	out := []row{}
	for _, r := range v.rows("visitors", c.site, v.showVisitor) {
		if !q.Has("unitNumber") || text(r, "unitNumber") == q.Get("unitNumber") {
			out = append(out, r)
		}
	}
	c.reply(out)
}

// updateFields are those of an update (2.6); a create has them and more.
func updateFields() map[string]string {
	return map[string]string{
		"unitId": anInt, "accessCode": aDigit, "firstName": aText, "lastName": aText, "email": aText, "mobilePhoneNumber": aText,
		"timeGroupId": anInt, "accessProfileId": anInt, "suppressCommands": aBool,
	}
}

func (v *Vendor) createVisitor(c *call) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	declared := updateFields()
	declared["isTenant"], declared["isPortalVisitor"], declared["extendedData"] = aBool, aBool, aBag
	declared["contactMethodPreference"], declared["countryCode"] = aText, aText
	p := complaints{}
	given := take(body, declared, p)
	if v.switches.Is("names", "required") {
		for _, field := range []string{"firstName", "lastName"} {
			if strings.TrimSpace(text(given, field)) == "" {
				p.add(pascal(field), "The "+pascal(field)+" field is required.")
			}
		}
	}
	if body["accessCode"] == nil && v.switches.Is("code_missing", "400") {
		p.add("AccessCode", "The AccessCode field is required.")
	}
	v.checkFields(c.site, 0, given, p)
	v.checkPlace(c.site, 0, given, p)
	if len(p) > 0 {
		v.invalid(c, p)
		return
	}
	t := v.state["visitors"]
	made := with(defaults("visitors", v.now()), given)
	for _, field := range []string{"suppressCommands", "contactMethodPreference", "countryCode"} {
		delete(made, field)
	}
	made["id"], made["facilityId"] = float64(t.last+1), float64(c.site)
	t.put(made)
	var unit any
	if u, there := v.state["units"].rows[idOf(made["unitId"])]; there {
		if flag(made, "isTenant") && text(u, "status") == vacant {
			u = with(u, row{"status": rented})
			v.state["units"].put(u)
		}
		unit = v.showUnit(u)
	}
	c.reply(row{"visitor": v.showVisitor(made), "unit": unit})
}

// checkFields checks what a create and an update share; self is the visitor, 0 = a new one.
func (v *Vendor) checkFields(site, self int64, given row, p complaints) {
	if s := text(given, "accessCode"); s != "" && v.codeTaken(site, self, s) {
		p.add("AccessCode", "The access code is already in use at this facility.")
	}
	if s := text(given, "mobilePhoneNumber"); s != "" && v.switches.Is("phone", "400") && countDigits(s) < minPhone {
		p.add("MobilePhoneNumber", "The phone number needs at least 10 digits.")
	}
	for field, table := range map[string]string{"timeGroupId": "timegroups", "accessProfileId": "accessprofiles"} {
		r, there := v.state[table].rows[idOf(given[field])]
		if idOf(given[field]) != 0 && (!there || idOf(r["facilityId"]) != site) {
			p.add(pascal(field), "There is no such "+strings.TrimSuffix(table, "s")+" at this facility.")
		}
	}
}

// checkPlace checks the kind of visitor against its unit.
func (v *Vendor) checkPlace(site, self int64, given row, p complaints) {
	tenant, portal := flag(given, "isTenant"), flag(given, "isPortalVisitor")
	u, there := v.state["units"].rows[idOf(given["unitId"])]
	there = there && idOf(u["facilityId"]) == site
	switch {
	case given["unitId"] != nil && !there:
		p.add("UnitId", "There is no such unit at this facility.")
	case tenant && !there:
		p.add("IsTenant", "Visitor cannot be marked as tenant unless assigned to a unit.")
	case tenant && portal:
		p.add("IsPortalVisitor", "A tenant cannot be a portal visitor.")
	case !there && !portal && len(p["UnitId"]) == 0:
		p.add("UnitId", "A visitor that is no portal visitor needs a unit.")
	case tenant && v.switches.Is("second_tenant", "400") && v.state.tenantOf(idOf(given["unitId"]), self) != 0:
		p.add("IsTenant", "The unit has a tenant.")
	case there && !tenant && !portal && text(u, "status") == vacant && v.switches.Is("guest_on_vacant", "400"):
		p.add("UnitId", "The unit is vacant.")
	}
}

func (v *Vendor) codeTaken(site, self int64, code string) bool {
	taken := false
	v.state["visitors"].within(site, func(id int64, r row) {
		if flag(r, "departed") && v.switches.Is("code_reuse", "free") {
			return
		}
		taken = taken || id != self && text(r, "accessCode") == code
	})
	return taken
}

func countDigits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// updateVisitor changes the fields that are named (2.6).
func (v *Vendor) updateVisitor(c *call, id int64, old row) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	p := complaints{}
	given := take(body, updateFields(), p)
	delete(given, "suppressCommands")
	for _, field := range []string{"firstName", "lastName"} {
		if s, named := given[field].(string); named && strings.TrimSpace(s) == "" && v.switches.Is("names", "required") {
			p.add(pascal(field), "The "+pascal(field)+" field is required.")
		}
	}
	v.checkFields(c.site, id, given, p)
	from, to := idOf(old["unitId"]), idOf(given["unitId"])
	moves := given["unitId"] != nil && from != to
	changed := with(old, given)
	switch {
	case flag(old, "departed"):
		p.add("Id", "The visitor is not active.")
	case moves && v.switches.Is("move", "refuse"):
		p.add("UnitId", "The unit of a visitor cannot be changed.")
	case moves:
		v.checkPlace(c.site, id, changed, p)
	}
	if len(p) > 0 {
		v.invalid(c, p)
		return
	}
	v.state["visitors"].put(changed)
	if moves && flag(changed, "isTenant") && v.switches.Is("move", "follow") {
		v.follow(from, to)
	}
	c.reply(v.showVisitor(changed))
}

// follow brings the status of two units after a tenant that moved.
func (v *Vendor) follow(from, to int64) {
	if u := v.state["units"].rows[to]; text(u, "status") == vacant {
		v.state["units"].put(with(u, row{"status": rented}))
	}
	if _, there := v.state["units"].rows[from]; there && v.state.tenantOf(from, 0) == 0 {
		v.state.vacate(from, v.switches.Is("vacated_visitors", "gone"))
	}
}

// switchVisitor is disable and enable: the unit's status stays (1.2).
func (v *Vendor) switchVisitor(c *call, id int64, old row, on bool) {
	if !v.bodyless(c) {
		return
	}
	done := func() { v.acted(c, v.state["visitors"].rows[id]) }
	switch {
	case flag(old, "departed") && on:
		v.refuse(c, "Id", "The visitor is not active.")
	case flag(old, "departed"), flag(old, "isEnabled") == on:
		v.already(c, "IsEnabled", "The visitor is already "+map[bool]string{true: "enabled.", false: "disabled."}[on], done)
	default:
		v.state["visitors"].put(with(old, row{"isEnabled": on, "isLockedOut": !on}))
		done()
	}
}

// removeVisitor is for guests and those without a unit; for tenants a switch (2.6).
func (v *Vendor) removeVisitor(c *call, id int64, old row) {
	if !v.bodyless(c) {
		return
	}
	switch {
	case flag(old, "isTenant") && !flag(old, "departed") && v.switches.Is("remove_tenant", "400"):
		v.refuse(c, "IsTenant", "A tenant cannot be removed; vacate the unit.")
	case flag(old, "departed") && v.switches.Is("removed_visitors", "listed"):
		v.already(c, "Id", "The visitor is already removed.", func() { v.acted(c, old) })
	default:
		v.state.leave(id, v.switches.Is("removed_visitors", "gone"))
		v.acted(c, with(old, row{"isEnabled": false}))
	}
}

// acted answers an action on a visitor.
func (v *Vendor) acted(c *call, r row) {
	if v.switches.Is("action_answer", "model") {
		c.reply(v.showVisitor(r))
		return
	}
	c.plain(http.StatusOK, "")
}
