package opentech

import (
	"net/http"
	"slices"
	"strconv"
)

// leftOut names what the vendor has below a facility and the sandbox has not.
func leftOut() []string {
	return []string{"smartmotionstatus", "edgerouterstatus", "edgerouterplatformdevicesstatus", "actiongroups"}
}

// routeControl answers {accesscontrol}/facilities/... (2.6).
func (v *Vendor) routeControl(c *call) {
	get := c.r.Method == http.MethodGet
	if len(c.rest) == 0 || c.rest[0] != "facilities" {
		c.missing()
		return
	}
	if len(c.rest) == 1 || len(c.rest) == 2 && (c.rest[1] == "detail" || c.rest[1] == "statuslist") {
		if !get {
			c.plain(http.StatusMethodNotAllowed, "")
			return
		}
		v.listFacilities(c)
		return
	}
	id, err := strconv.ParseInt(c.rest[1], 10, 64)
	if err != nil || !c.account.sites[id] || v.state["facilities"].rows[id] == nil {
		c.missing()
		return
	}
	c.site = id
	if len(c.rest) == 2 {
		if get {
			c.reply(v.showFacility(id))
		} else {
			c.plain(http.StatusMethodNotAllowed, "")
		}
		return
	}
	switch what := c.rest[2]; {
	case what == "units":
		v.routeUnits(c)
	case what == "visitors":
		v.routeVisitors(c)
	case slices.Contains(leftOut(), what):
		c.plain(http.StatusNotImplemented, "the sandbox does not fake "+what)
	case len(c.rest) > 3:
		c.missing()
	case !get && slices.Contains([]string{"timegroups", "accessprofiles"}, what): // a route to write them was not seen
		c.plain(http.StatusMethodNotAllowed, "")
	default:
		v.readFacility(c, what)
	}
}

// routeUnits answers .../units/...
func (v *Vendor) routeUnits(c *call) {
	rest, get, post := c.rest[3:], c.r.Method == http.MethodGet, c.r.Method == http.MethodPost
	if len(rest) == 0 {
		switch {
		case get:
			c.reply(v.rows("units", c.site, v.showUnit))
		case post:
			v.createUnit(c)
		default:
			c.plain(http.StatusMethodNotAllowed, "")
		}
		return
	}
	id, u := v.pick("units", rest[0], c.site)
	if u == nil {
		c.missing()
		return
	}
	switch {
	case len(rest) == 1 && get && v.switches.Is("unit_get", "200"):
		c.reply(v.showUnit(u))
	case len(rest) == 2 && rest[1] == "visitors" && get:
		out := []row{}
		v.state.onUnit(id, func(_ int64, r row) { out = append(out, v.showVisitor(r)) })
		c.reply(out)
	case len(rest) == 3 && rest[1] == "delete" && rest[2] == "vacant" && post:
		v.deleteUnit(c, id, u)
	case len(rest) == 2 && slices.Contains([]string{"vacate", "disable", "enable"}, rest[1]) && post:
		v.changeUnit(c, id, u, rest[1])
	default: // to rename a unit has no route that was found
		c.missing()
	}
}

// routeVisitors answers .../visitors/...
func (v *Vendor) routeVisitors(c *call) {
	rest, get, post := c.rest[3:], c.r.Method == http.MethodGet, c.r.Method == http.MethodPost
	if len(rest) == 0 {
		switch {
		case get:
			v.listVisitors(c)
		case post:
			v.createVisitor(c)
		default:
			c.plain(http.StatusMethodNotAllowed, "")
		}
		return
	}
	id, r := v.pick("visitors", rest[0], c.site)
	switch {
	case r == nil:
		c.missing()
	case len(rest) == 1 && get:
		c.reply(v.showVisitor(r))
	case len(rest) == 2 && rest[1] == "update" && post:
		v.updateVisitor(c, id, r)
	case len(rest) == 2 && (rest[1] == "disable" || rest[1] == "enable") && post:
		v.switchVisitor(c, id, r, rest[1] == "enable")
	case len(rest) == 2 && rest[1] == "remove" && post:
		v.removeVisitor(c, id, r)
	default:
		c.missing()
	}
}

// pick is the row that a path names, if it lies in the facility.
func (v *Vendor) pick(table, ref string, site int64) (int64, row) {
	id, err := strconv.ParseInt(ref, 10, 64)
	r, there := v.state[table].rows[id]
	if err != nil || !there || idOf(r["facilityId"]) != site {
		return 0, nil
	}
	return id, r
}

// rows shows a table of a facility.
func (v *Vendor) rows(table string, site int64, show func(row) row) []row {
	out := []row{}
	v.state[table].within(site, func(_ int64, r row) { out = append(out, show(r)) })
	return out
}
