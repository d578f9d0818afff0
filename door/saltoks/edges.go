package saltoks

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// members is the list of a group's people, by their platform ids (vendors/saltoks.md 2.5).
func (s *System) members(ctx context.Context, g cardea.GroupID) (listing, error) {
	at, err := s.site(ctx)
	return listing{path: at.path(v12, "/access_groups/"+string(g)+"/users")}, err
}

// tally adds up several lists that make one collection. Only when every list gave a count is there a count of the whole, and
// only when every one ended does the whole.
type tally struct {
	p         *cardea.Pages
	only      map[cardea.AccountID]bool // nil = everybody
	uncounted bool
	endless   bool
	total     int
}

func (t *tally) close() {
	switch {
	case t.endless && !t.uncounted:
		t.p.Count(t.total)
	case t.endless:
		t.p.Add(nil, cardea.Mark{}) // one of the lists did not say where it ends
	case !t.uncounted:
		t.p.Count(t.total)
		t.p.Add(nil, cardea.Mark{Ended: true})
	default:
		t.p.Add(nil, cardea.Mark{Ended: true})
	}
}

// group reads one group to its end into the tally.
func (t *tally) group(ctx context.Context, s *System, g cardea.GroupID) error {
	l, err := s.members(ctx, g)
	if err != nil {
		return err
	}
	last, left := 0, 0
	var end cardea.Mark
	err = s.list(ctx, l, func(rows []json.RawMessage, m cardea.Mark) bool {
		last, end = m.Total, m
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			_, id, bad := rowOf(raw)
			if bad != nil {
				bad.Note(t.p, raw)
				continue
			}
			a := cardea.AccountID(id)
			if t.only != nil && !t.only[a] {
				left++
				continue
			}
			records = append(records, edgeOf(g, a))
		}
		t.uncounted = t.uncounted || !m.Counted
		m.Counted, m.Total = false, 0
		t.p.Add(records, m)
		return true
	})
	if err != nil {
		return err
	}
	t.total += last - left
	t.endless = t.endless || !end.Ended
	return nil
}

// readEdges reads the edges of the scope group by group: nothing lists a person's groups (vendors/saltoks.md 7).
func (s *System) readEdges(ctx context.Context, want cardea.Scope, p *cardea.Pages) error {
	t := &tally{p: p}
	groups, all := want.Groups, len(want.Groups) == 0
	if len(want.Accounts) > 0 {
		t.only = map[cardea.AccountID]bool{}
		for _, a := range want.Accounts {
			if err := vendorID(string(a)); err != nil {
				return err
			}
			t.only[a] = true
		}
	}
	if all {
		l, err := s.groups(ctx)
		if err != nil {
			return err
		}
		if err := s.whole(ctx, l, func(raw json.RawMessage) *object.Flaw {
			g, bad := groupOf(raw)
			groups = append(groups, g.ID)
			return bad
		}); err != nil {
			return err
		}
	}
	for _, g := range slices.Compact(slices.Sorted(slices.Values(groups))) {
		if err := vendorID(string(g)); err != nil {
			return err
		}
		err := t.group(ctx, s, g)
		if cardea.ClassOf(err) == cardea.NotFound {
			if !all && t.only == nil {
				p.Missing(cardea.Group{ID: g}.Key())
			}
			continue
		}
		if err != nil {
			return err
		}
	}
	t.close()
	return nil
}

// readSomeEdges reads single entries by the members of their groups.
func (s *System) readSomeEdges(ctx context.Context, edges []cardea.Edge, p *cardea.Pages) error {
	in := map[cardea.GroupID]map[cardea.AccountID]bool{}
	for _, e := range edges {
		if err := vendorID(string(e.Group)); err != nil {
			return err
		}
		if _, read := in[e.Group]; !read {
			members, err := s.membersOf(ctx, e.Group)
			if err != nil && cardea.ClassOf(err) != cardea.NotFound {
				return err
			}
			in[e.Group] = members
		}
		if !in[e.Group][e.Account] {
			p.Missing(e.Key())
			continue
		}
		p.Add([]cardea.Record{edgeOf(e.Group, e.Account)}, cardea.Mark{Ended: true})
	}
	p.Count(len(p.Records()))
	return nil
}

// membersOf is who is in a group. Errors: NotFound, Retry when the list came short.
func (s *System) membersOf(ctx context.Context, g cardea.GroupID) (map[cardea.AccountID]bool, error) {
	l, err := s.members(ctx, g)
	if err != nil {
		return nil, err
	}
	out := map[cardea.AccountID]bool{}
	err = s.whole(ctx, l, func(raw json.RawMessage) *object.Flaw {
		_, id, bad := rowOf(raw)
		out[cardea.AccountID(id)] = true
		return bad
	})
	return out, err
}
