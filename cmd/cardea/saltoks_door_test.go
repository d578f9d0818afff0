package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
)

// TestSaltoKSGroupsThatOpenLessThanTheyAreGiven asks doctor and explain about a group without a time schedule, one of working hours,
// and one without a lock; and explain once more when Salto does not answer.
func TestSaltoKSGroupsThatOpenLessThanTheyAreGiven(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.patch(`
saltoks:
  sites:
    - id: london
      access_groups:
        - {id: general, locks: []}
        - {id: elephant, time_schedules: []}
        - {id: office-12, time_schedules: [{monday: true, tuesday: true, wednesday: true, start_time: "08:00", end_time: "18:00"}]}
`)
		r.sync(desk.InStep)
		if got := r.passing("saltoks"); len(got) != 1 || len(got["Office 12"]) != 1 {
			t.Errorf("there pass %v", got)
		}
		_, d := r.doctor(int(desk.Pending), "door")
		for name, text := range map[string]string{
			"General access": "no lock is in it", "Elephant room": "it has no time schedule", "Office 12": "only Mon-Wed 08:00-18:00",
		} {
			if !slices.ContainsFunc(d.Connections[0].Findings, func(f desk.Finding) bool {
				return strings.Contains(f.Text, fmt.Sprintf("%q", name)) && strings.Contains(f.Text, text) && strings.HasPrefix(f.Code, "group-")
			}) {
				t.Errorf("doctor says nothing of %s: %+v", name, d.Connections[0].Findings)
			}
		}
		ask := func(who, group string) string {
			t.Helper()
			x, err := r.app.desk.Ask(t.Context(), who, group, cardea.At(time.Now()))
			if err != nil {
				t.Fatal(err)
			}
			return say.Explanation(x, say.Clock{Now: cardea.At(time.Now())}).Door
		}
		writes := len(r.vendors.Writes("saltoks"))
		for who, want := range map[[2]string]string{
			{"eli@x.test", "Office 12"}:      "Office 12 opens only Mon-Wed 08:00-18:00",
			{"cleo@x.test", "Elephant room"}: "Elephant room opens nothing, because it has no time schedule",
		} {
			if got := ask(who[0], who[1]); !strings.Contains(got, want) {
				t.Errorf("explain says %q", got)
			}
		}
		if w := r.vendors.Writes("saltoks"); len(w) != writes {
			t.Error("a question wrote something")
		}
		// Salto does not answer: what is known is said all the same, at once.
		time.Sleep(15 * time.Minute)
		for _, f := range []sandbox.Fault{{Effect: sandbox.EffectSlow, DelayMS: 600_000}, {Status: 503}} {
			r.vendors.ClearFaults("saltoks")
			r.fault("saltoks", f)
			for i, most := range []time.Duration{3 * time.Second, 0} { // it is not waited for with each question
				began := time.Now()
				got := ask("eli@x.test", "Office 12")
				if took := time.Since(began); took > most {
					t.Errorf("explain took %s", took)
				}
				if !strings.Contains(got, "is in Office 12") || strings.Contains(got, "opens") {
					t.Errorf("the %d. time explain says %q", i+1, got)
				}
			}
			time.Sleep(2 * time.Minute)
		}
		r.vendors.ClearFaults("saltoks")
		if got := ask("eli@x.test", "Office 12"); !strings.Contains(got, "opens only") {
			t.Errorf("when Salto is back explain says %q", got)
		}
	})
}

// TestSaltoKSDoorLogIsPolled takes somebody out of a group by hand: the server hears of it when a door turns them away, behind
// two pages of others who passed, one of which may be empty.
func TestSaltoKSDoorLogIsPolled(t *testing.T) {
	t.Parallel()
	for _, gap := range []string{"empty", "none"} {
		for _, skip := range []string{"ignored", "400"} {
			for _, turned := range []bool{true, false} {
				t.Run(fmt.Sprintf("gap %s, skip %s, turned away %t", gap, skip, turned), func(t *testing.T) {
					t.Parallel()
					bubble(t, morning, func(t *testing.T) {
						r := salto(t, saltoByPassword, onSQLite)
						if err := r.vendors.SetSwitches(map[string]string{"saltoks.entries_gap": gap, "saltoks.entries_skip": skip}); err != nil {
							t.Fatal(err)
						}
						defer r.shut()
						defer r.serving()()
						time.Sleep(20 * time.Minute)
						in := func() bool { return slices.Contains(r.passing("saltoks")["General access"], "ana@x.test") }
						if !in() {
							t.Fatal("Ana is not in")
						}
						now := time.Now().UTC()
						entries := ""
						if turned {
							entries = fmt.Sprintf("        - {lock: front-door, user: ana, utc_date_time: %q, event_category: lock_rejected, "+
								"event_detail: no_access}\n", now.Format(time.RFC3339))
						}
						for i := range 130 {
							entries += fmt.Sprintf("        - {lock: front-door, user: olga, utc_date_time: %q}\n", now.Add(time.Duration(i)*time.Second/2).Format(time.RFC3339))
						}
						r.patch("saltoks:\n  sites:\n    - id: london\n      access_groups: [{id: general, users: []}]\n      entries:\n" + entries)
						time.Sleep(8 * time.Minute)
						if in() != turned {
							t.Errorf("eight minutes later Ana is in: %t", in())
						}
					})
				})
			}
		}
	}
}
