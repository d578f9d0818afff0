package wire

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-access/cardea"
)

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// longestWait is how long a read waits for a vendor's limit itself; beyond it the caller is told, and comes again.
	longestWait = 2 * time.Minute
)

// passing says whether the same read may go through later. A token that is not given out was waited for where the tokens come from.
func passing(err error) bool {
	if errors.Is(err, ErrNoToken) {
		return false
	}
	switch cardea.ClassOf(err) {
	case cardea.Throttled, cardea.Retry:
		return afterOf(err) <= longestWait
	case cardea.Auth, cardea.Rejected, cardea.NotFound, cardea.Conflict, cardea.Unknown:
	}
	return false
}

// backoff is a random part of a doubling span (full jitter), on top of what the vendor asked for.
func backoff(n int, err error, random func() float64) time.Duration {
	span := maxBackoff
	if n < 6 {
		span = min(firstBackoff<<n, maxBackoff)
	}
	return afterOf(err) + time.Duration(random()*float64(span))
}

// pause waits and says whether it waited to the end.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
