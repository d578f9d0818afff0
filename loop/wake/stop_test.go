package wake_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// late is a database that has claimed, and whose answer takes a second. Who does not wait for it does not hear of it.
type late struct{ *rows }

func (d late) Claim(
	ctx context.Context, owner string, kinds []string, now cardea.Instant, life time.Duration, n int,
) ([]store.Lease, error) {
	out, err := d.rows.Claim(ctx, owner, kinds, now, life, n)
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-t.C:
		return out, err
	}
}

// TestAStopWaitsForWhatWasClaimed stops a loop while it claims: the unit is another node's at once, not when a lease of which nobody
// knows is over.
func TestAStopWaitsForWhatWasClaimed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		r.mark("kisi", now())
		l, _ := loop(late{r}, func(ctx context.Context, _ store.Lease) (cardea.Instant, error) {
			return cardea.Never, ctx.Err()
		})
		l.Start(t.Context())
		time.Sleep(500 * time.Millisecond)
		l.Stop()
		got, err := r.Claim(t.Context(), "another", []string{"keep"}, now(), time.Minute, 1)
		if err != nil || len(got) != 1 {
			t.Errorf("after the stop %d units can be had, %v", len(got), err)
		}
	})
}
