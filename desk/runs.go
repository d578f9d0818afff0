package desk

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Runs returns at most limit runs, the newest first.
func (d *Desk) Runs(ctx context.Context, limit int) ([]say.Run, error) {
	h, err := d.history(ctx, limit)
	if err != nil {
		return nil, err
	}
	out := make([]say.Run, 0, len(h.runs))
	for _, r := range h.runs {
		out = append(out, h.view(r))
	}
	return out, nil
}

// listed is how many operations of a run are given.
const listed = 500

// Run returns one run with its first operations; NotFound when there is none.
func (d *Desk) Run(ctx context.Context, id string) (say.RunDetail, error) {
	r, err := d.ws.RunByID(ctx, id)
	if err != nil {
		return say.RunDetail{}, err
	}
	h, err := d.history(ctx, lookBack)
	if err != nil {
		return say.RunDetail{}, err
	}
	out := say.RunDetail{Run: h.view(r), Planned: r.Counts[keep.Planned]}
	rows, err := d.operations(ctx, r)
	if err != nil || len(rows) == 0 {
		return out, err
	}
	out.Operations, err = d.named(ctx, r.Unit, rows)
	out.Planned = max(out.Planned, len(rows))
	return out, err
}

// operations returns the first operations of a run. Rows that a later run, or a preview, planned again are its own now:
// the changeset still has them.
func (d *Desk) operations(ctx context.Context, r store.Run) ([]store.OpRow, error) {
	rows, err := d.ws.FirstRunOperations(ctx, r.ID, listed)
	if err != nil || r.Changeset == "" || len(rows) >= min(listed, r.Counts[keep.Planned]) {
		return rows, err
	}
	planned, err := d.ws.FirstOperations(ctx, r.Unit, r.Changeset, listed)
	if err != nil || len(planned) <= len(rows) {
		return rows, err
	}
	seen := map[cardea.OpKey]bool{}
	for _, p := range planned {
		seen[p.Op.Key] = true
	}
	for _, own := range rows {
		if !seen[own.Op.Key] && len(planned) < listed {
			planned = append(planned, own)
		}
	}
	return planned, nil
}
