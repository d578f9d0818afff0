package wake

import (
	"context"
	"fmt"
	"time"
)

// backwards is how far the clock must fall back to be noticed. Less than that only makes things so much late.
const backwards = 2 * time.Second

// ahead is how far the clock must be past a look that was due to count as set ahead. A look that was kept waiting for so long is told
// of as well, which costs a question.
const ahead = 30 * time.Second

// watch notices that the clock fell back. What was to be woken, and was leased, by a clock that was ahead, would sleep until the
// right one is there too: so everything is looked at once. What is due by a clock that jumps ahead is due, but perhaps it is wrong: who
// writes is to ask others for the time. Waits are timers, which no clock moves.
func (l *Loop) watch(ctx context.Context, kinds []string) {
	now := l.now()
	if l.latest != 0 && now < l.latest.Add(-backwards) {
		if err := l.Store.LookAgain(ctx, kinds, now, l.Life); err != nil {
			l.tell(Event{Err: fmt.Errorf("the clock fell back, and not everything could be made due: %w", err), Next: now.Add(l.Poll)})
			return // it is seen again the next time
		}
	}
	if l.latest != 0 && now > l.latest.Add(l.Poll+ahead) && l.Leapt != nil {
		l.Leapt()
	}
	l.latest = now
}
