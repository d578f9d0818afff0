package opentech

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/cardea-access/cardea"
)

// Rewrite implements door.Rewritable: an update of each visitor of the account, and of what is remembered of it where it has
// none yet (vendors/opentech-kinnovis.md 2.6). Visitors that were taken off keep what they have. It looks at what is there,
// so that it may be cut short anywhere and called again. Errors: NotFound when nobody is the account; Rejected for a phone
// number of fewer than ten digits, and for an account that is known by its address alone.
func (s *System) Rewrite(ctx context.Context, account cardea.AccountID, now cardea.NewAccount, fields []string) error {
	body, err := rewriting(now, fields)
	if err != nil {
		return err
	}
	ours, err := s.known(ctx, 0)
	if err != nil {
		return err
	}
	if externalOf(account) == "" && body.Email != nil {
		return cardea.Errorf(cardea.Rejected, "account %s is known by its address alone, which can only be changed at OpenTech", account)
	}
	vw, err := s.look(ctx)
	if err != nil {
		return err
	}
	vs, flaws, err := s.allVisitors(ctx)
	if err != nil {
		return err
	}
	if len(flaws) > 0 {
		return cardea.Errorf(cardea.Retry, "%s: not every visitor can be read, and one may be the account's: %s",
			s.client.Name(), flaws[0].bad.Why)
	}
	found := false
	for _, v := range vs {
		at, unusable := s.spotBelow(v, vw)
		if unusable != nil {
			at.unit = unit{}
		}
		if whose(v, at.group, vw.book, vw.people) != account || at.group == "" || stands(v, at, vw.book) == taken {
			continue
		}
		found = true
		if _, err := s.update(ctx, v.id, body); err != nil {
			return err
		}
	}
	who, made := ours.get(account)
	if !made && !found {
		return cardea.Errorf(cardea.NotFound, "%s: nobody is account %s", s.client.Name(), account)
	}
	if !made {
		return nil
	}
	return s.rewritten(ctx, account, who, now, fields)
}

// rewriting is the body of an update of a person's own fields.
func rewriting(now cardea.NewAccount, fields []string) (update, error) {
	var out update
	first, last := namesOf(personOf(now))
	for _, f := range fields {
		switch f {
		case cardea.FieldFirst, cardea.FieldLast:
			out.First, out.Last = &first, &last
		case cardea.FieldEmail:
			email := trim(now.Email)
			out.Email = &email
		case cardea.FieldPhone:
			if phoneDigits(now.Phone) < 10 {
				return out, cardea.Errorf(cardea.Rejected, "OpenTech takes no phone number of fewer than ten digits")
			}
			phone := trim(now.Phone)
			out.Phone = &phone
		default:
			return out, cardea.Errorf(cardea.Rejected, "OpenTech cannot change the %s of a visitor", f)
		}
	}
	return out, nil
}

// rewritten remembers what an account of ours is now.
func (s *System) rewritten(ctx context.Context, account cardea.AccountID, who person, now cardea.NewAccount, fields []string) error {
	fresh := personOf(now)
	for _, f := range fields {
		switch f {
		case cardea.FieldFirst, cardea.FieldLast:
			who.Name, who.First, who.Last = fresh.Name, fresh.First, fresh.Last
		case cardea.FieldEmail:
			who.Email = fresh.Email
		case cardea.FieldPhone:
			who.Phone = fresh.Phone
		}
	}
	body, err := json.Marshal(who)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "%s: a note cannot be written: %w", s.client.Name(), err)
	}
	if err := s.c.Memory.Remember(ctx, s.c.Connection, keptAccounts, cardea.Kept{ID: string(account), Body: string(body)}); err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: the account could not be kept: %w", s.client.Name(), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people, s.lately = nil, nil // the next look is a new one
	return nil
}

// profile are the fields that can be changed later.
func profile() []string {
	return slices.Clone([]string{cardea.FieldFirst, cardea.FieldLast, cardea.FieldEmail, cardea.FieldPhone})
}
