package match

import (
	"strings"

	"github.com/cardea-access/cardea"
)

// noName stands where a vendor wants a name and there is none (RULES.md PROFILE).
const noName = "-"

// Profile is what a door system is told when the person's account is made: first and last name as the space system
// keeps them apart, else its one name field split at the last space, a missing part being "-"; e-mail and phone as
// written, trimmed. The company is never told.
func Profile(id cardea.PersonID, p cardea.Person) cardea.NewAccount {
	a := cardea.NewAccount{
		Person: id,
		Name:   tidy(p.Name), First: tidy(p.First), Last: tidy(p.Last),
		Email: strings.TrimSpace(p.Email), Phone: strings.TrimSpace(p.Phone),
		Mails: cardea.MailsDefault,
	}
	if a.Name == "" {
		a.Name = strings.TrimSpace(a.First + " " + a.Last)
	}
	if a.Name == "" {
		a.Name = a.Email
	}
	if a.Name == "" {
		a.Name = noName
	}
	if a.First == "" && a.Last == "" {
		a.First = a.Name
		if i := strings.LastIndexByte(a.Name, ' '); i > 0 {
			a.First, a.Last = a.Name[:i], a.Name[i+1:]
		}
	}
	if a.First == "" {
		a.First = noName
	}
	if a.Last == "" {
		a.Last = noName
	}
	return a
}

// tidy trims a name and makes every inner white space one plain space.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }
