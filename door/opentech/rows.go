package opentech

import (
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// The three states of a unit, exactly as the vendor writes them (vendors/opentech-kinnovis.md 1.2).
const (
	vacant     = "Vacant"
	rented     = "Rented"
	delinquent = "Delinquent"
)

// What group ids begin with.
const (
	unitPrefix    = "unit:"
	profilePrefix = "profile:"
)

// extendedKey is where a visitor that we made carries its account. Whether the vendor shows it again is not certain.
const extendedKey = "cardea"

// unit is one rentable unit.
type unit struct {
	id     int64
	number string // as at the vendor
	state  cardea.UnitState
}

func unitGroup(number string) cardea.GroupID { return cardea.GroupID(unitPrefix + fold(number)) }

func (u unit) group() cardea.GroupID { return unitGroup(u.number) }

func (u unit) shown() cardea.Group {
	return cardea.Group{ID: u.group(), Name: trim(u.number), Unit: u.state}
}

// noted puts a flaw on the collection. No code goes with it.
func noted(p *cardea.Pages, f *object.Flaw, raw json.RawMessage) {
	var row map[string]json.RawMessage
	if json.Unmarshal(raw, &row) != nil {
		p.Bad(nil, f.Who, f.Why) // what is no object may hold anything
		return
	}
	for k := range row {
		if l := strings.ToLower(k); l == "code" || strings.HasSuffix(l, "accesscode") || l == "extendeddata" {
			delete(row, k)
		}
	}
	clean, err := json.Marshal(row)
	if err != nil {
		clean = nil
	}
	p.Bad(wire.Redact(clean), f.Who, f.Why)
}

// unitOf reads a unit (vendors/opentech-kinnovis.md 2.6).
func unitOf(raw json.RawMessage) (unit, *object.Flaw) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return unit{}, &object.Flaw{Why: "the unit is no object"}
	}
	var u unit
	name, ok := f.Loose("unitNumber")
	if u.number = name; !ok || trim(name) == "" {
		return unit{}, &object.Flaw{Why: "the unit has no number"}
	}
	who := []cardea.Key{u.shown().Key()}
	id, ok := f.ID("id")
	if !ok {
		return unit{}, &object.Flaw{Why: "the unit " + trim(name) + " has no id", Who: who}
	}
	u.id = id
	state, _ := f.Text("status")
	switch state {
	case vacant:
		u.state = cardea.UnitVacant
	case rented:
		u.state = cardea.UnitRented
	case delinquent:
		u.state = cardea.UnitLocked
	default:
		return u, &object.Flaw{Why: "the unit " + trim(name) + " is in a state that is not known: " + state, Who: who}
	}
	return u, nil
}

// visitor is one person's entry: on one unit, or on none (vendors/opentech-kinnovis.md 1.1, 2.6).
type visitor struct {
	id         int64
	unit       int64 // 0 = none
	unitNumber string
	name       string
	email      string
	phone      string
	tenant     bool
	portal     bool
	enabled    bool
	lockedOut  bool   // false only when the vendor says so
	code       string // "" = the vendor does not show it
	profile    int64  // 0 = the default
	timeGroup  int64
	shown      cardea.Attributes
	key        string // what extendedData says, "" = nothing
}

func (v visitor) ref() string { return number(v.id) }

// visitorOf reads a visitor. One that says neither that it is enabled nor that it is locked out is enabled: a removal is
// then never confirmed without having been seen.
func visitorOf(raw json.RawMessage) (visitor, *object.Flaw) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return visitor{}, &object.Flaw{Why: "the visitor is no object"}
	}
	id, ok := f.ID("id")
	if !ok {
		return visitor{}, &object.Flaw{Why: "the visitor has no number as its id"}
	}
	v := visitor{id: id}
	good := true
	read := func(ok bool) { good = good && ok }
	v.unit, ok = optional(f, "unitId")
	read(ok)
	v.unitNumber, ok = f.Loose("unitNumber")
	read(ok)
	v.name, ok = f.Text("name")
	read(ok)
	if v.name == "" {
		first, ok1 := f.Text("firstName")
		last, ok2 := f.Text("lastName")
		v.name = trim(first + " " + last)
		read(ok1 && ok2)
	}
	v.email, ok = f.Text("email")
	read(ok)
	v.phone, ok = f.Text("mobilePhoneNumber")
	read(ok)
	v.tenant, ok = f.Flag("isTenant", false)
	read(ok)
	v.portal, ok = f.Flag("isPortalVisitor", false)
	read(ok)
	enabled, ok := f.Flag("isEnabled", true)
	read(ok)
	out, ok := f.Flag("isLockedOut", false)
	read(ok)
	v.enabled = enabled && !out
	v.lockedOut = out || !f.Has("isLockedOut") && !enabled
	v.code, _ = f.Loose("code")
	v.profile, ok = optional(f, "accessProfileId")
	read(ok)
	v.timeGroup, ok = optional(f, "timeGroupId")
	read(ok)
	v.shown.Profile, _ = f.Text("accessProfileName")
	v.shown.TimeGroup, _ = f.Text("timeGroupName")
	if key, ok := f.Object("extendedData").Text(extendedKey); ok && isAccount(key) {
		v.key = key
	}
	if !good {
		return v, &object.Flaw{Why: "a field of visitor " + number(id) + " is of another type than documented"}
	}
	return v, nil
}

// What account ids begin with: our person, an address, a visitor.
const (
	personPrefix  = "p:"
	mailPrefix    = "mail:"
	visitorPrefix = "v:"
)

func isAccount(id string) bool {
	return strings.HasPrefix(id, personPrefix) || strings.HasPrefix(id, mailPrefix) || strings.HasPrefix(id, visitorPrefix)
}

// edgeOf takes an edge's key apart. Group and account may both hold slashes; an account begins with one of its prefixes.
func edgeOf(id string) (cardea.GroupID, cardea.AccountID, bool) {
	for i, c := range id {
		if c == '/' && isAccount(id[i+1:]) {
			return cardea.GroupID(id[:i]), cardea.AccountID(id[i+1:]), i > 0
		}
	}
	return "", "", false
}

// externalOf is our person id in an account's, "" when it bears none.
func externalOf(a cardea.AccountID) string {
	p, ok := strings.CutPrefix(string(a), personPrefix)
	if !ok {
		return ""
	}
	return p
}
