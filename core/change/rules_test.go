package change_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

func TestStrangerInAnExclusiveGroupGoes(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	o := one(t, in)
	if o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseStray || o.Person != "" || o.Held != nil || o.Was == nil {
		t.Fatalf("%+v", o)
	}
}

func TestSharedGroupLosesOnlyWhatIsInTheLedger(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Accounts = append(in.Accounts, cardea.Account{ID: "a2"})
	in.Policies["A"] = cardea.Policy{Mode: cardea.Shared, Ours: true}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever), edge("a2", cardea.Forever)}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, nil)}
	if o := one(t, in); o.Verb != cardea.VerbRemove || o.Account != "a1" || o.Cause != cardea.CauseEnded {
		t.Fatalf("%+v", o)
	}
}

func TestSharedGroupKeepsItsHandsOffEdgesOfOthers(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Policies["A"] = cardea.Policy{Mode: cardea.Shared, Ours: true}
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour))}
	for _, w := range []cardea.Window{cardea.Forever, window(-hour, hour)} {
		in.Edges = []cardea.Edge{edge("a1", w)}
		if cs, _ := none(t, in); hasIssue(cs, "edge-not-ours") {
			t.Fatalf("%+v", cs.Issues)
		}
	}
	in.Edges = []cardea.Edge{edge("a1", window(-hour, cardea.Minute))}
	if cs, _ := none(t, in); !hasIssue(cs, "edge-not-ours") {
		t.Fatalf("%+v", cs.Issues)
	}
}

func TestWatchedGroupIsOnlyReported(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Policies["A"] = cardea.Policy{Mode: cardea.Watch, Ours: true}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	o := one(t, in)
	in.Released = map[cardea.OpKey]bool{o.Key: true}
	if o := one(t, in); held(o) != cardea.HeldWatch {
		t.Fatalf("%+v", o)
	}
}

func TestAnEdgeThatAGrantExplainsIsAdoptedInAnExclusiveGroupOnly(t *testing.T) {
	t.Parallel()
	for mode, want := range map[cardea.Mode]int{cardea.Exclusive: 1, cardea.Shared: 0, cardea.Watch: 0} {
		in := ana()
		in.Policies["A"] = cardea.Policy{Mode: mode, Ours: true}
		in.Wanted = []cardea.Grant{grant("ana", standing())}
		in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
		cs, _ := change.Plan(in)
		if len(cs.Operations) != want {
			t.Fatalf("%s: %+v", mode, cs.Operations)
		}
		if want == 1 && (cs.Operations[0].Verb != cardea.VerbAdopt || cs.Operations[0].Verb.Writes() ||
			len(cs.Operations[0].Reasons) != 1) {
			t.Fatalf("%+v", cs.Operations)
		}
	}
}

func TestLedgerRowWithoutItsEdge(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", standing(), nil)}
	if o := one(t, in); o.Verb != cardea.VerbForget || o.Cause != cardea.CauseEnded {
		t.Fatalf("unwanted: %+v", o)
	}
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	if o := one(t, in); o.Verb != cardea.VerbAdd {
		t.Fatalf("wanted: %+v", o)
	}
}

func TestCausesTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cause cardea.Cause
		blind bool // still goes when not everything was read
		brake bool // is counted by the brake
	}{
		{cardea.CauseEnded, false, false},
		{cardea.CauseCancelled, false, false},
		{cardea.CauseDeleted, false, false},
		{cardea.CauseMoved, false, false},
		{cardea.CauseLeft, false, false},
		{cardea.CauseLocked, true, false},
		{cardea.CauseBlocked, true, false},
		{cardea.CauseGate, false, true},
		{cardea.CauseVanished, false, true},
		{cardea.CauseOutOfScope, false, true},
		{cardea.CauseStale, false, true},
		{cardea.CauseStray, false, true},
	} {
		t.Run(string(c.cause), func(t *testing.T) {
			t.Parallel()
			in := inStep(20)
			in.Past.Seen = func(cardea.OpKey) bool { return true } // a second read says so too
			in.Cause = always(c.cause)
			in.Wanted = in.Wanted[12:]
			cs, _ := change.Plan(in)
			if len(cs.Operations) != 12 || cs.Operations[0].Cause != c.cause || cs.Operations[0].Person == "" {
				t.Fatalf("%+v", cs.Operations)
			}
			if braked := len(cs.Going()) == 0; braked != c.brake {
				t.Fatalf("held by the brake: %v", braked)
			}
			in.Blind = map[cardea.GroupID]string{"A": "memberships are incomplete"}
			cs, _ = change.Plan(in)
			if goes := len(cs.Going()) == 12; goes != c.blind {
				t.Fatalf("goes when blind: %v", goes)
			}
		})
	}
}

