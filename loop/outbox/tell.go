package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Source is whose issues those of an endpoint are.
func Source(endpoint string) string { return "webhook:" + endpoint }

// tell opens and closes the issues of an endpoint: one for each cause.
func (c *Courier) tell(ctx context.Context, e store.Endpoint) error {
	now := c.now()
	var is []cardea.Issue
	switch since := Failing(e); {
	case e.Off != 0:
		is = append(is, cardea.Issue{Code: "webhook-off", Text: fmt.Sprintf("the webhook %s answered that it is gone (410), "+
			"and is told nothing any more; what waits for it is given up after three days. If it is meant to work, have it tested: "+
			"that switches it on again", e.Name)})
	case since != 0 && now >= since.Add(Told):
		is = append(is, cardea.Issue{Code: "webhook-failing", Text: fmt.Sprintf(
			"the webhook %s has not taken everything that it was told since %s; "+
				"it is tried again for three days after each event", e.Name, since)})
	}
	return c.Store.SaveIssues(ctx, Source(e.Name), is, now)
}

// Failing is since when something is not taken, 0 = everything is. An endpoint that works and refuses one event fails as well.
func Failing(e store.Endpoint) cardea.Instant {
	switch {
	case e.Tried == 0:
		return e.Failing
	case e.Failing == 0:
		return e.Tried
	}
	return min(e.Tried, e.Failing)
}

// next is when something is to be done for an endpoint again.
func (c *Courier) next(e store.Endpoint) cardea.Instant {
	now, next := c.now(), cardea.Never
	if e.Waiting > 0 && e.Off == 0 {
		next = max(e.Due, e.Retry)
	}
	if e.Waiting > 0 && (e.Off != 0 || e.Fails > 0) {
		next = min(next, e.Oldest.Add(GiveUp))
	}
	if since := Failing(e); since != 0 && e.Off == 0 && now < since.Add(Told) {
		next = min(next, since.Add(Told))
	}
	if e.Delivered+e.Lost > 0 { // what was sent is forgotten in its time
		next = min(next, now.Add(24*time.Hour))
	}
	return max(next, now.Add(time.Second)) // what comes meanwhile marks the row
}
