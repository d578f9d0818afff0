package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// ear knows what hooks should have told by the time a listing is through.
type ear struct {
	connection string
	since      cardea.Instant // the listing before, 0 = none
	fence      int64          // of looks, when the listing began
}

func (d *Desk) ear(ctx context.Context, connection string) (ear, error) {
	e := ear{connection: connection}
	collections, err := d.ws.Collections(ctx, connection)
	if err != nil {
		return e, err
	}
	for _, c := range collections {
		e.since = max(e.since, c.At)
	}
	e.fence, err = d.ws.LookFence(ctx, connection)
	return e, err
}

// silentAfter is how many listings in a row have to find changes of which no hook told.
const silentAfter = 3

// done looks, after a listing, whether hooks should have told of what it found: several such listings in a row without a single hook
// are an issue, which the first hook closes. Connections that never had a hook are left alone.
func (e ear) done(ctx context.Context, d *Desk, report read.Report, lease *store.Lease) error {
	if err := d.ws.ForgetLooked(ctx, e.connection, e.fence, d.now().Add(-lookPause), lease); err != nil {
		return err
	}
	h, can := d.c.Spaces[e.connection].Space.(space.Hooked)
	if !can || e.since == 0 {
		return nil
	}
	hooks, err := d.ws.Hooks(ctx)
	one, had := hooks[e.connection]
	if err != nil || !had || one.Last == 0 && one.Installed == 0 {
		return err
	}
	missed := one.Missed
	if slices.ContainsFunc(report.Collections, func(c read.Collection) bool {
		return c.Changed+c.Gone > 0 && slices.Contains(h.Announces(), c.Kind)
	}) {
		if missed, err = d.ws.MissHook(ctx, e.connection, e.since); err != nil {
			return err
		}
	}
	source := "hooks:" + e.connection
	if missed < silentAfter {
		if one.Last >= e.since {
			return d.ws.SaveIssues(ctx, source, nil, d.now())
		}
		return nil
	}
	return d.ws.SaveIssues(ctx, source, []cardea.Issue{hooksSilent(e.connection, missed, one.Last)}, d.now())
}

func hooksSilent(connection string, missed int, at cardea.Instant) cardea.Issue {
	last := "none ever came"
	if at != 0 {
		last = "the last one came at " + at.String()
	}
	return cardea.Issue{Code: "hooks-silent", Text: fmt.Sprintf(
		"%d listings of %s in a row found changes of which no hook told; %s. Until hooks arrive again changes are found by the interval",
		missed, connection, last)}
}
