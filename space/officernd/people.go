package officernd

import "github.com/cardea-access/cardea"

// hasLeft lists the status words of those who no longer count among a team's people (RULES.md HOLDER). For companies,
// inactive is what contact is for members: never used anything (vendors/officernd.md 2, status semantics).
func hasLeft(word string) cardea.Status {
	switch word {
	case "former", "contact", "lead", "not_approved", "inactive":
		return cardea.Left
	}
	return cardea.Present
}

type company struct {
	own

	Name     text `json:"name"`
	Location ref  `json:"location"`
	Status   text `json:"status"`
}

func (v company) record() cardea.Record {
	return cardea.Team{
		ID: v.id(), Name: string(v.Name), Location: string(v.Location),
		Status: hasLeft(string(v.Status)), Raw: string(v.Status),
	}
}

type member struct {
	own

	Name     text `json:"name"`
	Email    text `json:"email"`
	Phone    text `json:"phone"`
	Company  ref  `json:"company"`
	Location ref  `json:"location"`
	Status   text `json:"status"`
}

func (v member) record() cardea.Record {
	return cardea.Person{
		ID: v.id(), Name: string(v.Name), Email: string(v.Email), Phone: string(v.Phone),
		Team: string(v.Company), Location: string(v.Location),
		Status: hasLeft(string(v.Status)), Raw: string(v.Status),
	}
}

type visitor struct {
	own

	Name  text `json:"name"`
	Email text `json:"email"`
	Phone text `json:"phone"`
	Host  ref  `json:"member"`
}

// record leaves the host's company out: a visitor is not among a team's people.
func (v visitor) record() cardea.Record {
	return cardea.Person{
		ID: v.id(), Visitor: true, Name: string(v.Name), Email: string(v.Email), Phone: string(v.Phone),
		Host: string(v.Host), Status: cardea.Present,
	}
}
