package kisi

import (
	"context"
	"encoding/json"

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

func (s *System) readGroups(ctx context.Context, p *cardea.Pages) error {
	return s.list(ctx, listing{path: "/groups", limit: otherLimit}, door.Rows(p, groupOf))
}

// readAccounts reads every user. Without the staff no user is worth having: it would be taken for nobody special.
func (s *System) readAccounts(ctx context.Context, p *cardea.Pages) error {
	why, err := s.staffNow(ctx, 0)
	if err != nil {
		return err
	}
	return s.list(ctx, listing{path: "/users", limit: usersLimit}, door.Rows(p, func(raw json.RawMessage) (cardea.Account, *object.Flaw) {
		a, bad := accountOf(raw)
		a.Staff = why[a.ID]
		return a, bad
	}))
}

// readSome reads single users by id.
func (s *System) readSome(ctx context.Context, ids []cardea.AccountID, p *cardea.Pages) error {
	why, err := s.staffNow(ctx, staffAge)
	if err != nil {
		return err
	}
	return door.Each(ids, p, func(id cardea.AccountID) (cardea.Record, json.RawMessage, *object.Flaw, error) {
		n, err := vendorID(string(id))
		if err != nil {
			return nil, nil, &object.Flaw{Why: err.Error()}, nil //nolint:nilerr // it is no id: nobody was asked
		}
		var raw json.RawMessage
		if err := s.get(ctx, "/users/"+number(n), &raw); err != nil {
			return nil, nil, nil, err
		}
		a, bad := accountOf(raw)
		a.Staff = why[a.ID]
		return a, raw, bad, nil
	})
}

func (s *System) readSomeGroups(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error {
	return door.Each(ids, p, func(id cardea.GroupID) (cardea.Record, json.RawMessage, *object.Flaw, error) {
		n, err := vendorID(string(id))
		if err != nil {
			return nil, nil, &object.Flaw{Why: err.Error()}, nil //nolint:nilerr // it is no id: nobody was asked
		}
		var raw json.RawMessage
		if err := s.get(ctx, "/groups/"+number(n), &raw); err != nil {
			return nil, nil, nil, err
		}
		g, bad := groupOf(raw)
		return g, raw, bad, nil
	})
}

func (s *System) readSomeEdges(ctx context.Context, edges []cardea.Edge, p *cardea.Pages) error {
	for _, e := range edges {
		found, err := s.between(ctx, e)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			p.Missing(e.Key())
		}
		for _, f := range found {
			p.Add([]cardea.Record{f}, cardea.Mark{Ended: true})
		}
	}
	p.Count(len(p.Records()))
	return nil
}
