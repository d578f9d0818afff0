package scim

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// rosterAge is how long a list of every user serves for finding people, where the server cannot be searched.
const rosterAge = time.Minute

// roster is every user, by what people are found by. It is replaced whole and never changed.
type roster struct {
	users []candidate
	at    time.Time
}

// candidate is a user that came, and what is wrong with it. A flawed one that is plainly another person's hinders nobody.
type candidate struct {
	found

	bad *object.Flaw
}

// candidateOf reads a user; a row that is no object may be anybody.
func candidateOf(raw json.RawMessage) (candidate, *object.Flaw) {
	u, bad := userOf(raw)
	if bad != nil && u.account.ID == "" && len(u.addresses) == 0 {
		return candidate{}, bad
	}
	return candidate{u, bad}, nil
}

// Find implements door.System: by externalId, then by userName, then by emails.value (RFC 7644 3.4.2.2). The server's filters
// only make the list shorter: every answer is compared again. A server without filters, or that refuses or ignores one, is
// listed whole. Errors: Retry when a list came short.
func (s *System) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	email := strings.TrimSpace(p.Email)
	if p.Person == "" && email == "" {
		return nil, nil
	}
	me, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	var byID, byEmail []cardea.Account
	var flawed *object.Flaw
	take := func(f candidate) {
		id, address := f.is(p)
		if f.bad != nil && (id || address) {
			flawed = f.bad
			return
		}
		a := me.marked(f.account)
		if address {
			a.Email = email // the one of its addresses that the person goes by
		}
		switch {
		case id:
			byID = append(byID, a)
		case address && !slices.ContainsFunc(byEmail, func(b cardea.Account) bool { return b.ID == a.ID }):
			byEmail = append(byEmail, a)
		}
	}
	for _, q := range []struct{ attribute, value string }{
		{"externalId", string(p.Person)}, {"userName", email}, {"emails.value", email},
	} {
		if q.value == "" {
			continue
		}
		if err := s.search(ctx, q.attribute, q.value, p, take); err != nil {
			return nil, err
		}
		if flawed != nil {
			return nil, cardea.Errorf(cardea.Retry, "%s: a user that seems to be the person's cannot be read: %s",
				s.client.Name(), flawed.Why)
		}
		if len(byID) > 0 {
			return byID, nil
		}
		if len(byEmail) > 0 {
			return byEmail, nil
		}
	}
	return nil, nil
}

// search hands on users that may have the value: those of a filter, or all of them.
func (s *System) search(ctx context.Context, attribute, value string, p cardea.NewAccount, take func(candidate)) error {
	provider, err := s.features(ctx)
	if err != nil {
		return err
	}
	if !provider.filter || s.knows().noFilter[attribute] {
		return s.everybody(ctx, take)
	}
	filter := url.Values{"filter": {attribute + " eq " + quoted(value)}}
	strangers := false
	err = s.whole(ctx, listing{path: "/Users", query: filter}, func(raw json.RawMessage) *object.Flaw {
		f, bad := candidateOf(raw)
		if bad != nil {
			return bad
		}
		if id, address := f.is(p); !id && !address {
			strangers = true // the filter is not heeded, or understood in another way
		}
		take(f)
		return nil
	})
	switch class := cardea.ClassOf(err); {
	case class == cardea.Rejected, class == cardea.NotFound, class == "" && strangers:
		s.learn(func(k *learnt) {
			refused := map[string]bool{attribute: true} // a new map: others read the old one
			maps.Copy(refused, k.noFilter)
			k.noFilter = refused
		})
		if class == "" {
			return nil // everybody came
		}
		return s.everybody(ctx, take)
	}
	return err
}

