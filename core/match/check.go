package match

import (
	"cmp"
	"slices"

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
			if _, said := m.res.Disputed[second]; said || m.said.not[claim{l.Person, second}] {
				continue
			}
			m.res.Disputed[second] = "it carries the e-mail address of a person whose account is " + string(l.Account)
			m.twoAccounts(l.Person, second, l.Account)
		}
	}
}

// shared reports accounts that several people share because of an address, and not by decision. A visitor with a member's
// address is the member, and one person in two space systems is one person. Where addresses differ that is more: nobody
// said that it is one person, and the link that is remembered stays until somebody does.
func (m *matcher) shared() {
	for _, seats := range m.crowded() {
		var members, all []cardea.PersonID
		for _, s := range seats {
			l := m.res.Links[s.link]
			p, known := m.in.People[l.Person]
			if !known || l.How == HowDecided {
				continue
			}
			all = append(all, l.Person)
			if !p.Visitor {
				members = append(members, l.Person)
			}
		}
		a := m.accounts[seats[0].account].ID
		if members = m.distinct(members); len(members) > 1 && m.alike(members) {
			m.sameEmail(members, a)
		}
		if all = m.distinct(all); len(all) > 1 && !m.alike(all) {
			text := string(all[0]) + " and " + string(all[1]) + " are on one account and bear different e-mail addresses; it opens what " +
				"either may open"
			m.issue("shared-account", all[1], a, text+"; settle it with `cardea conflicts`")
			m.conflict(cardea.IdentityConflict{
				Kind: cardea.ConflictSeveral, People: all, Accounts: []cardea.AccountID{a}, Holder: m.holder(all, seats[0].account), Text: text,
			})
		}
	}
	by := map[string][]cardea.PersonID{}
	for _, a := range sortedMissing(m.res.Missing) {
		if a.Email != "" && !m.in.People[a.Person].Visitor {
			by[a.Email] = append(by[a.Email], a.Person)
		}
	}
	for _, people := range by {
		if people = m.distinct(people); len(people) > 1 {
			m.sameEmail(people, "")
		}
	}
}

// seat is a place on an account: whose link it is.
type seat struct{ account, link int32 }

// crowded are the accounts that several links name, each with its links by person.
func (m *matcher) crowded() [][]seat {
	count := make([]uint8, len(m.accounts))
	several := false
	for _, l := range m.res.Links {
		at := m.byID[l.Account]
		count[at] = min(count[at]+1, 2)
		several = several || count[at] > 1
	}
	if !several {
		return nil
	}
	var all []seat
	for i, l := range m.res.Links {
		if at := m.byID[l.Account]; count[at] > 1 {
			all = append(all, seat{at, int32(i)})
		}
	}
	slices.SortFunc(all, func(a, b seat) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(m.res.Links[a.link].Person, m.res.Links[b.link].Person))
	})
	var out [][]seat
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].account == all[from].account {
			to++
		}
		out, from = append(out, all[from:to]), to
	}
	return out
}

// distinct leaves one of those who are one person by decision.
func (m *matcher) distinct(people []cardea.PersonID) []cardea.PersonID {
	out := people[:0:0]
	for _, p := range people {
		if !slices.ContainsFunc(out, func(q cardea.PersonID) bool { return m.said.same(p, q) }) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// alike says whether all go by one address.
func (m *matcher) alike(people []cardea.PersonID) bool {
	first, ok := Fold(m.address(people[0]))
	for _, p := range people[1:] {
		if folded, has := Fold(m.address(p)); has != ok || folded != first {
			return false
		}
	}
	return true
}

// holder is who has the best claim to an account that several have.
func (m *matcher) holder(people []cardea.PersonID, account int32) cardea.PersonID {
	how := map[cardea.PersonID]int{}
	for _, l := range m.res.Links {
		if m.byID[l.Account] == account {
			how[l.Person] = strength(l.How)
		}
	}
	carries, _ := Fold(m.accounts[account].Email)
	claim := func(p cardea.PersonID) int {
		folded, ok := Fold(m.address(p))
		return rank(m.in.People[p].Visitor)*100 + rank(!ok || folded != carries)*10 + rank(m.in.People[p].Status == cardea.Left)*5 + how[p]
	}
	return slices.MinFunc(people, func(a, b cardea.PersonID) int { return cmp.Or(cmp.Compare(claim(a), claim(b)), cmp.Compare(a, b)) })
}

func sortedMissing(missing []cardea.NewAccount) []cardea.NewAccount {
	return slices.SortedFunc(slices.Values(missing), func(a, b cardea.NewAccount) int { return cmp.Compare(a.Person, b.Person) })
}

// sameEmail reports people of one connection who share an account, there or to be made, because of one address.
func (m *matcher) sameEmail(people []cardea.PersonID, a cardea.AccountID) {
	var of []cardea.PersonID // those who share a connection with another one
	for i, p := range people {
		connection, _, ok := p.Split()
		before := cardea.PersonID("")
		for j, q := range people {
			if other, _, is := q.Split(); i == j || !ok || !is || other != connection || m.in.Profiled[connection] {
				continue
			}
			if !slices.Contains(of, p) {
				of = append(of, p)
			}
			if j < i {
				before = q
			}
		}
		if before != "" {
			m.issue("shared-account", p, a, "has the same e-mail address as "+string(before)+
				"; they share one account, which opens what either may open. Give them different addresses, or settle it with "+
				"`cardea conflicts`")
		}
	}
	if len(of) < 2 {
		return
	}
	c := cardea.IdentityConflict{
		Kind: cardea.ConflictSameEmail, People: of, Holder: of[0], Text: "they bear one e-mail address and share one account, which opens what " +
			"either may open",
	}
	if a != "" {
		c.Accounts, c.Holder = []cardea.AccountID{a}, m.holder(of, m.byID[a])
	}
	m.conflict(c)
}
