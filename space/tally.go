package space

import (
	"context"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Tally counts what a read was answered and refused, and says when nothing further can be read.
type Tally struct{ answered, refused int }

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

// stopped says whether no call of this read can go out any more: it was ended, or no token is given out for now.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, wire.ErrNoToken)
}
