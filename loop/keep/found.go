package keep

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// found keeps the issues of a run of everyone. What a listing of the door side found stands until the next listing, and a run
// that did only some of what is wanted closes nothing.
func (k *Keeper) found(ctx context.Context, o Options, r *Report, at cardea.Instant) error {
	whole, listed := r.Issues, []cardea.Issue(nil)
	if r.Seen != nil {
		listed = r.Seen.Issues
		whole = slices.DeleteFunc(slices.Clone(whole), func(i cardea.Issue) bool { return slices.ContainsFunc(listed, sameIssue(i)) })
	}
	save := k.Store.SaveIssues
	if o.Keys != nil {
		save = k.Store.AddIssues
	}
	if err := save(ctx, "keep:"+k.Door, whole, at); err != nil {
		return failed("keep the issues", err)
	}
	if r.Seen == nil {
		return nil
	}
	if err := k.Store.SaveIssues(ctx, "sweep:"+k.Door, listed, at); err != nil {
		return failed("keep the issues of the listing", err)
	}
	return nil
}

func sameIssue(i cardea.Issue) func(cardea.Issue) bool {
	return func(o cardea.Issue) bool {
		return o.Code == i.Code && o.Person == i.Person && o.Account == i.Account && o.Group == i.Group && o.Text == i.Text &&
			(o.Record == nil) == (i.Record == nil) && (o.Record == nil || *o.Record == *i.Record)
	}
}

// met keeps what happened in a run that looked at a few people, or did not come to its end: what it did not meet stays open.
func (k *Keeper) met(ctx context.Context, r *Report) error {
	is := slices.Concat(r.Recovered.Issues, r.Applied.Issues, k.uninvited(r))
	if err := k.Store.AddIssues(ctx, "keep:"+k.Door, is, k.now()); err != nil {
		return failed("keep the issues", err)
	}
	return nil
}

// unsettled says whether an operation is open for another reason than that it need not show yet.
func (r *Report) unsettled() bool {
	for _, done := range [][]cardea.Issue{r.Recovered.Issues, r.Applied.Issues} {
		if slices.ContainsFunc(done, func(i cardea.Issue) bool { return i.Code == "unconfirmed" || i.Code == "outcome-unknown" }) {
			return true
		}
	}
	open := r.Applied.Open + r.Recovered.Open
	return open > 0 && r.Recovered.Look+r.Applied.Look == 0 || r.any(store.OpSending)
}

func (r *Report) any(state string) bool {
	for _, res := range slices.Concat(r.Recovered.Results, r.Applied.Results) {
		if res.State == state {
			return true
		}
	}
	return false
}
