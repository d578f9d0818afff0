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

func TestNamesThatDifferLittleAreToldApart(t *testing.T) {
	t.Parallel()
	long := "0123456789abcdef0123456789"
	for _, names := range [][]string{
		{"a", "ab", "abc", "b", "ba"},
		{"12345678", "1234567", "123456781", "1234567812345678", "12345678123456781"},
		{"a", "\x00a", "a\x00b", "\x00\x00a"},
		{"a", "a\x00", "a\x00\x00"},
		{"a" + long, "b" + long, "a" + long + "1", "a"},
		{"5f2b" + long[:20], "5f2c" + long[:20], "6f2b" + long[:20]},
		{"p", "p1", "p2"},
	} {
		in := plain()
		for _, n := range names {
			in.Links = append(in.Links, cardea.Link{Person: cardea.PersonID("rnd/person:" + n), Account: cardea.AccountID(n)})
			in.Accounts = append(in.Accounts, cardea.Account{ID: cardea.AccountID(n)})
			g := grant(n, standing())
			in.Wanted = append(in.Wanted, g)
			in.Edges = append(in.Edges, edge(n, standing()))
			in.Ledger = append(in.Ledger, row(n, n, standing(), g.Reasons))
		}
		if cs, _ := none(t, in); len(cs.Issues) != 0 {
			t.Errorf("%q: %+v", names, cs.Issues)
		}
		for i := range names { // nobody is taken for anybody else
			less := in
			less.Links, less.Accounts = slices.Delete(slices.Clone(in.Links), i, i+1), slices.Delete(slices.Clone(in.Accounts), i, i+1)
			less.Edges, less.Ledger = slices.Delete(slices.Clone(in.Edges), i, i+1), slices.Delete(slices.Clone(in.Ledger), i, i+1)
			if cs, _ := none(t, less); !hasIssue(cs, "cannot-be-given") || len(cs.Issues) != 1 {
				t.Errorf("%q without %q: %+v", names, names[i], cs.Issues)
			}
		}
	}
}

func TestSeveralEdgesAndRowsOfOneAccountAreOneSpot(t *testing.T) {
	t.Parallel()
	in := inStep(5)
	expired := window(-5*hour, -hour)
	for _, at := range []int{0, 1, 5} { // before, after, and last of all
		twice := in
		twice.Edges = slices.Insert(slices.Clone(in.Edges), at, edge("a000", expired))
		twice.Ledger = slices.Insert(slices.Clone(in.Ledger), at, row("a000", "000", expired, nil))
		none(t, twice)
	}
}
