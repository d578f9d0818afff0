package say

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/cardea-access/cardea"
)

// story is one person, one group and one morning; tests change what they need.
type story struct {
	clock          Clock
	month, meeting cardea.Window
	plan, booking  cardea.Consideration
	x              Explained
}

func tell(t *testing.T) story {
	t.Helper()
	london := zone(t, "Europe/London")
	s := story{clock: Clock{Zone: london, Now: local(london, 11, 22, 9, 37)}}
	s.month = cardea.Window{From: local(london, 11, 1, 0, 0), Until: local(london, 12, 1, 0, 0)}
	s.meeting = cardea.Window{From: local(london, 11, 24, 9, 45), Until: local(london, 11, 24, 11, 15)}
	s.plan = cardea.Consideration{
		Integration: "london", Rule: cardea.RulePlan, Record: cardea.Key{Kind: cardea.KindAgreement, ID: "42"}, Label: "Hot desk",
		Verdict: cardea.Yes, Windows: []cardea.Window{s.month},
		Steps: []cardea.Step{{Asks: "mapping", Says: cardea.Yes}, {Asks: "window", Says: cardea.Yes, Window: &s.month}},
	}
	s.booking = cardea.Consideration{
		Integration: "london", Rule: cardea.RuleBooking, Record: cardea.Key{Kind: cardea.KindBooking, ID: "9"}, Label: "Elephant",
		Verdict: cardea.NotYet, Windows: []cardea.Window{s.meeting},
	}
	s.x = Explained{
		Explanation: cardea.Explanation{Person: "rnd/person:1", Group: "7", At: s.clock.Now},
		Person:      Person{ID: "rnd/person:1", Name: "Ana Lopes"},
		Group:       Group{Door: "kisi", ID: "7", Name: "First floor", Mapped: true},
		Door:        AtDoor{ReadAt: s.clock.Now - 6*cardea.Minute, Account: "ana@x.test", Window: cardea.Forever},
	}
	return s
}

func (s story) consider(open bool, cs ...cardea.Consideration) Explained {
	x := s.x
	x.Explanation.Open, x.Explanation.Considered = open, cs
	if len(cs) > 0 {
		x.Explanation.Change = &cs[0]
	}
	return x
}

func want(t *testing.T, what, got, expected string) {
	t.Helper()
	if got != expected {
		t.Errorf("%s:\n got %s\nwant %s", what, got, expected)
	}
}

func TestYesSaysUntilWhenAndWhy(t *testing.T) {
	t.Parallel()
	s := tell(t)
	x := s.consider(true, s.plan)
	x.Explanation.Window = &s.month
	x.Door.Member = true
	a := Explanation(x, s.clock)
	want(t, "answer", a.Word+": "+a.Sentence,
		"Yes: Ana Lopes may pass First floor now and until Mon 30 Nov 24:00 (London), because of the membership “Hot desk”.")
	want(t, "change", a.Change,
		"It closes when the membership “Hot desk” ends. To keep it open longer, extend that in the space system.")
	want(t, "door", a.Door, "At kisi, Ana Lopes is in First floor.")
	if !a.Agrees || a.Mark != MarkOpen {
		t.Errorf("decided and shown are the same: %+v", a)
	}
	want(t, "line", a.Lines[0].Text, "The membership “Hot desk” gives access from Sun 1 Nov 00:00 until Mon 30 Nov 24:00.")
	want(t, "step", strings.Join(a.Lines[0].Steps, "; "), "mapping: yes; window: yes, from Sun 1 Nov 00:00 until Mon 30 Nov 24:00")
}

func TestYesAtAnotherTime(t *testing.T) {
	t.Parallel()
	s := tell(t)
	x := s.consider(true, s.plan)
	x.Explanation.Window = &s.month
	x.Explanation.At = s.meeting.From
	want(t, "later", Explanation(x, s.clock).Sentence,
		"Ana Lopes may pass First floor on Tue 24 Nov 09:45 and until Mon 30 Nov 24:00 (London), "+
			"because of the membership “Hot desk”.")
	x.Explanation.At = s.month.From
	want(t, "past", Explanation(x, s.clock).Sentence,
		"Ana Lopes could pass First floor on Sun 1 Nov 00:00 and until Mon 30 Nov 24:00 (London), "+
			"because of the membership “Hot desk”.")
}

