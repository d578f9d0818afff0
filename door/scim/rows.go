package scim

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// rowOf reads any resource and its id (RFC 7643 3.1), which must be one that a path can hold.
func rowOf(raw json.RawMessage) (fields, string, *object.Flaw) {
	var f fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return nil, "", &object.Flaw{Why: "the row is no object"}
	}
	id, ok := f.text("id")
	if !ok || !usable(id) {
		return f, "", &object.Flaw{Why: "the row has no id that can be used"}
	}
	return f, id, nil
}

// usable says whether an id names something and can stand in a path.
func usable(id string) bool {
	return id != "" && id != "." && id != ".." && !strings.ContainsAny(id, "\r\n")
}

// found is a user and what people are found by: the addresses that it goes by, folded.
type found struct {
	account   cardea.Account
	addresses []string
}

// is says how a user is the person's: by our id, by an address, or not at all.
func (f found) is(p cardea.NewAccount) (byID, byEmail bool) {
	email := fold(p.Email)
	return p.Person != "" && f.account.External == string(p.Person), email != "" && slices.Contains(f.addresses, email)
}

// accountOf reads a user (RFC 7643 4.1). The account behind the credentials is not known here.
func accountOf(raw json.RawMessage) (cardea.Account, *object.Flaw) {
	f, bad := userOf(raw)
	return f.account, bad
}

// userOf reads a user. Of one that is flawed it says as much as can be read.
func userOf(raw json.RawMessage) (found, *object.Flaw) {
	f, id, bad := rowOf(raw)
	var u found
	u.account.ID = cardea.AccountID(id)
	u.account.External, _ = f.text("externalId")
	login, _ := f.text("userName")
	u.account.Email, u.addresses = addressesOf(f, login)
	u.account.Name = nameOf(f, login)
	u.account.Phone = phoneOf(f)
	u.account.Staff = staffly(f)
	active, ok := f.flag("active", true)
	u.account.Shut = !active
	if bad == nil && !ok {
		bad = &object.Flaw{Why: "whether the user is active cannot be read", Who: []cardea.Key{u.account.Key()}}
	}
	return u, bad
}

// addressesOf chooses a user's address among "emails": the primary one, else one for work, else the first; else userName
// where that is an address. It returns all of them beside it, folded.
func addressesOf(f fields, login string) (string, []string) {
	var best string
	var all []string
	rank := 0
	emails, _ := f.values("emails")
	for _, e := range emails {
		value, ok := e.text("value")
		if !ok || value == "" {
			continue
		}
		all = append(all, fold(value))
		r := 1
		kind, _ := e.text("type")
		if strings.EqualFold(kind, "work") {
			r = 2
		}
		if primary, ok := e.flag("primary", false); ok && primary {
			r = 3
		}
		if r > rank {
			best, rank = value, r
		}
	}
	if strings.Contains(login, "@") {
		all = append(all, fold(login))
		if best == "" {
			best = login
		}
	}
	return best, all
}

// fold brings an address into the form in which two spellings of it are equal.
func fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func nameOf(f fields, login string) string {
	if s, ok := f.text("displayName"); ok && s != "" {
		return s
	}
	n := f.object("name")
	if s, ok := n.text("formatted"); ok && s != "" {
		return s
	}
	first, _ := n.text("givenName")
	last, _ := n.text("familyName")
	if s := strings.TrimSpace(first + " " + last); s != "" {
		return s
	}
	return login
}

// groupOf reads a group (RFC 7643 4.2).
func groupOf(raw json.RawMessage) (cardea.Group, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return cardea.Group{}, bad
	}
	g := cardea.Group{ID: cardea.GroupID(id)}
	name, ok := f.text("displayName")
	if !ok || name == "" {
		return g, &object.Flaw{Why: "the group has no displayName", Who: []cardea.Key{g.Key()}}
	}
	g.Name = name
	return g, nil
}
