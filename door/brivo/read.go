package brivo

import (
	"context"
	"encoding/json"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// shortAge is how long a user whom lists show without his address is believed to have the one that was read by id.
const shortAge = 24 * time.Hour

// knownAs is what a short row lacks.
type knownAs struct {
	emails []string
	phone  string
	name   string
	at     time.Time
}

// Read implements door.System.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	return door.Reads{
		Groups: s.readGroups, SomeGroups: s.readSomeGroups, Accounts: s.readAccounts, SomeAccounts: s.readSome,
		Edges: s.readEdges, SomeEdges: s.readSomeEdges,
	}.Read(ctx, want, into)
}

func (s *System) readGroups(ctx context.Context, p *cardea.Pages) error {
	return s.list(ctx, listing{path: "/groups"}, door.Rows(p, groupOf))
}

// readAccounts reads every user. Without the staff no user is worth having: it would be taken for nobody special.
func (s *System) readAccounts(ctx context.Context, p *cardea.Pages) error {
	why, err := s.staffNow(ctx, 0)
	if err != nil {
		return err
	}
	book := addresses{at: s.c.Now(), of: map[string][]int64{}}
	var trouble error
	err = s.list(ctx, listing{path: "/users"}, func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			u, bad := userOf(raw)
			if bad == nil && u.short {
				if bad, trouble = s.complete(ctx, &u); trouble != nil {
					return false
				}
			}
			if bad != nil {
				bad.Note(p, raw)
				continue
			}
			book.add(u)
			u.account.Staff = why.of(u.emails)
			records = append(records, u.account)
		}
		p.Add(records, m)
		return true
	})
	if err != nil || trouble != nil {
		if trouble != nil {
			return trouble
		}
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = book
	return nil
}

// complete adds to a user what its row in the list lacks, from memory or from the user itself. A user that is gone meanwhile is
// what the row showed.
func (s *System) complete(ctx context.Context, u *user) (*object.Flaw, error) {
	id, err := vendorID(string(u.account.ID))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	known, has := s.shorts[id]
	s.mu.Unlock()
	if !has || s.c.Now().Sub(known.at) > shortAge || known.name != u.account.Name {
		var raw json.RawMessage
		err := s.get(ctx, "/users/"+number(id), &raw)
		if cardea.ClassOf(err) == cardea.NotFound {
			return nil, nil //nolint:nilnil // it went between the list and this
		}
		if err != nil {
			return nil, err
		}
		full, bad := userOf(raw)
		if bad == nil && full.account.ID != u.account.ID {
			bad = &object.Flaw{Why: "another user than the one asked for came"}
		}
		if bad != nil {
			bad.Who = []cardea.Key{u.account.Key()}
			return bad, nil
		}
		known = knownAs{emails: full.emails, phone: full.account.Phone, name: u.account.Name, at: s.c.Now()}
		s.mu.Lock()
		s.shorts[id] = known
		s.mu.Unlock()
	}
	u.emails, u.account.Phone = known.emails, known.phone
	if len(u.emails) > 0 {
		u.account.Email = u.emails[0]
	}
	return nil, nil //nolint:nilnil // neither a flaw nor an error
}

// forgetShort makes the next list read a user by id again.
func (s *System) forgetShort(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.shorts, id)
}

// one reads a single user. Errors: NotFound.
func (s *System) one(ctx context.Context, path string) (user, *object.Flaw, json.RawMessage, error) {
	var raw json.RawMessage
	if err := s.get(ctx, path, &raw); err != nil {
		return user{}, nil, nil, err
	}
	u, bad := userOf(raw)
	return u, bad, raw, nil
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
		u, bad, raw, err := s.one(ctx, "/users/"+number(n))
		u.account.Staff = why.of(u.emails)
		return u.account, raw, bad, err
	})
}

func (s *System) readSomeGroups(ctx context.Context, ids []cardea.GroupID, p *cardea.Pages) error {
	gone := gone{s: s}
	return door.Each(ids, p, func(id cardea.GroupID) (cardea.Record, json.RawMessage, *object.Flaw, error) {
		n, err := vendorID(string(id))
		if err != nil {
			return nil, nil, &object.Flaw{Why: err.Error()}, nil //nolint:nilerr // it is no id: nobody was asked
		}
		var raw json.RawMessage
		if err := s.get(ctx, "/groups/"+number(n), &raw); err != nil {
			if cardea.ClassOf(err) == cardea.NotFound {
				if err := gone.judge(ctx, id, err); err != nil {
					return nil, nil, nil, err
				}
			}
			return nil, nil, nil, err
		}
		g, bad := groupOf(raw)
		return g, raw, bad, nil
	})
}
