package saltoks

import (
	"net/http"
	"slices"
	"strings"
)

// routeGroups answers .../access_groups/... (2.4 to 2.6).
func (v *Vendor) routeGroups(c *call, rest []string) {
	method := c.r.Method
	if len(rest) == 0 {
		switch method {
		case http.MethodGet:
			v.list(c, of(v.state.within("access_groups", c.site), groupFields(), v.showGroup))
		case http.MethodPost:
			v.nameGroup(c, row{"id": v.state.next("access_groups"), "_site": c.site})
		default:
			c.plain(http.StatusMethodNotAllowed, "")
		}
		return
	}
	g, t := v.pick(c, "access_groups", rest[0], "Access group")
	if t != nil {
		v.fail(c, t)
		return
	}
	if len(rest) > 1 {
		switch rest[1] {
		case "users":
			v.routeMembers(c, text(g, "id"), rest[2:])
		case "locks":
			v.routeDoors(c, text(g, "id"), rest[2:])
		case "time_schedules":
			v.routeSchedules(c, text(g, "id"), rest[2:])
		default:
			c.plain(http.StatusNotFound, "")
		}
		return
	}
	switch method {
	case http.MethodGet:
		c.reply(v.showGroup(text(g, "id")))
	case http.MethodPatch:
		v.nameGroup(c, g)
	case http.MethodDelete:
		v.state.drop("access_groups", text(g, "id"))
		v.finish(c)
	default:
		c.plain(http.StatusMethodNotAllowed, "")
	}
}

// nameGroup makes or renames a group; names need not be unique (2.4).
func (v *Vendor) nameGroup(c *call, g row) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	name := strings.TrimSpace(text(body, "customer_reference"))
	if name == "" {
		v.fail(c, invalid("customer_reference is required"))
		return
	}
	v.state.put("access_groups", with(g, row{"customer_reference": name}))
	c.reply(v.showGroup(text(g, "id")))
}

// routeMembers answers .../access_groups/{g}/users; its ids are platform ids (0.1, 2.5).
func (v *Vendor) routeMembers(c *call, group string, rest []string) {
	switch method := c.r.Method; {
	case len(rest) == 0 && method == http.MethodGet:
		v.listMembers(c, group)
	case len(rest) == 0 && method == http.MethodPost:
		body, ok := v.body(c)
		if !ok {
			return
		}
		id := strings.ToLower(text(body, "user_id"))
		if !guidForm.MatchString(id) {
			v.fail(c, invalid("user_id is required"))
			return
		}
		if t := v.add(c.site, group, id); t != nil {
			v.fail(c, t)
			return
		}
		c.reply(v.showPerson(id))
	case len(rest) == 0 && method == http.MethodPatch:
		v.changeMembers(c, group)
	case len(rest) == 1 && method == http.MethodDelete:
		if t := v.remove(c.site, group, strings.ToLower(rest[0])); t != nil {
			v.fail(c, t)
			return
		}
		v.finish(c)
	case len(rest) < 2:
		c.plain(http.StatusMethodNotAllowed, "")
	default:
		c.plain(http.StatusNotFound, "")
	}
}

// listMembers lists who is in the group, or with excluded who is not.
func (v *Vendor) listMembers(c *call, group string) {
	excluded := false
	switch strings.ToLower(c.r.URL.Query().Get("excluded")) {
	case "", "false":
	case "true":
		excluded = true
	default:
		v.fail(c, badValue("excluded"))
		return
	}
	ids := sorted(v.state.members[group])
	if excluded {
		ids = nil
		for _, u := range v.state.within("users", c.site) {
			if id := text(v.state.get("users", u), "_person"); !v.state.members[group][id] {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
	}
	v.list(c, of(ids, personFields(), v.showPerson))
}

// add puts a person into a group. A site user's id names nobody here, and one who came a moment ago is not known yet (0.1, 0.5).
func (v *Vendor) add(site, group, person string) *trouble {
	u := v.onSite(site, person)
	switch {
	case u == nil || !v.known(u):
		return absent("User")
	case v.state.members[group][person] && v.switches.Is("member_again", "400"):
		return invalid("User is in the access group already")
	}
	v.state.members[group][person] = true
	return nil
}

// remove takes a person out of a group.
func (v *Vendor) remove(site, group, person string) *trouble {
	switch {
	case v.state.at(site, person) == nil, !v.state.members[group][person] && v.switches.Is("remove_absent", "404"):
		return absent("User")
	}
	delete(v.state.members[group], person)
	return nil
}

// changeMembers is the bulk PATCH with add_ids and remove_ids (2.5).
func (v *Vendor) changeMembers(c *call, group string) {
	body, ok := v.body(c)
	if !ok {
		return
	}
	adds, bad := list(body, "add_ids")
	removes, bad2 := list(body, "remove_ids")
	switch {
	case bad+bad2 != "":
		v.fail(c, badValue(bad+bad2))
		return
	case len(adds)+len(removes) == 0:
		v.fail(c, invalid("add_ids or remove_ids is required"))
		return
	}
	before := set{}
	for id := range v.state.members[group] {
		before[id] = true
	}
	first := (*trouble)(nil)
	note := func(t *trouble) {
		if first == nil {
			first = t
		}
	}
	for _, id := range adds {
		note(v.add(c.site, group, id))
	}
	for _, id := range removes {
		note(v.remove(c.site, group, id))
	}
	if first != nil && !v.switches.Is("bulk_bad", "skip") {
		if v.switches.Is("bulk_bad", "refuse") {
			v.state.members[group] = before
		}
		v.fail(c, first)
		return
	}
	v.finish(c)
}

// routeDoors answers .../access_groups/{g}/locks (2.6).
func (v *Vendor) routeDoors(c *call, group string, rest []string) {
	doors := v.state.doors[group]
	switch method := c.r.Method; {
	case len(rest) == 0 && method == http.MethodGet:
		v.list(c, of(sorted(doors), lockFields(), v.showLock))
	case len(rest) == 0 && method == http.MethodPost:
		body, ok := v.body(c)
		if !ok {
			return
		}
		lock, t := v.pick(c, "locks", text(body, "lock_id"), "Lock")
		if t != nil {
			v.fail(c, t)
			return
		}
		doors[text(lock, "id")] = true
		c.reply(copied(lock, "id", "customer_reference"))
	case len(rest) == 1 && method == http.MethodDelete:
		id := strings.ToLower(rest[0])
		if !doors[id] {
			v.fail(c, absent("Lock"))
			return
		}
		delete(doors, id)
		v.finish(c)
	case len(rest) == 0 && method == http.MethodPatch: // known of another API only
		c.plain(http.StatusNotImplemented, "the sandbox does not fake bulk changes of locks")
	default:
		c.plain(http.StatusMethodNotAllowed, "")
	}
}