func TestUnmappedGroupLosesLedgerEdgesOnlyAndAlwaysWaits(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Mapped = nil
	in.Accounts = append(in.Accounts, cardea.Account{ID: "a2"})
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever), edge("a2", cardea.Forever)}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, nil)}
	o := one(t, in)
	if o.Cause != cardea.CauseUnmapped || o.Verb != cardea.VerbRemove || o.Account != "a1" || held(o) != cardea.HeldUnmapped {
		t.Fatalf("%+v", o)
	}
	in.Released = map[cardea.OpKey]bool{o.Key: true}
	if o := one(t, in); o.Held != nil {
		t.Fatalf("%+v", o)
	}
}

// TestAGroupThatIsGoneHasNobodyToTakeOut: neither is anybody asked about it, but for a block, which believes no list.
func TestAGroupThatIsGoneHasNobodyToTakeOut(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Mapped, in.Groups = nil, nil
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, nil)}
	none(t, in)
	in.Blocked = map[cardea.AccountID]cardea.PersonID{"a1": "rnd/person:ana"}
	if o := one(t, in); o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseBlocked || o.Held != nil {
		t.Fatalf("%+v", o)
	}
}

func TestNeverMappedGroupIsUntouched(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Groups = append(in.Groups, cardea.Group{ID: "B"})
	in.Edges = []cardea.Edge{{Group: "B", Account: "a1", Window: cardea.Forever}}
	none(t, in)
}

func TestGroupThatIsGoneIsAnIssueAndNothingElse(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Groups = nil
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", standing(), nil)}
	if cs, _ := none(t, in); !hasIssue(cs, "group-gone") {
		t.Fatalf("%+v", cs.Issues)
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	add := func(in *change.Input) { in.Wanted = []cardea.Grant{grant("ana", standing())} }
	ended := func(in *change.Input) {
		in.Edges = []cardea.Edge{edge("a1", standing())}
		in.Ledger = []cardea.LedgerRow{row("a1", "ana", standing(), nil)}
	}
	vanished := func(in *change.Input) { ended(in); in.Cause = always(cardea.CauseVanished) }
	stray := func(in *change.Input) { in.Edges = []cardea.Edge{edge("a1", standing())} }
	for _, c := range []struct {
		name    string
		approve cardea.Approve
		ours    bool
		set     func(*change.Input)
		want    cardea.HoldCode
	}{
		{"auto, not ours, add", cardea.ApproveAuto, false, add, ""},
		{"auto, not ours, ended", cardea.ApproveAuto, false, ended, ""},
		{"auto, not ours, stray", cardea.ApproveAuto, false, stray, cardea.HeldFirstStrays},
		{"auto, ours, stray", cardea.ApproveAuto, true, stray, ""},
		{"first, not ours, add", cardea.ApproveFirst, false, add, cardea.HeldApproval},
		{"first, not ours, ended", cardea.ApproveFirst, false, ended, cardea.HeldApproval},
		{"first, ours, add", cardea.ApproveFirst, true, add, ""},
		{"nothing said means first", "", false, add, cardea.HeldApproval},
		{"always, ours, add", cardea.ApproveAlways, true, add, cardea.HeldApproval},
		{"always, ours, ended", cardea.ApproveAlways, true, ended, ""},
		{"always, ours, vanished", cardea.ApproveAlways, true, vanished, cardea.HeldApproval},
		{"always, not ours, ended", cardea.ApproveAlways, false, ended, cardea.HeldApproval},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := ana()
			in.Approve = c.approve
			in.Policies["A"] = cardea.Policy{Ours: c.ours}
			c.set(&in)
			o := one(t, in)
			if held(o) != c.want {
				t.Fatalf("%+v", o.Held)
			}
			in.Released = map[cardea.OpKey]bool{o.Key: true}
			if o := one(t, in); o.Held != nil {
				t.Fatalf("released, but %+v", o.Held)
			}
		})
	}
}

