package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// eachKept is eachDatabase with databases that a second process can open.
func eachKept(t *testing.T, f func(t *testing.T, db database)) {
	t.Helper()
	eachDatabase(t, func(t *testing.T, db database) {
		if db == onSQLite {
			db = kept(t)
		}
		f(t, db)
	})
}

// command runs holds or release as a process of its own beside the rig's, and returns its exit code and what it printed.
func (r *rig) command(answer io.Reader, do func(context.Context, *terminal, settings) error) (code int, out, log string) {
	r.t.Helper()
	var stdout, stderr bytes.Buffer
	getenv := func(name string) string {
		if name == "USER" {
			return "olga"
		}
		return r.term.getenv(name)
	}
	c := &terminal{out: &stdout, err: &stderr, now: time.Now, getenv: getenv, in: answer}
	err := do(context.Background(), c, settings{file: r.set.file, schema: r.set.schema, transport: r.set.transport})
	var exit codeError
	switch {
	case errors.As(err, &exit):
		code = int(exit)
	case err != nil:
		code = exitUsage
		stderr.WriteString(err.Error())
	}
	return code, stdout.String(), stderr.String()
}

// holds lists what waits.
func (r *rig) holds() []desk.Hold {
	r.t.Helper()
	_, out, log := r.command(nil, (&holdsCmd{onHolds{JSON: true}}).do)
	var holds []desk.Hold
	if err := json.Unmarshal([]byte(out), &holds); err != nil {
		r.t.Fatal(err, out, log)
	}
	return holds
}

// let releases and wants this exit code and these texts.
func (r *rig) let(cmd releaseCmd, want int, texts ...string) string {
	r.t.Helper()
	code, out, log := r.command(nil, cmd.do)
	if code != want {
		r.t.Errorf("%+v: exit code %d, want %d: %s%s", cmd, code, want, out, log)
	}
	for _, text := range texts {
		if !strings.Contains(out+log, text) {
			r.t.Errorf("%+v does not say %q: %s%s", cmd, text, out, log)
		}
	}
	return out
}

func holdOf(t *testing.T, holds []desk.Hold, group string, code cardea.HoldCode) desk.Hold {
	t.Helper()
	for _, h := range holds {
		if h.GroupName == group && h.Code == code {
			return h
		}
	}
	t.Fatalf("nothing of %s is held by %s: %+v", group, code, holds)
	return desk.Hold{}
}

