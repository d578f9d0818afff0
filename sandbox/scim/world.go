package scim

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `scim:` part of a world file, or of a patch to it.
//
//	scim:
//	  name: Door control
//	  tokens: [{secret: scim-token, admin: true, user: olga@x.test}] # admin: default true; user: for /Me, may be left out
//	  basic: {user: cardea, password: secret}                        # may be left out
//	  switches: {members: listed}
//	  users:                       # SCIM's own attributes; id may be left out
//	    - {id: ana, userName: ana@x.test, displayName: Ana Alves, name: {givenName: Ana, familyName: Alves},
//	       emails: [ana@x.test], active: true}
//	  groups:                      # members: a user's id, userName, e-mail or displayName, or `group:` and a group's
//	    - {id: "11", displayName: First floor, members: [ana, "group:Cleaners"]}
//
// An e-mail or phone number may be plain text (the first is primary). An id that is a number is what goes out as the id;
// users and groups share one row of numbers. A user that says nothing is active. A record in a patch is found by its id, else by
// userName or displayName; null takes an attribute away.
type World struct {
	Name     string
	Tokens   []Token
	Basic    *Basic
	Switches map[string]string
	Users    []twin.Record
	Groups   []twin.Record
}

// Token is a bearer token. One that is no admin's reads only.
type Token struct {
	Secret string
	Admin  bool
	User   string
}

// Basic is a user and password for HTTP Basic.
type Basic struct{ User, Password string }

// shape is what a record of a kind may say; what the attributes hold is checked against the schema.
func shape(k *kind) twin.Shape {
	s := twin.Shape{
		"id": {Kind: twin.ID}, "externalId": {Kind: twin.Text},
		"meta": {Kind: twin.Nested, Fields: twin.Fields(twin.Instant, "created", "lastModified")},
	}
	for _, a := range k.core.attrs {
		if a.mutability != "readOnly" {
			s[a.name] = twin.Field{Kind: twin.Free}
		}
	}
	for _, x := range k.extensions {
		s[x.urn] = twin.Field{Kind: twin.Free}
	}
	if k == groups {
		s["members"] = twin.Field{Kind: twin.Refs, To: "users"}
	}
	return s
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
		case "name":
			w.Name, err = d.String(e.Value)
		case "tokens":
			w.Tokens, err = parseTokens(d, e.Value)
		case "basic":
			w.Basic, err = parseBasic(d, e)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		case "users":
			w.Users, err = d.Records(e.Value, shape(users))
		case "groups":
			w.Groups, err = d.Records(e.Value, shape(groups))
		default:
			err = d.Errorf(e.Line, "scim has no %q; it has name, tokens, basic, switches, users, groups", e.Key)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func parseTokens(d *twin.Document, n *yaml.Node) ([]Token, error) {
	records, err := d.Records(n, twin.Join(twin.Fields(twin.Text, "secret", "user"), twin.Fields(twin.Bool, "admin")))
	if err != nil {
		return nil, err
	}
	out := []Token{}
	for _, r := range records {
		t := Token{Secret: text(r.Values, "secret"), User: text(r.Values, "user"), Admin: true}
		if admin, given := r.Values["admin"].(bool); given {
			t.Admin = admin
		}
		if strings.TrimSpace(t.Secret) == "" {
			return nil, d.Errorf(r.Line, "a token has a secret")
		}
		out = append(out, t)
	}
	return out, nil
}

func parseBasic(d *twin.Document, e twin.Entry) (*Basic, error) {
	m, err := d.Pairs(e.Value)
	if err != nil {
		return nil, err
	}
	b := &Basic{m["user"], m["password"]}
	if len(m) != 2 || b.User == "" || b.Password == "" {
		return nil, d.Errorf(e.Line, "basic has user and password, and nothing else")
	}
	return b, nil
}
