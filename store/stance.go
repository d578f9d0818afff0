package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Stance is how an integration stands beside what the configuration says of it.
type Stance struct {
	Integration string
	State       string // StanceLeaving, StanceLeft, StanceBack
	How         string // the way it leaves or left by
	Hash        string // of the plan that it leaves by
	Who         string
	At          cardea.Instant
	Groups      []GroupStance // sorted by group
}

// GroupStance is how an integration stands to one group.
type GroupStance struct {
	Group cardea.GroupID
	State string // StanceAdopted, StanceObserved, StanceLeaving
	Kept  bool   // entries that a grant explains do not become ours
	Who   string
	At    cardea.Instant
}

// The stances. One that came back writes only to groups that it adopted since.
const (
	StanceLeaving  = "leaving"
	StanceLeft     = "left"
	StanceBack     = "back"
	StanceAdopted  = "adopted"
	StanceObserved = "observed"
)

// Stances returns the integrations of which something was said, by name; State is empty where that was of groups alone.
func (w *Workspace) Stances(ctx context.Context) (map[string]Stance, error) {
	out := map[string]Stance{}
	err := w.snapshot(ctx, "reading how the integrations stand", func(q *gen.Queries) error {
		rows, err := q.Stances(ctx, w.id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out[r.Integration] = Stance{
				Integration: r.Integration, State: r.State, How: r.How, Hash: r.Hash, Who: r.Who, At: cardea.Instant(r.At),
			}
		}
		groups, err := q.GroupStances(ctx, w.id)
		for _, r := range groups {
			s := out[r.Integration]
			s.Integration = r.Integration
			s.Groups = append(s.Groups, GroupStance{cardea.GroupID(r.GroupID), r.State, r.Kept, r.Who, cardea.Instant(r.At)})
			out[r.Integration] = s
		}
		return err
	})
	for _, s := range out {
		slices.SortFunc(s.Groups, func(a, b GroupStance) int { return cmp.Compare(a.Group, b.Group) })
	}
	return out, err
}

// Take is what somebody takes over for an integration, or gives back.
type Take struct {
	Door, Integration string
	Groups            []cardea.GroupID
	Kept              bool           // entries that a grant explains do not become ours
	Back              bool           // the integration had left
	Keys              []cardea.OpKey // what is approved with it
	// Keep are entries that come to the groups' keep-lists.
	Keep  map[cardea.GroupID][]cardea.Keep
	Who   string
	At    cardea.Instant
	Marks []Mark
}

// TakeOver makes groups ours for an integration, with one audit line: an integration that observes may write to them from
// now on.
func (w *Workspace) TakeOver(ctx context.Context, t Take) error {
	groups, err := set(t.Groups)
	if err != nil {
		return err
	}
	keys, err := set(t.Keys)
	if err != nil {
		return err
	}
	return w.write(ctx, "taking groups over for "+t.Integration, nil, func(q *gen.Queries) error {
		if err := w.addKeeps(ctx, q, t.Door, t.Keep); err != nil {
			return err
		}
		if t.Back {
			if err := q.DropGroupStances(ctx, gen.DropGroupStancesParams{WorkspaceID: w.id, Integration: clean(t.Integration)}); err != nil {
				return err
			}
			s := Stance{Integration: t.Integration, State: StanceBack, Who: t.Who, At: t.At}
			if err := w.putStance(ctx, q, s); err != nil {
				return err
			}
		}
		if err := each(groups, nil, func(b string) error {
			if err := q.ApproveGroups(ctx, gen.ApproveGroupsParams{WorkspaceID: w.id, Door: clean(t.Door), Bulk: b}); err != nil {
				return err
			}
			return q.PutGroupStances(ctx, gen.PutGroupStancesParams{
				WorkspaceID: w.id, Integration: clean(t.Integration), State: StanceAdopted, Kept: t.Kept, Who: clean(t.Who),
				At: int64(t.At), Bulk: b,
			})
		}); err != nil {
			return err
		}
		if err := each(keys, nil, func(b string) error {
			return q.AddApprovals(ctx, gen.AddApprovalsParams{
				WorkspaceID: w.id, Door: clean(t.Door), Who: clean(t.Who), At: int64(t.At), Bulk: b,
			})
		}); err != nil {
			return err
		}
		if err := w.mark(ctx, q, t.Marks); err != nil {
			return err
		}
		return w.note(ctx, q, t.At, t.Who, "adopt", struct {
			Integration string                           `json:"integration"`
			Groups      []cardea.GroupID                 `json:"groups"`
			Keys        []cardea.OpKey                   `json:"keys,omitempty"`
			Keep        map[cardea.GroupID][]cardea.Keep `json:"keep,omitempty"`
		}{t.Integration, t.Groups, t.Keys, t.Keep})
	})
}

