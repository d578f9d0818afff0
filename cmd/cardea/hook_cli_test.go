package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door/kisi"
)

// hooksCLI does what a hooks command does, and returns what it prints and its exit code.
func (r *rig) hooksCLI(connection string, asJSON bool, work func(context.Context, *desk.Desk) (desk.HookStanding, error),
	removed ...string,
) (string, int) {
	r.t.Helper()
	var out bytes.Buffer
	term := *r.term
	term.out = &out
	h := onHooks{Connection: connection, JSON: asJSON}
	err := h.do(r.t.Context(), &term, r.set, work, removed...)
	var code codeError
	if err != nil && !errors.As(err, &code) {
		r.t.Fatal(err)
	}
	return out.String(), int(code)
}

func check(connection string) func(context.Context, *desk.Desk) (desk.HookStanding, error) {
	return func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
		return d.HookStanding(ctx, connection)
	}
}

// atKisi sends a request of somebody who works at Kisi's own dashboard.
func (r *rig) atKisi(method, path, body string) []byte {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://127.0.0.1:9090/kisi/"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header = kisi.Header()
	req.Header.Set("Authorization", "KISI-LOGIN sandbox-key")
	req.Header.Set("Content-Type", "application/json")
	defer time.Sleep(10 * time.Second) // Kisi's pace
	time.Sleep(10 * time.Second)
	res, err := r.vendors.Transport().RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		r.t.Fatalf("%s %s: %d %s, %v", method, path, res.StatusCode, answer, err)
	}
	return answer
}

// TestHooksAreCheckedSwitchedOnAgainAndRemoved goes through what an operator does with the hooks of a door connection.
func TestHooksAreCheckedSwitchedOnAgainAndRemoved(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer func() { r.shut() }()
		if text, code := r.hooksCLI("kisi", false, check("kisi")); code != exitPending || !strings.Contains(text, "nothing is registered") {
			t.Errorf("before: exit %d, %q", code, text)
		}
		install := func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
			return d.InstallHooks(ctx, "kisi", "https://cardea.example.test", "olga")
		}
		if text, code := r.hooksCLI("kisi", false, install); code != 0 || !strings.Contains(text, "registered and on") ||
			!strings.Contains(text, "https://cardea.example.test/hooks/kisi") {
			t.Errorf("installed: exit %d, %q", code, text)
		}
		text, code := r.hooksCLI("kisi", true, check("kisi"))
		var standing desk.HookStanding
		if err := json.Unmarshal([]byte(text), &standing); err != nil || code != 0 || !standing.On || !standing.Installed {
			t.Errorf("as JSON: exit %d, %q, %v", code, text, err)
		}

		var rows []struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(r.atKisi(http.MethodGet, "integrations", ""), &rows); err != nil || len(rows) != 1 {
			t.Fatalf("registered at Kisi: %v, %v", rows, err)
		}
		r.atKisi(http.MethodPatch, fmt.Sprintf("integrations/%d", rows[0].ID), `{"integration": {"enabled": false}}`)
		if text, code := r.hooksCLI("kisi", false, check("kisi")); code != exitPending || strings.Contains(text, "registered and on") ||
			!strings.Contains(text, "hooks install kisi") {
			t.Errorf("switched off: exit %d, %q", code, text)
		}
		if text, code := r.hooksCLI("kisi", false, install); code != 0 || !strings.Contains(text, "registered and on") {
			t.Errorf("switched on again: exit %d, %q", code, text)
		}
		if err := json.Unmarshal(r.atKisi(http.MethodGet, "integrations", ""), &rows); err != nil || len(rows) != 1 {
			t.Errorf("after it was switched on again %d are registered, %v", len(rows), err)
		}

		remove := func(ctx context.Context, d *desk.Desk) (desk.HookStanding, error) {
			return d.RemoveHooks(ctx, "kisi", "olga")
		}
		if text, code := r.hooksCLI("kisi", false, remove, "removed"); code != 0 || !strings.Contains(text, "nothing is registered any more") {
			t.Errorf("removed: exit %d, %q", code, text)
		}
		if err := json.Unmarshal(r.atKisi(http.MethodGet, "integrations", ""), &rows); err != nil || len(rows) != 0 {
			t.Errorf("left at Kisi: %v, %v", rows, err)
		}
	})
}