func TestYesWithoutAnEnd(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.plan.Windows = []cardea.Window{cardea.Forever}
	x := s.consider(true, s.plan)
	x.Explanation.Window = &cardea.Forever
	a := Explanation(x, s.clock)
	want(t, "sentence", a.Sentence,
		"Ana Lopes may pass First floor now and without an end (London), because of the membership “Hot desk”.")
}

func TestNotYetSaysFromWhen(t *testing.T) {
	t.Parallel()
	s := tell(t)
	x := s.consider(false, s.booking)
	x.Explanation.Next = &s.meeting
	a := Explanation(x, s.clock)
	want(t, "answer", a.Word+": "+a.Sentence,
		"Not yet: Ana Lopes may pass First floor from Tue 24 Nov 09:45 until 11:15 (London), because of the booking of “Elephant”.")
	if a.Mark != MarkLater || !a.Agrees {
		t.Errorf("closed here and there: %+v", a)
	}
}

func TestNoLongerSaysSinceWhen(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.plan.Verdict = cardea.Ended
	s.plan.Windows = []cardea.Window{{From: s.month.From, Until: s.clock.Now - 37*cardea.Minute - 9*cardea.Hour}}
	x := s.consider(false, s.plan)
	x.Explanation.Last = &s.plan.Windows[0]
	a := Explanation(x, s.clock)
	want(t, "answer", a.Word+": "+a.Sentence, "No longer: since Sat 21 Nov 24:00 (London) Ana Lopes may not pass First floor, "+
		"because the membership “Hot desk” ended Sat 21 Nov 24:00.")
	want(t, "change", a.Change, "Extend the membership “Hot desk”, or sell a new one, in the space system.")
}

func TestABookingThatIsOverIsBookedAgain(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.booking.Verdict = cardea.Ended
	want(t, "change", Explanation(s.consider(false, s.booking), s.clock).Change, "Book again in the space system, as the booking of “Elephant” is over.")
}

func TestNoSaysWhatWouldChangeIt(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.plan.Verdict = cardea.NotMapped
	a := Explanation(s.consider(false, s.plan), s.clock)
	want(t, "answer", a.Word+": "+a.Sentence,
		"No: Ana Lopes may not pass First floor now, because the membership “Hot desk” is not mapped to First floor.")
	want(t, "change", a.Change, "Map the membership “Hot desk” to First floor in the integration's mappings.")

	a = Explanation(s.consider(false), s.clock)
	want(t, "nothing", a.Sentence, "Ana Lopes may not pass First floor now, because nothing they hold leads to it.")
	if !strings.Contains(a.Change, "mapped to it") {
		t.Errorf("nothing held, and nothing to do: %q", a.Change)
	}
}

func TestEveryVerdictMakesASentence(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, v := range codes(t, "Verdict") {
		for _, r := range codes(t, "Rule") {
			one := s.plan
			one.Verdict, one.Rule, one.Via = cardea.Verdict(v), cardea.Rule(r), []cardea.Key{{Kind: cardea.KindFloor, ID: "f"}}
			a := Explanation(s.consider(v == string(cardea.Yes), one), s.clock)
			for _, text := range []string{a.Sentence, a.Lines[0].Text, a.Change} {
				if text == "" || !strings.HasSuffix(text, ".") || strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") ||
					strings.Contains(text, "..") {
					t.Errorf("%s %s is told as %q", r, v, text)
				}
			}
		}
	}
}

