package saltoks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Codes of roles (2.2); siteOwner is made up.
const (
	siteOwner = "site_owner"
	siteAdmin = "site_admin"
	siteUser  = "site_user"
	siteGuest = "site_guest"
	podMember = "site_pod_member"
)

// The states of a site user's seat (2.3).
const (
	subscribed = "subscribed"
	suspended  = "suspended"
)

func freshPerson() row {
	return row{
		"last_name": "", "email": nil, "image_url": nil, "tag_number": nil, "is_managed_by_current_site": true, "has_profile": false,
		"phone": nil, "language": nil, "tag_rf_id_uid": nil,
	}
}

func freshUser() row {
	out := row{
		"roles": []any{}, "alias": nil, "subscription_state": subscribed, "tag_owned_by_this_site": false,
		"data_removal_expires_at": nil, "expires_at": nil,
	}
	for _, f := range userFlags() {
		out[f] = false
	}
	return out
}

// defaults are the fields of a fresh record that a file need not say.
func (m merging) defaults(name string) row {
	switch name {
	case "roles":
		return row{"parent_id": nil, "is_hierarchical": false}
	case "users":
		return freshUser()
	case "iqs":
		return row{
			"time_zone": "Europe/London", "mac": nil, "state": "installed", "online": true, "data_sync_state": "not_synced",
			"otp_enabled": true, "restore_required": false, "reset_date": nil, "signal_strength": 4.0, "revision": "iq2",
			"led_enabled": true, "operator": nil,
		}
	case "locks":
		return row{
			"mac": nil, "lock_type": "handle", "online": true, "locked_state": "locked", "iq_link_state": "linked",
			"battery_level": "fresh", "privacy_mode": false, "left_open_alarm": false, "intrusion_alarm": false, "floor": nil,
			"communication_type": "online", "offline_access_keys_limit": 0.0, "offline_access_keys_count": 0.0,
			"tag_registration_state": "none", "iq": nil,
		}
	case "entries":
		return row{
			"event_category": "lock_opened", "event_detail": nil, "access_by": "tag", "access_detail": nil, "exit_requested": false,
			"utc_date_time": twin.Stamp(m.now), "lock": nil, "user": nil,
		}
	}
	return row{}
}

// complete refuses a record of a world that the vendor could not hold.
func (m merging) complete(name string, r row) error {
	if _, named := shapes()[name]["customer_reference"]; named && text(r, "customer_reference") == "" {
		return errors.New("customer_reference is missing")
	}
	switch name {
	case "roles":
		if text(r, "code") == "" {
			return errors.New("code is missing")
		}
	case "users":
		if s := text(r, "subscription_state"); s != subscribed && s != suspended {
			return fmt.Errorf("subscription_state %q is not %s or %s", s, subscribed, suspended)
		}
		if roles := twin.As[[]any](r["roles"]); len(roles) == 0 {
			r["roles"] = []any{text(m.role(text(r, "_site"), siteUser), "id")}
		}
	case "entries": // what it says of a person stays when the person goes (3)
		if u := m.get("users", text(r, "user")); u != nil {
			p := m.get("people", text(u, "_person"))
			r["_who"] = row{
				"user_id": p["id"], "user_first_name": p["first_name"], "user_last_name": p["last_name"],
				"user_image_url": p["image_url"], "user_alias": u["alias"],
			}
		}
	default:
	}
	return nil
}

// removeUser takes a site user off its site. A person with a profile keeps the account; any other is deleted whole (3).
func (s *state) removeUser(user row) {
	person := s.get("people", text(user, "_person"))
	s.drop("users", text(user, "id"))
	elsewhere := slices.ContainsFunc(s.tables["sites"].order, func(site string) bool {
		return s.at(site, text(person, "id")) != nil
	})
	if !elsewhere && (!flag(person, "has_profile") || text(person, "email") == "") {
		s.drop("people", text(person, "id"))
	}
}

// called is a person's name.
func called(person row) string {
	return strings.TrimSpace(text(person, "first_name") + " " + text(person, "last_name"))
}
