package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
)

// CodeQuestion names one code in a person's words.
type CodeQuestion struct {
	Door   string // connection; "" = whichever has the code
	Person string // e-mail, name or id
	Unit   string // number of a unit, or name of another group; "" = the only one where the person has a code
}

// ShowCode returns a code and its digits, once, with an audit line that says who saw whose. No vendor is asked. Errors:
// NotFound when nobody is called so, or has no code there; Rejected when several codes fit; Conflict when it was shown before,
// when it is not certain which code holds, and when somebody else works on the door for long.
func (d *Desk) ShowCode(ctx context.Context, q CodeQuestion, who string) (AccessCode, string, error) {
	c, err := d.findCode(ctx, q)
	if err != nil {
		return c, "", err
	}
	digits := ""
	err = d.withCode(ctx, c, func(ctx context.Context, system door.Coded) error {
		if err := d.unshown(ctx, &c, system); err != nil {
			return err
		}
		shown, err := system.Show(ctx, c.Account, c.Group)
		if err != nil {
			return cardea.Errorf(cardea.ClassOf(err), "the code of %s on %s was not shown: %w", c.whom(), c.where(), err)
		}
		c.ShownAt = d.now()
		if err := d.noteCode(ctx, who, "code shown", c); err != nil {
			return cardea.Errorf(cardea.ClassOf(err), "the code of %s on %s is not shown, because the audit log could not be written; it "+
				"counts as shown, so that it has to be renewed: %w", c.whom(), c.where(), err)
		}
		digits = shown
		return nil
	})
	switch {
	case digits == "":
		return c, "", err
	case err != nil: // it counts as shown: nothing that comes after that may keep it back
		d.c.Log.Warn("the door stays leased for a while after a code was shown", "door", c.Door, "error", err)
	}
	return c, digits, nil
}

// unshown refuses a code that was shown before, also one that somebody else was shown meanwhile.
func (d *Desk) unshown(ctx context.Context, c *AccessCode, system door.Coded) error {
	codes, err := system.Codes(ctx)
	if err != nil {
		return err
	}
	for _, now := range codes {
		if now.Account == c.Account && now.Group == c.Group {
			c.ShownAt = now.ShownAt
		}
	}
	if c.ShownAt == 0 {
		return nil
	}
	clock := say.Clock{Zone: d.ZoneOf(ctx, ""), Now: d.now()}
	return cardea.Errorf(cardea.Conflict, "the code of %s on %s was shown on %s (%s) and is not shown again: make a new one with "+
		"cardea codes renew", c.whom(), c.where(), clock.Moment(c.ShownAt), clock.ZoneName())
}

// RenewCode has a new code made in the place of one, at the vendor too: the old one opens nothing from then on, and the new
// one can be shown once. Errors: those of ShowCode, the vendor's, and Unknown when it is not certain which of the two holds.
func (d *Desk) RenewCode(ctx context.Context, q CodeQuestion, who string) (AccessCode, error) {
	c, err := d.findCode(ctx, q)
	if err != nil {
		return c, err
	}
	err = d.withCode(ctx, c, func(ctx context.Context, system door.Coded) error {
		if err := d.ours(ctx, c.Door); err != nil {
			return err
		}
		err := system.Renew(ctx, c.Account, c.Group)
		switch {
		case err == nil:
			c.ShownAt = 0
			return d.noteCode(ctx, who, "code renewed", c)
		case cardea.ClassOf(err) == cardea.Unknown:
			err = cardea.Errorf(cardea.Unknown, "it is not certain whether the new code of %s on %s holds or the old one; renew it "+
				"again: %w", c.whom(), c.where(), err)
			return errors.Join(err, d.noteCode(ctx, who, "code renewal of unknown outcome", c))
		}
		return cardea.Errorf(cardea.ClassOf(err), "the code of %s on %s was not renewed: %w", c.whom(), c.where(), err)
	})
	return c, err
}

// ours refuses to write at a door connection that leads elsewhere than it used to.
func (d *Desk) ours(ctx context.Context, connection string) error {
	known, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	o := d.c.Doors[connection]
	row, pinned := store.Connection{Name: connection, Side: store.SideDoor, System: o.System}, ""
	if i := slices.IndexFunc(known, func(c store.Connection) bool { return c.Name == connection }); i >= 0 {
		pinned = known[i].Organisation
	}
	bad, err := d.connect(ctx, pinned, row, o.Door.Describe)
	return cmp.Or(err, bad)
}

