package desk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Numbering says which group a unit of a number has at a door system that has units of its own, or will have once it is
// made; nil where the door system has none (door.Units).
type Numbering func(number string) cardea.GroupID

// unitPermission is the issue of an access permission that is no group, or several.
const unitPermission = "unit-permission"

// unitBook is what is to be known while an integration's units are looked at.
type unitBook struct {
	numbering Numbering
	there     map[cardea.GroupID]bool
	gone      map[cardea.Key]bool
	named     map[string]bool             // resources that a mapping names
	owner     map[cardea.GroupID][]string // units by the group that their number gives them
}

// units ties every rentable unit in scope to the groups of its access permissions (RULES.md UNIT), beside the mappings
// that name one. At a door system that has units a unit's own number is one of its permissions: the group comes into
// being with it. Groups of units are shared unless the configuration says otherwise.
func (r *resolver) units(s cardea.Settings, dir cardea.Directory, groups []cardea.Group, numbering Numbering) []cardea.Mapping {
	if !r.in.Units {
		return s.Mappings
	}
	b := unitBook{
		numbering: numbering, there: map[cardea.GroupID]bool{}, gone: map[cardea.Key]bool{}, named: map[string]bool{},
		owner: map[cardea.GroupID][]string{},
	}
	for _, g := range groups {
		b.there[g.ID] = true
	}
	for _, g := range dir.Gone {
		b.gone[g.Key] = true
	}
	others := map[cardea.GroupID]bool{} // groups that open for more than their unit
	for _, m := range s.Mappings {
		if m.Kind == cardea.ItemUnits {
			b.named[m.Item] = true
			continue
		}
		for _, g := range m.Groups {
			others[g] = true
		}
	}
	var all []cardea.Resource
	for _, u := range dir.Resources {
		if u.Unit && (len(s.Locations) == 0 || slices.Contains(s.Locations, u.Location)) {
			all = append(all, u)
			if numbering != nil && !b.gone[u.Key()] {
				g := numbering(u.Name)
				b.owner[g] = append(b.owner[g], u.ID)
			}
		}
	}
	for _, u := range all {
		if m, ok := r.unit(u, &b); ok {
			s.Mappings = append(s.Mappings, m)
		}
	}
	for _, m := range s.Mappings {
		for _, g := range m.Groups {
			if _, configured := r.out.Policies[g]; m.Kind == cardea.ItemUnits && !configured && !others[g] {
				r.out.Policies[g] = cardea.Policy{Group: g, Mode: cardea.Shared}
			}
		}
	}
	return s.Mappings
}

// unit returns the mapping of one unit, and notes what is to become of it at the door system.
func (r *resolver) unit(u cardea.Resource, b *unitBook) (cardea.Mapping, bool) {
	m := cardea.Mapping{Kind: cardea.ItemUnits, Item: u.ID}
	own := cardea.GroupID("")
	if b.numbering != nil {
		own = r.own(u, b)
	}
	if b.gone[u.Key()] || b.named[u.ID] {
		return m, false
	}
	permissions := u.Permissions
	if len(permissions) == 0 {
		permissions = []string{u.Name}
	}
	for _, p := range permissions {
		if b.numbering != nil && b.numbering(p) == b.numbering(u.Name) {
			if own != "" {
				m.Groups = append(m.Groups, own)
			}
			continue
		}
		switch found := r.shelf[shelfGroups].find(p); len(found) {
		case 1:
			m.Groups = append(m.Groups, cardea.GroupID(found[0].id))
		case 0:
			r.tell(unitPermission, u, fmt.Sprintf("its access permission %q is no group at the door system%s: mend it where the unit is "+
				"kept; its renters do not get that group", p, r.shelf[shelfGroups].nearest(p)))
		default:
			r.tell(unitPermission, u, fmt.Sprintf("its access permission %q fits %d groups at the door system: write id:%s for one of "+
				"them; its renters get none of them", p, len(found), found[0].id))
		}
	}
	slices.Sort(m.Groups)
	m.Groups = slices.Compact(m.Groups)
	for _, g := range m.Groups {
		if u.Attributes != (cardea.Attributes{}) {
			r.out.Attributes[g] = u.Attributes
		}
	}
	return m, len(m.Groups) > 0
}

// own returns the group that a unit has by its number, and notes that the unit is to be made, renamed or deleted. A unit
// keeps the group that it has until a person lets it be renamed. Empty when it has none.
func (r *resolver) own(u cardea.Resource, b *unitBook) cardea.GroupID {
	now, memory := b.numbering(u.Name), shelfUnits+"\x00"+u.ID
	was := cardea.GroupID(r.remembered[memory])
	unit := cardea.Unit{Resource: u.Key(), Number: strings.TrimSpace(u.Name), Group: now}
	switch {
	case b.gone[u.Key()]:
		if was != "" && len(b.owner[was]) == 0 {
			r.out.Names[memory] = string(was)
			r.out.Units = append(r.out.Units, cardea.Unit{Resource: u.Key(), Number: unit.Number, Group: was, Gone: true})
		}
		return ""
	case len(b.owner[now]) > 1:
		if b.owner[now][0] == u.ID {
			r.tell("unit-number-twice", u, fmt.Sprintf("%d units of the integration have this number: give each its own, or the "+
				"integration one location; nothing is done for them", len(b.owner[now])))
		}
		return ""
	case was != "" && was != now && b.there[was]: // a rename that was cut short has made the new one already
		unit.Was = was
		r.out.Names[memory] = string(was)
		r.out.Units = append(r.out.Units, unit)
		return was
	}
	if was != "" && was != now && b.there[now] {
		r.out.Moved = append(r.out.Moved, cardea.Unit{Resource: u.Key(), Number: unit.Number, Group: now, Was: was})
	}
	r.out.Names[memory] = string(now)
	r.out.Units = append(r.out.Units, unit)
	return now
}

// tell notes an issue of a unit.
func (r *resolver) tell(code string, u cardea.Resource, text string) {
	key := u.Key()
	r.out.Issues = append(r.out.Issues, cardea.Issue{Code: code, Record: &key, Text: "unit " + u.Name + ": " + text})
}
