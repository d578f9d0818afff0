package wire

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Turn is the right of a long piece of work to go on writing. It ends when something more urgent has come up: a write that
// waits for its slot then is not sent, so that the urgent one is the next that goes out. What was sent is never cut short.
type Turn struct {
	ends func(ctx context.Context, level int) bool
	over context.Context //nolint:containedctx // writes that wait end with it
	end  context.CancelFunc
}

// NewTurn makes a turn that ends when ends says so. It is asked right before each write of the turn, with its level of
// urgency, by any number of goroutines.
func NewTurn(ends func(ctx context.Context, level int) bool) *Turn {
	t := &Turn{ends: ends}
	t.over, t.end = context.WithCancel(context.Background())
	return t
}

// Over says whether the turn has ended. A turn that is nil never does.
func (t *Turn) Over() bool { return t != nil && t.over.Err() != nil }

// Ask says whether the turn has ended, after looking.
func (t *Turn) Ask(ctx context.Context, level int) bool {
	if t == nil {
		return false
	}
	if t.over.Err() == nil && t.ends(ctx, level) {
		t.end()
	}
	return t.over.Err() != nil
}

type turnKey struct{}

// WithTurn makes writes under the context part of a turn; nil changes nothing.
func WithTurn(ctx context.Context, t *Turn) context.Context {
	if t == nil {
		return ctx
	}
	return context.WithValue(ctx, turnKey{}, t)
}

// wait waits for a slot of the budget, a write no longer than its turn lasts. Errors: Retry, when nothing is to be sent.
func (c *Client) wait(ctx context.Context, call Call) error {
	t, ok := ctx.Value(turnKey{}).(*Turn)
	if !ok || call.Class == Read {
		if c.c.Budget == nil {
			return nil
		}
		return c.c.Budget.Wait(ctx)
	}
	if c.c.Budget != nil {
		mine, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(t.over, cancel)()
		if err := c.c.Budget.Wait(mine); err != nil {
			return err
		}
	}
	if t.Ask(ctx, UrgencyOf(ctx).Level) {
		return cardea.Errorf(cardea.Retry, "it made way for something more urgent")
	}
	return nil
}
