package saltoks

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// bookAge is how old the list of addresses may be in which Find looks beside asking: how a filter compares letters of either
// case is not known (vendors/saltoks.md 1.7).
const bookAge = 15 * time.Minute

// book is who is on the site, by the last whole listing. Books are replaced, never changed.
type book struct {
	site map[cardea.AccountID]string   // the site user's own id
	of   map[string][]cardea.AccountID // by address
	at   time.Time
}

func newBook(at time.Time) book {
	return book{at: at, site: map[cardea.AccountID]string{}, of: map[string][]cardea.AccountID{}}
}

func (b book) add(u user) {
	b.site[u.account.ID] = u.site
	if e := folded(u.account.Email); e != "" && !slices.Contains(b.of[e], u.account.ID) {
		b.of[e] = append(b.of[e], u.account.ID)
	}
}

// noted adds somebody to the book.
func (s *System) noted(u user) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book.site == nil {
		return
	}
	own := book{at: s.book.at, site: maps.Clone(s.book.site), of: make(map[string][]cardea.AccountID, len(s.book.of)+1)}
	for e, ids := range s.book.of {
		own.of[e] = slices.Clip(ids)
	}
	own.add(u)
	s.book = own
}

// users returns the book, listed anew unless it is younger than maxAge. Errors: Retry when the list came short.
func (s *System) users(ctx context.Context, maxAge time.Duration) (book, error) {
	s.mu.Lock()
	known := s.book
	s.mu.Unlock()
	if known.site != nil && s.c.Now().Sub(known.at) < maxAge {
		return known, nil
	}
	at, err := s.site(ctx)
	if err != nil {
		return book{}, err
	}
	b := newBook(s.c.Now())
	err = s.whole(ctx, listing{path: at.path(v12, "/users")}, func(raw json.RawMessage) *object.Flaw {
		u, bad := userOf(raw)
		if bad == nil {
			b.add(u)
		}
		return bad
	})
	if err != nil {
		return book{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = b
	return b, nil
}

// filtered asks for the site users with an address. What is there is found, but for another case of letters perhaps.
func (s *System) filtered(ctx context.Context, address string) ([]user, error) {
	at, err := s.site(ctx)
	if err != nil {
		return nil, err
	}
	var out []user
	q := url.Values{"$filter": {"user/email eq '" + strings.ReplaceAll(address, "'", "''") + "'"}}
	err = s.whole(ctx, listing{path: at.path(v12, "/users"), query: q}, func(raw json.RawMessage) *object.Flaw {
		u, bad := userOf(raw)
		if bad == nil && folded(u.account.Email) == address {
			out = append(out, u)
		}
		return bad
	})
	if cardea.ClassOf(err) == cardea.Rejected {
		return nil, nil // it takes no such filter: the list has to do
	}
	return out, err
}

// one reads a site user by the platform id; NotFound when nobody on the site has it. Somebody who was taken off the site and
// put on it again has another site user's id.
func (s *System) one(ctx context.Context, id cardea.AccountID) (user, *object.Flaw, json.RawMessage, error) {
	at, err := s.site(ctx)
	if err != nil {
		return user{}, nil, nil, err
	}
	b, err := s.users(ctx, bookAge)
	if err != nil {
		return user{}, nil, nil, err
	}
	for again := false; ; again = true {
		if own, known := b.site[id]; known {
			u, bad, raw, err := s.read(ctx, at.path(v12, "/users/"+own))
			if cardea.ClassOf(err) != cardea.NotFound || again {
				return u, bad, raw, err
			}
		}
		if again {
			return user{}, nil, nil, cardea.Errorf(cardea.NotFound, "%s: nobody at the site has the id %s", s.client.Name(), id)
		}
		if b, err = s.users(ctx, 0); err != nil {
			return user{}, nil, nil, err
		}
	}
}

func (s *System) read(ctx context.Context, path string) (user, *object.Flaw, json.RawMessage, error) {
	f, err := s.get(ctx, path)
	if err != nil {
		return user{}, nil, nil, err
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return user{}, nil, nil, cardea.Errorf(cardea.Retry, "%s: GET %s gave what cannot be read", s.client.Name(), path)
	}
	u, bad := userOf(raw)
	return u, bad, raw, nil
}
