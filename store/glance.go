package store

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// What a page that is looked at every few seconds asks: nothing here costs by how many people there are.

// DoorReadAt returns when every account of a door connection was last read, 0 = never.
func (w *Workspace) DoorReadAt(ctx context.Context, door string) (cardea.Instant, error) {
	whole, err := w.s.queries().WholeRead(ctx, gen.WholeReadParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil || len(whole) == 0 {
		return 0, classed("reading when "+door+" was last read", err)
	}
	return cardea.Instant(whole[0]), nil
}

// DoorGroups returns a door connection's groups with the times at which they were read; Accounts, Edges, Links and Ledger
// stay empty.
func (w *Workspace) DoorGroups(ctx context.Context, door string) (DoorState, error) {
	var d DoorState
	err := w.snapshot(ctx, "reading the groups of "+door, func(q *gen.Queries) error { return w.doorBasics(ctx, q, door, &d) })
	d.sort()
	return d, err
}

// Accounts returns those of the named accounts that a door connection has.
func (w *Workspace) Accounts(ctx context.Context, door string, ids []cardea.AccountID) ([]cardea.Account, error) {
	var out []cardea.Account
	chunks, err := set(ids)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().AccountsOf(ctx, gen.AccountsOfParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		for _, r := range rows {
			out = append(out, account(r))
		}
		return classed("reading accounts of "+door, err)
	})
	return out, err
}

// CountAccounts returns how many accounts a door connection has.
func (w *Workspace) CountAccounts(ctx context.Context, door string) (int, error) {
	n, err := w.s.queries().CountAccounts(ctx, gen.CountAccountsParams{WorkspaceID: w.id, Door: clean(door)})
	return int(n), classed("counting the accounts of "+door, err)
}

// OpenOperations returns how many operations of a door connection are in each open state.
func (w *Workspace) OpenOperations(ctx context.Context, door string) (map[string]int, error) {
	rows, err := w.s.queries().CountOpen(ctx, gen.CountOpenParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, classed("counting the operations of "+door, err)
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.State] = int(r.Operations)
	}
	return out, nil
}

// Wake says when a unit is to be looked at, and until when somebody works on it; 0 = nobody does.
type Wake struct {
	Mark

	LeaseUntil cardea.Instant
}

// Wakes returns the wake rows of the workspace.
func (w *Workspace) Wakes(ctx context.Context) ([]Wake, error) {
	rows, err := w.s.queries().WakeTimes(ctx, w.id)
	if err != nil {
		return nil, classed("reading the wake rows", err)
	}
	out := make([]Wake, len(rows))
	for i, r := range rows {
		out[i] = Wake{Mark{Unit: r.Unit, Kind: r.Kind, At: cardea.Instant(r.NextWakeAt)}, cardea.Instant(r.LeaseUntil)}
	}
	return out, nil
}

// FactsOfKind returns the bodies of a kind that are not gone, sorted by id. It costs by how many there are.
func (w *Workspace) FactsOfKind(ctx context.Context, connection string, kind cardea.Kind) ([]cardea.Record, error) {
	rows, err := w.s.queries().FactsOfKind(ctx, gen.FactsOfKindParams{
		WorkspaceID: w.id, Connection: clean(connection), Kind: string(kind),
	})
	if err != nil {
		return nil, classed("reading records of "+connection, err)
	}
	out := make([]cardea.Record, len(rows))
	for i, b := range rows {
		if out[i], err = record(kind, b); err != nil {
			return nil, err
		}
	}
	sortRecords(out)
	return out, nil
}

// DirectoryAt returns the named records alone, as Directory does: gone and unsure ones are noted, what is not there is
// left out.
func (w *Workspace) DirectoryAt(ctx context.Context, connection string, keys []cardea.Key) (cardea.Directory, error) {
	var all []gen.DirectoryRow
	chunks, err := keyBulk(keys)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().FactsStanding(ctx, gen.FactsStandingParams{
			WorkspaceID: w.id, Connection: clean(connection), Bulk: b,
		})
		for _, r := range rows {
			all = append(all, gen.DirectoryRow(r))
		}
		return classed("reading records of "+connection, err)
	})
	if err != nil {
		return cardea.Directory{}, err
	}
	return directory(connection, all)
}

// DirectoryOfKinds is Directory of some kinds of records alone.
func (w *Workspace) DirectoryOfKinds(ctx context.Context, connection string, kinds []cardea.Kind) (cardea.Directory, error) {
	var all []gen.DirectoryRow
	chunks, err := set(kinds)
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().DirectoryOfKinds(ctx, gen.DirectoryOfKindsParams{
			WorkspaceID: w.id, Connection: clean(connection), Bulk: b,
		})
		for _, r := range rows {
			all = append(all, gen.DirectoryRow(r))
		}
		return classed("reading the directory of "+connection, err)
	})
	if err != nil {
		return cardea.Directory{}, err
	}
	return directory(connection, all)
}