func TestNoAccountIsMadeForAdditionsThatWait(t *testing.T) {
	t.Parallel()
	in := plain()
	in.Approve = cardea.ApproveFirst
	in.Policies["A"] = cardea.Policy{}
	in.Missing = []cardea.NewAccount{{Person: "rnd/person:ana"}}
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	cs, _ := change.Plan(in)
	if len(cs.Held()) != 2 || held(cs.Operations[0]) != cardea.HeldApproval {
		t.Fatalf("%+v", cs.Operations)
	}
	for _, o := range cs.Operations {
		if o.Verb == cardea.VerbAdd {
			in.Released = map[cardea.OpKey]bool{o.Key: true}
		}
	}
	if cs, _ := change.Plan(in); len(cs.Going()) != 2 {
		t.Fatalf("%+v", cs.Operations)
	}
}

func TestAnnouncedEndsOfBookingsActWhenBlind(t *testing.T) {
	t.Parallel()
	for rule, goes := range map[cardea.Rule]bool{
		cardea.RuleBooking: true, cardea.RulePass: true, cardea.RuleDayPass: true, cardea.RulePlan: false,
	} {
		in := ana()
		in.Blind = map[cardea.GroupID]string{"A": "bookings are incomplete"}
		in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
		in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(-2*hour, -hour), because(rule, "r", window(-2*hour, -hour)))}
		if o := one(t, in); (o.Held == nil) != goes {
			t.Fatalf("%s: %+v", rule, o.Held)
		}
	}
}

func TestMovedPersonGainsBeforeLosing(t *testing.T) {
	t.Parallel()
	in := inStep(2)
	in.Groups = append(in.Groups, cardea.Group{ID: "B"})
	in.Mapped = append(in.Mapped, "B")
	in.Policies["B"] = cardea.Policy{Ours: true}
	moved := grant("001", standing())
	moved.Group = "B"
	in.Wanted = []cardea.Grant{moved}
	in.Cause = func(p cardea.PersonID, _ cardea.GroupID, _ []cardea.Reason) cardea.Cause {
		if p == "rnd/person:001" {
			return cardea.CauseMoved
		}
		return cardea.CauseBlocked
	}
	cs, _ := change.Plan(in)
	var got []string
	for _, o := range cs.Operations {
		got = append(got, string(o.Verb)+" "+string(o.Account))
	}
	if want := []string{"remove a000", "add a001", "remove a001"}; !slices.Equal(got, want) {
		t.Fatalf("%v", got)
	}
}

func TestBlockedComesBeforeAnOlderEnd(t *testing.T) {
	t.Parallel()
	in := inStep(2)
	in.Wanted = nil
	in.Ledger[0].Window.Until = noon - 5*hour
	in.Cause = func(p cardea.PersonID, _ cardea.GroupID, _ []cardea.Reason) cardea.Cause {
		if p == "rnd/person:001" {
			return cardea.CauseBlocked
		}
		return cardea.CauseEnded
	}
	if cs, _ := change.Plan(in); cs.Operations[0].Cause != cardea.CauseBlocked || cs.Operations[1].Due != noon-5*hour {
		t.Fatalf("%+v", cs.Operations)
	}
}

func TestDecideSayingNothingIsAbsence(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Edges = []cardea.Edge{edge("a1", standing())}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", standing(), nil)}
	for _, f := range []func(cardea.PersonID, cardea.GroupID, []cardea.Reason) cardea.Cause{
		nil, always(""), always(cardea.CauseGranted),
	} {
		in.Cause = f
		if o := one(t, in); o.Cause != cardea.CauseVanished {
			t.Fatalf("%+v", o)
		}
	}
}