func TestDoorThatDiffers(t *testing.T) {
	t.Parallel()
	s := tell(t)
	open := s.consider(true, s.plan)
	open.Explanation.Window = &s.month
	for name, tc := range map[string]struct {
		change func(*Explained)
		want   string
		agrees bool
	}{
		"never read": {func(x *Explained) { x.Door.ReadAt = 0 }, "What kisi shows is not known yet: it has not been read.", false},
		"not mapped": {
			func(x *Explained) { x.Door.ReadAt, x.Group.Mapped = 0, false },
			"No mapping names First floor: Cardea neither reads nor changes who is in it at kisi.", false,
		},
		"no account": {
			func(x *Explained) { x.Door.Account = "" },
			"At kisi, Ana Lopes has no account that Cardea knows of. That differs from what was decided; the next run looks at it again.", false,
		},
		"planned": {
			func(x *Explained) { x.Door.Waiting = &cardea.Operation{Verb: cardea.VerbAdd} },
			"At kisi, Ana Lopes is not in First floor. That is put right with the next run.", false,
		},
		"held": {
			func(x *Explained) {
				x.Door.Waiting = &cardea.Operation{Verb: cardea.VerbAdd, Held: &cardea.Hold{Code: cardea.HeldApproval}}
			},
			"At kisi, Ana Lopes is not in First floor. A change is held (approval): the group's changes wait for approval. " +
				"Look through the changes and approve them.", false,
		},
		"shut": {
			func(x *Explained) { x.Door.Member, x.Door.Shut = true, true },
			"At kisi, Ana Lopes is in First floor, but the account is disabled there: no door opens until somebody enables it at kisi. " +
				"That differs from what was decided; the next run looks at it again.", false,
		},
		"locked": {
			func(x *Explained) { x.Door.Member, x.Door.Locked, x.Door.Window = true, true, cardea.Forever },
			"At kisi, Ana Lopes is in First floor, but locked: no door opens by it. " +
				"That differs from what was decided; the next run looks at it again.", false,
		},
		"staged": {
			func(x *Explained) { x.Door.Member, x.Door.Window = true, s.meeting },
			"At kisi, Ana Lopes is in First floor ahead of time, from Tue 24 Nov 09:45 until 11:15. " +
				"That differs from what was decided; the next run looks at it again.", false,
		},
		"in step": {
			func(x *Explained) { x.Door.Member, x.Door.Window = true, s.month },
			"At kisi, Ana Lopes is in First floor, from Sun 1 Nov 00:00 until Mon 30 Nov 24:00.", true,
		},
	} {
		x := open
		tc.change(&x)
		a := Explanation(x, s.clock)
		want(t, name, a.Door, tc.want)
		if a.Agrees != tc.agrees {
			t.Errorf("%s: agrees is %v", name, a.Agrees)
		}
	}
	kept := s.consider(false)
	kept.Door.Member, kept.Door.Kept = true, "Cleaning"
	a := Explanation(kept, s.clock)
	want(t, "kept", a.Door, "At kisi, Ana Lopes is in First floor. The keep-list keeps them in: Cleaning.")
	if !a.Agrees {
		t.Error("who is kept is not a difference")
	}
}

func TestHostileNamesStayOnTheirLine(t *testing.T) {
	t.Parallel()
	s := tell(t)
	evil := "Ana\x1b[2J\n\r\u202eLopes\x00\u2028\u200f"
	s.plan.Label, s.plan.Integration = evil, evil
	x := s.consider(true, s.plan)
	x.Explanation.Window = &s.month
	x.Person.Name, x.Group.Name, x.Group.Door, x.Door.Kept, x.Door.Staff = evil, evil, evil, evil, evil
	var b bytes.Buffer
	if err := Write(&b, Explanation(x, s.clock)); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if (unicode.IsControl(r) && r != '\n') || r == '\u202e' || r == '\u2028' || r == '\u200f' {
			t.Errorf("%U reached the terminal", r)
		}
	}
	if lines := strings.Count(b.String(), "\n"); lines != 8 {
		t.Errorf("a name broke a line: %d lines\n%s", lines, b.String())
	}
}

func TestWritesForATerminal(t *testing.T) {
	t.Parallel()
	s := tell(t)
	x := s.consider(true, s.plan, s.booking)
	x.Explanation.Window = &s.month
	var b bytes.Buffer
	if err := Write(&b, Explanation(x, s.clock)); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"Yes: Ana Lopes", "What would change it: ", "At the door: ", "  1. ✓ PLAN",
		"  2. ◷ BOOKING", "[not yet, booking 9]",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("%q is missing in\n%s", part, b.String())
		}
	}
}

func TestReasonNamesItsRecord(t *testing.T) {
	t.Parallel()
	k, floor := cardea.Key{Kind: cardea.KindAgreement, ID: "42"}, cardea.Key{Kind: cardea.KindFloor, ID: "f1"}
	r := cardea.Reason{Rule: cardea.RuleFloor, Record: k, Via: []cardea.Key{floor}}
	want(t, "named", Reason(r, map[cardea.Key]string{k: "Hot desk", floor: "Floor 1"}),
		"the membership “Hot desk” on the floor “Floor 1”")
	want(t, "unnamed", Reason(r, nil), "the membership 42 on the floor f1")
}
