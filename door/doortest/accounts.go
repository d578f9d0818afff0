package doortest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// settled makes an account of somebody new and, where an account is nothing apart from its edges, puts one.
func (c *course) settled(b *Bench, p cardea.NewAccount) (cardea.Account, error) {
	a, err := b.System.Create(c.Ctx, p)
	if c.Saw(err) != nil {
		return a, fmt.Errorf("Create: %w", err)
	}
	if a.ID == "" {
		return a, errors.New("Create returned an account without an id")
	}
	if !b.System.Limits().NamesEdges {
		return a, nil
	}
	e := cardea.Edge{Group: b.Groups[0], Account: a.ID, Window: cardea.Forever, Mails: cardea.MailsNever, Who: &p}
	if _, err := c.grant(b, e); err != nil {
		return a, fmt.Errorf("Grant to the account that was made: %w", err)
	}
	return a, nil
}

// found looks for a person and wants this account alone; "" = nobody.
func (c *course) found(b *Bench, p cardea.NewAccount, want cardea.AccountID) error {
	as, err := b.System.Find(c.Ctx, p)
	if c.Saw(err) != nil {
		return fmt.Errorf("Find: %w", err)
	}
	ids := make([]string, 0, len(as))
	for _, a := range as {
		ids = append(ids, string(a.ID))
	}
	if got := strings.Join(ids, " "); got != string(want) {
		return fmt.Errorf("Find found %q, want %q", got, want)
	}
	return nil
}

// create: nobody is found, an account is made and found; made again it is a Conflict or the same account, never another.
func create(c *course) error {
	b, _ := c.small()
	p := c.person()
	if err := c.found(b, p, ""); err != nil {
		return fmt.Errorf("before there is an account: %w", err)
	}
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("Find sent %d writes", n)
	}
	a, err := c.settled(b, p)
	if err != nil {
		return err
	}
	if a.Staff != "" || a.Shut {
		return fmt.Errorf("the account that was made is %+v", a)
	}
	if err := c.found(b, p, a.ID); err != nil {
		return fmt.Errorf("after Create: %w", err)
	}
	byMail := p
	byMail.Person, byMail.Name, byMail.First, byMail.Last, byMail.Phone = "", "", "", "", ""
	if err := c.found(b, byMail, a.ID); err != nil {
		return fmt.Errorf("by e-mail alone: %w", err)
	}
	again, err := b.System.Create(c.Ctx, p)
	c.Keep(err)
	switch {
	case err == nil && again.ID != a.ID:
		return fmt.Errorf("Create made a second account %s beside %s", again.ID, a.ID)
	case err != nil && cardea.ClassOf(err) != cardea.Conflict:
		return fmt.Errorf("Create of what is there already: %w, want Conflict or the same account", err)
	}
	if err := c.found(b, p, a.ID); err != nil {
		return fmt.Errorf("after Create again: %w", err)
	}
	return nil
}

// lookAlike: an address that holds another one is another person's.
func lookAlike(c *course) error {
	b, _ := c.small()
	p, before, behind := c.person(), c.person(), c.person()
	before.Email, behind.Email = "marta."+p.Email, p.Email+".example"
	var ids []cardea.AccountID
	for _, other := range []cardea.NewAccount{before, behind} {
		a, err := c.settled(b, other)
		if err != nil {
			return err
		}
		ids = append(ids, a.ID)
	}
	if err := c.found(b, p, ""); err != nil {
		return fmt.Errorf("%s was looked for where only %s and %s are: %w", p.Email, before.Email, behind.Email, err)
	}
	a, err := c.settled(b, p)
	if err != nil {
		return err
	}
	return errors.Join(c.found(b, p, a.ID), c.found(b, before, ids[0]), c.found(b, behind, ids[1]))
}

// noEmail: where an address is needed, an account without one is refused before anything is sent.
func noEmail(c *course) error {
	b, _ := c.small()
	p := c.person()
	p.Email = ""
	a, err := b.System.Create(c.Ctx, p)
	c.Keep(err)
	if !b.System.Limits().NeedsEmail {
		if err != nil || a.ID == "" {
			return fmt.Errorf("no address is needed, but Create without one returned %+v and: %w", a, readtest.Told(err))
		}
		return nil
	}
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("Create without an e-mail sent %d writes", n)
	}
	return readtest.Class("Create without an e-mail", err, cardea.Rejected)
}