// withCode does work on a code while nobody else works on its door, so that what each remembers of it is not lost. Whoever
// serves looks at the door after it.
func (d *Desk) withCode(ctx context.Context, c AccessCode, work func(context.Context, door.Coded) error) error {
	system, ok := d.c.Doors[c.Door].Door.(door.Coded)
	if !ok {
		return cardea.Errorf(cardea.Rejected, "%s has no access codes", c.Door)
	}
	return d.leased(ctx, c.Door, store.WakeKeep, func(ctx context.Context, _ *store.Lease) (cardea.Instant, error) {
		next := d.now()
		if len(d.at(store.SideDoor, c.Door)) == 0 {
			next = cardea.Never
		}
		return next, work(ctx, system)
	})
}

// noteCode writes the audit line of a code that was shown or changed; it is written also when the command is broken off.
func (d *Desk) noteCode(ctx context.Context, who, what string, c AccessCode) error {
	people := []cardea.PersonID{}
	for _, p := range c.People {
		people = append(people, p.ID)
	}
	return d.ws.Note(context.WithoutCancel(ctx), d.now(), who, what, struct {
		Door    string            `json:"door"`
		Group   cardea.GroupID    `json:"group"`
		Account cardea.AccountID  `json:"account"`
		People  []cardea.PersonID `json:"people"`
	}{c.Door, c.Group, c.Account, people})
}

// findCode returns the one code that is meant. A code is shown once, so that what fits a name only in part is not enough.
func (d *Desk) findCode(ctx context.Context, q CodeQuestion) (AccessCode, error) {
	all, err := d.Codes(ctx, q.Door)
	if err != nil {
		return AccessCode{}, err
	}
	const whole = 2 // what fit says of a whole name, or of an e-mail
	text := strings.TrimSpace(q.Person)
	p, err := d.onePerson(ctx, text)
	switch {
	case err != nil:
		return AccessCode{}, err
	case string(p.ID) != text && fit(p, text) < whole:
		return AccessCode{}, cardea.Errorf(cardea.NotFound, "nobody is called %q, and nobody has that e-mail: did you mean %s <%s>?",
			text, say.Clean(p.Name), say.Clean(p.Email))
	}
	var theirs, found []AccessCode
	for _, c := range all {
		if slices.ContainsFunc(c.People, func(o say.Person) bool { return o.ID == p.ID }) {
			theirs = append(theirs, c)
			if q.Unit == "" || d.opens(c, q.Unit) {
				found = append(found, c)
			}
		}
	}
	who := say.Clean(cmp.Or(p.Name, p.Email, string(p.ID)))
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(theirs) == 0:
		return AccessCode{}, cardea.Errorf(cardea.NotFound, "%s has no code that Cardea issued: it issues one when it puts somebody "+
			"on a unit, and codes that others set are neither shown nor changed", who)
	case len(found) == 0:
		return AccessCode{}, cardea.Errorf(cardea.NotFound, "%s has no code on %q%s", who, q.Unit, Nearest(q.Unit, places(theirs)))
	}
	return AccessCode{}, several(who, found)
}

// several refuses to choose among codes, and says by what they are told apart.
func several(who string, codes []AccessCode) error {
	var doors, ids []string
	for _, c := range codes {
		doors, ids = append(doors, c.Door), append(ids, "id:"+say.Clean(string(c.Group)))
	}
	if where := places(codes); len(where) == len(codes) {
		return cardea.Errorf(cardea.Rejected, "%s has codes on %s: name the unit", who, say.And(where))
	}
	if doors = slices.Compact(doors); len(doors) > 1 { // codes stand in the order of their doors
		return cardea.Errorf(cardea.Rejected, "%s has codes at %s: name the door connection with --door", who, say.And(doors))
	}
	return cardea.Errorf(cardea.Rejected, "%s has codes on %s: name one of them by this id", who, say.And(ids))
}

// opens says whether a code is the one on a unit of this number, or on a group of this name.
func (d *Desk) opens(c AccessCode, text string) bool {
	number := d.numbering(c.Door)
	return number != nil && number(text) == c.Group || groupThing(c.Group, c.GroupName, "").fits(text)
}

// places are where codes open, each once.
func places(codes []AccessCode) []string {
	var out []string
	for _, c := range codes {
		if !slices.Contains(out, c.where()) {
			out = append(out, c.where())
		}
	}
	return out
}
