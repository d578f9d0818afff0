package scim

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// Read implements door.System.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	return door.Reads{
		Groups: s.readGroups, SomeGroups: s.readSomeGroups, Accounts: s.readAccounts, SomeAccounts: s.readSome,
		Edges: s.readEdges, SomeEdges: s.readSomeEdges,
	}.Read(ctx, want, into)
}

// listGroups reads the groups, without their members where the server can leave them out.
func (s *System) listGroups(ctx context.Context, page func(rows []json.RawMessage, m cardea.Mark) bool) error {
	l, came := listing{path: "/Groups"}, false
	if !s.knows().noLessGroups {
		l.query = url.Values{"excludedAttributes": {"members"}}
	}
	err := s.list(ctx, l, func(rows []json.RawMessage, m cardea.Mark) bool {
		came = true
		return page(rows, m)
	})
	if cardea.ClassOf(err) == cardea.Rejected && !came && l.query != nil {
		s.learn(func(k *learnt) { k.noLessGroups = true })
		return s.list(ctx, listing{path: "/Groups"}, page)
	}
	return err
}

func (s *System) readGroups(ctx context.Context, p *cardea.Pages) error {
	return s.listGroups(ctx, func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			g, bad := groupOf(raw)
			s.listed(g)
			if bad != nil {
				bad.note(p, raw)
				continue
			}
			s.own(raw)
			records = append(records, g)
		}
		p.Add(records, m)
		return true
	})
}

// listed remembers that there is a group of this id.
func (s *System) listed(g cardea.Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.ID != "" {
		s.groups[string(g.ID)] = true
	}
}

// readAccounts reads every user. Without knowing who we are no user is worth having.
func (s *System) readAccounts(ctx context.Context, p *cardea.Pages) error {
	me, err := s.self(ctx)
	if err != nil {
		return err
	}
	return s.list(ctx, listing{path: "/Users"}, func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			a, bad := accountOf(raw)
			if bad != nil {
				bad.note(p, raw)
				continue
			}
			records = append(records, me.marked(a))
		}
		p.Add(records, m)
		return true
	})
}

// readSome reads single users by id.
func (s *System) readSome(ctx context.Context, ids []cardea.AccountID, p *cardea.Pages) error {
	me, err := s.self(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		key := cardea.Account{ID: id}.Key()
		var raw json.RawMessage
		found, err := s.single(ctx, "/Users/", string(id), nil, &raw)
		if err != nil {
			return err
		}
		if !found {
			p.Missing(key)
			continue
		}
		a, bad := accountOf(raw)
		if bad == nil && a.ID != id {
			bad = &flaw{why: "another user than the one asked for came"}
		}
		if bad != nil {
			bad.who = []cardea.Key{key}
			bad.note(p, raw)
			continue
		}
		p.Add([]cardea.Record{me.marked(a)}, cardea.Mark{Ended: true})
	}
	p.Count(len(ids) - len(p.MissingOnes()))
	return nil
}

// single reads one resource by its id; found is false when the server has none of that id.
func (s *System) single(ctx context.Context, path, id string, query url.Values, out *json.RawMessage) (found bool, err error) {
	if !usable(id) {
		return false, nil
	}
	_, err = s.get(ctx, path+url.PathEscape(id), query, out)
	if cardea.ClassOf(err) == cardea.NotFound {
		return false, nil
	}
	return err == nil, err
}

func (s *System) readSomeGroups(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error {
	for _, id := range ids {
		key := cardea.Group{ID: id}.Key()
		var raw json.RawMessage
		found, err := s.single(ctx, "/Groups/", string(id), nil, &raw)
		if err != nil {
			return err
		}
		if !found {
			p.Missing(key)
			continue
		}
		g, bad := groupOf(raw)
		if bad == nil && g.ID != id {
			bad = &flaw{why: "another group than the one asked for came"}
		}
		if bad != nil {
			bad.who = []cardea.Key{key}
			bad.note(p, raw)
			continue
		}
		p.Add([]cardea.Record{g}, cardea.Mark{Ended: true})
	}
	p.Count(len(ids) - len(p.MissingOnes()))
	return nil
}
