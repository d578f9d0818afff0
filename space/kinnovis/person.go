package kinnovis

import (
	"cmp"
	"strings"

	"github.com/cardea-access/cardea"
)

type customer struct {
	own

	Name    text `json:"name"`
	First   text `json:"first_name"`
	Last    text `json:"last_name"`
	Company text `json:"company_name"`
	Email   text `json:"email"`
	Phone   text `json:"phone"`
	Number  text `json:"phone_number"`
}

// record has every customer present: what lets one in is a booking, and it ends by itself.
func (v customer) record() (cardea.Record, error) { //nolint:unparam // decode wants it
	both := strings.TrimSpace(string(v.First) + " " + string(v.Last))
	return cardea.Person{
		ID: v.id(), Name: cmp.Or(string(v.Name), both, string(v.Company), string(v.Email), v.id()), First: string(v.First),
		Last: string(v.Last), Email: string(v.Email), Phone: string(cmp.Or(v.Phone, v.Number)), Status: cardea.Present,
	}, nil
}
