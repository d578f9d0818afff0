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

// undoStore is what undoing needs.
type undoStore interface {
	Undone(ctx context.Context, door string) ([]store.Undone, error)
	SaveUndone(ctx context.Context, door, of string, us []store.Undone, by store.Undone, l *store.Lease) error
	ForgetUndone(ctx context.Context, door string, keys []cardea.OpKey, l *store.Lease) error
}

// Undoing is what restores the edges as they were before a run, and what became of it.
type Undoing struct {
	Changeset cardea.Changeset
	Left      []change.Left
	Seen      Seen
	// Set once it was applied:
	Run     store.Run
	Applied apply.Report
	Next    cardea.Instant

	of map[cardea.OpKey]cardea.Operation
	in change.Input
}

// Undo lists the door side and says what restores the edges as they were before a run. It keeps that under its hash and
// writes nothing at the door system.
func (k *Keeper) Undo(ctx context.Context, of string) (Undoing, error) {
	seen, err := k.Sweep(ctx)
	if err != nil {
		return Undoing{}, err
	}
	u, err := k.undoing(ctx, of)
	u.Seen = seen
	if err != nil || len(u.Changeset.Operations) == 0 {
		return u, err
	}
	shown := u.Changeset // none of it waits for a release: it is done by its hash or not at all
	shown.Operations = slices.Clone(shown.Operations)
	for i := range shown.Operations {
		shown.Operations[i].Held = nil
	}
	if err := k.Store.SaveChangeset(ctx, "undo", shown, k.Lease); err != nil {
		return u, failed("keep the changeset", err)
	}
	return u, nil
}

// undoing compares what a run did with what is there now.
func (k *Keeper) undoing(ctx context.Context, of string) (Undoing, error) {
	rows, err := k.Store.RunOperations(ctx, of)
	if err != nil {
		return Undoing{}, failed("see what the run did", err)
	}
	f, err := k.everything(ctx)
	if err != nil {
		return Undoing{}, err
	}
	state, err := k.Store.DoorState(ctx, k.Door)
	if err != nil {
		return Undoing{}, failed("see what is at the door system", err)
	}
	in, err := k.input(ctx, f, state)
	if err != nil {
		return Undoing{}, err
	}
	people := k.relevant(f, state)
	paired := match.Pair(match.Input{
		Door: k.Door, People: people, Accounts: state.Accounts, Links: slices.Clone(state.Links),
		NeedsEmail: k.limits().NeedsEmail, Decisions: k.decided(state), Profiled: k.profiled(),
	})
	barred, err := k.blocked(ctx, f.at)
	if err != nil {
		return Undoing{}, err
	}
	links := slices.Concat(state.Pairs(), paired.Links)
	f.bar(barred, people, links)
	in.Blocked = accountsOf(f.blocked, links, state.Ledger)
	if in.Frozen, _, err = k.frozen(ctx, f, state); err != nil {
		return Undoing{}, err
	}
	in.People, in.Links, in.Disputed = f.people, paired.Links, paired.Disputed
	var done []change.Done
	var open []change.Left
	for _, r := range rows {
		switch r.State {
		case store.OpConfirmed:
			done = append(done, change.Done{Op: r.Op, At: r.AnsweredAt})
		case store.OpSending, store.OpSent:
			open = append(open, change.Left{Op: r.Op, Why: "it is not read back yet: sync first, then undo the run again"})
		}
	}
	inverse := change.Undo(done, in)
	if k.limits().NamesEdges {
		named(&inverse.Changeset, in.People)
	}
	return Undoing{Changeset: inverse.Changeset, Left: append(inverse.Left, open...), of: inverse.Of, in: in}, nil
}

// ApplyUndo restores, as a run of its own, the edges of those of these operations that a fresh look still finds in need of
// it, held ones too: a person named them by their hash. What is undone is remembered before, so that no run does it again
// until a person releases it. The error is as that of Run.
func (k *Keeper) ApplyUndo(ctx context.Context, of string, keys map[cardea.OpKey]bool, who string) (Undoing, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Undoing{}, failed("name the run", err)
	}
	run := store.Run{ID: id.String(), Unit: k.Door, Kind: store.WakeKeep, Started: k.now(), Counts: map[string]int{}}
	if err := k.Store.SaveRun(ctx, run); err != nil {
		return Undoing{}, failed("note that the run began", err)
	}
	u, report, err := k.applyUndo(ctx, run.ID, of, keys, who)
	u.Run = run
	k.sumUndo(&u, &report, err)
	return u, errors.Join(err, k.Store.SaveRun(context.WithoutCancel(ctx), u.Run))
}

func (k *Keeper) applyUndo(
	ctx context.Context, run, of string, keys map[cardea.OpKey]bool, who string,
) (Undoing, Report, error) {
	var r Report
	a, err := k.applier(ctx, run, nil, &r)
	if err != nil {
		return Undoing{}, r, err
	}
	seen, err := k.Sweep(ctx)
	if err != nil {
		return Undoing{Seen: seen}, r, err
	}
	u, err := k.undoing(ctx, of)
	u.Seen = seen
	if err != nil {
		return u, r, err
	}
	u.Changeset = restricted(u.Changeset, keys)
	u.Changeset.Hash = cardea.HashOf(u.Changeset.Operations)
	for i := range u.Changeset.Operations {
		u.Changeset.Operations[i].Held = nil
	}
	if len(u.Changeset.Operations) == 0 {
		return u, r, nil
	}
	if err := k.Store.SaveChangeset(ctx, run, u.Changeset, k.Lease); err != nil {
		return u, r, failed("keep the changeset", err)
	}
	forget, err := k.withhold(ctx, run, of, u, who)
	if err != nil {
		return u, r, err
	}
	state, err := k.Store.DoorState(ctx, k.Door)
	if err != nil {
		return u, r, failed("see what is at the door system", err)
	}
	u.Applied, err = a.Apply(ctx, u.Changeset, state)
	r.Applied = u.Applied
	if e := k.Store.ForgetUndone(context.WithoutCancel(ctx), k.Door, forget(u.Applied), k.Lease); e != nil {
		err = errors.Join(err, failed("let go what was not undone", e))
	}
	if err != nil {
		return u, r, err
	}
	k.follow(u.Applied)
	if r.After, err = k.Plan(ctx); err != nil {
		return u, r, err
	}
	return u, r, k.insist(ctx, run, of, u, r.After, who)
}

