package store

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Outcome is what became of an operation, and what is known because of it. With an Err nothing but the operation's row
// and the audit line is written.
type Outcome struct {
	Op          cardea.Operation
	At          cardea.Instant
	Err         error // nil = answered well; class Unknown leaves the row in state sending
	Skipped     string
	Account     *cardea.Account
	Group       *cardea.Group // as it is now; for delete-unit the one that went, with its edges
	Edge        *cardea.Edge  // as it is now; for remove and clean the one that went
	Ref         string        // the edge's handle, when not in Edge
	Link        *cardea.Link
	Ledger      *cardea.LedgerRow // the open row as it is now
	CloseLedger bool              // end the open row of the operation's group and account, with its cause
}

// state is where the operation stands after its outcome, and the words beside it.
func (o Outcome) state() (state, text string) {
	switch {
	case o.Err != nil && cardea.ClassOf(o.Err) == cardea.Unknown:
		// Nobody can tell whether it took effect: it stays what must be looked up first.
		return OpSending, o.Err.Error()
	case o.Err != nil:
		return OpFailed, o.Err.Error()
	case o.Skipped != "":
		return OpSkipped, o.Skipped
	case o.Op.Verb.Writes():
		return OpSent, ""
	}
	return OpConfirmed, "" // nothing was written at the door system: there is nothing to read back
}

// counts says whether the outcome counts for the brake: an absence removal that was applied.
func (o Outcome) counts() bool {
	return o.Err == nil && o.Skipped == "" && o.Op.Verb == cardea.VerbRemove && !o.Op.Cause.Positive()
}

// Answered writes what became of an operation in one transaction: its row, the account, edge, link and ledger rows, the
// count of absence removals, and an audit line.
func (w *Workspace) Answered(ctx context.Context, door, run string, o Outcome, lease *Lease) error {
	b, err := body(o.Op)
	if err != nil {
		return err
	}
	state, text := o.state()
	key := clean(string(o.Op.Key))
	return w.write(ctx, "noting what became of an operation", lease, func(q *gen.Queries) error {
		n, err := q.AnswerOperation(ctx, gen.AnswerOperationParams{
			WorkspaceID: w.id, Door: clean(door), Key: key, State: state, AnsweredAt: int64(o.At), Error: clean(text),
		})
		if err != nil {
			return err
		}
		if n == 0 {
			if err := q.AnswerUnplanned(ctx, gen.AnswerUnplannedParams{
				WorkspaceID: w.id, Door: clean(door), Key: key, Run: clean(run), Body: b, State: state, AnsweredAt: int64(o.At),
				Error: clean(text),
			}); err != nil {
				return err
			}
		}
		if o.Err == nil {
			d := doorSaver{ctx: ctx, q: q, ws: w.id, door: clean(door)}
			if err := d.learn(o); err != nil {
				return err
			}
		}
		return w.note(ctx, q, o.At, "keep "+door, string(o.Op.Verb), outcomeDetail(door, run, o, state, text))
	})
}

// learn writes what the outcome says of the door side.
func (d doorSaver) learn(o Outcome) error {
	if o.Group != nil {
		if err := d.learnGroup(*o.Group, o.Op.Verb); err != nil {
			return err
		}
	}
	if o.Account != nil {
		if err := d.putAccounts([]cardea.Account{*o.Account}); err != nil {
			return err
		}
	}
	if o.Link != nil {
		if err := d.q.PutLink(d.ctx, gen.PutLinkParams{
			WorkspaceID: d.ws, Door: d.door, Person: clean(string(o.Link.Person)), Account: clean(string(o.Link.Account)),
			How: clean(o.Link.How),
		}); err != nil {
			return err
		}
	}
	if o.Edge != nil {
		if err := d.learnEdge(o); err != nil {
			return err
		}
	}
	if o.CloseLedger {
		if err := d.q.CloseLedger(d.ctx, gen.CloseLedgerParams{
			WorkspaceID: d.ws, Door: d.door, GroupID: clean(string(o.Op.Group)), Account: clean(string(o.Op.Account)),
			EndedAt: int64(o.At), Ended: string(o.Op.Cause), EndedOp: clean(string(o.Op.Key)),
		}); err != nil {
			return err
		}
	}
	if o.Ledger != nil {
		if err := d.putLedger(*o.Ledger); err != nil {
			return err
		}
	}
	if !o.counts() {
		return nil
	}
	return d.q.AddRemoval(d.ctx, gen.AddRemovalParams{
		WorkspaceID: d.ws, Door: d.door, At: int64(o.At), GroupID: clean(string(o.Op.Group)), Account: clean(string(o.Op.Account)),
	})
}

func (d doorSaver) learnGroup(g cardea.Group, verb cardea.Verb) error {
	if verb != cardea.VerbDeleteUnit {
		return d.putGroups([]cardea.Group{g})
	}
	one, err := set([]cardea.GroupID{g.ID})
	if err := each(one, err, func(b string) error {
		return d.q.DropEdgesOfGroups(d.ctx, gen.DropEdgesOfGroupsParams{WorkspaceID: d.ws, Door: d.door, Bulk: b})
	}); err != nil {
		return err
	}
	return d.q.DropDoorGroup(d.ctx, gen.DropDoorGroupParams{WorkspaceID: d.ws, Door: d.door, ID: clean(string(g.ID))})
}

func (d doorSaver) learnEdge(o Outcome) error {
	e := *o.Edge
	if o.Op.Verb == cardea.VerbRemove || o.Op.Verb == cardea.VerbClean {
		return d.q.DropEdge(d.ctx, gen.DropEdgeParams{
			WorkspaceID: d.ws, Door: d.door, GroupID: clean(string(e.Group)), Account: clean(string(e.Account)),
		})
	}
	if o.Ref != "" {
		e.Ref = o.Ref
	}
	return d.putEdges([]cardea.Edge{e})
}

// outcomeDetail is what the audit log says of an operation: whom, which group, why, and how it went.
func outcomeDetail(door, run string, o Outcome, state, text string) any {
	return struct {
		cardea.Attributes

		Door    string           `json:"door"`
		Run     string           `json:"run,omitempty"`
		Key     cardea.OpKey     `json:"key"`
		Group   cardea.GroupID   `json:"group,omitempty"`
		Account cardea.AccountID `json:"account,omitempty"`
		Person  cardea.PersonID  `json:"person,omitempty"`
		Unit    *cardea.Unit     `json:"unit,omitempty"`
		Window  cardea.Window    `json:"window"`
		Cause   cardea.Cause     `json:"cause"`
		Reasons []cardea.Key     `json:"reasons,omitempty"`
		State   string           `json:"state"`
		Text    string           `json:"text,omitempty"`
	}{
		o.Op.Attributes, door, run, o.Op.Key, o.Op.Group, o.Op.Account, o.Op.Person, o.Op.Unit, o.Op.Window, o.Op.Cause,
		reasonKeys(o.Op.Reasons), state, text,
	}
}

func reasonKeys(rs []cardea.Reason) []cardea.Key {
	var out []cardea.Key
	for _, r := range rs {
		out = append(out, r.Record)
	}
	return out
}
