package change_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

func TestStaffAndForeignMembersStay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, code string
		set        func(*change.Input)
	}{
		{"staff stray", "staff-in-group", func(in *change.Input) { in.Accounts[0].Staff = "owner" }},
		{"staff in the ledger", "staff-in-group", func(in *change.Input) {
			in.Accounts[0].Staff = "owner"
			in.Ledger = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, nil)}
		}},
		{"foreign", "foreign-member", func(in *change.Input) { in.Edges[0].Foreign = "team" }},
		{"staff in a group without a mapping", "staff-in-group", func(in *change.Input) {
			in.Accounts[0].Staff = "owner"
			in.Ledger, in.Mapped = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, nil)}, nil
		}},
		{"not in the list of accounts", "unknown-account", func(in *change.Input) { in.Accounts, in.Links = nil, nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := ana()
			in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
			c.set(&in)
			if cs, _ := none(t, in); !hasIssue(cs, c.code) {
				t.Fatalf("%+v", cs.Issues)
			}
		})
	}
}

// TestAnEdgeIsNotForgottenBecauseItsAccountIsNotListed: the list of accounts lacks it, the group does not.
func TestAnEdgeIsNotForgottenBecauseItsAccountIsNotListed(t *testing.T) {
	t.Parallel()
	for _, mode := range []cardea.Mode{cardea.Exclusive, cardea.Shared} {
		in := ana()
		in.Accounts, in.Links = nil, nil
		in.Policies["A"] = cardea.Policy{Mode: mode, Ours: true}
		in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
		in.Ledger = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, because(cardea.RulePlan, "m-ana"))}
		in.Cause = always(cardea.CauseVanished)
		if cs, _ := none(t, in); !hasIssue(cs, "unknown-account") {
			t.Errorf("%s: %+v", mode, cs.Issues)
		}
		in.Cause = always(cardea.CauseEnded)
		if o := one(t, in); o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseEnded {
			t.Errorf("%s: what ended is %+v", mode, o)
		}
		in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour))} // for another reason
		if cs, _ := change.Plan(in); len(cs.Operations) > 0 || !hasIssue(cs, "unknown-account") {
			t.Errorf("%s: who has a reason: %+v", mode, cs.Operations)
		}
		in.Wanted = []cardea.Grant{grant("ana", window(hour, 2*hour))} // and not yet
		if cs, next := change.Plan(in); len(cs.Operations) != 1 || next != noon+hour {
			t.Errorf("%s: before the reason opens: %+v, looked at again at %v", mode, cs.Operations, next)
		}
	}
}

func TestStaffAccountIsNeverShortened(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Accounts[0].Staff = "owner"
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour))}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	none(t, in)
	in.Edges = []cardea.Edge{edge("a1", window(-hour, cardea.Minute))}
	if o := one(t, in); o.Verb != cardea.VerbRetime {
		t.Fatalf("an extension is welcome: %+v", o)
	}
}

func TestKeepProtectsWhileItRunsAndAddsNobody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, entry string
		until       cardea.Instant
		goes        bool
	}{
		{"by e-mail", " ANA@x.test ", cardea.Never, false},
		{"by id", "id:a1", noon + hour, false},
		{"somebody else", "bo@x.test", cardea.Never, true},
		{"ended", "id:a1", noon, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := ana()
			in.Policies["A"] = cardea.Policy{Mode: cardea.Exclusive, Ours: true, Keep: []cardea.Keep{{Account: c.entry, Until: c.until}}}
			none(t, in) // nobody is added
			in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
			if !c.goes {
				if _, next := none(t, in); next != c.until {
					t.Fatalf("next is %v", next)
				}
				return
			}
			want := cardea.CauseStray
			if c.until == noon {
				want = cardea.CauseEnded
			}
			if o := one(t, in); o.Verb != cardea.VerbRemove || o.Cause != want {
				t.Fatalf("%+v", o)
			}
		})
	}
}

func TestOnlyBlockBeatsTheKeepList(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Policies["A"] = cardea.Policy{Mode: cardea.Exclusive, Ours: true,
		Keep: []cardea.Keep{{Account: "id:a1", Until: cardea.Never}}}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	in.Cause = always(cardea.CauseLeft)
	none(t, in)
	in.Cause = always(cardea.CauseBlocked)
	if o := one(t, in); o.Cause != cardea.CauseBlocked || o.Deadline != noon+cardea.Minute {
		t.Fatalf("%+v", o)
	}
}
