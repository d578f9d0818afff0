package desk

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// mostAccounts is how many accounts a search brings at most.
const mostAccounts = 20

// FindAccounts returns accounts at the doors whose name or e-mail fits the query and that are nobody's whom a space system knows or
// knew, the best fit first. Each bears an id under which it can be asked about at its door, in place of a person's.
func (d *Desk) FindAccounts(ctx context.Context, query string) ([]say.Person, error) {
	var out []say.Person
	for _, door := range d.doors() {
		found, err := d.ws.AccountsCalled(ctx, door, query)
		if err != nil {
			return nil, err
		}
		var linked []cardea.PersonID
		for _, c := range found {
			if c.Person != "" {
				linked = append(linked, c.Person)
			}
		}
		known, err := d.thoseKnown(ctx, linked)
		if err != nil {
			return nil, err
		}
		owned := map[cardea.AccountID]bool{}
		for _, c := range found {
			owned[c.Account.ID] = owned[c.Account.ID] || known[c.Person]
		}
		for _, c := range found {
			if owned[c.Account.ID] {
				continue
			}
			owned[c.Account.ID] = true // once, however many it was linked to
			out = append(out, say.Person{
				ID:   cardea.PersonOf(door, cardea.Key{Kind: cardea.KindAccount, ID: string(c.Account.ID)}),
				Name: c.Account.Name, Email: c.Account.Email, Door: door,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b say.Person) int { return fit(b, query) - fit(a, query) })
	return out[:min(len(out), mostAccounts)], nil
}

// thoseKnown are those of some people whom a space system knows, or knew: they are found as themselves.
func (d *Desk) thoseKnown(ctx context.Context, people []cardea.PersonID) (map[cardea.PersonID]bool, error) {
	keys := map[string][]cardea.Key{}
	for _, p := range people {
		if connection, key, ok := p.Split(); ok {
			keys[connection] = append(keys[connection], key)
		}
	}
	out := map[cardea.PersonID]bool{}
	for connection, of := range sorted(keys) {
		records, err := d.ws.Facts(ctx, connection, of)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if p, is := r.(cardea.Person); is {
				out[cardea.PersonOf(connection, p.Key())] = true
			}
		}
	}
	return out, nil
}

// explainAccount answers a question about an account that FindAccounts found.
func (d *Desk) explainAccount(ctx context.Context, at, id string, q say.Question) (say.Explained, error) {
	if at != q.Door {
		return say.Explained{}, cardea.Errorf(cardea.Rejected, "that is an account at %s: choose an access group of %s", at, at)
	}
	g, err := d.group(ctx, q)
	if err != nil {
		return say.Explained{}, err
	}
	return d.askAccount(ctx, "id:"+id, g, q.At)
}
