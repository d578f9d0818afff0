package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store/storetest"
)

// before the chapter: somebody in Night by hand, whom a run takes out, and then three in Office 12, whom the brake keeps.
const (
	oneStray = `
kisi:
  users: [{id: 901, name: Mallory Moss, email: mallory@x.test}]
  role_assignments: [{id: 901, user_id: mallory@x.test, group_id: Night, role_id: group_basic}]
`
	threeStrays = `
kisi:
  users:
    - {id: 902, name: Nell North, email: nell@x.test}
    - {id: 903, name: Ned North, email: ned@x.test}
    - {id: 904, name: Nan North, email: nan@x.test}
  role_assignments:
    - {id: 902, user_id: nell@x.test, group_id: Office 12, role_id: group_basic}
    - {id: 903, user_id: ned@x.test, group_id: Office 12, role_id: group_basic}
    - {id: 904, user_id: nan@x.test, group_id: Office 12, role_id: group_basic}
`
	// upheaval is turmoil, and beside it an account that is linked (Ines), and one that is linked with an entry to adopt (Ruth).
	upheaval = turmoil + `
    - {_id: bk-standup, start: 2026-11-23T09:35:00Z, end: 2026-11-23T10:20:00Z, seriesStart: 2026-11-23T09:35:00Z, recurrence: null}
kisi:
  users: [{id: 905, name: Ruth Rees, email: ruth@x.test}]
  role_assignments: [{id: 905, user_id: ruth@x.test, group_id: Night, role_id: group_basic}]
`
	newcomers = `
officernd:
  memberships:
    - {_id: ms-ines, plan: night-owl, name: Night owl}
    - {_id: ms-ruth, plan: night-owl, name: Night owl}
    - {_id: ms-otto, plan: night-owl, name: Night owl}
`
)

// TestCrashSweep kills a process at every durable write of a chapter: what the brake held is released, a run does all that
// a run can, and an earlier run is undone. Each time somebody starts anew and repeats what was asked for. It ends as if
// nobody had been killed: the same entries at the door with the same times, the same accounts, the same ledger with its
// history, and the same requests sent, so that nobody gets a mail twice or none; and the audit log is whole. "Before" kills
// when the write is asked for and does not happen, "after" when it has happened and nobody hears of it.
//
// On SQLite a process dies before each write, k = 1, 2, ..., and after every third: the database is then as it is before the
// next, only the vendor has seen less. On PostgreSQL what is counted are the commits of transactions, and every fifth is tried,
// for the time that it takes; under the race detector every sixth of these.
func TestCrashSweep(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"postgres", "sqlite"} {
		want := outcome{}
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for _, after := range []bool{false, true} {
				s := sweep{engine: engine, after: after, dir: quickDisk(t)}
				if want.edges == nil {
					want = s.play(t, 0)
				}
				k, every := 1, 1
				switch {
				case engine == "postgres":
					every = 5
				case after:
					every = 3
				}
				if storetest.Raced {
					every *= 6
				}
				for ; ; k += every {
					got := s.play(t, k)
					if !got.killed {
						break
					}
					got.like(t, want, fmt.Sprintf("killed at %d (after: %v)", k, after))
					if t.Failed() {
						return
					}
				}
				t.Logf("after: %v: killed at every %d of %d durable writes", after, every, k-1)
				if k < 60 {
					t.Errorf("a chapter had only %d durable writes", k-1)
				}
			}
		})
	}
}

// sweep is how processes are killed.
type sweep struct {
	engine string
	after  bool
	dir    string
}

// outcome is how a chapter left things, in a form that does not hang on when and by which run it was done.
type outcome struct {
	killed                        bool
	edges, accounts, ledger, sent []string
}

// like compares what was left with what a chapter leaves in which nobody is killed.
func (p outcome) like(t *testing.T, want outcome, what string) {
	t.Helper()
	for _, of := range []struct {
		name      string
		got, want []string
	}{
		{"entries", p.edges, want.edges}, {"accounts", p.accounts, want.accounts}, {"ledger", p.ledger, want.ledger},
		{"requests", p.sent, want.sent},
	} {
		if !slices.Equal(of.got, of.want) {
			t.Errorf("%s: the %s are not the same: %s", what, of.name, difference(of.got, of.want))
		}
	}
}

