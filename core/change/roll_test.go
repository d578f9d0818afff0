package change_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// TestListOfEverybodyChangesNothing plans the same with the list of everybody, without it, and with lists that are wrong:
// it is a hint and never more.
func TestListOfEverybodyChangesNothing(t *testing.T) {
	t.Parallel()
	in := world(200, false)
	in.Links = in.Links[:150]
	slices.SortFunc(in.Links, func(a, b cardea.Link) int { return cmpStrings(a.Person, b.Person) })
	in.Edges = in.Edges[:400]
	in.Missing = []cardea.NewAccount{{Person: "rnd/person:5f2b000000b49c", Email: "x@x.test"}}
	want, next := change.Plan(in)
	if len(want.Operations) < 100 {
		t.Fatalf("only %d operations", len(want.Operations))
	}
	var all []cardea.PersonID
	for i := range in.Wanted {
		all = append(all, in.Wanted[i].Person)
	}
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	count := func(list []cardea.PersonID) {
		for i := range in.Wanted {
			n, _ := slices.BinarySearch(list, in.Wanted[i].Person)
			in.Wanted[i].Nth = int32(n)
		}
		in.Everybody = list
	}
	check := func(how string) {
		t.Helper()
		got, at := change.Plan(in)
		if diff := cmp.Diff(want, got); diff != "" || at != next {
			t.Errorf("%s: next %v, want %v\n%s", how, at, next, diff)
		}
	}
	count(all)
	check("right")
	count(all[:100])
	check("half of it")
	for i := range in.Wanted {
		in.Wanted[i].Nth = int32(rand.IntN(300))
	}
	check("wrong places")
	slices.Reverse(in.Links)
	check("links in another order")
}

func cmpStrings[S ~string](a, b S) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
