package decide

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// lists are the lists of numbers that belong to the numbers 0 to n-1, one after the other in one array.
type lists struct{ start, items []int32 }

func (l lists) of(i int32) []int32 {
	if i < 0 || int(i)+1 >= len(l.start) {
		return nil
	}
	return l.items[l.start[i]:l.start[i+1]]
}

// listed groups the items 0 to m-1 by key, which is none for those in no list. Items keep their order.
func listed(n, m int, key func(i int) int32) lists {
	l := lists{start: make([]int32, n+1)}
	for i := range m {
		if k := key(i); k >= 0 {
			l.start[k+1]++
		}
	}
	for i := range n {
		l.start[i+1] += l.start[i]
	}
	l.items = make([]int32, l.start[n])
	at := slices.Clone(l.start)
	for i := range m {
		if k := key(i); k >= 0 {
			l.items[at[k]] = int32(i)
			at[k]++
		}
	}
	return l
}

// part is a part of a list.
type part struct{ first, end int32 }

// people numbers everybody in the order of their PersonID: persons, then visitors.
type people struct {
	ids      []cardea.PersonID
	at       []int32 // position in the directory
	persons  table
	visitors table // its numbers begin after the last person
}

// People returns everybody in the directory, sorted: what Grant.Nth counts in. It must not be changed.
func (x *Index) People() []cardea.PersonID { return x.people.ids }

// find returns the number of a person or visitor of a key.
func (p *people) find(k cardea.Key) int32 {
	if k.Kind == cardea.KindVisitor {
		return p.visitor(k.ID)
	}
	return p.persons.find(k.ID)
}

func (p *people) visitor(id string) int32 {
	if i := p.visitors.find(id); i >= 0 {
		return i + int32(len(p.persons.names))
	}
	return none
}

// internPeople numbers people and teams. Teams are known by what people call them: a team without a record is still a
// team, and one that nobody is in is of no interest.
func (x *Index) internPeople() {
	list := x.d.People
	persons, visitors := make([]int32, 0, len(list)), []int32(nil)
	for i := range list {
		if list[i].Visitor {
			visitors = append(visitors, int32(i))
		} else {
			persons = append(persons, int32(i))
		}
	}
	persons, visitors = byID(list, persons), byID(list, visitors)
	p := people{at: append(persons, visitors...)}
	p.ids = make([]cardea.PersonID, len(p.at))
	names := make([]string, len(p.at))
	x.teamOf = make([]int32, len(p.at))
	members := make([]int32, len(p.at)) // the team of those that count in it
	x.teams = make(map[string]int32, len(x.d.Teams))
	length := 0
	for _, i := range p.at {
		length += len(x.d.Connection) + len("/visitor:") + len(list[i].ID)
	}
	var all strings.Builder // the ids stand in one string
	all.Grow(length)
	prefix := x.d.Connection + "/" + string(cardea.KindPerson) + ":"
	last, team := "", none // people of one team often stand together
	var also []named       // people in further teams, by team
	for n, i := range p.at {
		one := &list[i]
		if n == len(persons) {
			prefix = x.d.Connection + "/" + string(cardea.KindVisitor) + ":"
		}
		from := all.Len()
		all.WriteString(prefix)
		all.WriteString(one.ID)
		p.ids[n], names[n] = cardea.PersonID(all.String()[from:]), one.ID
		if one.Team != last {
			last, team = one.Team, x.team(one.Team)
		}
		x.teamOf[n], members[n] = team, none
		present := counts(one) && x.lost(one.Key()) == cardea.Yes
		if present {
			members[n] = team
		}
		if len(one.Teams) > 0 {
			also = x.inMore(also, int32(n), one.Teams, present)
		}
		if one.Suspended {
			x.suspend(int32(n), len(p.ids))
		}
	}
	p.persons, p.visitors = newTable(names[:len(persons)]), newTable(names[len(persons):])
	x.people = p
	x.internTeams()
	x.members = listed(len(x.teams), len(p.ids), func(i int) int32 { return members[i] })
	x.internCrowds(also)
}

// byID puts positions in the order of the ids that stand there. Of who is listed twice the first counts.
func byID(list []cardea.Person, at []int32) []int32 {
	for i := 1; i < len(at); i++ {
		if list[at[i-1]].ID >= list[at[i]].ID {
			slices.SortStableFunc(at, func(a, b int32) int { return strings.Compare(list[a].ID, list[b].ID) })
			return slices.CompactFunc(at, func(a, b int32) bool { return list[a].ID == list[b].ID })
		}
	}
	return at
}

// internTeams gives every team its location. It comes last of those that number teams.
func (x *Index) internTeams() {
	for i := range x.d.Teams {
		t := x.team(x.d.Teams[i].ID)
		for int(t) >= len(x.teamHome) {
			x.teamHome = append(x.teamHome, none)
		}
		if t >= 0 {
			x.teamHome[t] = x.place(x.d.Teams[i].Location)
		}
	}
	for len(x.teamHome) < len(x.teams) {
		x.teamHome = append(x.teamHome, none)
	}
}

