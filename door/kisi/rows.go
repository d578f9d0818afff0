package kisi

import (
	"encoding/json"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// Role, types and the metadata key that this connector knows (vendors/kisi.md 2.1, 2.3).
const (
	roleBasic   = "group_basic"
	roleManager = "group_manager"
	onGroup     = "Group"
	onPlace     = "Place"
	onAll       = "Organization"
	ofUser      = "User"
	ofTeam      = "Team"
	externalKey = "cardea_person"
	maxMetadata = 500
)

func rowOf(raw json.RawMessage) (object.Fields, int64, *object.Flaw) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return nil, 0, &object.Flaw{Why: "the row is no object"}
	}
	id, ok := f.ID("id")
	if !ok {
		return f, 0, &object.Flaw{Why: "the row has no number as its id"}
	}
	return f, id, nil
}

// accountOf reads a user (vendors/kisi.md 2.1). It opens doors only while both switches are on.
func accountOf(raw json.RawMessage) (cardea.Account, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return cardea.Account{}, bad
	}
	a := cardea.Account{ID: cardea.AccountID(number(id))}
	name, ok1 := f.Text("name")
	email, ok2 := f.Text("email")
	on, ok3 := f.Flag("access_enabled", true)
	scim, ok4 := f.Flag("scim_access_enabled", true)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return a, &object.Flaw{Why: "name, email or an access switch of the user is of another type", Who: []cardea.Key{a.Key()}}
	}
	a.Name, a.Email, a.Shut = name, email, !on || !scim
	if external, ok := f.Object("metadata").Text(externalKey); ok {
		a.External = external
	}
	return a, nil
}

// groupOf reads a group (vendors/kisi.md 2.2). One without a place belongs to the whole organisation.
func groupOf(raw json.RawMessage) (cardea.Group, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		return cardea.Group{}, bad
	}
	g := cardea.Group{ID: cardea.GroupID(number(id))}
	name, ok := f.Text("name")
	if !ok || name == "" {
		return g, &object.Flaw{Why: "the group has no name", Who: []cardea.Key{g.Key()}}
	}
	g.Name = name
	if place, ok := f.Object("place").Text("name"); ok {
		g.Place = place
	}
	if at, ok := f.ID("place_id"); ok && g.Place == "" {
		g.Place = number(at)
	}
	return g, nil
}

// assignment is one role assignment: what of it concerns us.
type assignment struct {
	on   string // Organization, Place, Group
	user int64  // 0 = no user
	team int64  // 0 = no team
	role string
	edge cardea.Edge // when on is Group
}

// staffly says whether holding it makes a user or team staff.
func (a assignment) staffly() bool { return a.on != onGroup || a.role != roleBasic }

// assignmentOf reads a role assignment in the new form, with the older mirrors where the new fields are absent
// (vendors/kisi.md 2.3). Only a user's group_basic is a plain edge.
func assignmentOf(raw json.RawMessage) (assignment, *object.Flaw) {
	f, id, bad := rowOf(raw)
	if bad != nil {
		if f != nil {
			bad.Who = whoOf(f)
		}
		return assignment{}, bad
	}
	on, _ := f.Text("applies_to_type")
	if on == "" && f.Has("group_id") {
		on = onGroup
	}
	a := assignment{on: on}
	who, holder := holderOf(f)
	if holder == 0 {
		return a, &object.Flaw{Why: "the role assignment does not say whose it is", Who: whoOf(f)}
	}
	switch who {
	case ofUser:
		a.user = holder
	case ofTeam:
		a.team = holder
	}
	role, ok := f.Text("role_id")
	if !ok || role == "" || on == "" {
		return a, &object.Flaw{Why: "the role assignment has no role or applies to nothing", Who: whoOf(f)}
	}
	a.role = role
	if on != onGroup {
		return a, nil
	}
	group, ok := groupIn(f)
	if !ok {
		return a, &object.Flaw{Why: "the role assignment does not say for which group it is"}
	}
	from, ok1 := instant(f, "valid_from", cardea.Always)
	until, ok2 := instant(f, "valid_until", cardea.Never)
	a.edge = cardea.Edge{
		Group: group, Account: accountIn(who, holder), Ref: number(id), Window: cardea.Window{From: from, Until: until},
	}
	if !ok1 || !ok2 {
		return a, &object.Flaw{Why: "the times of the role assignment cannot be read", Who: []cardea.Key{a.edge.Key()}}
	}
	switch {
	case who != ofUser:
		a.edge.Foreign = "a " + who + ", not a user"
	case role != roleBasic:
		a.edge.Foreign = "role " + role
	}
	return a, nil
}

// holderOf finds the assignee and its type; 0 = it cannot be known.
func holderOf(f object.Fields) (string, int64) {
	who, ok := f.Text("assignee_type")
	id, has := f.ID("assignee_id")
	if ok && who != "" && has {
		return who, id
	}
	if f.Has("assignee_id") {
		return "", 0
	}
	for _, old := range []struct{ field, who string }{{"user_id", ofUser}, {"assignee_team_id", ofTeam}, {"guest_id", "Guest"}} {
		if id, ok := f.ID(old.field); ok && (who == "" || who == old.who) {
			return old.who, id
		}
	}
	return "", 0
}

func groupIn(f object.Fields) (cardea.GroupID, bool) {
	id, ok := f.ID("applies_to_id")
	if !ok && !f.Has("applies_to_id") {
		id, ok = f.ID("group_id")
	}
	return cardea.GroupID(number(id)), ok
}

// accountIn names users by their id; teams and guests get names that no user has.
func accountIn(who string, id int64) cardea.AccountID {
	if who == ofUser {
		return cardea.AccountID(number(id))
	}
	return cardea.AccountID(who + ":" + number(id))
}

// whoOf finds out of a broken row which edge it would have been.
func whoOf(f object.Fields) []cardea.Key {
	group, ok := groupIn(f)
	who, holder := holderOf(f)
	if !ok || holder == 0 {
		return nil
	}
	return []cardea.Key{cardea.Edge{Group: group, Account: accountIn(who, holder)}.Key()}
}
