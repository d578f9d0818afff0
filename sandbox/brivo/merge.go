package brivo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// change is what a request or a patch did to one record.
type change struct {
	table    string
	old, new row // nil: was not, is no more
}

// merging applies a world or a patch to a state.
type merging struct {
	state state
	days  int
	fresh time.Time
	done  []change
}

func (m *merging) apply(w *World) error {
	all := shapes()
	for _, name := range tables() {
		for _, rec := range w.Records[name] {
			if err := m.one(name, all[name], rec); err != nil {
				return fmt.Errorf("line %d: brivo.%s: %w", rec.Line, name, err)
			}
		}
	}
	return nil
}

// one merges a record. Without an id it is the one with the same name, else a new one.
func (m *merging) one(name string, shape twin.Shape, rec twin.Record) error {
	t, values := m.state[name], twin.Clone(rec.Values)
	if err := m.state.resolve(shape, values); err != nil {
		return err
	}
	if err := m.state.normalise(name, values); err != nil {
		return err
	}
	id, err := m.state.identify(name, values)
	if err != nil {
		return err
	}
	old := t.rows[id]
	if rec.Delete {
		if old == nil {
			return errors.New("there is no such record to delete")
		}
		m.done = append(m.done, m.state.remove(name, id)...)
		return nil
	}
	if id == 0 {
		id = t.last + 1
	}
	twin.Move(shape, values, m.days, nil)
	merged := m.defaults(name)
	if old != nil {
		merged = twin.Clone(old)
		if _, has := merged["updated"]; has {
			merged["updated"] = twin.Stamp(m.fresh)
		}
	}
	maps.Copy(merged, values)
	merged["id"] = float64(id)
	merged = with(merged, nil)
	if err := m.state.complete(name, merged); err != nil {
		return err
	}
	t.put(merged)
	m.done = append(m.done, change{name, old, merged})
	return nil
}

// resolve turns references into ids.
func (s state) resolve(shape twin.Shape, values row) error {
	for field, v := range values {
		f := shape[field]
		switch {
		case v == nil:
		case f.Kind == twin.Ref:
			id, err := s.find(f.To, twin.As[string](v))
			if err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
			values[field] = float64(id)
		case f.Kind == twin.Refs:
			ids := []int64{}
			for _, ref := range twin.As[[]any](v) {
				id, err := s.find(f.To, twin.As[string](ref))
				if err != nil {
					return fmt.Errorf("%s: %w", field, err)
				}
				ids = append(ids, id)
			}
			slices.Sort(ids)
			values[field] = listOf(slices.Compact(ids))
		}
	}
	return nil
}

// normalise brings what a person may write short to the vendor's form: an e-mail or number as plain text, and custom fields by
// name.
func (s state) normalise(name string, values row) error {
	if name != "users" {
		return nil
	}
	for field, inner := range map[string]string{"emails": "address", "phoneNumbers": "number"} {
		list, given := values[field].([]any)
		for i, x := range list {
			if plain, ok := x.(string); ok {
				list[i] = row{inner: plain, "type": "Work"}
			}
		}
		if given && len(list) == 0 {
			values[field] = nil
		}
	}
	bag, given := values["customFields"].(map[string]any)
	if !given {
		return nil
	}
	out := row{}
	for _, key := range slices.Sorted(maps.Keys(bag)) {
		id, err := s.find("custom_fields", key)
		if err != nil {
			return fmt.Errorf("customFields: %w", err)
		}
		out[digits(id)] = fmt.Sprint(bag[key])
	}
	values["customFields"] = out
	return nil
}

// identify returns the id a record means: its own, that of the one with the same name, or 0 for a new one.
func (s state) identify(name string, values row) (int64, error) {
	if given := text(values, "id"); given != "" {
		id, err := strconv.ParseInt(given, 10, 64)
		if err != nil || id <= 0 || id > 1<<53 {
			return 0, fmt.Errorf("id %q is not a positive whole number", given)
		}
		return id, nil
	}
	for _, key := range names(name, values) {
		if key == "" {
			continue
		}
		if id, err := s.find(name, key); err == nil {
			return id, nil
		}
	}
	if name == "permissions" {
		for _, r := range s[name].all(by("groupId", idOf(values["groupId"]))) {
			if r["accessPointId"] == values["accessPointId"] {
				return idOf(r["id"]), nil
			}
		}
	}
	return 0, nil
}

// alwaysName is the schedule that is built in (5).
const alwaysName = "Always Access"

// defaults are the fields of a fresh record that a file need not say.
func (m *merging) defaults(name string) row {
	stamp := twin.Stamp(m.fresh)
	switch name {
	case "users":
		return row{"created": stamp, "updated": stamp, "suspended": false, "bleTwoFactorExempt": false}
	case "groups":
		return row{"keypadUnlock": false, "immuneToAntipassback": false, "excludedFromLockdown": false}
	case "schedules":
		return row{"editable": true}
	case "sites":
		return row{"timeZone": "US/Eastern"}
	case "access_points":
		return row{"type": "DOOR", "controlPanelId": 1.0, "activationEnabled": true, "twoFactorEnabled": false, "connected": true}
	case "custom_fields":
		return row{"fieldType": "TEXT", "displayOrder": 0.0}
	case "credentials":
		return row{"kind": "card", "format": 100.0, "size": 26.0}
	case "invitations":
		return row{"created": stamp, "status": pending, "nfcEnabled": false}
	case "administrators":
		return row{"identityType": "SENIOR", "timezone": "US/Eastern", "canCreateAdmins": false}
	case "applications":
		return row{"created": stamp, "updated": stamp, "accessTokenTtl": accessLife, "refreshTokenTtl": refreshLife}
	}
	return row{}
}

// complete refuses a record of a world that the vendor could not hold.
func (s state) complete(name string, r row) error {
	need := map[string][]string{
		"users": {"firstName", "lastName"}, "groups": {"name"}, "sites": {"siteName"}, "access_points": {"name", "siteId"},
		"permissions": {"groupId", "accessPointId"}, "custom_fields": {"fieldName"}, "schedules": {"name"},
		"invitations": {"userId", "referenceId", "accessCode", "expiration"}, "event_subscriptions": {"name", "url"},
		"administrators": {"username", "password"}, "applications": {"name", "clientId", "secret", "grantTypes"},
	}
	for _, f := range need[name] {
		if r[f] == nil || r[f] == "" {
			return fmt.Errorf("%s is missing", f)
		}
	}
	switch name {
	case "users":
		if other := s.byExternalID(text(r, "externalId")); other != nil && other["id"] != r["id"] {
			return fmt.Errorf("externalId %q is another user's already", text(r, "externalId"))
		}
		if n := len(groupsOf(r)); n > maxGroups {
			return fmt.Errorf("%d groups: a user may be in at most %d", n, maxGroups)
		}
	case "applications":
		return checkGrants(r)
	}
	return nil
}

// checkGrants: an application is of one kind, never of both (2.1).
func checkGrants(r row) error {
	var kinds []string
	for _, g := range twin.As[[]any](r["grantTypes"]) {
		kinds = append(kinds, twin.As[string](g))
	}
	slices.Sort(kinds)
	switch strings.Join(kinds, " ") {
	case "password":
		if text(r, "redirectUri") != "" {
			return errors.New("a password application has no redirectUri")
		}
	case "authorization_code refresh_token", "authorization_code":
		if text(r, "redirectUri") == "" {
			return errors.New("an authorization_code application needs a redirectUri")
		}
	default:
		return errors.New("grantTypes are [password], or [authorization_code, refresh_token]")
	}
	return nil
}
