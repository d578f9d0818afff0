package keep

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// breath is how long a run goes on at least before it makes way for what the clock asks: planning anew has its price, and
// an end has five minutes. Somebody who was marked does not wait for it.
const breath = 5 * time.Second

// turn lets a long run make way (RULES.md 6, order): a run of everyone may take an hour at a vendor's pace, and what comes
// up meanwhile must not wait for its end. It ends the run when somebody was marked since the lease was claimed, on this node
// or another, and when the instant has come at which the plan would say something else. Revocations that are under way are
// not interrupted but by a block: what was due first goes first.
func (k *Keeper) turn(o Options, r *Report) *wire.Turn {
	if !o.Yields || k.Lease == nil || o.People != nil {
		return nil
	}
	differs := max(r.Plan.Next, r.Run.Started.Add(breath))
	return wire.NewTurn(func(ctx context.Context, level int) bool {
		if level == wire.Now {
			return false
		}
		if level > wire.Revoke && k.now() >= differs {
			return true
		}
		marked, err := k.Store.DirtySince(ctx, *k.Lease)
		if err != nil || len(marked) == 0 { // the next write to the store says what is the matter with it
			return false
		}
		return level > wire.Revoke || k.anyBlocked(ctx, marked)
	})
}

func (k *Keeper) anyBlocked(ctx context.Context, people []cardea.PersonID) bool {
	blocks, err := k.Store.Blocks(ctx)
	at := k.now()
	return err == nil && slices.ContainsFunc(blocks, func(b cardea.Block) bool {
		return b.Holds(at) && slices.Contains(people, b.Person)
	})
}

// gaveWay ends a run that made way. It settles nothing and closes no issue: the run that follows at once begins with what
// came up, and then goes on here.
func (k *Keeper) gaveWay(ctx context.Context, r *Report) error {
	done := map[cardea.OpKey]bool{}
	for _, res := range r.Applied.Results {
		done[res.Op.Key] = res.State == store.OpSent || res.State == store.OpConfirmed
	}
	r.After.Changeset.Operations = slices.DeleteFunc(slices.Clone(r.Plan.Changeset.Operations), func(op cardea.Operation) bool {
		return done[op.Key]
	})
	r.After.Next = k.now()
	r.Run.Detail = "it made way for something more urgent, and goes on after it"
	k.follow(r.Applied)
	return k.met(ctx, r)
}

// among makes a set of people; nil stays nil, for everyone.
func among(people []cardea.PersonID) map[cardea.PersonID]bool {
	if people == nil {
		return nil
	}
	out := make(map[cardea.PersonID]bool, len(people))
	for _, p := range people {
		out[p] = true
	}
	return out
}
