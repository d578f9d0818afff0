package brivo

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

// setupRoutes are the writes of what an account is set up with: schedules, custom fields, administrators (5, 8).
func setupRoutes(add adder) {
	for _, s := range []setup{
		{"schedules", "Schedule", takeSchedule, showSchedule},
		{"custom_fields", "Custom field", takeField, showField},
		{"administrators", "Administrator", takeAdministrator, showAdministrator},
	} {
		path := map[string]string{"custom_fields": "/custom-fields"}[s.table]
		if path == "" {
			path = "/" + s.table
		}
		add("POST "+path, func(v *Vendor, c *call) { v.setUp(c, s, true) })
		add("PUT "+path+"/{id}", func(v *Vendor, c *call) { v.setUp(c, s, false) })
		add("DELETE "+path+"/{id}", func(v *Vendor, c *call) { v.takeDown(c, s) })
	}
}

// setup is one kind of such a record; take checks a body, nil = not good.
type setup struct {
	table, kind string
	take        func(body row) row
	show        func(row) row
}

const maxScheduleName = 32

func takeSchedule(body row) row {
	if n := utf8.RuneCountInString(text(body, "name")); n == 0 || n > maxScheduleName {
		return nil
	}
	out := keep(body, "name", "description", "scheduleBlocks", "scheduleExceptions", "gracePeriod")
	out["editable"] = true
	return out
}

func showSchedule(s row) row {
	return keep(s, "id", "name", "description", "editable", "scheduleBlocks", "scheduleExceptions", "gracePeriod")
}

func takeField(body row) row {
	if text(body, "fieldName") == "" || !slices.Contains([]string{"TEXT", "NUMBER", "DATE"}, text(body, "fieldType")) {
		return nil
	}
	return keep(body, "fieldName", "fieldType", "displayOrder", "pattern")
}

func showField(f row) row { return keep(f, "id", "fieldName", "fieldType", "displayOrder", "pattern") }

func takeAdministrator(body row) row {
	kinds := []string{"MASTER", "SENIOR", "ASSISTANT", "DEALER", "CSR"}
	if text(body, "username") == "" || !slices.Contains(kinds, text(body, "identityType")) {
		return nil
	}
	return keep(body, "username", "password", "firstName", "lastName", "email", "timezone", "identityType", "canCreateAdmins")
}

// locked: the built-in schedule may not be touched, and administrators are made only by whom that was given.
func (v *Vendor) locked(c *call, s setup, old row) bool {
	switch {
	case !c.full():
		return true
	case s.table == "schedules" && old != nil && !flag(old, "editable"):
		c.fail(http.StatusPreconditionFailed, "The schedule may not be changed")
		return true
	case s.table == "administrators" && !flag(c.admin, "canCreateAdmins"):
		c.fail(http.StatusForbidden, "This functionality is unavailable for this admin")
		return true
	}
	return false
}

func (v *Vendor) setUp(c *call, s setup, fresh bool) {
	var old row
	if !fresh {
		if old = c.pick(s.table, s.kind, 0); old == nil {
			return
		}
	}
	if v.locked(c, s, old) {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	values := s.take(body)
	if values == nil {
		c.criteria()
		return
	}
	if fresh {
		c.reply(s.show(v.state[s.table].add(values)))
		return
	}
	next := with(old, values)
	v.state[s.table].put(next)
	c.reply(s.show(next))
}

func (v *Vendor) takeDown(c *call, s setup) {
	old := c.pick(s.table, s.kind, 0)
	if old == nil || v.locked(c, s, old) {
		return
	}
	if s.table == "schedules" && len(v.state["permissions"].all(by("scheduleId", c.ids[0]))) > 0 {
		c.fail(http.StatusPreconditionFailed, "The schedule is in use")
		return
	}
	c.done = append(c.done, v.state.remove(s.table, c.ids[0])...)
	c.nothing()
}
