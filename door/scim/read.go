package scim

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
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
	return s.listGroups(ctx, door.Rows(p, func(raw json.RawMessage) (cardea.Group, *object.Flaw) {
		g, bad := groupOf(raw)
		s.listed(g)
		if bad == nil {
			s.own(raw)
		}
		return g, bad
	}))
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
	return s.list(ctx, listing{path: "/Users"}, door.Rows(p, func(raw json.RawMessage) (cardea.Account, *object.Flaw) {
		a, bad := accountOf(raw)
		return me.marked(a), bad
	}))
}

// readSome reads single users by id.
func (s *System) readSome(ctx context.Context, ids []cardea.AccountID, p *cardea.Pages) error {
	me, err := s.self(ctx)
	if err != nil {
		return err
	}
	return door.Each(ids, p, func(id cardea.AccountID) (cardea.Record, json.RawMessage, *object.Flaw, error) {
		raw, err := s.single(ctx, "/Users/", string(id))
		if err != nil {
			return nil, nil, nil, err
		}
		a, bad := accountOf(raw)
		return me.marked(a), raw, bad, nil
	})
}

// single reads one resource by its id. Errors: NotFound, also for an id that no path can hold.
func (s *System) single(ctx context.Context, path, id string) (json.RawMessage, error) {
	if !usable(id) {
		return nil, cardea.Errorf(cardea.NotFound, "%s: there is no %s%q", s.client.Name(), path, id)
	}
	var raw json.RawMessage
	_, err := s.get(ctx, path+url.PathEscape(id), nil, &raw)
	return raw, err
}

func (s *System) readSomeGroups(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error {
	return door.Each(ids, p, func(id cardea.GroupID) (cardea.Record, json.RawMessage, *object.Flaw, error) {
		raw, err := s.single(ctx, "/Groups/", string(id))
		if err != nil {
			return nil, nil, nil, err
		}
		g, bad := groupOf(raw)
		return g, raw, bad, nil
	})
}
