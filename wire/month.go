package wire

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// A month's quota is spent so that no 31 days see more than it: half of it is there at once, and half of it comes back evenly
// over a month. How much of the half that is at hand the less urgent may use up, before they wait for it to come back.
const (
	month       = 31 * 24 * time.Hour
	forSweeps   = 0.4
	forRest     = 0.8
	forStarts   = 0.95
	monthSuffix = "/month"
)

// purse is the month's quota of a budget.
type purse struct {
	each time.Duration // in which one call comes back

	mu  sync.Mutex
	tat cardea.Instant // when all that is spent has come back, as last seen
}

// Monthly makes the budget keep to so many calls in a month as well; 0 = no such limit. What is less urgent is refused first, so
// that revocations can go out until the vendor itself refuses: those are never refused here. It returns the budget.
func (b *Budget) Monthly(calls int) *Budget {
	if calls > 1 {
		b.purse = &purse{each: month / time.Duration(calls/2)}
	}
	return b
}

// afford refuses a call for which the month's quota does not last. Errors: Throttled, with the time after which it does.
func (b *Budget) afford(u Urgency) error {
	p := b.purse
	if p == nil {
		return nil
	}
	share := forRest
	switch u.Level {
	case Now, Revoke:
		return nil
	case Start:
		share = forStarts
	case Sweep:
		share = forSweeps
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	may := time.Duration(float64(month) * share)
	owed := time.Duration(p.tat-cardea.At(b.now())) * time.Microsecond
	if owed <= may {
		return nil
	}
	return &cardea.Error{Class: cardea.Throttled, After: max(owed-may, maxAfter), Text: "the month's quota of calls is spent too far for " +
		"this to be asked now; urgent changes still go out. Raise monthly_calls if the key has more"}
}

// spend takes a call out of the month's quota.
func (b *Budget) spend(ctx context.Context) error {
	p := b.purse
	if p == nil {
		return nil
	}
	tat, err := b.slots.Reserve(ctx, b.name+monthSuffix, p.each, cardea.At(b.now()))
	if err != nil {
		return cardea.Errorf(cardea.Retry, "the month's quota of budget %s could not be counted: %w", b.name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tat = tat.Add(p.each)
	return nil
}
