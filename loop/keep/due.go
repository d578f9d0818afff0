package keep

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/store"
)

// CodeAtRisk is the issue of what will hardly be true in time.
const CodeAtRisk = "at-risk"

// AtRisk counts, in a run, what will hardly be true in time.
const AtRisk = "_at_risk"

// Due lists what must be true within a while at the door system, by what is stored, and how it stands with that. It asks no
// vendor anything and writes nothing.
func (k *Keeper) Due(ctx context.Context, within time.Duration) ([]cardea.Due, error) {
	p, err := k.Plan(ctx)
	if err != nil {
		return nil, err
	}
	return k.dues(ctx, &p, within)
}

// dues tells it from a plan of everyone.
func (k *Keeper) dues(ctx context.Context, p *Plan, within time.Duration) ([]cardea.Due, error) {
	in := change.DueInput{
		Now: k.now(), Within: min(within, max(k.Horizon, time.Hour)), Horizon: k.Horizon, Limits: k.limits(), Pace: k.Pace,
		Wanted: p.Wanted, Links: p.Links, Edges: p.State.Edges, Ops: p.Changeset.Operations, Skip: map[cardea.GroupID]bool{},
	}
	for _, rows := range []func(context.Context, string) ([]store.OpRow, error){k.Store.Unconfirmed, k.Store.InFlight} {
		list, err := rows(ctx, k.Door)
		if err != nil {
			return nil, failed("see what is not read back", err)
		}
		for _, row := range list {
			in.Unread = append(in.Unread, row.Op)
		}
	}
	policies, err := k.policies(ctx)
	if err != nil {
		return nil, err
	}
	for g, p := range policies {
		in.Skip[g] = p.Mode == cardea.Watch
	}
	for g := range k.Observed {
		in.Skip[g] = true
	}
	return change.Dues(in), nil
}

// risky tells, after a run of everyone, what will hardly be true in time, as far ahead as windows are looked at. The issue
// closes itself when the queue is short enough again, or the hour is over.
func (k *Keeper) risky(ctx context.Context, r *Report, at cardea.Instant) error {
	all, err := k.dues(ctx, &r.After, k.Horizon)
	if err != nil {
		return err
	}
	var first cardea.Due
	n := 0
	for _, d := range all {
		if d.State == cardea.DueAtRisk {
			if n++; n == 1 {
				first = d
			}
		}
	}
	r.AtRisk = n
	var is []cardea.Issue
	if n > 0 {
		is = append(is, cardea.Issue{Code: CodeAtRisk, Text: fmt.Sprintf("%d of what must be true at %s soon will hardly be so in time, "+
			"from %s on: %s", n, k.Door, first.At, first.Why)})
	}
	if err := k.Store.SaveIssues(ctx, "due:"+k.Door, is, at); err != nil {
		return failed("keep what is at risk", err)
	}
	return nil
}
