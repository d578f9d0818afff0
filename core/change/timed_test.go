package change_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

func TestTimedEdgeCarriesTheCurrentWindow(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(-2*hour, hour), window(3*hour, 4*hour))}
	o := one(t, in)
	if o.Verb != cardea.VerbAdd || o.Window != window(-2*hour, hour) || o.Cause != cardea.CauseGranted ||
		o.Person != "rnd/person:ana" {
		t.Fatalf("%+v", o)
	}
	if _, next := change.Plan(in); next != noon+hour {
		t.Fatalf("next is %v", next)
	}
}

func TestTimedEdgeIsStagedWithinTheHorizonOnly(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(25*hour, 26*hour))}
	if _, next := none(t, in); next != noon+hour {
		t.Fatalf("next is %v", next)
	}
	in.Now += hour
	if o := one(t, in); o.Window != window(25*hour, 26*hour) || o.Due != noon+hour || o.Deadline != noon+25*hour+cardea.Minute {
		t.Fatalf("%+v", o)
	}
}

func TestNoAccountIsMadeBeforeItsWindowMayBeStaged(t *testing.T) {
	t.Parallel()
	in := plain()
	in.Missing = []cardea.NewAccount{{Person: "rnd/person:ana", Email: "ana@x.test"}}
	in.Wanted = []cardea.Grant{grant("ana", window(25*hour, 26*hour))}
	if _, next := none(t, in); next != noon+hour {
		t.Fatalf("next is %v", next)
	}
	in.Limits.InvitesOnCreate = true
	if _, next := none(t, in); next != noon+25*hour {
		t.Fatalf("next is %v", next)
	}
	in.Now = noon + 24*hour
	if _, next := none(t, in); next != noon+25*hour {
		t.Fatalf("next is %v", next)
	}
	in.Now = noon + 25*hour
	cs, _ := change.Plan(in)
	if len(cs.Operations) != 2 || cs.Operations[0].Verb != cardea.VerbCreate || cs.Operations[1].Verb != cardea.VerbAdd {
		t.Fatalf("%+v", cs.Operations)
	}
	if add := cs.Operations[1]; add.Account != "" || add.Person != "rnd/person:ana" {
		t.Fatalf("%+v", add)
	}
	if n := cs.Operations[0].New; n.Starting != noon+25*hour || n.Mails != cardea.MailsDefault {
		t.Fatalf("%+v", n)
	}
}

func TestPeopleWithOneAddressGetOneNewAccountNamedAfterTheMember(t *testing.T) {
	t.Parallel()
	in := plain()
	in.People["rnd/person:b"] = cardea.Person{}
	in.People["rnd/person:a"] = cardea.Person{Visitor: true}
	in.Missing = []cardea.NewAccount{{Person: "rnd/person:a", Email: "x@x.test"}, {Person: "rnd/person:b", Email: "x@x.test"}}
	in.Wanted = []cardea.Grant{grant("a", window(-hour, hour))}
	cs, _ := change.Plan(in)
	if len(cs.Operations) != 2 || cs.Operations[0].New.Person != "rnd/person:b" || cs.Operations[1].Person != "rnd/person:b" {
		t.Fatalf("%+v", cs.Operations)
	}
}

func TestChangedWindowIsOneSilentOperation(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, 4*hour))}
	in.Edges = []cardea.Edge{edge("a1", window(-hour, 2*hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(-hour, 2*hour), in.Wanted[0].Reasons)}
	o := one(t, in)
	if o.Verb != cardea.VerbRetime || o.Window != window(-hour, 4*hour) || o.Was == nil || o.Was.Window != window(-hour, 2*hour) {
		t.Fatalf("%+v", o)
	}
	if o.Mails != cardea.MailsNever || o.Cause != cardea.CauseExtended || o.Deadline != noon+2*hour {
		t.Fatalf("%+v", o)
	}
}

func TestWindowsThatBothBeganAreOne(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(-9*hour, hour))}
	in.Edges = []cardea.Edge{edge("a1", window(-2*hour, hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(-2*hour, hour), nil)}
	none(t, in)
}

func TestFractionsOfASecondAreNoDifference(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(hour+1, 2*hour+999_999))}
	in.Edges = []cardea.Edge{edge("a1", window(hour, 2*hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(hour, 2*hour), nil)}
	if _, next := none(t, in); next != noon+2*hour {
		t.Fatalf("next is %v", next)
	}
}

func TestShortenedWindowCarriesTheCauseOfTheReasonThatWent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		says  cardea.Cause
		was   []cardea.Reason
		want  cardea.Cause
		later cardea.Window
	}{
		{"cancelled", cardea.CauseCancelled, because(cardea.RuleBooking, "gone", window(-hour, 5*hour)),
			cardea.CauseCancelled, window(-hour, 2*hour)},
		{"vanished", cardea.CauseVanished, because(cardea.RuleBooking, "gone", window(-hour, 5*hour)),
			cardea.CauseVanished, window(-hour, 2*hour)},
		{"the record itself names another time", cardea.CauseCancelled, because(cardea.RulePlan, "m-ana", window(-hour, 5*hour)),
			cardea.CauseExtended, window(-hour, 2*hour)},
		{"what went was over", cardea.CauseVanished, because(cardea.RulePlan, "gone", window(-5*hour, -hour)),
			cardea.CauseExtended, window(-hour, 2*hour)},
		{"positive but not only an earlier end", cardea.CauseCancelled, because(cardea.RuleBooking, "gone", window(-hour, 5*hour)),
			cardea.CauseExtended, window(hour, 9*hour)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := ana()
			in.Cause = always(c.says)
			in.Wanted = []cardea.Grant{grant("ana", c.later)}
			in.Edges = []cardea.Edge{edge("a1", window(-hour, 5*hour))}
			in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(-hour, 5*hour), c.was)}
			if o := one(t, in); o.Verb != cardea.VerbRetime || o.Cause != c.want || o.Window != c.later {
				t.Fatalf("%+v", o)
			}
		})
	}
}

