package change_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

func TestLargeGroupsAreMergedInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, unsorted := range []bool{false, true} {
		in := world(20_000, unsorted)
		if cs, next := none(t, in); len(cs.Issues) != 0 || next != cardea.Never {
			t.Fatalf("unsorted %v: %+v, next %v", unsorted, cs.Issues, next)
		}
		gone := in.Edges[7_000]
		in.Edges = slices.Delete(slices.Clone(in.Edges), 7_000, 7_001)
		if o := one(t, in); o.Verb != cardea.VerbAdd || o.Account != gone.Account || o.Group != gone.Group {
			t.Fatalf("unsorted %v: %+v", unsorted, o)
		}
	}
}

func TestLinkToAnUnlistedAccountStillFindsItsEdge(t *testing.T) {
	t.Parallel()
	in := inStep(5)
	in.Accounts = in.Accounts[3:]
	cs, _ := change.Plan(in)
	if len(cs.Operations) != 0 {
		t.Fatalf("%+v", cs.Operations)
	}
}
