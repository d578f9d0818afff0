package saltoks

import (
	"github.com/cardea-access/cardea/sandbox/twin"
)

// copied copies fields.
func copied(r row, fields ...string) row {
	out := row{}
	for _, f := range fields {
		out[f] = r[f]
	}
	return out
}

func personFields() []string {
	return []string{
		"id", "first_name", "last_name", "email", "image_url", "tag_number", "is_managed_by_current_site", "has_profile",
	}
}

func under(name string, fields []string) []string {
	out := []string{}
	for _, f := range fields {
		out = append(out, name+"/"+f)
	}
	return out
}

func (v *Vendor) showPerson(id string) row {
	r := v.state.get("people", id)
	if r == nil {
		return nil
	}
	return copied(r, personFields()...)
}

// showMe is the caller's own account (2.1).
func (v *Vendor) showMe(id string) row {
	return copied(v.state.get("people", id), "id", "first_name", "last_name", "phone", "email", "language", "tag_number",
		"tag_rf_id_uid", "image_url")
}

func siteFields() []string {
	return []string{
		"id", "site_uid", "customer_reference", "country_code", "time_zone", "installation_state", "subscription_valid",
		"subscribed_user_amount", "pin_enabled", "mkey_compatible", "store_events_ttl",
	}
}

func (v *Vendor) showSite(id string) row {
	r := v.state.get("sites", id)
	out := copied(r, siteFields()...)
	out["active_user_amount"], out["active_iq_amount"] = v.seated(id), len(v.state.within("iqs", id))
	out["owner"] = v.showPerson(text(r, "owner"))
	return out
}

// seated counts the seats in use: subscribed users, guests past their end too, but not who is leaving (2.3, 1.8).
func (v *Vendor) seated(site string) int {
	n := 0
	for _, id := range v.state.within("users", site) {
		if _, leaving := v.leaving[id]; !leaving && text(v.state.get("users", id), "subscription_state") == subscribed {
			n++
		}
	}
	return n
}

// free says whether a seat is left.
func (v *Vendor) free(site string) bool {
	return v.seated(site) < number(v.state.get("sites", site), "subscribed_user_amount")
}

func roleFields() []string {
	return []string{"id", "customer_reference", "code", "parent_id", "is_hierarchical"}
}

func (v *Vendor) showRole(id string) row { return copied(v.state.get("roles", id), roleFields()...) }

func userFields() []string {
	return append([]string{
		"id", "alias", "subscription_state", "tag_owned_by_this_site", "data_removal_expires_at", "expires_at",
	}, append(userFlags(), under("user", personFields())...)...)
}

func (v *Vendor) showUser(id string) row {
	r := v.state.get("users", id)
	out := copied(r, append(userFlags(), "id", "alias", "subscription_state", "tag_owned_by_this_site", "data_removal_expires_at",
		"expires_at")...)
	if !flag(v.state.get("sites", text(r, "_site")), "subscription_valid") { // lapsed: all users are off (3)
		out["subscription_state"] = suspended
	}
	out["user"] = v.showPerson(text(r, "_person"))
	roles := []row{}
	for _, role := range twin.As[[]any](r["roles"]) {
		if one := v.state.get("roles", twin.As[string](role)); one != nil {
			roles = append(roles, v.showRole(text(one, "id")))
		}
	}
	out["roles"] = roles
	return out
}

func groupFields() []string { return []string{"id", "customer_reference"} }

func (v *Vendor) showGroup(id string) row {
	return copied(v.state.get("access_groups", id), groupFields()...)
}

func lockFields() []string {
	return []string{
		"id", "customer_reference", "mac", "lock_type", "online", "locked_state", "iq_link_state", "battery_level", "privacy_mode",
		"left_open_alarm", "intrusion_alarm", "floor", "communication_type", "offline_access_keys_limit", "offline_access_keys_count",
		"tag_registration_state",
	}
}

func (v *Vendor) showLock(id string) row {
	r := v.state.get("locks", id)
	out := copied(r, lockFields()...)
	out["easy_office_mode_schedule"], out["repeater"], out["vendor"], out["iq"] = row{}, nil, row{}, nil
	if iq := v.state.get("iqs", text(r, "iq")); iq != nil {
		out["iq"] = row{
			"id": iq["id"], "customer_reference": iq["customer_reference"], "is_online": iq["online"],
			"otp_enabled": iq["otp_enabled"], "revision": iq["revision"], "mac_address": iq["mac"],
		}
	}
	return out
}

func iqFields() []string {
	return []string{
		"id", "customer_reference", "time_zone", "mac", "state", "online", "data_sync_state", "otp_enabled", "restore_required",
		"reset_date", "signal_strength", "revision", "led_enabled", "operator",
	}
}

func (v *Vendor) showIQ(id string) row { return copied(v.state.get("iqs", id), iqFields()...) }

func scheduleFields() []string {
	return append(weekdays(), "id", "start_time", "end_time", "start_date", "end_date")
}

func showSchedule(r row) row { return copied(r, scheduleFields()...) }
