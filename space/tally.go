package space

import (
	"context"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// ErrNoTenant is the cause of an error that says that the tenant is unknown or not ours: nothing of it can be read.
var ErrNoTenant = errors.New("organisation not found")

// Tally counts what a read was answered and refused, and says when nothing further can be read. Of a read by keys or people it
// keeps what went wrong, so that each collection is ended once.
type Tally struct {
	answered, refused int
	failed            map[cardea.Kind][]error
}

// Answered counts an answer.
func (t *Tally) Answered() { t.answered++ }

// Over says whether an error of a single call is that nothing further can be read. A refusal counts only before anything was
// answered: later it may be a right that the credentials lack for one collection.
func (t *Tally) Over(ctx context.Context, err error) bool {
	return stopped(ctx, err) || cardea.ClassOf(err) == cardea.Auth && t.answered == 0
}

// Settle ends a collection that was read whole, and says whether nothing further can be read: the first was refused, or two in a
// row were.
func (t *Tally) Settle(ctx context.Context, p *cardea.Pages, err error) bool {
	if err == nil {
		t.answered++
		t.refused = 0
		p.Close()
		return false
	}
	p.Fail(err)
	if cardea.ClassOf(err) != cardea.Auth {
		t.refused = 0
		return stopped(ctx, err)
	}
	t.refused++
	return stopped(ctx, err) || t.answered == 0 || t.refused > 1
}

// patience is how many reads by id of one kind may fail before the rest of that kind is left for another time.
const patience = 3

// Note takes the outcome of one call of a read by keys or people. It returns an error when nothing further can be read.
func (t *Tally) Note(ctx context.Context, p *cardea.Pages, err error) error {
	if err == nil {
		t.answered++
		return nil
	}
	if t.failed == nil {
		t.failed = map[cardea.Kind][]error{}
	}
	t.failed[p.Kind()] = append(t.failed[p.Kind()], err)
	if t.Over(ctx, err) {
		p.Fail(err)
		return err
	}
	return nil
}

// Tired says whether so much of a kind failed that the rest is left for another time.
func (t *Tally) Tired(kind cardea.Kind) bool { return len(t.failed[kind]) >= patience }

// End ends every collection of a read by keys or people: with what went wrong first, if anything did.
func (t *Tally) End(into *cardea.Intake) {
	for _, p := range into.Collections() {
		var first error
		if errs := t.failed[p.Kind()]; len(errs) > 0 {
			first = errs[0]
		}
		p.End(first)
	}
}

// stopped says whether no call of this read can go out any more: it was ended, no token is given out for now, or there is no such
// tenant.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, wire.ErrNoToken) || errors.Is(err, ErrNoTenant)
}
