package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// The states of an operation. Waiting, held, sending and sent are open: there is one open row for a key at most.
const (
	OpWaiting   = "waiting"
	OpHeld      = "held"
	OpSending   = "sending"   // the request may have gone out: look it up before anything else
	OpSent      = "sent"      // answered well, not read back yet
	OpConfirmed = "confirmed" // read back, or nothing to read back
	OpFailed    = "failed"
	OpSkipped   = "skipped"
)

// OpRow is an operation and how far it came.
type OpRow struct {
	Op          cardea.Operation
	Changeset   string // hash, "" when it came without one
	Run         string
	State       string
	SendingAt   cardea.Instant
	AnsweredAt  cardea.Instant
	ConfirmedAt cardea.Instant
	Error       string
	Attempts    int
}

// Sending commits, before the request goes out, that it is about to. Conflict when the key is already being sent or not
// read back yet, or the lease is lost.
func (w *Workspace) Sending(
	ctx context.Context, op cardea.Operation, door, run string, at cardea.Instant, lease *Lease,
) error {
	b, err := body(op)
	if err != nil {
		return err
	}
	door, run = clean(door), clean(run)
	key := clean(string(op.Key))
	return w.write(ctx, "noting what is about to be sent", lease, func(q *gen.Queries) error {
		n, err := q.SendOperation(ctx, gen.SendOperationParams{
			WorkspaceID: w.id, Door: door, Key: key, Run: run, Body: b, SendingAt: int64(at),
		})
		if err != nil || n > 0 {
			return err
		}
		states, err := q.OpenStates(ctx, gen.OpenStatesParams{WorkspaceID: w.id, Door: door, Key: key})
		if err != nil {
			return err
		}
		if len(states) > 0 {
			return cardea.Errorf(cardea.Conflict, "the operation %s is already in state %s: look it up before sending it again",
				op.Key, states[0])
		}
		return q.SendUnplanned(ctx, gen.SendUnplannedParams{
			WorkspaceID: w.id, Door: door, Key: key, Run: run, Body: b, SendingAt: int64(at),
			FactAt: int64(op.Fact), Measure: measures(op),
		})
	})
}

// Confirmed says that the operations were read back. Those that are not in state sent stay as they are.
func (w *Workspace) Confirmed(
	ctx context.Context, door string, keys []cardea.OpKey, at cardea.Instant, lease *Lease,
) error {
	chunks, err := set(keys)
	return w.write(ctx, "confirming operations of "+door, lease, func(q *gen.Queries) error {
		return each(chunks, err, func(b string) error {
			return q.ConfirmOperations(ctx, gen.ConfirmOperationsParams{
				WorkspaceID: w.id, Door: clean(door), ConfirmedAt: int64(at), Bulk: b,
			})
		})
	})
}

// Unconfirmed returns the operations that were sent and not read back, oldest first.
func (w *Workspace) Unconfirmed(ctx context.Context, door string) ([]OpRow, error) {
	return w.opsIn(ctx, door, OpSent)
}

// InFlight returns the operations in state sending, oldest first: they are looked up before anything else is sent.
func (w *Workspace) InFlight(ctx context.Context, door string) ([]OpRow, error) {
	return w.opsIn(ctx, door, OpSending)
}

func (w *Workspace) opsIn(ctx context.Context, door, state string) ([]OpRow, error) {
	rows, err := w.s.queries().OperationsIn(ctx, gen.OperationsInParams{WorkspaceID: w.id, Door: clean(door), State: state})
	if err != nil {
		return nil, classed("reading the operations of "+door, err)
	}
	out := make([]OpRow, len(rows))
	for i, r := range rows {
		if out[i], err = opRow(r); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b OpRow) int {
		return cmp.Or(cmp.Compare(a.SendingAt, b.SendingAt), cmp.Compare(a.Op.Key, b.Op.Key))
	})
	return out, nil
}

func opRow(r gen.OperationsInRow) (OpRow, error) {
	o, err := operation(r.Body)
	return OpRow{
		Op: o, Changeset: r.Changeset, Run: r.Run, State: r.State, SendingAt: cardea.Instant(r.SendingAt),
		AnsweredAt: cardea.Instant(r.AnsweredAt), ConfirmedAt: cardea.Instant(r.ConfirmedAt), Error: r.Error,
		Attempts: int(r.Attempts),
	}, err
}

// Approve makes groups ours and releases operations by key, with an audit line.
func (w *Workspace) Approve(
	ctx context.Context, door string, groups []cardea.GroupID, keys []cardea.OpKey, who string, at cardea.Instant,
) error {
	groupChunks, err := set(groups)
	if err != nil {
		return err
	}
	keyChunks, err := set(keys)
	if err != nil {
		return err
	}
	return w.write(ctx, "approving for "+door, nil, func(q *gen.Queries) error {
		if err := each(groupChunks, nil, func(b string) error {
			return q.ApproveGroups(ctx, gen.ApproveGroupsParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		}); err != nil {
			return err
		}
		if err := each(keyChunks, nil, func(b string) error {
			return q.AddApprovals(ctx, gen.AddApprovalsParams{
				WorkspaceID: w.id, Door: clean(door), Who: clean(who), At: int64(at), Bulk: b,
			})
		}); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "approve", struct {
			Door   string           `json:"door"`
			Groups []cardea.GroupID `json:"groups,omitempty"`
			Keys   []cardea.OpKey   `json:"keys,omitempty"`
		}{door, groups, keys})
	})
}

// DropApprovals takes approvals back: of operations that nothing wants any more. One that is not there is a success.
func (w *Workspace) DropApprovals(ctx context.Context, door string, keys []cardea.OpKey) error {
	if len(keys) == 0 {
		return nil
	}
	chunks, err := set(keys)
	return w.write(ctx, "taking back approvals of "+door, nil, func(q *gen.Queries) error {
		return each(chunks, err, func(b string) error {
			return q.DropApprovals(ctx, gen.DropApprovalsParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		})
	})
}

// Approved returns the released keys.
func (w *Workspace) Approved(ctx context.Context, door string) (map[cardea.OpKey]bool, error) {
	keys, err := w.s.queries().Approvals(ctx, gen.ApprovalsParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, classed("reading the approvals of "+door, err)
	}
	out := make(map[cardea.OpKey]bool, len(keys))
	for _, k := range keys {
		out[cardea.OpKey(k)] = true
	}
	return out, nil
}
