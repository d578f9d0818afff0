package desk

import (
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// book knows what people, accounts and groups of a door connection are called.
type book struct {
	groups   map[cardea.GroupID]string
	accounts map[cardea.AccountID]cardea.Account
	people   map[cardea.PersonID]cardea.Person
}

// open looks up the names of a door's groups, and of these accounts and people.
func (d *Desk) open(ctx context.Context, door string, ids []cardea.PersonID, accounts []cardea.AccountID) (book, error) {
	b := book{map[cardea.GroupID]string{}, map[cardea.AccountID]cardea.Account{}, map[cardea.PersonID]cardea.Person{}}
	state, err := d.ws.DoorGroups(ctx, door)
	if err != nil {
		return b, err
	}
	for _, g := range state.Groups {
		b.groups[g.ID] = g.Name
	}
	found, err := d.ws.Accounts(ctx, door, accounts)
	if err != nil {
		return b, err
	}
	for _, a := range found {
		b.accounts[a.ID] = a
	}
	slices.Sort(ids)
	keys := map[string][]cardea.Key{}
	for _, id := range slices.Compact(ids) {
		if connection, k, ok := id.Split(); ok {
			keys[connection] = append(keys[connection], k)
		}
	}
	for connection, ks := range keys {
		records, err := d.ws.Facts(ctx, connection, ks)
		if err != nil {
			return b, err
		}
		for _, rec := range records {
			if p, ok := rec.(cardea.Person); ok {
				b.people[cardea.PersonOf(connection, p.Key())] = p
			}
		}
	}
	return b, nil
}

// who names a person, else an account.
func (b book) who(p cardea.PersonID, a cardea.AccountID) (name, email string) {
	if person, ok := b.people[p]; ok {
		return person.Name, person.Email
	}
	account := b.accounts[a]
	return account.Name, account.Email
}

// named gives operations the names of their people, accounts and groups.
func (d *Desk) named(ctx context.Context, door string, rows []store.OpRow) ([]say.Operation, error) {
	var ids []cardea.PersonID
	var accounts []cardea.AccountID
	for _, r := range rows {
		ids, accounts = append(ids, r.Op.Person), append(accounts, r.Op.Account)
	}
	b, err := d.open(ctx, door, ids, accounts)
	if err != nil {
		return nil, err
	}
	records, err := d.reasons(ctx, rows)
	if err != nil {
		return nil, err
	}
	for _, r := range rows { // a unit that is still to be made has no group to take the name from
		if u := r.Op.Unit; u != nil && b.groups[u.Group] == "" {
			b.groups[u.Group] = u.Number
		}
	}
	out := make([]say.Operation, 0, len(rows))
	for _, r := range rows {
		o := say.Operation{Operation: r.Op, GroupName: b.groups[r.Op.Group], State: r.State, Error: r.Error}
		connection, _, _ := r.Op.Person.Split()
		o.Names = pick(records[connection], r.Op.Reasons)
		o.PersonName, o.Email = b.who(r.Op.Person, r.Op.Account)
		out = append(out, o)
	}
	return out, nil
}

// reasons looks up, by connection, what the records are called that operations name as reasons.
func (d *Desk) reasons(ctx context.Context, rows []store.OpRow) (map[string]map[cardea.Key]string, error) {
	keys := map[string][]cardea.Key{}
	for _, r := range rows {
		connection, _, ok := r.Op.Person.Split()
		for _, reason := range r.Op.Reasons {
			if ok {
				keys[connection] = append(append(keys[connection], reason.Record), reason.Via...)
			}
		}
	}
	out := map[string]map[cardea.Key]string{}
	for connection, ks := range keys {
		var err error
		if out[connection], err = d.called(ctx, connection, ks); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pick takes the names that some reasons need.
func pick(names map[cardea.Key]string, reasons []cardea.Reason) map[cardea.Key]string {
	out := map[cardea.Key]string{}
	for _, r := range reasons {
		for _, k := range append([]cardea.Key{r.Record}, r.Via...) {
			if n := names[k]; n != "" {
				out[k] = n
			}
		}
	}
	return out
}

// called looks up what records are called, where they have a name.
func (d *Desk) called(ctx context.Context, connection string, keys []cardea.Key) (map[cardea.Key]string, error) {
	records, err := d.ws.Facts(ctx, connection, keys)
	if err != nil {
		return nil, err
	}
	out := map[cardea.Key]string{}
	rooms := map[cardea.Key]cardea.Key{} // a booking is called by its room, as in an explanation
	for _, r := range records {
		switch r := r.(type) {
		case cardea.Location:
			out[r.Key()] = r.Name
		case cardea.Floor:
			out[r.Key()] = r.Name
		case cardea.Resource:
			out[r.Key()] = r.Name
		case cardea.Agreement:
			out[r.Key()] = r.Name
		case cardea.Booking:
			out[r.Key()] = r.Title
			rooms[r.Key()] = cardea.Key{Kind: cardea.KindResource, ID: r.Resource}
		case cardea.Pass:
			out[r.Key()] = r.Name
		}
	}
	if len(rooms) == 0 {
		return out, nil
	}
	names, err := d.called(ctx, connection, slices.Collect(maps.Values(rooms)))
	if err != nil {
		return nil, err
	}
	for booking, room := range rooms {
		if n := names[room]; n != "" {
			out[booking] = n
		}
	}
	return out, nil
}

// notes gives issues the names of whom and what they are about.
func (d *Desk) notes(ctx context.Context, door string, issues []cardea.Issue) ([]Note, error) {
	var ids []cardea.PersonID
	var accounts []cardea.AccountID
	for _, i := range issues {
		ids, accounts = append(ids, i.Person), append(accounts, i.Account)
		ids = append(ids, mentioned(i.Text)...)
	}
	b, err := d.open(ctx, door, ids, accounts)
	if err != nil {
		return nil, err
	}
	var out []Note
	for _, i := range issues {
		i.Text = byName(i.Text, func(p cardea.PersonID) string {
			name, _ := b.who(p, "")
			return name
		})
		n := Note{Issue: i, Where: b.groups[i.Group]}
		if n.Who, _ = b.who(i.Person, i.Account); n.Who == "" {
			n.Who = string(i.Person)
		}
		n.Mend = Mend(i, "", door, d.oneIntegration(door))
		out = append(out, n)
	}
	return out, nil
}