// TestACancelledBookingIsUnstaged stages a booking of the afternoon, which a hook then says was called off.
func TestACancelledBookingIsUnstaged(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		// That a cancellation is announced at all is OfficeRnD's to say; where it is not, the interval finds it.
		r := tiny(t, onSQLite)
		if err := r.vendors.SetSwitches(map[string]string{"officernd.cancel_event": "updated"}); err != nil {
			t.Fatal(err)
		}
		defer func() { r.shut() }()
		count := r.counting()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		time.Sleep(3 * time.Minute)
		e, staged := r.edge("Elephant room", "rosa@x.test")
		if !staged || r.in("Elephant room", "rosa") {
			t.Fatalf("Rosa's booking is not staged: %+v", e)
		}
		n := count.n()
		r.patch("officernd: {bookings: [{_id: bk-review, isCancelled: true}]}")
		time.Sleep(5 * time.Second)
		if e, still := r.edge("Elephant room", "rosa@x.test"); still {
			t.Errorf("five seconds after it was called off Rosa's booking is staged: %+v", e)
		}
		if reads := count.since(n, "officernd"); len(reads) == 0 || len(reads) > 4 {
			t.Errorf("%d reads: %v; hooks were answered %v", len(reads), reads, r.hooks.codes)
		}
		if _, still := r.edge("Elephant room", "max@x.test"); !still {
			t.Error("Max's booking went with it")
		}
	})
}

// TestDueListsWhatMustBeTrueSoon prints what begins and ends, and whether the door system has it.
func TestDueListsWhatMustBeTrueSoon(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		ask := func(within string, asJSON bool) string {
			var out bytes.Buffer
			term := *r.term
			term.out = &out
			var d dueCmd
			if err := d.Within.UnmarshalText([]byte(within)); err != nil {
				t.Fatal(err)
			}
			d.JSON = asJSON
			if err := d.do(t.Context(), &term, r.set); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		due := func(within string) map[string]cardea.DueState {
			out := ask(within, true)
			var doors []desk.Dues
			if err := json.Unmarshal([]byte(out), &doors); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			states := map[string]cardea.DueState{}
			for _, door := range doors {
				for _, one := range door.Due {
					states[fmt.Sprintf("%s %s %v", one.Email, one.GroupName, one.Ends)] = one.State
				}
			}
			return states
		}
		soon := due("1h")
		if soon["sam@x.test Elephant room false"] != cardea.DueConfirmed || soon["uma@x.test Elephant room true"] != cardea.DueConfirmed {
			t.Errorf("within an hour: %v", soon)
		}
		if _, is := soon["rosa@x.test Elephant room false"]; is {
			t.Errorf("the afternoon is due within an hour: %v", soon)
		}
		if later := due("6h"); later["rosa@x.test Elephant room false"] != cardea.DueConfirmed {
			t.Errorf("within six hours: %v", later)
		}
		if out := ask("6h", false); strings.Contains(out, "horizon") {
			t.Errorf("six hours are within the horizon: %s", out)
		}
		if out := ask("2d", false); !strings.Contains(out, "further ahead than the horizon, Tue 24 Nov") {
			t.Errorf("two days are not within the horizon, and nobody says so: %s", out)
		}
		for _, within := range []string{"-1h", "0s", "90", "0d", "soon", ""} {
			var d dueCmd
			err := d.Within.UnmarshalText([]byte(within))
			if err == nil {
				err = d.do(t.Context(), r.term, r.set)
			}
			if err == nil || !strings.Contains(err.Error(), "24h or 2d") {
				t.Errorf("within %q: %v", within, err)
			}
		}
	})
}
