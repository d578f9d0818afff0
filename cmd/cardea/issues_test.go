package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// inbox lists issues as a process of its own.
func (r *rig) inbox(all bool) []desk.InboxIssue {
	r.t.Helper()
	list := &issuesListCmd{onOrders: onOrders{JSON: true}, All: all}
	_, out, log := r.command(nil, list.do)
	var issues []desk.InboxIssue
	if err := json.Unmarshal([]byte(out), &issues); err != nil {
		r.t.Fatal(err, out, log)
	}
	return issues
}

func issueOf(issues []desk.InboxIssue, code string) *desk.InboxIssue {
	for i := range issues {
		if issues[i].Code == code {
			return &issues[i]
		}
	}
	return nil
}

// TestARevocationThatKisiRefusesIsAnIssueUntilItIsDone lets Kisi answer every removal with 503: somebody takes the incident, and
// it closes by itself.
func TestARevocationThatKisiRefusesIsAnIssueUntilItIsDone(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			r.sync(desk.InStep)
			r.patch(busy)
			r.fault("kisi", sandbox.Fault{Method: "DELETE", Path: "/role_assignments", Status: 503, Times: 1000})
			for range 8 {
				if _, err := r.app.desk.Sync(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
			}
			one := issueOf(r.inbox(false), "revocation-unconfirmed")
			if one == nil || one.Who == "" || one.Where == "" || !strings.HasPrefix(one.Mend, "cardea sync") {
				t.Fatalf("inbox: %+v", r.inbox(false))
			}
			take := &issuesTakeCmd{ID: one.ID[:6]}
			if code, out, log := r.command(nil, take.do); code != exitInStep || !strings.Contains(out, "taken by olga") {
				t.Errorf("exit %d: %s%s", code, out, log)
			}
			note := &issuesNoteCmd{ID: one.ID, Text: "Kisi is down"}
			if code, out, log := r.command(nil, note.do); code != exitInStep || !strings.Contains(out, "Kisi is down") {
				t.Errorf("exit %d: %s%s", code, out, log)
			}
			if code, _, log := r.command(nil, (&issuesTakeCmd{ID: "ffff"}).do); code != exitUsage || !strings.Contains(log, "cardea issues") {
				t.Errorf("exit %d: %s", code, log)
			}
			r.clear()
			r.settle("when Kisi answers", 3)
			r.wantInside("when Kisi answers", afterBusy)
			if left := issueOf(r.inbox(false), "revocation-unconfirmed"); left != nil {
				t.Errorf("it is done, and open: %+v", left)
			}
			closed := issueOf(r.inbox(true), "revocation-unconfirmed")
			if closed == nil || closed.State != desk.IssueClosed || closed.Owner != "olga" {
				t.Errorf("closed: %+v", closed)
			}
			code, out, log := r.command(nil, (&timesCmd{onOrders: onOrders{JSON: true}, Since: "1d"}).do)
			var times []desk.DoorTimes
			if err := json.Unmarshal([]byte(out), &times); err != nil || code != exitInStep {
				t.Fatal(err, out, log)
			}
			if len(times) != 1 || times[0].Revoke == nil || times[0].Revoke.Max < 8*60 || times[0].Grant == nil {
				t.Errorf("times: %s", out)
			}
		})
	})
}

// TestAVendorThatShowsWritesLateIsNotWrittenTwice has Kisi's lists lag half a minute behind.
func TestAVendorThatShowsWritesLateIsNotWrittenTwice(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
			r := tiny(t, db, func(f *config.File) { f.Connections["kisi"].Settle.Duration = 45 * time.Second })
			defer r.shut()
			r.patch("kisi:\n  switches: {settle: \"30\"}\n")
			if _, err := r.app.desk.Sync(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			n := r.writes()
			time.Sleep(10 * time.Second)
			if _, err := r.app.desk.Sync(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(40 * time.Second)
			r.sync(desk.InStep)
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written again: %v", s)
			}
			r.wantInside("when all shows", atNine)
			r.sound("when all shows")
		})
	})
}
