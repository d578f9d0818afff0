package kisi

import (
	"net/http"
	"slices"
	"strconv"
)

// endpoint is what the vendor answers about one collection.
type endpoint struct {
	table, wrap, kind string // wrap: the key around bodies
	limit, max        int
	create            func(v *Vendor, c *call, body row) row // nil = refused, and answered
	update            func(v *Vendor, c *call, old, body row) row
	remove            bool
}

// endpoints: defaults and caps of 1.4.
func endpoints() map[string]endpoint {
	return map[string]endpoint{
		"users": {
			table: "users", wrap: "user", kind: "User", limit: 50, max: 100, create: (*Vendor).createUser, update: (*Vendor).updateUser,
			remove: true,
		},
		"groups": {
			table: "groups", wrap: "group", kind: "Group", limit: 10, max: 250, create: (*Vendor).createGroup,
			update: (*Vendor).updateGroup, remove: true,
		},
		"role_assignments": {
			table: "role_assignments", wrap: "role_assignment", kind: "RoleAssignment", limit: 10, max: 250,
			create: (*Vendor).createAssignment, update: (*Vendor).updateAssignment, remove: true,
		},
		"group_links": {
			table: "group_links", wrap: "group_link", kind: "GroupLink", limit: 10, max: 250, create: (*Vendor).createLink, remove: true,
		},
		"guests": {table: "guests", wrap: "guest", kind: "Guest", limit: 10, max: 250, create: (*Vendor).createGuest, remove: true},
		"group_locks": {
			table: "group_locks", wrap: "group_lock", kind: "GroupLock", limit: 10, max: 250, create: (*Vendor).createGroupLock,
			remove: true,
		},
		"locks":  {table: "locks", kind: "Lock", limit: 50, max: 250},
		"places": {table: "places", kind: "Place", limit: 50, max: 250},
		"integrations": {
			table: "integrations", wrap: "integration", kind: "Integration", limit: 10, max: 250, create: (*Vendor).createIntegration,
			update: (*Vendor).updateIntegration, remove: true,
		},
	}
}

// leftOut names what the vendor has and the sandbox has not.
func leftOut(route string) bool {
	return slices.Contains([]string{
		"members", "shares", "invites", "logins", "login", "cards", "card_assignments", "event_sets", "events", "presences", "scim",
		"access_keys", "elevator_stops", "teams", "floors", "signed_upload_urls",
	}, route)
}

func (v *Vendor) route(c *call) {
	get := c.r.Method == http.MethodGet
	if !get && c.link == nil && !mayWrite(v.organizationRole(c.user)) {
		c.fail(http.StatusForbidden, "afc496", "Access denied.")
		return
	}
	switch e, known := endpoints()[c.rest[0]]; {
	case known:
		v.serveEndpoint(c, e)
	case c.rest[0] == "user" && len(c.rest) == 1 && get:
		u := v.show("users", v.state["users"].rows[c.user])
		u["organization"], u["locale"], u["otp_enabled_at"] = v.showOrganization(), nil, nil
		u["primary_login_exists"], u["notifications_unread_count"], u["last_read_at"] = true, 0, nil
		c.reply(u)
	case c.rest[0] == "organization" && len(c.rest) == 1 && get:
		c.reply(v.showOrganization())
	case c.rest[0] == "organizations" && len(c.rest) == 1 && get:
		c.reply([]row{v.showOrganization()})
	case c.rest[0] == "roles" && len(c.rest) == 1 && get:
		c.reply(roles())
	case c.rest[0] == "team_memberships" && len(c.rest) == 1 && get:
		v.listTeamMemberships(c)
	case leftOut(c.rest[0]) || c.rest[0] == "user":
		c.fail(http.StatusNotImplemented, "000501", "the sandbox does not fake "+c.rest[0])
	default:
		c.missing()
	}
}

// mayWrite: an observer reads only; the id strings of organization roles were not found (7.8) and are taken from the UI's names.
func mayWrite(role string) bool { return role != "" && role != "organization_observer" }

func (v *Vendor) serveEndpoint(c *call, e endpoint) {
	method := c.r.Method
	if len(c.rest) == 1 {
		switch {
		case method == http.MethodGet:
			v.list(c, e)
		case method == http.MethodPost && e.create != nil:
			v.create(c, e)
		case method == http.MethodPost:
			c.fail(http.StatusNotImplemented, "000501", "the sandbox does not fake POST /"+c.rest[0])
		default:
			c.missing()
		}
		return
	}
	id, err := strconv.ParseInt(c.rest[1], 10, 64)
	old := v.state[e.table].rows[id]
	hidden := e.table == "group_links" && method == http.MethodGet && v.switches.Is("group_link_get", "404")
	switch {
	case err != nil || old == nil || hidden || v.gone(e.table, old):
		c.missing()
	case e.table == "locks" && len(c.rest) == 3 && c.rest[2] == "unlock" && method == http.MethodPost:
		v.unlock(c, old)
	case len(c.rest) > 2:
		c.fail(http.StatusNotImplemented, "000501", "the sandbox does not fake "+c.r.URL.Path)
	case method == http.MethodGet:
		c.reply(v.show(e.table, old))
	case method == http.MethodPatch && e.update != nil:
		v.update(c, e, old)
	case method == http.MethodDelete && e.remove:
		v.destroy(c, e, id)
	case method == http.MethodPatch || method == http.MethodDelete:
		c.fail(http.StatusNotImplemented, "000501", "the sandbox does not fake "+method+" on "+c.rest[0])
	default:
		c.missing()
	}
}

// gone: an assignment past its end, when the switch says that the vendor removes those.
func (v *Vendor) gone(table string, r row) bool {
	return table == "role_assignments" && v.switches.Is("expired", "removed") && expired(r, v.now())
}

func (v *Vendor) create(c *call, e endpoint) {
	body, ok := v.body(c, e.wrap)
	if !ok {
		return
	}
	made := e.create(v, c, body)
	if made == nil {
		return
	}
	t := v.state[e.table]
	secret := made["secret"]
	made["id"] = float64(t.last + 1)
	t.put(made)
	v.late(e.table, made, false)
	c.done = append(c.done, change{e.table, nil, made})
	out := v.show(e.table, made)
	if e.table == "group_links" {
		out["secret"] = secret
		if text(made, "quick_response_code_type") != "" {
			out["quick_response_code_token"], out["quick_response_code_image"] = "qr-"+text(made, "secret"), "iVBORw0KGgo="
		}
	}
	c.reply(out)
}

func (v *Vendor) update(c *call, e endpoint, old row) {
	body, ok := v.body(c, e.wrap)
	if !ok {
		return
	}
	changed := e.update(v, c, old, body)
	if changed == nil {
		return
	}
	changed["updated_at"] = v.stamp()
	v.state[e.table].put(changed)
	c.done = append(c.done, change{e.table, old, changed})
	c.w.WriteHeader(http.StatusNoContent)
}

func (v *Vendor) destroy(c *call, e endpoint, id int64) {
	if e.table == "users" && id == c.user {
		c.invalid(map[string][]string{"base": {"you cannot remove yourself here"}})
		return
	}
	v.late(e.table, v.state[e.table].rows[id], true)
	c.done = append(c.done, v.state.remove(e.table, id)...)
	c.w.WriteHeader(http.StatusNoContent)
}
