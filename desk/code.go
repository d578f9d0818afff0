package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
)

// AccessCode is an access code that Cardea issued: whose it is and where it opens, never its digits.
type AccessCode struct {
	Door      string           `json:"door"` // connection
	Group     cardea.GroupID   `json:"group"`
	GroupName string           `json:"group_name"` // a unit's number, or what else the group is called
	Account   cardea.AccountID `json:"account"`
	// People are whose it is, whom it was issued for first: one, unless several share the account; none when nobody is known.
	People  []say.Person   `json:"people"`
	ShownAt cardea.Instant `json:"shown_at,omitempty"` // left out = not shown yet
}

// whom names the people of a code in a sentence, else its account.
func (c AccessCode) whom() string {
	var names []string
	for _, p := range c.People {
		names = append(names, say.Clean(cmp.Or(p.Name, p.Email, string(p.ID))))
	}
	if len(names) == 0 {
		return "account " + say.Clean(string(c.Account))
	}
	return say.And(names)
}

func (c AccessCode) where() string { return say.Clean(c.GroupName) }

// Codes lists the codes that Cardea issued and that are in use, of one door connection or of all, by door, group and person.
// No vendor is asked. Errors: Rejected when no door connection, or not this one, has codes; NotFound.
func (d *Desk) Codes(ctx context.Context, connection string) ([]AccessCode, error) {
	doors, err := d.coded(connection)
	if err != nil {
		return nil, err
	}
	out := []AccessCode{}
	for name, system := range sorted(doors) {
		codes, err := d.codesOf(ctx, name, system)
		if err != nil {
			return nil, err
		}
		out = append(out, codes...)
	}
	return out, nil
}

// coded returns the door connections that have codes, or the one that is named.
func (d *Desk) coded(connection string) (map[string]door.Coded, error) {
	all := map[string]door.Coded{}
	for name, o := range d.c.Doors {
		if c, ok := o.Door.(door.Coded); ok {
			all[name] = c
		}
	}
	if len(all) == 0 {
		return nil, cardea.Errorf(cardea.Rejected, "no door connection has access codes that Cardea issues")
	}
	if connection == "" {
		return all, nil
	}
	names := slices.Sorted(maps.Keys(all))
	if c, ok := all[connection]; ok {
		return map[string]door.Coded{connection: c}, nil
	}
	if o, ok := d.c.Doors[connection]; ok {
		return nil, cardea.Errorf(cardea.Rejected, "%s is a connection to %s, which has no access codes that Cardea issues: those "+
			"that have are %s", connection, o.System, say.And(names))
	}
	return nil, cardea.Errorf(cardea.NotFound, "there is no door connection %q%s", connection, Nearest(connection, names))
}

// codesOf lists the codes of one door connection, with names.
func (d *Desk) codesOf(ctx context.Context, connection string, system door.Coded) ([]AccessCode, error) {
	codes, err := system.Codes(ctx)
	if err != nil || len(codes) == 0 {
		return nil, err
	}
	state, err := d.ws.DoorState(ctx, connection)
	if err != nil {
		return nil, err
	}
	theirs := owners(state)
	var people []cardea.PersonID
	var accounts []cardea.AccountID
	for _, c := range codes {
		people, accounts = append(people, theirs(c)...), append(accounts, c.Account)
	}
	b, err := d.open(ctx, connection, people, accounts)
	if err != nil {
		return nil, err
	}
	out := make([]AccessCode, 0, len(codes))
	for _, c := range codes {
		one := AccessCode{
			Door: connection, Group: c.Group, GroupName: cmp.Or(b.groups[c.Group], string(c.Group)), Account: c.Account,
			People: []say.Person{}, ShownAt: c.ShownAt,
		}
		for _, id := range theirs(c) {
			p := say.Person{ID: id, Visitor: b.people[id].Visitor, Left: b.people[id].Status == cardea.Left}
			p.Name, p.Email = b.who(id, c.Account)
			one.People = append(one.People, p)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b AccessCode) int {
		return cmp.Or(cmp.Compare(a.GroupName, b.GroupName), cmp.Compare(a.Group, b.Group), cmp.Compare(a.whom(), b.whom()),
			cmp.Compare(a.Account, b.Account))
	})
	return out, nil
}

// owners says whose a code is: whom its entry was put there for, whose the account is, and whose id it bears; but nobody of whom
// a person said that the account is not theirs.
func owners(state store.DoorState) func(door.Code) []cardea.PersonID {
	put := map[door.Code]cardea.PersonID{}
	for _, r := range state.Ledger {
		put[door.Code{Account: r.Account, Group: r.Group}] = r.Person
	}
	of := map[cardea.AccountID][]cardea.PersonID{}
	for _, l := range state.Pairs() {
		of[l.Account] = append(of[l.Account], l.Person)
	}
	for _, a := range state.Accounts {
		of[a.ID] = append(of[a.ID], cardea.PersonID(a.External))
	}
	not := map[cardea.AccountID]map[cardea.PersonID]bool{}
	for _, o := range state.Decisions { // oldest first
		if o.Account != "" && not[o.Account] == nil {
			not[o.Account] = map[cardea.PersonID]bool{}
		}
		if o.Account != "" {
			not[o.Account][o.Person] = !o.Together
		}
	}
	return func(c door.Code) []cardea.PersonID {
		var out []cardea.PersonID
		for _, id := range append([]cardea.PersonID{put[door.Code{Account: c.Account, Group: c.Group}]}, of[c.Account]...) {
			if _, _, ok := id.Split(); ok && !slices.Contains(out, id) && !not[c.Account][id] {
				out = append(out, id)
			}
		}
		return out
	}
}
