package wake

import (
	"context"
	"fmt"
	"time"
)

// backwards is how far the clock must fall back to be noticed. Less than that only makes things so much late.
const backwards = 2 * time.Second

// watch notices that the clock fell back. What was to be woken, and was leased, by a clock that was ahead, would sleep until the
// right one is there too: so everything is looked at once. A clock that jumps ahead needs nothing: what is due by it is due. Waits
// are timers, which no clock moves.
func (l *Loop) watch(ctx context.Context, kinds []string) {
	now := l.now()
	if l.latest != 0 && now < l.latest.Add(-backwards) {
		if err := l.Store.LookAgain(ctx, kinds, now, l.Life); err != nil {
			l.tell(Event{Err: fmt.Errorf("the clock fell back, and not everything could be made due: %w", err), Next: now.Add(l.Poll)})
			return // it is seen again the next time
		}
	}
	l.latest = now
}
