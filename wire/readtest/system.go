package readtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// describe: the same twice, with the pinned id, and nothing written.
func describe(c *Course) error {
	b, _ := c.Open(Options{})
	first, err := b.System.Describe(c.Ctx)
	if c.Saw(err) != nil {
		return fmt.Errorf("the first Describe: %w", err)
	}
	second, err := b.System.Describe(c.Ctx)
	if c.Saw(err) != nil {
		return fmt.Errorf("the second Describe: %w", err)
	}
	first.Skew, second.Skew = 0, 0 // it depends on when the answer came
	if first != second {
		return fmt.Errorf("two Describes said %+v and %+v", first, second)
	}
	if first.ID == "" || first.ID != c.rig.Organisation {
		return fmt.Errorf("the organisation that Describe pins is %q, want %q", first.ID, c.rig.Organisation)
	}
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("%d writes were sent by Describe", n)
	}
	return nil
}

// wrongCredentials: an Auth error from everything, and no listing that could be believed.
func wrongCredentials(c *Course) error {
	b, _ := c.Open(Options{WrongSecret: true})
	_, err := b.System.Describe(c.Ctx)
	out := []error{Class("Describe with wrong credentials", c.Saw(err), cardea.Auth)}
	in, err := c.Read(b.System, cardea.Scope{})
	out = append(out, Class("Read with wrong credentials", err, cardea.Auth))
	for _, p := range in.Collections() {
		if g := p.Evidence().Grade(); g != cardea.Failed {
			out = append(out, fmt.Errorf("the listing of %ss is %s with wrong credentials, want failed", p.Kind(), g))
		}
	}
	return errors.Join(out...)
}

// twice: two readings of one world are equal, records and evidence, and hold something of every kind.
func twice(c *Course) error {
	b, _ := c.Open(Options{})
	var said [2]string
	for i := range said {
		in, err := c.Read(b.System, cardea.Scope{})
		if err != nil {
			return fmt.Errorf("Read: %w", err)
		}
		for _, k := range c.rig.Kinds {
			p := in.Collection(k)
			if p == nil {
				return fmt.Errorf("Read of everything opened no %ss", k)
			}
			if len(p.Records()) == 0 {
				return fmt.Errorf("the rig's small world has no %s, or it did not come: %s", k, p.Evidence().Why())
			}
			rows := make([]string, 0, len(p.Records()))
			for _, r := range p.Records() {
				rows = append(rows, fmt.Sprintf("%+v", r))
			}
			slices.Sort(rows)
			e := p.Evidence()
			said[i] += fmt.Sprintf("%s: %s %d %q %q\n", k, e.Grade(), e.Records(), e.Why(), rows)
		}
	}
	if said[0] != said[1] {
		return fmt.Errorf("two readings of one world differ:\n%s\n%s", said[0], said[1])
	}
	if n := b.Writes(); n != 0 {
		return fmt.Errorf("Read sent %d writes", n)
	}
	return nil
}

// expiry: tokens that end in the middle of a listing are replaced, and the listing goes on.
func expiry(c *Course) error {
	k := c.rig.Paged
	n := max(c.long(k), c.rig.Floor[k]+2)
	b, _ := c.Open(Options{Kind: k, Rows: n})
	if b.Expire == nil {
		return errors.New("the rig cannot end tokens: say in Lacks why there are none")
	}
	ended := 0
	want := cardea.Scope{Kinds: []cardea.Kind{k}, Span: c.rig.Span}
	in := cardea.NewIntake(want, func(cardea.Kind, int) {
		if ended == 0 {
			b.Expire()
			ended++
		}
	})
	if err := c.Saw(b.System.Read(c.Ctx, want, in)); err != nil {
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
	if _, err := b.System.Describe(c.Ctx); c.Saw(err) != nil {
		return fmt.Errorf("tokens ended between two calls: %w", err)
	}
	return nil
}

// throttle: a burst is spread over time by the budget, all of it goes through, and the vendor refuses no more of it than
// the rig says.
func throttle(c *Course) error {
	if c.rig.Rate.Calls <= 0 {
		return errors.New("the rig has no Rate: say in Lacks why there is no limit")
	}
	const burst = 40
	b, line := c.Open(Options{})
	began := time.Now() //nolint:forbidigo // the bubble's clock is the test's own
	errs := make([]error, burst)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = b.System.Describe(c.Ctx) })
	}
	all.Wait()
	took := time.Since(began)
	var out []error
	for _, err := range errs {
		out = append(out, c.Saw(err))
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
