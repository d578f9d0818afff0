package match

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// stored are the links to begin with: those that are remembered and that nobody contradicted, and those that were decided.
func (m *matcher) stored() []cardea.Link {
	out := slices.Clone(m.in.Links)
	if len(m.said.theirs)+len(m.said.not) == 0 {
		return out
	}
	out = slices.DeleteFunc(out, func(l cardea.Link) bool {
		return m.said.not[claim{l.Person, l.Account}] || m.said.theirs[l.Person] == l.Account
	})
	for p, a := range m.said.theirs {
		out = append(out, cardea.Link{Person: p, Account: a, How: HowDecided})
	}
	return out
}

// part takes an account from whoever is kept apart from the person who has the better claim to it.
func (m *matcher) part() {
	if len(m.said.two) == 0 {
		return
	}
	at := map[cardea.PersonID]int{}
	for i, l := range m.res.Links {
		at[l.Person] = i
	}
	lost := map[cardea.PersonID]bool{}
	for _, c := range sortedCouples(m.said.two) {
		i, one := m.of[c[0]]
		j, other := m.of[c[1]]
		if !one || !other || i != j {
			continue
		}
		loser := c[1]
		if a, b := m.res.Links[at[c[0]]], m.res.Links[at[c[1]]]; strength(b.How) < strength(a.How) {
			loser = c[0]
		}
		lost[loser] = true
		delete(m.of, loser)
	}
	if len(lost) == 0 {
		return
	}
	m.res.Links = slices.DeleteFunc(m.res.Links, func(l cardea.Link) bool { return lost[l.Person] })
	m.recount()
}

func sortedCouples(of map[couple]bool) []couple {
	out := make([]couple, 0, len(of))
	for c := range of {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b couple) int {
		return strings.Compare(string(a[0])+"\x00"+string(a[1]), string(b[0])+"\x00"+string(b[1]))
	})
	return out
}

// recount says anew which accounts somebody has.
func (m *matcher) recount() {
	clear(m.linked)
	for _, i := range m.of {
		m.linked[i] = true
	}
	m.held = nil
}

// unite gives those who are one person by decision one account, when one of them has one: that with the best claim. What
// the others had is in dispute then, unless somebody else has it. It returns whether anything changed.
func (m *matcher) unite() bool {
	if len(m.said.one) == 0 {
		return false
	}
	how := map[cardea.PersonID]string{}
	for _, l := range m.res.Links {
		how[l.Person] = l.How
	}
	moved := map[cardea.PersonID]int32{}
	type left struct {
		person        cardea.PersonID
		second, first int32
	}
	var gone []left
	for p, all := range m.said.one {
		if p != all[0] {
			continue
		}
		best, found := cardea.PersonID(""), false
		for _, q := range all {
			if _, has := m.of[q]; has && (!found || strength(how[q]) < strength(how[best])) {
				best, found = q, true
			}
		}
		if !found {
			continue
		}
		at := m.of[best]
		for _, q := range all {
			was, has := m.of[q]
			_, known := m.in.People[q]
			if has && was == at || !has && !known || m.said.not[claim{q, m.accounts[at].ID}] {
				continue
			}
			moved[q] = at
			if has {
				gone = append(gone, left{q, was, at})
			}
		}
	}
	if len(moved) == 0 {
		return false
	}
	drop := func(l cardea.Link) bool { _, is := moved[l.Person]; return is }
	m.res.Links = slices.DeleteFunc(m.res.Links, drop)
	m.res.Fresh = slices.DeleteFunc(m.res.Fresh, drop)
	for q, at := range moved {
		m.of[q] = at
		m.res.Links = append(m.res.Links, cardea.Link{Person: q, Account: m.accounts[at].ID, How: HowDecided})
	}
	m.recount()
	for _, g := range gone {
		second, first := m.accounts[g.second].ID, m.accounts[g.first].ID
		if !m.linked[g.second] && !m.said.not[claim{g.person, second}] {
			m.res.Disputed[second] = "the person is linked to account " + string(first) + " already"
			m.twoAccounts(g.person, second, first)
		}
	}
	return true
}

// address is the address that a person goes by: their own, or that of the first whom they are one with.
func (m *matcher) address(id cardea.PersonID) string {
	for _, visitors := range []bool{false, true} {
		for _, q := range m.said.one[id] {
			p, known := m.in.People[q]
			if _, ok := Fold(p.Email); known && ok && p.Visitor == visitors {
				return p.Email
			}
		}
	}
	return m.in.People[id].Email
}

