package kisi

import (
	"net/http"
	"slices"
)

func (v *Vendor) createAssignment(c *call, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{
		"applies_to_type": aString, "applies_to_id": anID, "assignee_type": aString, "assignee_id": anID, "role_id": aString,
		"notify": aBool, "valid_from": aDate, "valid_until": aDate,
		"user_id": anID, "group_id": anID, "place_id": anID, "organization_id": anID, // the older form
	}, p)
	for _, old := range []struct{ field, side, kind string }{
		{"user_id", "assignee", "User"}, {"group_id", "applies_to", "Group"}, {"place_id", "applies_to", "Place"},
		{"organization_id", "applies_to", "Organization"},
	} {
		if id, has := given[old.field]; has {
			given[old.side+"_type"], given[old.side+"_id"] = old.kind, id
			delete(given, old.field)
		}
	}
	p.require(given, "applies_to_type", "applies_to_id", "assignee_type", "assignee_id", "role_id")
	v.checkAssignment(given, p)
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	for _, id := range v.state["role_assignments"].order { // one role per assignee and group or place (2.3)
		r := v.state["role_assignments"].rows[id]
		same := !slices.ContainsFunc([]string{"assignee_type", "assignee_id", "applies_to_type", "applies_to_id"},
			func(f string) bool { return r[f] != given[f] })
		if same && !v.gone("role_assignments", r) {
			v.duplicate(c, "assignee")
			return nil
		}
	}
	made := defaults("role_assignments", v.now())
	made["notify"] = v.switches.Is("notify_default", "true")
	made["created_by_id"] = float64(c.user)
	return with(made, given)
}

func (v *Vendor) checkAssignment(given row, p complaints) {
	in := map[string]string{"User": "users", "Team": "teams", "Guest": "guests", "Group": "groups", "Place": "places"}
	kind, to := text(given, "assignee_type"), text(given, "applies_to_type")
	if !slices.Contains([]string{"", "User", "Team", "Guest"}, kind) {
		p.add("assignee_type", "is not included in the list")
	} else if kind != "" && v.state[in[kind]].rows[idOf(given["assignee_id"])] == nil {
		p.add("assignee", "must exist")
	}
	switch to {
	case "":
	case "Organization":
		if idOf(given["applies_to_id"]) != int64(v.orgID()) {
			p.add("applies_to", "must exist")
		}
	case "Group", "Place":
		if v.state[in[to]].rows[idOf(given["applies_to_id"])] == nil {
			p.add("applies_to", "must exist")
		}
	default:
		p.add("applies_to_type", "is not included in the list")
	}
	if role := text(given, "role_id"); role != "" {
		if !slices.ContainsFunc(roles(), func(r row) bool { return r["id"] == role && r["applies_to"] == to }) {
			p.add("role_id", "is not included in the list")
		}
	}
	if to != "Group" && (given["valid_from"] != nil || given["valid_until"] != nil) {
		p.add("valid_until", "can be set on a group only")
	}
	p.window(given)
}

// updateAssignment takes role_id and notify; what happens to the validity is a switch (2.3).
func (v *Vendor) updateAssignment(c *call, old, body row) row {
	p := complaints{}
	given := v.take(body, map[string]string{"role_id": aString, "notify": aBool, "valid_from": aDate, "valid_until": aDate}, p)
	if role := text(given, "role_id"); role != "" {
		to := text(old, "applies_to_type")
		if !slices.ContainsFunc(roles(), func(r row) bool { return r["id"] == role && r["applies_to"] == to }) {
			p.add("role_id", "is not included in the list")
		}
	}
	for _, f := range []string{"valid_from", "valid_until"} {
		if _, has := given[f]; !has {
			continue
		}
		switch {
		case v.switches.Is("patch_validity", "ignore"):
			delete(given, f)
		case v.switches.Is("patch_validity", "refuse"):
			p.add(f, "cannot be changed")
		}
	}
	p.window(with(old, given))
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	return with(old, given)
}

func integrationBody() map[string]string {
	return map[string]string{
		"type": aString, "name": aString, "url": aString, "enabled": aBool, "enabled_events": aList, "signature_key": aString,
	}
}

func (v *Vendor) createIntegration(c *call, body row) row {
	p := complaints{}
	given := v.take(body, integrationBody(), p)
	p.require(given, "type", "name", "url")
	if t := text(given, "type"); t != "" && t != "event_webhook" {
		c.fail(http.StatusNotImplemented, "000501", "the sandbox fakes integrations of type event_webhook only")
		return nil
	}
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	return with(defaults("integrations", v.now()), given)
}

func (v *Vendor) updateIntegration(c *call, old, body row) row {
	p := complaints{}
	given := v.take(body, integrationBody(), p)
	if len(p) > 0 {
		c.invalid(p)
		return nil
	}
	if flag(given, "enabled") {
		given["disabled_due_to_error"], given["disabled_due_to_error_at"] = false, nil
		delete(v.failures, idOf(old["id"]))
	}
	return with(old, given)
}
