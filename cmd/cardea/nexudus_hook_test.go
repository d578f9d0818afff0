package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
)

// nexudusListening is Nexudus with Kisi, its hooks registered and heard, and a server that acts on them. The interval is long, so that
// nothing but a hook can be what was acted on.
func nexudusListening(t *testing.T, switches map[string]string, edits ...func(*config.File)) (r *rig, stop func()) {
	t.Helper()
	door := doorSide("kisi")
	r = pair(t, nexudusSide(t), door, onSQLite, commonMappings(door), func(f *config.File) {
		f.Integrations["site"].Interval.Duration = 12 * time.Hour
		for _, edit := range edits {
			edit(f)
		}
	})
	if err := r.vendors.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	r.listening("space")
	end := r.serving()
	time.Sleep(3 * time.Minute)
	return r, func() { end(); r.shut() }
}

func (r *rig) passes(group, email string) bool {
	return slices.Contains(r.passing("kisi")[group], email)
}

// TestNexudusHooksActAtOnce changes one thing after the other at Nexudus; each is acted on within seconds, though no record but the
// one that changed is named. Passes have no hook of their own: they come as an AccessControlUpdate whose body is the same each time.
func TestNexudusHooksActAtOnce(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]map[string]string{
		"as the sheet says":    {},
		"digest over UTF-8":    {"nexudus.hook_digest": "utf8"},
		"question marks":       {"nexudus.hook_wire": "ascii"},
		"each comes twice":     {"nexudus.hook_delivery": "twice"},
		"the other way around": {"nexudus.hook_delivery": "reversed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r, stop := nexudusListening(t, switches)
				defer stop()
				const pass = `nexudus: {coworkertimepasses: [{Id: %s, CoworkerId: ben, BusinessId: london, TimePassId: day-pass, RemainingUses: 3}]}`
				for _, c := range []struct {
					what, patch, group, email string
					in                        bool
				}{
					{"a name that is not ASCII", `nexudus: {coworkers: [{Id: ben, FullName: "Bän Brändt 🚪"}]}`, "General access", "ben@x.test", false},
					{"a pass is given", fmt.Sprintf(pass, "p1"), "General access", "ben@x.test", true},
					{"a pass is marked as used", `nexudus: {coworkertimepasses: [{Id: p1, Used: true}]}`, "General access", "ben@x.test", false},
					{"another is given", fmt.Sprintf(pass, "p2"), "General access", "ben@x.test", true},
					{"a coworker is suspended", `nexudus: {coworkers: [{Id: ben, Active: false}]}`, "General access", "ben@x.test", false},
					{"and not any more", `nexudus: {coworkers: [{Id: ben, Active: true}]}`, "General access", "ben@x.test", true},
					{
						"a room is booked", `nexudus: {bookings: [{Id: b1, ResourceId: elephant, CoworkerId: dina, ` +
							`FromTime: 2026-11-23T08:00:00Z, ToTime: 2026-11-23T20:00:00Z}]}`, "Elephant room", "dina@x.test", true,
					},
					{"a booking is cancelled", `nexudus: {bookings: [{Id: b1, delete: true}]}`, "Elephant room", "dina@x.test", false},
					{
						"a team comes to a paying member",
						`nexudus: {teams: [{Id: acme, BusinessId: london, Name: Acme, PayingMemberId: eli, TeamMembers: [eli, fay]}]}`,
						"Office 12", "fay@x.test", true,
					},
					{"somebody leaves the team", `nexudus: {teams: [{Id: acme, TeamMembers: [eli]}]}`, "Office 12", "fay@x.test", false},
					{
						"a contract ends", `nexudus: {coworkercontracts: [{Id: c-eli, CancellationDate: 2026-11-22}]}`,
						"Office 12", "eli@x.test", false,
					},
				} {
					r.patch(c.patch)
					time.Sleep(30 * time.Second)
					if r.passes(c.group, c.email) != c.in {
						t.Errorf("%s: half a minute later %s holds %v", c.what, c.group, r.passing("kisi")[c.group])
					}
				}
				if slices.ContainsFunc(r.hooks.codes, func(code int) bool { return code != http.StatusOK }) {
					t.Errorf("hooks were refused: %v", r.hooks.codes)
				}
				last := r.hooks.last(t)
				sum := last.header.Get("X-Nexudus-Hook-Signature")
				if sum == "" || sum != strings.ToUpper(sum) {
					t.Errorf("the signature %q is no upper-case hexadecimal", sum)
				}
			})
		})
	}
}

// TestNexudusHooksAreSwitchedOnAgain has a proxy refuse hooks until Nexudus switches them off; checking switches them on.
func TestNexudusHooksAreSwitchedOnAgain(t *testing.T) {
	t.Parallel()
	for _, failures := range []string{"3", "10"} {
		t.Run(failures, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r, stop := nexudusListening(t, map[string]string{"nexudus.hook_failures": failures})
				defer stop()
				ear := r.hooks.handler
				r.hooks.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
				for i := range 10 {
					r.patch(fmt.Sprintf("nexudus: {coworkers: [{Id: ben, FullName: Ben %d}]}", i))
					time.Sleep(time.Second)
				}
				r.hooks.handler = ear
				was, err := r.app.desk.HookStanding(t.Context(), "space")
				if err != nil || was.On || was.Fine() {
					t.Fatalf("after ten refusals: %+v, %v", was, err)
				}
				is, err := r.app.desk.CheckHooks(t.Context(), "space", "tester")
				if err != nil || !is.On || !is.Fine() || is.Mended == "" {
					t.Errorf("after a look: %+v, %v", is, err)
				}
				if again, err := r.app.desk.CheckHooks(t.Context(), "space", "tester"); err != nil || again.Mended != "" {
					t.Errorf("after another: %+v, %v", again, err)
				}
				taken := standing(t, r, "space").Taken
				r.patch("nexudus: {coworkers: [{Id: ben, FullName: Ben Brandt}]}")
				time.Sleep(5 * time.Second)
				if now := standing(t, r, "space").Taken; now == taken {
					t.Error("no hook came after they were switched on")
				}
			})
		})
	}
}
