package keep

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// maxSkew is how far clocks may be apart while anything is written.
const maxSkew = 2 * time.Minute

// clocks refuses to write by a wrong clock (RULES.md 5.7): when ours differs from the vendor's, or is behind what was
// written before, unless the vendor confirms ours. Nodes differ by a little, so that the newest audit line may be a little ahead.
// Errors: Retry.
func (k *Keeper) clocks(ctx context.Context) error {
	if c, can := k.System.(door.Clocked); can {
		skew, _ := c.Skew()
		known := false
		if skew.Abs() > maxSkew && !k.right(ctx) {
			skew, known = c.Skew() // not known: nobody answers, and what is sent fails by itself
		}
		if known && skew.Abs() > maxSkew {
			return cardea.Errorf(cardea.Retry, "our clock and the one of %s are %s apart: nothing is written until the clock that is "+
				"wrong is set right", k.Door, skew.Abs().Round(time.Second))
		}
	}
	lines, err := k.Store.Audit(ctx, 1)
	if err != nil {
		return failed("see when something was last written", err)
	}
	if len(lines) > 0 && lines[0].At > k.now().Add(maxSkew) && !k.right(ctx) {
		return cardea.Errorf(cardea.Retry, "our clock says %s, and something was written at %s: nothing is written until the clock is "+
			"set right", k.now(), lines[0].At)
	}
	return nil
}

// right says whether the vendor, asked at this moment, has the time that we have: then it was the clock of before that was wrong.
// What an answer of before said of the clocks would stand for ever, since nothing is asked while they are apart.
func (k *Keeper) right(ctx context.Context) bool {
	c, can := k.System.(door.Clocked)
	if !can {
		return false
	}
	if _, err := k.System.Describe(ctx); err != nil {
		return false
	}
	skew, known := c.Skew()
	return known && skew.Abs() <= maxSkew
}
