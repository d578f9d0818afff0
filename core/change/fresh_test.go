package change_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// ending is Ana in group A by an agreement that ended an hour ago, at a door without validity of its own.
func ending(term change.Term) change.Input {
	in := ana()
	in.Limits.Timed = false
	w := window(-100*hour, -hour)
	in.Edges = []cardea.Edge{edge("a1", cardea.Forever)}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", w, because(cardea.RulePlan, "m-ana", w))}
	in.Term = func(cardea.Reason) (change.Term, bool) { return term, true }
	return in
}

func TestAnEndWaitsUntilItsRecordWasReadAgain(t *testing.T) {
	t.Parallel()
	ends := noon - hour
	for _, c := range []struct {
		name string
		term change.Term
		held bool
	}{
		{"seen long before", change.Term{Ends: ends, Seen: ends - 6*cardea.Minute, Until: noon + cardea.Minute}, true},
		{"seen five minutes before", change.Term{Ends: ends, Seen: ends - 5*cardea.Minute, Until: noon + cardea.Minute}, false},
		{"seen since", change.Term{Ends: ends, Seen: noon, Until: noon + cardea.Minute}, false},
		{"nobody answered in time", change.Term{Ends: ends, Until: noon}, false},
		{"cut by hours, the agreement runs on", change.Term{Ends: noon + hour, Until: noon + 2*hour}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := ending(c.term)
			cs, next := change.Plan(in)
			if len(cs.Operations) != 1 || (held(cs.Operations[0]) == cardea.HeldFresh) != c.held || c.held == (len(cs.Going()) == 1) {
				t.Fatalf("%+v", cs.Operations)
			}
			want := cardea.Never
			if c.held {
				want = c.term.Until
			} else if c.term.Ends > noon {
				want = c.term.Ends
			}
			if next != want {
				t.Fatalf("next is %v, not %v", next, want)
			}
			in.Released = map[cardea.OpKey]bool{cs.Operations[0].Key: true}
			if cs, _ := change.Plan(in); len(cs.Going()) != 1 {
				t.Fatalf("released, and it still waits: %+v", cs.Operations)
			}
		})
	}
	in := ending(change.Term{Ends: ends, Until: noon + cardea.Minute})
	in.Cause = always(cardea.CauseMoved)
	if o := one(t, in); o.Held != nil {
		t.Fatalf("what is known waits: %+v", o.Held)
	}
}

func TestAnnouncedEndsOfAgreementsActForSixHoursOfSilence(t *testing.T) {
	t.Parallel()
	old := change.Term{Ends: noon - hour, Until: noon - 30*cardea.Minute}
	hours := change.Term{Ends: cardea.Never}
	for _, c := range []struct {
		name   string
		silent cardea.Instant
		term   change.Term
		until  cardea.Instant // of the window that was announced
		held   bool
	}{
		{"five hours", 5 * hour, old, -hour, false},
		{"almost six", 6*hour - 1, old, -hour, false},
		{"six", 6 * hour, old, -hour, true},
		{"never known", noon, old, -hour, true},
		{"five hours, but it was to last longer", 5 * hour, old, hour, true},
		{"closing time after a day", 24 * hour, hours, -hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := ending(c.term)
			in.Ledger[0].Reasons[0].Windows = []cardea.Window{window(-100*hour, c.until)}
			in.Blind = map[cardea.GroupID]string{"A": "the agreement records of rnd: its last reading is failed"}
			in.Good = map[cardea.GroupID]cardea.Instant{"A": noon - c.silent}
			cs, next := change.Plan(in)
			if len(cs.Operations) != 1 || (held(cs.Operations[0]) == cardea.HeldEvidence) != c.held {
				t.Fatalf("%+v", cs.Operations)
			}
			if want := in.Good["A"].Add(6 * time.Hour); !c.held && c.term == old && next != want {
				t.Fatalf("next is %v, not %v", next, want)
			}
			if want := noon + c.until; want > noon && next != want {
				t.Fatalf("what was to last longer is looked at again at %v, not %v", next, want)
			}
		})
	}
}

func TestWhatOutlivedTheSilenceGoesThroughTheBrakeAndNotWithoutAPolicy(t *testing.T) {
	t.Parallel()
	silent := func(people, gone int, expire time.Duration) change.Input {
		in := without(people, gone)
		in.Cause = always(cardea.CauseStale)
		in.Policies["A"] = cardea.Policy{Group: "A", Mode: cardea.Exclusive, Ours: true, Expire: expire}
		in.Blind = map[cardea.GroupID]string{"A": "nothing is read"}
		in.Good = map[cardea.GroupID]cardea.Instant{"A": noon - 12*hour}
		return in
	}
	for _, c := range []struct {
		name         string
		people, gone int
		expire       time.Duration
		held         cardea.HoldCode
	}{
		{"one of many after twelve hours", 30, 1, 12 * time.Hour, ""},
		{"everybody", 30, 30, 12 * time.Hour, cardea.HeldBrake},
		{"before its time", 30, 1, 13 * time.Hour, cardea.HeldEvidence},
		{"kept", 30, 1, 0, cardea.HeldEvidence},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cs, _ := change.Plan(silent(c.people, c.gone, c.expire))
			if len(cs.Operations) != c.gone || held(cs.Operations[0]) != c.held {
				t.Fatalf("%+v", cs.Operations)
			}
		})
	}
}
