package change_test

import (
	"fmt"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// leaving is a group of people in step of whom the first go, for a cause and after reasons that had these windows.
func leaving(people, gone int, cause cardea.Cause, was cardea.Window) change.Input {
	in := inStep(people)
	in.Cause = always(cause)
	in.Past.Base = map[cardea.GroupID]int{"A": people}
	in.Wanted = in.Wanted[gone:]
	for i := range in.Ledger {
		in.Ledger[i].Window = was
		in.Ledger[i].Reasons = because(cardea.RulePlan, "r", was)
	}
	return in
}

func TestWhatASingleReadSaysOfManyWaitsForASecond(t *testing.T) {
	t.Parallel()
	later, over := window(-1000*hour, 1000*hour), window(-1000*hour, -1)
	for _, c := range []struct {
		name         string
		people, gone int
		cause        cardea.Cause
		was          cardea.Window
		held         bool
	}{
		{"twelve of twenty left", 20, 12, cardea.CauseLeft, later, true},
		{"twelve of twenty are locked", 20, 12, cardea.CauseLocked, later, true},
		{"twelve of twenty were cancelled", 20, 12, cardea.CauseCancelled, later, true},
		{"twelve of twenty end earlier than announced", 20, 12, cardea.CauseEnded, later, true},
		{"twelve of twenty end as announced", 20, 12, cardea.CauseEnded, over, false},
		{"nine of twenty", 20, 9, cardea.CauseLeft, later, false},
		{"twelve of sixty are a fifth", 60, 12, cardea.CauseLeft, later, false},
		{"thirteen of sixty are more", 60, 13, cardea.CauseLeft, later, true},
		{"an operator blocked them", 20, 12, cardea.CauseBlocked, later, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := leaving(c.people, c.gone, c.cause, c.was)
			cs, _ := change.Plan(in)
			if len(cs.Operations) != c.gone {
				t.Fatalf("%d operations", len(cs.Operations))
			}
			want := cardea.HoldCode("")
			if c.held {
				want = cardea.HeldBlink
			}
			for _, o := range cs.Operations {
				if held(o) != want {
					t.Fatalf("held %q, want %q", held(o), want)
				}
			}
			in.Past.Seen = func(cardea.OpKey) bool { return true }
			if cs, _ := change.Plan(in); len(cs.Held()) != 0 {
				t.Fatalf("a second read says so too, and it waits: %+v", cs.Held()[0].Held)
			}
			in.Past.Seen, in.Released = nil, map[cardea.OpKey]bool{cs.Operations[0].Key: true}
			if cs, _ := change.Plan(in); c.held && len(cs.Going()) != 1 {
				t.Fatalf("%d go after one was released", len(cs.Going()))
			}
		})
	}
}

// A door system that holds times is told new ones where another takes people out: that is no smaller thing to do by what one
// read says.
func TestTimesThatASingleReadShortensForManyWaitForASecond(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]cardea.Window{
		"they begin tomorrow": window(12*hour, 1000*hour), "they end tonight": window(-1000*hour, 12*hour),
	} {
		for people, held := range map[int]bool{20: true, 100: false} {
			t.Run(fmt.Sprintf("%s, twelve of %d", name, people), func(t *testing.T) {
				t.Parallel()
				in := inStep(people)
				for i := range in.Wanted[:12] {
					in.Wanted[i].Windows = []cardea.Window{now}
					in.Wanted[i].Reasons = because(cardea.RulePlan, in.Wanted[i].Reasons[0].Record.ID, now)
				}
				cs, _ := change.Plan(in)
				if len(cs.Operations) != 12 || (len(cs.Held()) == 12) != held || (len(cs.Going()) == 12) == held {
					t.Fatalf("%d operations, %d held", len(cs.Operations), len(cs.Held()))
				}
				for _, o := range cs.Held() {
					if o.Verb != cardea.VerbRetime || o.Held.Code != cardea.HeldBlink {
						t.Fatalf("%s is held: %+v", o.Verb, o.Held)
					}
				}
				in.Past.Seen = func(cardea.OpKey) bool { return true }
				if cs, _ := change.Plan(in); len(cs.Going()) != 12 {
					t.Fatalf("a second read says so too, and %d wait", len(cs.Held()))
				}
			})
		}
	}
}
