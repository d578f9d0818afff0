package kisi

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// filter makes the condition of a list from its declared parameters (2); the others are ignored, as far as is known. The text
// is a refusal.
func (v *Vendor) filter(c *call, table string, q url.Values) (func(row) bool, string) {
	var tests []func(row) bool
	add := func(t func(row) bool) { tests = append(tests, t) }
	if s := q.Get("ids"); s != "" {
		ids := map[int64]bool{}
		for part := range strings.SplitSeq(s, ",") {
			id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
			if err != nil {
				return nil, "ids must be numbers"
			}
			ids[id] = true
		}
		add(func(r row) bool { return ids[idOf(r["id"])] })
	}
	if s := q.Get("query"); s != "" {
		add(func(r row) bool { return v.found(table, r, s) })
	}
	problem := ""
	number := func(name string) (int64, bool) {
		s := q.Get(name)
		if s == "" {
			return 0, false
		}
		if s == "me" && name == "user_id" {
			return c.user, true
		}
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			problem = name + " must be a number"
		}
		return id, true
	}
	switch table {
	case "users":
		v.filterUsers(q, number, add)
	case "role_assignments":
		problem = v.filterAssignments(q, number, add)
	case "groups":
		if id, ok := number("place_id"); ok {
			add(func(r row) bool { return idOf(r["place_id"]) == id })
		}
		if id, ok := number("lock_id"); ok {
			add(func(r row) bool { return v.hasLock(idOf(r["id"]), id) })
		}
		if s := q.Get("scope"); s != "" {
			add(func(r row) bool { return (s == "place") == (r["place_id"] != nil) })
		}
	case "group_locks":
		if q.Get("group_id") == "" {
			return nil, "group_id is required"
		}
		fallthrough
	default:
		for _, f := range []string{"group_id", "lock_id", "place_id"} {
			if _, has := shapes()[table][f]; !has {
				continue
			}
			if id, ok := number(f); ok {
				add(func(r row) bool { return idOf(r[f]) == id })
			}
		}
		if s := q.Get("enabled"); s != "" && table == "integrations" {
			add(func(r row) bool { return strconv.FormatBool(flag(r, "enabled")) == s })
		}
	}
	return func(r row) bool {
		for _, t := range tests {
			if !t(r) {
				return false
			}
		}
		return true
	}, problem
}

func (v *Vendor) filterUsers(q url.Values, number func(string) (int64, bool), add func(func(row) bool)) {
	if s := q.Get("email"); s != "" {
		fold := v.switches.Is("email_filter", "fold")
		add(func(r row) bool { return text(r, "email") == s || fold && strings.EqualFold(text(r, "email"), s) })
	}
	if id, ok := number("user_id"); ok {
		add(func(r row) bool { return idOf(r["id"]) == id })
	}
	on := func(group, place int64) func(row) bool {
		return func(u row) bool {
			found := false
			v.state["role_assignments"].each(func(_ int64, r row) {
				if text(r, "assignee_type") != "User" || idOf(r["assignee_id"]) != idOf(u["id"]) {
					return
				}
				to := idOf(r["applies_to_id"])
				switch text(r, "applies_to_type") {
				case "Group":
					found = found || to == group || place != 0 && idOf(v.state["groups"].rows[to]["place_id"]) == place
				case "Place":
					found = found || to == place
				}
			})
			return found
		}
	}
	if id, ok := number("group_id"); ok {
		add(on(id, 0))
	}
	if id, ok := number("place_id"); ok {
		add(on(0, id))
	}
}

func (v *Vendor) filterAssignments(q url.Values, number func(string) (int64, bool), add func(func(row) bool)) string {
	is := func(field, want string) { add(func(r row) bool { return text(r, field) == want }) }
	if s := q.Get("role_id"); s != "" {
		is("role_id", s)
	}
	for _, side := range []string{"assignee", "applies_to"} {
		kind := q.Get(side + "_type")
		if kind != "" {
			is(side+"_type", kind)
		}
		if id, ok := number(side + "_id"); ok {
			if kind == "" {
				return fmt.Sprintf("%s_id needs %s_type", side, side)
			}
			add(func(r row) bool { return idOf(r[side+"_id"]) == id })
		}
	}
	for name, to := range map[string][2]string{ // deprecated but working (2.3)
		"user_id": {"assignee", "User"}, "group_id": {"applies_to", "Group"}, "place_id": {"applies_to", "Place"},
	} {
		if id, ok := number(name); ok {
			add(func(r row) bool { return text(r, to[0]+"_type") == to[1] && idOf(r[to[0]+"_id"]) == id })
		}
	}
	if s := q.Get("scope"); s != "" {
		add(func(r row) bool {
			return strings.EqualFold(text(r, "applies_to_type"), s) || s == "team" && text(r, "assignee_type") == "Team"
		})
	}
	return ""
}

// found is the free-text search: any of the fields holds it somewhere, so it returns other people too (1.4).
func (v *Vendor) found(table string, r row, s string) bool {
	var fields []string
	switch table {
	case "users":
		fields = []string{text(r, "email"), text(r, "name"), text(r, "notes")}
	case "role_assignments":
		u := v.state["users"].rows[idOf(r["assignee_id"])]
		if text(r, "assignee_type") == "User" {
			fields = []string{text(u, "email"), text(u, "name")}
		}
	case "group_links":
		group := v.state["groups"].rows[idOf(r["group_id"])]
		fields = []string{text(r, "name"), text(r, "email"), text(r, "phone"), text(group, "name")}
	default:
		fields = []string{text(r, "name")}
	}
	for _, f := range fields {
		if strings.Contains(strings.ToLower(f), strings.ToLower(s)) {
			return true
		}
	}
	return false
}

func (v *Vendor) hasLock(group, lock int64) bool {
	found := false
	v.state["group_locks"].each(func(_ int64, r row) {
		found = found || idOf(r["group_id"]) == group && idOf(r["lock_id"]) == lock
	})
	return found
}
