package kisi

import (
	"net/http"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// show renders a row as the vendor would, with what it computes and the objects it names.
func (v *Vendor) show(table string, r row) row {
	out := twin.Clone(r)
	out["resource_type"] = kindOf(table)
	switch table {
	case "users":
		out["organization_id"] = v.orgID()
		out["groups_count"] = v.count("role_assignments", func(a row) bool {
			return text(a, "assignee_type") == "User" && idOf(a["assignee_id"]) == idOf(r["id"]) && text(a, "applies_to_type") == "Group"
		})
	case "groups":
		v.showGroup(out)
	case "role_assignments":
		v.showAssignment(out)
	case "group_links":
		out["group"] = v.brief("groups", out["group_id"])
		delete(out, "secret")
		v.creator(out)
	case "group_locks":
		out["group"], out["lock"] = v.brief("groups", out["group_id"]), v.brief("locks", out["lock_id"])
		out["place_id"] = v.state["locks"].rows[idOf(out["lock_id"])]["place_id"]
	case "locks":
		place := v.state["places"].rows[idOf(out["place_id"])]
		out["place"] = row{"id": place["id"], "name": place["name"], "latitude": place["latitude"], "longitude": place["longitude"]}
	case "places":
		out["organization_id"] = v.orgID()
		out["locks_count"] = v.count("locks", func(l row) bool { return l["place_id"] == r["id"] })
	case "integrations":
		delete(out, "signature_key")
		out["organization_id"] = v.orgID()
	default:
	}
	return out
}

func kindOf(table string) string {
	kinds := map[string]string{
		"users": "User", "groups": "Group", "role_assignments": "RoleAssignment", "group_links": "GroupLink", "guests": "Guest",
		"group_locks": "GroupLock", "locks": "Lock", "places": "Place", "integrations": "Integration", "teams": "Team",
	}
	return kinds[table]
}

func (v *Vendor) count(table string, fits func(row) bool) int {
	n := 0
	v.state[table].each(func(_ int64, r row) {
		if fits(r) {
			n++
		}
	})
	return n
}

// brief is the small object that stands for a record inside another.
func (v *Vendor) brief(table string, id any) any {
	r := v.state[table].rows[idOf(id)]
	if r == nil {
		return nil
	}
	out := row{"id": r["id"], "resource_type": kindOf(table), "name": r["name"]}
	switch table {
	case "users":
		out["email"] = r["email"]
	case "guests":
		out["email"], out["phone_number"] = r["email"], r["phone_number"]
	default:
	}
	return out
}

func (v *Vendor) creator(out row) {
	if by := v.brief("users", out["created_by_id"]); by != nil {
		out["created_by_type"], out["created_by"] = "User", by
		return
	}
	out["created_by_type"], out["created_by_id"], out["created_by"] = nil, nil, nil
}

func (v *Vendor) showGroup(out row) {
	id := idOf(out["id"])
	users := map[int64]bool{}
	v.state.onGroup(id, func(_ int64, a row) {
		for _, u := range v.state.assignees(a) {
			users[u] = true
		}
	})
	out["users_count"], out["members_count"] = len(users), len(users)
	out["locks_count"] = v.count("group_locks", func(l row) bool { return idOf(l["group_id"]) == id })
	out["elevator_stops_count"], out["time_restriction_time_zone"] = 0, nil
	if p := v.brief("places", out["place_id"]); p != nil {
		out["place"] = p
	}
}

// showAssignment adds the objects and the deprecated mirrors (2.3).
func (v *Vendor) showAssignment(out row) {
	assignee, applies := out["assignee_id"], out["applies_to_id"]
	out["user_id"], out["assignee_team_id"], out["guest_id"] = nil, nil, nil
	switch text(out, "assignee_type") {
	case "User":
		out["assignee"] = v.brief("users", assignee)
		out["user_id"], out["user"] = assignee, out["assignee"]
	case "Team":
		out["assignee"] = v.brief("teams", assignee)
		out["assignee_team_id"], out["assignee_team"] = assignee, out["assignee"]
	case "Guest":
		out["assignee"] = v.brief("guests", assignee)
		out["guest_id"], out["guest"] = assignee, out["assignee"]
	}
	switch text(out, "applies_to_type") {
	case "Group":
		out["applies_to"], out["scope"] = v.brief("groups", applies), "group"
		out["group_id"], out["group"] = applies, out["applies_to"]
	case "Place":
		out["applies_to"], out["scope"] = v.brief("places", applies), "place"
		out["place_id"], out["place"] = applies, out["applies_to"]
	case "Organization":
		org := row{
			"id": applies, "resource_type": "Organization", "name": v.organization["name"], "domain": v.organization["domain"],
		}
		out["applies_to"], out["scope"], out["organization_id"], out["organization"] = org, "organization", applies, org
	}
	if text(out, "applies_to_type") != "Group" {
		delete(out, "valid_from")
		delete(out, "valid_until")
	}
	v.creator(out)
	delete(out, "created_by")
}

func (v *Vendor) showOrganization() row {
	out := twin.Clone(v.organization)
	out["resource_type"], out["scim_enabled"], out["sso_flow_enabled"] = "Organization", false, false
	out["places_count"], out["device_logins_expire_after"] = len(v.state["places"].order), 1209600
	return out
}

func (v *Vendor) publicOrganization(c *call) {
	if c.rest[1] != text(v.organization, "domain") {
		c.missing()
		return
	}
	c.reply(row{"name": v.organization["name"], "domain": v.organization["domain"], "sso_flow_enabled": false})
}

// roles: the two group roles are known by id, the others by their UI name only (2.3, 7.8).
func roles() []row {
	var out []row
	for _, r := range [][3]string{
		{"group_basic", "Group", "Basic"}, {"group_manager", "Group", "Manager"},
		{"place_administrator", "Place", "Place administrator"}, {"place_access_manager", "Place", "Place access manager"},
		{"organization_observer", "Organization", "Observer"}, {"organization_user_manager", "Organization", "User manager"},
		{"organization_access_manager", "Organization", "Organization access manager"},
		{"organization_administrator", "Organization", "Organization administrator"},
		{"organization_owner", "Organization", "Organization owner"},
	} {
		out = append(out, row{
			"id": r[0], "resource_type": "Role", "applies_to": r[1], "name": r[2], "description": nil, "custom": false,
			"permissions": row{},
		})
	}
	return out
}

// listTeamMemberships reads the members of the world's teams.
func (v *Vendor) listTeamMemberships(c *call) {
	q := c.r.URL.Query()
	limit, offset, ok := v.paging(c, q, 10, 250)
	if !ok {
		return
	}
	fits, problem := v.filter(c, "team_memberships", q)
	if problem != "" {
		c.fail(http.StatusBadRequest, "000400", problem)
		return
	}
	var all []row
	v.state["teams"].each(func(team int64, r row) {
		members := twin.As[[]any](r["members"])
		for i, m := range members {
			one := row{
				"id": float64(team*100000 + int64(i)), "resource_type": "TeamMembership", "team_id": r["id"], "member_type": "User",
				"member_id": m, "team": v.brief("teams", r["id"]), "member": v.brief("users", m),
			}
			if fits(one) && sameID(q.Get("team_id"), r["id"]) && sameID(q.Get("member_id"), m) {
				all = append(all, one)
			}
		}
	})
	c.w.Header().Set(rangeHeader, v.rangeOf(offset, limit, len(all)))
	c.reply(append([]row{}, all[min(offset, len(all)):min(offset+limit, len(all))]...))
}
