package apply

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// inTurn makes what an operation sends part of the run's turn. A change of times is not: it is never left half done.
func (r *run) inTurn(ctx context.Context, op cardea.Operation) context.Context {
	switch op.Verb {
	case cardea.VerbCreate, cardea.VerbAdd, cardea.VerbRemove, cardea.VerbClean:
		return wire.WithTurn(ctx, r.Turn)
	case cardea.VerbRetime, cardea.VerbReprofile, cardea.VerbUpdate, cardea.VerbLock, cardea.VerbUnlock, cardea.VerbLink,
		cardea.VerbAdopt, cardea.VerbForget, cardea.VerbAddUnit, cardea.VerbRenameUnit, cardea.VerbDeleteUnit:
	}
	return ctx
}

// madeWay says whether something more urgent than an operation has come up.
func (r *run) madeWay(ctx context.Context, op cardea.Operation) bool {
	return op.Verb.Writes() && r.Turn.Ask(ctx, wire.UrgencyOf(urgent(ctx, op)).Level)
}

// cut says whether an operation was not carried out because the turn ended. It stays under way: an operation may take
// several requests, and the next run looks what became of it.
func (r *run) cut(op cardea.Operation, err error) bool {
	if !r.Turn.Over() || cardea.ClassOf(err) != cardea.Retry {
		return false
	}
	r.result(op, store.OpSending, "it made way for something more urgent")
	return true
}

// theirs are the rows of the people whose operations this run reads back.
func (a *Applier) theirs(rows []store.OpRow) []store.OpRow {
	if a.Of == nil {
		return rows
	}
	return slices.DeleteFunc(rows, func(row store.OpRow) bool { return !a.Of[row.Op.Person] })
}
