package store

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// ForgetHistory takes away what a connection's runs left behind and is older than an instant: runs, changesets with their
// operations, approvals, and what was counted for the brake; and issues and situations that ended before. What is open stays, however
// old. The ledger and the audit log are not history in this sense and stay whole. It returns how many rows went.
func (w *Workspace) ForgetHistory(ctx context.Context, unit string, before cardea.Instant, lease *Lease) (int, error) {
	var gone int64
	err := w.write(ctx, "forgetting the history of "+unit, lease, func(q *gen.Queries) error {
		gone = 0
		at, unit := int64(before), clean(unit)
		for _, forget := range []func() (int64, error){
			func() (int64, error) {
				return q.ForgetOperations(ctx, gen.ForgetOperationsParams{WorkspaceID: w.id, Door: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetUnplanned(ctx, gen.ForgetUnplannedParams{WorkspaceID: w.id, Door: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetChangesets(ctx, gen.ForgetChangesetsParams{WorkspaceID: w.id, Door: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetApprovals(ctx, gen.ForgetApprovalsParams{WorkspaceID: w.id, Door: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetSituations(ctx, gen.ForgetSituationsParams{WorkspaceID: w.id, Door: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetRemovals(ctx, gen.ForgetRemovalsParams{WorkspaceID: w.id, Door: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetInStep(ctx, gen.ForgetInStepParams{WorkspaceID: w.id, Door: unit, Before: int64(before / cardea.Hour)})
			},
			func() (int64, error) {
				return q.ForgetRuns(ctx, gen.ForgetRunsParams{WorkspaceID: w.id, Unit: unit, Before: at})
			},
			func() (int64, error) {
				return q.ForgetIssues(ctx, gen.ForgetIssuesParams{WorkspaceID: w.id, Before: at})
			},
		} {
			n, err := forget()
			if err != nil {
				return err
			}
			gone += n
		}
		return nil
	})
	return int(gone), err
}

// forgettable are the kinds of records that go when they are over; a record that another one names goes after that.
var forgettable = []cardea.Kind{cardea.KindBooking, cardea.KindPass, cardea.KindAssignment, cardea.KindAgreement}

// ForgetFacts takes away what is known of these records of a space connection, but not of one that another record names, and of
// bookings, passes, assignments and agreements only. It returns how many went.
func (w *Workspace) ForgetFacts(ctx context.Context, connection string, keys []cardea.Key, lease *Lease) (int, error) {
	var gone int64
	for _, kind := range forgettable {
		var ids []string
		for _, k := range keys {
			if k.Kind == kind {
				ids = append(ids, k.ID)
			}
		}
		slices.Sort(ids)
		chunks, err := set(ids)
		if err := each(chunks, err, func(b string) error {
			return w.write(ctx, "forgetting records of "+connection, lease, func(q *gen.Queries) error {
				if err := q.ForgetRefs(ctx, gen.ForgetRefsParams{
					WorkspaceID: w.id, Connection: clean(connection), Kind: string(kind), Bulk: b,
				}); err != nil {
					return err
				}
				n, err := q.ForgetFacts(ctx, gen.ForgetFactsParams{
					WorkspaceID: w.id, Connection: clean(connection), Kind: string(kind), Bulk: b,
				})
				gone += n
				return err
			})
		}); err != nil {
			return int(gone), err
		}
	}
	return int(gone), nil
}