// vanish has twelve people with a night membership missing from two readings: the brake holds them in both of their groups.
func vanish(t *testing.T, db database) *rig {
	t.Helper()
	r := tiny(t, db)
	r.hush()
	r.patch(crowd("owl", "night-owl", 0, 30))
	r.sync(desk.InStep)
	r.patch(withdrawn("owl", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
	time.Sleep(16 * time.Minute)
	r.sync(desk.InStep)
	time.Sleep(16 * time.Minute)
	r.sync(desk.Held)
	return r
}

// audited counts the audit lines that say this, and returns the newest.
func (r *rig) audited(what string) (n int, who, detail string) {
	r.t.Helper()
	lines, err := r.app.store.In("default").Audit(context.Background(), 10_000)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, l := range slices.Backward(lines) {
		if l.What == what {
			n, who, detail = n+1, l.Who, string(l.Detail)
		}
	}
	return n, who, detail
}

// TestWhatTheBrakeHoldsIsReleasedInPart has twelve people vanish: one is released, then a group, and nobody else goes.
func TestWhatTheBrakeHoldsIsReleasedInPart(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := vanish(t, db)
			defer r.shut()
			first := cardea.At(time.Now())
			for range 3 { // since when it waits does not move, nor what it is called
				time.Sleep(16 * time.Minute)
				r.sync(desk.Held)
			}
			holds := r.holds()
			if len(holds) != 2 {
				t.Fatalf("%d holds: %+v", len(holds), holds)
			}
			night := holdOf(t, holds, "Night", cardea.HeldBrake)
			if len(night.Operations) != 12 || !night.Releasable || night.Released || !slices.Equal(night.Causes, []cardea.Cause{cardea.CauseVanished}) {
				t.Errorf("%+v", night)
			}
			if night.Since > first || night.Since < first.Add(-time.Minute) {
				t.Errorf("it waits since %s, and began to at %s", night.Since, first)
			}
			_, out, _ := r.command(nil, (&holdsCmd{}).do)
			for _, text := range []string{
				"kisi  Night  " + night.ID, "12 changes, since Mon 23 Nov 09:3", "brake: so many at once is unusual",
				"12 of 32 people would lose Night", "owl 00 <owl-00@x.test>", "Vanished (12) because the space system no longer lists them",
				"cardea release " + night.ID, "times are those of London",
			} {
				if !strings.Contains(out, text) {
					t.Errorf("holds does not say %q: %s", text, out)
				}
			}

			// Nothing goes without a word, and nothing but what is named.
			one := releaseCmd{Person: "Owl-03@x.test", Group: "night"}
			r.let(one, exitPending, "owl 03", "--yes")
			one.DryRun = true
			r.let(one, exitPending, "owl 03", "rehearsal")
			one.DryRun = false
			for answer, want := range map[string]int{"n\n": exitPending, "\n": exitPending, "": exitPending} {
				if code, _, _ := r.command(strings.NewReader(answer), one.do); code != want {
					t.Errorf("answered %q: exit code %d", answer, code)
				}
			}
			if n, _, _ := r.audited("release"); n != 0 {
				t.Errorf("%d releases without a yes", n)
			}
			if code, out, log := r.command(strings.NewReader("y\n"), one.do); code != exitInStep || strings.Contains(out, "owl 04") {
				t.Errorf("%d: %s%s", code, out, log)
			}
			if n, who, detail := r.audited("release"); n != 1 || who != "command line, olga" || !strings.Contains(detail, `"brake":1`) {
				t.Errorf("%d audit lines, the last of %s: %s", n, who, detail)
			}
			waits := r.holds()
			if h := waits[len(waits)-1]; !h.Released || len(h.Operations) != 1 || h.Operations[0].Email != "owl-03@x.test" {
				t.Errorf("what was released is not told: %+v", h)
			}
			r.let(releaseCmd{Person: "owl-03@x.test", Group: "Night", Yes: true}, exitInStep, "Nothing that waits there can be released")

			before, n := r.inside(), r.writes()
			r.sync(desk.Held)
			less := slices.DeleteFunc(slices.Clone(before["Night"]), func(who string) bool { return who == "owl-03" })
			r.wantInside("one was released", with(before, map[string][]string{"Night": less}))
			if s := r.sent(n); len(s) != 1 {
				t.Errorf("written: %v", s)
			}

			// As it was shown first, the hold is no more: who means that list has to look again.
			r.let(releaseCmd{IDs: []string{night.ID}, Yes: true}, exitUsage, "look again")
			night = holdOf(t, r.holds(), "Night", cardea.HeldBrake)
			if len(night.Operations) != 11 {
				t.Errorf("%d still wait", len(night.Operations))
			}
			r.let(releaseCmd{IDs: []string{night.ID}, Yes: true}, exitInStep, "Released: 11 changes", "cardea sync", "owl 00", "owl 11")
			r.sync(desk.Held)
			stay := with(before, map[string][]string{"Night": slices.Concat(names("owl", 12, 30), []string{"dora", "finn"})})
			r.wantInside("a group was released", stay)
			for i, c := range []struct {
				cmd  releaseCmd
				text string
			}{
				{releaseCmd{}, "say what to release"},
				{releaseCmd{All: true, IDs: []string{"x"}}, "not both"},
				{releaseCmd{Group: "Genral access"}, `did you mean "General access"?`},
				{releaseCmd{Person: "owl-30@x.test"}, "nothing waits for"},
				{releaseCmd{onHolds: onHolds{Door: "kissi"}, All: true}, `did you mean "kisi"?`},
			} {
				c.cmd.Yes = true
				r.let(c.cmd, exitUsage, c.text)
				if n, _, _ := r.audited("release"); n != 2 {
					t.Errorf("case %d released", i)
				}
			}
			r.let(releaseCmd{All: true, Yes: true, onHolds: onHolds{JSON: true}}, exitInStep, `"released": 12`)
			r.sync(desk.InStep)
			if holds := r.holds(); len(holds) != 0 {
				t.Errorf("still waiting: %+v", holds)
			}
		})
	})
}

