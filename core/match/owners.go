package match

import "github.com/cardea-access/cardea"

// owners are the accounts of linked members by the members' own address, which may differ from the account's.
func (m *matcher) owners() owners {
	out := make(owners, len(m.of))
	for id, i := range m.of {
		p, known := m.in.People[id]
		if !known || p.Visitor {
			continue
		}
		folded, ok := Fold(p.Email)
		if before, has := out[folded]; ok && (!has || id < before.person) {
			out[folded] = owner{id, i}
		}
	}
	return out
}

type owner struct {
	person  cardea.PersonID
	account int32
}

type owners map[string]owner

func (o owners) has(folded string) bool {
	_, ok := o[folded]
	return ok
}

func rank(later bool) int {
	if later {
		return 1
	}
	return 0
}

func withEmail(a cardea.NewAccount, email string) cardea.NewAccount {
	a.Email = email
	return a
}

// lookups index the accounts by external id and by folded e-mail. Of several accounts with one external id the first
// counts: the id was written by us, once.
func (m *matcher) lookups() (map[cardea.PersonID][]int32, map[string][]int32) {
	external := map[cardea.PersonID][]int32{}
	email := make(map[string][]int32, len(m.accounts))
	for i := range m.accounts {
		a := &m.accounts[i]
		if a.External != "" {
			p := cardea.PersonID(a.External)
			external[p] = append(external[p], int32(i))
		}
		if folded, ok := Fold(a.Email); ok {
			email[folded] = append(email[folded], int32(i))
		}
	}
	return external, email
}
