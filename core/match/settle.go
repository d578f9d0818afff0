package match

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// Choice is how a conflict is settled: merged (the account is theirs, they are one person) or kept apart.
type Choice struct {
	Merge bool
	// Person says, where people are kept apart, who keeps the account; of an account that is taken, that it is this person's
	// alone. May be empty.
	Person cardea.PersonID
	// Account says which of two accounts is theirs. Needed to merge two-accounts, empty otherwise.
	Account cardea.AccountID
}

// Settle returns what a choice about a conflict decides. The decisions bear neither an id nor who made them. Errors:
// Rejected, saying what is to be named.
func Settle(c cardea.IdentityConflict, choice Choice) ([]cardea.Decision, error) {
	switch {
	case choice.Person != "" && !slices.Contains(c.People, choice.Person):
		return nil, cardea.Errorf(cardea.Rejected, "conflict %s is not about %s", c.ID, choice.Person)
	case choice.Account != "" && !slices.Contains(c.Accounts, choice.Account):
		return nil, cardea.Errorf(cardea.Rejected, "conflict %s is not about account %s, but about %s", c.ID, choice.Account, listed(c.Accounts))
	}
	s := settling{conflict: c}
	switch c.Kind {
	case cardea.ConflictSameEmail, cardea.ConflictSeveral:
		s.people(choice)
	case cardea.ConflictEmailChanged:
		s.account(choice.Merge, c.People[0], c.Accounts[0])
	case cardea.ConflictTaken:
		s.taken(choice)
	case cardea.ConflictTwoAccounts:
		if choice.Merge && choice.Account == "" {
			return nil, cardea.Errorf(cardea.Rejected, "say which account is theirs, with --account: %s", listed(c.Accounts))
		}
		for _, a := range c.Accounts {
			if choice.Merge {
				s.account(a == choice.Account, c.People[0], a)
			} else if a != c.Has {
				s.account(false, c.People[0], a)
			}
		}
	default:
		return nil, cardea.Errorf(cardea.Rejected, "conflict %s is of a kind that is not known: %q", c.ID, c.Kind)
	}
	return s.out, nil
}

// settling gathers the decisions of a choice.
type settling struct {
	conflict cardea.IdentityConflict
	out      []cardea.Decision
}

func (s *settling) add(d cardea.Decision) {
	d.Conflict, d.Door = s.conflict.ID, s.conflict.Door
	s.out = append(s.out, d)
}

func (s *settling) account(theirs bool, p cardea.PersonID, a cardea.AccountID) {
	s.add(cardea.Decision{Together: theirs, Person: p, Account: a})
}

// people makes those who share an account one person, or leaves the account to one of them.
func (s *settling) people(choice Choice) {
	all := s.conflict.People
	if choice.Merge {
		for _, p := range all[1:] {
			s.add(cardea.Decision{Together: true, Person: all[0], Other: p})
		}
		return
	}
	for i, p := range all {
		for _, q := range all[i+1:] {
			s.add(cardea.Decision{Person: p, Other: q})
		}
	}
	holder := choice.Person
	if holder == "" {
		holder = s.conflict.Holder
	}
	for _, a := range s.conflict.Accounts {
		s.account(true, holder, a)
	}
}

// taken gives an account that another one has to both, to one alone, or leaves it where it is.
func (s *settling) taken(choice Choice) {
	asks, a := s.conflict.People[0], s.conflict.Accounts[0]
	switch {
	case !choice.Merge, choice.Person != "" && choice.Person != asks:
		s.account(false, asks, a)
	case choice.Person == asks:
		for _, p := range s.conflict.People[1:] {
			s.account(false, p, a)
			s.add(cardea.Decision{Person: asks, Other: p})
		}
		s.account(true, asks, a)
	default:
		for _, p := range s.conflict.People[1:] {
			s.add(cardea.Decision{Together: true, Person: asks, Other: p})
		}
	}
}

func listed(as []cardea.AccountID) string {
	text := make([]string, len(as))
	for i, a := range as {
		text[i] = string(a)
	}
	return strings.Join(text, " or ")
}
