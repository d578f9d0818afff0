package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
)

// MobilePass is a pass on somebody's phone, or the invitation to one: whose it is and how far, never its code.
type MobilePass struct {
	Door    string           `json:"door"` // connection
	Account cardea.AccountID `json:"account"`
	People  []say.Person     `json:"people"` // whose the account is; none when nobody is known
	State   door.PassState   `json:"state"`
	Expires cardea.Instant   `json:"expires,omitempty"` // of a pending invitation
	Theirs  bool             `json:"theirs,omitempty"`  // somebody else issued it: Cardea has no code of it
}

// ShownPass is a mobile pass with the code that its invitation is redeemed with.
type ShownPass struct {
	MobilePass

	Code string `json:"code"`
}

func (p MobilePass) whom() string { return AccessCode{Account: p.Account, People: p.People}.whom() }

// Passes lists what Cardea remembers of mobile passes, of one door connection or of all, by door and person. No vendor is asked.
// Errors: Rejected when no door connection, or not this one, issues passes; NotFound.
func (d *Desk) Passes(ctx context.Context, connection string) ([]MobilePass, error) {
	out, issues := []MobilePass{}, false
	if _, known := d.c.Doors[connection]; connection != "" && !known {
		return nil, cardea.Errorf(cardea.NotFound, "there is no door connection %q%s", connection,
			Nearest(connection, slices.Sorted(maps.Keys(d.c.Doors))))
	}
	for name, o := range sorted(d.c.Doors) {
		system, can := o.Door.(door.Passes)
		if !can || connection != "" && name != connection {
			continue
		}
		issued, on, err := system.Passes(ctx)
		if err != nil {
			return nil, err
		}
		issues = issues || on
		named, err := d.passesOf(ctx, name, issued)
		if err != nil {
			return nil, err
		}
		out = append(out, named...)
	}
	if !issues {
		return nil, cardea.Errorf(cardea.Rejected, "no door connection issues mobile passes: a brivo connection does with passes: brivo-app, "+
			"or passes: branded-app")
	}
	return out, nil
}

// passesOf adds names to the passes of one door connection.
func (d *Desk) passesOf(ctx context.Context, connection string, issued []door.Pass) ([]MobilePass, error) {
	if len(issued) == 0 {
		return nil, nil
	}
	state, err := d.ws.DoorState(ctx, connection)
	if err != nil {
		return nil, err
	}
	theirs := owners(state)
	var people []cardea.PersonID
	var accounts []cardea.AccountID
	for _, p := range issued {
		people, accounts = append(people, theirs(door.Code{Account: p.Account})...), append(accounts, p.Account)
	}
	b, err := d.open(ctx, connection, people, accounts)
	if err != nil {
		return nil, err
	}
	out := make([]MobilePass, 0, len(issued))
	for _, p := range issued {
		one := MobilePass{Door: connection, Account: p.Account, People: []say.Person{}, State: p.State, Expires: p.Expires, Theirs: p.Theirs}
		for _, id := range theirs(door.Code{Account: p.Account}) {
			who := say.Person{ID: id, Visitor: b.people[id].Visitor, Left: b.people[id].Status == cardea.Left}
			who.Name, who.Email = b.who(id, p.Account)
			one.People = append(one.People, who)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b MobilePass) int {
		return cmp.Or(cmp.Compare(a.whom(), b.whom()), cmp.Compare(a.Account, b.Account))
	})
	return out, nil
}

// PassCode returns the code with which somebody redeems the invitation to a mobile pass, with an audit line that says who saw whose.
// It may be asked for until the invitation is redeemed or expires. No vendor is asked. Errors: NotFound when nobody is called so, or
// no invitation of ours is pending; Rejected when several fit.
func (d *Desk) PassCode(ctx context.Context, connection, person, who string) (MobilePass, string, error) {
	all, err := d.Passes(ctx, connection)
	if err != nil {
		return MobilePass{}, "", err
	}
	fits := slices.DeleteFunc(all, func(p MobilePass) bool {
		return string(p.Account) != person && !slices.ContainsFunc(p.People, func(o say.Person) bool {
			return string(o.ID) == person || strings.EqualFold(o.Email, person) || strings.EqualFold(o.Name, person)
		})
	})
	switch len(fits) {
	case 1:
	case 0:
		return MobilePass{}, "", cardea.Errorf(cardea.NotFound, "Cardea has issued no mobile pass to %q: cardea passes lists who has one", person)
	default:
		return MobilePass{}, "", cardea.Errorf(cardea.Rejected, "%d mobile passes fit %q: name the e-mail address, or the door with --door",
			len(fits), person)
	}
	return d.showPass(ctx, fits[0], who)
}

// PassCodeOf is PassCode of the one account of this id at a door connection: nothing else that it could name is looked at.
func (d *Desk) PassCodeOf(
	ctx context.Context, connection string, account cardea.AccountID, who string,
) (MobilePass, string, error) {
	if connection == "" || account == "" {
		return MobilePass{}, "", cardea.Errorf(cardea.Rejected, "name the door connection and the account: the list of passes has both")
	}
	all, err := d.Passes(ctx, connection)
	if err != nil {
		return MobilePass{}, "", err
	}
	i := slices.IndexFunc(all, func(p MobilePass) bool { return p.Account == account })
	if i < 0 {
		return MobilePass{}, "", cardea.Errorf(cardea.NotFound, "Cardea knows of no mobile pass of account %s at %s", account, connection)
	}
	return d.showPass(ctx, all[i], who)
}

func (d *Desk) showPass(ctx context.Context, p MobilePass, who string) (MobilePass, string, error) {
	system, can := d.c.Doors[p.Door].Door.(door.Passes)
	if !can {
		return p, "", cardea.Errorf(cardea.Rejected, "%s issues no mobile passes", p.Door)
	}
	code, err := system.PassCode(ctx, p.Account)
	if err != nil {
		return p, "", cardea.Errorf(cardea.ClassOf(err), "there is no code for %s, whose pass is %s: %w", p.whom(), p.State, err)
	}
	people := []cardea.PersonID{}
	for _, o := range p.People {
		people = append(people, o.ID)
	}
	// The line is there before the code is: what cannot be written down is not shown.
	err = d.ws.Note(ctx, d.now(), who, "pass code shown", struct {
		Door    string            `json:"door"`
		Account cardea.AccountID  `json:"account"`
		People  []cardea.PersonID `json:"people"`
	}{p.Door, p.Account, people})
	if err != nil {
		return p, "", err
	}
	return p, code, nil
}
