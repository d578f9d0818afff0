package keep

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// Parting is an integration that leaves: the keeper is of those that remain.
type Parting struct {
	Integration string
	Mine        []cardea.GroupID // that it maps
	Take        bool             // what is ours through it is taken away
}

// Leaving is what ends an integration's part, and what became of it.
type Leaving struct {
	change.Parting

	Seen Seen
	// Set once it was applied. Done: nothing is left to be taken away; Closes are the rows that end with the parting.
	Run     store.Run
	Applied apply.Report
	Next    cardea.Instant
	Done    bool
	Closes  []cardea.LedgerRow
}

// Leave lists the door side and says what ends an integration's part. It writes nothing.
func (k *Keeper) Leave(ctx context.Context, p Parting) (Leaving, error) {
	seen, err := k.Sweep(ctx)
	if err != nil {
		return Leaving{Seen: seen}, err
	}
	l, err := k.leaving(ctx, p)
	l.Seen = seen
	return l, err
}

// leaving compares what is ours through the integration with what the others give.
func (k *Keeper) leaving(ctx context.Context, p Parting) (Leaving, error) {
	var l Leaving
	f, err := k.everything(ctx)
	if err != nil {
		return l, err
	}
	state, err := k.Store.DoorState(ctx, k.Door)
	if err != nil {
		return l, failed("see what is at the door system", err)
	}
	in, err := k.input(ctx, f, state)
	if err != nil {
		return l, err
	}
	paired := match.Pair(match.Input{
		Door: k.Door, People: k.relevant(f, state), Accounts: state.Accounts, Links: slices.Clone(state.Links),
		NeedsEmail: k.limits().NeedsEmail, Decisions: k.decided(state), Profiled: k.profiled(),
	})
	if in.Frozen, _, err = k.frozen(ctx, f, state); err != nil {
		return l, err
	}
	in.Links, in.Disputed = slices.Concat(state.Pairs(), paired.Links), paired.Disputed
	unseen := map[cardea.GroupID]bool{}
	for _, row := range state.Ledger {
		unseen[row.Group] = state.EdgesAt[row.Group] == 0
	}
	l.Parting = change.Leave(in, p.Integration, p.Mine, unseen, p.Take)
	for _, o := range l.Changeset.Operations {
		if o.Verb == cardea.VerbForget {
			l.Closes = append(l.Closes, cardea.LedgerRow{Group: o.Group, Account: o.Account, Person: o.Person, Ended: o.Cause})
		}
	}
	return l, nil
}

// ApplyLeave takes away, as a run of its own, those of these operations that a fresh look still finds ours through the
// integration alone. What was not named waits, and so the parting is not done.
func (k *Keeper) ApplyLeave(ctx context.Context, p Parting, keys map[cardea.OpKey]bool) (Leaving, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Leaving{}, failed("name the run", err)
	}
	run := store.Run{ID: id.String(), Unit: k.Door, Kind: store.WakeKeep, Started: k.now(), Counts: map[string]int{}}
	if err := k.Store.SaveRun(ctx, run); err != nil {
		return Leaving{}, failed("note that the run began", err)
	}
	l, report, err := k.applyLeave(ctx, run.ID, p, keys)
	l.Run = run
	k.sumLeave(&l, &report, err)
	return l, errors.Join(err, k.Store.SaveRun(context.WithoutCancel(ctx), l.Run))
}

func (k *Keeper) applyLeave(
	ctx context.Context, run string, p Parting, keys map[cardea.OpKey]bool,
) (Leaving, Report, error) {
	var r Report
	a, err := k.applier(ctx, run, nil, &r)
	if err != nil {
		return Leaving{}, r, err
	}
	l, err := k.Leave(ctx, p)
	if err != nil {
		return l, r, err
	}
	cs := restricted(l.Changeset, keys)
	cs.Operations = slices.DeleteFunc(slices.Clone(cs.Operations), func(o cardea.Operation) bool { return !o.Verb.Writes() })
	cs.Hash = cardea.HashOf(cs.Operations)
	r.Plan.Changeset = cs
	if len(cs.Operations) > 0 {
		if err := k.Store.SaveChangeset(ctx, run, cs, k.Lease); err != nil {
			return l, r, failed("keep the changeset", err)
		}
		state, err := k.Store.DoorState(ctx, k.Door)
		if err != nil {
			return l, r, failed("see what is at the door system", err)
		}
		if r.Applied, err = a.Apply(ctx, cs, state); err != nil {
			return l, r, err
		}
	}
	seen := l.Seen
	if l, err = k.leaving(ctx, p); err != nil {
		return l, r, err
	}
	l.Seen, l.Applied = seen, r.Applied
	open := r.Applied.Failed + r.Applied.Open + r.Recovered.Open
	l.Done = open == 0 && len(l.Waits) == 0 && !slices.ContainsFunc(l.Changeset.Operations, func(o cardea.Operation) bool {
		return o.Verb.Writes()
	})
	return l, r, nil
}

// sumLeave fills in the run's row. It looked at one integration only: no run of everyone is put off by it.
func (k *Keeper) sumLeave(l *Leaving, r *Report, err error) {
	l.Run.Ended, l.Run.Changeset = k.now(), r.Plan.Changeset.Hash
	l.Run.Counts = counted(r, Options{})
	l.Run.Counts[countPeople] = max(len(r.Plan.Changeset.Operations), 1)
	l.Next = l.Run.Ended.Add(again)
	switch {
	case err != nil:
		l.Run.Outcome, l.Run.Detail = Failed, err.Error()
	case !l.Done:
		l.Run.Outcome, l.Run.Detail = Pending, "not everything could be taken away"
	default:
		l.Run.Outcome = InStep
	}
	l.Run.Counts[countNext] = int(l.Next)
}

// bothKept joins the keep-list of the file with what was kept since; the file speaks first of an account that is on both.
func bothKept(file, since []cardea.Keep) []cardea.Keep {
	out := slices.Clip(file)
	for _, k := range since {
		if !slices.ContainsFunc(file, func(f cardea.Keep) bool { return f.Account == k.Account }) {
			out = append(out, k)
		}
	}
	return out
}

// PoliciesNow are what is configured of groups joined with what was said since.
func (k *Keeper) PoliciesNow(ctx context.Context) (map[cardea.GroupID]cardea.Policy, error) {
	return k.policies(ctx)
}
