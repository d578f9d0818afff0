// Package match says who is who: which account of a door system is which person's (RULES.md LINK and PROFILE).
//
//	People, Accounts, stored Links  --Pair-->  Links     the pairs
//	                                           Missing   people that need an account
//	                                           NoAccount people that cannot have one, and why
//	                                           Disputed  accounts that gain and lose nothing until a person decides
//
// A pair is the stored link, else the account that carries the person's id as external id, else the account with the
// person's exact folded e-mail. Names never count. Nothing here does I/O or keeps state.
package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// How a link came about, as cardea.Link.How spells it.
const (
	HowCreated  = "created"
	HowExternal = "external"
	HowEmail    = "email"
	HowDecided  = "decided"
)

// Input is one door organisation's accounts and the people of every space connection that feeds it. Orders do not
// matter.
type Input struct {
	Door     string
	People   map[cardea.PersonID]cardea.Person
	Accounts []cardea.Account
	Links    []cardea.Link // stored ones; those of people that are not in People pass through
	// NeedsEmail says that the door system makes no account without an address.
	NeedsEmail bool
	// Decisions are what operators said of who is who. They win over everything else; those that were undone say nothing.
	Decisions []cardea.Decision
	// Follow are the fields of the profile that accounts are given when the person's change (RULES.md PROFILE): only those
	// that the door system can take.
	Follow []string
	// Profiled are the connections at which records of one address are one person's (RULES.md LINK): that they share an account is
	// no question.
	Profiled map[string]bool
}

// Result is what Pair found. Every list is sorted.
type Result struct {
	Links []cardea.Link // every pair, by person
	// Fresh are the pairs of Links that were not stored: to be remembered.
	Fresh []cardea.Link
	// Missing are the people that need an account, by person. People with one address get one account: their entries
	// carry the identical Email, and the account is made for the first of them that is no visitor.
	Missing   []cardea.NewAccount
	Disputed  map[cardea.AccountID]string
	NoAccount map[cardea.PersonID]string
	Issues    []cardea.Issue
	// Conflicts are the questions that only a person can answer, by id. Each stands among the Issues as well.
	Conflicts []cardea.IdentityConflict
	// Updates are what accounts are to be given because fields follow, by account.
	Updates []cardea.AccountUpdate
	// Not are the accounts of which somebody said that they are not the person's.
	Not map[cardea.PersonID][]cardea.AccountID
}

// Pair pairs people and accounts. The result does not depend on the order of the input.
func Pair(in Input) Result {
	m := matcher{in: in, said: read(in.Decisions), res: Result{
		Disputed:  map[cardea.AccountID]string{},
		NoAccount: map[cardea.PersonID]string{},
	}}
	m.indexAccounts()
	m.takeStored()
	m.part()
	m.unite()
	m.pairRest()
	m.dispute()
	m.compareProfiles()
	m.shared()
	m.finish()
	return m.res
}

// matcher is one Pair at work.
type matcher struct {
	in       Input
	said     decided
	accounts []cardea.Account // by id
	byID     map[cardea.AccountID]int32
	linked   []bool                    // by account: some person has it
	of       map[cardea.PersonID]int32 // person -> account
	res      Result
	// held are the people of each account, once somebody without one asks.
	held map[int32][]cardea.PersonID
}

func (m *matcher) issue(code string, p cardea.PersonID, a cardea.AccountID, text string) {
	m.res.Issues = append(m.res.Issues, cardea.Issue{Code: code, Person: p, Account: a, Text: text})
}

func (m *matcher) indexAccounts() {
	m.accounts = m.in.Accounts
	byID := func(a, b cardea.Account) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(m.accounts, byID) {
		m.accounts = slices.Clone(m.accounts)
		slices.SortStableFunc(m.accounts, byID)
	}
	m.byID = make(map[cardea.AccountID]int32, len(m.accounts))
	for i := range m.accounts {
		m.byID[m.accounts[i].ID] = int32(i)
	}
	m.linked = make([]bool, len(m.accounts))
}

// takeStored keeps the stored links whose account is there. A person has one account: of several stored links the one
// that a person decided stays, else the one that was created, else external, else e-mail.
func (m *matcher) takeStored() {
	stored := m.stored()
	slices.SortFunc(stored, func(a, b cardea.Link) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(strength(a.How), strength(b.How)), cmp.Compare(a.Account, b.Account))
	})
	m.of = make(map[cardea.PersonID]int32, max(len(stored), len(m.in.People)))
	m.res.Links = stored[:0]
	for _, l := range stored {
		i, there := m.byID[l.Account]
		if !there {
			m.issue("account-gone", l.Person, l.Account, "account "+string(l.Account)+
				" is no longer at the door system; the person is matched anew, and gets a new account if none is found")
			continue
		}
		if first, has := m.of[l.Person]; has {
			if first != i {
				m.res.Disputed[l.Account] = "the person is linked to account " + string(m.accounts[first].ID) + " already"
				m.twoAccounts(l.Person, l.Account, m.accounts[first].ID)
			}
			continue
		}
		m.of[l.Person], m.linked[i] = i, true
		m.res.Links = append(m.res.Links, l)
	}
	for _, i := range m.of { // linked to somebody after all: not in dispute
		delete(m.res.Disputed, m.accounts[i].ID)
	}
}

func strength(how string) int {
	return slices.Index([]string{"", HowEmail, HowExternal, HowCreated, HowDecided}, how) * -1
}

