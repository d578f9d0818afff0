package opentech

import (
	"net/http"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// listFacilities is /facilities, /facilities/detail and /facilities/statuslist: what the account has, and no other's.
func (v *Vendor) listFacilities(c *call) {
	what := ""
	if len(c.rest) == 2 {
		what = c.rest[1]
	}
	number := c.r.URL.Query().Get("propertyNumber")
	if what == "detail" && number == "" {
		v.refuse(c, "PropertyNumber", "The PropertyNumber field is required.")
		return
	}
	out := []row{}
	for _, id := range v.state["facilities"].order {
		f := v.state["facilities"].rows[id]
		switch {
		case !c.account.sites[id]:
		case what == "detail":
			if text(f, "propertyNumber") == number {
				c.reply(v.showFacility(id))
				return
			}
		case what == "statuslist":
			out = append(out, showHealth(f, c.account.Name))
		default:
			out = append(out, row{"id": f["id"], "name": f["name"], "propertyNumber": f["propertyNumber"]})
		}
	}
	if what == "detail" {
		c.missing()
		return
	}
	c.reply(out)
}

func (v *Vendor) showFacility(id int64) row {
	f := v.state["facilities"].rows[id]
	return row{"id": f["id"], "name": f["name"], "propertyNumber": f["propertyNumber"], "city": f["city"]}
}

// showHealth is a row of statuslist (2.6).
func showHealth(f row, accountName string) row {
	status := twin.As[row](f["status"])
	out := row{
		"facilityId": f["id"], "facilityName": f["name"], "facilityPropertyNumber": f["propertyNumber"], "accountName": accountName,
	}
	for _, what := range healths() {
		out[what], out[what+"Message"] = status[what], status[what+"Message"]
	}
	return out
}

// readFacility answers the plain reads below a facility.
func (v *Vendor) readFacility(c *call, what string) {
	f := v.state["facilities"].rows[c.site]
	if c.r.Method != http.MethodGet {
		c.missing()
		return
	}
	switch what {
	case "timegroups", "accessprofiles":
		c.reply(v.rows(what, c.site, v.showChoice))
	case "status":
		status, out := twin.As[row](f["status"]), row{}
		for _, name := range platforms() {
			out[name], out[name+"Message"] = status[name], status[name+"Message"]
		}
		c.reply(out)
	case "emergency", "lockdown":
		c.reply(flag(f, what))
	case "devices":
		c.reply(v.rows("devices", c.site, func(r row) row { return row{"id": r["id"], "name": r["name"], "status": r["status"]} }))
	case "smartlockstatus":
		c.reply(v.rows("smartlocks", c.site, v.showLock))
	case "smartlockstatussummary":
		counts := map[string]int{}
		v.state["smartlocks"].within(c.site, func(_ int64, r row) { counts[text(r, "overallStatus")]++ })
		c.reply(row{"okCount": counts["ok"], "warningCount": counts["warning"], "errorCount": counts["error"]})
	case "unitvisitorstatus":
		if v.switches.Is("unit_visitor_status", "404") {
			c.missing()
			return
		}
		c.reply(v.rows("units", c.site, func(u row) row {
			visitors := []row{}
			v.state.onUnit(idOf(u["id"]), func(_ int64, r row) { visitors = append(visitors, v.showVisitor(r)) })
			return row{"unit": v.showUnit(u), "visitors": visitors}
		}))
	default:
		c.missing()
	}
}
