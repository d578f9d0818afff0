package match

import (
	"cmp"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
)

// decided is what operators said of who is who. Where two decisions contradict each other the later one counts.
type decided struct {
	theirs map[cardea.PersonID]cardea.AccountID
	not    map[claim]bool
	two    map[couple]bool
	// one holds those who are one person, each list sorted, by each of its members.
	one map[cardea.PersonID][]cardea.PersonID
}

// claim is that an account is a person's.
type claim struct {
	person  cardea.PersonID
	account cardea.AccountID
}

// couple is two people, the lower id first.
type couple [2]cardea.PersonID

func coupled(a, b cardea.PersonID) couple { return couple{min(a, b), max(a, b)} }

// read sorts decisions out. Those that were undone say nothing.
func read(ds []cardea.Decision) decided {
	d := decided{
		theirs: map[cardea.PersonID]cardea.AccountID{}, not: map[claim]bool{}, two: map[couple]bool{},
		one: map[cardea.PersonID][]cardea.PersonID{},
	}
	standing := slices.DeleteFunc(slices.Clone(ds), func(o cardea.Decision) bool { return !o.Stands() })
	slices.SortFunc(standing, func(a, b cardea.Decision) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(order(a), order(b)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Person, b.Person),
			cmp.Compare(a.Account, b.Account), cmp.Compare(a.Other, b.Other))
	})
	var unions []couple
	for _, o := range standing {
		who, pair := claim{o.Person, o.Account}, coupled(o.Person, o.Other)
		switch {
		case o.Account != "" && o.Together:
			delete(d.not, who)
			d.theirs[o.Person] = o.Account
			for p, a := range d.theirs {
				if a == o.Account && d.two[coupled(p, o.Person)] {
					delete(d.theirs, p)
				}
			}
		case o.Account != "":
			d.not[who] = true
			if d.theirs[o.Person] == o.Account {
				delete(d.theirs, o.Person)
			}
		case o.Other == "" || o.Other == o.Person:
		case o.Together:
			delete(d.two, pair)
			unions = append(unions, pair)
		default:
			d.two[pair] = true
			unions = slices.DeleteFunc(unions, func(u couple) bool { return u == pair })
			if a := d.theirs[o.Person]; a != "" && d.theirs[o.Other] == a { // unless the decision says whose it is then
				delete(d.theirs, pair[1])
			}
		}
	}
	for _, u := range slices.Backward(unions) { // the latest first: an older one that contradicts it is left out
		d.unite(u)
	}
	d.spread()
	return d
}

// spread keeps whoever is one person with somebody apart from all those whom that one is kept apart from.
func (d *decided) spread() {
	for c := range maps.Clone(d.two) {
		for _, a := range d.with(c[0]) {
			for _, b := range d.with(c[1]) {
				d.two[coupled(a, b)] = true
			}
		}
	}
}

// order has what keeps apart come before what joins, of one instant: apart from one, and the account of the other.
func order(o cardea.Decision) int {
	if o.Together {
		return 1
	}
	return 0
}

// unite makes all of two people's one person, unless two of them are kept apart.
func (d *decided) unite(u couple) {
	all := append(d.with(u[0]), d.with(u[1])...)
	slices.Sort(all)
	all = slices.Compact(all)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if d.two[couple{a, b}] {
				return
			}
		}
	}
	for _, p := range all {
		d.one[p] = all
	}
}

// with is everybody who is this person, the person too.
func (d *decided) with(p cardea.PersonID) []cardea.PersonID {
	if all := d.one[p]; all != nil {
		return slices.Clone(all)
	}
	return []cardea.PersonID{p}
}

// same says whether two are one person.
func (d *decided) same(a, b cardea.PersonID) bool { return a == b || slices.Contains(d.one[a], b) }
