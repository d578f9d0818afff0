package decide

import "github.com/cardea-access/cardea"

// agreement judges one agreement: PLAN by its plan, RESOURCE, FLOOR, LOCATION and UNIT by its assignments; for its guests
// UNIT alone.
func (j *judge) agreement(i int32) {
	a := &j.x.d.Agreements[i]
	if len(j.x.crowds.paid) > 0 {
		j.paid(i)
	}
	if len(a.Guests) == 0 {
		j.held(i, a.Person, a.Team, false)
		return
	}
	asked := false // the person is one of the guests
	for _, g := range a.Guests {
		switch {
		case g == a.Person:
		case !j.all:
			j.held(i, g, "", true)
		case j.x.people.persons.find(g) == j.person && !asked:
			asked = true
			j.held(i, g, "", true)
		}
	}
	if !asked {
		j.held(i, a.Person, a.Team, false)
	}
}

// held judges an agreement for its holder, or for one of its guests.
func (j *judge) held(i int32, person, team string, guest bool) {
	x, a := j.x, &j.x.d.Agreements[i]
	l := &j.look
	*l = newLook(cardea.RulePlan, a.Key())
	l.guest, l.locked = guest, a.Locked
	if j.all {
		l.gate = x.gateOf(cardea.KindAgreement, j.person)
	}
	l.no(askRecord, x.lost(l.record), l.record)
	switch {
	case a.Approved:
	case a.Closed:
		l.no(askState, cardea.WasCancelled, l.record)
	default:
		l.no(askState, cardea.NotApproved, l.record)
	}
	if j.crowd >= 0 {
		j.crowded(l, j.crowd)
		person = a.Person
	} else {
		j.holds(l, person, team)
	}
	if x.suspended != nil && x.isSuspended(x.people.persons.find(a.Person)) {
		l.locked = true // the payer's lock drops what their contracts give, for all
	}
	if l.says != cardea.Yes && !j.all {
		return
	}
	home := none
	own := x.place(a.Location)
	assignments := x.byHolder.of(i)
	if own < 0 {
		home = x.home(l.holder.person, team)
		if j.crowd >= 0 {
			home = x.home(x.people.persons.find(person), team)
		}
	}

	// An agreement's own location is judged for PLAN; where it has none its zone is that of what it is assigned to.
	l.place, l.zone = own, x.zone(own, x.firstStand(assignments), home)
	l.base, l.pause = x.term(j.days, a, l.zone), x.pause(j.days, a, l.zone)
	if a.Plan != "" && !guest && j.crowd < 0 {
		if !j.tell(l, x.items[0][a.Plan]) {
			j.tellNone(l, cardea.NotMapped, askMapping, cardea.Key{Kind: cardea.KindPlan, ID: a.Plan})
		}
	}
	for _, s := range assignments {
		j.assignment(a, s, own, home)
	}
	if j.all && len(assignments) == 0 && j.assignable() {
		l.rule = cardea.RuleResource
		j.tellNone(l, cardea.NotAssigned, askAssignment, l.record)
	}
}

// assignable says whether the asked group is given by assignments at all.
func (j *judge) assignable() bool {
	return j.x.reached(j.group, cardea.ItemResources, cardea.ItemFloors, cardea.ItemLocations)
}

// assignment judges one assignment of the agreement that is being looked at: the two windows are cut with one another,
// both in the zone of the resource.
func (j *judge) assignment(a *cardea.Agreement, s, own, home int32) {
	x, one := j.x, &j.x.d.Assignments[s]
	l := &j.deeper
	*l = j.look
	l.rule = cardea.RuleResource
	j.via = [2]cardea.Key{one.Key(), {Kind: cardea.KindResource, ID: one.Resource}}
	via := &j.via
	l.via = via[:]
	l.no(askAssignment, x.lost(via[0]), via[0])
	l.no(askAssignment, x.lost(via[1]), via[1])
	r := x.assigned[s]
	if r < 0 {
		l.no(askAssignment, cardea.Dangling, via[1])
	}
	if l.says != cardea.Yes && !j.all {
		return
	}
	if r < 0 {
		if j.assignable() {
			j.tellNone(l, cardea.Dangling, askAssignment, via[1])
		}
		return
	}
	if l.place = x.stand[r]; l.place < 0 {
		l.place = own
	}
	zone := x.zone(l.place, own, home)
	if zone != l.zone {
		l.zone = zone
		l.base, l.pause = x.term(j.days, a, zone), x.pause(j.days, a, zone)
	}
	l.base = l.base.Cut(j.days.between(one.Start, one.End, zone))
	found := false
	ways := x.ways[x.waysOf[r].first:x.waysOf[r].end]
	for i := range ways {
		w := &ways[i]
		if l.guest && w.rule != cardea.RuleUnit || j.crowd >= 0 && w.rule == cardea.RuleUnit {
			continue
		}
		l.rule, via[1] = w.rule, w.item
		found = j.tell(l, w.mappings) || found
	}
	if !found {
		l.rule, via[1] = cardea.RuleResource, cardea.Key{Kind: cardea.KindResource, ID: one.Resource}
		j.tellNone(l, cardea.NotMapped, askMapping, via[1])
	}
}

// firstStand returns the location of the first assigned resource that has one.
func (x *Index) firstStand(assignments []int32) int32 {
	first := none
	for _, s := range assignments {
		r := x.assigned[s]
		if r < 0 || x.stand[r] < 0 {
			continue
		}
		if first < 0 || x.d.Assignments[s].ID < x.d.Assignments[first].ID {
			first = s
		}
	}
	if first < 0 {
		return none
	}
	return x.stand[x.assigned[first]]
}