func TestWindowShortenedToThePastIsARemoval(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Cause = always(cardea.CauseCancelled)
	in.Wanted = []cardea.Grant{grant("ana", window(-3*hour, -hour))}
	in.Edges = []cardea.Edge{edge("a1", window(-3*hour, 5*hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(-3*hour, 5*hour), in.Wanted[0].Reasons)}
	if o := one(t, in); o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseCancelled ||
		o.Due != noon-hour || o.Deadline != noon-hour+5*cardea.Minute {
		t.Fatalf("%+v", o)
	}
}

func TestHandMadeEdgeLongerThanItsGrantIsAStrayForTheRest(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour))}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	if o := one(t, in); o.Verb != cardea.VerbRetime || o.Cause != cardea.CauseStray {
		t.Fatalf("%+v", o)
	}
	in.Policies["A"] = cardea.Policy{Mode: cardea.Exclusive}
	if o := one(t, in); held(o) != cardea.HeldFirstStrays {
		t.Fatalf("%+v", o)
	}
}

func TestExpiredEdgeIsCleanedAwayOutsideTheBrake(t *testing.T) {
	t.Parallel()
	in := inStep(30)
	in.Wanted = nil
	for i := range in.Edges {
		in.Edges[i].Window.Until = noon
	}
	cs, _ := change.Plan(in)
	if len(cs.Going()) != 30 {
		t.Fatalf("%d go of %d", len(cs.Going()), len(cs.Operations))
	}
	for _, o := range cs.Operations {
		if o.Verb != cardea.VerbClean || o.Cause != cardea.CauseExpired {
			t.Fatalf("%+v", o)
		}
	}
}

func TestExpiredEdgeBecomesTheNextWindow(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Wanted = []cardea.Grant{grant("ana", window(-2*hour, -hour), window(3*hour, 4*hour))}
	in.Edges = []cardea.Edge{edge("a1", window(-2*hour, -hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(-2*hour, -hour), in.Wanted[0].Reasons)}
	if o := one(t, in); o.Verb != cardea.VerbRetime || o.Window != window(3*hour, 4*hour) || o.Cause != cardea.CauseGranted {
		t.Fatalf("%+v", o)
	}
}

func TestBookingBeforeAStagedOneTakesTheEdgeEvenWhenBlind(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Blind = map[cardea.GroupID]string{"A": "bookings are incomplete"}
	in.Wanted = []cardea.Grant{grant("ana", window(-hour, hour), window(3*hour, 4*hour))}
	in.Edges = []cardea.Edge{edge("a1", window(3*hour, 4*hour))}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", window(3*hour, 4*hour), in.Wanted[0].Reasons)}
	if o := one(t, in); o.Verb != cardea.VerbRetime || o.Window != window(-hour, hour) || o.Held != nil {
		t.Fatalf("%+v", o)
	}
}

func TestBookingStartIsTheDeadlineAndNotTheLead(t *testing.T) {
	t.Parallel()
	in := ana()
	w := window(hour, 2*hour)
	g := grant("ana", w)
	g.Reasons = because(cardea.RuleBooking, "b", w)
	g.Reasons[0].Due = []cardea.Instant{noon + hour + 15*cardea.Minute}
	in.Wanted = []cardea.Grant{g}
	if o := one(t, in); o.Deadline != noon+hour+15*cardea.Minute {
		t.Fatalf("deadline %v", o.Deadline)
	}
}

func TestNextIsWhenAWindowBeyondTheHorizonComesNear(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Beyond = noon + 30*hour
	if _, next := none(t, in); next != noon+6*hour {
		t.Fatalf("next is %v", next)
	}
}

func TestPlainSystemsHoldAnEdgeExactlyWhileAWindowIsOpen(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Limits.Timed = false
	in.Wanted = []cardea.Grant{grant("ana", window(hour, 2*hour))}
	if _, next := none(t, in); next != noon+hour {
		t.Fatalf("next is %v", next)
	}
	in.Now = noon + hour
	o := one(t, in)
	if o.Verb != cardea.VerbAdd || o.Due != noon+hour {
		t.Fatalf("%+v", o)
	}
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", o.Window, o.Reasons)}
	if _, next := none(t, in); next != noon+2*hour {
		t.Fatalf("next is %v", next)
	}
	in.Now = noon + 2*hour
	if o := one(t, in); o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseEnded || o.Due != noon+2*hour {
		t.Fatalf("%+v", o)
	}
}

func TestPlainSystemsMakeTheAccountAtTheOpening(t *testing.T) {
	t.Parallel()
	in := plain()
	in.Limits.Timed = false
	in.Missing = []cardea.NewAccount{{Person: "rnd/person:ana"}}
	in.Wanted = []cardea.Grant{grant("ana", window(1, hour))}
	if _, next := none(t, in); next != noon+1 {
		t.Fatalf("next is %v", next)
	}
	in.Now++
	if cs, _ := change.Plan(in); len(cs.Going()) != 2 {
		t.Fatalf("%+v", cs.Operations)
	}
}
