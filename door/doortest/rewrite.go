package doortest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest"
)

// renewed is somebody's profile after everything of it changed.
func renewed(p cardea.NewAccount) cardea.NewAccount {
	p.First, p.Last, p.Name = "Nova", "Stern", "Nova Stern"
	p.Email, p.Phone = "nova."+p.Email, "+44 20 7946 0958"
	return p
}

// account reads one account by its id.
func (c *course) account(b *Bench, id cardea.AccountID) (cardea.Account, error) {
	key := cardea.Account{ID: id}.Key()
	in := cardea.NewIntake(cardea.Scope{Keys: []cardea.Key{key}}, nil)
	if err := c.Saw(b.System.Read(c.Ctx, in.Scope(), in)); err != nil {
		return cardea.Account{}, fmt.Errorf("reading account %s: %w", id, err)
	}
	for _, rec := range in.Open(cardea.KindAccount).Records() {
		if a, ok := rec.(cardea.Account); ok && a.ID == id {
			return a, nil
		}
	}
	return cardea.Account{}, fmt.Errorf("account %s is not there", id)
}

// rewritten is an account as it reads when these fields of now were given to it.
func rewritten(was cardea.Account, now cardea.NewAccount, fields []string) cardea.Account {
	for _, f := range fields {
		switch f {
		case cardea.FieldFirst, cardea.FieldLast:
			was.Name = now.Name
		case cardea.FieldEmail:
			was.Email = now.Email
		case cardea.FieldPhone:
			was.Phone = now.Phone
		}
	}
	return was
}

// reads compares an account as it reads with how it should: phone numbers by their digits.
func reads(got, want cardea.Account) error {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	if !strings.EqualFold(got.Name, want.Name) || !strings.EqualFold(got.Email, want.Email) || digits(got.Phone) != digits(want.Phone) ||
		got.External != want.External || got.ID != want.ID {
		return fmt.Errorf("the account reads %+v, want %+v", got, want)
	}
	return nil
}

// steps puts the two fields of a name together: systems that hold one name take both.
func steps(profile []string) [][]string {
	var out [][]string
	var name []string
	for _, f := range profile {
		if f == cardea.FieldFirst || f == cardea.FieldLast {
			name = append(name, f)
		} else {
			out = append(out, []string{f})
		}
	}
	if len(name) > 0 {
		out = append(out, name)
	}
	return out
}

// rewritable: each field that can be changed is, shows, may be given again, and takes no other field along; no other
// account changes; what cannot be changed is refused, and who is nobody is not found.
func rewritable(c *course) error {
	b, _ := c.small()
	s, can := b.System.(door.Rewritable)
	profile := b.System.Limits().Profile
	if can != (len(profile) > 0) {
		return fmt.Errorf("the System is Rewritable %t, and says that %v can be changed", can, profile)
	}
	if !can {
		c.Note("the System is not Rewritable")
		return nil
	}
	p, other := c.person(), c.person()
	a, err := c.settled(b, p)
	if err != nil {
		return err
	}
	second := *b
	second.Groups = b.Groups[1:] // a unit has one tenant
	o, err := c.settled(&second, other)
	if err != nil {
		return err
	}
	was, err1 := c.account(b, a.ID)
	bystander, err2 := c.account(b, o.ID)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	now := renewed(p)
	for _, fields := range steps(profile) {
		was = rewritten(was, now, fields)
		for range 2 {
			if err := c.Saw(s.Rewrite(c.Ctx, a.ID, now, fields)); err != nil {
				return fmt.Errorf("Rewrite of %v: %w", fields, err)
			}
			got, err := c.account(b, a.ID)
			if err != nil {
				return err
			}
			if err := reads(got, was); err != nil {
				return fmt.Errorf("after Rewrite of %v: %w", fields, err)
			}
		}
	}
	got, err := c.account(b, o.ID)
	if err == nil {
		err = reads(got, bystander)
	}
	if err != nil {
		return fmt.Errorf("another account, after Rewrite: %w", err)
	}
	for _, f := range []string{cardea.FieldEmail, cardea.FieldPhone, "shoe size"} {
		if slices.Contains(profile, f) {
			continue
		}
		if err := readtest.Class("Rewrite of "+f, c.Saw(s.Rewrite(c.Ctx, a.ID, now, []string{f})), cardea.Rejected); err != nil {
			return err
		}
	}
	nobody := cardea.AccountID(b.Nobody[cardea.KindAccount])
	return readtest.Class("Rewrite of nobody", c.Saw(s.Rewrite(c.Ctx, nobody, now, steps(profile)[len(steps(profile))-1])), cardea.NotFound)
}

// cutRewrite cuts a change of an account anywhere: done again, it has what it was given.
func cutRewrite(c *course) error {
	b, _ := c.small()
	if _, can := b.System.(door.Rewritable); !can {
		c.Note("the System is not Rewritable")
		return nil
	}
	return c.cutEverywhere(func(b *Bench) (job, error) {
		p := c.person()
		now, profile := renewed(p), b.System.Limits().Profile
		a, err := c.settled(b, p)
		if err != nil {
			return job{}, err
		}
		was, err := c.account(b, a.ID)
		return job{
			do: func() error {
				s, can := b.System.(door.Rewritable)
				if !can {
					return errors.New("the System is not Rewritable")
				}
				return s.Rewrite(c.Ctx, a.ID, now, profile)
			},
			ends: func() error {
				got, err := c.account(b, a.ID)
				if err != nil {
					return err
				}
				return reads(got, rewritten(was, now, profile))
			},
		}, err
	})
}
