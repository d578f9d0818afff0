package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Undone is an operation that a person undid: one of its key waits until it is released.
type Undone struct {
	Key     cardea.OpKey
	Group   cardea.GroupID
	Account cardea.AccountID
	Verb    cardea.Verb
	Run     string // that undid it
	Who     string
	At      cardea.Instant
}

// Undone returns what was undone at a door connection and waits to be released, by key.
func (w *Workspace) Undone(ctx context.Context, door string) ([]Undone, error) {
	rows, err := w.s.queries().UndoneOf(ctx, gen.UndoneOfParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return nil, classed("reading what was undone at "+door, err)
	}
	out := make([]Undone, len(rows))
	for i, r := range rows {
		out[i] = Undone{
			Key: cardea.OpKey(r.Key), Group: cardea.GroupID(r.GroupID), Account: cardea.AccountID(r.Account),
			Verb: cardea.Verb(r.Verb), Run: r.Run, Who: r.Who, At: cardea.Instant(r.At),
		}
	}
	slices.SortFunc(out, func(a, b Undone) int { return cmp.Compare(a.Key, b.Key) })
	return out, nil
}

// SaveUndone keeps, before it is done, that a run undoes what another (of) did, with an audit line. The run, who wants it and
// when are those of by. Approvals and releases of these keys from before end.
func (w *Workspace) SaveUndone(ctx context.Context, door, of string, us []Undone, by Undone, lease *Lease) error {
	type row struct {
		Group   string `json:"g"`
		Account string `json:"a"`
		Verb    string `json:"v"`
	}
	keys := make([]cardea.OpKey, 0, len(us))
	seen := map[cardea.OpKey]bool{}
	var rows []row
	for _, u := range us {
		if !seen[u.Key] {
			seen[u.Key] = true
			keys = append(keys, u.Key)
			rows = append(rows, row{clean(string(u.Group)), clean(string(u.Account)), string(u.Verb)})
		}
	}
	bulk, err := objects(len(rows), func(i int) (string, any) { return clean(string(keys[i])), rows[i] })
	if err != nil {
		return err
	}
	approvals, err := set(keys)
	if err != nil {
		return err
	}
	door = clean(door)
	return w.write(ctx, "noting what is undone at "+door, lease, func(q *gen.Queries) error {
		if err := each(bulk, nil, func(b string) error {
			return q.PutUndone(ctx, gen.PutUndoneParams{
				WorkspaceID: w.id, Door: door, Run: clean(by.Run), Who: clean(by.Who), At: int64(by.At), Bulk: b,
			})
		}); err != nil {
			return err
		}
		if err := each(approvals, nil, func(b string) error {
			return q.DropApprovals(ctx, gen.DropApprovalsParams{WorkspaceID: w.id, Door: door, Bulk: b})
		}); err != nil {
			return err
		}
		return w.note(ctx, q, by.At, by.Who, "undo", struct {
			Door string         `json:"door"`
			Of   string         `json:"of"`
			Run  string         `json:"run"`
			Keys []cardea.OpKey `json:"keys,omitempty"`
		}{door, of, by.Run, keys})
	})
}

// ForgetUndone lets operations go their way again.
func (w *Workspace) ForgetUndone(ctx context.Context, door string, keys []cardea.OpKey, lease *Lease) error {
	bulk, err := set(keys)
	if err != nil || len(bulk) == 0 {
		return err
	}
	return w.write(ctx, "forgetting what was undone at "+door, lease, func(q *gen.Queries) error {
		return each(bulk, nil, func(b string) error {
			return q.DropUndone(ctx, gen.DropUndoneParams{WorkspaceID: w.id, Door: clean(door), Bulk: b})
		})
	})
}
