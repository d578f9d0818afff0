package kisi

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `kisi:` part of a world file, or of a patch to it.
type World struct {
	Organization map[string]any // id, name, domain, time_zone
	Keys         []Key
	Switches     map[string]string
	Records      map[string][]twin.Record // by table
}

// Key is an API key; User is an id or e-mail.
type Key struct{ Secret, User string }

// tables lists the collections of a world file, those that others refer to first.
func tables() []string {
	return []string{
		"places", "locks", "groups", "group_locks", "users", "guests", "teams", "role_assignments", "group_links", "integrations",
	}
}

// Field lists: vendors/kisi.md 2. A reference is an id, or what people call the thing: a user's e-mail, a name.
func shapes() map[string]twin.Shape {
	fields, join := twin.Fields, twin.Join
	own := join(fields(twin.ID, "id"), fields(twin.Instant, "created_at", "updated_at"))
	ref := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
	validity := fields(twin.Instant, "valid_from", "valid_until")
	return map[string]twin.Shape{
		"places": join(own, fields(twin.Text, "name", "description", "address", "image", "time_zone"),
			fields(twin.Number, "latitude", "longitude")),
		"locks": join(own, ref("place_id", "places"), fields(twin.Text, "name", "description"),
			fields(twin.Bool, "configured", "online", "open", "unlocked", "locked_down")),
		"groups": join(own, ref("place_id", "places"), fields(twin.Text, "name", "description"),
			fields(twin.Bool, groupFlags()...)),
		"group_locks": join(own, ref("group_id", "groups"), ref("lock_id", "locks")),
		"users": join(own, fields(twin.Text, "name", "email", "image", "notes"), fields(twin.Free, "metadata"),
			fields(twin.Bool, "otp_required_for_login", "password_flow_enabled", "access_enabled", "scim_access_enabled", "confirmed"),
			fields(twin.Instant, "last_accessed_at")),
		"guests": join(own, fields(twin.Text, "name", "email", "phone_number")),
		"teams":  join(own, fields(twin.Text, "name"), twin.Shape{"members": {Kind: twin.Refs, To: "users"}}),
		"role_assignments": join(own, validity, ref("user_id", "users"), ref("group_id", "groups"), ref("place_id", "places"),
			ref("guest_id", "guests"), ref("assignee_team_id", "teams"),
			fields(twin.Text, "role_id", "applies_to_type", "assignee_type", "applies_to_id", "assignee_id", "organization_id"),
			fields(twin.Bool, "notify")),
		"group_links": join(own, validity, ref("group_id", "groups"),
			fields(twin.Text, "name", "email", "phone", "quick_response_code_type", "secret"),
			fields(twin.Bool, "link_enabled"), fields(twin.Instant, "last_used_at")),
		"integrations": join(own, ref("place_id", "places"), fields(twin.Text, "type", "name", "url", "signature_key"),
			fields(twin.Bool, "enabled"), fields(twin.Texts, "enabled_events")),
	}
}

func groupFlags() []string {
	return []string{
		"geofence_restriction_enabled", "primary_device_restriction_enabled", "managed_device_restriction_enabled",
		"reader_restriction_enabled", "time_restriction_enabled", "tap_to_access_restriction_enabled", "login_enabled",
	}
}

// ParseWorld reads the part.
func ParseWorld(d *twin.Document, n *yaml.Node) (*World, error) {
	w := &World{Records: map[string][]twin.Record{}}
	entries, err := d.Entries(n)
	if err != nil {
		return nil, err
	}
	all := shapes()
	for _, e := range entries {
		switch e.Key {
		case "organization":
			var one twin.Record
			shape := twin.Join(twin.Fields(twin.Int, "id"), twin.Fields(twin.Text, "name", "domain", "time_zone"))
			one, err = d.Record(e.Value, shape)
			w.Organization = one.Values
		case "keys":
			w.Keys = []Key{}
			err = d.Rows(e.Value, "a key has secret and user, and nothing else", []string{"secret", "user"}, func(m map[string]string) {
				w.Keys = append(w.Keys, Key{m["secret"], m["user"]})
			})
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		default:
			shape, known := all[e.Key]
			if !known {
				return nil, d.Errorf(e.Line, "kisi has no %q; it has organization, keys, switches, %s", e.Key,
					strings.Join(slices.Sorted(maps.Keys(all)), ", "))
			}
			w.Records[e.Key], err = d.Records(e.Value, shape)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}
