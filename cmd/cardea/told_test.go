package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// TestAReadingThatFailsSaysWhyOnce cannot reach the space system: one line, and not one for each list.
func TestAReadingThatFailsSaysWhyOnce(t *testing.T) {
	t.Parallel()
	failed := func(kind cardea.Kind, why string) say.Collection {
		return say.Collection{Kind: kind, Grade: cardea.Failed, Why: why}
	}
	got := troubles(desk.SpaceRead{Collections: []say.Collection{
		failed(cardea.KindPerson, "/members: rnd: GET /members was not sent: rnd: POST /token could not reach x"),
		failed(cardea.KindPlan, "/plans: rnd: GET /plans was not sent: rnd: POST /token could not reach x"),
		failed(cardea.KindTeam, "/teams answered 503"), {Kind: cardea.KindFloor, Grade: cardea.Complete},
		{Kind: cardea.KindPass, Grade: cardea.Complete, Suspect: true},
	}})
	want := "people and plans: failed: rnd: POST /token could not reach x|teams: failed: /teams answered 503|passes: suspect"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
	if got := troubles(desk.SpaceRead{Error: "rnd: no such org", Collections: []say.Collection{failed(cardea.KindPlan, "no such org")}}); len(got) > 0 {
		t.Errorf("what the whole reading failed of is said again: %q", got)
	}
}

// TestWhyIsToldOnce tells reasons of several groups in one line, and an account's not beside its access.
func TestWhyIsToldOnce(t *testing.T) {
	t.Parallel()
	op := func(verb cardea.Verb, group, why string) say.Operation {
		return say.Operation{GroupName: group, Operation: cardea.Operation{Verb: verb, Held: &cardea.Hold{Code: cardea.HeldApproval, Why: why}}}
	}
	var out bytes.Buffer
	c := &terminal{out: &out}
	list := []say.Operation{
		op(cardea.VerbCreate, "", madeFor+"B is observed: look"), op(cardea.VerbAdd, "B", "B is observed: look"),
		op(cardea.VerbAdd, "A", "A is observed: look"), op(cardea.VerbAdd, "C", "another reason"),
	}
	c.printWhy(list, newWhys([]say.Batch{{Operations: list}}, say.Clock{}))
	if want := "    ! each of A and B is observed: look\n    ! another reason\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

// TestWhatIsKeptInUTCIsToldInTheZone freezes in London's summer, and reads the issue.
func TestWhatIsKeptInUTCIsToldInTheZone(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-07-06T08:00:00.5Z", func(t *testing.T) {
		r := tiny(t, kept(t))
		defer r.shut()
		zone, err := time.LoadLocation("Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		clock := say.Clock{Zone: zone, Now: cardea.At(time.Now())}
		text := "frozen since 2026-07-06T07:00:00.826055Z until 2027-01-01T00:00:00Z, as version 2026-07-06T says"
		if got, want := clock.Text(text), "frozen since Mon 6 Jul 08:00 until Fri 1 Jan 2027 00:00, as version 2026-07-06T says"; got != want {
			t.Errorf("got %q", got)
		}
		code, _, log := r.command(nil, (&freezeCmd{Reason: "wiring"}).do)
		if code != exitInStep {
			t.Fatal(log)
		}
		if _, err := r.app.desk.Sync(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		_, out, _ := r.command(nil, (&issuesListCmd{}).do)
		if !strings.Contains(out, "frozen since") || strings.Contains(out, "T08:00") {
			t.Errorf("an instant is told raw: %s", out)
		}
	})
}

// TestMistakesAtTheCommandLineSayWhatToDo types rubbish.
func TestMistakesAtTheCommandLineSayWhatToDo(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none.yaml")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no file":        {[]string{"sync", "--config", none}, "name yours with --config FILE"},
		"missing flags":  {[]string{"explain"}, "Run `cardea explain --help`"},
		"a guard":        {[]string{"release", "--code", "nosuch"}, `must be one of "brake"`},
		"a command":      {[]string{"explan"}, `did you mean "explain"?`},
		"nothing at all": {nil, "Usage: cardea <command>"},
	} {
		var said bytes.Buffer
		code := run(t.Context(), c.args, &terminal{out: &said, err: &said, now: time.Now, getenv: func(string) string { return "" }})
		if code != exitUsage || !strings.Contains(said.String(), c.want) {
			t.Errorf("%s: exit code %d: %s", name, code, said.String())
		}
	}
}

// TestNamesThatNobodyBearsAreAnsweredWithTheNearest blocks, asks for hooks and looks at drift before anything ran.
func TestNamesThatNobodyBearsAreAnsweredWithTheNearest(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer r.shut()
		code, out, _ := r.command(nil, (&driftCmd{}).do)
		if code != exitInStep || !strings.Contains(out, "no run has compared it yet") || strings.Contains(out, "in step") {
			t.Errorf("before a run drift says %s", out)
		}
		r.sync(desk.InStep)
		if _, out, _ = r.command(nil, (&driftCmd{}).do); strings.Contains(out, "no run has") || !strings.Contains(out, "in step") {
			t.Errorf("after a run drift says %s", out)
		}
		if _, err := r.app.desk.Block(t.Context(), "anna@x.test", "x", 0, "olga", false); err == nil || !strings.Contains(err.Error(), `did you mean "ana@x.test"?`) {
			t.Errorf("a block of nobody: %v", err)
		}
		if _, err := r.app.desk.Undo(t.Context(), "nope"); cardea.ClassOf(err) != cardea.NotFound || !strings.Contains(err.Error(), "lists the runs") {
			t.Errorf("an undo of no run: %v", err)
		}
		_, err := r.app.desk.HookStanding(t.Context(), "kiso")
		if cardea.ClassOf(err) != cardea.NotFound || !strings.Contains(err.Error(), `did you mean "kisi"?`) {
			t.Errorf("hooks of nothing: %v", err)
		}
	})
}

// TestAnAddressThatIsNoneIsRefused gives a person of a house connection what no mail can reach.
func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	f, err := fieldOf(cardea.KindPerson, "email")
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{"ana@x.test": true, "": true, "notamail": false, "ana@": false} {
		r, err := f.set(cardea.Person{ID: "ana"}, text)
		if (err == nil) != good || good && r.(cardea.Person).Email != text {
			t.Errorf("%q: %v, %+v", text, err, r)
		}
	}
}