// play plays the chapter once, with a process that is killed at the kth durable write (0 = none is).
func (s sweep) play(t *testing.T, k int) (out outcome) {
	t.Helper()
	c := &cut{after: s.after, cancel: func() {}} // whatever the dead still want to do, nothing of it gets through
	file := filepath.Join(s.dir, fmt.Sprintf("%v-%d.db", s.after, k))
	db := database{dsn: "sqlite:" + file}
	if s.engine == "postgres" {
		db = database{c.commitsOf(t, storetest.DSN(t)), storetest.Schema(t)}
	}
	bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
		r := tiny(t, db, fewer)
		defer func() { r.shut() }()
		r.patch(calm)
		if err := r.vendors.SetSwitches(map[string]string{"officernd.assignments_bulk": "list"}); err != nil {
			t.Fatal(err)
		}
		r.sync(desk.InStep)
		r.patch(oneStray)
		time.Sleep(time.Minute)
		undo := r.sync(desk.InStep).Doors[0].Run
		r.patch(threeStrays)
		time.Sleep(time.Minute)
		r.sync(desk.Held)
		r.patch(upheaval)
		r.patch(newcomers)
		time.Sleep(40 * time.Minute)
		r.shut()
		n := r.writes()

		if s.engine == "sqlite" {
			c.commits(t, file)
		}
		c.at = k
		r.set.transport = c.mute(r.vendors.Transport())
		err := r.start()
		if err == nil {
			err = r.chapter(undo)
			r.shut()
		}
		if out.killed = c.dead.Load(); k == 0 && err != nil || out.killed && !s.after && err == nil {
			t.Errorf("killed at %d: %v", k, err)
		}
		c.at = 0
		c.dead.Store(false)
		time.Sleep(time.Minute + time.Second) // what the dead process held is free again
		r.set.transport = r.vendors.Transport()
		r.open()
		for range 3 {
			if err = r.chapter(undo); err == nil {
				break
			}
			time.Sleep(time.Minute)
		}
		if err != nil {
			t.Fatalf("killed at %d: repeated, it says %v", k, err)
		}
		done := r.writes()
		r.sync(desk.Held) // what was undone waits
		if s := r.sent(done); len(s) > 0 {
			t.Errorf("killed at %d: all was done, and yet something was written: %v", k, s)
		}
		r.sound(fmt.Sprintf("killed at %d", k), "mallory@x.test", "gus@x.test")
		out.edges, out.accounts = r.edges(), r.users()
		out.ledger, out.sent = r.history(), r.requests(n)
		if err := r.app.store.In("default").VerifyAudit(context.Background()); err != nil {
			t.Errorf("killed at %d: %v", k, err)
		}
	})
	return out
}

// chapter is what is asked for: release what the brake holds, do a run, and undo an earlier one. Asked again, it does what is
// left of it.
func (r *rig) chapter(undo string) error {
	ctx := context.Background()
	holds, err := r.app.desk.Holds(ctx, "")
	if err != nil {
		return err
	}
	holds = slices.DeleteFunc(holds, func(h desk.Hold) bool { return h.Code != cardea.HeldBrake || h.Released })
	if len(holds) > 0 {
		if _, err := r.app.desk.Release(ctx, holds, "Ada"); err != nil {
			return err
		}
	}
	result, err := r.try(ctx)
	if s := result.Standing(); err == nil && s != desk.InStep && s != desk.Held {
		err = fmt.Errorf("standing %d: %s", s, brief(result))
	}
	if err != nil {
		return err
	}
	shown, err := r.app.desk.Undo(ctx, undo)
	if err != nil || len(shown.Operations) == 0 {
		return err
	}
	done, err := r.app.desk.ApplyUndo(ctx, undo, shown.Hash, "Ada")
	if s := done.Standing(); err == nil && s != desk.InStep {
		err = fmt.Errorf("the undo stands at %d: %s", s, brief(desk.Result{Doors: []desk.DoorRun{done.DoorRun}}))
	}
	return err
}

// history prints the ledger with what is over, but not when it was put and ended.
func (r *rig) history() []string {
	r.t.Helper()
	ctx, ws := context.Background(), r.app.store.In("default")
	state, err := ws.DoorState(ctx, "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	mails := map[cardea.AccountID]string{}
	for _, a := range state.Accounts {
		mails[a.ID] = a.Email
	}
	var out []string
	seen := map[cardea.PersonID]bool{}
	for _, l := range state.Links {
		if seen[l.Person] {
			continue
		}
		seen[l.Person] = true
		rows, err := ws.LedgerHistory(ctx, "kisi", l.Person, "")
		if err != nil {
			r.t.Fatal(err)
		}
		for _, row := range rows {
			out = append(out, fmt.Sprintf("%s %s adopted=%v %s-%s over=%v %s for %d", row.Group, mails[row.Account], row.Adopted,
				row.Window.From, row.Window.Until, row.EndedAt != 0, row.Ended, len(row.Reasons)))
		}
	}
	slices.Sort(out)
	return out
}

// requests prints what the door system was sent and did since there were n writes, without the numbers that it gave itself.
func (r *rig) requests(n int) []string {
	mails := map[string]string{}
	for _, g := range r.vendors.Groups("kisi") {
		for _, e := range g.All {
			mails[e.Account] = e.Email
		}
	}
	var out []string
	for _, w := range r.vendors.Writes("kisi")[n:] {
		path, _, numbered := strings.Cut(strings.TrimPrefix(w.Path, "/"), "/")
		if numbered {
			path += "/ID"
		}
		body := ""
		if w.Method == http.MethodPost {
			body = string(w.Body)
			for id, mail := range mails {
				body = strings.Replace(body, `"assignee_id":`+id+`,`, `"assignee_id":"`+mail+`",`, 1)
			}
		}
		out = append(out, fmt.Sprintf("%s %s %d %s", w.Method, path, w.Status, body))
	}
	slices.Sort(out)
	return out
}
