package nexudus

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

type team struct {
	own

	Name     text `json:"Name"`
	Business ref  `json:"BusinessId"`
	Payer    ref  `json:"PayingMemberId"`
	Shares   flag `json:"ShareTimePasses"`
	Members  refs `json:"TeamMembers"`
}

// record refuses a team that shares its passes with it is not said whom.
func (v team) record() (cardea.Record, error) {
	if v.Shares.yes && !v.Members.known {
		return nil, errors.New("the team shares its passes, and its record does not say who is in it")
	}
	var members []string
	if v.Shares.yes {
		members = sorted(v.Members.ids)
	}
	return cardea.Team{
		ID: v.id(), Name: string(v.Name), Location: string(v.Business), Status: cardea.Present,
		PayingMember: string(v.Payer), SharesPasses: v.Shares.yes,
		Members: members,
	}, nil
}

type coworker struct {
	own

	Name     text `json:"FullName"`
	Email    text `json:"Email"`
	Mobile   text `json:"MobilePhone"`
	Business ref  `json:"InvoicingBusinessId"`
	Teams    refs `json:"Teams"`
	Active   flag `json:"Active"`
	Archived flag `json:"Archived"`
}

// record refuses a coworker of whom it is not said which teams they are in, or whether they are suspended: that is unknown, not
// none. Archived coworkers have left (RULES.md HOLDER); Active is about suspension and about nothing else (LOCK).
func (v coworker) record() (cardea.Record, error) {
	switch {
	case !v.Teams.known:
		return nil, errors.New("the coworker's record does not say their teams")
	case !v.Active.known:
		return nil, errors.New("the coworker's record does not say whether they are active")
	}
	p := cardea.Person{
		ID: v.id(), Name: string(v.Name), Email: string(v.Email), Phone: string(v.Mobile), Location: string(v.Business),
		Status: cardea.Present, Suspended: !v.Active.yes,
	}
	switch {
	case v.Archived.yes:
		p.Status, p.Raw = cardea.Left, "archived"
	case p.Suspended:
		p.Raw = "suspended"
	}
	if ids := sorted(v.Teams.ids); len(ids) > 0 {
		p.Team, p.Teams = ids[0], ids[1:]
		if len(p.Teams) == 0 {
			p.Teams = nil
		}
	}
	return p, nil
}

// sorted puts ids in the order of their numbers, so that the same teams are the same record.
func sorted(ids []string) []string {
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	return ids
}

type visitor struct {
	own

	Name     text   `json:"FullName"`
	Email    text   `json:"Email"`
	Phone    text   `json:"PhoneNumber"`
	Host     ref    `json:"CoworkerId"`
	Approval number `json:"HostApprovalStatus"`
}

// approvals are the words of vendors/nexudus.md 2.12.
var approvals = map[int64]string{1: "not-required", 2: "requested", 3: "rejected", 4: "accepted-and-hold", 5: "accepted"}

// record has a visitor left whom the host has not let in: asked, rejected, or to be held at the reception.
func (v visitor) record() cardea.Record {
	p := cardea.Person{
		ID: v.id(), Visitor: true, Name: string(v.Name), Email: string(v.Email), Phone: string(v.Phone), Host: string(v.Host),
		Status: cardea.Present, Raw: approvals[v.Approval.n],
	}
	switch v.Approval.n {
	case 2, 3, 4:
		p.Status = cardea.Left
	}
	return p
}
