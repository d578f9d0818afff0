package brivo

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// bookAge is how old the list of addresses may be in which Find looks. Brivo cannot be asked for an address
// (vendors/brivo.md 1.2), and to list all users for each newcomer would cost the month's quota.
const bookAge = 15 * time.Minute

// addresses is who has which address, by the last whole listing.
type addresses struct {
	of map[string][]int64
	at time.Time
}

func (b *addresses) add(u user) {
	id, err := vendorID(string(u.account.ID))
	if err != nil {
		return
	}
	for _, e := range u.emails {
		if !slices.Contains(b.of[folded(e)], id) {
			b.of[folded(e)] = append(b.of[folded(e)], id)
		}
	}
}

// Find implements door.System: by externalId, which has a path of its own, else by exact e-mail address among all users. Whoever
// the list names is read again by id. Errors: Retry when a list came short.
func (s *System) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	why, err := s.staffNow(ctx, staffAge)
	if err != nil {
		return nil, err
	}
	if p.Person != "" {
		u, bad, _, err := s.one(ctx, "/users/"+externalOf(p.Person)+"/external")
		switch {
		case err == nil && bad != nil:
			return nil, cardea.Errorf(cardea.Retry, "%s: the user of %s cannot be read: %s", s.client.Name(), p.Person, bad.Why)
		case err == nil && u.account.External == string(p.Person):
			u.account.Staff = why.of(u.emails)
			return []cardea.Account{u.account}, nil
		case err != nil && cardea.ClassOf(err) != cardea.NotFound:
			return nil, err
		}
	}
	address := folded(p.Email)
	if address == "" {
		return nil, nil
	}
	book, err := s.addressBook(ctx)
	if err != nil {
		return nil, err
	}
	var out []cardea.Account
	for _, id := range book.of[address] {
		u, bad, _, err := s.one(ctx, "/users/"+number(id))
		switch {
		case cardea.ClassOf(err) == cardea.NotFound:
			continue
		case err != nil:
			return nil, err
		case bad != nil:
			return nil, cardea.Errorf(cardea.Retry, "%s: user %d cannot be read: %s", s.client.Name(), id, bad.Why)
		}
		if at := slices.IndexFunc(u.emails, func(e string) bool { return folded(e) == address }); at >= 0 {
			u.account.Email, u.account.Staff = u.emails[at], why.of(u.emails)
			out = append(out, u.account)
		}
	}
	return out, nil
}

// addressBook is the list of addresses, read anew when it is old.
func (s *System) addressBook(ctx context.Context) (addresses, error) {
	s.mu.Lock()
	book := s.book
	s.mu.Unlock()
	if book.of != nil && s.c.Now().Sub(book.at) < bookAge {
		return book, nil
	}
	book = addresses{at: s.c.Now(), of: map[string][]int64{}}
	var trouble error
	err := s.whole(ctx, listing{path: "/users"}, func(raw json.RawMessage) *object.Flaw {
		u, bad := userOf(raw)
		if bad == nil && u.short && trouble == nil {
			bad, trouble = s.complete(ctx, &u)
		}
		if bad == nil {
			book.add(u)
		}
		return bad
	})
	if err == nil {
		err = trouble
	}
	if err != nil {
		return addresses{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = book
	return book, nil
}

// noted adds a user that was made just now to the list of addresses.
func (s *System) noted(u user) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book.of == nil {
		return
	}
	own := addresses{at: s.book.at, of: make(map[string][]int64, len(s.book.of)+1)}
	maps.Copy(own.of, s.book.of)
	own.add(u)
	s.book = own
}

type newUser struct {
	First    string      `json:"firstName"`
	Last     string      `json:"lastName"`
	External string      `json:"externalId,omitempty"`
	Emails   []newEmail  `json:"emails,omitempty"`
	Phones   []newNumber `json:"phoneNumbers,omitempty"`
}

type newEmail struct {
	Address string `json:"address"`
	Type    string `json:"type"`
}

type newNumber struct {
	Number string `json:"number"`
	Type   string `json:"type"`
}

// The types of an address and a number: samples and clients use these words (vendors/brivo.md 4).
const (
	typeWork   = "Work"
	typeMobile = "Mobile"
)

// Create implements door.System: POST /users. Brivo has no idempotency key, and does not say how it answers an externalId that is
// taken: a refusal is looked up. No mail goes out; an invitation is an affair of its own. Errors: Conflict when the externalId is
// taken, Unknown when the answer cannot be used.
func (s *System) Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error) {
	u := newUser{First: strings.TrimSpace(a.First), Last: strings.TrimSpace(a.Last)}
	if u.First == "" && u.Last == "" {
		u.First = strings.TrimSpace(a.Name)
	}
	for _, part := range []*string{&u.First, &u.Last} {
		if *part == "" {
			*part = "-"
		}
	}
	if a.Person != "" {
		u.External = externalOf(a.Person)
	}
	if email := strings.TrimSpace(a.Email); email != "" {
		u.Emails = []newEmail{{email, typeWork}}
	}
	if phone := strings.TrimSpace(a.Phone); phone != "" {
		u.Phones = []newNumber{{phone, typeMobile}}
	}
	var raw json.RawMessage
	err := s.do(ctx, wire.Call{Class: wire.Write, Method: http.MethodPost, Path: "/users", Body: u, Out: &raw})
	if cardea.ClassOf(err) == cardea.Rejected && u.External != "" {
		if _, _, _, lookErr := s.one(ctx, "/users/"+u.External+"/external"); lookErr == nil {
			return cardea.Account{}, cardea.Errorf(cardea.Conflict, "there is a user with this externalId: %w", err)
		}
	}
	if err != nil {
		return cardea.Account{}, err
	}
	made, bad := userOf(raw)
	if bad != nil {
		return cardea.Account{}, cardea.Errorf(cardea.Unknown, "%s: the user was made, but %s", s.client.Name(), bad.Why)
	}
	s.noted(made)
	return made.account, nil
}

// externalOf is a person's id as Brivo keeps it: it stands in a path, and not every server takes an escaped slash there, so that
// everything but letters, digits, "." "_" "-" is written ~ and two hex digits.
func externalOf(p cardea.PersonID) string {
	var b strings.Builder
	for _, c := range []byte(p) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "~%02X", c)
		}
	}
	return b.String()
}

// personIn is the way back; what was not written by externalOf stays as it is.
func personIn(external string) string {
	var b strings.Builder
	for i := 0; i < len(external); i++ {
		if external[i] != '~' {
			b.WriteByte(external[i])
			continue
		}
		if i+2 >= len(external) {
			return external
		}
		n, err := strconv.ParseUint(external[i+1:i+3], 16, 8)
		if err != nil {
			return external
		}
		b.WriteByte(byte(n))
		i += 2
	}
	if externalOf(cardea.PersonID(b.String())) != external {
		return external
	}
	return b.String()
}
