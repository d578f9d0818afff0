package saltoks

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

func (s *System) groups(ctx context.Context) (listing, error) {
	at, err := s.site(ctx)
	return listing{path: at.path(v12, "/access_groups")}, err
}

func (s *System) readGroups(ctx context.Context, p *cardea.Pages) error {
	l, err := s.groups(ctx)
	if err != nil {
		return err
	}
	return s.list(ctx, l, door.Rows(p, groupOf))
}

// readAccounts reads every site user. Without the staff no user is worth having: it would be taken for nobody special.
func (s *System) readAccounts(ctx context.Context, p *cardea.Pages) error {
	st, err := s.staffNow(ctx, 0)
	if err != nil {
		return err
	}
	at, err := s.site(ctx)
	if err != nil {
		return err
	}
	b, holes := newBook(s.c.Now()), false
	err = s.list(ctx, listing{path: at.path(v12, "/users")}, func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			u, bad := userOf(raw)
			if bad != nil {
				holes = true
				bad.Note(p, raw)
				continue
			}
			b.add(u)
			s.mark(st, &u)
			records = append(records, u.account)
		}
		holes = holes || m.Short || m.Ceiling
		p.Add(records, m)
		return true
	})
	if err != nil || holes {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = b
	return nil
}

// readSome reads single accounts.
func (s *System) readSome(ctx context.Context, ids []cardea.AccountID, p *cardea.Pages) error {
	st, err := s.staffNow(ctx, staffAge)
	if err != nil {
		return err
	}
	return door.Each(ids, p, func(id cardea.AccountID) (cardea.Record, json.RawMessage, *object.Flaw, error) {
		if err := vendorID(string(id)); err != nil {
			return nil, nil, &object.Flaw{Why: err.Error()}, nil //nolint:nilerr // it is no id: nobody was asked
		}
		u, bad, raw, err := s.one(ctx, id)
		if err == nil && bad == nil {
			s.mark(st, &u)
		}
		return u.account, raw, bad, err
	})
}

// readSomeGroups picks groups out of the whole list: that one can be read by its id is not known (vendors/saltoks.md 2.4).
func (s *System) readSomeGroups(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error {
	l, err := s.groups(ctx)
	if err != nil {
		return err
	}
	all := map[cardea.GroupID]cardea.Group{}
	if err := s.whole(ctx, l, func(raw json.RawMessage) *object.Flaw {
		g, bad := groupOf(raw)
		all[g.ID] = g
		return bad
	}); err != nil {
		return err
	}
	for _, id := range ids {
		if g, ok := all[id]; ok {
			p.Add([]cardea.Record{g}, cardea.Mark{Ended: true})
		} else {
			p.Missing(cardea.Group{ID: id}.Key())
		}
	}
	p.Count(len(p.Records()))
	return nil
}
