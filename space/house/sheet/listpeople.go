package sheet

import (
	"cmp"
	"strings"

	"github.com/cardea-access/cardea"
)

func (m *lister) member(r *row) {
	p := r.person()
	p.Location = m.place(r)
	p.Team = r.find(m.index, cardea.KindTeam, colTeam, colTeam, p.Location)
	p.Status, p.Raw = r.status(colStatus)
	m.put(r, colEmail, p)
}

func (m *lister) visitor(r *row) {
	p := r.person()
	p.Visitor = true
	p.Host = r.find(m.index, cardea.KindPerson, colPerson, colHost, "")
	m.put(r, colEmail, p)
}

// holder reads who holds something: a person, a team or both.
func (m *lister) holder(r *row) (person, team string) {
	if r.value(colPerson).empty() && r.value(colTeam).empty() {
		r.refuse(colPerson, "there is neither a person nor a team: say who holds it")
	}
	return r.find(m.index, cardea.KindPerson, colPerson, colPerson, ""), r.find(m.index, cardea.KindTeam, colTeam, colTeam, "")
}

// agreement takes one agreement and its assignments. Without an id it is known by holder, plan and start.
func (m *lister) agreement(r *row) {
	person, team := m.holder(r)
	a := cardea.Agreement{
		Name: r.text(colName), Person: person, Team: team, Location: m.place(r),
		Plan: r.find(m.index, cardea.KindPlan, colPlan, colPlan, ""), Approved: r.yes(colApproved, true), Locked: r.yes(colLocked, false),
		Guests: r.findAll(m.index, cardea.KindPerson, colPerson, colFurther, ""),
	}
	if r.value(colStart).empty() {
		r.need(colStart)
	}
	a.Start, a.End = r.days(colStart, colEnd)
	resources := r.findAll(m.index, cardea.KindResource, colResource, colResources, a.Location)
	if a.ID = r.text(colID); a.ID == "" && !r.marred {
		held := cmp.Or(a.Plan, strings.Join(resources, "+"), "-")
		a.ID = strings.Join([]string{cmp.Or(person, team), held, date(a.Start)}, "+")
	}
	if r.marred || !m.put(r, colStart, a) {
		return
	}
	for _, id := range resources {
		m.out = append(m.out, cardea.Assignment{ID: a.ID + "+" + id, Agreement: a.ID, Resource: id, Start: a.Start, End: a.End})
	}
}

// pass takes one set of passes.
func (m *lister) pass(r *row) {
	person, team := m.holder(r)
	p := cardea.Pass{
		Name: r.text(colName), Person: person, Team: team, Personal: r.yes(colPersonal, false), Type: r.text(colKind), Location: m.place(r),
		Agreement: r.find(m.index, cardea.KindAgreement, colAgreement, colAgreement, ""),
		HalfCount: r.halves(colCount), HalfUsed: r.halves(colUsed),
	}
	if r.value(colCount).empty() {
		r.need(colCount)
	}
	p.From, p.Until = r.days(colFrom, colUntil)
	if p.HalfUsed > p.HalfCount {
		r.refuse(colUsed, "more are used than there are: correct one of the two")
	}
	if p.Personal && person == "" {
		r.refuse(colPersonal, "it is personal and names no person: say whose it is")
	}
	home := cmp.Or(p.Location, m.homes[person], m.homes[cardea.Key{Kind: cardea.KindTeam, ID: team}.String()])
	if used, ok := r.point(colUsedOn); ok {
		p.UsedOn = m.usedOn(r, used, home)
	}
	if p.ID = r.text(colID); p.ID == "" && !r.marred {
		p.ID = strings.Join([]string{cmp.Or(person, team), cmp.Or(fold(p.Type), "-"), date(p.From)}, "+")
	}
	m.put(r, colCount, p)
}

// usedOn turns the day of a pass's last use into an instant of that day. The middle of a bare date is that date in the
// zone even where a day begins an hour off.
func (m *lister) usedOn(r *row, p point, home string) cardea.Instant {
	zone := m.clock("", home)
	if !p.fixed && zone == nil {
		r.refuse(colUsedOn, "nothing says in which time zone this is: give the location one, or write the time with its offset")
		return 0
	}
	if p.bare {
		p.bare, p.seconds = false, 12*3600
	}
	return p.on(zone)
}

func date(d cardea.Day) string {
	if !d.Set {
		return "-"
	}
	return d.At.String()[:len("2006-01-02")]
}
