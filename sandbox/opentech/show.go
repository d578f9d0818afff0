package opentech

import (
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// showUnit is the UnitModel of 2.6.
func (v *Vendor) showUnit(u row) row {
	return row{
		"id": u["id"], "unitNumber": u["unitNumber"], "status": u["status"], "facilityId": u["facilityId"],
		"propertyNumber": v.state["facilities"].rows[idOf(u["facilityId"])]["propertyNumber"], "extendedData": u["extendedData"],
	}
}

// showVisitor is the visitor model of 2.6.
func (v *Vendor) showVisitor(r row) row {
	out := row{
		"id": r["id"], "unitId": nil, "unitNumber": nil, "name": strings.TrimSpace(text(r, "firstName") + " " + text(r, "lastName")),
		"isTenant": flag(r, "isTenant"), "isPortalVisitor": flag(r, "isPortalVisitor"), "isEnabled": flag(r, "isEnabled"),
		"isLockedOut": flag(r, "isLockedOut"), "code": nil, "email": r["email"], "mobilePhoneNumber": r["mobilePhoneNumber"],
		"createdOn": r["createdOn"],
	}
	if u, there := v.state["units"].rows[idOf(r["unitId"])]; there {
		out["unitId"], out["unitNumber"] = u["id"], u["unitNumber"]
		if text(u, "status") == delinquent && v.switches.Is("unit_lock_shows", "yes") {
			out["isLockedOut"] = true
		}
	}
	if v.switches.Is("code", "shown") {
		out["code"] = r["accessCode"]
	}
	if v.switches.Is("visitor_extended_data", "shown") {
		out["extendedData"] = r["extendedData"]
	}
	for table, field := range map[string]string{"timegroups": "timeGroup", "accessprofiles": "accessProfile"} {
		id := idOf(r[field+"Id"])
		kept := v.state[table].rows[v.effective(table, r)]
		out[field+"Id"], out[field+"Name"], out[field+"PmsIdentifier"] = kept["id"], kept["name"], kept["pmsIdentifier"]
		if id == 0 && v.switches.Is("zero_shown", "zero") {
			out[field+"Id"] = 0
		}
	}
	return out
}

// effective is the time group or access profile that a visitor has: the named one, or the facility's default.
func (v *Vendor) effective(table string, r row) int64 {
	field := map[string]string{"timegroups": "timeGroupId", "accessprofiles": "accessProfileId"}[table]
	if id := idOf(r[field]); id != 0 {
		return id
	}
	return v.state.standard(table, idOf(r["facilityId"]))
}

// showChoice is a time group or access profile in its list.
func (v *Vendor) showChoice(r row) row {
	out := row{"id": r["id"], "name": r["name"], "pmsIdentifier": r["pmsIdentifier"]}
	if v.switches.Is("is_default", "shown") {
		out["isDefault"] = flag(r, "isDefault")
	}
	return out
}

// showLock is a lock of smartlockstatus (2.6), with what its unit tells.
func (v *Vendor) showLock(r row) row {
	out := twin.Clone(r)
	delete(out, "facilityId")
	out["unitName"], out["unitStatus"], out["visitorName"] = nil, nil, nil
	if u, there := v.state["units"].rows[idOf(r["unitId"])]; there {
		out["unitName"], out["unitStatus"] = u["unitNumber"], u["status"]
		if tenant, there := v.state["visitors"].rows[v.state.tenantOf(idOf(r["unitId"]), 0)]; there {
			out["visitorName"] = v.showVisitor(tenant)["name"]
		}
	}
	return out
}
