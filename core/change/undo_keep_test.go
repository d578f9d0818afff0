package change_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// TestAStrayThatAnUndoPutBackGoesWhenItsKeepEntryEnds undoes the removal of a stray, keeps the account for an hour, and looks again.
func TestAStrayThatAnUndoPutBackGoesWhenItsKeepEntryEnds(t *testing.T) {
	t.Parallel()
	in := inStep(9)
	in.Accounts = append(in.Accounts, cardea.Account{ID: "z9", Email: "z9@x.test"})
	in.Edges = append(in.Edges, edge("z9", cardea.Forever))
	in.Links = slices.DeleteFunc(in.Links, func(l cardea.Link) bool { return l.Account == "z9" })
	removal := func(in change.Input) cardea.Operation {
		t.Helper()
		cs, _ := change.Plan(in)
		for _, o := range cs.Operations {
			if o.Verb == cardea.VerbRemove && o.Account == "z9" {
				return o
			}
		}
		return cardea.Operation{}
	}
	gone := removal(in)
	if gone.Cause != cardea.CauseStray || gone.Held != nil {
		t.Fatalf("the stray: %+v", gone)
	}
	in.Undone = map[cardea.OpKey]change.Undone{}
	for _, k := range change.Repeats(in, gone) {
		in.Undone[k] = change.Undone{Who: "olga", At: in.Now}
	}
	if o := removal(in); o.Held == nil || o.Held.Code != cardea.HeldUndone {
		t.Errorf("what was undone is not held: %+v", o)
	}
	kept := func(until cardea.Instant) change.Input {
		in := in
		in.Policies = map[cardea.GroupID]cardea.Policy{"A": {
			Group: "A", Mode: cardea.Exclusive, Ours: true, Keep: []cardea.Keep{{Account: "z9@x.test", Note: "night shift", Until: until}},
		}}
		return in
	}
	if o := removal(kept(in.Now + hour)); o.Verb != "" {
		t.Errorf("who is kept goes: %+v", o)
	}
	if o := removal(kept(in.Now - hour)); o.Cause != cardea.CauseEnded || o.Held != nil {
		t.Errorf("after the keep entry: %+v", o)
	}
}