// team returns a team's number, making one for a name not seen before.
func (x *Index) team(id string) int32 {
	if id == "" {
		return none
	}
	t, ok := x.teams[id]
	if !ok {
		t = int32(len(x.teams))
		x.teams[id] = t
	}
	return t
}

// counts says whether a person counts among the people of their team while they are there (RULES.md HOLDER).
func counts(p *cardea.Person) bool { return !p.Visitor && p.Status == cardea.Present }

// person returns a person's record.
func (x *Index) person(p int32) *cardea.Person { return &x.d.People[x.people.at[p]] }

// number returns the number of a PersonID, or none for one of another connection or not in the directory.
func (x *Index) number(id cardea.PersonID) int32 {
	connection, key, ok := id.Split()
	if !ok || connection != x.d.Connection {
		return none
	}
	return x.people.find(key)
}

// internAssignments ties assignments to their agreement and resource, and follows the resources upwards.
func (x *Index) internAssignments() {
	names := make([]string, len(x.d.Agreements))
	for i := range names {
		names[i] = x.d.Agreements[i].ID
	}
	x.contracts = newTable(names)
	list := x.d.Assignments
	x.assigned = make([]int32, len(list))
	of := make([]int32, len(list))
	last, contract := none, none
	for i := range list {
		last = x.resources.findAfter(last, list[i].Resource)
		contract = x.contracts.findAfter(contract, list[i].Agreement)
		x.assigned[i], of[i] = last, contract
	}
	x.byHolder = listed(len(x.d.Agreements), len(list), func(i int) int32 { return of[i] })
	x.stand = make([]int32, len(x.d.Resources))
	for r := range x.stand {
		_, x.stand[r] = x.stands(int32(r))
	}
	x.internWays()
}

// at returns the number under a name, or none.
func at(m map[string]int32, name string) int32 {
	if i, ok := m[name]; ok && name != "" {
		return i
	}
	return none
}

// back leads from people and teams to the records that concern them. It is made when first asked for: grants need only
// the other direction.
type back struct {
	agreements, teamAgreements lists
	guests                     lists // agreements that let the person in beside their holder
	bookings, teamBookings     lists
	passes, teamPasses         lists
	pushes                     lists // by person

	bookingAt, passAt, assignAt map[string]int32
}

func (x *Index) backwards() *back {
	x.reverse.Do(func() {
		d, b := &x.d, &x.back
		persons, teams := len(x.people.ids), len(x.teams)
		b.agreements = listed(persons, len(d.Agreements), func(i int) int32 { return x.people.persons.find(d.Agreements[i].Person) })
		b.teamAgreements = listed(teams, len(d.Agreements), func(i int) int32 { return at(x.teams, d.Agreements[i].Team) })
		b.passes = listed(persons, len(d.Passes), func(i int) int32 { return x.people.persons.find(d.Passes[i].Person) })
		b.teamPasses = listed(teams, len(d.Passes), func(i int) int32 { return at(x.teams, d.Passes[i].Team) })
		b.teamBookings = listed(teams, len(d.Bookings), func(i int) int32 { return at(x.teams, d.Bookings[i].Team) })
		var invited, guests []named
		for i := range d.Bookings {
			for p := range x.named(int32(i), true) {
				invited = append(invited, named{p, int32(i)})
			}
		}
		b.bookings = namedBy(persons, invited)
		for i := range d.Agreements {
			for _, g := range d.Agreements[i].Guests {
				guests = append(guests, named{x.people.persons.find(g), int32(i)})
			}
		}
		b.guests = namedBy(persons, guests)
		b.pushes = listed(persons, len(d.Pushes), func(i int) int32 { return x.people.persons.find(d.Pushes[i].Person) })
		b.bookingAt = make(map[string]int32, len(d.Bookings))
		for i := range d.Bookings {
			b.bookingAt[d.Bookings[i].ID] = int32(i)
		}
		b.passAt = make(map[string]int32, len(d.Passes))
		for i := range d.Passes {
			b.passAt[d.Passes[i].ID] = int32(i)
		}
		b.assignAt = make(map[string]int32, len(d.Assignments))
		for i := range d.Assignments {
			b.assignAt[d.Assignments[i].ID] = int32(i)
		}
	})
	return &x.back
}

// named says that a record names a person.
type named struct{ person, record int32 }

// namedBy lists the records by the people they name.
func namedBy(people int, all []named) lists {
	l := listed(people, len(all), func(i int) int32 { return all[i].person })
	for i, n := range l.items {
		l.items[i] = all[n].record
	}
	return l
}
