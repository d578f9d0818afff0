package change_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// flips say that an entry was set right so often within the last hours, a quarter of an hour apart.
func flips(account cardea.AccountID, n int) []cardea.Flip {
	var out []cardea.Flip
	for i := range n {
		out = append(out, cardea.Flip{Group: "A", Account: account, At: noon - cardea.Instant(i+1)*hour/4})
	}
	return out
}

// takenOut is a group of thirty of whom the first entries are gone from the door system.
func takenOut(n int) change.Input {
	in := inStep(30)
	in.Edges = in.Edges[n:]
	return in
}

// putIn is a group of thirty with one person more in it, of whom nobody knows anything.
func putIn() change.Input {
	in := inStep(30)
	in.Accounts = append(in.Accounts, cardea.Account{ID: "b1", Email: "bob@x.test"})
	in.Edges = append(in.Edges, edge("b1", cardea.Forever))
	return in
}

func TestWhatSomebodyElseKeepsUndoingIsHeldInsteadOfFought(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		in    change.Input
		flips []cardea.Flip
		held  bool
	}{
		{"one hand edit", takenOut(1), nil, false},
		{"thirty at once by one hand", takenOut(30), nil, false},
		{"twice set right before", takenOut(1), flips("a000", 2), false},
		{"three times set right before", takenOut(1), flips("a000", 3), true},
		{"three times, but another's", takenOut(1), flips("a020", 3), false},
		{"three times, but yesterday", takenOut(1), []cardea.Flip{
			{Group: "A", Account: "a000", At: noon - 25*hour}, {Group: "A", Account: "a000", At: noon - 26*hour},
			{Group: "A", Account: "a000", At: noon - 27*hour}}, false},
		{"three times in another group", takenOut(1), []cardea.Flip{
			{Group: "B", Account: "a000", At: noon - 1}, {Group: "B", Account: "a000", At: noon - 2}, {Group: "B", Account: "a000", At: noon - 3}}, false},
		{"a stray put back three times", putIn(), flips("b1", 3), true},
		{"a stray put back twice", putIn(), flips("b1", 2), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.in.Past.Flips = c.flips
			c.in.Brake = cardea.Brake{Window: cardea.DefaultBrake.Window, Group: cardea.BrakeLimit{Count: 100}}
			cs, _ := change.Plan(c.in)
			if len(cs.Operations) == 0 {
				t.Fatal("nothing is planned")
			}
			for _, o := range cs.Operations {
				if got := held(o) == cardea.HeldFought; got != c.held {
					t.Fatalf("held by %q, want contested: %v", held(o), c.held)
				}
			}
			if hasIssue(cs, "second-writer") != c.held {
				t.Errorf("issues %+v", cs.Issues)
			}
		})
	}
}

// TestManyEntriesThatComeBackOnceAreAFight has ten people taken out, put back, and taken out again.
func TestManyEntriesThatComeBackOnceAreAFight(t *testing.T) {
	t.Parallel()
	for _, n := range []int{9, 10} {
		in := takenOut(n)
		for i := range n {
			in.Past.Flips = append(in.Past.Flips, cardea.Flip{Group: "A", Account: in.Accounts[i].ID, At: noon - hour})
		}
		cs, _ := change.Plan(in)
		if got := len(cs.Held()); (got == n) != (n == 10) {
			t.Errorf("%d came back once: %d wait", n, got)
		}
	}
	in := takenOut(0) // set right, and so they stayed
	for i := range 20 {
		in.Past.Flips = append(in.Past.Flips, cardea.Flip{Group: "A", Account: in.Accounts[i].ID, At: noon - hour})
	}
	none(t, in)
}

// TestAFightHoldsNoRevocation has a group that is contested for one entry while others are to go and to come.
func TestAFightHoldsNoRevocation(t *testing.T) {
	t.Parallel()
	in := takenOut(1)
	in.Past.Flips = flips("a000", 3)
	in.Wanted = in.Wanted[:28] // 28 ends, 29 is blocked
	in.Blocked = map[cardea.AccountID]cardea.PersonID{"a029": "rnd/person:029"}
	in.Links = append(in.Links, cardea.Link{Person: "rnd/person:new", Account: "n1"})
	in.Accounts = append(in.Accounts, cardea.Account{ID: "n1"})
	in.Wanted = append(in.Wanted, grant("new", standing()))
	cs, _ := change.Plan(in)
	want := map[cardea.AccountID]cardea.HoldCode{"a000": cardea.HeldFought, "n1": cardea.HeldFought, "a028": "", "a029": ""}
	if len(cs.Operations) != len(want) {
		t.Fatalf("%+v", cs.Operations)
	}
	for _, o := range cs.Operations {
		if w, known := want[o.Account]; !known || held(o) != w {
			t.Errorf("%s %s: held %q, want %q", o.Verb, o.Account, held(o), w)
		}
	}
}

// TestWhatIsContestedStaysSoUntilItIsReleased is looked at when the flips are long past.
func TestWhatIsContestedStaysSoUntilItIsReleased(t *testing.T) {
	t.Parallel()
	in := takenOut(1)
	in.Past.Contested = map[cardea.GroupID]change.Contest{"A": {Since: noon - 100*hour, Why: "as it was told first"}}
	o := one(t, in)
	if held(o) != cardea.HeldFought || o.Held.Why != "as it was told first" {
		t.Fatalf("held %+v", o.Held)
	}
	in.Released = map[cardea.OpKey]bool{o.Key: true}
	if o := one(t, in); o.Held != nil {
		t.Errorf("released, and held by %+v", o.Held)
	}
	in.Edges = inStep(30).Edges // nothing is left to fight over
	in.Wanted = append(in.Wanted, grant("new", standing()))
	in.Links = append(in.Links, cardea.Link{Person: "rnd/person:new", Account: "n1"})
	in.Accounts = append(in.Accounts, cardea.Account{ID: "n1"})
	if o := one(t, in); o.Held != nil {
		t.Errorf("somebody new waits: %+v", o.Held)
	}
}

// TestAFightIsOverWhenItsDayIs plans at the instant that was named as the next.
func TestAFightIsOverWhenItsDayIs(t *testing.T) {
	t.Parallel()
	in := takenOut(1)
	in.Past.Flips = flips("a000", 3)
	_, next := change.Plan(in)
	if want := noon - 3*hour/4 + 24*hour; next != want {
		t.Fatalf("next %s, want %s", next, want)
	}
	in.Now = next - 1
	if o := one(t, in); held(o) != cardea.HeldFought {
		t.Errorf("just before: %+v", o.Held)
	}
	in.Now = next
	if o := one(t, in); o.Held != nil {
		t.Errorf("then: %+v", o.Held)
	}
}
