package saltoks

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
)

// staffAge is how old the owner and the login may be for reading single accounts; a full read of accounts reads them anew.
const staffAge = time.Hour

// staff are the accounts that are staff whatever their roles say (RULES.md STAFF).
type staff struct {
	why map[cardea.AccountID]string
	at  time.Time
}

// staffNow returns them, read anew unless what was read last is younger than maxAge.
func (s *System) staffNow(ctx context.Context, maxAge time.Duration) (staff, error) {
	s.mu.Lock()
	known := s.staff
	s.mu.Unlock()
	now := s.c.Now()
	if known.why != nil && now.Sub(known.at) < maxAge {
		return known, nil
	}
	at, err := s.site(ctx)
	if err != nil {
		return staff{}, err
	}
	why := map[cardea.AccountID]string{}
	f, err := s.get(ctx, at.path(v12, ""))
	if err != nil {
		return staff{}, err
	}
	if owner, ok := guid(f.Object("owner"), "id"); ok {
		why[cardea.AccountID(owner)] = "the owner of the site"
	}
	me, err := s.get(ctx, v12+"/me")
	if err != nil {
		return staff{}, err
	}
	id, ok := guid(me, "id")
	if !ok {
		return staff{}, cardea.Errorf(cardea.Retry, "%s: GET /me does not say who we are", s.client.Name())
	}
	why[cardea.AccountID(id)] = "the account behind the connection"
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staff = staff{why: why, at: now}
	return s.staff, nil
}

// mark says on an account why it is staff. Roles may be missing for a moment after a change (vendors/saltoks.md 2.3): whose do
// not show is not taken for anybody's member, unless we made it.
func (s *System) mark(st staff, u *user) {
	if u.account.Staff = st.why[u.account.ID]; u.account.Staff != "" {
		return
	}
	for _, r := range u.roles {
		if u.account.Staff = r.manages(); u.account.Staff != "" {
			return
		}
	}
	if len(u.roles) == 0 && !s.fresh(u.account.ID) {
		u.account.Staff = "Salto shows no role of the account just now"
	}
}

// freshFor is how long Salto may not know somebody who was made just now; twice what was measured (vendors/saltoks.md 0.5).
const freshFor = 2 * time.Minute

// fresh says whether the account was made here so short a time ago that Salto need not know it everywhere.
func (s *System) fresh(id cardea.AccountID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.made[id]
	return ok && s.c.Now().Sub(at) < freshFor
}

// remember notes that an account was made, and forgets those of which that no longer matters.
func (s *System) remember(id cardea.AccountID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.c.Now()
	for old, at := range s.made {
		if now.Sub(at) >= freshFor {
			delete(s.made, old)
		}
	}
	s.made[id] = now
}
