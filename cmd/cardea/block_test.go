package main

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
)

// block blocks somebody at once and wants this standing.
func (r *rig) block(person string, until cardea.Instant, want desk.Standing) desk.Blocking {
	r.t.Helper()
	done, err := r.app.desk.Block(context.Background(), person, "lost badge", until, "olga", false)
	if err != nil {
		r.t.Fatal(err)
	}
	if got := done.Standing(); got != want {
		r.t.Fatalf("standing %d, want %d: %s", got, want, brief(desk.Result{Doors: done.Doors}))
	}
	return done
}

// inAnything names the groups that somebody could pass with now.
func (r *rig) inAnything(who string) (out []string) {
	for g, members := range r.inside() {
		if slices.Contains(members, who) {
			out = append(out, g)
		}
	}
	slices.Sort(out)
	return out
}

// issues are the open issues of a code.
func (r *rig) issues(code string) (out []say.Issue) {
	r.t.Helper()
	o, err := r.app.desk.Overview(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, i := range o.Issues {
		if i.Code == code {
			out = append(out, i)
		}
	}
	return out
}

// TestABlockPassesEveryHold blocks somebody on the keep-list while the bookings cannot be read, the groups are frozen and not
// approved, and something else is held; then lets them in again.
func TestABlockPassesEveryHold(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, set(t, `{groups: {
				General access: {keep: [{account: ana@x.test, note: Owner}]}, Office 12: {mode: shared}, Second floor: {mode: watch}}}`))
			defer r.shut()
			r.sync(desk.InStep)
			r.patch(`kisi: {role_assignments: [
				{id: 951, user_id: ana@x.test, group_id: Office 12, role_id: group_basic},
				{id: 952, user_id: ana@x.test, group_id: Elephant room, role_id: group_basic},
				{id: 953, user_id: ana@x.test, group_id: Second floor, role_id: group_basic}]}`)
			if _, err := r.app.desk.Freeze(context.Background(), "", "rewiring", 0, "olga"); err != nil {
				t.Fatal(err)
			}
			r.fault("officernd", sandbox.Fault{Method: http.MethodGet, Path: "*/bookings*", Status: 503})
			r.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-20}]}")
			r.sync(desk.Incomplete)
			before, n := r.inside(), r.writes()
			if got := r.inAnything("ana"); !slices.Equal(got, []string{"Elephant room", "General access", "Office 12", "Second floor"}) {
				t.Fatalf("Ana is in %v", got)
			}

			began := time.Now()
			done := r.block("ana@x.test", 0, desk.InStep)
			if got := r.inAnything("ana"); !slices.Equal(got, []string{"Second floor"}) || time.Since(began) > time.Minute {
				t.Errorf("after %s Ana is in %v: %s", time.Since(began), got, brief(desk.Result{Doors: done.Doors}))
			}
			if s := r.sent(n); len(s) != 4 || len(removals(s)) != 4 { // she was in the Elephant room twice
				t.Errorf("more than her entries was written: %v", s)
			}
			if who := r.inside()["General access"]; !slices.Contains(who, "joe") {
				t.Errorf("the block let something else pass: %v", who)
			}
			if is := r.issues("blocked-but-in"); len(is) != 1 || !strings.Contains(is[0].Text, "only watched") {
				t.Errorf("that she is in the watched group is told as %+v", is)
			}
			for range 2 { // it lasts
				time.Sleep(16 * time.Minute)
				r.sync(desk.Incomplete)
			}
			if got := r.inAnything("ana"); !slices.Equal(got, []string{"Second floor"}) {
				t.Errorf("half an hour later Ana is in %v", got)
			}

			r.clear()
			if err := r.app.desk.Unfreeze(context.Background(), "", "olga"); err != nil {
				t.Fatal(err)
			}
			if _, err := r.app.desk.Unblock(context.Background(), "ana@x.test", "olga", false); err != nil {
				t.Fatal(err)
			}
			if got := r.inAnything("ana"); !slices.Contains(got, "General access") || slices.Contains(got, "Office 12") {
				t.Errorf("let in again, Ana is in %v, and was in %v", got, before)
			}
			r.sync(desk.InStep)
			if who := r.inside()["General access"]; slices.Contains(who, "joe") || len(r.issues("blocked-but-in"))+len(r.issues("frozen")) > 0 {
				t.Errorf("after it General access holds %v", who)
			}
			if _, err := r.app.desk.Unblock(context.Background(), "ana@x.test", "olga", false); cardea.ClassOf(err) != cardea.NotFound {
				t.Errorf("lifted twice: %v", err)
			}
		})
	})
}

