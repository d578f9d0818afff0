package doortest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// asks is what Retry-After says in faults: more than anybody waits in place.
const asks = 10 * time.Minute

// statuses are the answers whose class is asked.
var statuses = []int{400, 401, 403, 404, 409, 422, 429, 500, 503}

// usual is what a status means where the rig says nothing else.
func usual(status int) Meaning {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return Meaning{cardea.Auth, cardea.Auth}
	case http.StatusNotFound:
		return Meaning{cardea.NotFound, cardea.NotFound}
	case http.StatusConflict:
		return Meaning{cardea.Conflict, cardea.Conflict}
	case http.StatusTooManyRequests:
		return Meaning{cardea.Throttled, cardea.Throttled}
	case http.StatusInternalServerError:
		return Meaning{cardea.Retry, cardea.Unknown}
	case http.StatusServiceUnavailable:
		return Meaning{cardea.Retry, cardea.Retry}
	}
	return Meaning{cardea.Rejected, cardea.Rejected}
}

func (c *course) meaning(status int) Meaning {
	m := usual(status)
	if own, has := c.rig.Classes[status]; has {
		if own.Read != "" {
			m.Read = own.Read
		}
		if own.Write != "" {
			m.Write = own.Write
		}
	}
	return m
}

// answered: an answer of the status has its class, for a read and for a write, with a sentence; nothing took effect.
func answered(c *course, status int) error {
	want := c.meaning(status)
	f := Fault{On: OnDescribe, Effect: Refuse, Status: status}
	if status == http.StatusTooManyRequests {
		f.RetryAfter = int(asks.Seconds())
	}
	b, _ := c.small()
	b.Fault(f)
	_, err := b.System.Describe(c.Ctx)
	out := []error{says(fmt.Sprintf("Describe answered with %d", status), c.Saw(err), want.Read)}

	b, _ = c.small()
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	f.On = OnGrant
	b.Fault(f)
	_, err = c.grant(b, e)
	out = append(out, says(fmt.Sprintf("Grant answered with %d", status), err, want.Write))
	if len(held(b, e)) > 0 {
		out = append(out, fmt.Errorf("an edge is held after Grant was answered with %d", status))
	}
	return errors.Join(out...)
}

// says: the class, a sentence of its own, and the wait that the vendor asked for.
func says(what string, err error, want cardea.Class) error {
	if wrong := readtest.Class(what, err, want); wrong != nil {
		return wrong
	}
	e, ok := errors.AsType[*cardea.Error](err)
	if !ok || e.Error() == "" {
		return fmt.Errorf("%s: %w is no cardea.Error with a sentence", what, err)
	}
	if want == cardea.Throttled && e.After < asks {
		return fmt.Errorf("%s: the vendor asked for %s, the error says %s", what, asks, e.After)
	}
	return nil
}

// afterRead: trouble that passes is not seen by who reads.
func afterRead(c *course) error {
	b, line := c.small()
	b.Fault(Fault{On: OnDescribe, Effect: Refuse, Status: http.StatusServiceUnavailable, Times: 2})
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) != nil {
		return fmt.Errorf("two refusals with 503 were not waited out: %w", err)
	}
	line.Cut(1, true)
	_, err := b.System.Describe(c.Ctx)
	if !line.Mend() {
		return errors.New("Describe sent nothing")
	}
	if c.Saw(err) != nil {
		return fmt.Errorf("a read whose answer was lost was not asked again: %w", err)
	}
	return nil
}

// afterWrite: a write is not sent again by itself; done once more it has the effect of one.
func afterWrite(c *course) error {
	b, _ := c.small()
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	writes := b.Writes()
	b.Fault(Fault{On: OnGrant, Effect: Refuse, Status: http.StatusServiceUnavailable, Times: 1})
	_, err = c.grant(b, e)
	if wrong := readtest.Class("Grant answered with 503", err, c.meaning(http.StatusServiceUnavailable).Write); wrong != nil {
		return wrong
	}
	if n := b.Writes() - writes; n > 1 {
		return fmt.Errorf("Grant sent %d writes after the first was refused", n)
	}
	if _, err := c.grant(b, e); err != nil {
		return fmt.Errorf("Grant once more: %w", err)
	}
	_, err = c.there(b, e, "after Grant once more")
	return err
}

// lostAnswer: a write that the vendor did and whose answer never came is Unknown, for edges and for accounts; looked for,
// it is found, and done again it has no second effect.
func lostAnswer(c *course) error {
	b, _ := c.small()
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	b.Fault(Fault{On: OnGrant, Effect: Drop, Times: 1})
	_, err = c.grant(b, e)
	out := []error{readtest.Class("Grant whose answer was lost", err, cardea.Unknown)}
	if e.Ref, err = c.grant(b, e); err != nil {
		out = append(out, fmt.Errorf("Grant again after its answer was lost: %w", err))
	}
	_, err = c.there(b, e, "after a lost answer")
	out = append(out, err)
	b.Fault(Fault{On: OnRevoke, Effect: Drop, Times: 1})
	out = append(out, readtest.Class("Revoke whose answer was lost", c.revoke(b, e), cardea.Unknown))
	if err := c.revoke(b, e); err != nil {
		out = append(out, fmt.Errorf("Revoke again after its answer was lost: %w", err))
	}
	out = append(out, c.absent(b, e, "after a lost answer"))
	if b.System.Limits().NamesEdges {
		c.Note("the lost answer of Create: accounts are made without a call")
		return errors.Join(out...)
	}
	p := c.person()
	b.Fault(Fault{On: OnCreate, Effect: Drop, Times: 1})
	writes := b.Writes()
	_, err = b.System.Create(c.Ctx, p)
	out = append(out, readtest.Class("Create whose answer was lost", c.Saw(err), cardea.Unknown))
	if n := b.Writes() - writes; n != 1 {
		out = append(out, fmt.Errorf("Create whose answer was lost sent %d writes, want one and no blind second", n))
	}
	as, err := b.System.Find(c.Ctx, p)
	if c.Saw(err) != nil || len(as) != 1 {
		out = append(out, fmt.Errorf("Find after a lost answer found %d accounts and: %w", len(as), readtest.Told(err)))
	}
	return errors.Join(out...)
}

// goneAlready: a Revoke that is answered with "no such thing" is a success.
func goneAlready(c *course) error {
	b, _ := c.small()
	e, err := c.spare(b, 0)
	if err != nil {
		return err
	}
	if e.Ref, err = c.grant(b, e); err != nil {
		return fmt.Errorf("Grant: %w", err)
	}
	b.Fault(Fault{On: OnRevoke, Effect: Refuse, Status: http.StatusNotFound, Times: 1})
	if err := c.revoke(b, e); err != nil {
		return fmt.Errorf("Revoke answered with 404: %w", err)
	}
	return nil
}
