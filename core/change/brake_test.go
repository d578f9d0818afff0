package change_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// without is a group of n in step of whom the first gone have vanished.
func without(n, gone int) change.Input {
	in := inStep(n)
	in.Cause = always(cardea.CauseVanished)
	in.Wanted = in.Wanted[gone:]
	in.Past.Base = map[cardea.GroupID]int{"A": n}
	return in
}

func removals(n int, ago cardea.Instant) []change.Removal {
	out := make([]change.Removal, n)
	for i := range out {
		out[i] = change.Removal{Group: "A", At: noon - ago}
	}
	return out
}

func TestBrakeOnAGroup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		people, gone int
		past         []change.Removal
		held         bool
	}{
		{"one of two", 2, 1, nil, false},
		{"all, being two", 2, 2, nil, true},
		{"all, being one", 1, 1, nil, false},
		{"two of ten", 10, 2, nil, false},
		{"three of ten", 10, 3, nil, true},
		{"three of fifteen are twenty percent", 15, 3, nil, false},
		{"ten of a thousand", 1000, 10, nil, false},
		{"eleven of a thousand", 1000, 11, nil, true},
		{"one more after ten", 1000, 1, removals(10, hour), true},
		{"one more after ten a day ago", 1000, 1, removals(10, 24*hour), false},
		{"one more after ten, almost a day ago", 1000, 1, removals(10, 24*hour-1), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := without(c.people, c.gone)
			in.Past.Removals = c.past
			cs, next := change.Plan(in)
			if braked := len(cs.Going()) == 0; braked != c.held || len(cs.Operations) != c.gone {
				t.Fatalf("held %v: %d of %d go", c.held, len(cs.Going()), len(cs.Operations))
			}
			if c.held != hasIssue(cs, "brake") {
				t.Fatalf("issues %+v", cs.Issues)
			}
			if c.held && c.past != nil && next != c.past[0].At+24*hour {
				t.Fatalf("next is %v", next)
			}
		})
	}
}

func TestBrakeHoldsItsSliceOnly(t *testing.T) {
	t.Parallel()
	in := without(100, 12)
	in.Cause = func(p cardea.PersonID, _ cardea.GroupID, _ []cardea.Reason) cardea.Cause {
		if p == "rnd/person:000" {
			return cardea.CauseLeft
		}
		return cardea.CauseVanished
	}
	in.Links = append(in.Links, cardea.Link{Person: "rnd/person:new", Account: "zz"})
	in.Wanted = append(in.Wanted, grant("new", standing()))
	cs, _ := change.Plan(in)
	if len(cs.Held()) != 11 || len(cs.Going()) != 2 {
		t.Fatalf("%d held, %d go", len(cs.Held()), len(cs.Going()))
	}
	if why := cs.Held()[0].Held.Why; !strings.Contains(why, "11 of 100") || !strings.Contains(why, "First floor") {
		t.Fatalf("%s", why)
	}
}

func TestReleasedOperationsPassTheBrake(t *testing.T) {
	t.Parallel()
	in := without(100, 12)
	cs, _ := change.Plan(in)
	in.Released = map[cardea.OpKey]bool{cs.Operations[0].Key: true}
	if cs, _ := change.Plan(in); len(cs.Going()) != 1 || len(cs.Held()) != 11 {
		t.Fatalf("%d go", len(cs.Going()))
	}
}

func TestBrakeOnTheWholeRun(t *testing.T) {
	t.Parallel()
	// Two of each of six groups of nine: no group is held, the run is.
	in := plain()
	in.Cause = always(cardea.CauseVanished)
	in.Groups, in.Mapped = nil, nil
	in.Past.Base = map[cardea.GroupID]int{}
	for _, g := range []cardea.GroupID{"A", "B", "C", "D", "E", "F"} {
		one := inStep(9)
		in.Links, in.Accounts = one.Links, one.Accounts
		in.Groups, in.Mapped = append(in.Groups, cardea.Group{ID: g}), append(in.Mapped, g)
		in.Policies[g] = cardea.Policy{Ours: true}
		in.Past.Base[g] = 9
		for i := range one.Edges {
			one.Wanted[i].Group, one.Edges[i].Group, one.Ledger[i].Group = g, g, g
		}
		in.Wanted = append(in.Wanted, one.Wanted[2:]...)
		in.Edges = append(in.Edges, one.Edges...)
		in.Ledger = append(in.Ledger, one.Ledger...)
	}
	cs, _ := change.Plan(in)
	if len(cs.Held()) != 12 || !hasIssue(cs, "brake") {
		t.Fatalf("%d held", len(cs.Held()))
	}
	in.Past.Base["A"] = 40 // 12 of 85 are under a fifth
	if cs, _ := change.Plan(in); len(cs.Going()) != 12 {
		t.Fatalf("%d go", len(cs.Going()))
	}
}

func TestBrakeOnAdditionsAfterAMappingChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		come     int
		there    int
		remapped bool
		first    bool
		held     bool
	}{
		{"twenty-five", 25, 0, true, false, false},
		{"twenty-six", 26, 0, true, false, true},
		{"twenty-six beside fifty-two", 26, 52, true, false, false},
		{"not because of a mapping", 60, 0, false, false, false},
		{"on the first run", 60, 0, true, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := inStep(c.come + c.there)
			in.Edges, in.Ledger = in.Edges[:c.there], in.Ledger[:c.there]
			in.FirstRun = c.first
			in.Past.Remapped = map[cardea.GroupID]bool{"A": c.remapped}
			cs, _ := change.Plan(in)
			if len(cs.Operations) != c.come || (len(cs.Going()) == 0) != c.held {
				t.Fatalf("%d go of %d", len(cs.Going()), len(cs.Operations))
			}
		})
	}
}

func TestKeptAndStagedEdgesAreNotCounted(t *testing.T) {
	t.Parallel()
	// Three of twelve would be held; the other nine are kept or staged, so three are all that count.
	in := without(14, 3)
	in.Past.Base = nil
	for i := 3; i < 14; i++ {
		in.Wanted[i-3].Windows = []cardea.Window{window(hour, 2*hour)}
		in.Edges[i].Window = window(hour, 2*hour)
	}
	if cs, _ := change.Plan(in); len(cs.Held()) != 3 {
		t.Fatalf("%d held", len(cs.Held()))
	}
}
