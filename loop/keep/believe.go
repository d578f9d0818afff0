package keep

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// believed is what is at the door system, with what it answered well and need not show yet (cardea.Limits.Settle): a plan
// that went by the listing alone would do it once more. It returns until when that may be so, Never when it is not.
func (k *Keeper) believed(ctx context.Context, state *store.DoorState, at cardea.Instant) (cardea.Instant, error) {
	settle := k.limits().Settle
	if settle <= 0 {
		return cardea.Never, nil
	}
	rows, err := k.Store.Unconfirmed(ctx, k.Door)
	if err != nil {
		return 0, failed("see what need not show yet", err)
	}
	until := cardea.Never
	for _, row := range rows {
		op, shows := row.Op, row.AnsweredAt.Add(settle)
		if at >= shows {
			continue
		}
		if op.Account == "" {
			if i := slices.IndexFunc(state.Links, func(l cardea.Link) bool { return l.Person == op.Person }); i >= 0 {
				op.Account = state.Links[i].Account
			}
		}
		if op.Account == "" || op.Verb.OfUnit() {
			continue
		}
		until = min(until, shows)
		k.believe(state, op)
	}
	return until, nil
}

func (k *Keeper) believe(state *store.DoorState, op cardea.Operation) {
	if op.Verb == cardea.VerbCreate {
		known := slices.ContainsFunc(state.Accounts, func(a cardea.Account) bool { return a.ID == op.Account })
		if !known && op.New != nil {
			state.Accounts = append(slices.Clone(state.Accounts), cardea.Account{
				ID: op.Account, Name: op.New.Name, Email: op.New.Email, External: string(op.Person),
			})
		}
		return
	}
	i := slices.IndexFunc(state.Edges, func(e cardea.Edge) bool { return e.Group == op.Group && e.Account == op.Account })
	state.Edges = slices.Clone(state.Edges)
	switch op.Verb {
	case cardea.VerbRemove, cardea.VerbClean:
		if i >= 0 {
			state.Edges = slices.Delete(state.Edges, i, i+1)
		}
		return
	case cardea.VerbAdd, cardea.VerbRetime, cardea.VerbLock, cardea.VerbUnlock, cardea.VerbReprofile:
	default:
		return
	}
	e := cardea.Edge{Group: op.Group, Account: op.Account, Window: op.Window, Guest: op.Guest}
	switch {
	case i >= 0:
		e = state.Edges[i]
	case op.Verb != cardea.VerbAdd && op.Was != nil:
		e = *op.Was
	}
	e.Attributes = op.Attributes.Over(e.Attributes)
	switch op.Verb { //nolint:exhaustive // see above
	case cardea.VerbAdd, cardea.VerbRetime:
		e.Window = op.Window
	case cardea.VerbLock, cardea.VerbUnlock:
		e.Shut = op.Verb == cardea.VerbLock
	}
	if !k.limits().Timed {
		e.Window = cardea.Forever
	}
	if i >= 0 {
		state.Edges[i] = e
		return
	}
	at, _ := slices.BinarySearchFunc(state.Edges, e, func(a, b cardea.Edge) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	state.Edges = slices.Insert(state.Edges, at, e)
}
