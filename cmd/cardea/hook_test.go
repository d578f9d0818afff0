package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// TestAHookActsAtOnce ends a membership: the person is out within seconds, and only what is theirs was read.
func TestAHookActsAtOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer func() { r.shut() }()
			count := r.counting()
			r.listening("rnd", "kisi")
			stop := r.serving()
			defer stop()
			time.Sleep(3 * time.Minute)
			if !r.in("General access", "ana") {
				t.Fatalf("Ana is not in: %v", r.inside())
			}
			n := count.n()
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			time.Sleep(5 * time.Second)
			if r.in("General access", "ana") {
				t.Errorf("five seconds after her membership ended Ana is in: %v", r.inside())
			}
			reads := count.since(n, "officernd")
			id := sandbox.ID("ms-ana")
			for _, call := range reads {
				if !strings.Contains(call, id) {
					t.Errorf("asked for more than the membership: %s", call)
				}
			}
			if len(reads) == 0 || len(reads) > 4 {
				t.Errorf("%d reads: %v", len(reads), reads)
			}
			if lists := slices.DeleteFunc(count.since(n, "kisi"), func(call string) bool {
				return !strings.Contains(call, "/users?") && !strings.Contains(call, "/groups?")
			}); len(lists) > 0 {
				t.Errorf("the door side was listed for one person: %v", lists)
			}
		})
	})
}

// TestABurstOfHooksIsOneRead sends many hooks about one record at once.
func TestABurstOfHooksIsOneRead(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		count := r.counting()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		time.Sleep(3 * time.Minute)
		n := count.n()
		for i := range 200 {
			r.patch(fmt.Sprintf("officernd: {memberships: [{_id: ms-ana, name: Hot desk %d}]}", i))
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		if reads := count.since(n, "officernd"); len(reads) < 2 || len(reads) > 8 {
			t.Errorf("200 hooks of one record cost %d reads: %v", len(reads), reads)
		}
		if hooks := standing(t, r, "rnd"); hooks.Taken != 200 {
			t.Errorf("%d of 200 hooks were taken", hooks.Taken)
		}
	})
}

// TestHooksThatAreNotTheVendorsChangeNothing delivers a real hook in every wrong way, and then as it was.
func TestHooksThatAreNotTheVendorsChangeNothing(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		count := r.counting()
		r.listening("rnd", "kisi")
		stop := r.serving()
		defer stop()
		time.Sleep(3 * time.Minute)
		r.hooks.deaf = true
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		synctest.Wait()
		real := r.hooks.last(t)
		n, taken := count.n(), standing(t, r, "rnd").Taken
		wrong := map[string]delivery{
			"another byte":       {real.path, real.header, append([]byte(" "), real.body...)},
			"truncated":          {real.path, real.header, real.body[:len(real.body)/2]},
			"empty":              {real.path, real.header, nil},
			"unsigned":           {real.path, nil, real.body},
			"another connection": {"/hooks/kisi", real.header, real.body},
			"no connection":      {"/hooks/nobody", real.header, real.body},
			"too long":           {real.path, real.header, make([]byte, 2<<20)},
		}
		for what, d := range wrong {
			if code := r.hooks.post(d); code != 400 && code != 429 {
				t.Errorf("%s: answered %d", what, code)
			}
		}
		time.Sleep(10 * time.Second)
		if got := standing(t, r, "rnd").Taken; got != taken || count.n() != n || !r.in("General access", "ana") {
			t.Errorf("%d hooks were taken, %d calls were made, inside %v", got-taken, count.n()-n, r.inside()["General access"])
		}
		if code := r.hooks.post(real); code != 200 {
			t.Errorf("the real one: answered %d", code)
		}
		time.Sleep(5 * time.Second)
		if r.in("General access", "ana") {
			t.Error("the real one did nothing")
		}
		n = count.n()
		if code := r.hooks.post(real); code != 200 || standing(t, r, "rnd").Taken != taken+1 {
			t.Errorf("delivered twice: answered %d", code)
		}
		time.Sleep(5 * time.Second)
		if count.n() != n {
			t.Errorf("delivered twice, it was acted on twice: %v", count.since(n, "officernd"))
		}
		time.Sleep(6 * time.Minute)
		if code := r.hooks.post(real); code != 400 {
			t.Errorf("replayed after eleven minutes: answered %d", code)
		}
	})
}

// TestHooksOutOfOrderEndWell delivers the newer before the older: the record is read, not the hook.
func TestHooksOutOfOrderEndWell(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		time.Sleep(3 * time.Minute)
		r.hooks.deaf = true
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		synctest.Wait()
		older := r.hooks.last(t)
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2027-11-20}]}")
		synctest.Wait()
		newer := r.hooks.last(t)
		n := r.writes()
		for _, d := range []delivery{newer, older} {
			if code := r.hooks.post(d); code != 200 {
				t.Fatalf("answered %d", code)
			}
			time.Sleep(4 * time.Second)
			if !r.in("General access", "ana") {
				t.Fatalf("Ana is out: %v", r.sent(n))
			}
		}
	})
}

// TestAHookOvertakesAListing has a listing of everything under way that takes minutes, and holds the membership as it was.
func TestAHookOvertakesAListing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer func() { r.shut() }()
			r.listening("rnd")
			stop := r.serving()
			defer stop()
			time.Sleep(3 * time.Minute)
			// Bookings are listed after memberships, and are slow now.
			r.fault("officernd", sandbox.Fault{Path: "*bookings*", Effect: sandbox.EffectSlow, DelayMS: 25000})
			time.Sleep(12*time.Minute + 10*time.Second) // the listing has begun
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			time.Sleep(5 * time.Second)
			if r.in("General access", "ana") {
				t.Error("a hook waited for a listing")
			}
			r.clear()
			time.Sleep(2 * time.Minute)
			if r.in("General access", "ana") {
				t.Error("an older listing wrote over what the hook brought")
			}
		})
	})
}

// TestSilentHooksAreAnIssue lets the vendor's hooks be lost.
func TestSilentHooksAreAnIssue(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		time.Sleep(3 * time.Minute)
		r.hooks.deaf = true
		silent := func() bool {
			list, err := r.app.desk.Inbox(t.Context(), "", false)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range list {
				if i.Code == "hooks-silent" {
					return true
				}
			}
			return false
		}
		for i := range 3 {
			if silent() {
				t.Errorf("silent after %d listings", i)
			}
			r.patch(fmt.Sprintf("officernd: {memberships: [{_id: ms-ana, name: Hot desk %d}]}", i))
			time.Sleep(16 * time.Minute)
		}
		if !silent() || !standing(t, r, "rnd").Silent {
			t.Error("nobody was told that hooks are silent")
		}
		r.hooks.deaf = false
		r.patch("officernd: {memberships: [{_id: ms-ana, name: Hot desk again}]}")
		time.Sleep(16 * time.Minute)
		if silent() {
			t.Error("hooks came again and the issue stands")
		}
	})
}
