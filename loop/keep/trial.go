package keep

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Trial is what two sets of rules make of one moment.
type Trial struct {
	Before, After Plan
	// Unseen are groups that only the second maps and whose entries could not be listed: who is in them already is not known.
	Unseen []cardea.GroupID
}

// Try plans with this keeper's rules and with those of another, on what was last read and at the same instant. Nothing is written,
// here or there. Groups that only the other maps are listed at the door system: nobody looked at them so far.
func (k *Keeper) Try(ctx context.Context, other *Keeper) (Trial, error) {
	var t Trial
	was, err := k.everything(ctx)
	if err != nil {
		return t, err
	}
	then, err := other.everything(ctx)
	if err != nil {
		return t, err
	}
	state, err := k.Store.DoorState(ctx, k.Door)
	if err != nil {
		return t, failed("see what is at the door system", err)
	}
	if t.Before, err = k.plan(ctx, was, state.Clone()); err != nil {
		return t, err
	}
	after := state.Clone()
	t.Unseen = k.enlist(ctx, then.mapped, was.mapped, &after)
	t.After, err = other.plan(ctx, then, after)
	return t, err
}

// enlist lists the entries of groups that were not mapped so far and adds them to a state, which is not kept. It returns those of
// which that failed.
func (k *Keeper) enlist(ctx context.Context, mapped, before []cardea.GroupID, state *store.DoorState) []cardea.GroupID {
	fresh := slices.DeleteFunc(slices.Clone(mapped), func(g cardea.GroupID) bool {
		_, had := slices.BinarySearch(before, g)
		there := slices.ContainsFunc(state.Groups, func(o cardea.Group) bool { return o.ID == g })
		return had || !there || swept(state, g)
	})
	if len(fresh) == 0 {
		return nil
	}
	in, err := k.list(ctx, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: fresh})
	if err != nil {
		return fresh
	}
	p := in.Open(cardea.KindEdge)
	if p.Evidence().Grade() != cardea.Complete {
		return fresh
	}
	state.Edges = slices.DeleteFunc(state.Edges, func(e cardea.Edge) bool { return slices.Contains(fresh, e.Group) })
	for _, r := range p.Records() {
		if e, ok := r.(cardea.Edge); ok {
			state.Edges = append(state.Edges, e)
		}
	}
	slices.SortStableFunc(state.Edges, func(a, b cardea.Edge) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	for _, g := range fresh {
		state.EdgesAt[g] = k.now()
	}
	return nil
}