// holders are the people who have an account.
func (m *matcher) holders(i int32) []cardea.PersonID {
	if m.held == nil {
		m.held = make(map[int32][]cardea.PersonID, len(m.of))
		for id, at := range m.of {
			m.held[at] = append(m.held[at], id)
		}
	}
	return m.held[i]
}

// strangers are those who have an account and are not the person who asks for it, as far as addresses and decisions tell.
// Whoever is in no record any more is nobody, and a visitor who came under a member's earlier address is that member.
func (m *matcher) strangers(id cardea.PersonID, i int32) []cardea.PersonID {
	if !m.linked[i] {
		return nil
	}
	mine, ok := Fold(m.address(id))
	var out, guests []cardea.PersonID
	member := false
	for _, q := range m.holders(i) {
		if m.said.two[coupled(id, q)] {
			out = append(out, q)
			continue
		}
		p, known := m.in.People[q]
		if !known || m.said.same(id, q) {
			continue
		}
		theirs, has := Fold(m.address(q))
		switch {
		case ok && has && theirs == mine:
			member = member || !p.Visitor
		case p.Visitor:
			guests = append(guests, q)
		default:
			out = append(out, q)
		}
	}
	if !member {
		out = append(out, guests...)
	}
	slices.Sort(out)
	return out
}

// may says whether a person may share an account with those who have it.
func (m *matcher) may(id cardea.PersonID, i int32) bool {
	return !m.said.not[claim{id, m.accounts[i].ID}] && len(m.strangers(id, i)) == 0
}

// marked returns the account that bears a person's id: the first of several. One that is somebody else's is a conflict, and
// the person gets none.
func (m *matcher) marked(id cardea.PersonID, found []int32) (int32, bool) {
	for _, i := range found {
		if m.said.not[claim{id, m.accounts[i].ID}] {
			continue
		}
		if others := m.strangers(id, i); len(others) > 0 {
			m.res.NoAccount[id] = m.taken(id, i, others, "bears the person's id")
			return 0, false
		}
		return i, true
	}
	return 0, false
}

// open returns those of the accounts with a person's address that may be theirs, or why none is.
func (m *matcher) open(id cardea.PersonID, found []int32) (open []int32, why string) {
	var refused, others []cardea.PersonID
	taken := int32(-1)
	for _, i := range found {
		switch {
		case m.said.not[claim{id, m.accounts[i].ID}]:
			refused = append(refused, cardea.PersonID(m.accounts[i].ID))
		case m.may(id, i):
			open = append(open, i)
		case taken < 0:
			taken, others = i, m.strangers(id, i)
		}
	}
	switch {
	case len(open) > 0:
		return open, ""
	case taken >= 0:
		return nil, m.taken(id, taken, others, "carries the person's e-mail address")
	}
	return nil, "account " + string(refused[0]) + " carries the person's e-mail address, and somebody said that it is not theirs; give " +
		"the person or the account another address"
}

// taken reports that the account a person asks for is others', and says so to whoever asks why they have none. Where the
// decisions made so far say it, there is nothing to ask.
func (m *matcher) taken(id cardea.PersonID, i int32, others []cardea.PersonID, bears string) string {
	for _, q := range others {
		if m.said.two[coupled(id, q)] {
			return apartFrom(q)
		}
	}
	a := m.accounts[i].ID
	text := "account " + string(a) + " " + bears + " and is linked to " + string(others[0]) + ", who has another one"
	m.issue(string(cardea.ConflictTaken), id, a, text+"; settle it with `cardea conflicts`")
	m.conflict(cardea.IdentityConflict{
		Kind: cardea.ConflictTaken, People: append([]cardea.PersonID{id}, others...), Accounts: []cardea.AccountID{a}, Text: text,
	})
	return text + "; settle it with `cardea conflicts`"
}

func apartFrom(q cardea.PersonID) string {
	return "somebody said that the person is not " + string(q) + ", who bears the same e-mail address; give one of them another"
}

// conflict notes a question, under a name that does not depend on its text.
func (m *matcher) conflict(c cardea.IdentityConflict) {
	c.Door = m.in.Door
	slices.Sort(c.Accounts)
	c.Accounts = slices.Compact(c.Accounts)
	parts := []string{c.Door, string(c.Kind)}
	for _, p := range c.People {
		parts = append(parts, string(p))
	}
	parts = append(parts, "")
	for _, a := range c.Accounts {
		parts = append(parts, string(a))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	c.ID = hex.EncodeToString(sum[:4])
	if !slices.ContainsFunc(m.res.Conflicts, func(o cardea.IdentityConflict) bool { return o.ID == c.ID }) {
		m.res.Conflicts = append(m.res.Conflicts, c)
	}
}
