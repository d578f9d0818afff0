package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// fought is a house in which another bridge goes on writing to Night: between any two runs it takes one of Cardea's people out
// and puts one of its own in.
func fought(t *testing.T, db database) *hand {
	t.Helper()
	r := tiny(t, db)
	h := &hand{rig: r}
	r.patch(crowd("owl", "night-owl", 0, 30))
	r.patch("kisi: {users: [{id: 901, name: Mallory Moss, email: mallory@x.test}]}")
	r.sync(desk.InStep)
	h.run(desk.InStep)
	return h
}

// bridge does what the other bridge does, as far as it is not so already.
func (h *hand) bridge() {
	h.t.Helper()
	in := h.inside()["Night"]
	if slices.Contains(in, "owl-00") {
		h.take("owl-00", "Night")
	}
	if !slices.Contains(in, "mallory") {
		h.put("mallory", "Night")
	}
}

func (h *hand) second(result desk.Result) (string, bool) {
	for _, i := range result.Doors[0].Issues {
		if i.Code == "second-writer" {
			return i.Text, true
		}
	}
	return "", false
}

// TestAnotherBridgeIsNotFoughtForEver has it undo everything. It is held after the third time, nothing is sent to the group any
// more, others go on, what ends there ends, and a release lets it go on when the bridge is off.
func TestAnotherBridgeIsNotFoughtForEver(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			h := fought(t, db)
			defer h.shut()
			for i := range 3 {
				h.bridge()
				result := h.run(desk.InStep)
				if in := h.inside()["Night"]; slices.Contains(in, "mallory") || !slices.Contains(in, "owl-00") {
					t.Fatalf("time %d was not set right: %v%s", i+1, in, brief(result))
				}
				if text, told := h.second(result); told {
					t.Fatalf("time %d is called a fight: %s", i+1, text)
				}
			}
			h.bridge()
			var texts []string
			for i := range 5 {
				result := h.run(desk.Held)
				text, told := h.second(result)
				if !told || !strings.Contains(text, "Night") || !strings.Contains(text, "cardea release") {
					t.Fatalf("run %d tells %q: %s", i+1, text, brief(result))
				}
				texts = append(texts, text)
				for _, o := range result.Doors[0].Operations {
					if o.GroupName == "Night" && o.Verb.Writes() && o.Held == nil {
						t.Errorf("run %d fights on: %s %s", i+1, o.Verb, o.Email)
					}
				}
				if in := h.inside()["Night"]; !slices.Contains(in, "mallory") || slices.Contains(in, "owl-00") {
					t.Errorf("run %d fought on: %v", i+1, in)
				}
			}
			if len(slices.Compact(texts)) != 1 {
				t.Errorf("told otherwise each time: %q", texts)
			}
			wantNamed(t, "while it is contested", h.drift(), seeded, "contested Night/: waits",
				"stray Night/mallory: waits", "taken-out Night/owl-00: waits")
			if counts, _ := h.noted(); counts[cardea.Contested] != 1 {
				t.Errorf("noted %v", counts)
			}

			// Another group goes on, and in this one who is to go goes.
			h.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-20}, {_id: ms-owl-05, endDate: 2026-11-20}, " +
				"{_id: ms-dan, startDate: 2026-11-20}]}")
			h.run(desk.Held)
			in := h.inside()
			if slices.Contains(in["General access"], "joe") || !slices.Contains(in["General access"], "dan") {
				t.Errorf("General access holds %v", in["General access"])
			}
			if slices.Contains(in["Night"], "owl-05") {
				t.Errorf("a revocation waits: %v", in["Night"])
			}

			// A day later it is no less contested. Released, it goes on.
			time.Sleep(25 * time.Hour)
			h.run(desk.Held)
			hold := holdOf(t, h.holds(), "Night", cardea.HeldFought)
			if len(hold.Operations) != 2 || !hold.Releasable {
				t.Errorf("held %+v", hold)
			}
			h.let(releaseCmd{Code: "contested", Yes: true}, 0, "Released: 2 changes")
			h.run(desk.InStep)
			if in := h.inside()["Night"]; slices.Contains(in, "mallory") || !slices.Contains(in, "owl-00") {
				t.Errorf("released, and Night holds %v", in)
			}
			wantNamed(t, "when it is over", h.drift(), seeded)
			n := h.writes()
			h.run(desk.InStep)
			if s := h.sent(n); len(s) > 0 {
				t.Errorf("written: %v", s)
			}
		})
	})
}

// TestAFewEditsByHandAreNoFight has somebody take a person out twice, and a dozen others once.
func TestAFewEditsByHandAreNoFight(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			h := fought(t, db)
			defer h.shut()
			for i := range 2 {
				h.take("owl-00", "Night")
				if i == 0 {
					for n := range 12 {
						h.take(fmt.Sprintf("owl-%02d", 10+n), "Night")
					}
				}
				if text, told := h.second(h.run(desk.InStep)); told {
					t.Fatalf("a hand is called a bridge: %s", text)
				}
			}
			for n := range 9 { // back once more, each: not many enough
				h.take(fmt.Sprintf("owl-%02d", 10+n), "Night")
			}
			if text, told := h.second(h.run(desk.Held)); !told { // nine, and the one of before: ten came back
				t.Errorf("ten entries came back, and it is no fight: %s", text)
			}
		})
	})
}

// TestDriftSaysWhatIsDone prints it as a person reads it.
func TestDriftSaysWhatIsDone(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			h := fought(t, db)
			defer h.shut()
			n := h.writes()
			code, out, log := h.command(nil, (&driftCmd{Integration: "london"}).do)
			if code != 0 || log != "" {
				t.Fatal(code, log)
			}
			for _, want := range []string{"in step", "1  stray", "General access: Olga Owner <olga@x.test> is in and nothing speaks for it",
				"since ", "Cardea tells of it and leaves it", "times are those of London"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not said: %s", want, out)
				}
			}
			if s := h.sent(n); len(s) > 0 {
				t.Errorf("drift wrote %v", s)
			}
			if code, _, log := h.command(nil, (&driftCmd{Integration: "lodnon"}).do); code != exitUsage || !strings.Contains(log, "london") {
				t.Errorf("a typing error ends with %d: %s", code, log)
			}
		})
	})
}
