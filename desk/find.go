package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// FindPeople returns some people whose name or e-mail fits the query, the best fit first.
func (d *Desk) FindPeople(ctx context.Context, query string) ([]say.Person, error) {
	query = strings.TrimSpace(query)
	if query == "" {
		return nil, nil
	}
	var out []say.Person
	for name := range sorted(d.c.Spaces) {
		found, err := d.ws.People(ctx, name, query, 20)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			one, err := d.personView(ctx, name, p)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b say.Person) int { return fit(b, query) - fit(a, query) })
	return out, nil
}

// fitName is how well a person fits who bears just the name that was typed.
const fitName = 2

// fit ranks how well a person fits what was typed.
func fit(p say.Person, query string) int {
	switch {
	case strings.EqualFold(p.Email, query):
		return 3
	case strings.EqualFold(p.Name, query):
		return fitName
	case len(p.Name) >= len(query) && strings.EqualFold(p.Name[:len(query)], query):
		return 1
	}
	return 0
}

func (d *Desk) personView(ctx context.Context, connection string, p cardea.Person) (say.Person, error) {
	out := say.Person{
		ID: cardea.PersonOf(connection, p.Key()), Name: p.Name, Email: p.Email, Visitor: p.Visitor, Left: p.Status == cardea.Left,
	}
	if p.Team == "" {
		return out, nil
	}
	teams, err := d.ws.Facts(ctx, connection, []cardea.Key{{Kind: cardea.KindTeam, ID: p.Team}})
	if err != nil {
		return out, err
	}
	for _, t := range teams {
		if team, ok := t.(cardea.Team); ok {
			out.Team = team.Name
		}
	}
	return out, nil
}

