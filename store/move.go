package store

import (
	"context"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// MoveGroup says that a group of a door connection has another id now: a unit was renamed there. In one transaction all
// that names the old id names the new one: the group itself, edges, the ledger with its history, policy, what counts for the
// brake, names that were resolved to it, and operations that are still open. What the new id has already stays, and its
// double of the old id goes. Finished operations, changesets and the audit log stay as they were, and so do operations
// about units: theirs is the rename itself. It may be repeated. Conflict when the lease is lost; Rejected for an empty id.
func (w *Workspace) MoveGroup(ctx context.Context, door string, was, now cardea.GroupID, lease *Lease) error {
	m := mover{ctx: ctx, ws: w.id, door: clean(door), was: clean(string(was)), becomes: clean(string(now))}
	if m.was == "" || m.becomes == "" {
		return cardea.Errorf(cardea.Rejected, "a group cannot move from %q to %q: both need an id", was, now)
	}
	if m.was == m.becomes {
		return nil
	}
	return w.write(ctx, "moving a group of "+door, lease, func(q *gen.Queries) error {
		m.q = q
		for _, step := range []func() error{m.group, m.edges, m.ledger, m.policy, m.counts, m.names, m.operations} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// mover moves what names one group of a door connection within a transaction.
type mover struct {
	ctx                    context.Context //nolint:containedctx // lives as long as one call
	q                      *gen.Queries
	ws, door, was, becomes string
}

func (m *mover) group() error {
	if err := m.q.MoveDoorGroup(m.ctx, gen.MoveDoorGroupParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	return m.q.DropDoorGroup(m.ctx, gen.DropDoorGroupParams{WorkspaceID: m.ws, Door: m.door, ID: m.was})
}

func (m *mover) edges() error {
	if err := m.q.MoveEdges(m.ctx, gen.MoveEdgesParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	one, err := set([]string{m.was})
	return each(one, err, func(b string) error {
		return m.q.DropEdgesOfGroups(m.ctx, gen.DropEdgesOfGroupsParams{WorkspaceID: m.ws, Door: m.door, Bulk: b})
	})
}

// ledger keeps the history of both; of two open rows of an account the one that is there stays.
func (m *mover) ledger() error {
	if err := m.q.DropDoubleLedger(m.ctx, gen.DropDoubleLedgerParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	if err := m.q.MoveLedgerBehind(m.ctx, gen.MoveLedgerBehindParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	return m.q.MoveLedger(m.ctx, gen.MoveLedgerParams{WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes})
}

func (m *mover) policy() error {
	if err := m.q.MovePolicy(m.ctx, gen.MovePolicyParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	return m.q.DropPolicy(m.ctx, gen.DropPolicyParams{WorkspaceID: m.ws, Door: m.door, GroupID: m.was})
}

// counts are what the brake looks back at.
func (m *mover) counts() error {
	if err := m.q.MoveRemovals(m.ctx, gen.MoveRemovalsParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	if err := m.q.DropRemovals(m.ctx, gen.DropRemovalsParams{WorkspaceID: m.ws, Door: m.door, GroupID: m.was}); err != nil {
		return err
	}
	if err := m.q.MoveInStep(m.ctx, gen.MoveInStepParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	return m.q.DropInStep(m.ctx, gen.DropInStepParams{WorkspaceID: m.ws, Door: m.door, GroupID: m.was})
}

func (m *mover) names() error {
	if err := m.q.MoveResolvedGroup(m.ctx, gen.MoveResolvedGroupParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	if err := m.q.MoveResolvedMark(m.ctx, gen.MoveResolvedMarkParams{
		WorkspaceID: m.ws, Door: m.door, Was: m.was, Becomes: m.becomes,
	}); err != nil {
		return err
	}
	return m.q.DropResolvedMark(m.ctx, gen.DropResolvedMarkParams{WorkspaceID: m.ws, Door: m.door, Was: m.was})
}

// operations lets what was sent be read back where it is now. Keys stay: approvals and answers come by them.
func (m *mover) operations() error {
	type row struct {
		Changeset string `json:"c"`
		Key       string `json:"k"`
		Body      string `json:"b"`
	}
	open, err := m.q.OpenBodies(m.ctx, gen.OpenBodiesParams{WorkspaceID: m.ws, Door: m.door})
	if err != nil {
		return err
	}
	var rows []row
	for _, r := range open {
		o, err := operation(r.Body)
		if err != nil {
			return err
		}
		if o.Verb.OfUnit() || string(o.Group) != m.was {
			continue
		}
		o.Group = cardea.GroupID(m.becomes)
		if o.Was != nil && string(o.Was.Group) == m.was {
			o.Was.Group = o.Group
		}
		b, err := body(o)
		if err != nil {
			return err
		}
		rows = append(rows, row{r.Changeset, r.Key, b})
	}
	chunks, err := objects(len(rows), func(i int) (string, any) { return strconv.Itoa(i), rows[i] })
	return each(chunks, err, func(b string) error {
		return m.q.PutBodies(m.ctx, gen.PutBodiesParams{WorkspaceID: m.ws, Door: m.door, Bulk: b})
	})
}
