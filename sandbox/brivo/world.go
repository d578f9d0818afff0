package brivo

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `brivo:` part of a world file, or of a patch to it.
type World struct {
	Account  map[string]any // id, name, region (us, eu), passes, walletPasses
	Keys     []Key
	Switches map[string]string
	Records  map[string][]twin.Record // by table
}

// Key is an API key with its limits (3.3); 0 = a developer key's.
type Key struct {
	Key      string
	QPS      int
	Monthly  int
	Inactive bool
}

// Limits of a developer key (3.3).
const (
	developerQPS     = 25
	developerMonthly = 25_000
)

// tables lists the collections of a world file, those that others refer to first.
func tables() []string {
	return []string{
		"schedules", "sites", "access_points", "groups", "permissions", "custom_fields", "users", "credentials", "invitations",
		"event_subscriptions", "administrators", "applications",
	}
}

// Field lists: vendors/brivo.md 2.1 and 4 to 8. A reference is an id, or what people call the thing. Not the vendor's: a
// user's groups and customFields by name, hidden and multifamily of a group, connected of an access point, an administrator's
// groups and password, kind of a credential.
func shapes() map[string]twin.Shape {
	fields, join := twin.Fields, twin.Join
	own := fields(twin.ID, "id")
	ref := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
	groups := twin.Shape{"groups": {Kind: twin.Refs, To: "groups"}}
	return map[string]twin.Shape{
		"schedules": join(own, fields(twin.Text, "name", "description"), fields(twin.Free, "scheduleBlocks", "scheduleExceptions"),
			fields(twin.Int, "gracePeriod"), fields(twin.Bool, "editable")),
		"sites": join(own, fields(twin.Text, "siteName", "timeZone"), fields(twin.Free, "address")),
		"access_points": join(own, ref("siteId", "sites"), fields(twin.Text, "name", "type"), fields(twin.Int, "controlPanelId"),
			fields(twin.Bool, "activationEnabled", "twoFactorEnabled", "connected")),
		"groups": join(own, fields(twin.Text, "name", "antipassbackResetTime"),
			fields(twin.Bool, "keypadUnlock", "immuneToAntipassback", "excludedFromLockdown", "hidden", "multifamily")),
		"permissions": join(own, ref("groupId", "groups"), ref("accessPointId", "access_points"), ref("scheduleId", "schedules"),
			fields(twin.Bool, "privacyModeOverride")),
		"custom_fields": join(own, fields(twin.Text, "fieldName", "fieldType", "pattern"), fields(twin.Int, "displayOrder")),
		"users": join(own, groups, fields(twin.Text, "externalId", "firstName", "middleName", "lastName", "pin"),
			fields(twin.Instant, "created", "updated", "effectiveFrom", "effectiveTo"),
			fields(twin.Bool, "suspended", "bleTwoFactorExempt"), fields(twin.Free, "emails", "phoneNumbers", "customFields")),
		"credentials": join(own, ref("userId", "users"), fields(twin.Text, "referenceId", "encodedCredential", "kind"),
			fields(twin.Int, "format", "size"), fields(twin.Free, "fieldValues"),
			fields(twin.Instant, "effectiveFrom", "effectiveTo")),
		"invitations": join(own, ref("userId", "users"), fields(twin.Text, "referenceId", "accessCode", "status"),
			fields(twin.Int, "credentialId"), fields(twin.Instant, "created", "expiration", "cancelDate"),
			fields(twin.Bool, "nfcEnabled")),
		"event_subscriptions": join(own, fields(twin.Text, "name", "url", "errorEmail"), fields(twin.Free, "criteria")),
		"administrators": join(own, groups, fields(twin.Text, "username", "password", "firstName", "lastName", "email", "timezone",
			"identityType"), fields(twin.Bool, "canCreateAdmins")),
		"applications": join(own, fields(twin.Text, "name", "description", "clientId", "secret", "redirectUri"),
			fields(twin.Texts, "grantTypes"), fields(twin.Int, "accessTokenTtl", "refreshTokenTtl"),
			fields(twin.Instant, "created", "updated")),
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
		case "account":
			err = w.parseAccount(d, e)
		case "keys":
			w.Keys, err = parseKeys(d, e.Value)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		default:
			shape, known := all[e.Key]
			if !known {
				return nil, d.Errorf(e.Line, "brivo has no %q; it has account, keys, switches, %s", e.Key,
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

func (w *World) parseAccount(d *twin.Document, e twin.Entry) error {
	shape := twin.Join(twin.Fields(twin.Int, "id", "passes", "walletPasses"), twin.Fields(twin.Text, "name", "region"))
	one, err := d.Record(e.Value, shape)
	if err != nil {
		return err
	}
	w.Account = one.Values
	if region, named := w.Account["region"]; named && region != "us" && region != "eu" {
		return d.Errorf(e.Line, "region is us or eu")
	}
	return nil
}

func parseKeys(d *twin.Document, n *yaml.Node) ([]Key, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := []Key{}
	for _, item := range items {
		m, err := d.Pairs(item)
		if err != nil {
			return nil, err
		}
		k := Key{Key: m["key"], QPS: developerQPS, Monthly: developerMonthly, Inactive: m["inactive"] == "true"}
		for name, into := range map[string]*int{"qps": &k.QPS, "monthly": &k.Monthly} {
			if s, given := m[name]; given {
				if *into, err = strconv.Atoi(s); err != nil || *into < 1 {
					return nil, d.Errorf(item.Line, "%s must be a number above 0", name)
				}
			}
			delete(m, name)
		}
		delete(m, "key")
		delete(m, "inactive")
		if len(m) > 0 || k.Key == "" {
			return nil, d.Errorf(item.Line, "a key has key, and may have qps, monthly and inactive")
		}
		out = append(out, k)
	}
	return out, nil
}
