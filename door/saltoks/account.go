package saltoks

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Find implements door.System: by exact e-mail address, asked for and among all users. Salto keeps no id of ours. Errors:
// Retry when a list came short.
func (s *System) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	address := folded(p.Email)
	if address == "" {
		return nil, nil
	}
	st, err := s.staffNow(ctx, staffAge)
	if err != nil {
		return nil, err
	}
	for looked := 1; ; looked++ {
		out, err := s.look(ctx, st, address)
		if err != nil || len(out) > 0 || !s.unsure(address) || looked >= looksBlind {
			return out, err
		}
		if !pause(ctx, lookPause) {
			return nil, cardea.Errorf(cardea.Retry, "stopped while looking for an account: %w", ctx.Err())
		}
	}
}

// Whoever may have been made a moment ago is looked for several times: Salto may show them late (vendors/saltoks.md 0.5).
const (
	looksBlind = 4
	lookPause  = 5 * time.Second
)

// look looks for an address once.
func (s *System) look(ctx context.Context, st staff, address string) ([]cardea.Account, error) {
	found, err := s.filtered(ctx, address)
	if err != nil {
		return nil, err
	}
	known := map[cardea.AccountID]bool{}
	var out []cardea.Account
	take := func(u user) {
		s.noted(u)
		s.mark(st, &u)
		known[u.account.ID] = true
		out = append(out, u.account)
	}
	for _, u := range found {
		take(u)
	}
	age := bookAge
	if s.unsure(address) {
		age = 0
	}
	b, err := s.users(ctx, age)
	if err != nil {
		return nil, err
	}
	for _, id := range b.of[address] {
		if known[id] {
			continue
		}
		u, bad, _, err := s.one(ctx, id)
		switch {
		case cardea.ClassOf(err) == cardea.NotFound:
		case err != nil:
			return nil, err
		case bad != nil:
			return nil, cardea.Errorf(cardea.Retry, "%s: site user %s cannot be read: %s", s.client.Name(), id, bad.Why)
		case folded(u.account.Email) == address:
			take(u)
		}
	}
	return out, nil
}

// unsure says whether an account with this address may have been made a moment ago, without anybody's knowing.
func (s *System) unsure(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.blind[address]
	return ok && s.c.Now().Sub(at) < freshFor
}

// blindly notes that an account may have been made, or that it is known again.
func (s *System) blindly(address string, may bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.blind, address)
	if may {
		s.blind[address] = s.c.Now()
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// newUser is what a site user is made with (vendors/saltoks.md 2.3). Nothing of tags, PINs and keys is ever sent, and no phone
// number is taken. An address that is empty would be refused: it is left out.
type newUser struct {
	First string   `json:"first_name"`
	Last  string   `json:"last_name"`
	Email string   `json:"email,omitempty"`
	Alias string   `json:"alias"`
	Roles []string `json:"role_ids"`
}

// Create implements door.System: POST /users, after a look: how Salto answers an address that is there already is not known.
// An address makes Salto invite; with mails never it stands in the alias instead, where Find sees it. Who gets no seat is made
// suspended, and comes back shut. Errors: Rejected without an address, Conflict when it is there already, Unknown when the
// answer cannot be used.
func (s *System) Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error) {
	email := strings.TrimSpace(a.Email)
	if email == "" {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected, "an account at Salto KS needs an e-mail address: without one "+
			"nobody could be found again")
	}
	there, err := s.Find(ctx, a)
	if err != nil {
		return cardea.Account{}, err
	}
	if len(there) > 0 {
		return cardea.Account{}, cardea.Errorf(cardea.Conflict, "there is an account with this address at the site: %s", there[0].ID)
	}
	at, err := s.site(ctx)
	if err != nil {
		return cardea.Account{}, err
	}
	role, err := s.userRole(ctx, at)
	if err != nil {
		return cardea.Account{}, err
	}
	u := newUser{First: strings.TrimSpace(a.First), Last: strings.TrimSpace(a.Last), Email: email, Roles: []string{role}}
	if u.First == "" && u.Last == "" {
		u.First = strings.TrimSpace(a.Name)
	}
	for _, part := range []*string{&u.First, &u.Last} {
		if *part == "" {
			*part = "-"
		}
	}
	u.Alias = strings.TrimSpace(a.Name)
	if u.Alias == "" {
		u.Alias = u.First + " " + u.Last
	}
	if a.Mails == cardea.MailsNever {
		u.Alias, u.Email = aliasFor(u.Alias, email), ""
	}
	var raw json.RawMessage
	_, err = s.client.Do(ctx, wire.Call{Class: wire.Write, Method: http.MethodPost, Path: at.path(v12, "/users"), Body: u, Out: &raw})
	if err == nil {
		if e := unwell(raw); e != nil {
			err = e
		}
	}
	switch cardea.ClassOf(err) {
	case "":
	case cardea.Rejected: // of an address that is there already, perhaps: the loop looks again when it is told of a conflict
		s.forgetBook()
		if found, lookErr := s.Find(ctx, a); lookErr == nil && len(found) > 0 {
			return cardea.Account{}, cardea.Errorf(cardea.Conflict, "there is an account with this address: %w", err)
		}
		return cardea.Account{}, err
	case cardea.Unknown:
		s.blindly(folded(email), true)
		return cardea.Account{}, err
	default:
		return cardea.Account{}, err
	}
	made, bad := userOf(raw)
	if bad != nil {
		s.blindly(folded(email), true)
		s.forgetBook()
		return cardea.Account{}, cardea.Errorf(cardea.Unknown, "%s: the site user was made, but %s", s.client.Name(), bad.Why)
	}
	s.blindly(folded(email), false)
	s.remember(made.account.ID)
	if made.account.Email == "" {
		made.account.Email = email // the answer need not say it
	}
	if st, err := s.staffNow(ctx, staffAge); err == nil { // an address that is there already may be answered with its owner (3)
		s.mark(st, &made)
	}
	s.noted(made)
	return made.account, nil
}

// forgetBook makes the next look list everybody anew.
func (s *System) forgetBook() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = book{}
}

// userRole is the id of the role that people get, found by its code: ids are the site's own affair (vendors/saltoks.md 2.2).
// Errors: Rejected when the login may not give it.
func (s *System) userRole(ctx context.Context, at site) (string, error) {
	s.mu.Lock()
	known := s.role
	s.mu.Unlock()
	if known != "" {
		return known, nil
	}
	err := s.whole(ctx, listing{path: at.path(v12, "/roles")}, func(raw json.RawMessage) *object.Flaw {
		f, id, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		if code, _ := text(f, "code"); strings.EqualFold(code, roleUser) {
			known = id
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if known == "" {
		return "", cardea.Errorf(cardea.Rejected, "%s: the login may not give people the role %s; make it Site Admin at Salto",
			s.client.Name(), roleUser)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.role = known
	return known, nil
}
