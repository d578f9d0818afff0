package brivo

import (
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// flaw says why a row cannot be used and which records it would have been about.
type flaw struct {
	why string
	who []cardea.Key
}

func (f *flaw) note(p *cardea.Pages, raw json.RawMessage) { p.Bad(wire.Redact(raw), f.who, f.why) }

func rowOf(raw json.RawMessage) (fields, int64, *flaw) {
	var f fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return nil, 0, &flaw{why: "the row is no object"}
	}
	id, ok := f.id("id")
	if !ok {
		return f, 0, &flaw{why: "the row has no number as its id"}
	}
	return f, id, nil
}

// user is a user as a row shows it.
type user struct {
	account cardea.Account
	short   bool     // the row does not say what address the user has
	emails  []string // every address
	fields  fields
}

// userOf reads a user (vendors/brivo.md 4). Rows of a list may hold less than the user itself; one without created, which every
// user has, is such a row.
func userOf(raw json.RawMessage) (user, *flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return user{}, bad
	}
	u := user{account: cardea.Account{ID: cardea.AccountID(number(id))}, fields: f}
	who := []cardea.Key{u.account.Key()}
	first, ok1 := f.text("firstName")
	last, ok2 := f.text("lastName")
	external, ok3 := f.text("externalId")
	shut, ok4 := f.flag("suspended")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return u, &flaw{why: "a name, externalId or suspended of the user is of another type", who: who}
	}
	u.account.Name, u.account.External, u.account.Shut = strings.TrimSpace(first+" "+last), personIn(external), shut
	emails, ok5 := f.objects("emails")
	phones, ok6 := f.objects("phoneNumbers")
	if !ok5 || !ok6 {
		return u, &flaw{why: "emails or phoneNumbers of the user is no list", who: who}
	}
	for _, e := range emails {
		if address, ok := e.text("address"); ok && strings.TrimSpace(address) != "" {
			u.emails = append(u.emails, strings.TrimSpace(address))
		}
	}
	if len(u.emails) > 0 {
		u.account.Email = u.emails[0]
	}
	for _, p := range phones {
		if n, ok := p.text("number"); ok && n != "" && u.account.Phone == "" {
			u.account.Phone = n
		}
	}
	u.short = !f.has("emails") && !f.has("created")
	return u, nil
}

// groupOf reads a group (vendors/brivo.md 5). It says nothing of its site.
func groupOf(raw json.RawMessage) (cardea.Group, *flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return cardea.Group{}, bad
	}
	g := cardea.Group{ID: cardea.GroupID(number(id))}
	name, ok := f.text("name")
	if !ok || strings.TrimSpace(name) == "" {
		return g, &flaw{why: "the group has no name", who: []cardea.Key{g.Key()}}
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
