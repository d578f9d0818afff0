package keep

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// Options say what is special about one run.
type Options struct {
	// Sweep lists the door side first, whether that is due or not.
	Sweep bool
	// Look reads first what the people's accounts hold at the door system: that costs a call for each.
	Look bool
	// People limits the run to these people; nil = everyone.
	People []cardea.PersonID
	// Keys limits what is applied to these operations: those of an approved changeset that are still wanted. nil = all
	// that are not held.
	Keys map[cardea.OpKey]bool
	// Yields makes a run of everyone end early when somebody is marked meanwhile, or the clock asks for something: the next
	// run begins with that. It says so with a Next that has come.
	Yields bool
}

// The outcomes of a run.
const (
	InStep     = "in-step"
	Pending    = "pending"    // something was left undone
	Held       = "held"       // something waits for a person
	Incomplete = "incomplete" // not everything was read, here or at the space side
	Failed     = "failed"     // the door system could not be worked with
)

// Report is what one run did.
type Report struct {
	Run       store.Run
	Plan      Plan // as applied
	After     Plan // as it stands now
	Recovered apply.Report
	Seen      *Seen // nil = the door side was not listed
	Applied   apply.Report
	Held      []cardea.Operation
	Issues    []cardea.Issue
	Next      cardea.Instant // when it is to be run again
	AtRisk    int            // how much will hardly be true in time
}

// Run brings the door organisation in step: it settles what an earlier run left behind, lists the door side when that is
// due, plans, applies, reads back, and plans once more to see what is left and when it will differ. The report is filled
// as far as the run came. The error has the class of what stopped it: Auth, Retry, Conflict (the lease is lost).
func (k *Keeper) Run(ctx context.Context, o Options) (Report, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Report{}, failed("name the run", err)
	}
	r := Report{Run: store.Run{
		ID: id.String(), Unit: k.Door, Kind: store.WakeKeep, Started: k.now(), Counts: map[string]int{},
	}}
	if err := k.Store.SaveRun(ctx, r.Run); err != nil {
		return r, failed("note that the run began", err)
	}
	err = k.run(ctx, o, &r)
	keepCtx := context.WithoutCancel(ctx)
	if err != nil {
		err = errors.Join(err, k.met(keepCtx, &r))
	}
	late := k.overdue(keepCtx, o, &r, err)
	k.sum(&r, o, err)
	err = errors.Join(err, late, k.told(keepCtx), k.Store.SaveRun(keepCtx, r.Run))
	return r, err
}

// applier makes what applies the operations of a run, once the clocks agree and what an earlier run left open is recovered: of
// these people, nil = of everybody.
func (k *Keeper) applier(ctx context.Context, run string, of map[cardea.PersonID]bool, r *Report) (*apply.Applier, error) {
	a := &apply.Applier{
		Store: k.Store, System: k.System, Door: k.Door, Run: run, Lease: k.Lease, Now: k.Now, Rand: k.Rand,
		Parallel: cmp.Or(k.Parallel, defaultParallel), Progress: k.Progress, Of: of, Landed: k.landed,
	}
	if err := k.clocks(ctx); err != nil {
		return nil, err
	}
	blocks, err := k.Store.Blocks(ctx)
	if err != nil {
		return nil, failed("see who is blocked", err)
	}
	a.Blocked = map[cardea.PersonID]bool{}
	for _, b := range blocks { // among them some that were lifted
		a.Blocked[b.Person] = a.Blocked[b.Person] || b.Holds(k.now())
	}
	if r.Recovered, err = a.Recover(ctx); err != nil {
		return nil, err
	}
	k.follow(r.Recovered)
	return a, nil
}

