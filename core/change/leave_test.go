package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
)

// partings are rows of one ledger: london's alone, one that annex gave too, one that annex wants now, staff, kept, gone, unseen.
func partings() Input {
	row := func(g cardea.GroupID, a cardea.AccountID, by ...string) cardea.LedgerRow {
		r := cardea.LedgerRow{Group: g, Account: a, Person: cardea.PersonID("rnd/person:" + a), Window: cardea.Forever}
		for _, one := range by {
			r.Reasons = append(r.Reasons, cardea.Reason{Integration: one})
		}
		return r
	}
	in := Input{
		Now: 1000, Door: "kisi", Mapped: []cardea.GroupID{"shared"},
		Groups: []cardea.Group{{ID: "mine", Name: "Mine"}, {ID: "shared", Name: "Shared"}},
		Ledger: []cardea.LedgerRow{
			row("mine", "a", "london"), row("mine", "bare"), row("mine", "boss", "london"), row("mine", "gone", "london"),
			row("mine", "kept", "london"), row("shared", "a", "london"), row("shared", "b", "london", "annex"),
			row("shared", "c", "london"), row("shared", "d", "annex"), row("shared", "bare"), row("blind", "a", "london"),
			row("looked", "a", "london"),
		},
		Accounts: []cardea.Account{{ID: "boss", Staff: "owner"}},
		Policies: map[cardea.GroupID]cardea.Policy{"mine": {Keep: []cardea.Keep{{Account: "id:kept", Until: cardea.Never}}}},
		Observed: map[cardea.GroupID]string{"looked": "london looks on"},
		Wanted:   []cardea.Grant{{Group: "shared", Person: "rnd/person:c", Windows: []cardea.Window{cardea.Forever}}},
		Links:    []cardea.Link{{Person: "rnd/person:c", Account: "c"}},
	}
	for _, r := range in.Ledger {
		if r.Account != "gone" && r.Group != "blind" {
			in.Edges = append(in.Edges, cardea.Edge{Group: r.Group, Account: r.Account, Window: cardea.Forever})
		}
	}
	return in
}

func told(ops []cardea.Operation) map[string]string {
	out := map[string]string{}
	for _, o := range ops {
		out[string(o.Group)+"/"+string(o.Account)] = string(o.Verb) + " " + string(o.Cause)
	}
	return out
}

func TestLeavingTakesOnlyWhatNobodyElseGives(t *testing.T) {
	t.Parallel()
	mine := []cardea.GroupID{"looked", "mine", "shared"}
	unseen := map[cardea.GroupID]bool{"blind": true}
	p := Leave(partings(), "london", mine, unseen, true)
	want := map[string]string{
		"mine/a": "remove leaving", "mine/bare": "remove leaving", "mine/boss": "forget leaving", "mine/gone": "forget leaving",
		"mine/kept": "forget leaving", "shared/a": "remove leaving", "blind/a": "remove leaving", "looked/a": "forget leaving",
	}
	if d := cmp.Diff(want, told(p.Changeset.Operations)); d != "" {
		t.Error(d)
	}
	if len(p.Shared) != 2 || len(p.Stays) != 3 || len(p.Waits) != 0 {
		t.Errorf("%d shared, %d stay, %d wait", len(p.Shared), len(p.Stays), len(p.Waits))
	}
	in := partings()
	in.Frozen = map[cardea.GroupID]string{"mine": "frozen"}
	if p := Leave(in, "london", mine, unseen, true); len(p.Waits) != 5 || len(p.Changeset.Operations) != 3 {
		t.Errorf("frozen: %d wait, %v", len(p.Waits), told(p.Changeset.Operations))
	}
	for _, o := range Leave(partings(), "london", mine, unseen, false).Changeset.Operations {
		if o.Verb.Writes() || o.Cause != cardea.CauseHandedOver {
			t.Errorf("handing over: %s %s for %s", o.Verb, o.Account, o.Cause)
		}
	}
}

func TestNothingPassesAnObservedGroup(t *testing.T) {
	t.Parallel()
	ops := []cardea.Operation{
		{Verb: cardea.VerbAdd, Group: "g"}, {Verb: cardea.VerbRemove, Group: "g", Cause: cardea.CauseBlocked},
		{Verb: cardea.VerbAdopt, Group: "g"}, {Verb: cardea.VerbForget, Group: "g"}, {Verb: cardea.VerbAdd, Group: "other"},
	}
	in := Input{Observed: map[cardea.GroupID]string{"g": "london looks on"}}
	for i, o := range observed(cardea.Changeset{Operations: ops}, &in).Operations {
		if held := o.Held != nil && o.Held.Code == cardea.HeldObserved; held != (o.Group == "g") {
			t.Errorf("%d: %s in %s, held %v", i, o.Verb, o.Group, o.Held)
		}
	}
}
