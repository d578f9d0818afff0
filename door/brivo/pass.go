package brivo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// refusedFor is how long a refused invitation is not asked for again.
const refusedFor = 6 * time.Hour

// Statuses of an invitation (vendors/brivo.md 6.2).
const (
	invited  = "PENDING"
	redeemed = "REDEEMED"
	expired  = "EXPIRED"
)

// invitation is one as Brivo shows it.
type invitation struct {
	id, credential int64
	code, status   string
	made, expires  cardea.Instant
}

func invitationOf(raw json.RawMessage) (invitation, bool) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return invitation{}, false
	}
	v := invitation{}
	var ok1, ok2, ok3, ok4 bool
	v.id, ok1 = f.LooseID("id")
	v.credential, _ = f.LooseID("credentialId")
	v.status, ok2 = f.Loose("status")
	v.code, _ = f.Loose("accessCode")
	v.made, ok3 = instant(f, "created")
	v.expires, ok4 = instant(f, "expiration")
	v.status = strings.ToUpper(v.status)
	return v, ok1 && ok2 && ok3 && ok4
}

// lives says whether it can still be redeemed.
func (v invitation) lives(now cardea.Instant) bool {
	return v.status == invited && (v.expires == 0 || v.expires > now)
}

// SettlePasses implements door.Passes. Errors by position: Rejected for somebody without an address, or where Brivo refuses, Unknown
// when it is not certain whether an invitation went out: the next call looks before anything is sent.
func (s *System) SettlePasses(ctx context.Context, wishes []door.PassWish) []error {
	errs := make([]error, len(wishes))
	if s.c.Passes == PassesOff || len(wishes) == 0 {
		return errs
	}
	notes, err := s.recall(ctx)
	for i, w := range wishes {
		if err != nil {
			errs[i] = err
			continue
		}
		if _, bad := vendorID(string(w.Account)); bad != nil {
			errs[i] = bad
			continue
		}
		n, noted := notes[w.Account]
		if !noted {
			n = note{Account: w.Account}
		}
		errs[i] = s.settle(ctx, w, n)
	}
	return errs
}

// settle does what is left to do for one account: by what is remembered, and by a look at Brivo where that is not certain.
func (s *System) settle(ctx context.Context, w door.PassWish, n note) error {
	now := cardea.At(s.c.Now())
	switch {
	case n.State == door.PassRedeemed:
		if w.Runs || w.Soon || n.Theirs || s.c.PassesAfter != PassesRemove {
			return nil
		}
		return s.takePass(ctx, w, n)
	case !w.Runs && !w.Soon:
		return s.withdraw(ctx, w, n)
	case n.State == "" && !w.Runs:
		return nil // no invitation ever goes out before the access begins
	case n.State == door.PassPending && (n.Expires == 0 || n.Expires > now):
		return nil
	}
	if err := s.refusedLately(w); err != nil {
		return err
	}
	seen, err := s.invitations(ctx, w.Account)
	if err != nil {
		s.remember(w, err)
		if isForbidden(err) {
			s.halt(ctx, err, false)
		}
		return err
	}
	over := false // ours, and it may stand in the way of another
	for _, v := range seen {
		if v.status != redeemed && !v.lives(now) {
			over = over || n.holds(v) && (v.status == invited || v.status == expired)
			continue
		}
		// Ours is the one we know by its id, or one that was made after we meant to.
		ours := n.holds(v) || n.State == door.PassAsked && v.made >= n.Asked.Add(-clockSlack)
		return s.keepSeen(ctx, w, n, v, !ours)
	}
	if n.Theirs { // somebody else's invitation came to nothing: theirs to repeat
		return nil
	}
	if over { // first, as documented: to be refused and then to cancel it costs two calls more
		if err := s.cancel(ctx, w.Account); err != nil {
			return err
		}
	}
	err = s.invite(ctx, w, n)
	s.remember(w, err)
	s.halt(ctx, err, true)
	return err
}

// refusal is an invitation that Brivo refused.
type refusal struct {
	email string
	err   error
	at    time.Time
}

// refusedLately keeps what was refused from being asked for with every run: what stands in its way is mended by a person.
func (s *System) refusedLately(w door.PassWish) error {
	if strings.TrimSpace(w.Email) == "" {
		return cardea.Errorf(cardea.Rejected, "no Mobile Pass without an e-mail address: the invitation is redeemed with it")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.haltedLately(); err != nil {
		return err
	}
	if r, has := s.refusals[w.Account]; has && r.email == w.Email && s.c.Now().Sub(r.at) < refusedFor {
		return r.err
	}
	return nil
}

func (s *System) remember(w door.PassWish, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.refusals, w.Account)
	if c := cardea.ClassOf(err); c == cardea.Rejected || c == cardea.NotFound || isForbidden(err) {
		s.refusals[w.Account] = refusal{w.Email, err, s.c.Now()}
	}
}

