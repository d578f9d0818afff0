package wire

import (
	"container/heap"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// Slots hands out the slots of a budget to everyone who shares it, in one process or many.
type Slots interface {
	// Reserve takes the next slot: with the budget's stored time tat it returns max(tat, now) and stores
	// max(tat, now) + interval.
	Reserve(ctx context.Context, budget string, interval time.Duration, now cardea.Instant) (cardea.Instant, error)
}

// LocalSlots keeps budgets in this process.
func LocalSlots() Slots { return &localSlots{tat: map[string]cardea.Instant{}} }

type localSlots struct {
	mu  sync.Mutex
	tat map[string]cardea.Instant
}

// Reserve implements Slots.
func (l *localSlots) Reserve(_ context.Context, budget string, d time.Duration, now cardea.Instant) (cardea.Instant, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := now
	if t, ok := l.tat[budget]; ok {
		slot = max(t, now)
	}
	l.tat[budget] = slot.Add(d)
	return slot, nil
}

// reserveTimeout bounds how long a slot's row may keep everyone waiting.
const reserveTimeout = 30 * time.Second

// Budget keeps a connection within the vendor's limit. Slots come up evenly (GCRA over Slots); each goes to whoever is the
// most urgent at that moment, not to whoever asked first: a revocation overtakes every sweep that waits. At most one slot
// is taken ahead.
type Budget struct {
	name  string
	slots Slots
	now   func() time.Time
	purse *purse // nil = no month's quota

	mu       sync.Mutex
	interval time.Duration
	slower   time.Duration  // interval until slowTill, when headers say that we are too fast
	slowTill cardea.Instant // 0 = not
	paused   cardea.Instant // nothing is sent before it
	waiting  waiters
	arrivals int64
	running  bool
	empty    chan struct{} // wakes the sleeping dispatcher when the last waiter has left
}

// NewBudget makes a budget. Budgets of one name over the same Slots share one rate.
func NewBudget(name string, rate Rate, slots Slots, now func() time.Time) *Budget {
	return &Budget{
		name: name, slots: slots, now: now, interval: rate.Interval(), paused: cardea.Always,
		empty: make(chan struct{}, 1),
	}
}

// Wait returns when the caller may send one call. Its place in the queue is the context's Urgency. Errors: Retry when the
// context ended or the slots cannot be had.
func (b *Budget) Wait(ctx context.Context) error {
	if err := b.afford(UrgencyOf(ctx)); err != nil {
		return err
	}
	if err := b.turn(ctx); err != nil {
		return err
	}
	return b.spend(ctx)
}

// turn waits in the queue.
func (b *Budget) turn(ctx context.Context) error {
	w := &waiter{urgency: UrgencyOf(ctx), ctx: ctx, ready: make(chan error, 1)}
	b.mu.Lock()
	b.arrivals++
	w.arrival = b.arrivals
	heap.Push(&b.waiting, w)
	if !b.running {
		b.running = true
		go b.dispatch()
	}
	b.mu.Unlock()
	select {
	case err := <-w.ready:
		return err
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.index >= 0 {
		heap.Remove(&b.waiting, w.index)
		if len(b.waiting) == 0 {
			select {
			case b.empty <- struct{}{}:
			default:
			}
		}
	}
	return cardea.Errorf(cardea.Retry, "stopped while waiting for budget %s: %w", b.name, ctx.Err())
}

// dispatch gives out slots as long as someone waits.
func (b *Budget) dispatch() {
	for {
		b.mu.Lock()
		if len(b.waiting) == 0 {
			b.running = false
			b.mu.Unlock()
			return
		}
		ctx, interval, from := b.waiting[0].ctx, b.spacing(), max(cardea.At(b.now()), b.paused)
		b.mu.Unlock()
		slot, err := b.reserve(ctx, interval, from)
		if err == nil && !b.sleep(slot) {
			continue
		}
		b.give(err)
	}
}

// reserve asks from the end of a pause on, which moves the shared row and so pauses everyone who shares it.
func (b *Budget) reserve(ctx context.Context, d time.Duration, from cardea.Instant) (cardea.Instant, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reserveTimeout)
	defer cancel()
	slot, err := b.slots.Reserve(ctx, b.name, d, from)
	if err != nil {
		return 0, cardea.Errorf(cardea.Retry, "no slot of budget %s could be had: %w", b.name, err)
	}
	return slot, nil
}

// sleep waits for the slot. It is false when the slot is lost: everyone left, or a pause came that ends after it.
func (b *Budget) sleep(slot cardea.Instant) bool {
	if d := slot - cardea.At(b.now()); d > 0 {
		t := time.NewTimer(time.Duration(d) * time.Microsecond)
		defer t.Stop()
		for waits := true; waits; {
			select {
			case <-t.C:
				waits = false
			case <-b.empty: // may be old news
				b.mu.Lock()
				waits = len(b.waiting) > 0
				b.mu.Unlock()
				if !waits {
					return false
				}
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paused <= slot
}

// give hands the slot, or the error, to the most urgent waiter.
func (b *Budget) give(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) > 0 {
		w, ok := heap.Pop(&b.waiting).(*waiter)
		if ok {
			w.ready <- err
		}
	}
}

func (b *Budget) spacing() time.Duration {
	if b.slowTill > cardea.At(b.now()) {
		return max(b.slower, b.interval)
	}
	return b.interval
}

// Observe corrects the budget by an answer: 429 pauses it for Retry-After (one second when the vendor does not say), and
// so does any Retry-After and a remaining count of 0; a remaining count that would not last until its reset slows it.
func (b *Budget) Observe(status int, h http.Header) {
	now := b.now()
	wait := retryAfter(h, now)
	if status == http.StatusTooManyRequests && wait == 0 {
		wait = time.Second
	}
	quotas := quotasOf(h, now)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, q := range quotas {
		if q.remaining == 0 {
			wait = max(wait, q.reset)
			continue
		}
		if each := q.reset / time.Duration(q.remaining); q.reset <= shortWindow && each > b.interval {
			b.slower, b.slowTill = each, cardea.At(now.Add(q.reset))
		}
	}
	if wait > 0 {
		b.paused = max(b.paused, cardea.At(now.Add(wait)))
	}
}

// waiter is one call that waits.
type waiter struct {
	urgency Urgency
	arrival int64
	ctx     context.Context //nolint:containedctx // the dispatcher reserves under the context of the one it serves
	ready   chan error
	index   int // in the heap, -1 when out of it
}

// waiters is a heap by level, deadline and arrival.
type waiters []*waiter //nolint:recvcheck // a heap grows by pointer and compares by value

// Len implements heap.Interface.
func (w waiters) Len() int { return len(w) }

// Less implements heap.Interface.
func (w waiters) Less(i, j int) bool {
	a, b := w[i], w[j]
	if a.urgency.Level != b.urgency.Level {
		return a.urgency.Level < b.urgency.Level
	}
	if a.urgency.Deadline != b.urgency.Deadline {
		return a.urgency.Deadline < b.urgency.Deadline
	}
	return a.arrival < b.arrival
}

// Swap implements heap.Interface.
func (w waiters) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].index, w[j].index = i, j
}

// Push implements heap.Interface.
func (w *waiters) Push(x any) {
	if v, ok := x.(*waiter); ok {
		v.index = len(*w)
		*w = append(*w, v)
	}
}

// Pop implements heap.Interface.
func (w *waiters) Pop() any {
	old := *w
	last := old[len(old)-1]
	last.index = -1
	old[len(old)-1] = nil
	*w = old[:len(old)-1]
	return last
}
