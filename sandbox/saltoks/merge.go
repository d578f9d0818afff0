package saltoks

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// merging is a world or a patch being applied to a state.
type merging struct {
	*state

	days int
	now  time.Time
}

// apply merges every record. A record without an id is the one that people would call the same, else a new one.
func (m merging) apply(w *World) error {
	all := shapes()
	for _, s := range w.Sites {
		owner := twin.As[string](s.Record.Values["owner"])
		id, err := m.site(s.Record)
		if err != nil {
			return fmt.Errorf("line %d: saltoks.sites: %w", s.Record.Line, err)
		}
		if s.Record.Delete {
			continue
		}
		for _, name := range parts() {
			for _, rec := range s.Parts[name] {
				if err := m.part(name, all[name], rec, id); err != nil {
					return fmt.Errorf("line %d: saltoks.%s: %w", rec.Line, name, err)
				}
			}
			if name == "roles" {
				m.furnish(id)
			}
		}
		if owner == "" {
			continue
		}
		person, err := m.find("people", owner, "")
		if err != nil {
			return fmt.Errorf("line %d: saltoks.sites: owner: %w", s.Record.Line, err)
		}
		m.put("sites", with(m.get("sites", id), row{"owner": person}))
	}
	return nil
}

func (m merging) site(rec twin.Record) (string, error) {
	values := twin.Clone(rec.Values)
	delete(values, "owner") // its person may stand below
	id, err := m.identify("sites", values, "")
	if err != nil {
		return "", err
	}
	old := m.get("sites", id)
	if rec.Delete {
		if old == nil {
			return "", errors.New("there is no such record to delete")
		}
		m.drop("sites", id)
		return id, nil
	}
	merged := row{
		"site_uid": "XX" + digitsOf(id, 10), "country_code": "XX", "time_zone": "Europe/London", "installation_state": "released",
		"subscription_valid": true, "subscribed_user_amount": 100.0, "pin_enabled": true, "mkey_compatible": true,
		"store_events_ttl": "90.00:00:00", "owner": nil,
		"features": []any{"pods", "events_streaming", "events_storage", "activity_log", "smart_tag_assignment", "nfc"},
	}
	if old != nil {
		merged = twin.Clone(old)
	}
	maps.Copy(merged, values)
	merged["id"] = id
	if text(merged, "customer_reference") == "" {
		return "", errors.New("customer_reference is missing")
	}
	if _, err := time.LoadLocation(text(merged, "time_zone")); err != nil {
		return "", fmt.Errorf("time_zone: %w", err)
	}
	m.put("sites", merged)
	return id, nil
}

// furnish gives a site the roles that were seen on every one (2.2); the owner's code is made up.
func (m merging) furnish(site string) {
	parent := any(nil)
	for _, r := range []row{
		{"code": siteOwner, "customer_reference": "Owner", "is_hierarchical": true},
		{"code": siteAdmin, "customer_reference": "Site Admin", "is_hierarchical": true},
		{"code": siteUser, "customer_reference": "Site User", "is_hierarchical": true},
		{"code": siteGuest, "customer_reference": "Site Guest", "is_hierarchical": false},
		{"code": "site_mobile_user", "customer_reference": "Mobile User", "is_hierarchical": false},
		{"code": "site_remote_office_mode_user", "customer_reference": "Remote Office Mode User", "is_hierarchical": false},
		{"code": podMember, "customer_reference": "Pod Member", "is_hierarchical": false},
	} {
		if there := m.role(site, text(r, "code")); there != nil {
			parent = there["id"]
			continue
		}
		r["id"], r["_site"], r["parent_id"] = guid("roles", site+" "+text(r, "code")), site, nil
		if flag(r, "is_hierarchical") {
			r["parent_id"], parent = parent, r["id"]
		}
		m.put("roles", r)
	}
}

// digitsOf is some digits that hang on a text.
func digitsOf(s string, n int) string {
	var b strings.Builder
	for _, c := range guid("digits", s) {
		if b.Len() < n && c != '-' {
			b.WriteByte("0123456789"[int(c)%10])
		}
	}
	return b.String()
}

// identify returns the id a record means: its own, that of the one with the same natural key, or a new one.
func (m merging) identify(table string, values row, site string) (string, error) {
	if given := text(values, "id"); given != "" {
		id := idOf(table, given)
		if r := m.get(table, id); r != nil && text(r, "_site") != site {
			return "", fmt.Errorf("%s belongs to another site", given)
		}
		return id, nil
	}
	for _, field := range []string{"code", "customer_reference"} {
		if name := text(values, field); name != "" && table != "users" {
			if id, err := m.find(table, name, site); err == nil {
				return id, nil
			}
		}
	}
	return m.next(table), nil
}

// part merges one record of a site.
func (m merging) part(name string, shape twin.Shape, rec twin.Record, site string) error {
	values := twin.Clone(rec.Values)
	if name == "users" {
		if err := m.person(values, site, rec.Delete); err != nil {
			return fmt.Errorf("user: %w", err)
		}
	}
	id, err := m.identify(name, values, site)
	if err != nil {
		return err
	}
	old := m.get(name, id)
	if rec.Delete {
		if old == nil {
			return errors.New("there is no such record to delete")
		}
		if name == "users" {
			m.removeUser(old)
			return nil
		}
		m.drop(name, id)
		return nil
	}
	if err := m.resolve(shape, values, site); err != nil {
		return err
	}
	zone, err := time.LoadLocation(text(m.get("sites", site), "time_zone"))
	if err != nil {
		return err
	}
	twin.Move(shape, values, m.days, zone)
	merged := m.defaults(name)
	if old != nil {
		merged = twin.Clone(old)
	}
	inner := row{}
	for _, field := range []string{"users", "locks", "time_schedules"} {
		if v, given := values[field]; given && name == "access_groups" {
			inner[field] = v
			delete(values, field)
		}
	}
	if pin := text(values, "pin"); pin != "" {
		merged["_pin"] = pin
	}
	if keys, given := values["keys"].([]any); given {
		merged["_keys"] = keys
	}
	delete(values, "pin")
	delete(values, "keys")
	maps.Copy(merged, values)
	merged["id"], merged["_site"] = id, site
	if err := m.complete(name, merged); err != nil {
		return err
	}
	m.put(name, merged)
	return m.fill(id, site, inner)
}

// resolve turns references into ids.
func (m merging) resolve(shape twin.Shape, values row, site string) error {
	for _, field := range slices.Sorted(maps.Keys(values)) {
		f := shape[field]
		if f.Kind != twin.Ref && f.Kind != twin.Refs || values[field] == nil {
			continue
		}
		if f.Kind == twin.Ref {
			id, err := m.find(f.To, text(values, field), site)
			if err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
			values[field] = id
			continue
		}
		out := []any{}
		for _, ref := range twin.As[[]any](values[field]) {
			id, err := m.find(f.To, twin.As[string](ref), site)
			if err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
			out = append(out, id)
		}
		values[field] = out
	}
	return nil
}
