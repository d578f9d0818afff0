package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
)

// north is the storage site of kinnovis-opentech.yaml, with its webhooks heard.
func north(t *testing.T, switches map[string]string, edit func(*config.File)) *rig {
	t.Helper()
	base := origin + "kinnovis"
	if v := switches["kinnovis.version"]; v != "" {
		base += "/" + v
	}
	r := rigOf(t, "kinnovis-opentech", read(t, worldsDir+"kinnovis-opentech.yaml"), `
connections:
  kvs: {system: kinnovis, base_url: "`+base+`", token: sandbox-token, webhook_secret: kinnovis-webhook-secret}
  gate: `+doorSide("opentech").connection+`
integrations:
  north: {space: kvs, door: gate, zone: Europe/London, approve: auto, mappings: {units: {}}}
`, onSQLite, edit)
	if err := r.vendors.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	r.hooks = &hookEar{handler: r.app.hooks(r.term, &serveCmd{})}
	return r
}

// northern plays four days at North with one set of answers. Every run must leave nothing to write.
func northern(t *testing.T, switches map[string]string) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		r := north(t, switches, nil)
		defer func() { r.shut() }()
		dinas := "dina@x.test gus@x.test"
		if switches["kinnovis.shared_accesses"] == "absent" || switches["kinnovis.ids"] == "integers" {
			dinas = "dina@x.test" // shared accesses are told not at all, or by ids that are no customer's
		}
		inStep := func(want map[string]string) {
			t.Helper()
			r.sync(desk.InStep)
			for again := range 2 {
				got := r.units("opentech")
				for unit, who := range got {
					if who == "" {
						delete(got, unit)
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, run %d: %s", time.Now().UTC().Format(time.DateTime), again+1, diff)
				}
				before := len(r.vendors.Writes("opentech"))
				r.sync(desk.InStep)
				if n := len(r.vendors.Writes("opentech")) - before; n != 0 {
					t.Errorf("%s: the next run wrote %d times", time.Now().UTC().Format(time.DateTime), n)
				}
			}
		}
		monday := map[string]string{"A-101": "ana@x.test", "A-102": "ben@x.test", "A-104": "eli@x.test", "B-201": dinas, "Yard": dinas}
		inStep(monday)
		r.patch("kinnovis: {bookings: [{id: book_eli, cancelled_at: " + time.Now().UTC().Format(time.RFC3339) + "}]}")
		at(t, "2026-11-23T09:30:00Z")
		delete(monday, "A-104") // cancelled at once, whatever its dates say
		inStep(monday)

		at(t, "2026-11-24T09:00:00Z") // Ana is locked since one o'clock, Cleo has moved in
		tuesday := map[string]string{"A-103": "cleo@x.test", "B-201": dinas, "Yard": dinas}
		if switches["kinnovis.move_out_day"] == "in" {
			tuesday["A-102"] = "ben@x.test"
		}
		inStep(tuesday)

		at(t, "2026-11-25T09:00:00Z")
		r.patch("kinnovis: {invoices: [{id: inv_ana, paid_at: 2026-11-25T09:00:00Z}]}")
		delete(tuesday, "A-102")
		tuesday["A-101"] = "ana@x.test"
		inStep(tuesday)

		at(t, "2026-11-26T09:00:00Z") // Dina has changed her unit
		inStep(map[string]string{"A-101": "ana@x.test", "A-102": dinas, "A-103": "cleo@x.test"})
		r.heard(switches)
	})
}

// heard wants every webhook taken, but those whose signature has no time and might be a repetition.
func (r *rig) heard(switches map[string]string) {
	r.t.Helper()
	want := []int{http.StatusOK}
	if switches["kinnovis.hook_signature"] == "base64" {
		want = []int{http.StatusBadRequest}
	}
	if switches["kinnovis.hook_delivery"] == "lost" {
		want = nil
	}
	got := slices.Compact(slices.Sorted(slices.Values(r.hooks.codes)))
	if !slices.Equal(got, want) {
		r.t.Errorf("webhooks were answered with %v, want %v", got, want)
	}
}