// Groups returns the access groups of every door connection, sorted by door, place and name.
func (d *Desk) Groups(ctx context.Context) ([]say.Group, error) {
	var out []say.Group
	for name := range sorted(d.c.Doors) {
		state, err := d.ws.DoorGroups(ctx, name)
		if err != nil {
			return nil, err
		}
		mapped, err := d.mapped(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, g := range state.Groups {
			out = append(out, say.Group{Door: name, ID: g.ID, Name: g.Name, Place: g.Place, Mapped: mapped[g.ID] != ""})
		}
	}
	slices.SortFunc(out, func(a, b say.Group) int {
		return strings.Compare(a.Door+"\x00"+a.Place+"\x00"+a.Name, b.Door+"\x00"+b.Place+"\x00"+b.Name)
	})
	return out, nil
}

// mapped returns the groups of a door that a mapping names, as far as names were resolved.
func (d *Desk) mapped(ctx context.Context, door string) (map[cardea.GroupID]string, error) {
	doors, err := d.configuredAt(ctx, func(in Integration) bool { return in.Door == door })
	return doors[door], err
}

// Ask answers a question asked in words: a person by e-mail, name or id, a group by name or id. Who is only at the doors is
// answered for by account: e-mail, name or id:N. What was never read is read first.
func (d *Desk) Ask(ctx context.Context, person, group string, at cardea.Instant) (say.Explained, error) {
	if err := d.acquaint(ctx); err != nil {
		return say.Explained{}, err
	}
	return d.Answer(ctx, person, group, at)
}

// Answer is Ask by what has been read so far: nothing is read for it.
func (d *Desk) Answer(ctx context.Context, person, group string, at cardea.Instant) (say.Explained, error) {
	who, err := d.person(ctx, person)
	if err != nil && cardea.ClassOf(err) != cardea.NotFound {
		return say.Explained{}, err
	}
	g, wrong := d.oneGroup(ctx, group)
	if wrong != nil {
		return say.Explained{}, wrong
	}
	if err != nil || string(who.ID) != person && fit(who, person) < fitName {
		// Nobody bears just this name: before it is taken for a part of somebody's, an account may.
		x, none := d.askAccount(ctx, person, g, at)
		if none == nil || err != nil || cardea.ClassOf(none) != cardea.NotFound {
			return x, none
		}
	}
	return d.Explain(ctx, say.Question{Person: who.ID, Door: g.Door, Group: g.ID, At: at})
}

// onePerson finds the one person that is meant; that nobody is says who was probably meant, and whether it is an account that
// belongs to nobody.
func (d *Desk) onePerson(ctx context.Context, text string) (say.Person, error) {
	p, err := d.person(ctx, text)
	if err == nil || cardea.ClassOf(err) != cardea.NotFound {
		return p, err
	}
	for _, door := range d.doors() {
		state, failed := d.ws.DoorState(ctx, door)
		if failed != nil {
			return p, failed
		}
		for _, a := range state.Accounts {
			if isAccount(a, text) {
				return p, cardea.Errorf(cardea.NotFound, "%w; at %s it is the account id:%s, which belongs to nobody: see what "+
					"becomes of it with `cardea explain --person id:%s --group GROUP`, or take it out there by hand", err, door, a.ID, a.ID)
			}
		}
	}
	meant, failed := d.meant(ctx, text, nil)
	if failed != nil {
		return p, failed
	}
	return p, cardea.Errorf(cardea.NotFound, "%w%s", err, meant)
}

// person finds the one person that is meant.
func (d *Desk) person(ctx context.Context, text string) (say.Person, error) {
	if connection, key, ok := cardea.PersonID(text).Split(); ok {
		records, err := d.ws.Facts(ctx, connection, []cardea.Key{key})
		if err != nil {
			return say.Person{}, err
		}
		if len(records) == 1 {
			if p, ok := records[0].(cardea.Person); ok {
				return d.personView(ctx, connection, p)
			}
		}
	}
	found, err := d.FindPeople(ctx, text)
	if err != nil {
		return say.Person{}, err
	}
	if len(found) == 0 {
		return say.Person{}, cardea.Errorf(cardea.NotFound, "nobody is called %q, and nobody has that e-mail", text)
	}
	best := found[:1:1]
	for _, p := range found[1:] {
		if fit(p, text) == fit(found[0], text) {
			best = append(best, p)
		}
	}
	if members := slices.DeleteFunc(slices.Clone(best), func(p say.Person) bool { return p.Visitor }); len(members) == 1 {
		best = members // a visitor with a member's e-mail is the member
	}
	if len(best) > 1 {
		var names []string
		for _, p := range best[:min(len(best), 8)] {
			names = append(names, p.Name+" <"+p.Email+"> ("+string(p.ID)+")")
		}
		return say.Person{}, cardea.Errorf(cardea.Rejected, "%q fits %d people: name one by e-mail or id: %s",
			text, len(best), strings.Join(names, "; "))
	}
	return best[0], nil
}

func (d *Desk) oneGroup(ctx context.Context, text string) (say.Group, error) {
	groups, err := d.Groups(ctx)
	if err != nil {
		return say.Group{}, err
	}
	var all things
	for _, g := range groups {
		all.all = append(all.all, groupThing(g.ID, g.Name, g.Place))
	}
	found := all.find(text)
	switch len(found) {
	case 0:
		return say.Group{}, cardea.Errorf(cardea.NotFound, "there is no access group %q%s", text, all.nearest(text))
	case 1:
	default:
		return say.Group{}, cardea.Errorf(cardea.Rejected, "%q fits %d access groups: write id:N, one of %v", text, len(found), found)
	}
	i := slices.IndexFunc(groups, func(g say.Group) bool { return string(g.ID) == found[0].id })
	return groups[i], nil
}

// ZoneOf is the zone of a person's home location, or nil. Without a person it is the zone in which to tell times that are
// nobody's: that of the first integration that names one, else the one that all locations share.
func (d *Desk) ZoneOf(ctx context.Context, p cardea.PersonID) *time.Location {
	if p == "" {
		if z := d.Zone(); z != nil {
			return z
		}
		return d.sharedZone(ctx)
	}
	connection, key, ok := p.Split()
	if !ok {
		return nil
	}
	records, err := d.ws.Facts(ctx, connection, []cardea.Key{key})
	if err != nil || len(records) == 0 {
		return nil
	}
	one, ok := records[0].(cardea.Person)
	if !ok || one.Location == "" {
		return nil
	}
	places, err := d.ws.Facts(ctx, connection, []cardea.Key{{Kind: cardea.KindLocation, ID: one.Location}})
	if err != nil || len(places) == 0 {
		return nil
	}
	place, ok := places[0].(cardea.Location)
	if !ok || place.Zone == "" {
		return nil
	}
	zone, err := time.LoadLocation(place.Zone)
	if err != nil {
		return nil
	}
	return zone
}

// sharedZone is the zone of all locations that an integration is about, nil when they have several or none.
func (d *Desk) sharedZone(ctx context.Context) *time.Location {
	shared := ""
	for name := range sorted(d.c.Spaces) {
		places, err := d.ws.FactsOfKind(ctx, name, cardea.KindLocation)
		if err != nil {
			return nil
		}
		for _, p := range places {
			l, ok := p.(cardea.Location)
			if !ok || l.Zone == "" || !d.concerns(name, l) {
				continue
			}
			if shared != "" && l.Zone != shared {
				return nil
			}
			shared = l.Zone
		}
	}
	zone, err := time.LoadLocation(shared)
	if err != nil || shared == "" {
		return nil
	}
	return zone
}

// concerns says whether an integration of a space connection is about a location: by its name or id, or because it names none.
func (d *Desk) concerns(space string, l cardea.Location) bool {
	return slices.ContainsFunc(d.c.Integrations, func(in Integration) bool {
		return in.Space == space && (len(in.Locations) == 0 || slices.ContainsFunc(in.Locations, func(n Named) bool {
			return strings.EqualFold(strings.TrimSpace(n.Text), l.Name) || n.Text == "id:"+l.ID || n.Text == l.ID
		}))
	})
}
