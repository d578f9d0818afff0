package decide

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// Where a vendor has people in several teams, has a team's paying member let everybody in, or has a team share its passes, the
// people whom one holder stands for are worked out here, once. An index without any of it has no crowds and asks nothing.
type crowds struct {
	list    [][]int32         // sorted, each person once
	paid    map[int32]int32   // by paying member: everybody else in each team they pay for
	sharing map[int32]int32   // by holder of a pass: everybody in each team of theirs that shares passes, themselves among them
	further map[int32][]int32 // by person: teams beside the first
	payers  map[int32][]int32 // by team: who pays for it
}

// inMore notes the further teams of a person. Who does not count in them is noted too: an explanation says that they left.
func (x *Index) inMore(also []named, person int32, teams []string, present bool) []named {
	if x.crowds.further == nil {
		x.crowds.further = map[int32][]int32{}
	}
	for _, id := range teams {
		t := x.team(id)
		if t < 0 || t == x.teamOf[person] || slices.Contains(x.crowds.further[person], t) {
			continue
		}
		x.crowds.further[person] = append(x.crowds.further[person], t)
		if present {
			also = append(also, named{person, t})
		}
	}
	return also
}

// internCrowds works out the crowds; also are those who count in a further team.
func (x *Index) internCrowds(also []named) {
	if len(also) > 0 {
		x.members = withMore(x.members, len(x.teams), also)
	}
	c := &x.crowds
	for i := range x.d.Teams {
		t := &x.d.Teams[i]
		if t.PayingMember == "" && !t.SharesPasses || x.lost(t.Key()) != cardea.Yes {
			continue
		}
		team := x.team(t.ID)
		payer := x.people.persons.find(t.PayingMember)
		all := slices.Clone(x.members.of(team))
		if payer >= 0 {
			if c.paid == nil {
				c.paid, c.payers = map[int32]int32{}, map[int32][]int32{}
			}
			c.payers[team] = append(c.payers[team], payer)
			others := slices.DeleteFunc(slices.Clone(all), func(p int32) bool { return p == payer })
			x.gather(c.paid, payer, others)
		}
		if !t.SharesPasses {
			continue
		}
		if c.sharing == nil {
			c.sharing = map[int32]int32{}
		}
		if payer >= 0 && x.present(payer) { // the paying member counts as in the team
			all = append(all, payer)
		}
		for _, p := range all {
			x.gather(c.sharing, p, all)
		}
	}
}

// gather adds people to somebody's crowd.
func (x *Index) gather(of map[int32]int32, who int32, people []int32) {
	at, there := of[who]
	if !there {
		at = int32(len(x.crowds.list))
		x.crowds.list = append(x.crowds.list, nil)
		of[who] = at
	}
	x.crowds.list[at] = together(x.crowds.list[at], people)
}

func (x *Index) present(p int32) bool {
	one := x.person(p)
	return counts(one) && x.lost(one.Key()) == cardea.Yes
}

// withMore adds members to lists by team.
func withMore(l lists, teams int, also []named) lists {
	all := make([]named, 0, len(l.items)+len(also))
	for t := range teams {
		for _, p := range l.of(int32(t)) {
			all = append(all, named{p, int32(t)})
		}
	}
	all = append(all, also...)
	slices.SortFunc(all, func(a, b named) int { return int(a.person - b.person) })
	out := listed(teams, len(all), func(i int) int32 { return all[i].record })
	for i, n := range out.items {
		out.items[i] = all[n].person
	}
	return out
}

// teamsOf returns every team of a person.
func (x *Index) teamsOf(p int32) []int32 {
	var all []int32
	if t := x.teamOf[p]; t >= 0 {
		all = append(all, t)
	}
	return append(all, x.crowds.further[p]...)
}

// isIn says whether a person's record names a team, whether or not they count in it.
func (x *Index) isIn(p, team int32) bool {
	return x.teamOf[p] == team || len(x.crowds.further) > 0 && slices.Contains(x.crowds.further[p], team)
}

// paysFor returns the number of the crowd for which an agreement's holder pays; none where they pay for nobody.
func (x *Index) paysFor(person string) (payer, crowd int32) {
	if len(x.crowds.paid) == 0 || person == "" {
		return none, none
	}
	payer = x.people.persons.find(person)
	if at, is := x.crowds.paid[payer]; is && payer >= 0 {
		return payer, at
	}
	return payer, none
}

// paid judges an agreement for those for whom its holder pays (RULES.md HOLDER): by what it is assigned to, and not by its plan.
func (j *judge) paid(i int32) {
	payer, crowd := j.x.paysFor(j.x.d.Agreements[i].Person)
	if crowd < 0 || j.all && j.person == payer {
		return
	}
	if j.all && !slices.ContainsFunc(j.x.teamsOf(j.person), func(t int32) bool { return slices.Contains(j.x.crowds.payers[t], payer) }) {
		return
	}
	j.crowd = crowd
	j.held(i, "", "", false)
	j.crowd = none
}

// crowded judges whether a crowd lets the asked person in, or anybody when none is asked for.
func (j *judge) crowded(l *look, crowd int32) {
	l.holder.crowd = crowd
	if !j.all || slices.Contains(j.x.crowds.list[crowd], j.person) {
		return
	}
	one := j.x.person(j.person)
	l.no(askHolder, j.x.lost(one.Key()), one.Key())
	l.no(askHolder, cardea.HasLeft, one.Key())
}

// suspend notes that a person is suspended (RULES.md LOCK).
func (x *Index) suspend(p int32, people int) {
	if x.suspended == nil {
		x.suspended = make([]bool, people)
	}
	x.suspended[p] = true
}

// isSuspended says whether a person is.
func (x *Index) isSuspended(p int32) bool { return x.suspended != nil && p >= 0 && x.suspended[p] }
