package desk

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
)

// rereads is how many records are read by id; for more of them the whole list costs less.
const rereads = 25

// reread reads those records by id whose end waits for it, or soon will (RULES.md 5.6). done: that was all there was to do
// now. It is not when nothing waits, when the whole list is due anyway, or when it costs less.
func (d *Desk) reread(ctx context.Context, space string, lease *store.Lease) (next cardea.Instant, done bool, err error) {
	asked, err := d.ws.Rereads(ctx, space)
	if err != nil {
		return 0, false, err
	}
	now := d.now()
	listed, err := d.listed(ctx, space)
	if err != nil {
		return 0, false, err
	}
	var keys []cardea.Key
	for _, a := range asked {
		if open(a, listed, now) && a.Due <= now {
			keys = append(keys, a.Key)
		}
	}
	if len(keys) == 0 || len(keys) > rereads {
		return 0, false, nil
	}
	reader := d.reader(space, lease)
	full, err := d.nextFull(ctx, space, reader)
	if err != nil || full <= now {
		return 0, false, err
	}
	report, err := reader.Of(ctx, keys, nil)
	if err != nil {
		return 0, true, err
	}
	if err := d.ws.Reread(ctx, space, report.Answered, now, lease); err != nil {
		return 0, true, err
	}
	for _, k := range keys {
		// What an agreement counts through cannot be read by id everywhere, and its end does not wait for it.
		if k.Kind == cardea.KindAgreement && !slices.Contains(report.Answered, k) {
			return 0, true, cardea.Errorf(cardea.Retry, "%s did not show %s, whose end is near", space, k)
		}
	}
	next, err = d.sooner(ctx, space, full)
	return next, true, err
}

// nextFull is when the whole list is due: an interval after the last good one began.
func (d *Desk) nextFull(ctx context.Context, space string, reader *read.Reader) (cardea.Instant, error) {
	collections, err := d.ws.Collections(ctx, space)
	if err != nil || len(collections) == 0 {
		return 0, err
	}
	oldest := cardea.Never
	for _, c := range collections {
		if c.Grade == cardea.Failed || c.Grade == cardea.Incomplete || c.At > d.now() { // by a clock that fell back since
			return 0, nil
		}
		oldest = min(oldest, c.At)
	}
	return oldest.Add(reader.Interval), nil
}

// open says whether a record is still to be read by id: a list that is new enough shows it too.
func open(a store.Reread, listed, now cardea.Instant) bool {
	seen := change.Term{Ends: a.Ends, Seen: max(a.Seen, listed)}
	return now < a.Until && !seen.Fresh()
}

// listed is when agreements were last listed whole.
func (d *Desk) listed(ctx context.Context, space string) (cardea.Instant, error) {
	collections, err := d.ws.Collections(ctx, space)
	for _, c := range collections {
		if c.Kind == cardea.KindAgreement {
			return c.CompleteAt, err
		}
	}
	return 0, err
}

// rereadAgain is how soon it is tried again when neither the list nor the record could be had.
const rereadAgain = time.Minute

// sooner is the instant, or that at which the next record is to be read by id.
func (d *Desk) sooner(ctx context.Context, space string, next cardea.Instant) (cardea.Instant, error) {
	asked, err := d.ws.Rereads(ctx, space)
	if err != nil || len(asked) == 0 {
		return next, err
	}
	listed, err := d.listed(ctx, space)
	now := d.now()
	for _, a := range asked {
		switch {
		case !open(a, listed, now) || a.Key.Kind != cardea.KindAgreement:
		case a.Due > now:
			next = min(next, a.Due)
		default:
			next = min(next, now.Add(rereadAgain))
		}
	}
	return next, err
}
