package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Removal is an absence removal that was applied.
type Removal struct {
	Group   cardea.GroupID
	Account cardea.AccountID
	At      cardea.Instant
}

// LedgerHistory returns what we put or adopted for a person and group, closed rows too, oldest first. An empty group is
// all groups.
func (w *Workspace) LedgerHistory(
	ctx context.Context, door string, person cardea.PersonID, group cardea.GroupID,
) ([]cardea.LedgerRow, error) {
	rows, err := w.s.queries().LedgerHistory(ctx, gen.LedgerHistoryParams{
		WorkspaceID: w.id, Door: clean(door), Person: clean(string(person)), GroupID: clean(string(group)),
	})
	if err != nil {
		return nil, classed("reading the ledger of "+door, err)
	}
	slices.SortFunc(rows, func(a, b gen.Ledger) int {
		return cmp.Or(cmp.Compare(a.PutAt, b.PutAt), cmp.Compare(a.GroupID, b.GroupID), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.N, b.N))
	})
	return ledgerRows(rows)
}

func ledgerRows(rows []gen.Ledger) ([]cardea.LedgerRow, error) {
	out := make([]cardea.LedgerRow, len(rows))
	for i, r := range rows {
		out[i] = cardea.LedgerRow{
			Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account), Person: cardea.PersonID(r.Person),
			Adopted: r.Adopted, Window: cardea.Window{From: cardea.Instant(r.ValidFrom), Until: cardea.Instant(r.ValidUntil)},
			PutAt: cardea.Instant(r.PutAt), Op: cardea.OpKey(r.PutOp), EndedAt: cardea.Instant(r.EndedAt),
			Ended: cardea.Cause(r.Ended),
		}
		if err := json.Unmarshal([]byte(r.Reasons), &out[i].Reasons); err != nil {
			return nil, cardea.Errorf(cardea.Unknown, "the reasons in the ledger for %s in %s cannot be read: %w",
				r.Account, r.GroupID, err)
		}
	}
	return out, nil
}

// putLedger writes the open row of a group and account: a new one, or the one that is open.
func (d doorSaver) putLedger(r cardea.LedgerRow) error {
	reasons, err := body(r.Reasons)
	if err != nil {
		return err
	}
	group, account := clean(string(r.Group)), clean(string(r.Account))
	n, err := d.q.LastLedger(d.ctx, gen.LastLedgerParams{WorkspaceID: d.ws, Door: d.door, GroupID: group, Account: account})
	if err != nil {
		return err
	}
	return d.q.PutLedger(d.ctx, gen.PutLedgerParams{
		WorkspaceID: d.ws, Door: d.door, GroupID: group, Account: account, N: n + 1, Person: clean(string(r.Person)),
		Adopted: r.Adopted, ValidFrom: int64(r.Window.From), ValidUntil: int64(r.Window.Until), Reasons: reasons,
		PutAt: int64(r.PutAt), PutOp: clean(string(r.Op)),
	})
}

// SaveReasons keeps why open rows stand now: an edge that stays in step may rest on other records than it was put for.
// Rows that are not open are passed over.
func (w *Workspace) SaveReasons(ctx context.Context, door string, rows []cardea.LedgerRow, lease *Lease) error {
	type row struct {
		Group   string `json:"g"`
		Account string `json:"a"`
		Reasons string `json:"r"`
	}
	var out []row
	for _, r := range rows {
		reasons, err := body(r.Reasons)
		if err != nil {
			return err
		}
		out = append(out, row{clean(string(r.Group)), clean(string(r.Account)), reasons})
	}
	chunks, err := objects(len(out), func(i int) (string, any) { return strconv.Itoa(i), out[i] })
	return w.write(ctx, "keeping why entries of "+door+" stand", lease, func(q *gen.Queries) error {
		return each(chunks, err, func(b string) error {
			return q.PutLedgerReasons(ctx, gen.PutLedgerReasonsParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		})
	})
}

// Removals returns the absence removals applied at or after since, oldest first.
func (w *Workspace) Removals(ctx context.Context, door string, since cardea.Instant) ([]Removal, error) {
	rows, err := w.s.queries().Removals(ctx, gen.RemovalsParams{WorkspaceID: w.id, Door: clean(door), Since: int64(since)})
	if err != nil {
		return nil, classed("reading the removals of "+door, err)
	}
	out := make([]Removal, len(rows))
	for i, r := range rows {
		out[i] = Removal{cardea.GroupID(r.GroupID), cardea.AccountID(r.Account), cardea.Instant(r.At)}
	}
	slices.SortFunc(out, func(a, b Removal) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Account, b.Account))
	})
	return out, nil
}

// InStep returns, for each group, the most edges that were in step at once at or after the hour of since.
func (w *Workspace) InStep(ctx context.Context, door string, since cardea.Instant) (map[cardea.GroupID]int, error) {
	rows, err := w.s.queries().InStep(ctx, gen.InStepParams{WorkspaceID: w.id, Door: clean(door), Hour: int64(since / cardea.Hour)})
	if err != nil {
		return nil, classed("reading what was in step of "+door, err)
	}
	out := make(map[cardea.GroupID]int, len(rows))
	for _, r := range rows {
		out[cardea.GroupID(r.GroupID)] = int(r.Edges)
	}
	return out, nil
}

// SaveInStep keeps how many edges of each group are in step at an instant; of an hour the most counts.
func (w *Workspace) SaveInStep(ctx context.Context, door string, at cardea.Instant, m map[cardea.GroupID]int) error {
	type row struct {
		Edges int `json:"n"`
	}
	groups := make([]cardea.GroupID, 0, len(m))
	for g := range m {
		groups = append(groups, g)
	}
	slices.Sort(groups)
	chunks, err := objects(len(groups), func(i int) (string, any) { return clean(string(groups[i])), row{m[groups[i]]} })
	return w.write(ctx, "keeping what is in step of "+door, nil, func(q *gen.Queries) error {
		return each(chunks, err, func(b string) error {
			return q.PutInStep(ctx, gen.PutInStepParams{WorkspaceID: w.id, Door: clean(door), Hour: int64(at / cardea.Hour), Bulk: b})
		})
	})
}

// AnyLedger says whether the ledger has anything of a door connection, closed rows too.
func (w *Workspace) AnyLedger(ctx context.Context, door string) (bool, error) {
	rows, err := w.s.queries().AnyLedger(ctx, gen.AnyLedgerParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return false, classed("looking for the ledger of "+door, err)
	}
	return len(rows) > 0, nil
}
