package opentech

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// crowds are the accounts of the facility as of one listing.
type crowds struct {
	at     time.Time
	of     map[cardea.AccountID]cardea.Account
	byMail map[string][]cardea.AccountID
}

// findAge is how old the listing may be in which a person is looked for: what we make ourselves is remembered.
const findAge = time.Minute

// accountsOf gathers visitors into accounts, and puts those beside them that we made and that have no visitor yet.
func (s *System) accountsOf(vs []visitor, vw *view) map[cardea.AccountID]cardea.Account {
	out := map[cardea.AccountID]cardea.Account{}
	for id, who := range vw.people.all() {
		out[id] = who.account(id)
	}
	slices.SortFunc(vs, func(a, b visitor) int { return cmp.Compare(a.id, b.id) })
	fresh := map[cardea.AccountID]bool{} // it says itself what it is called
	for _, v := range vs {
		at, unusable := s.spotBelow(v, vw)
		if unusable != nil {
			at.unit = unit{} // who they are is not in doubt
		}
		id := whose(v, at.group, vw.book, vw.people)
		a, there := out[id]
		if !there && !v.enabled && (at.group == "" || stands(v, at, vw.book) == taken) {
			continue // who moved out is nobody any more
		}
		a.ID, a.External = id, externalOf(id)
		if !fresh[id] {
			fresh[id] = true
			a.Name = cmp.Or(trim(strings.TrimSuffix(trim(v.name), " -")), a.Name)
			a.Email = cmp.Or(trim(v.email), a.Email)
			a.Phone = cmp.Or(trim(v.phone), a.Phone)
		}
		a.Staff = cmp.Or(a.Staff, staffWhy(v, at.group, vw.book))
		out[id] = a
	}
	return out
}

// Find implements door.System: the account that we made for the person, else those at the vendor that bear our mark or the
// person's address. What we made is remembered, so that an account is found before it has a visitor.
func (s *System) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	id := cardea.AccountID(personPrefix + string(p.Person))
	ours, err := s.known(ctx, peopleAge)
	if err != nil {
		return nil, err
	}
	if who, made := ours.get(id); made && p.Person != "" {
		return []cardea.Account{who.account(id)}, nil
	}
	all, err := s.recent(ctx)
	if err != nil {
		return nil, err
	}
	if a, there := all.of[id]; there && p.Person != "" {
		return []cardea.Account{a}, nil
	}
	mail := fold(p.Email)
	if mail == "" {
		return nil, nil
	}
	// What was made since the listing is remembered only.
	var out []cardea.Account
	for _, other := range append(ours.mailed(mail), all.byMail[mail]...) {
		a, listed := all.of[other]
		if who, made := ours.get(other); made && !listed {
			a = who.account(other)
		}
		if !slices.ContainsFunc(out, func(o cardea.Account) bool { return o.ID == a.ID }) {
			out = append(out, a)
		}
	}
	return out, nil
}

// recent returns the accounts as of at most findAge ago.
func (s *System) recent(ctx context.Context) (*crowds, error) {
	s.mu.Lock()
	had := s.lately
	s.mu.Unlock()
	if had != nil && s.c.Now().Sub(had.at) < findAge {
		return had, nil
	}
	vw, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	vs, flaws, err := s.allVisitors(ctx)
	if err != nil {
		return nil, err
	}
	if len(flaws) > 0 {
		return nil, cardea.Errorf(cardea.Retry, "%s: not every visitor can be read, and the person may be among them: %s",
			s.client.Name(), flaws[0].bad.Why)
	}
	c := &crowds{at: s.c.Now(), of: s.accountsOf(vs, vw), byMail: map[string][]cardea.AccountID{}}
	for _, id := range slices.Sorted(maps.Keys(c.of)) {
		if mail := fold(c.of[id].Email); mail != "" {
			c.byMail[mail] = append(c.byMail[mail], id)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lately = c
	return c, nil
}

// Create implements door.System. It sends nothing: an account is nothing at the vendor apart from its visitors, each of
// which stands on one unit and is made by Grant. The account is remembered, so that it is found. Errors: Rejected without a
// person, and those of the memory.
func (s *System) Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error) {
	if a.Person == "" {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected, "an account at OpenTech is made for a person, and none is named")
	}
	id := cardea.AccountID(personPrefix + string(a.Person))
	who := personOf(a)
	body, err := json.Marshal(who)
	if err != nil {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected, "%s: a note cannot be written: %w", s.client.Name(), err)
	}
	ours, err := s.known(ctx, peopleAge)
	if err != nil {
		return cardea.Account{}, err
	}
	if err := s.c.Memory.Remember(ctx, s.c.Connection, keptAccounts, cardea.Kept{ID: string(id), Body: string(body)}); err != nil {
		return cardea.Account{}, cardea.Errorf(cardea.ClassOf(err), "%s: the account could not be kept: %w", s.client.Name(), err)
	}
	ours.put(id, who)
	return who.account(id), nil
}

func personOf(a cardea.NewAccount) person {
	p := person{
		Person: a.Person, Name: trim(a.Name), First: trim(a.First), Last: trim(a.Last), Email: trim(a.Email), Phone: trim(a.Phone),
	}
	p.Name = cmp.Or(p.Name, trim(p.First+" "+p.Last))
	return p
}
