package change

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// seated is a person without an account yet, and their seat.
type seated struct {
	person cardea.PersonID
	seat   seat
}

// roll says where people's grants go. Who stands in the list that the grants' Nth counts in is found there, where one
// look is one read of an array: seats are given out by walking the list and the links, both sorted, side by side. Everybody
// else is found by name, for which an index is made when it is first needed.
type roll struct {
	in       *Input
	places   []int32 // of the links' accounts
	fresh    []seated
	everyone []cardea.PersonID
	seats    []seat // of everyone

	byName index[cardea.PersonID]
	named  []seat // of the names of byName; nil until one is asked for
	found  []int32
}

func newRoll(in *Input, places []int32, fresh []seated) roll {
	r := roll{in: in, places: places, fresh: fresh}
	if in.Everybody == nil || in.Only != nil || !r.line() {
		return r
	}
	for _, f := range fresh {
		if i, known := slices.BinarySearch(r.everyone, f.person); known && r.seats[i] == nowhere {
			r.seats[i] = f.seat
		}
	}
	return r
}

// line seats the list of everybody by walking it and the links side by side. That both are sorted is looked at where it
// matters: where one of them has somebody whom the other does not. False when they are not; then nobody is seated.
func (r *roll) line() bool {
	everyone, links := r.in.Everybody, r.in.Links
	seats, l := make([]seat, len(everyone)), 0
	for i, p := range everyone {
		seats[i] = nowhere
		for l < len(links) {
			c := strings.Compare(string(links[l].Person), string(p))
			if c > 0 {
				break
			}
			if l++; c == 0 {
				seats[i] = seat(r.places[l-1]) // of several links the first; the others are passed over
				break
			}
			if l > 1 && links[l-1].Person < links[l-2].Person {
				return false
			}
		}
		if seats[i] == nowhere && i > 0 && p <= everyone[i-1] {
			return false
		}
	}
	for ; l < len(links); l++ {
		if l > 0 && links[l].Person < links[l-1].Person {
			return false
		}
	}
	r.everyone, r.seats = everyone, seats
	return true
}

// of returns where a grant goes; nowhere for people that match could not seat.
func (r *roll) of(g *cardea.Grant) seat {
	if n := int(g.Nth); n < len(r.everyone) && r.everyone[n] == g.Person {
		return r.seats[n]
	}
	if r.named == nil {
		r.name()
	}
	if i := r.byName.find(g.Person); i >= 0 {
		return r.named[i]
	}
	return nowhere
}

// all appends the seats of a stretch of grants to out. The lists are larger than the caches: in a loop that does nothing
// else, no read of them waits for another.
func (r *roll) all(out []seat, grants *view[cardea.Grant], from, to int) []seat {
	if r.everyone != nil {
		for i := from; i < to; i++ {
			out = append(out, r.of(grants.at(i)))
		}
		return out
	}
	if r.named == nil {
		r.name()
	}
	r.found = r.byName.findAll(r.found[:0], to-from, func(i int) cardea.PersonID { return grants.at(from + i).Person })
	for _, i := range r.found {
		if i < 0 {
			out = append(out, nowhere)
		} else {
			out = append(out, r.named[i])
		}
	}
	return out
}

// name makes the index of names. Of several links of one person the first counts.
func (r *roll) name() {
	names := make([]cardea.PersonID, 0, len(r.places)+len(r.fresh))
	r.named = make([]seat, 0, len(r.places)+len(r.fresh))
	for i, at := range r.places {
		names, r.named = append(names, r.in.Links[i].Person), append(r.named, seat(at))
	}
	for _, f := range r.fresh {
		names, r.named = append(names, f.person), append(r.named, f.seat)
	}
	r.byName = newIndex(names)
}