// TestAReleaseCoversOnlyWhatWasShown has three more people vanish after a release.
func TestAReleaseCoversOnlyWhatWasShown(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := vanish(t, db)
			defer r.shut()
			r.let(releaseCmd{Group: "Night", Yes: true}, exitInStep, "Released: 12 changes")
			r.patch(withdrawn("owl", 12, 13, 14))
			for range 2 {
				time.Sleep(16 * time.Minute)
				r.sync(desk.Held)
			}
			r.wantInside("those that were shown", map[string][]string{"Night": append([]string{"dora", "finn"}, names("owl", 12, 30)...)})
			if h := holdOf(t, r.holds(), "Night", cardea.HeldBrake); len(h.Operations) != 3 {
				t.Errorf("%+v", h)
			}
		})
	})
}

// TestAChangeThatComesOutDifferentlyWaitsAgain releases twelve removals, and then the group's mapping goes too.
func TestAChangeThatComesOutDifferentlyWaitsAgain(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := vanish(t, db)
			defer func() { r.shut() }()
			before := r.inside()
			r.let(releaseCmd{Group: "Night", Yes: true}, exitInStep, "Released: 12 changes")
			r.shut()
			owl := r.set.file.Integrations["london"].Mappings.Plans["Night owl"]
			owl.Groups = owl.Groups[:1]
			r.open()
			n := r.writes()
			r.sync(desk.Held)
			r.wantInside("the mapping is gone too", map[string][]string{"Night": before["Night"]})
			if s := r.sent(n); len(s) != 0 {
				t.Errorf("written: %v", s)
			}
			if h := holdOf(t, r.holds(), "Night", cardea.HeldUnmapped); len(h.Operations) != len(before["Night"]) || h.Released {
				t.Errorf("%+v", h)
			}
		})
	})
}

// TestWhatIsWantedNoMoreIsNotDoneForBeingReleased has everybody back before the next run.
func TestWhatIsWantedNoMoreIsNotDoneForBeingReleased(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := vanish(t, db)
			defer r.shut()
			r.let(releaseCmd{All: true, Yes: true}, exitInStep, "Released: 24 changes")
			_, memberships, _ := strings.Cut(crowd("owl", "night-owl", 0, 12), "  memberships:\n")
			r.patch("officernd:\n  memberships:\n" + memberships)
			before, n := r.inside(), r.writes()
			r.sync(desk.InStep)
			r.wantInside("everybody is back", before)
			if s := r.sent(n); len(s) != 0 {
				t.Errorf("written: %v", s)
			}
			if holds := r.holds(); len(holds) != 0 {
				t.Errorf("still waiting: %+v", holds)
			}
		})
	})
}

// TestAnAccountIsMadeWithTheAccessThatIsReleased has a first changeset that nobody approved.
func TestAnAccountIsMadeWithTheAccessThatIsReleased(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t), set(t, `{approve: first}`))
		defer r.shut()
		r.sync(desk.Held)
		h := holdOf(t, r.holds(), "General access", cardea.HeldApproval)
		made := 0
		for _, o := range h.Operations {
			if o.Verb == cardea.VerbCreate {
				made++
			}
		}
		if made == 0 {
			t.Fatalf("no account is shown to be made: %+v", h)
		}
		n := r.writes()
		r.let(releaseCmd{Group: "General access", Person: "dora@x.test", Yes: true}, exitInStep, "new account", "Released: 2 changes")
		r.sync(desk.Held)
		r.wantInside("one was released", map[string][]string{"General access": {"dora", "olga"}, "Night": {}})
		if s := r.sent(n); len(s) != 2 {
			t.Errorf("written: %v", s)
		}
	})
}

// TestAReleaseIsDoneAtOnceByWhoServes releases beside a running server.
func TestAReleaseIsDoneAtOnceByWhoServes(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := vanish(t, kept(t))
		defer r.shut()
		stop := r.serving()
		defer stop()
		time.Sleep(20 * time.Minute)
		n := r.writes()
		r.let(releaseCmd{Person: "owl-05@x.test", Yes: true}, exitInStep, "Released: 2 changes")
		time.Sleep(30 * time.Second)
		if s := r.sent(n); len(s) != 2 {
			t.Errorf("half a minute later %v was written", s)
		}
	})
}

