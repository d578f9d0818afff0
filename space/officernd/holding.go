package officernd

import (
	"errors"

	"github.com/cardea-access/cardea"
)

type membership struct {
	own

	Name     text `json:"name"`
	Personal bool `json:"isPersonal"`
	Status   text `json:"status"`
	Computed text `json:"calculatedStatus"`
	Company  ref  `json:"company"`
	Member   ref  `json:"member"`
	Plan     ref  `json:"plan"`
	Location ref  `json:"location"`
	Start    day  `json:"startDate"`
	End      day  `json:"endDate"`
}

// record refuses a membership that does not say who holds it, when it starts or whether it is approved: such a record is
// unknown, not ended. A personal membership without a member would else fall to the whole company.
func (v membership) record() (cardea.Record, error) {
	switch {
	case v.Member == "" && v.Company == "":
		return nil, errors.New("the membership names neither a member nor a company")
	case v.Personal && v.Member == "":
		return nil, errors.New("the membership is personal but names no member")
	case !v.Start.Set:
		return nil, errors.New("the membership has no startDate")
	case v.Status == "":
		return nil, errors.New("the membership has no status")
	}
	return cardea.Agreement{
		ID: v.id(), Name: string(v.Name), Person: string(v.Member), Team: string(v.Company),
		Plan: string(v.Plan), Location: string(v.Location), Approved: v.Status == "approved",
		Start: v.Start.Day, End: v.End.Day, Computed: string(v.Computed),
	}, nil
}

type assignment struct {
	own

	Resource   ref `json:"resource"`
	Membership ref `json:"membership"`
	Start      day `json:"startDate"`
	End        day `json:"endDate"`
}

func (v assignment) record() (cardea.Record, error) {
	switch {
	case v.Resource == "":
		return nil, errors.New("the assignment names no resource")
	case v.Membership == "":
		return nil, errors.New("the assignment names no membership")
	case !v.Start.Set:
		return nil, errors.New("the assignment has no startDate")
	}
	return cardea.Assignment{
		ID: v.id(), Agreement: string(v.Membership), Resource: string(v.Resource), Start: v.Start.Day, End: v.End.Day,
	}, nil
}

type pass struct {
	own

	Count      halves `json:"count"`
	Used       halves `json:"usedCount"`
	Personal   bool   `json:"isPersonal"`
	Company    ref    `json:"company"`
	Member     ref    `json:"member"`
	Membership ref    `json:"membership"`
	Start      day    `json:"startDate"`
	From       day    `json:"validFrom"`
	Until      day    `json:"validTo"`
	End        day    `json:"endDate"`
	Type       text   `json:"resourceType"`
	Status     text   `json:"status"`
}

// record takes the validity from validFrom and validTo; startDate stands in for the first, and endDate for nothing: a
// one-time pass without validTo lasts until it is used (vendors/officernd.md 2, pass). A monthly one does not, and its left-over
// is not carried over: where no validTo says so, the vendor's word does, and what it calls expired ended on its endDate, or is
// used up. One that is pending must say until when.
func (v pass) record() (cardea.Record, error) {
	switch {
	case v.Member == "" && v.Company == "":
		return nil, errors.New("the pass names neither a member nor a company")
	case v.Personal && v.Member == "":
		return nil, errors.New("the pass is personal but names no member")
	case !v.Count.set:
		return nil, errors.New("the pass has no count")
	}
	from := v.From.Day
	if !from.Set {
		from = v.Start.Day
	}
	if !from.Set && v.Status == "pending" {
		return nil, errors.New("the pass is pending and does not say until when")
	}
	p := cardea.Pass{
		ID: v.id(), Person: string(v.Member), Team: string(v.Company), Personal: v.Personal, Type: string(v.Type),
		Agreement: string(v.Membership), HalfCount: v.Count.n, HalfUsed: v.Used.n,
		From: from, Until: v.Until.Day, Raw: string(v.Status),
	}
	if v.Status == "expired" && !p.Until.Set {
		if p.Until = v.End.Day; !p.Until.Set {
			p.HalfUsed = max(p.HalfUsed, p.HalfCount)
		}
	}
	return p, nil
}
