package saltoks

import (
	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `saltoks:` part of a world file, or of a patch to it.
type World struct {
	Clients  []Client
	Logins   []Login
	Consents []Consent
	Switches map[string]string
	Sites    []twin.Place
}

// Client is an application that the vendor registered. Without a secret it is a public one.
type Client struct {
	ID, Secret string
	Redirects  []string // registered redirect_uris
	Scopes     []string // nil = all
}

// Login is the password of a platform user, who is named by e-mail.
type Login struct{ Username, Password string }

// Consent is a refresh token that was given before the world began.
type Consent struct{ RefreshToken, Client, Username string }

// parts lists the tables of a site as a world has them, those that others refer to first.
func parts() []string { return []string{"roles", "iqs", "locks", "users", "access_groups", "entries"} }

func siteShape() twin.Shape {
	fields := twin.Fields
	return twin.Join(fields(twin.ID, "id"),
		fields(twin.Text, "site_uid", "customer_reference", "country_code", "time_zone", "installation_state", "store_events_ttl"),
		fields(twin.Bool, "subscription_valid", "pin_enabled", "mkey_compatible"), fields(twin.Int, "subscribed_user_amount"),
		fields(twin.Texts, "features"), twin.Shape{"owner": {Kind: twin.Ref, To: "people"}})
}

// shapes: field names of vendors/saltoks.md 2. A site user holds its platform user in `user`; pin and keys are the sandbox's own
// way to say what a person has. A group's users, locks and time_schedules stand in it.
func shapes() map[string]twin.Shape {
	fields, join := twin.Fields, twin.Join
	named := join(fields(twin.ID, "id"), fields(twin.Text, "customer_reference"))
	ref := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
	refs := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Refs, To: to}} }
	person := join(fields(twin.ID, "id"), fields(twin.Text, "first_name", "last_name", "email", "image_url", "tag_number", "phone",
		"language", "tag_rf_id_uid"), fields(twin.Bool, "is_managed_by_current_site", "has_profile"))
	return map[string]twin.Shape{
		"roles": join(named, fields(twin.Text, "code"), ref("parent_id", "roles"), fields(twin.Bool, "is_hierarchical")),
		"users": join(fields(twin.ID, "id"), twin.Shape{"user": {Kind: twin.Nested, Fields: person}}, refs("roles", "roles"),
			fields(twin.Text, "alias", "subscription_state", "pin"), fields(twin.Bool, userFlags()...), fields(twin.Free, "keys"),
			fields(twin.Bool, "tag_owned_by_this_site"), fields(twin.Instant, "expires_at", "data_removal_expires_at")),
		"iqs": join(named, fields(twin.Text, "time_zone", "mac", "state", "data_sync_state", "reset_date", "revision", "operator"),
			fields(twin.Bool, "online", "otp_enabled", "restore_required", "led_enabled"), fields(twin.Int, "signal_strength")),
		"locks": join(named, fields(twin.Text, "mac", "lock_type", "locked_state", "iq_link_state", "battery_level", "floor",
			"communication_type", "tag_registration_state"),
			fields(twin.Bool, "online", "privacy_mode", "left_open_alarm", "intrusion_alarm"), ref("iq", "iqs"),
			fields(twin.Int, "offline_access_keys_limit", "offline_access_keys_count")),
		"access_groups": join(named, refs("users", "users"), refs("locks", "locks"), fields(twin.Free, "time_schedules")),
		"entries": join(fields(twin.ID, "id"), fields(twin.Text, "event_category", "event_detail", "access_by", "access_detail"),
			fields(twin.Instant, "utc_date_time"), fields(twin.Bool, "exit_requested"), ref("lock", "locks"), ref("user", "users")),
	}
}

// userFlags are the switches of a site user that a PATCH can set.
func userFlags() []string {
	return []string{
		"blocked", "use_pin", "override_privacy_mode", "toggle_easy_office_mode", "toggle_manual_office_mode", "remote_access",
	}
}

// ParseWorld reads the part.
func ParseWorld(d *twin.Document, n *yaml.Node) (*World, error) {
	w := &World{}
	entries, err := d.Entries(n)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		switch e.Key {
		case "clients":
			w.Clients, err = parseClients(d, e.Value)
		case "logins":
			err = d.Rows(e.Value, "a login has username, password, and nothing else", []string{"username", "password"},
				func(m map[string]string) { w.Logins = append(w.Logins, Login{m["username"], m["password"]}) })
		case "consents":
			err = d.Rows(e.Value, "a consent has refresh_token, client, username, and nothing else",
				[]string{"refresh_token", "client", "username"}, func(m map[string]string) {
					w.Consents = append(w.Consents, Consent{m["refresh_token"], m["client"], m["username"]})
				})
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		case "sites":
			w.Sites, err = d.Places(e.Value, "a site", siteShape(), parts(), shapes())
		default:
			err = d.Errorf(e.Line, "saltoks has no %q; it has clients, logins, consents, switches, sites", e.Key)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func parseClients(d *twin.Document, n *yaml.Node) ([]Client, error) {
	return twin.List(d, n, func(c *Client, e twin.Entry) (err error) {
		switch e.Key {
		case "id":
			c.ID, err = d.String(e.Value)
		case "secret":
			c.Secret, err = d.String(e.Value)
		case "redirect_uris":
			c.Redirects, err = d.Strings(e.Value)
		case "scopes":
			c.Scopes, err = d.Strings(e.Value)
		default:
			err = d.Errorf(e.Line, "a client has no %q; it has id, secret, redirect_uris, scopes", e.Key)
		}
		return err
	}, func(c Client) bool { return c.ID != "" }, "a client needs an id")
}