// TestStraysOfTheFirstRunAreReleased has Mallory in four groups before Cardea ever was there.
func TestStraysOfTheFirstRunAreReleased(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, func(*config.File) {})
			defer r.shut()
			r.patch(byHand)
			r.sync(desk.Held)
			before := r.inside()
			r.let(releaseCmd{Person: "mallory@x.test", Group: "Second floor", Code: "first-strays", Yes: true}, exitInStep, "Mallory Moss", "Stray (1)")
			r.let(releaseCmd{Code: "brake", Yes: true}, exitInStep, "Nothing that waits there can be released")
			r.sync(desk.Held)
			r.wantInside("one was released", with(before, map[string][]string{"Second floor": atNine["Second floor"]}))
			r.let(releaseCmd{Person: "kept@x.test", Yes: true}, exitInStep, "Kim Keep")
			r.sync(desk.Held)
			if who := r.inside()["General access"]; slices.Contains(who, "kept") || !slices.Contains(who, "mallory") {
				t.Errorf("General access holds %v", who)
			}
		})
	})
}

// TestWhatAPersonCannotReleaseTellsWhatHelps has a group that is only watched.
func TestWhatAPersonCannotReleaseTellsWhatHelps(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t), set(t, `{groups: {First floor: {mode: watch}}}`))
		defer r.shut()
		r.sync(desk.InStep)
		h := holdOf(t, r.holds(), "First floor", cardea.HeldWatch)
		if h.Releasable || !strings.Contains(h.Mend, "mode") {
			t.Errorf("%+v", h)
		}
		if _, out, _ := r.command(nil, (&holdsCmd{}).do); !strings.Contains(out, "cannot be released. Change the group's mode") {
			t.Error(out)
		}
		r.let(releaseCmd{All: true, Yes: true}, exitInStep, "cannot be released", "Change the group's mode")
		r.let(releaseCmd{IDs: []string{h.ID}, Yes: true}, exitInStep, "cannot be released")
		if n, _, _ := r.audited("release"); n != 0 {
			t.Error("released")
		}
		if _, err := r.app.desk.Release(context.Background(), []desk.Hold{h}, "test"); cardea.ClassOf(err) != cardea.Rejected {
			t.Error(err)
		}
	})
}

// TestAnUnmappedGroupIsReleased takes the only mapping of a group away.
func TestAnUnmappedGroupIsReleased(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer func() { r.shut() }()
			r.sync(desk.InStep)
			r.shut()
			delete(r.set.file.Integrations["london"].Mappings.ByKind(cardea.ItemResources), "London/Office 12")
			r.open()
			r.sync(desk.Held)
			h := holdOf(t, r.holds(), "Office 12", cardea.HeldUnmapped)
			if len(h.Operations) != len(atNine["Office 12"]) {
				t.Errorf("%+v", h)
			}
			r.let(releaseCmd{Person: "hana@x.test", Code: "unmapped", Yes: true}, exitInStep, "Unmapped (1)")
			r.sync(desk.Held)
			r.wantInside("one was released", map[string][]string{"Office 12": {"ivan", "jill", "tess"}})
			r.let(releaseCmd{Code: "unmapped", Yes: true}, exitInStep, "Released: 3 changes")
			r.sync(desk.InStep)
			r.wantInside("all were", map[string][]string{"Office 12": {}})
		})
	})
}

// TestTheRenameOfAUnitIsReleased renames two units and lets one of them be.
func TestTheRenameOfAUnitIsReleased(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			records := append(site(3), tenant("gil", "Gil Gomez"))
			r := storage(t, db, append(records, rental(t, "r1", "gil", "u1")...))
			defer r.shut()
			r.sync(desk.InStep)
			for n, name := range map[int]string{1: "B-1", 2: "B-2"} {
				u := unit(n)
				u.Name = name
				r.house(u)
			}
			r.sync(desk.Held)
			if h := holdOf(t, r.holds(), "A-1", cardea.HeldUnits); len(h.Operations) != 1 || h.Operations[0].Verb != cardea.VerbRenameUnit {
				t.Errorf("%+v", h)
			}
			r.let(releaseCmd{Group: "b-1", Code: "units", Yes: true}, exitInStep, "unit B-1", "from A-1", "Released: 1 change")
			r.sync(desk.Held)
			r.wantUnits("one was released", map[string]string{"B-1": "gil@x.test", "A-2": "", "A-3": ""})
			if _, there := r.units("opentech")["A-1"]; there {
				t.Error("the old unit is still there")
			}
		})
	})
}