// TestEverySwitchOfKinnovis plays the same days with every answer that the assumed contract leaves open.
func TestEverySwitchOfKinnovis(t *testing.T) {
	t.Parallel()
	world, err := sandbox.Parse("kinnovis-opentech.yaml", read(t, worldsDir+"kinnovis-opentech.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := sandbox.New(world, sandbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	kindest := map[string]string{}
	cases := map[string]map[string]string{"defaults": {}, "all at another value": kindest}
	seen := 0
	for _, s := range vendors.Switches() {
		if !strings.HasPrefix(s.Name, "kinnovis.") {
			continue
		}
		seen++
		if s.Value != s.Values[0] || len(s.Values) < 2 {
			t.Errorf("%s stands at %q of %q", s.Name, s.Value, s.Values)
		}
		for _, v := range s.Values[1:] {
			cases[fmt.Sprintf("%s is %s", s.Name, v)] = map[string]string{s.Name: v}
		}
		kindest[s.Name] = s.Values[1]
	}
	if seen != 28 {
		t.Errorf("%d switches: is each one played that changes who passes?", seen)
	}
	for name, switches := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			northern(t, switches)
		})
	}
}

// TestKinnovisOwnLimitIsKept reads faster than Kinnovis allows: whatever its refusals look like, all ends well, and soon.
func TestKinnovisOwnLimitIsKept(t *testing.T) {
	t.Parallel()
	for _, switches := range []map[string]string{
		{}, {"kinnovis.throttle_reset": "seconds"}, {"kinnovis.retry_after": "seconds"}, {"kinnovis.error_bodies": "empty"},
		{"kinnovis.error_bodies": "message"}, {"kinnovis.limit_scope": "credential"},
	} {
		t.Run(fmt.Sprint(switches), func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := north(t, switches, func(f *config.File) {
					f.Connections["kvs"].Budget.Set, f.Connections["kvs"].Budget.Rate = true, wire.Rate{Calls: 1000, Per: time.Second}
				})
				refused := r.refusals()
				defer func() { r.shut() }()
				for range 16 { // sixty calls a minute are allowed, a reading takes seven
					r.sync(desk.InStep)
				}
				if got := r.units("opentech")["A-101"]; got != "ana@x.test" || refused.Load() == 0 {
					t.Errorf("at A-101 %q, %d calls refused", got, refused.Load())
				}
				if spent := time.Since(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)); spent > 5*time.Minute {
					t.Errorf("it took %s", spent)
				}
			})
		})
	}
}

// TestAKinnovisHookActsAtOnce shuts a customer out and lets her in again: each within seconds, and only her booking is read.
func TestAKinnovisHookActsAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := north(t, nil, nil)
		defer func() { r.shut() }()
		count := r.counting()
		r.hooks.handler = r.app.hooks(r.term, &serveCmd{})
		stop := r.serving()
		defer stop()
		time.Sleep(3 * time.Minute)
		if got := r.units("opentech")["A-101"]; got != "ana@x.test" {
			t.Fatalf("at A-101 is %q", got)
		}
		for _, access := range []bool{false, true} {
			n := count.n()
			r.patch(fmt.Sprintf("kinnovis: {bookings: [{id: book_ana, has_access: %v}]}", access))
			time.Sleep(10 * time.Second)
			if in := r.units("opentech")["A-101"] == "ana@x.test"; in != access {
				t.Errorf("ten seconds after has_access became %v she passes: %v", access, in)
			}
			calls := count.since(n, "kinnovis")
			for _, call := range calls {
				if !strings.Contains(call, "/book_ana") && !strings.Contains(call, "/cus_ana") && !strings.Contains(call, "/unit_a101") {
					t.Errorf("asked for more than the booking: %s", call)
				}
			}
			if len(calls) == 0 || len(calls) > 6 {
				t.Errorf("%d reads: %v", len(calls), calls)
			}
		}
	})
}
