package doortest

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// expiry: tokens that end in the middle of a listing are replaced, and the listing goes on.
func expiry(c *course) error {
	k := cardea.KindAccount
	if c.rig.Page[k] == 0 {
		k = cardea.KindEdge
	}
	n := max(c.long(k), c.rig.Floor[k]+2)
	b, _ := c.open(Options{Kind: k, Rows: n})
	if b.Expire == nil {
		return errors.New("the rig cannot end tokens: say in Lacks why there are none")
	}
	ended := 0
	want := cardea.Scope{Kinds: []cardea.Kind{k}}
	in := cardea.NewIntake(want, func(cardea.Kind, int) {
		if ended == 0 {
			b.Expire()
			ended++
		}
	})
	if err := c.saw(b.System.Read(c.ctx, want, in)); err != nil {
		return fmt.Errorf("Read while tokens ended: %w", err)
	}
	if ended == 0 {
		return errors.New("the listing told of no progress")
	}
	if err := c.whole(in.Collection(k), n); err != nil {
		return fmt.Errorf("tokens ended in the middle: %w", err)
	}
	// A second refusal so soon after the first may be a permission that is lacking: time passes first.
	time.Sleep(time.Hour)
	b.Expire()
	if _, err := b.System.Describe(c.ctx); c.saw(err) != nil {
		return fmt.Errorf("tokens ended between two calls: %w", err)
	}
	return nil
}

// throttle: a burst is spread over time by the budget, all of it goes through, and the vendor refuses no more of it than
// the rig says.
func throttle(c *course) error {
	if c.rig.Rate.Calls <= 0 {
		return errors.New("the rig has no Rate: say in Lacks why there is no limit")
	}
	const burst = 40
	b, line := c.small()
	began := time.Now() //nolint:forbidigo // the bubble's clock is the test's own
	errs := make([]error, burst)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = b.System.Describe(c.ctx) })
	}
	all.Wait()
	took := time.Since(began)
	var out []error
	for _, err := range errs {
		out = append(out, c.saw(err))
	}
	calls, refused := line.Tally()
	if calls < burst {
		return fmt.Errorf("%d calls for %d questions", calls, burst)
	}
	if least := c.rig.Rate.Per / time.Duration(c.rig.Rate.Calls) * time.Duration(calls-1); took < least {
		out = append(out, fmt.Errorf("%d calls took %s, the rate of %s asks for %s", calls, took, c.rig.Rate, least))
	}
	if refused > c.rig.Refused {
		out = append(out, fmt.Errorf("the vendor refused %d of %d calls as too many, want at most %d", refused, calls, c.rig.Refused))
	}
	return errors.Join(out...)
}

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
			c.keep(err)
			out = append(out, class(what+" in read-only mode", err, cardea.Rejected))
		}
	}
	if a, err := s.Create(c.ctx, p); !s.Limits().NamesEdges || err != nil {
		wants("Create", err)
	} else if a.ID == "" {
		out = append(out, errors.New("Create returned an account without an id"))
	}
	there, err := c.shown(b, truth[0])
	if err != nil || len(there) != 1 {
		return fmt.Errorf("the edge %s is read as %+v in read-only mode: %w", truth[0].Key(), there, told(err))
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
	_, errs := s.Grant(c.ctx, []cardea.Edge{fresh})
	wants("Grant", errs...)
	wants("Revoke", s.Revoke(c.ctx, []cardea.Edge{e})...)
	if a, can := s.(door.Timed); can {
		later := e
		later.Window = cardea.Window{From: cardea.Always, Until: cardea.At(c.rig.Begin.AddDate(40, 0, 0))}
		_, err := a.Retime(c.ctx, e, later)
		wants("Retime", err)
	}
	if a, can := s.(door.Profiled); can && len(b.Profiles) > 0 {
		other := e
		other.Attributes = b.Profiles[0]
		if other.Attributes == e.Attributes {
			other.Attributes = b.Profiles[1]
		}
		_, err := a.Reprofile(c.ctx, e, other)
		wants("Reprofile", err)
	}
	if a, can := s.(door.Lockable); can {
		wants("Lock", a.Lock(c.ctx, []cardea.Edge{e})...)
	}
	if a, can := s.(door.Units); can {
		_, err := a.AddUnit(c.ctx, unitNumber)
		wants("AddUnit", err)
		_, err = a.RenameUnit(c.ctx, e.Group, unitNumber)
		wants("RenameUnit", err)
	}
	if n := b.Writes(); n != 0 {
		out = append(out, fmt.Errorf("%d writes were sent in read-only mode", n))
	}
	if _, err := s.Describe(c.ctx); c.saw(err) != nil {
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
	if _, err := b.System.Describe(c.ctx); c.saw(err) != nil {
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
	_, err = b.System.Describe(c.ctx)
	if c.saw(err) == nil {
		return errors.New("an answer of 400 gave no error")
	}
	if _, err := c.read(b, cardea.Scope{}); err == nil && len(c.errs) < 5 {
		return errors.New("a reading whose every page was answered with 400 gave no error")
	}
	other, _ := c.open(Options{WrongSecret: true})
	_, err = other.System.Describe(c.ctx)
	c.keep(err)
	if b.Said == nil || b.Said() == "" {
		return errors.New("nothing was recorded, so that nothing was searched: give the connector a wire.Recorder")
	}
	return nil
}
