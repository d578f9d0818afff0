package opentech

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// person is what we remember of an account that we made: nothing at the vendor stands for it until it has a visitor.
type person struct {
	Person cardea.PersonID `json:"person"`
	Name   string          `json:"name,omitempty"`
	First  string          `json:"first,omitempty"`
	Last   string          `json:"last,omitempty"`
	Email  string          `json:"email,omitempty"`
	Phone  string          `json:"phone,omitempty"`
}

func (p person) account(id cardea.AccountID) cardea.Account {
	return cardea.Account{ID: id, Name: p.Name, Email: p.Email, Phone: p.Phone, External: externalOf(id)}
}

// people are all accounts that we made. They may be used by many goroutines.
type people struct {
	at     time.Time
	mu     sync.RWMutex
	of     map[cardea.AccountID]person
	byMail map[string][]cardea.AccountID // folded
}

func (p *people) put(id cardea.AccountID, who person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.of[id]; !there && who.Email != "" {
		p.byMail[fold(who.Email)] = append(p.byMail[fold(who.Email)], id)
	}
	p.of[id] = who
}

func (p *people) get(id cardea.AccountID) (person, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	who, ok := p.of[id]
	return who, ok
}

// all returns every account, in no particular order.
func (p *people) all() map[cardea.AccountID]person {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return maps.Clone(p.of)
}

// mailed returns all accounts of ours that bear the folded address.
func (p *people) mailed(mail string) []cardea.AccountID {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Clone(p.byMail[mail])
}

// bearing returns the one account of ours that bears the folded address; "" when none or several do.
func (p *people) bearing(mail string) cardea.AccountID {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if ids := p.byMail[mail]; len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// peopleAge is how old the accounts may be that a write begins with. Missing one does no harm: making it again is the same.
const peopleAge = 30 * time.Second

// known returns the accounts that we made, read anew unless they are younger than maxAge.
func (s *System) known(ctx context.Context, maxAge time.Duration) (*people, error) {
	s.mu.Lock()
	had := s.people
	s.mu.Unlock()
	now := s.c.Now()
	if had != nil && maxAge > 0 && now.Sub(had.at) < maxAge {
		return had, nil
	}
	kept, err := s.c.Memory.Recall(ctx, s.c.Connection, keptAccounts)
	if err != nil {
		return nil, s.forgetful(err)
	}
	p := &people{at: now, of: map[cardea.AccountID]person{}, byMail: map[string][]cardea.AccountID{}}
	for _, k := range kept {
		var who person
		if json.Unmarshal([]byte(k.Body), &who) == nil {
			p.put(cardea.AccountID(k.ID), who)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people = p
	return p, nil
}

func same(a, b string) bool {
	return a != "" && b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

func visitorAccount(id int64) cardea.AccountID { return cardea.AccountID(visitorPrefix + number(id)) }

// whose says which account a visitor on a group belongs to: by our note of it, by what we wrote into its extendedData, by a
// code of ours that it shows, by its address, else it is an account of its own.
func whose(v visitor, g cardea.GroupID, b *book, p *people) cardea.AccountID {
	if n := b.of[v.id]; n != nil {
		return n.Account
	}
	if v.key != "" {
		return cardea.AccountID(v.key)
	}
	for _, n := range b.on[g] {
		if n.knows(v.code) {
			return n.Account
		}
	}
	if mail := fold(v.email); mail != "" {
		// An address that two of our accounts bear is neither's.
		if ours := p.bearing(mail); ours != "" {
			return ours
		}
		return cardea.AccountID(mailPrefix + mail)
	}
	return visitorAccount(v.id)
}

// standing is how a visitor stands to its group.
type standing int

const (
	passes       standing = iota
	shut                  // locked by us
	taken                 // taken away by us, or moved out: no edge
	lockedAtGate          // the visitor, by somebody else
	unitAtGate            // its unit, by somebody else
)

// foreign says why an edge is not ours to change.
func (st standing) foreign() string {
	switch st {
	case lockedAtGate:
		return "locked out at the gate"
	case unitAtGate:
		return "the unit was locked at the gate"
	case passes, taken, shut:
	}
	return ""
}

// stands judges a visitor. Whether visitors of a delinquent unit show as locked out is not documented: the unit's own
// state speaks first.
func stands(v visitor, at spot, b *book) standing {
	n, locked := b.of[v.id], b.locked[at.group]
	switch {
	case !v.enabled && (b.past[v.id] || n != nil && n.Off):
		return taken
	case at.unit.state == cardea.UnitLocked && locked == nil:
		return unitAtGate
	case at.unit.state == cardea.UnitLocked && slices.Contains(locked.Held, v.id):
		return lockedAtGate
	case at.unit.state == cardea.UnitLocked:
		return shut
	case v.enabled:
		return passes
	case n != nil && n.Locked:
		return shut
	case at.unit.state == cardea.UnitVacant:
		return taken // everybody moved out
	}
	return lockedAtGate
}

// edge is how a visitor reads.
func edge(v visitor, a cardea.AccountID, at spot, st standing) cardea.Edge {
	return cardea.Edge{
		Group: at.group, Account: a, Ref: v.ref(), Window: cardea.Forever, Foreign: st.foreign(), Shut: st == shut,
		Guest: at.isUnit() && !v.tenant, Attributes: v.shown,
	}
}

// staffWhy says why a visitor's account is never touched without a person's word (RULES.md STAFF).
func staffWhy(v visitor, g cardea.GroupID, b *book) string {
	if !v.portal {
		return ""
	}
	if n := b.of[v.id]; n != nil && n.Made {
		return ""
	}
	if v.key != "" {
		return ""
	}
	for _, n := range b.on[g] {
		if n.Made && n.knows(v.code) {
			return ""
		}
	}
	return "a portal visitor that Cardea did not make"
}