// TestABlockThatDoesNotGoThroughIsAnIncident has the vendor refuse, and answer at last.
func TestABlockThatDoesNotGoThroughIsAnIncident(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		r.fault("kisi", sandbox.Fault{Method: http.MethodDelete, Path: "*", Status: 503})
		done, err := r.app.desk.Block(context.Background(), "gus@x.test", "lost badge", 0, "olga", false)
		if err != nil || done.Standing() == desk.InStep {
			t.Fatalf("%v: %s", err, brief(desk.Result{Doors: done.Doors}))
		}
		time.Sleep(2 * time.Minute)
		r.sync(desk.Pending)
		if is := r.issues("blocked-but-in"); len(is) != 2 || !strings.Contains(is[0].Text, "INCIDENT") || is[0].Who == "" {
			t.Errorf("told as %+v", is)
		}
		r.clear()
		r.sync(desk.InStep)
		if got := r.inAnything("gus"); len(got)+len(r.issues("blocked-but-in")) > 0 {
			t.Errorf("Gus is in %v", got)
		}
	})
}

// TestABlockEndsByItself serves over the end of a block.
func TestABlockEndsByItself(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			r.sync(desk.InStep)
			stop, err := r.app.desk.Start(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			time.Sleep(5 * time.Minute)
			until := cardea.At(time.Now().Add(7 * time.Minute))
			if _, err := r.app.desk.Block(context.Background(), "finn@x.test", "badge lent", until, "olga", true); err != nil {
				t.Fatal(err)
			}
			time.Sleep(30 * time.Second)
			if got := r.inAnything("finn"); len(got) > 0 {
				t.Errorf("left to the server, Finn is in %v", got)
			}
			time.Sleep(6 * time.Minute)
			if got := r.inAnything("finn"); len(got) > 0 {
				t.Errorf("before the end Finn is in %v", got)
			}
			time.Sleep(time.Minute)
			if got := r.inAnything("finn"); len(got) != 2 {
				t.Errorf("after the end Finn is in %v", got)
			}
		})
	})
}

// TestASecondRecordIsNoWayRoundABlock blocks one of two people with one address.
func TestASecondRecordIsNoWayRoundABlock(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		if _, err := r.app.desk.Block(context.Background(), "Dora D.", "left the house", 0, "olga", true); err != nil {
			t.Fatal(err)
		}
		r.sync(desk.InStep)
		if got := r.inAnything("dora"); len(got) > 0 {
			t.Errorf("Dora is in %v", got)
		}
		if slices.Contains(r.users(), "dora@x.test") {
			t.Error("an account was made for somebody who is blocked")
		}
	})
}

func TestExplainSaysWhoIsBlocked(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		r.block("ana@x.test", 0, desk.InStep)
		q := question{
			who: "ana@x.test", group: "General access", word: "No longer",
			sentence: []string{"since Mon 23 Nov 09:00", "because an operator blocked Ana Almeida", "lost badge"},
			decides:  "BLOCK An operator blocked", change: "cardea unblock", door: "is not in",
		}
		r.ask("blocked", q)
		q.at, q.word, q.open, q.sentence = "2026-11-23T08:00:00Z", "Yes", true, []string{"could pass"}
		q.decides, q.change, q.door = "PLAN", "", ""
		r.ask("before", q)
		r.block("ana@x.test", cardea.At(time.Now().Add(48*time.Hour)), desk.InStep)
		q.at, q.word, q.open, q.sentence = "", "Not yet", false, []string{"from Wed 25 Nov 09:00", "Hot desk"}
		q.decides, q.change, q.door = "BLOCK An operator blocked Ana Almeida Mon 23 Nov 09:00", "cardea unblock", "is not in"
		r.ask("until", q)
		q.at, q.word, q.open, q.sentence = "2026-11-26T09:00:00Z", "Yes", true, nil
		q.decides, q.change, q.door = "PLAN", "", ""
		r.ask("after", q)
	})
}

// TestAFreezeHoldsAdditionsAndRemovals changes both ways while frozen, and thaws by itself.
func TestAFreezeHoldsAdditionsAndRemovals(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			r.sync(desk.InStep)
			stop, err := r.app.desk.Start(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			time.Sleep(time.Minute)
			if _, err := r.app.desk.Freeze(context.Background(), "london", "rewiring", cardea.At(time.Now().Add(50*time.Minute)), "olga"); err != nil {
				t.Fatal(err)
			}
			r.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-20}, {_id: ms-dan, startDate: 2026-11-20}]}")
			n := r.writes()
			time.Sleep(40 * time.Minute)
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("frozen, and yet this was written: %v", s)
			}
			o, err := r.app.desk.Overview(context.Background())
			if err != nil || len(o.Frozen) != 1 || o.Held < 2 || o.Integrations[0].State != say.Held {
				t.Errorf("%v: %+v", err, o)
			}
			if is := r.issues("frozen"); len(is) != 1 || !strings.Contains(is[0].Text, "rewiring") {
				t.Errorf("told as %+v", is)
			}
			r.block("ivan@x.test", 0, desk.InStep)
			if got := r.inAnything("ivan"); len(got) > 0 {
				t.Errorf("the freeze kept Ivan in %v", got)
			}
			time.Sleep(11 * time.Minute)
			if who := r.inside()["General access"]; slices.Contains(who, "joe") || !slices.Contains(who, "dan") {
				t.Errorf("thawed, General access holds %v", who)
			}
			if is := r.issues("frozen"); len(is) > 0 {
				t.Errorf("thawed, and still told: %+v", is)
			}
		})
	})
}

