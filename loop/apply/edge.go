package apply

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// locks shuts or opens edges that stay.
func (r *run) locks(ctx context.Context, verb cardea.Verb, es []cardea.Edge) []error {
	lockable, can := r.System.(door.Lockable)
	switch {
	case !can:
		return slices.Repeat([]error{cardea.Errorf(cardea.Rejected, "the door system locks no entries")}, len(es))
	case verb == cardea.VerbLock:
		return lockable.Lock(ctx, es)
	}
	return lockable.Unlock(ctx, es)
}

// edge is the edge that an operation puts or takes away, as it is when the operation is through.
func (r *run) edge(op cardea.Operation) cardea.Edge {
	if op.Was != nil && op.Verb != cardea.VerbAdd {
		e := *op.Was
		e.Shut = op.Verb == cardea.VerbLock || e.Shut && op.Verb != cardea.VerbUnlock
		e.Attributes = op.Attributes.Over(e.Attributes)
		if op.Verb == cardea.VerbRetime {
			e.Window, e.Mails = op.Window, op.Mails
		}
		return e
	}
	e := cardea.Edge{Group: op.Group, Account: op.Account, Window: op.Window}
	if op.Verb == cardea.VerbAdd {
		e.Mails, e.Guest, e.Attributes = op.Mails, op.Guest, op.Attributes
		if !r.System.Limits().Timed {
			e.Window = cardea.Forever
		}
	}
	return e
}

// stands says whether what the vendor shows of an edge, nil for none, is what the operation is for.
func (r *run) stands(op cardea.Operation, there *cardea.Edge) bool {
	if op.Verb == cardea.VerbRemove || op.Verb == cardea.VerbClean {
		return there == nil
	}
	if there == nil {
		return false
	}
	e := r.edge(op)
	switch op.Verb { //nolint:exhaustive // the others are no edges
	case cardea.VerbLock, cardea.VerbUnlock:
		return there.Shut == e.Shut && there.Foreign == ""
	case cardea.VerbReprofile:
		return op.Attributes.MetBy(there.Attributes)
	}
	return same(there.Window, e.Window, r.System.Limits().Timed)
}
