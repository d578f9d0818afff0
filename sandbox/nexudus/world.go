package nexudus

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `nexudus:` part of a world file, or of a patch to it.
type World struct {
	Users         []User
	WebhookSecret string            // the account's shared secret (3.3); "" = webhooks are not signed
	Zones         map[string]string // business -> IANA zone
	ACS           []ACS
	Switches      map[string]string
	Records       map[string][]twin.Record // by the entity's key
}

// User is somebody who may use the API.
type User struct {
	Email, Password string
	TOTP            string   // the code that the second factor takes here; "" = no second factor
	Roles           []string // nil = unrestricted
	Member          bool     // a plain member: gets tokens, and 401 on every admin route
}

// ACS is the Custom ACS page of one business (4.3).
type ACS struct {
	Business                  string
	GroupsURL, GroupsToken    string
	WebhookURL, WebhookBearer string
}

// ParseWorld reads the part.
func ParseWorld(d *twin.Document, n *yaml.Node) (*World, error) {
	w := &World{Records: map[string][]twin.Record{}}
	entries, err := d.Entries(n)
	if err != nil {
		return nil, err
	}
	all := entities()
	for _, e := range entries {
		switch e.Key {
		case "users":
			w.Users, err = parseUsers(d, e.Value)
		case "webhook_secret":
			w.WebhookSecret, err = d.String(e.Value)
		case "zones":
			w.Zones, err = d.Pairs(e.Value)
		case "acs":
			w.ACS, err = parseACS(d, e.Value)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		default:
			kind, known := all.by[e.Key]
			if !known {
				return nil, d.Errorf(e.Line, "nexudus has no %q; it has users, webhook_secret, zones, acs, switches, %s", e.Key,
					strings.Join(slices.Sorted(maps.Keys(all.by)), ", "))
			}
			w.Records[e.Key], err = d.Records(e.Value, kind.shape)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func parseUsers(d *twin.Document, n *yaml.Node) ([]User, error) {
	return twin.List(d, n, func(u *User, e twin.Entry) (err error) {
		switch e.Key {
		case "email":
			u.Email, err = d.String(e.Value)
		case "password":
			u.Password, err = d.String(e.Value)
		case "totp":
			u.TOTP, err = d.String(e.Value)
		case "roles":
			u.Roles, err = d.Strings(e.Value)
			switch {
			case len(u.Roles) == 1 && u.Roles[0] == "all":
				u.Roles = nil
			case len(u.Roles) == 1 && u.Roles[0] == "member":
				u.Roles, u.Member = nil, true
			}
		default:
			err = d.Errorf(e.Line, "a user has email, password, totp and roles, not %q", e.Key)
		}
		return err
	}, func(u User) bool { return u.Email != "" && u.Password != "" }, "a user needs email and password")
}

func parseACS(d *twin.Document, n *yaml.Node) ([]ACS, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := []ACS{}
	for _, item := range items {
		p, err := d.Pairs(item)
		if err != nil {
			return nil, err
		}
		for k := range p {
			if !slices.Contains(words("business groups_url groups_token webhook_url webhook_bearer"), k) {
				err = fmt.Errorf("acs has business, groups_url, groups_token, webhook_url and webhook_bearer, not %q", k)
				return nil, d.Errorf(item.Line, "%w", err)
			}
		}
		a := ACS{p["business"], p["groups_url"], p["groups_token"], p["webhook_url"], p["webhook_bearer"]}
		if a.Business == "" || a.GroupsURL == "" || a.WebhookURL == "" {
			return nil, d.Errorf(item.Line, "acs needs business, groups_url and webhook_url")
		}
		out = append(out, a)
	}
	return out, nil
}
