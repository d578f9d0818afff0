package kisi

import (
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// normalise brings both forms of a role assignment (2.3) to assignee_* and applies_to_*.
func (s state) normalise(values row, org float64) error {
	short := []struct{ field, side, kind string }{
		{"user_id", "assignee", "User"}, {"assignee_team_id", "assignee", "Team"}, {"guest_id", "assignee", "Guest"},
		{"group_id", "applies_to", "Group"}, {"place_id", "applies_to", "Place"},
	}
	in := map[string]string{"User": "users", "Team": "teams", "Guest": "guests", "Group": "groups", "Place": "places"}
	for _, side := range []string{"assignee", "applies_to"} {
		kind := text(values, side+"_type")
		if ref := text(values, side+"_id"); ref != "" && in[kind] != "" {
			id, err := s.find(in[kind], ref)
			if err != nil {
				return fmt.Errorf("%s_id: %w", side, err)
			}
			values[side+"_id"] = float64(id)
		}
	}
	for _, f := range short {
		if v, given := values[f.field]; given {
			values[f.side+"_type"], values[f.side+"_id"] = f.kind, v
			delete(values, f.field)
		}
	}
	if _, given := values["organization_id"]; given || text(values, "applies_to_type") == "Organization" {
		values["applies_to_type"], values["applies_to_id"] = "Organization", org
		delete(values, "organization_id")
	}
	return nil
}

// defaults are the fields of a fresh record that a file need not say.
func defaults(name string, fresh time.Time) row {
	r := row{"created_at": twin.Stamp(fresh), "updated_at": twin.Stamp(fresh)}
	switch name {
	case "users":
		for _, f := range []string{"access_enabled", "scim_access_enabled", "password_flow_enabled", "confirmed"} {
			r[f] = true
		}
		r["otp_required_for_login"], r["metadata"] = false, row{}
		r["name"], r["image"], r["notes"], r["last_accessed_at"] = "", nil, nil, nil
	case "groups":
		for _, f := range groupFlags() {
			r[f] = false
		}
		r["login_enabled"], r["description"], r["place_id"] = true, nil, nil
		r["geofence_restriction_radius"] = 0.0
	case "role_assignments":
		r["role_id"], r["notify"], r["valid_from"], r["valid_until"] = "group_basic", false, nil, nil
	case "group_links":
		r["link_enabled"] = true
		for _, f := range []string{"email", "phone", "last_used_at", "quick_response_code_type", "valid_from", "valid_until"} {
			r[f] = nil
		}
	case "locks":
		r["configured"], r["online"], r["description"] = true, true, nil
		r["open"], r["unlocked"], r["locked_down"] = false, false, false
	case "places":
		r["description"], r["address"], r["time_zone"], r["image"], r["latitude"], r["longitude"] = nil, "", nil, nil, nil, nil
	case "guests":
		r["email"], r["phone_number"] = nil, nil
	case "integrations":
		r["type"], r["enabled"], r["enabled_events"], r["place_id"] = "event_webhook", true, []any{}, nil
		r["disabled_due_to_error"], r["disabled_due_to_error_at"] = false, nil
	default:
	}
	return r
}

// complete refuses a record of a world that the vendor could not hold.
func (s state) complete(name string, r row) error {
	need := map[string][]string{
		"users": {"email"}, "role_assignments": {"assignee_type", "assignee_id", "applies_to_type", "applies_to_id"},
		"group_locks": {"group_id", "lock_id"}, "group_links": {"group_id", "name"}, "locks": {"name", "place_id"},
		"groups": {"name"}, "places": {"name"}, "guests": {"name"}, "teams": {"name"}, "integrations": {"name", "url"},
	}
	for _, f := range need[name] {
		if r[f] == nil || r[f] == "" {
			return fmt.Errorf("%s is missing", f)
		}
	}
	if name == "users" {
		if other := s.userByEmail(text(r, "email")); other != 0 && other != idOf(r["id"]) {
			return fmt.Errorf("%s is user %d already", text(r, "email"), other)
		}
	}
	return nil
}

// remove takes a record out, with what hangs on it.
func (s state) remove(name string, id int64) []change {
	t := s[name]
	old := t.rows[id]
	t.drop(id)
	out := []change{{name, old, nil}}
	hangs := func(in string, same func(row) bool) {
		s[in].each(func(other int64, r row) {
			if same(r) {
				out = append(out, s.remove(in, other)...)
			}
		})
	}
	assignments := func(side, kind string) {
		hangs("role_assignments", func(r row) bool { return text(r, side+"_type") == kind && idOf(r[side+"_id"]) == id })
	}
	by := func(field string) func(row) bool { return func(r row) bool { return idOf(r[field]) == id } }
	switch name {
	case "users":
		assignments("assignee", "User")
		s["teams"].each(func(_ int64, team row) {
			if members := twin.As[[]any](team["members"]); slices.Contains(members, any(float64(id))) {
				team = twin.Clone(team)
				members = twin.As[[]any](team["members"])
				team["members"] = slices.DeleteFunc(members, func(v any) bool { return idOf(v) == id })
				s["teams"].put(team)
			}
		})
	case "guests":
		assignments("assignee", "Guest")
	case "teams":
		assignments("assignee", "Team")
	case "groups":
		assignments("applies_to", "Group")
		hangs("group_links", by("group_id"))
		hangs("group_locks", by("group_id"))
	case "places":
		assignments("applies_to", "Place")
		hangs("groups", by("place_id"))
		hangs("locks", by("place_id"))
	case "locks":
		hangs("group_locks", by("lock_id"))
	default:
	}
	return out
}
