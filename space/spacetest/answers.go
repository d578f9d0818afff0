package spacetest

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
var statuses = []int{400, 401, 403, 404, 409, 422, 429, 500, 502, 503}

// meaning is the class that a status has for a read.
func (c *course) meaning(status int) cardea.Class {
	if own := c.rig.Classes[status]; own != "" {
		return own
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return cardea.Auth
	case http.StatusNotFound:
		return cardea.NotFound
	case http.StatusConflict:
		return cardea.Conflict
	case http.StatusTooManyRequests:
		return cardea.Throttled
	}
	if status >= http.StatusInternalServerError {
		return cardea.Retry
	}
	return cardea.Rejected
}

// answered: an answer of the status has its class, with a sentence and the wait that the vendor asked for.
func answered(c *course, status int) error {
	want := c.meaning(status)
	f := Fault{Effect: Refuse, Status: status}
	if want == cardea.Throttled {
		f.RetryAfter = int(asks.Seconds())
	}
	b, _ := c.small()
	b.Fault(f)
	_, err := b.System.Describe(c.Ctx)
	what := fmt.Sprintf("Describe answered with %d", status)
	if wrong := readtest.Class(what, c.Saw(err), want); wrong != nil {
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

// passing: trouble that passes is not seen by who reads: refusals, a connection that cannot be made, a lost answer.
func passing(c *course) error {
	b, line := c.small()
	b.Fault(Fault{Effect: Refuse, Status: http.StatusServiceUnavailable, Times: 2})
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) != nil {
		return fmt.Errorf("two refusals with 503 were not waited out: %w", err)
	}
	for _, after := range []bool{false, true} {
		line.Cut(1, after)
		_, err := b.System.Describe(c.Ctx)
		if !line.Mend() {
			return errors.New("Describe sent nothing")
		}
		if c.Saw(err) != nil {
			return fmt.Errorf("a call that was cut, after the vendor had it %t, was not sent again: %w", after, err)
		}
	}
	b, _ = c.small()
	b.Fault(Fault{Effect: Drop})
	_, err := b.System.Describe(c.Ctx)
	return readtest.Class("Describe whose answers are all lost", c.Saw(err), cardea.Retry)
}
