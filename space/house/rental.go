package house

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// units finds numbers that two units of one location share: a door system tells units apart by them.
func (c *checker) units() {
	type place struct{ location, number string }
	first := map[place]cardea.Key{}
	for _, k := range c.keys(cardea.KindResource) {
		v, ok := c.seen[k].(cardea.Resource)
		if !ok || !v.Unit || v.Name == "" {
			continue
		}
		at := place{v.Location, strings.ToLower(strings.Join(strings.Fields(v.Name), " "))}
		if other, taken := first[at]; taken {
			c.find(k, "has the number of "+other.String()+" in the same location", "give one of the two another number")
			continue
		}
		first[at] = k
	}
}

// rental is one agreement on one unit, with the days that both it and its assignment run.
type rental struct {
	agreement   cardea.Key
	first, last cardea.Instant
}

// rentals finds units that are let to two at the same time. A move-out on the day of the next move-in is no overlap.
func (c *checker) rentals() {
	let := map[string][]rental{}
	for _, k := range c.keys(cardea.KindAssignment) {
		s, ok := c.seen[k].(cardea.Assignment)
		a, held := c.seen[cardea.Key{Kind: cardea.KindAgreement, ID: s.Agreement}].(cardea.Agreement)
		unit, is := c.seen[cardea.Key{Kind: cardea.KindResource, ID: s.Resource}].(cardea.Resource)
		if !ok || !held || !is || !unit.Unit || !a.Approved {
			continue
		}
		r := rental{a.Key(), max(opening(a.Start), opening(s.Start)), min(closing(a.End), closing(s.End))}
		if r.first <= r.last {
			let[unit.ID] = append(let[unit.ID], r)
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(let)) {
		rs := let[unit]
		slices.SortFunc(rs, func(a, b rental) int {
			return cmp.Or(cmp.Compare(a.first, b.first), strings.Compare(a.agreement.ID, b.agreement.ID))
		})
		longest := rs[0]
		for _, r := range rs[1:] {
			if r.first < longest.last && r.agreement != longest.agreement {
				c.find(r.agreement, "lets the unit "+unit+" while "+longest.agreement.String()+" still runs",
					"end the earlier one, or list its people as further people of one rental")
			}
			if r.last > longest.last {
				longest = r
			}
		}
	}
}

func opening(d cardea.Day) cardea.Instant {
	if !d.Set {
		return cardea.Always
	}
	return d.At
}

func closing(d cardea.Day) cardea.Instant {
	if !d.Set {
		return cardea.Never
	}
	return d.At
}

// keys lists the keys of a kind, sorted by id.
func (c *checker) keys(kind cardea.Kind) []cardea.Key {
	var out []cardea.Key
	for k := range c.seen {
		if k.Kind == kind {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, compareKeys)
	return out
}