// quoted writes a string as a filter's value: JSON (RFC 7644 3.4.2.2), so that quotes and backslashes are escaped.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// everybody hands on all users, listed at most a minute ago.
func (s *System) everybody(ctx context.Context, take func(candidate)) error {
	now := s.now()
	s.mu.Lock()
	r := s.roster
	s.mu.Unlock()
	if r == nil || now.Sub(r.at) >= rosterAge {
		r = &roster{at: now}
		err := s.whole(ctx, listing{path: "/Users"}, func(raw json.RawMessage) *object.Flaw {
			f, bad := candidateOf(raw)
			if bad == nil {
				r.users = append(r.users, f)
			}
			return bad
		})
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.roster = r
		s.mu.Unlock()
	}
	for _, f := range r.users {
		take(f)
	}
	return nil
}

// valued is one value of a multi-valued attribute.
type valued struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

type newUser struct {
	Schemas    []string          `json:"schemas"`
	UserName   string            `json:"userName"`
	ExternalID string            `json:"externalId,omitempty"`
	Name       map[string]string `json:"name,omitempty"`
	Display    string            `json:"displayName"`
	Emails     []valued          `json:"emails"`
	Phones     []valued          `json:"phoneNumbers,omitempty"`
	Active     bool              `json:"active"`
}

const schemaUser = "urn:ietf:params:scim:schemas:core:2.0:User"

// Create implements door.System: POST /Users (RFC 7644 3.3). SCIM knows no invitations: whether the server mails is the
// server's own affair. Errors: Conflict when the userName is taken, Rejected without an e-mail address or when an attribute is
// refused, Unknown when the answer cannot be used.
func (s *System) Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error) {
	email := strings.TrimSpace(a.Email)
	if email == "" {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected, "a SCIM user is named by an e-mail address; give %s one", a.Person)
	}
	u := newUser{
		Schemas: []string{schemaUser}, UserName: email, ExternalID: string(a.Person), Display: strings.TrimSpace(a.Name),
		Emails: []valued{{Value: email, Type: "work", Primary: true}}, Active: true, Name: map[string]string{},
	}
	for k, v := range map[string]string{"givenName": a.First, "familyName": a.Last} {
		if v = strings.TrimSpace(v); v != "" {
			u.Name[k] = v
		}
	}
	if u.Display == "" {
		u.Display = strings.TrimSpace(a.First + " " + a.Last)
	}
	if u.Display == "" {
		u.Display = email
	}
	if phone := strings.TrimSpace(a.Phone); phone != "" {
		u.Phones = []valued{{Value: phone, Type: "work"}}
	}
	ans, err := s.send(ctx, http.MethodPost, "/Users", u, "")
	s.mu.Lock()
	s.roster = nil // whatever became of it, the next look is a new one
	s.mu.Unlock()
	if err != nil {
		return cardea.Account{}, err
	}
	made, bad := accountOf(ans.Body)
	if id, ok := userIn(ans.Header.Get("Location")); bad != nil && ok {
		made, bad = cardea.Account{ID: cardea.AccountID(id), Name: u.Display, Email: email, External: u.ExternalID}, nil
	}
	if bad != nil {
		return cardea.Account{}, cardea.Errorf(cardea.Unknown, "%s: the user was made, but %s", s.client.Name(), bad.Why)
	}
	return made, nil
}

// send writes: a JSON body under SCIM's own type, or the plain one where that is refused. A version makes the write
// conditional (RFC 7644 3.14).
func (s *System) send(ctx context.Context, method, path string, body any, version string) (wire.Answer, error) {
	for {
		plain := s.knows().plainType
		h := http.Header{"Accept": {accepted}, "Content-Type": {"application/scim+json"}}
		if plain {
			h.Set("Content-Type", "application/json")
		}
		if version != "" {
			h.Set("If-Match", version)
		}
		ans, err := s.client.Do(ctx, wire.Call{Class: wire.Write, Method: method, Path: path, Body: body, Header: h})
		if err != nil && ans.Status == http.StatusUnsupportedMediaType && !plain {
			s.learn(func(k *learnt) { k.plainType = true })
			continue
		}
		return ans, err
	}
}
