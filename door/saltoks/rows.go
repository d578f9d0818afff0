package saltoks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

func rowOf(raw json.RawMessage) (object.Fields, string, *object.Flaw) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return nil, "", &object.Flaw{Why: "the row is no object"}
	}
	id, ok := guid(f, "id")
	if !ok {
		return f, "", &object.Flaw{Why: "the row has no id"}
	}
	return f, id, nil
}

// user is a site user as a row shows it.
type user struct {
	account  cardea.Account
	site     string // the site user's own id
	roles    []role
	unseated bool // suspended: it has no seat
	// uninvited users have no address but in their alias: Salto never wrote to them.
	uninvited bool
}

// role is one of a user's roles.
type role struct {
	code, name string
	ranks      bool // it stands in the order from Site User up to Owner
}

// userOf reads a site user (vendors/saltoks.md 2.3). Its account id is the platform id.
func userOf(raw json.RawMessage) (user, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return user{}, bad
	}
	u := user{site: id}
	person := f.Object("user")
	platform, ok := guid(person, "id")
	if !ok {
		return u, &object.Flaw{Why: "the site user has no platform id"}
	}
	u.account.ID = cardea.AccountID(platform)
	who := []cardea.Key{u.account.Key()}
	first, ok1 := text(person, "first_name")
	last, ok2 := text(person, "last_name")
	email, ok3 := text(person, "email")
	alias, ok4 := text(f, "alias")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return u, &object.Flaw{Why: "a name, alias or e-mail address of the site user is of another type", Who: who}
	}
	state, ok5 := text(f, "subscription_state")
	blocked, ok6 := f.Flag("blocked", false)
	roles, ok7 := f.Objects("roles")
	if !ok5 || !ok6 || !ok7 {
		return u, &object.Flaw{Why: "subscription_state, blocked or the roles of the site user are of another type", Who: who}
	}
	called, meant := aliasOf(alias)
	u.account.Name = strings.TrimSpace(first + " " + last)
	if u.account.Name == "" {
		u.account.Name = called
	}
	if u.account.Email = email; email == "" {
		u.account.Email, u.uninvited = meant, meant != ""
	}
	u.unseated = state != "" && !strings.EqualFold(state, "subscribed")
	u.account.Shut = u.unseated || blocked
	for _, r := range roles {
		code, _ := text(r, "code")
		name, _ := text(r, "customer_reference")
		ranks, _ := r.Flag("is_hierarchical", false)
		u.roles = append(u.roles, role{code: code, name: name, ranks: ranks})
	}
	return u, nil
}

// plainRoles are those that manage nothing (vendors/saltoks.md 2.2).
var plainRoles = []string{roleUser, "site_mobile_user", "site_remote_office_mode_user", "site_pod_member"}

const (
	roleUser  = "site_user"
	roleGuest = "site_guest"
)

// manages says why somebody with this role is staff; "" = they are not. A role that is not known counts where it ranks above
// others.
func (r role) manages() string {
	code := strings.ToLower(r.code)
	switch {
	case code == roleGuest:
		return "a guest who was let in at Salto"
	case slices.Contains(plainRoles, code):
		return ""
	case r.ranks, strings.Contains(code, "admin"), strings.Contains(code, "owner"):
		name := r.name
		if name == "" {
			name = r.code
		}
		return fmt.Sprintf("has the role %s at Salto", name)
	}
	return ""
}

// aliasFor is the alias of somebody who is not to get Salto's mail: to name the address in its field is to send one
// (vendors/saltoks.md 0.6), and without it nobody could be found again.
func aliasFor(name, email string) string { return strings.TrimSpace(name + " <" + email + ">") }

// aliasOf takes an alias apart; the address is "" when there is none at its end.
func aliasOf(alias string) (name, email string) {
	open := strings.LastIndexByte(alias, '<')
	if open < 0 || !strings.HasSuffix(alias, ">") {
		return alias, ""
	}
	email = alias[open+1 : len(alias)-1]
	at := strings.IndexByte(email, '@')
	if at <= 0 || at == len(email)-1 || strings.Count(email, "@") != 1 || strings.ContainsAny(email, " \t,;<>\"") {
		return alias, ""
	}
	return strings.TrimSpace(alias[:open]), email
}

// groupOf reads an access group (vendors/saltoks.md 2.4): its name is its customer_reference.
func groupOf(raw json.RawMessage) (cardea.Group, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return cardea.Group{}, bad
	}
	g := cardea.Group{ID: cardea.GroupID(id)}
	name, ok := text(f, "customer_reference")
	if !ok || name == "" {
		return g, &object.Flaw{Why: "the access group has no customer_reference, which is its name", Who: []cardea.Key{g.Key()}}
	}
	g.Name = name
	return g, nil
}

// edgeOf is a membership: there is no handle for it but the two ids, and it has no dates.
func edgeOf(group cardea.GroupID, account cardea.AccountID) cardea.Edge {
	e := cardea.Edge{Group: group, Account: account, Window: cardea.Forever}
	e.Ref = e.Key().ID
	return e
}

// folded is an address as addresses are compared.
func folded(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
