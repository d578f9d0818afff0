package officernd

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `officernd:` part of a world file, or of a patch to it.
type World struct {
	Org           string // the slug in the path
	Name          string // default: Org
	RegionURL     string // default: where the request came in
	Clients       []Client
	WebhookSecret string // secret of webhooks made through the API; default: one made from their id
	Switches      map[string]string
	Records       map[string][]twin.Record // by the collection's key in the file
}

// Client is an application with its granted scopes; nil = all.
type Client struct {
	ID, Secret string
	Scopes     []string
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
		case "org":
			w.Org, err = d.String(e.Value)
		case "name":
			w.Name, err = d.String(e.Value)
		case "region_url":
			w.RegionURL, err = d.String(e.Value)
		case "webhook_secret":
			w.WebhookSecret, err = d.String(e.Value)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		case "clients":
			w.Clients, err = parseClients(d, e.Value)
		default:
			shape, known := all[e.Key]
			if !known {
				return nil, d.Errorf(e.Line, "officernd has no %q; it has org, name, region_url, clients, webhook_secret, switches, %s",
					e.Key, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
			}
			w.Records[e.Key], err = d.Records(e.Value, shape)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// parseClients reads the clients; an empty list is none, and in a patch leaves them as they are.
func parseClients(d *twin.Document, n *yaml.Node) ([]Client, error) {
	clients, err := twin.List(d, n, func(c *Client, e twin.Entry) (err error) {
		switch e.Key {
		case "id":
			c.ID, err = d.String(e.Value)
		case "secret":
			c.Secret, err = d.String(e.Value)
		case "scopes":
			c.Scopes, err = d.Strings(e.Value)
			if len(c.Scopes) == 1 && c.Scopes[0] == "all" {
				c.Scopes = nil
			}
		default:
			err = d.Errorf(e.Line, "a client has id, secret and scopes, not %q", e.Key)
		}
		return err
	}, func(c Client) bool { return c.ID != "" && c.Secret != "" }, "a client needs id and secret")
	if len(clients) == 0 {
		return nil, err
	}
	return clients, err
}
