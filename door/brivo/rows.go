package brivo

import (
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

func rowOf(raw json.RawMessage) (object.Fields, int64, *object.Flaw) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return nil, 0, &object.Flaw{Why: "the row is no object"}
	}
	id, ok := f.LooseID("id")
	if !ok {
		return f, 0, &object.Flaw{Why: "the row has no number as its id"}
	}
	return f, id, nil
}

// user is a user as a row shows it.
type user struct {
	account cardea.Account
	short   bool     // the row does not say what address the user has
	emails  []string // every address
}

// userOf reads a user (vendors/brivo.md 4). Rows of a list may hold less than the user itself; one without created, which every
// user has, is such a row.
func userOf(raw json.RawMessage) (user, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return user{}, bad
	}
	u := user{account: cardea.Account{ID: cardea.AccountID(number(id))}}
	who := []cardea.Key{u.account.Key()}
	first, ok1 := f.Loose("firstName")
	last, ok2 := f.Loose("lastName")
	external, ok3 := f.Loose("externalId")
	shut, ok4 := f.Flag("suspended", false)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return u, &object.Flaw{Why: "a name, externalId or suspended of the user is of another type", Who: who}
	}
	u.account.Name, u.account.External, u.account.Shut = strings.TrimSpace(first+" "+last), personIn(external), shut
	emails, ok5 := f.Objects("emails")
	phones, ok6 := f.Objects("phoneNumbers")
	if !ok5 || !ok6 {
		return u, &object.Flaw{Why: "emails or phoneNumbers of the user is no list", Who: who}
	}
	for _, e := range emails {
		if address, ok := e.Loose("address"); ok && strings.TrimSpace(address) != "" {
			u.emails = append(u.emails, strings.TrimSpace(address))
		}
	}
	if len(u.emails) > 0 {
		u.account.Email = u.emails[0]
	}
	for _, p := range phones {
		if n, ok := p.Loose("number"); ok && n != "" && u.account.Phone == "" {
			u.account.Phone = n
		}
	}
	u.short = !f.Has("emails") && !f.Has("created")
	return u, nil
}

// groupOf reads a group (vendors/brivo.md 5). It says nothing of its site.
func groupOf(raw json.RawMessage) (cardea.Group, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return cardea.Group{}, bad
	}
	g := cardea.Group{ID: cardea.GroupID(number(id))}
	name, ok := f.Loose("name")
	if !ok || strings.TrimSpace(name) == "" {
		return g, &object.Flaw{Why: "the group has no name", Who: []cardea.Key{g.Key()}}
	}
	g.Name = name
	return g, nil
}

// edgeOf is a user's membership of a group: there is no handle for it but the two, and it has no dates.
func edgeOf(group, account int64) cardea.Edge {
	return cardea.Edge{
		Group: cardea.GroupID(number(group)), Account: cardea.AccountID(number(account)), Window: cardea.Forever,
		Ref: number(group) + "/" + number(account),
	}
}
