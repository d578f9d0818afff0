package keep

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// conclude keeps what a run found, when it came to its end.
func (k *Keeper) conclude(ctx context.Context, o Options, r *Report) error {
	r.Issues = slices.Concat(r.Recovered.Issues, r.Applied.Issues, r.After.Changeset.Issues, k.uninvited(r))
	if r.Seen != nil {
		r.Issues = append(r.Issues, r.Seen.Issues...)
	}
	passes, err := k.passes(ctx, o, r)
	if err != nil {
		return err
	}
	r.Issues = append(r.Issues, passes...)
	if err := k.refresh(ctx, &r.After); err != nil {
		return err
	}
	if err := k.stand(ctx, o, r); err != nil {
		return err
	}
	if err := k.again(ctx, r); err != nil {
		return err
	}
	if o.People != nil {
		return k.met(ctx, r) // a few people say nothing of the whole
	}
	silent, alarm, err := k.silences(ctx, k.now())
	if err != nil {
		return err
	}
	r.Issues, r.After.Next = append(r.Issues, silent...), min(r.After.Next, alarm)
	at := k.now()
	if err := k.found(ctx, o, r, at); err != nil {
		return err
	}
	if err := k.Store.SaveInStep(ctx, k.Door, at, r.After.InStep); err != nil {
		return failed("keep how many entries are in step", err)
	}
	if err := k.risky(ctx, r, at); err != nil {
		return err
	}
	if err := k.lookAgain(ctx, r); err != nil {
		return err
	}
	if err := k.lapse(ctx, r); err != nil {
		return err
	}
	if err := k.settled(ctx, r); err != nil {
		return err
	}
	return k.own(ctx, r)
}

// uninvited lists whom the vendor was asked not to write to although its mails are wanted (RULES.md MAILS): on a first
// changeset nobody is surprised by mail, so somebody has to know who got none.
func (k *Keeper) uninvited(r *Report) []cardea.Issue {
	if k.Mails == cardea.MailsNever || !k.limits().SendsMail {
		return nil
	}
	var out []cardea.Issue
	for _, res := range r.Applied.Results {
		made := res.State == store.OpConfirmed || res.State == store.OpSent
		if made && res.Op.Verb == cardea.VerbCreate && res.Op.New != nil && res.Op.New.Mails == cardea.MailsNever {
			out = append(out, cardea.Issue{Code: "not-invited", Person: res.Op.Person, Text: "the account was made without the " +
				"vendor's invitation, as all of a first changeset is, and what cannot wait in quiet hours; tell them " +
				"yourself, or let the vendor invite them"})
		}
	}
	return out
}

// settled tells which groups have nothing waiting for a person.
func (k *Keeper) settled(ctx context.Context, r *Report) error {
	if k.Settled == nil {
		return nil
	}
	held := map[cardea.GroupID]bool{}
	for _, op := range r.Held {
		held[op.Group] = true
	}
	return k.Settled(ctx, slices.DeleteFunc(slices.Clone(r.After.Mapped), func(g cardea.GroupID) bool { return held[g] }))
}

// own makes groups ours whose first run is through (approve: auto). A group of which strays wait stays as it is, so
// that they go on waiting.
func (k *Keeper) own(ctx context.Context, r *Report) error {
	if k.Approve != cardea.ApproveAuto || r.Applied.Failed+r.Applied.Open > 0 {
		return nil
	}
	waits := map[cardea.GroupID]bool{}
	for _, op := range r.Held {
		if op.Held.Code == cardea.HeldFirstStrays || op.Held.Code == cardea.HeldFrozen && op.Cause == cardea.CauseStray {
			waits[op.Group] = true
		}
	}
	policies, err := k.policies(ctx)
	if err != nil {
		return err
	}
	stored, err := k.Store.Policies(ctx, k.Door)
	if err != nil {
		return failed("see which groups are ours", err)
	}
	listed := map[cardea.GroupID]bool{}
	for g := range r.After.State.EdgesAt {
		listed[g] = true
	}
	for _, g := range r.After.Mapped {
		p := policies[g]
		if p.Ours || waits[g] || !listed[g] || k.Observed[g] != "" || k.Halted[g] != "" || r.After.Blind[g] != "" {
			continue
		}
		p.Group, p.Ours, p.Keep = g, true, stored[g].Keep // those of the file stay in the file
		if p.Mode == "" {
			p.Mode = cardea.Exclusive
		}
		if err := k.Store.SavePolicy(ctx, k.Door, p); err != nil {
			return failed(fmt.Sprintf("make group %s ours", g), err)
		}
	}
	return nil
}

// sum fills in the run's row and when to run again.
func (k *Keeper) sum(r *Report, o Options, err error) {
	r.Run.Ended = k.now()
	going, waits := r.After.Changeset.Going(), waiting(r.Held)
	r.Run.Counts = counted(r, o)
	switch {
	case err != nil:
		r.Run.Outcome, r.Run.Detail = Failed, err.Error()
	case r.Seen != nil && !r.Seen.Complete, len(r.After.Blind) > 0:
		r.Run.Outcome = Incomplete
	case len(waits) > 0:
		r.Run.Outcome = Held
	case len(going) > 0 || r.Applied.Open+r.Recovered.Open > 0:
		r.Run.Outcome = Pending
	default:
		r.Run.Outcome = InStep
	}
	if r.Run.Detail == "" {
		r.Run.Detail = k.detail(r)
	}
	r.Next = r.After.Next
	if err != nil || len(going) > 0 || r.unsettled() {
		r.Next = earliest(r.Next, r.Run.Ended.Add(r.soon(going, err)))
	}
	for _, look := range []cardea.Instant{r.Recovered.Look, r.Applied.Look} {
		if look != 0 {
			r.Next = earliest(r.Next, max(look, r.Run.Ended+1))
		}
	}
	if read := r.After.State.ReadAt; read != 0 {
		r.Next = earliest(r.Next, max(read.Add(k.every()), r.Run.Ended+cardea.Second))
	}
	r.Run.Counts[countNext] = int(r.Next)
}

func earliest(a, b cardea.Instant) cardea.Instant {
	if a == 0 || b < a {
		return b
	}
	return a
}

// detail says why a run did not end in step.
func (k *Keeper) detail(r *Report) string {
	switch r.Run.Outcome {
	case Incomplete:
		if r.Seen != nil && !r.Seen.Complete {
			return "the door system was not listed whole"
		}
		return fmt.Sprintf("not everything that %d groups rest on was read", len(r.After.Blind))
	case Held:
		if n := len(waiting(r.Held)); n != 1 {
			return fmt.Sprintf("%d operations wait for a person", n)
		}
		return "an operation waits for a person"
	case Pending:
		return "something was left undone; it is tried again"
	}
	return ""
}