// pairRest finds accounts for the people without a link: members first, so that a visitor with a member's address
// shares the member's account.
func (m *matcher) pairRest() {
	var rest []cardea.PersonID
	for id := range m.in.People {
		if _, has := m.of[id]; !has {
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 {
		return
	}
	slices.SortFunc(rest, func(a, b cardea.PersonID) int {
		return cmp.Or(rank(m.in.People[a].Visitor)-rank(m.in.People[b].Visitor), cmp.Compare(a, b))
	})
	external, email := m.lookups()
	left := rest[:0]
	for _, id := range rest {
		if i, ok := m.marked(id, external[id]); ok {
			m.pair(id, i, HowExternal)
		} else if m.res.NoAccount[id] == "" {
			left = append(left, id)
		}
	}
	if m.unite() {
		left = slices.DeleteFunc(left, func(id cardea.PersonID) bool { _, has := m.of[id]; return has })
	}
	first := map[string][]cardea.NewAccount{} // folded -> those who bear the address; they share the words of the first
	owner := m.owners()
	for _, id := range left {
		p := m.in.People[id]
		address := m.address(id)
		folded, ok := Fold(address)
		switch {
		case !ok && m.in.NeedsEmail:
			m.res.NoAccount[id] = "no usable e-mail address, and the door system makes no account without one"
		case !ok:
			m.res.Missing = append(m.res.Missing, withEmail(Profile(id, p), ""))
		case owner.has(folded) && (p.Visitor || len(email[folded]) == 0) && m.may(id, owner[folded].account):
			m.pair(id, owner[folded].account, HowEmail)
		case len(email[folded]) == 0:
			m.missing(withEmail(Profile(id, p), strings.TrimSpace(address)), folded, first)
		default:
			m.byEmail(id, email[folded])
		}
	}
}

// missing notes a person who needs an account. Whoever is kept apart from somebody of the same address gets none.
func (m *matcher) missing(a cardea.NewAccount, folded string, first map[string][]cardea.NewAccount) {
	for _, b := range first[folded] {
		if m.said.two[coupled(a.Person, b.Person)] {
			m.res.NoAccount[a.Person] = apartFrom(b.Person)
			return
		}
	}
	if before := first[folded]; len(before) > 0 {
		a.Email = before[0].Email
	}
	first[folded] = append(first[folded], a)
	m.res.Missing = append(m.res.Missing, a)
}

// byEmail pairs a person with the accounts that carry the address: the one there is, of several the one that is linked
// already; where none or several are linked nobody can tell.
func (m *matcher) byEmail(id cardea.PersonID, found []int32) {
	found, why := m.open(id, found)
	if why != "" {
		m.res.NoAccount[id] = why
		return
	}
	if len(found) == 1 {
		m.pair(id, found[0], HowEmail)
		return
	}
	var known []int32
	for _, i := range found {
		if m.linked[i] {
			known = append(known, i)
		}
	}
	if len(known) == 1 {
		m.pair(id, known[0], HowEmail)
		return
	}
	ids := make([]string, len(found))
	for n, i := range found {
		ids[n] = string(m.accounts[i].ID)
		if !m.linked[i] {
			m.res.Disputed[m.accounts[i].ID] = "several accounts carry this e-mail address and none is known to be the person's"
		}
	}
	m.res.NoAccount[id] = "accounts " + strings.Join(ids, " and ") + " carry the person's e-mail address; say which is theirs"
	text := "accounts " + strings.Join(ids, " and ") +
		" carry one e-mail address; they gain and lose nothing until one is linked or the other is closed"
	m.issue("two-accounts", id, m.accounts[found[0]].ID, text)
	c := cardea.IdentityConflict{Kind: cardea.ConflictTwoAccounts, People: []cardea.PersonID{id}, Text: text}
	for _, i := range found {
		c.Accounts = append(c.Accounts, m.accounts[i].ID)
	}
	m.conflict(c)
}

// pair links a person to an account. Of those who are one person by decision, the decision is what remembers it.
func (m *matcher) pair(id cardea.PersonID, i int32, how string) {
	one := m.said.one[id]
	if one != nil && slices.ContainsFunc(one, func(p cardea.PersonID) bool { at, has := m.of[p]; return p != id && has && at == i }) {
		how = HowDecided
	}
	l := cardea.Link{Person: id, Account: m.accounts[i].ID, How: how}
	m.of[id], m.linked[i] = i, true
	if m.held != nil {
		m.held[i] = append(m.held[i], id)
	}
	m.res.Links = append(m.res.Links, l)
	if how != HowDecided {
		m.res.Fresh = append(m.res.Fresh, l)
	}
}

func (m *matcher) twoAccounts(p cardea.PersonID, second, first cardea.AccountID) {
	text := "account " + string(second) + " looks like the person's too, beside " + string(first) +
		"; it gains and loses nothing until it is linked or closed"
	m.issue("two-accounts", p, second, text)
	m.conflict(cardea.IdentityConflict{
		Kind: cardea.ConflictTwoAccounts, People: []cardea.PersonID{p}, Accounts: []cardea.AccountID{first, second}, Has: first, Text: text,
	})
}

func (m *matcher) finish() {
	byPerson := func(a, b cardea.Link) int { return cmp.Compare(a.Person, b.Person) }
	slices.SortFunc(m.res.Links, byPerson)
	slices.SortFunc(m.res.Fresh, byPerson)
	slices.SortFunc(m.res.Missing, func(a, b cardea.NewAccount) int { return cmp.Compare(a.Person, b.Person) })
	slices.SortFunc(m.res.Issues, func(a, b cardea.Issue) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Account, b.Account))
	})
	slices.SortFunc(m.res.Conflicts, func(a, b cardea.IdentityConflict) int { return cmp.Compare(a.ID, b.ID) })
	for c := range m.said.not {
		if m.res.Not == nil {
			m.res.Not = map[cardea.PersonID][]cardea.AccountID{}
		}
		m.res.Not[c.person] = append(m.res.Not[c.person], c.account)
	}
	for _, as := range m.res.Not {
		slices.Sort(as)
	}
}
