package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// DoorPast is what planning must know of how a door connection stood before.
type DoorPast struct {
	Flips     []cardea.Flip     // what was set right since, oldest first
	Contested []cardea.Standing // the groups that are found to be contested
	// Renamed are linked accounts, and Called mapped groups, as they were called when they became that: those that are not
	// called so now.
	Renamed []cardea.Account
	Called  []cardea.Group
}

// DoorPast returns how a door connection stood, as far back as since.
func (w *Workspace) DoorPast(ctx context.Context, door string, since cardea.Instant) (DoorPast, error) {
	var out DoorPast
	err := w.snapshot(ctx, "reading how "+door+" stood", func(q *gen.Queries) error {
		flips, err := q.RevertedSituations(ctx, gen.RevertedSituationsParams{WorkspaceID: w.id, Door: clean(door), Since: int64(since)})
		if err != nil {
			return err
		}
		for _, r := range flips {
			if cardea.Situation(r.Code).Undoes() {
				out.Flips = append(out.Flips, cardea.Flip{
					Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account), At: cardea.Instant(r.EndedAt),
				})
			}
		}
		open, err := q.ContestedGroups(ctx, gen.ContestedGroupsParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		for _, r := range open {
			out.Contested = append(out.Contested, cardea.Standing{
				Group: cardea.GroupID(r.GroupID), Situation: cardea.Contested, Detail: r.Detail, Since: cardea.Instant(r.Since),
			})
		}
		accounts, err := q.RenamedAccounts(ctx, gen.RenamedAccountsParams{WorkspaceID: w.id, Door: clean(door)})
		if err != nil {
			return err
		}
		for _, r := range accounts {
			out.Renamed = append(out.Renamed, cardea.Account{ID: cardea.AccountID(r.ID), Name: r.KnownName, Email: r.KnownEmail})
		}
		groups, err := q.KnownGroups(ctx, gen.KnownGroupsParams{WorkspaceID: w.id, Door: clean(door)})
		for _, r := range groups {
			out.Called = append(out.Called, cardea.Group{ID: cardea.GroupID(r.ID), Name: r.KnownName})
		}
		return err
	})
	slices.SortFunc(out.Flips, func(a, b cardea.Flip) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	slices.SortFunc(out.Contested, compareStandings)
	slices.SortFunc(out.Renamed, func(a, b cardea.Account) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Called, func(a, b cardea.Group) int { return cmp.Compare(a.ID, b.ID) })
	return out, err
}

// ClosedLedger returns the rows that ended of these entries, without their reasons, sorted by group, account and end.
func (w *Workspace) ClosedLedger(ctx context.Context, door string, at []cardea.Edge) ([]cardea.LedgerRow, error) {
	type row struct {
		Group   string `json:"g"`
		Account string `json:"a"`
	}
	chunks, err := objects(len(at), func(i int) (string, any) {
		return strconv.Itoa(i), row{clean(string(at[i].Group)), clean(string(at[i].Account))}
	})
	var out []cardea.LedgerRow
	err = each(chunks, err, func(b string) error {
		rows, err := w.s.queries().ClosedLedgerAt(ctx, gen.ClosedLedgerAtParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		for _, r := range rows {
			out = append(out, cardea.LedgerRow{
				Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account), Person: cardea.PersonID(r.Person),
				PutAt: cardea.Instant(r.PutAt), EndedAt: cardea.Instant(r.EndedAt), Ended: cardea.Cause(r.Ended),
			})
		}
		return err
	})
	if err != nil {
		return nil, classed("reading what ended of "+door, err)
	}
	slices.SortFunc(out, func(a, b cardea.LedgerRow) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account), cmp.Compare(a.EndedAt, b.EndedAt))
	})
	return out, nil
}
