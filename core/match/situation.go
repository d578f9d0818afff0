package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Situations names how the accounts of people stand who were paired by in: gone, disputed, renamed. before are linked accounts
// as they were when they were linked; only those that differ matter. The result is sorted by account.
func Situations(in Input, res Result, before []cardea.Account) []cardea.Standing {
	there := make(map[cardea.AccountID]*cardea.Account, len(in.Accounts))
	for i := range in.Accounts {
		there[in.Accounts[i].ID] = &in.Accounts[i]
	}
	paired := make(map[cardea.PersonID]cardea.AccountID, len(res.Links))
	owner := make(map[cardea.AccountID]cardea.PersonID, len(res.Links))
	for _, l := range res.Links {
		paired[l.Person] = l.Account
		if first, has := owner[l.Account]; !has || l.Person < first {
			owner[l.Account] = l.Person
		}
	}
	var out []cardea.Standing
	put := func(s cardea.Situation, a cardea.AccountID, p cardea.PersonID, detail string) {
		out = append(out, cardea.Standing{Account: a, Person: p, Situation: s, Detail: detail, Does: cardea.Reports})
	}
	told := map[cardea.AccountID]bool{}
	for _, l := range in.Links {
		// Who has another account by now misses nothing.
		if there[l.Account] == nil && paired[l.Person] == "" && !told[l.Account] {
			told[l.Account] = true
			put(cardea.AccountGone, l.Account, l.Person, "somebody removed it at the door system")
		}
	}
	for a, why := range res.Disputed {
		put(cardea.Disputed, a, owner[a], why)
	}
	for i := range before {
		was, now := &before[i], there[before[i].ID]
		if now == nil || owner[was.ID] == "" {
			continue
		}
		p := in.People[owner[was.ID]]
		if what := renamed(was, now, Profile(owner[was.ID], p)); what != "" {
			put(cardea.AccountRenamed, was.ID, owner[was.ID], what)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Standing) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Situation, b.Situation))
	})
	return out
}

// renamed says how an account differs from what it was. What its person is called now is no difference.
func renamed(was, now *cardea.Account, person cardea.NewAccount) string {
	var parts []string
	if was.Name != "" && now.Name != "" && !sameName(was.Name, now.Name) && !sameName(now.Name, person.Name) {
		parts = append(parts, "was called "+strings.TrimSpace(was.Name)+", is called "+strings.TrimSpace(now.Name))
	}
	if was.Email != "" && !sameEmail(was.Email, now.Email) && !sameEmail(now.Email, person.Email) {
		email := strings.TrimSpace(now.Email)
		if email == "" {
			email = "none"
		}
		parts = append(parts, "its e-mail address was "+strings.TrimSpace(was.Email)+", is "+email)
	}
	return strings.Join(parts, "; ")
}

func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

func sameEmail(a, b string) bool {
	x, okX := Fold(a)
	y, okY := Fold(b)
	if okX && okY {
		return x == y
	}
	return sameName(a, b)
}
