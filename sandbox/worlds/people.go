package worlds

import (
	"fmt"
	"strings"
)

func (w *london) everyone() {
	w.linef("  companies:")
	for i := range companies {
		name := companyFirst[i%len(companyFirst)] + " " + companySecond[i/len(companyFirst)%len(companySecond)]
		at := w.pickSite()
		w.teams, w.teamAt = append(w.teams, name), append(w.teamAt, at)
		w.rec("_id", slug(name), "name", name, "location", w.sites[at].id, "status", "active")
	}
	w.linef("  members:")
	for i := range people {
		m := member{status: "active"}
		if i >= 780 { // people on their own
			m.at = w.pickSite()
		} else {
			team := i % companies
			if i >= 2*companies { // the rest crowds into the first companies: a few are large
				team = int(float64(companies) * w.rng.Float64() * w.rng.Float64())
			}
			m.company, m.at = w.teams[team], w.teamAt[team]
		}
		w.name(&m)
		switch n := w.rng.IntN(100); {
		case n < 4:
			m.status = "former"
		case n < 6:
			m.status = "contact"
		}
		if i%300 == 299 {
			m.email = "" // no address on record
		}
		w.members = append(w.members, m)
		if m.company != "" {
			w.byTeam[m.company] = append(w.byTeam[m.company], i)
		}
		w.rec("_id", m.id, "name", m.name, "email", m.email, "location", w.sites[m.at].id, "company", slug(m.company), "status", m.status)
	}
}

func (w *london) pickSite() int {
	switch n := w.rng.IntN(10); {
	case n < 5:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// name gives a member a name, an e-mail and an id that nobody else has.
func (w *london) name(m *member) {
	s := w.sites[m.at]
	first := firstNames[s.name][w.rng.IntN(len(firstNames[s.name]))]
	last := lastNames[s.name][w.rng.IntN(len(lastNames[s.name]))]
	m.name = first + " " + last
	base := slugID(first) + "." + slugID(last)
	m.id = strings.ReplaceAll(base, ".", "-")
	for n := 2; w.taken[m.id]; n++ {
		m.id = fmt.Sprintf("%s-%d", strings.ReplaceAll(base, ".", "-"), n)
	}
	w.taken[m.id] = true
	domain := "mail.test"
	if m.company != "" {
		domain = slug(m.company) + ".test"
	}
	m.email = strings.ReplaceAll(m.id, "-", ".") + "@" + domain
	if w.rng.IntN(12) == 0 { // as people type them
		m.email = strings.ToUpper(m.email[:1]) + m.email[1:]
	}
}

// memberships writes memberships and keeps the assignments for the list that follows.
func (w *london) memberships() {
	type assignment struct {
		membership, resource string
		start, end           raw
	}
	var assigned []assignment
	w.linef("  memberships:")
	n := 0
	put := func(plan, company, memberID string, at, start, end int, resource string) {
		n++
		id := fmt.Sprintf("ms-%d", n)
		endDay := raw("")
		if end != 0 {
			endDay = w.day(end)
		}
		w.rec("_id", id, "name", plan, "status", "approved", "plan", "plan-"+slug(plan), "location", w.sites[at].id,
			"company", slug(company), "member", memberID, "isPersonal", company == "", "startDate", w.day(start), "endDate", endDay,
			"type", "month_to_month", "intervalLength", "month", "intervalCount", 1, "price", 100)
		if resource != "" {
			assigned = append(assigned, assignment{id, resource, w.day(start), endDay})
		}
	}
	for i, team := range w.teams {
		at := w.teamAt[i]
		if size := len(w.byTeam[team]); size >= 6 && w.office[at] < officesPerSite { // an office for the whole team
			start, end := w.term()
			put("Private office", team, "", at, start, end, officeID(w.sites[at], w.office[at]))
			w.office[at]++
			continue
		}
		for k, m := range w.byTeam[team] {
			start, end := w.term()
			switch {
			case k == 0 && w.desk[at] < desksPerSite && w.rng.IntN(2) == 0:
				put("Dedicated desk", team, w.members[m].id, at, start, end, deskID(w.sites[at], w.desk[at]))
				w.desk[at]++
			case k%7 == 6:
				put("Virtual office", team, w.members[m].id, at, start, end, "")
			default:
				put("Hot desk", team, w.members[m].id, at, start, end, "")
			}
		}
	}
	for _, m := range w.members {
		if m.company != "" {
			continue
		}
		start, end := w.term()
		plan := "Hot desk"
		if w.rng.IntN(4) == 0 {
			plan = "Night owl"
		}
		put(plan, "", m.id, m.at, start, end, "")
	}
	w.linef("  assignments:")
	for i, a := range assigned {
		w.rec("_id", fmt.Sprintf("as-%d", i+1), "membership", a.membership, "resource", a.resource, "startDate", a.start, "endDate", a.end)
	}
}

// term is a membership's start and end in days after the anchor; end 0 = open.
func (w *london) term() (start, end int) {
	start = -30 - w.rng.IntN(700)
	switch n := w.rng.IntN(20); {
	case n == 0: // over
		return start, -1 - w.rng.IntN(20)
	case n == 1: // ends within the week
		return start, w.rng.IntN(bookingDays)
	case n == 2: // begins within the week
		return 1 + w.rng.IntN(bookingDays-1), 0
	case n < 8: // a fixed term
		return start, 30 + w.rng.IntN(300)
	}
	return start, 0
}

func (w *london) passes() {
	w.linef("  passes:")
	for i := range 80 {
		m := w.members[w.rng.IntN(len(w.members))]
		used := w.rng.IntN(6)
		company, personal := slug(m.company), true
		memberID := m.id
		if m.company != "" && i%8 == 0 { // the team's pool
			memberID, personal = "", false
		}
		until := raw("")
		if i%3 == 0 {
			until = w.day(-3 + w.rng.IntN(20))
		}
		w.rec("_id", fmt.Sprintf("pass-%d", i+1), "count", 5, "usedCount", used, "intervalLength", "once", "isPersonal", personal,
			"company", company, "member", memberID, "startDate", w.day(-20), "validFrom", w.day(-20), "validTo", until)
	}
}
