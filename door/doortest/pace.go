package doortest

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest"
)

// readOnly: everything that would write is Rejected and nothing is sent; reading goes on.
func readOnly(c *course) error {
	b, _ := c.open(Options{ReadOnly: true})
	s := b.System
	truth := b.Truth()
	if len(truth) == 0 {
		return errors.New("the rig's small world has no plain edge")
	}
	p := c.person()
	var out []error
	wants := func(what string, errs ...error) {
		for _, err := range errs {
			c.Keep(err)
			out = append(out, readtest.Class(what+" in read-only mode", err, cardea.Rejected))
		}
	}
	if a, err := s.Create(c.Ctx, p); !s.Limits().NamesEdges || err != nil {
		wants("Create", err)
	} else if a.ID == "" {
		out = append(out, errors.New("Create returned an account without an id"))
	}
	there, err := c.shown(b, truth[0])
	if err != nil || len(there) != 1 {
		return fmt.Errorf("the edge %s is read as %+v in read-only mode: %w", truth[0].Key(), there, readtest.Told(err))
	}
	e := there[0]
	fresh := e
	for _, g := range b.Groups {
		if fresh.Group = g; len(held(b, fresh)) == 0 {
			break
		}
	}
	fresh.Ref, fresh.Window, fresh.Mails, fresh.Who = "", cardea.Forever, cardea.MailsNever, &p
	if len(held(b, fresh)) > 0 {
		return errors.New("the rig's small world has no group without the person of its first edge")
	}
	_, errs := s.Grant(c.Ctx, []cardea.Edge{fresh})
	wants("Grant", errs...)
	wants("Revoke", s.Revoke(c.Ctx, []cardea.Edge{e})...)
	if a, can := s.(door.Timed); can {
		later := e
		later.Window = cardea.Window{From: cardea.Always, Until: cardea.At(c.rig.Begin.AddDate(40, 0, 0))}
		_, err := a.Retime(c.Ctx, e, later)
		wants("Retime", err)
	}
	if a, can := s.(door.Profiled); can && len(b.Profiles) > 0 {
		other := e
		other.Attributes = b.Profiles[0]
		if other.Attributes == e.Attributes {
			other.Attributes = b.Profiles[1]
		}
		_, err := a.Reprofile(c.Ctx, e, other)
		wants("Reprofile", err)
	}
	if a, can := s.(door.Lockable); can {
		wants("Lock", a.Lock(c.Ctx, []cardea.Edge{e})...)
	}
	if a, can := s.(door.Units); can {
		_, err := a.AddUnit(c.Ctx, unitNumber)
		wants("AddUnit", err)
		_, err = a.RenameUnit(c.Ctx, e.Group, unitNumber)
		wants("RenameUnit", err)
	}
	if n := b.Writes(); n != 0 {
		out = append(out, fmt.Errorf("%d writes were sent in read-only mode", n))
	}
	if _, err := s.Describe(c.Ctx); c.Saw(err) != nil {
		out = append(out, fmt.Errorf("Describe in read-only mode: %w", err))
	}
	return errors.Join(out...)
}

// secrets: trouble of every sort is provoked, a vendor that repeats what it was sent among it. What is searched, and for
// what, is the same for every check.
func secrets(c *course) error {
	b, line := c.small()
	if len(b.Secrets) == 0 {
		return errors.New("the rig names no secrets")
	}
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) != nil {
		return fmt.Errorf("Describe: %w", err)
	}
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	for _, f := range []Fault{
		{Effect: Refuse, Status: http.StatusUnauthorized, Times: 2}, {Effect: Refuse, Status: http.StatusBadRequest, Times: 1},
		{Effect: Drop, Times: 1},
	} {
		f.On = OnGrant
		b.Fault(f)
		if _, err := c.grant(b, e); err == nil {
			return fmt.Errorf("a Grant struck by %s %d gave no error", f.Effect, f.Status)
		}
	}
	line.RepeatBack()
	_, err = b.System.Describe(c.Ctx)
	if c.Saw(err) == nil {
		return errors.New("an answer of 400 gave no error")
	}
	if _, err := c.Read(b.System, cardea.Scope{}); err == nil && len(c.Errs) < 5 {
		return errors.New("a reading whose every page was answered with 400 gave no error")
	}
	other, _ := c.open(Options{WrongSecret: true})
	_, err = other.System.Describe(c.Ctx)
	c.Keep(err)
	if b.Said == nil || b.Said() == "" {
		return errors.New("nothing was recorded, so that nothing was searched: give the connector a wire.Recorder")
	}
	return nil
}