func (k *Keeper) run(ctx context.Context, o Options, r *Report) error {
	a, err := k.applier(ctx, r.Run.ID, among(o.People), r)
	if err != nil {
		return err
	}
	if err := k.sweepIfDue(ctx, o, r); err != nil {
		return err
	}
	if o.Look {
		if err := k.glance(ctx, o.People); err != nil {
			return err
		}
	}
	if r.Plan, err = k.planned(ctx, o); err != nil {
		return err
	}
	if kept, err := k.seeds(ctx, o, r); err != nil {
		return err
	} else if kept {
		if r.Plan, err = k.planned(ctx, o); err != nil {
			return err
		}
	}
	if r.Plan, err = k.counted(ctx, o, r.Plan); err != nil {
		return err
	}
	if err := k.dated(ctx, &r.Plan, r.Run.Started); err != nil {
		return err
	}
	r.After, r.Held = r.Plan, r.Plan.Changeset.Held()
	r.Run.Changeset = r.Plan.Changeset.Hash
	cs := restricted(r.Plan.Changeset, o.Keys)
	if err := k.Store.SaveChangeset(ctx, r.Run.ID, r.Plan.Changeset, k.Lease); err != nil {
		return failed("keep the changeset", err)
	}
	if len(cs.Going()) > 0 {
		if err := k.clocks(ctx); err != nil {
			return err
		}
		a.Turn = k.turn(o, r)
		if r.Applied, err = a.Apply(ctx, cs, r.Plan.State); err != nil {
			return err
		}
		if r.Applied.GaveWay {
			return k.gaveWay(ctx, r)
		}
		k.follow(r.Applied)
		if r.After, err = k.planned(ctx, o); err != nil {
			return err
		}
		if err := k.evict(ctx, a, o, r); err != nil {
			return err
		}
		if err := k.remember(ctx, a, o, r); err != nil {
			return err
		}
		r.Held = r.After.Changeset.Held()
	}
	return k.conclude(ctx, o, r)
}

// remember keeps whose the accounts are that this run made: of several people with one e-mail address, those for whom
// none was made. It writes nothing at the door system.
func (k *Keeper) remember(ctx context.Context, a *apply.Applier, o Options, r *Report) error {
	links := r.After.Changeset
	links.Operations = slices.DeleteFunc(links.Going(), func(op cardea.Operation) bool { return op.Verb != cardea.VerbLink })
	if len(links.Operations) == 0 {
		return nil
	}
	kept, err := a.Apply(ctx, links, r.After.State)
	r.Applied.Results = append(r.Applied.Results, kept.Results...)
	r.Applied.Sent += kept.Sent
	r.Applied.Confirmed += kept.Confirmed
	if err != nil {
		return err
	}
	r.After, err = k.planned(ctx, o)
	return err
}

// sweepIfDue lists the door side when it was asked for, was never done, or was done too long ago.
func (k *Keeper) sweepIfDue(ctx context.Context, o Options, r *Report) error {
	due := o.Sweep
	if !due && o.People == nil {
		state, err := k.Store.DoorStateOf(ctx, k.Door, nil) // of nobody: who has an account says nothing here
		if err != nil {
			return failed("see when the door system was last listed", err)
		}
		due = state.ReadAt == 0 || state.ReadAt > r.Run.Started || r.Run.Started >= state.ReadAt.Add(k.every())
	}
	if !due {
		return nil
	}
	seen, err := k.Sweep(ctx)
	r.Seen = &seen
	if err != nil {
		return err
	}
	return k.hear(ctx, seen)
}

func (k *Keeper) planned(ctx context.Context, o Options) (Plan, error) {
	if o.People != nil {
		return k.PlanFor(ctx, o.People)
	}
	return k.Plan(ctx)
}

// restricted leaves only the named operations, and accounts made for them.
func restricted(c cardea.Changeset, keys map[cardea.OpKey]bool) cardea.Changeset {
	if keys == nil {
		return c
	}
	c.Operations = slices.DeleteFunc(slices.Clone(c.Operations), func(o cardea.Operation) bool { return !keys[o.Key] })
	return c
}
