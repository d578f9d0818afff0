package kisi

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea"
)

// Read implements door.System. Each collection stands on its own: one that fails is ended with Fail. An error is returned
// only when the credentials are refused for all of them.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if len(want.Keys) > 0 {
		return s.readKeys(ctx, want, into)
	}
	var end ending
	if want.Wants(cardea.KindGroup) {
		p := into.Open(cardea.KindGroup)
		end.of(p, s.readGroups(ctx, p))
	}
	if want.Wants(cardea.KindAccount) {
		p := into.Open(cardea.KindAccount)
		if len(want.Accounts) > 0 {
			end.of(p, s.readSome(ctx, want.Accounts, p))
		} else {
			end.of(p, s.readAccounts(ctx, p))
		}
	}
	if want.Wants(cardea.KindEdge) {
		p := into.Open(cardea.KindEdge)
		end.of(p, s.readEdges(ctx, want, p))
	}
	return end.refused()
}

// ending closes collections and remembers whether the credentials were refused for each of them.
type ending struct {
	any  bool  // one of them could be read
	auth error // the first refusal
}

func (e *ending) of(p *cardea.Pages, err error) {
	if err == nil {
		p.Close()
		e.any = true
		return
	}
	p.Fail(err)
	if cardea.ClassOf(err) != cardea.Auth {
		e.any = true
	} else if e.auth == nil {
		e.auth = err
	}
}

func (e *ending) refused() error {
	if e.any {
		return nil
	}
	return e.auth
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

// readKeys reads single records, each whole.
func (s *System) readKeys(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	var accounts []cardea.AccountID
	var groups []cardea.GroupID
	var edges []cardea.Edge
	for _, k := range want.Keys {
		switch k.Kind {
		case cardea.KindAccount:
			accounts = append(accounts, cardea.AccountID(k.ID))
		case cardea.KindGroup:
			groups = append(groups, cardea.GroupID(k.ID))
		case cardea.KindEdge:
			if g, a, ok := strings.Cut(k.ID, "/"); ok {
				edges = append(edges, cardea.Edge{Group: cardea.GroupID(g), Account: cardea.AccountID(a)})
			}
		default: // a space system's
		}
	}
	var end ending
	if len(accounts) > 0 {
		p := into.Open(cardea.KindAccount)
		end.of(p, s.readSome(ctx, accounts, p))
	}
	if len(groups) > 0 {
		p := into.Open(cardea.KindGroup)
		end.of(p, s.readSomeGroups(ctx, groups, p))
	}
	if len(edges) > 0 {
		p := into.Open(cardea.KindEdge)
		end.of(p, s.readSomeEdges(ctx, edges, p))
	}
	return end.refused()
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