// insist remembers as well what the plan after it would do again under another key: for another cause by now, or where what
// was undone was an undo itself.
func (k *Keeper) insist(ctx context.Context, run, of string, u Undoing, after Plan, who string) error {
	again := map[deed]bool{}
	for _, res := range u.Applied.Results {
		did, ours := u.of[res.Op.Key]
		if !ours || res.State != store.OpConfirmed && res.State != store.OpSent {
			continue
		}
		at := spot{res.Op.Group, res.Op.Account}
		again[deed{at, did.Verb}] = true
		if res.Op.Verb == cardea.VerbRemove {
			again[deed{at, cardea.VerbAdd}] = true
		}
	}
	var rows []store.Undone
	for _, op := range after.Changeset.Going() {
		if again[deed{spot{op.Group, op.Account}, op.Verb}] && op.Cause != cardea.CauseBlocked {
			rows = append(rows, store.Undone{Key: op.Key, Group: op.Group, Account: op.Account, Verb: op.Verb})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := k.Store.SaveUndone(ctx, k.Door, of, rows, store.Undone{Run: run, Who: who, At: k.now()}, k.Lease); err != nil {
		return failed("keep what is undone", err)
	}
	return nil
}

// deed is what is done to an entry.
type deed struct {
	spot

	verb cardea.Verb
}

// withhold remembers what no run is to do again. What it returns says which of that, and of what an earlier undo left,
// need not be remembered, by what was done.
func (k *Keeper) withhold(
	ctx context.Context, run, of string, u Undoing, who string,
) (func(apply.Report) []cardea.OpKey, error) {
	earlier, err := k.Store.Undone(ctx, k.Door)
	if err != nil {
		return nil, failed("see what was undone before", err)
	}
	before := map[deed][]cardea.OpKey{}
	for _, e := range earlier {
		d := deed{spot{e.Group, e.Account}, e.Verb}
		before[d] = append(before[d], e.Key)
	}
	var rows []store.Undone
	fresh, lifted := map[cardea.OpKey][]cardea.OpKey{}, map[cardea.OpKey][]cardea.OpKey{}
	for _, op := range u.Changeset.Operations {
		did := u.of[op.Key]
		for _, key := range change.Repeats(u.in, did) {
			fresh[op.Key] = append(fresh[op.Key], key)
			rows = append(rows, store.Undone{Key: key, Group: did.Group, Account: did.Account, Verb: did.Verb})
		}
		if did.Cause == cardea.CauseUndone { // what the records ask for has been done again, by a person's word
			lifted[op.Key] = before[deed{spot{op.Group, op.Account}, op.Verb}]
		}
	}
	by := store.Undone{Run: run, Who: who, At: k.now()}
	if err := k.Store.SaveUndone(ctx, k.Door, of, rows, by, k.Lease); err != nil {
		return nil, failed("keep what is undone", err)
	}
	return func(done apply.Report) []cardea.OpKey {
		var keys []cardea.OpKey
		for _, res := range done.Results {
			switch res.State {
			case store.OpFailed, store.OpSkipped:
				keys = append(keys, fresh[res.Op.Key]...)
			case store.OpConfirmed:
				keys = append(keys, lifted[res.Op.Key]...)
			}
		}
		return keys
	}, nil
}

// sumUndo fills in the run's row. It looked at a few people only: no run of everyone is put off by it.
func (k *Keeper) sumUndo(u *Undoing, r *Report, err error) {
	u.Run.Ended, u.Run.Changeset = k.now(), u.Changeset.Hash
	r.Plan.Changeset = u.Changeset
	people := map[spot]bool{}
	for _, op := range u.Changeset.Operations {
		people[spot{account: op.Account}] = true
	}
	u.Run.Counts = counted(r, Options{})
	u.Run.Counts[countPeople] = max(len(people), 1)
	u.Next = earliest(r.After.Next, u.Run.Ended.Add(again))
	switch {
	case err != nil:
		u.Run.Outcome, u.Run.Detail = Failed, err.Error()
	case u.Applied.Failed+u.Applied.Open > 0:
		u.Run.Outcome, u.Run.Detail = Pending, "not everything could be undone"
	default:
		u.Run.Outcome = InStep
	}
	u.Run.Counts[countNext] = int(u.Next)
}

// undone are the operations that a person undid, by key.
func (k *Keeper) undone(ctx context.Context) (map[cardea.OpKey]change.Undone, error) {
	rows, err := k.Store.Undone(ctx, k.Door)
	if err != nil {
		return nil, failed("see what was undone", err)
	}
	out := make(map[cardea.OpKey]change.Undone, len(rows))
	for _, r := range rows {
		out[r.Key] = change.Undone{Who: r.Who, At: r.At}
	}
	return out, nil
}
