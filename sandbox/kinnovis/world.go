package kinnovis

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `kinnovis:` part of a world file, or of a patch to it.
type World struct {
	Tokens        []Token
	Clients       []Client
	WebhookSecret string // of webhooks that name none
	Switches      map[string]string
	Records       map[string][]twin.Record // by collection
}

// Token is a static access token.
type Token struct {
	Secret string
	Scopes []string // nil = all
}

// Client may ask for tokens by client_credentials.
type Client struct {
	ID, Secret string
	Scopes     []string // nil = all
}

// ParseWorld reads the part.
func ParseWorld(d *twin.Document, n *yaml.Node) (*World, error) {
	w := &World{Records: map[string][]twin.Record{}}
	entries, err := d.Entries(n)
	if err != nil {
		return nil, err
	}
	shapes, names := map[string]twin.Shape{}, []string{}
	for _, c := range collections() {
		shapes[c.key] = c.shape
		names = append(names, c.key)
	}
	for _, e := range entries {
		switch e.Key {
		case "tokens":
			err = credentials(d, e, false, func(_, secret string, scopes []string) {
				w.Tokens = append(w.Tokens, Token{secret, scopes})
			})
		case "clients":
			err = credentials(d, e, true, func(id, secret string, scopes []string) {
				w.Clients = append(w.Clients, Client{id, secret, scopes})
			})
		case "webhook_secret":
			w.WebhookSecret, err = d.String(e.Value)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		default:
			shape, known := shapes[e.Key]
			if !known {
				return nil, d.Errorf(e.Line, "kinnovis has no %q; it has tokens, clients, webhook_secret, switches, %s", e.Key,
					strings.Join(names, ", "))
			}
			w.Records[e.Key], err = d.Records(e.Value, shape)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// credentials reads a list of tokens (secret, scopes) or clients (id, secret, scopes); scopes is a list, or all.
func credentials(d *twin.Document, list twin.Entry, ids bool, add func(id, secret string, scopes []string)) error {
	items, err := d.Items(list.Value)
	if err != nil {
		return err
	}
	for _, item := range items {
		entries, err := d.Entries(item)
		if err != nil {
			return err
		}
		var id, secret string
		var scopes []string
		for _, e := range entries {
			switch {
			case e.Key == "id" && ids:
				id, err = d.String(e.Value)
			case e.Key == "secret":
				secret, err = d.String(e.Value)
			case e.Key == "scopes":
				if scopes, err = d.Strings(e.Value); len(scopes) == 1 && scopes[0] == "all" {
					scopes = nil
				}
			default:
				err = d.Errorf(e.Line, "%s have no %q", list.Key, e.Key)
			}
			if err != nil {
				return err
			}
		}
		if secret == "" || ids && id == "" {
			return d.Errorf(item.Line, "one of %s lacks its id or secret", list.Key)
		}
		for _, s := range scopes {
			if !knownScope(s) {
				return d.Errorf(item.Line, "there is no scope %q; they are like public.unit:read", s)
			}
		}
		add(id, secret, scopes)
	}
	return nil
}