// TestAFreezeDoesNotMakeStraysOurs freezes before the first run: whom nobody speaks for is asked about after it.
func TestAFreezeDoesNotMakeStraysOurs(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.patch(byHand)
		if _, err := r.app.desk.Freeze(context.Background(), "london", "not yet", 0, "olga"); err != nil {
			t.Fatal(err)
		}
		r.sync(desk.Held)
		if s := r.sent(0); len(s) > 0 {
			t.Errorf("written while frozen: %v", s)
		}
		if err := r.app.desk.Unfreeze(context.Background(), "london", "olga"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		r.sync(desk.Held)
		if s := removals(r.sent(0)); len(s) > 0 {
			t.Errorf("taken away unasked: %v", s)
		}
	})
}

func TestBlockAndFreezeCommands(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := rigOf(t, "tiny", read(t, worldsDir+"tiny.yaml"), string(read(t, worldsDir+"tiny.cardea.yaml")), kept(t), nil)
		r.sync(desk.InStep)
		r.shut()
		say := func(do func(context.Context, *terminal, settings) error) (string, error) {
			var out bytes.Buffer
			c := &terminal{out: &out, err: &out, now: time.Now, getenv: func(string) string { return "olga" }}
			err := do(context.Background(), c, settings{file: r.set.file, transport: r.set.transport})
			return out.String(), err
		}
		for _, c := range []struct {
			do   func(context.Context, *terminal, settings) error
			says []string
			err  cardea.Class
		}{
			{(&blocksCmd{}).do, []string{"Nobody is blocked."}, ""},
			{(&blockCmd{Person: "ana@x.test", Note: "lost badge", Until: "2026-12-01"}).do, []string{
				"Ana Almeida <ana@x.test> is blocked since Mon 23 Nov 09:00", "until Wed 2 Dec 00:00 by command line, olga: lost badge",
				"2 removed because an operator blocked them", "2 confirmed",
			}, ""},
			{(&blocksCmd{}).do, []string{"Ana Almeida <ana@x.test>", "lost badge"}, ""},
			{(&blockCmd{Person: "nobody@x.test", Note: "x"}).do, nil, cardea.NotFound},
			{(&blockCmd{Person: "gus@x.test", Note: " "}).do, nil, cardea.Rejected},
			{(&blockCmd{Person: "gus@x.test", Note: "x", Until: "2026-11-01"}).do, nil, cardea.Rejected},
			{(&blockCmd{Person: "gus@x.test", Note: "x", Until: "soon"}).do, nil, cardea.Rejected},
			{(&unblockCmd{Person: "gus@x.test"}).do, nil, cardea.NotFound},
			{(&unblockCmd{Person: "ana@x.test"}).do, []string{"is not blocked any more", "2 confirmed"}, ""},
			{(&freezeCmd{Integration: "londn", Reason: "x"}).do, nil, cardea.NotFound},
			{(&freezeCmd{Integration: "london", Reason: "rewiring", Until: "2h"}).do, []string{
				"london is frozen since Mon 23 Nov 09:00", "until Mon 23 Nov 11:00", "by command line, olga: rewiring\ntimes are those of London",
			}, ""},
			{(&unfreezeCmd{}).do, nil, cardea.NotFound},
			{(&unfreezeCmd{Integration: "london"}).do, []string{"london is not frozen any more"}, ""},
			{(&unfreezeCmd{Integration: "london"}).do, nil, cardea.NotFound},
		} {
			out, err := say(c.do)
			if cardea.ClassOf(err) != c.err {
				t.Errorf("%v: %s", err, out)
			}
			for _, part := range c.says {
				if !strings.Contains(out, part) {
					t.Errorf("%q is not in\n%s", part, out)
				}
			}
		}
		r.open()
		defer r.shut()
		lines, err := r.app.store.In("default").Audit(context.Background(), 200)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, l := range lines {
			if slices.Contains([]string{"block", "unblock", "freeze", "unfreeze"}, l.What) {
				told = append(told, l.What+" "+l.Who)
			}
		}
		const by = " command line, olga"
		if want := []string{"unfreeze" + by, "freeze" + by, "unblock" + by, "block" + by}; !slices.Equal(told, want) {
			t.Errorf("the audit log says %q", told)
		}
	})
}
