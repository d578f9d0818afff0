package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// dispute finds the accounts that nobody is linked to but that carry the e-mail of a person who has another one.
func (m *matcher) dispute() {
	open := map[string][]int32{} // by folded e-mail
	for i := range m.accounts {
		if m.linked[i] {
			continue
		}
		if folded, ok := Fold(m.accounts[i].Email); ok {
			open[folded] = append(open[folded], int32(i))
		}
	}
	if len(open) == 0 {
		return
	}
	for _, l := range m.res.Links {
		p, known := m.in.People[l.Person]
		if !known {
			continue
		}
		folded, ok := Fold(p.Email)
		if !ok {
			continue
		}
		for _, i := range open[folded] {
			second := m.accounts[i].ID
			if _, said := m.res.Disputed[second]; said {
				continue
			}
			m.res.Disputed[second] = "it carries the e-mail address of a person whose account is " + string(l.Account)
			m.twoAccounts(l.Person, second, l.Account)
		}
	}
}

// compareProfiles reports linked people whose address is no longer the account's, and those whose account was made by us
// and bears another name now. The link stays, and so does the account (RULES.md PROFILE: once).
func (m *matcher) compareProfiles() {
	for _, l := range m.res.Links {
		p, known := m.in.People[l.Person]
		a := &m.accounts[m.byID[l.Account]]
		if !known {
			continue
		}
		if l.How == HowCreated && a.Name != "" && a.Name != p.Name {
			if name := Profile(l.Person, p).Name; name != "" && !strings.EqualFold(name, strings.TrimSpace(a.Name)) {
				m.issue("name-differs", l.Person, l.Account, "the person is called "+name+", their account "+a.Name+
					"; names are sent once, change it by hand if the account should follow")
			}
		}
		if p.Email == a.Email {
			continue
		}
		mine, ok1 := Fold(p.Email)
		theirs, ok2 := Fold(a.Email)
		if ok1 && ok2 && mine != theirs {
			m.issue("email-differs", l.Person, l.Account, "the person's e-mail address is "+mine+", the account's is "+theirs+
				"; the link stays, change the address by hand if the account should follow")
		}
	}
}

// shared reports accounts that several members of one connection share because of one address, not by decision. A
// visitor with a member's address is the member, and one person in two space systems is one person.
func (m *matcher) shared() {
	type holder struct {
		account int32
		link    int32
	}
	hs := make([]holder, 0, len(m.res.Links))
	for i, l := range m.res.Links {
		if p, known := m.in.People[l.Person]; known && !p.Visitor && l.How != HowDecided {
			hs = append(hs, holder{m.byID[l.Account], int32(i)})
		}
	}
	slices.SortFunc(hs, func(a, b holder) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(m.res.Links[a.link].Person, m.res.Links[b.link].Person))
	})
	for i := 1; i < len(hs); i++ {
		if hs[i].account == hs[i-1].account {
			m.sharedBy(m.res.Links[hs[i-1].link].Person, m.res.Links[hs[i].link].Person, m.accounts[hs[i].account].ID)
		}
	}
	var last = map[string]cardea.PersonID{}
	for _, a := range sortedMissing(m.res.Missing) {
		if a.Email == "" || m.in.People[a.Person].Visitor {
			continue
		}
		if before, twice := last[a.Email]; twice {
			m.sharedBy(before, a.Person, "")
		}
		last[a.Email] = a.Person
	}
}

func sortedMissing(missing []cardea.NewAccount) []cardea.NewAccount {
	return slices.SortedFunc(slices.Values(missing), func(a, b cardea.NewAccount) int { return cmp.Compare(a.Person, b.Person) })
}

func (m *matcher) sharedBy(first, second cardea.PersonID, a cardea.AccountID) {
	c1, _, ok1 := first.Split()
	c2, _, ok2 := second.Split()
	if ok1 && ok2 && c1 == c2 {
		m.issue("shared-account", second, a, "has the same e-mail address as "+string(first)+
			"; they share one account, which opens what either may open. Give them different addresses or link them by hand")
	}
}
