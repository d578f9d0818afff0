package kisi

import (
	"context"
	"encoding/json"

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

func (s *System) readGroups(ctx context.Context, p *cardea.Pages) error {
	return s.list(ctx, listing{path: "/groups", limit: otherLimit}, func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			g, bad := groupOf(raw)
			if bad != nil {
				bad.note(p, raw)
				continue
			}
			records = append(records, g)
		}
		p.Add(records, m)
		return true
	})
}

// readAccounts reads every user. Without the staff no user is worth having: it would be taken for nobody special.
func (s *System) readAccounts(ctx context.Context, p *cardea.Pages) error {
	why, err := s.staffNow(ctx, 0)
	if err != nil {
		return err
	}
	return s.list(ctx, listing{path: "/users", limit: usersLimit}, func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			a, bad := accountOf(raw)
			if bad != nil {
				bad.note(p, raw)
				continue
			}
			a.Staff = why[a.ID]
			records = append(records, a)
		}
		p.Add(records, m)
		return true
	})
}

// readSome reads single users by id.
func (s *System) readSome(ctx context.Context, ids []cardea.AccountID, p *cardea.Pages) error {
	why, err := s.staffNow(ctx, staffAge)
	if err != nil {
		return err
	}
	for _, id := range ids {
		key := cardea.Account{ID: id}.Key()
		n, err := vendorID(string(id))
		if err != nil {
			p.Bad(nil, []cardea.Key{key}, err.Error())
			continue
		}
		var raw json.RawMessage
		switch err := s.get(ctx, "/users/"+number(n), &raw); {
		case cardea.ClassOf(err) == cardea.NotFound:
			p.Missing(key)
			continue
		case err != nil:
			return err
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
		a.Staff = why[a.ID]
		p.Add([]cardea.Record{a}, cardea.Mark{Ended: true})
	}
	p.Count(len(ids) - len(p.MissingOnes()))
	return nil
}

func (s *System) readSomeGroups(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error {
	for _, id := range ids {
		key := cardea.Group{ID: id}.Key()
		n, err := vendorID(string(id))
		if err != nil {
			p.Bad(nil, []cardea.Key{key}, err.Error())
			continue
		}
		var raw json.RawMessage
		switch err := s.get(ctx, "/groups/"+number(n), &raw); {
		case cardea.ClassOf(err) == cardea.NotFound:
			p.Missing(key)
			continue
		case err != nil:
			return err
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
