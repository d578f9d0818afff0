package kisi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Find implements door.System. The vendor's filters only make the list shorter: what counts is our id in the user's
// metadata, else the same e-mail address but for case (vendors/kisi.md 1.4). Errors: Retry when a list came short.
func (s *System) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	var queries []url.Values
	if email := strings.TrimSpace(p.Email); email != "" {
		queries = append(queries, url.Values{"email": {email}}, url.Values{"query": {email}})
	}
	// Metadata cannot be searched: someone whose address changed since is found by name.
	if name := strings.TrimSpace(p.Name); name != "" && p.Person != "" {
		queries = append(queries, url.Values{"query": {name}})
	}
	for _, q := range queries {
		found, err := s.match(ctx, q, p)
		if err != nil || len(found) == 0 {
			if err != nil {
				return nil, err
			}
			continue
		}
		why, err := s.staffNow(ctx, staffAge)
		if err != nil {
			return nil, err
		}
		for i := range found {
			found[i].Staff = why[found[i].ID]
		}
		return found, nil
	}
	return nil, nil
}

// match returns the users of one search that are the person's: by our id, else by e-mail.
func (s *System) match(ctx context.Context, query url.Values, p cardea.NewAccount) ([]cardea.Account, error) {
	var byID, byEmail []cardea.Account
	err := s.whole(ctx, listing{path: "/users", query: query, limit: usersLimit}, func(raw json.RawMessage) *object.Flaw {
		a, bad := accountOf(raw)
		switch {
		case bad != nil:
			return unlessAnother(raw, p.Email, bad)
		case p.Person != "" && a.External == string(p.Person):
			byID = append(byID, a)
		case strings.TrimSpace(p.Email) != "" && strings.EqualFold(strings.TrimSpace(a.Email), strings.TrimSpace(p.Email)):
			byEmail = append(byEmail, a)
		}
		return nil
	})
	if len(byID) > 0 {
		return byID, err
	}
	return byEmail, err
}

// unlessAnother forgives a row that cannot be read when it is plainly another person's.
func unlessAnother(raw json.RawMessage, email string, bad *object.Flaw) *object.Flaw {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return bad
	}
	if theirs, ok := f.Text("email"); ok && theirs != "" && !strings.EqualFold(strings.TrimSpace(theirs), strings.TrimSpace(email)) {
		return nil
	}
	return bad
}

type newUser struct {
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	SendEmails *bool             `json:"send_emails,omitempty"`
	Confirm    *bool             `json:"confirm,omitempty"`
	Metadata   map[string]string `json:"metadata,omitempty"`
}

// Create implements door.System: POST /users (vendors/kisi.md 2.1, 3). Mails default leaves the vendor's switch out, so that
// Kisi mails; always sends it true; never sends it false, and confirm true, or the person would have to confirm an address
// that gets no mail. Errors: Conflict when the e-mail is taken, Rejected without an e-mail, Unknown when the answer cannot
// be used.
func (s *System) Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error) {
	u := newUser{Email: strings.TrimSpace(a.Email), Name: strings.TrimSpace(a.Name)}
	if u.Email == "" {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected,
			"Kisi makes no user without an e-mail address; give %s one", a.Person)
	}
	if u.Name == "" {
		u.Name = strings.TrimSpace(a.First + " " + a.Last)
	}
	if u.Name == "" {
		u.Name = u.Email
	}
	u.SendEmails = flagOf(a.Mails)
	if a.Mails == cardea.MailsNever {
		yes := true
		u.Confirm = &yes
	}
	if a.Person != "" && len(a.Person) <= maxMetadata {
		u.Metadata = map[string]string{externalKey: string(a.Person)}
	}
	var raw json.RawMessage
	_, err := s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: "/users", Body: map[string]newUser{"user": u}, Out: &raw,
	})
	if err != nil {
		return cardea.Account{}, err
	}
	made, bad := accountOf(raw)
	if bad != nil {
		return cardea.Account{}, cardea.Errorf(cardea.Unknown, "%s: the user was made, but %s", s.client.Name(), bad.Why)
	}
	return made, nil
}

// flagOf is a mail setting as Kisi takes it: nil leaves the vendor's switch out.
func flagOf(m cardea.Mails) *bool {
	yes, no := true, false
	switch m {
	case cardea.MailsAlways:
		return &yes
	case cardea.MailsNever:
		return &no
	case cardea.MailsDefault:
	}
	return nil
}
