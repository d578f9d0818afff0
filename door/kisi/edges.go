package kisi

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// fewGroups are read one by one without asking whether the whole list would be cheaper.
const fewGroups = 3

// tally adds up several lists that make one collection. Only when every list gave a count is there a count of the whole.
type tally struct {
	p         *cardea.Pages
	groups    map[cardea.GroupID]bool // nil = all
	uncounted bool
	total     int
	seen      map[cardea.Key]bool // edges that came, to tell a second right of one user in one group
}

// take adds one page of role assignments. Rows that are no edges of the wanted groups are left out of the count.
func (t *tally) take(rows []json.RawMessage, m cardea.Mark) {
	records := make([]cardea.Record, 0, len(rows))
	left := 0
	for _, raw := range rows {
		a, bad := assignmentOf(raw)
		switch {
		case bad != nil:
			bad.Note(t.p, raw)
		case a.on != onGroup, t.groups != nil && !t.groups[a.edge.Group]:
			left++
		default:
			if t.seen[a.edge.Key()] {
				t.twice(raw, a.edge)
				continue
			}
			t.seen[a.edge.Key()] = true
			records = append(records, a.edge)
		}
	}
	t.total -= left
	t.uncounted = t.uncounted || !m.Counted
	m.Counted, m.Total = false, 0
	t.p.Add(records, m)
}

// twice notes a second right of one user in one group, which Kisi does not allow (vendors/kisi.md 2.3). Which of them
// holds cannot be told, so that the pair becomes unsure.
func (t *tally) twice(raw json.RawMessage, e cardea.Edge) {
	bad := object.Flaw{Why: "the user holds two rights in one group; take one away at Kisi", Who: []cardea.Key{e.Key()}}
	bad.Note(t.p, raw)
}

// list reads one list to its end into the tally.
func (t *tally) list(ctx context.Context, s *System, query url.Values) error {
	last := 0
	err := s.list(ctx, assignments(query), func(rows []json.RawMessage, m cardea.Mark) bool {
		last = m.Total
		t.take(rows, m)
		return true
	})
	t.total += last
	return err
}

func (t *tally) close() {
	if !t.uncounted {
		t.p.Count(t.total)
	}
}

func assignments(query url.Values) listing {
	return listing{path: "/role_assignments", query: query, limit: otherLimit}
}

func ofGroup(id int64) url.Values {
	return url.Values{"applies_to_type": {onGroup}, "applies_to_id": {number(id)}}
}

func ofAssignee(id int64) url.Values {
	return url.Values{"assignee_type": {ofUser}, "assignee_id": {number(id)}}
}

// readEdges reads the edges of the scope by the cheapest way: of its accounts, of its groups one by one, or the whole
// organisation's at once.
func (s *System) readEdges(ctx context.Context, want cardea.Scope, p *cardea.Pages) error {
	t := &tally{p: p, seen: map[cardea.Key]bool{}}
	if len(want.Groups) > 0 {
		t.groups = map[cardea.GroupID]bool{}
		for _, g := range want.Groups {
			t.groups[g] = true
		}
	}
	var err error
	switch {
	case len(want.Accounts) > 0:
		err = s.edgesOfAccounts(ctx, want.Accounts, t)
	case len(want.Groups) > 0 && len(want.Groups) <= fewGroups:
		err = s.edgesOfGroups(ctx, want.Groups, t)
	default:
		err = s.edgesOfAll(ctx, want.Groups, t)
	}
	if err != nil {
		return err
	}
	t.close()
	return nil
}

func (s *System) edgesOfAccounts(ctx context.Context, accounts []cardea.AccountID, t *tally) error {
	for _, a := range slices.Compact(slices.Sorted(slices.Values(accounts))) {
		id, err := vendorID(string(a))
		if err != nil {
			return err
		}
		if err := t.list(ctx, s, ofAssignee(id)); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) edgesOfGroups(ctx context.Context, groups []cardea.GroupID, t *tally) error {
	for _, g := range slices.Compact(slices.Sorted(slices.Values(groups))) {
		id, err := vendorID(string(g))
		if err != nil {
			return err
		}
		err = t.list(ctx, s, ofGroup(id))
		if cardea.ClassOf(err) == cardea.NotFound {
			t.p.Missing(cardea.Group{ID: g}.Key())
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// edgesOfAll reads the whole organisation's list, whose first page tells how long it is: one that is longer than reading
// group by group, or that reaches the vendor's ceiling, is left for the groups.
func (s *System) edgesOfAll(ctx context.Context, groups []cardea.GroupID, t *tally) error {
	all, first, last := true, true, 0
	err := s.list(ctx, assignments(url.Values{"applies_to_type": {onGroup}}), func(rows []json.RawMessage, m cardea.Mark) bool {
		if first && m.Counted {
			pages := (m.Total + otherLimit - 1) / otherLimit
			all = m.Total <= maxOffset+otherLimit && (len(groups) == 0 || pages-1 <= len(groups))
		}
		first = false
		if all {
			last = m.Total
			t.take(rows, m)
		}
		return all
	})
	if err != nil || all {
		t.total += last
		return err
	}
	if len(groups) == 0 {
		var every []cardea.GroupID
		err := s.whole(ctx, listing{path: "/groups", limit: otherLimit}, func(raw json.RawMessage) *object.Flaw {
			g, bad := groupOf(raw)
			every = append(every, g.ID)
			return bad
		})
		if err != nil {
			return err
		}
		groups = every
	}
	return s.edgesOfGroups(ctx, groups, t)
}

// between returns what the user of an edge holds in its group: nothing, one edge, or more if Kisi were to allow it. Errors:
// Retry when the list did not come whole.
func (s *System) between(ctx context.Context, e cardea.Edge) ([]cardea.Edge, error) {
	group, err := vendorID(string(e.Group))
	if err != nil {
		return nil, err
	}
	account, err := vendorID(string(e.Account))
	if err != nil {
		return nil, err
	}
	query := ofAssignee(account)
	query.Set("applies_to_type", onGroup)
	query.Set("applies_to_id", number(group))
	var out []cardea.Edge
	err = s.whole(ctx, assignments(query), func(raw json.RawMessage) *object.Flaw {
		a, bad := assignmentOf(raw)
		if bad == nil && a.edge.Key() == e.Key() {
			out = append(out, a.edge)
		}
		return bad
	})
	return out, err
}
