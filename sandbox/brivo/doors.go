package brivo

import (
	"net/http"
	"slices"
)

func doorRoutes(add adder) {
	add("GET /groups/{id}/access/access-points", (*Vendor).listPermissions)
	add("PUT /groups/{id}/access/access-points/{id}", (*Vendor).putPermission)
	add("DELETE /groups/{id}/access/access-points/{id}", (*Vendor).deletePermission)
	add("GET /access-points", (*Vendor).listDoors)
	add("GET /access-points/{id}", (*Vendor).getDoor)
	add("GET /access-points/{id}/groups", (*Vendor).listDoorGroups)
	add("POST /access-points/{id}/activate", (*Vendor).activate)
	add("POST /access-points/{id}/unlock", (*Vendor).unlock)
	add("GET /sites", (*Vendor).listSites)
	add("GET /sites/{id}", (*Vendor).getSite)
	add("GET /sites/{id}/groups", (*Vendor).listSiteGroups)
	add("GET /sites/{id}/access-points", (*Vendor).listSiteDoors)
	add("GET /schedules", (*Vendor).listSchedules)
	add("GET /schedules/{id}", (*Vendor).getSchedule)
}

func (v *Vendor) showPermission(p row) row {
	door, schedule := v.state["access_points"].rows[idOf(p["accessPointId"])], v.state["schedules"].rows[idOf(p["scheduleId"])]
	out := keep(p, "privacyModeOverride")
	out["accessPoint"] = keep(door, "id", "name", "type")
	if schedule != nil {
		out["schedule"] = idAndName(schedule)
	}
	return out
}

func (v *Vendor) listPermissions(c *call) {
	g := c.group()
	if g == nil {
		return
	}
	door := func(name string) func(row) string {
		return func(p row) string { return text(v.state["access_points"].rows[idOf(p["accessPointId"])], name) }
	}
	v.page(c, v.state["permissions"].all(by("groupId", idOf(g["id"]))), map[string]field{
		"access_point_name": contains(door("name")), "access_point_type": equals(door("type")),
		"schedule_name": contains(func(p row) string { return text(v.state["schedules"].rows[idOf(p["scheduleId"])], "name") }),
		"privacy_mode_override": {"eq", func(_ *Vendor, p row, _, value string) bool {
			return flag(p, "privacyModeOverride") == (value == "true")
		}},
	}, v.showPermission)
}

// permission is a group's at a door; nil = none.
func (v *Vendor) permission(group, door int64) row {
	for _, p := range v.state["permissions"].all(by("groupId", group)) {
		if idOf(p["accessPointId"]) == door {
			return p
		}
	}
	return nil
}

func (v *Vendor) putPermission(c *call) {
	g := c.group()
	if g == nil || !c.full() {
		return
	}
	door := c.pick("access_points", "Access point", 1)
	if door == nil {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	schedule := v.state["schedules"].rows[idOf(asRow(body["schedule"])["id"])]
	if schedule == nil {
		c.criteria()
		return
	}
	values := row{"groupId": g["id"], "accessPointId": door["id"], "scheduleId": schedule["id"]}
	if b, ok := body["privacyModeOverride"].(bool); ok {
		values["privacyModeOverride"] = b
	}
	p := v.permission(c.ids[0], c.ids[1])
	if p == nil {
		p = v.state["permissions"].add(values)
	} else {
		p = with(p, values)
		v.state["permissions"].put(p)
	}
	c.reply(v.showPermission(p))
}

func (v *Vendor) deletePermission(c *call) {
	g := c.group()
	if g == nil || !c.full() {
		return
	}
	p := v.permission(c.ids[0], c.ids[1])
	if p == nil {
		c.missing("Access point")
		return
	}
	v.state["permissions"].drop(idOf(p["id"]))
	c.nothing()
}

func asRow(x any) row {
	r, ok := x.(map[string]any)
	if !ok {
		return nil
	}
	return r
}

func (v *Vendor) showDoor(d row) row {
	out := keep(d, "id", "name", "controlPanelId", "siteId", "activationEnabled", "twoFactorEnabled")
	out["siteName"] = v.state["sites"].rows[idOf(d["siteId"])]["siteName"]
	return out
}

func (v *Vendor) listDoors(c *call) {
	v.page(c, v.state["access_points"].all(nil), map[string]field{
		"name": contains(of("name")), "report_live_status": {"eq", func(*Vendor, row, string, string) bool { return true }},
	}, v.showDoor)
}

func (v *Vendor) getDoor(c *call) {
	if d := c.pick("access_points", "Access point", 0); d != nil {
		c.reply(v.showDoor(d))
	}
}

// holders are the groups with a permission that fits.
func (v *Vendor) holders(c *call, fits func(permission row) bool) []row {
	ids := []int64{}
	for _, p := range v.state["permissions"].all(fits) {
		ids = append(ids, idOf(p["groupId"]))
	}
	return v.state["groups"].all(func(g row) bool { return slices.Contains(ids, idOf(g["id"])) && c.sees(g) })
}

func (v *Vendor) listDoorGroups(c *call) {
	if c.pick("access_points", "Access point", 0) != nil {
		v.page(c, v.holders(c, by("accessPointId", c.ids[0])), nil, idAndName)
	}
}

func (v *Vendor) listSiteGroups(c *call) {
	if c.pick("sites", "Site", 0) == nil {
		return
	}
	v.page(c, v.holders(c, func(p row) bool {
		return idOf(v.state["access_points"].rows[idOf(p["accessPointId"])]["siteId"]) == c.ids[0]
	}), nil, idAndName)
}

// activate is an administrator's pulse (5).
func (v *Vendor) activate(c *call) {
	d := c.pick("access_points", "Access point", 0)
	switch {
	case d == nil:
	case !flag(d, "activationEnabled"):
		c.fail(http.StatusBadRequest, "Access point may not be activated")
	case !flag(d, "connected"):
		c.fail(http.StatusPreconditionFailed, "The control panel is not connected")
	default:
		c.said = append(c.said, v.doorEvent(5064, "Door activated by administrator", false, nil, d, nil))
		c.reply(row{})
	}
}

// unlock is for pass holders' own tokens; an administrator has none.
func (v *Vendor) unlock(c *call) {
	if c.pick("access_points", "Access point", 0) != nil {
		c.fail(http.StatusForbidden, "This functionality is unavailable for this admin")
	}
}

func (v *Vendor) listSites(c *call) {
	v.page(c, v.state["sites"].all(nil), map[string]field{"name": contains(of("siteName"))}, func(s row) row {
		return keep(s, "id", "siteName")
	})
}

func (v *Vendor) getSite(c *call) {
	if s := c.pick("sites", "Site", 0); s != nil {
		c.reply(keep(s, "id", "siteName", "timeZone", "address"))
	}
}

func (v *Vendor) listSiteDoors(c *call) {
	if c.pick("sites", "Site", 0) != nil {
		v.whole(c, v.state["access_points"].all(by("siteId", c.ids[0])), v.showDoor)
	}
}

func (v *Vendor) listSchedules(c *call) {
	v.page(c, v.state["schedules"].all(nil), map[string]field{
		"name": contains(of("name")),
		"editable": {"eq", func(_ *Vendor, r row, _, value string) bool {
			return flag(r, "editable") == (value == "true")
		}},
	}, func(s row) row { return keep(s, "id", "name", "description", "editable") })
}

func (v *Vendor) getSchedule(c *call) {
	if s := c.pick("schedules", "Schedule", 0); s != nil {
		c.reply(showSchedule(s))
	}
}
