package wire

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cardea-access/cardea"
)

// ErrNoToken is in the chain of an error that says that the token endpoint gives out no token for now: no call of the connection
// can be sent, so that whoever reads many things need not ask for the rest.
var ErrNoToken = errors.New("no token is given out")

const (
	// longestTokenWait is how long a call waits for the token endpoint's limit; beyond it a person is told instead.
	longestTokenWait = 20 * time.Second
	// tokenMargin comes on top: at the very end of a closed window the oldest request still counts.
	tokenMargin = 250 * time.Millisecond
)

// scarce is the error of a token endpoint that was asked too often (OfficeRnD: five times a minute). Its text says what to do.
type scarce struct{ said error }

// Error is the endpoint's own answer.
func (s scarce) Error() string { return s.said.Error() }

// Unwrap returns the answer.
func (s scarce) Unwrap() error { return s.said }

// Is makes it an ErrNoToken.
func (s scarce) Is(target error) bool { return target == ErrNoToken }

// told turns an answer that throttles the token endpoint into advice; other errors stay as they are. Left is how long the refusal
// still stands by the vendor's own word.
func (o *oauth) told(err error, left time.Duration) error {
	if cardea.ClassOf(err) != cardea.Throttled {
		return err
	}
	when := "in a minute"
	if afterOf(err) > 0 {
		when = "in " + seconds(max(left, time.Second))
	}
	return &cardea.Error{
		Class: cardea.Throttled, After: left, Cause: scarce{err},
		Text: o.c.Name + " gives out no more tokens for now: try again " + when + o.advice(),
	}
}

// advice says what to do so that fewer tokens are needed, where something can be done.
func (o *oauth) advice() string {
	if o.c.Store != nil || o.c.Fleeting {
		return ""
	}
	return "; with CARDEA_KEY set tokens are kept, and not every command needs a new one (make a key with: openssl rand -hex 32)"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%d s", int(math.Ceil(d.Seconds()))) }

// patient gets another token, and when the endpoint asks for a short patience, waits once. Nobody waits beyond their own deadline.
func (o *oauth) patient(ctx context.Context, deadline time.Time) (token, error) {
	t, err := o.timed(ctx)
	wait := afterOf(err) + tokenMargin
	if cardea.ClassOf(err) != cardea.Throttled || wait == tokenMargin || afterOf(err) > longestTokenWait || o.renew != nil ||
		!deadline.IsZero() && o.c.Now().Add(wait).After(deadline) {
		return t, err
	}
	if o.c.Waits != nil {
		o.c.Waits(o.c.Name + " gives out no more tokens for now: waiting " + seconds(afterOf(err)) + o.advice())
	}
	if !pause(ctx, wait) {
		return t, err
	}
	return o.timed(ctx)
}

// timed gets another token within the time that one may take.
func (o *oauth) timed(ctx context.Context) (token, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	return o.source(ctx)
}