// GiveBack has integrations observe a group again, with one audit line: it is not ours, and nothing is written there.
func (w *Workspace) GiveBack(
	ctx context.Context, door string, integrations []string, g cardea.GroupID, who string, at cardea.Instant, marks []Mark,
) error {
	groups, err := set([]cardea.GroupID{g})
	if err != nil {
		return err
	}
	return w.write(ctx, "giving a group of "+door+" back", nil, func(q *gen.Queries) error {
		if err := each(groups, nil, func(b string) error {
			if err := q.DisownGroups(ctx, gen.DisownGroupsParams{WorkspaceID: w.id, Door: clean(door), Bulk: b}); err != nil {
				return err
			}
			for _, name := range integrations {
				if err := q.PutGroupStances(ctx, gen.PutGroupStancesParams{
					WorkspaceID: w.id, Integration: clean(name), State: StanceObserved, Who: clean(who), At: int64(at), Bulk: b,
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if err := w.mark(ctx, q, marks); err != nil {
			return err
		}
		return w.note(ctx, q, at, who, "give back", struct {
			Door         string         `json:"door"`
			Group        cardea.GroupID `json:"group"`
			Integrations []string       `json:"integrations"`
		}{door, g, integrations})
	})
}

// Depart is how an integration leaves. What is closed, forgotten and disowned belongs to the last step.
type Depart struct {
	Stance Stance
	Door   string
	Groups []cardea.GroupID   // that it maps
	Close  []cardea.LedgerRow // for which cause they say themselves
	Disown []cardea.GroupID
	Forget []cardea.Link
	Marks  []Mark
}

// Leave notes that an integration leaves, or left, with one audit line. All of it is one transaction.
func (w *Workspace) Leave(ctx context.Context, d Depart, lease *Lease) error {
	sets, err := set(d.Groups)
	if err != nil {
		return err
	}
	disown, err := set(d.Disown)
	if err != nil {
		return err
	}
	forget, err := linkBulk(d.Forget)
	if err != nil {
		return err
	}
	s, door := d.Stance, clean(d.Door)
	return w.write(ctx, "noting that "+s.Integration+" leaves", lease, func(q *gen.Queries) error {
		if err := w.closeRows(ctx, q, door, d.Close, s.At); err != nil {
			return err
		}
		if err := each(disown, nil, func(b string) error {
			return q.DisownGroups(ctx, gen.DisownGroupsParams{WorkspaceID: w.id, Door: door, Bulk: b})
		}); err != nil {
			return err
		}
		if err := each(forget, nil, func(b string) error {
			return q.DropLinks(ctx, gen.DropLinksParams{WorkspaceID: w.id, Door: door, Bulk: b})
		}); err != nil {
			return err
		}
		if err := w.putStance(ctx, q, s); err != nil {
			return err
		}
		if err := q.DropGroupStances(ctx, gen.DropGroupStancesParams{WorkspaceID: w.id, Integration: clean(s.Integration)}); err != nil {
			return err
		}
		if s.State == StanceLeaving {
			if err := each(sets, nil, func(b string) error {
				return q.PutGroupStances(ctx, gen.PutGroupStancesParams{
					WorkspaceID: w.id, Integration: clean(s.Integration), State: StanceLeaving, Who: clean(s.Who), At: int64(s.At), Bulk: b,
				})
			}); err != nil {
				return err
			}
		}
		if err := w.mark(ctx, q, d.Marks); err != nil {
			return err
		}
		return w.note(ctx, q, s.At, s.Who, "leave", struct {
			Integration string `json:"integration"`
			State       string `json:"state"`
			How         string `json:"how"`
			Hash        string `json:"hash"`
			Closed      int    `json:"closed"`
		}{s.Integration, s.State, s.How, s.Hash, len(d.Close)})
	})
}

func (w *Workspace) putStance(ctx context.Context, q *gen.Queries, s Stance) error {
	return q.PutStance(ctx, gen.PutStanceParams{
		WorkspaceID: w.id, Integration: clean(s.Integration), State: s.State, How: s.How, Hash: clean(s.Hash), Who: clean(s.Who),
		At: int64(s.At),
	})
}

// closeRows ends open rows of the ledger without an operation.
func (w *Workspace) closeRows(ctx context.Context, q *gen.Queries, door string, rows []cardea.LedgerRow, at cardea.Instant) error {
	type row struct {
		Group   string `json:"g"`
		Account string `json:"a"`
	}
	by := map[cardea.Cause][]row{}
	for _, r := range rows {
		by[r.Ended] = append(by[r.Ended], row{clean(string(r.Group)), clean(string(r.Account))})
	}
	for cause, list := range by {
		chunks, err := bulk(list, func(r row) row { return r })
		if err := each(chunks, err, func(b string) error {
			return q.CloseLedgers(ctx, gen.CloseLedgersParams{
				WorkspaceID: w.id, Door: door, EndedAt: int64(at), Ended: string(cause), Bulk: b,
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

func linkBulk(links []cardea.Link) ([]string, error) {
	type row struct {
		Person  string `json:"p"`
		Account string `json:"a"`
	}
	rows := make([]row, len(links))
	for i, l := range links {
		rows[i] = row{clean(string(l.Person)), clean(string(l.Account))}
	}
	return bulk(rows, func(r row) row { return r })
}

// addKeeps adds to the keep-lists that are kept of groups; an account that is on one already stays as it is there.
func (w *Workspace) addKeeps(ctx context.Context, q *gen.Queries, door string, keeps map[cardea.GroupID][]cardea.Keep) error {
	if len(keeps) == 0 {
		return nil
	}
	rows, err := q.Policies(ctx, gen.PoliciesParams{WorkspaceID: w.id, Door: clean(door)})
	if err != nil {
		return err
	}
	for g, add := range keeps {
		p := cardea.Policy{Group: g, Mode: cardea.Exclusive}
		for _, r := range rows {
			if r.GroupID != clean(string(g)) {
				continue
			}
			p.Mode, p.Ours = cardea.Mode(r.Mode), r.Ours
			if err := json.Unmarshal([]byte(r.Keep), &p.Keep); err != nil {
				return err
			}
		}
		for _, k := range add {
			if !slices.ContainsFunc(p.Keep, func(old cardea.Keep) bool { return old.Account == k.Account }) {
				p.Keep = append(p.Keep, k)
			}
		}
		list, err := body(p.Keep)
		if err != nil {
			return err
		}
		if err := q.PutPolicy(ctx, gen.PutPolicyParams{
			WorkspaceID: w.id, Door: clean(door), GroupID: clean(string(g)), Mode: string(p.Mode), Keep: list, Ours: p.Ours,
		}); err != nil {
			return err
		}
	}
	return nil
}
