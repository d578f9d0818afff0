package spacetest

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// expiry: tokens that end in the middle of a listing are replaced, and the listing goes on.
func expiry(c *course) error {
	k := c.paged()
	n := max(c.long(k), c.rig.Floor[k]+2)
	b, _ := c.open(Options{Kind: k, Rows: n})
	if b.Expire == nil {
		return errors.New("the rig cannot end tokens: say in Lacks why there are none")
	}
	ended := 0
	want := cardea.Scope{Kinds: []cardea.Kind{k}, Span: c.span()}
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

// paged is a kind whose listing has pages, people before others.
func (c *course) paged() cardea.Kind {
	if c.rig.Page[cardea.KindPerson] > 0 {
		return cardea.KindPerson
	}
	for _, k := range c.rig.Kinds {
		if c.rig.Page[k] > 0 {
			return k
		}
	}
	return c.rig.Kinds[0]
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

// readOnly: reading needs no write. The mode changes nothing of what comes.
func readOnly(c *course) error {
	b, _ := c.open(Options{ReadOnly: true})
	if _, err := b.System.Describe(c.ctx); c.saw(err) != nil {
		return fmt.Errorf("Describe in read-only mode: %w", err)
	}
	in, err := c.read(b, cardea.Scope{})
	if err != nil {
		return fmt.Errorf("Read in read-only mode: %w", err)
	}
	var out []error
	for _, k := range c.rig.Kinds {
		p := in.Collection(k)
		if p == nil || p.Err() != nil {
			out = append(out, fmt.Errorf("the listing of %ss did not come in read-only mode", k))
			continue
		}
		out = append(out, same(p, b.Truth(k)))
	}
	if n := b.Writes(); n != 0 {
		out = append(out, fmt.Errorf("%d writes were sent in read-only mode", n))
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
	for _, f := range []Fault{
		{Effect: Refuse, Status: http.StatusForbidden}, {Effect: Refuse, Status: http.StatusBadRequest}, {Effect: Drop},
	} {
		struck, _ := c.small()
		struck.Fault(f)
		if _, err := struck.System.Describe(c.ctx); c.saw(err) == nil {
			return fmt.Errorf("Describe struck by %s %d gave no error", f.Effect, f.Status)
		}
	}
	if _, err := b.System.Describe(c.ctx); c.saw(err) != nil {
		return fmt.Errorf("Describe: %w", err)
	}
	line.RepeatBack()
	if _, err := b.System.Describe(c.ctx); c.saw(err) == nil {
		return errors.New("an answer of 400 gave no error")
	}
	in, err := c.read(b, cardea.Scope{})
	c.keep(err)
	for _, p := range in.Collections() {
		if p.Evidence().Grade() == cardea.Complete {
			return fmt.Errorf("the listing of %ss is complete though every call was answered with 400", p.Kind())
		}
	}
	other, _ := c.open(Options{WrongSecret: true})
	if _, err := other.System.Describe(c.ctx); c.saw(err) == nil {
		return errors.New("wrong credentials gave no error")
	}
	if b.Said == nil || b.Said() == "" {
		return errors.New("nothing was recorded, so that nothing was searched: give the connector a wire.Recorder")
	}
	return nil
}