// invite makes an invitation. That it is meant is kept before it is sent, and what came of it after: whoever comes next looks.
func (s *System) invite(ctx context.Context, w door.PassWish, n note) error {
	if n.Ref == 0 && n.State == "" {
		n.Silent = w.Mails == cardea.MailsNever
	}
	n.State, n.Asked, n.Email = door.PassAsked, cardea.At(s.c.Now()), strings.TrimSpace(w.Email)
	if err := s.keep(ctx, n); err != nil {
		return err
	}
	v, err := s.post(ctx, n)
	if cardea.ClassOf(err) == cardea.Conflict {
		// One is pending that has expired, or one was made this moment by somebody else.
		seen, listErr := s.invitations(ctx, n.Account)
		if listErr != nil {
			return listErr
		}
		for _, o := range seen {
			if o.lives(n.Asked) {
				return s.keepSeen(ctx, w, n, o, o.made < n.Asked.Add(-clockSlack))
			}
		}
		if err := s.cancel(ctx, n.Account); err != nil {
			return err
		}
		v, err = s.post(ctx, n)
	}
	switch cardea.ClassOf(err) {
	case "":
		return s.keepSeen(ctx, w, n, v, false)
	case cardea.Rejected, cardea.NotFound, cardea.Auth, cardea.Throttled, cardea.Conflict:
		if forgot := s.forget(ctx, n); forgot != nil { // nothing was sent
			return forgot
		}
	case cardea.Retry, cardea.Unknown:
	}
	return err
}

func (s *System) post(ctx context.Context, n note) (invitation, error) {
	q := url.Values{"sendInvitationEmail": {"false"}}
	if s.c.Passes == PassesBrivoApp && !n.Silent {
		q.Set("sendInvitationEmail", "true")
	}
	var raw json.RawMessage
	err := s.do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: invitationsPath(n.Account), Query: q,
		Body: map[string]string{"referenceId": n.Email}, Out: &raw,
	})
	if err != nil {
		return invitation{}, err
	}
	v, ok := invitationOf(raw)
	if !ok {
		return v, cardea.Errorf(cardea.Unknown, "%s: the invitation of user %s was made, but its answer cannot be read",
			s.client.Name(), n.Account)
	}
	return v, nil
}

// withdraw cancels a pending invitation of ours. One that is no longer pending may have been redeemed meanwhile.
func (s *System) withdraw(ctx context.Context, w door.PassWish, n note) error {
	was := n
	switch {
	case n.State == "":
		return nil
	case n.Theirs:
		return s.forget(ctx, n)
	}
	seen, err := s.invitations(ctx, n.Account)
	if cardea.ClassOf(err) == cardea.NotFound {
		return s.forget(ctx, n, s.cancelled(w, was)...)
	}
	if err != nil {
		return err
	}
	for _, v := range seen {
		mine := v.id == n.Ref && n.Ref != 0 || n.State == door.PassAsked && v.made >= n.Asked.Add(-clockSlack)
		switch {
		case mine && v.status == redeemed:
			n.take(v, false)
			if s.c.PassesAfter == PassesRemove {
				return s.takePass(ctx, w, n)
			}
			return s.keep(ctx, n)
		case mine && v.status == invited:
			if err := s.cancel(ctx, n.Account); err != nil {
				return err
			}
		}
	}
	return s.forget(ctx, n, s.cancelled(w, was)...)
}

// takePass takes a redeemed pass of ours away; the credential stays in the account's bank (vendors/brivo.md 6.2).
func (s *System) takePass(ctx context.Context, w door.PassWish, n note) error {
	if n.Credential == 0 {
		return cardea.Errorf(cardea.Rejected, "Brivo does not say which credential the Mobile Pass of user %s is: take it away there", n.Account)
	}
	err := s.do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodDelete, Path: "/users/" + string(n.Account) + "/credentials/" + number(n.Credential),
	})
	if err != nil && cardea.ClassOf(err) != cardea.NotFound {
		return err
	}
	s.freed()
	return s.forget(ctx, n, s.event(cardea.PassRemoved, w, n))
}

func (s *System) cancel(ctx context.Context, a cardea.AccountID) error {
	err := s.do(ctx, wire.Call{Class: wire.Write, Method: http.MethodDelete, Path: invitationsPath(a)})
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil
	}
	if err == nil {
		s.freed()
	}
	return err
}

// invitations lists a user's invitations, of every status: without a filter only those that are pending come.
func (s *System) invitations(ctx context.Context, a cardea.AccountID) ([]invitation, error) {
	var out []invitation
	l := listing{path: invitationsPath(a), query: url.Values{"filter": {"status__eq:all"}}}
	err := s.whole(ctx, l, func(raw json.RawMessage) *object.Flaw {
		v, ok := invitationOf(raw)
		if !ok {
			return &object.Flaw{Why: "an invitation lacks its id, status or times"}
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

func invitationsPath(a cardea.AccountID) string {
	return "/users/" + string(a) + "/credentials/digital-invitations"
}
