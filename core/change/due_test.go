package change_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// soon asks what is due of a plan within the next hour and a half.
func soon(in change.Input, pace time.Duration) []cardea.Due {
	cs, _ := change.Plan(in)
	return change.Dues(change.DueInput{
		Now: in.Now, Within: 90 * time.Minute, Horizon: in.Horizon, Limits: in.Limits, Pace: pace, Wanted: in.Wanted, Links: in.Links,
		Edges: in.Edges, Ops: cs.Operations,
	})
}

// booked is n linked people who are to pass from a time on.
func booked(n int, w cardea.Window) change.Input {
	in := plain()
	for i := range n {
		p, a := fmt.Sprintf("%03d", i), fmt.Sprintf("a%03d", i)
		in.Links = append(in.Links, cardea.Link{Person: cardea.PersonID("rnd/person:" + p), Account: cardea.AccountID(a)})
		in.Accounts = append(in.Accounts, cardea.Account{ID: cardea.AccountID(a)})
		g := grant(p, w)
		g.Reasons[0].Due = []cardea.Instant{w.From + 15*cardea.Minute}
		in.Wanted = append(in.Wanted, g)
	}
	return in
}

func states(ds []cardea.Due) map[cardea.DueState]int {
	out := map[cardea.DueState]int{}
	for _, d := range ds {
		out[d.State]++
	}
	return out
}

func TestDueTellsTheQueueThatDoesNotFitBeforeItHappens(t *testing.T) {
	t.Parallel()
	in := booked(20, window(hour, 5*hour))
	in.Limits.Timed = false
	in.Limits.Propagation = 3 * time.Minute // 12 minutes are left, and each takes one
	ds := soon(in, time.Minute)
	if got := states(ds); got[cardea.DuePending] != 12 || got[cardea.DueAtRisk] != 8 {
		t.Fatalf("%v", got)
	}
	for i, d := range ds {
		if d.Written != noon+hour+cardea.Instant(i+1)*cardea.Minute || d.At != noon+hour+15*cardea.Minute || d.Ends {
			t.Errorf("%d: %+v", i, d)
		}
	}
	// Ends are written first: ten of them leave room for ten less.
	for i := range 10 {
		p, a := fmt.Sprintf("e%03d", i), fmt.Sprintf("b%03d", i)
		in.Links = append(in.Links, cardea.Link{Person: cardea.PersonID("rnd/person:" + p), Account: cardea.AccountID(a)})
		in.Wanted = append(in.Wanted, grant(p, window(-hour, hour)))
		in.Edges = append(in.Edges, edge(a, cardea.Forever))
	}
	ends := 0
	for _, d := range soon(in, time.Minute) {
		if d.Ends && d.State == cardea.DuePending {
			ends++
		} else if !d.Ends && d.State == cardea.DuePending && d.Written <= noon+hour+10*cardea.Minute {
			t.Errorf("it begins before others are out: %+v", d)
		}
	}
	if ends != 5 {
		t.Errorf("%d ends are in time, want 5 in five minutes", ends)
	}
}

func TestDueStagedWindowsAreConfirmed(t *testing.T) {
	t.Parallel()
	w := window(hour, 4*hour/3)
	in := booked(2, w)
	in.Edges = []cardea.Edge{edge("a000", w)}
	ds := soon(in, time.Second)
	got := ""
	for _, d := range ds {
		got += fmt.Sprintf("%s %v %s; ", d.Account, d.Ends, d.State)
	}
	if got != "a000 false confirmed; a001 false pending; a000 true confirmed; " {
		t.Fatal(got)
	}
	if ds[1].Written != noon+cardea.Second {
		t.Errorf("it is staged now: %+v", ds[1])
	}
}

func TestDueIsAtRiskFiveMinutesBefore(t *testing.T) {
	t.Parallel()
	in := booked(1, window(-9*cardea.Minute, hour))
	in.Limits.Timed = false
	if d := soon(in, time.Second)[0]; d.State != cardea.DuePending {
		t.Fatalf("six minutes before: %+v", d)
	}
	in.Now += cardea.Minute
	if d := soon(in, time.Second)[0]; d.State != cardea.DueAtRisk {
		t.Fatalf("five minutes before: %+v", d)
	}
	in.Policies["A"] = cardea.Policy{Group: "A", Mode: cardea.Exclusive}
	in.Approve, in.Now = cardea.ApproveFirst, noon
	if d := soon(in, time.Second)[0]; d.State != cardea.DueAtRisk || !strings.Contains(d.Why, "waits for a person") {
		t.Fatalf("nobody approved it: %+v", d)
	}
}

func TestQuietHoursDelayNoAccess(t *testing.T) {
	t.Parallel()
	in := ana()
	in.Limits.SendsMail = true
	in.Quiet = &cardea.Quiet{From: 11 * 60, Until: 14 * 60, Zone: time.UTC} // it is noon
	in.Wanted = []cardea.Grant{grant("ana", window(hour, 9*hour))}
	if o := one(t, in); o.Mails != cardea.MailsNever {
		t.Errorf("what opens in quiet hours tells: %s", o.Mails)
	}
	in.Wanted = []cardea.Grant{grant("ana", window(3*hour, 9*hour))}
	if _, next := none(t, in); next != noon+2*hour {
		t.Errorf("what opens later is looked at again at %s", next)
	}
	in.Now = noon + 2*hour
	if o := one(t, in); o.Mails != cardea.MailsDefault {
		t.Errorf("by day it goes with mails %s", o.Mails)
	}
	in.Now, in.Mails = noon, cardea.MailsNever
	if o := one(t, in); o.Mails != cardea.MailsNever {
		t.Errorf("%+v", o)
	}
}

// TestDueCountsWhatShouldHaveBegunLongAgo has a door system that was away: whoever should have been let in meanwhile is let in
// before those who come next, and takes of their time.
func TestDueCountsWhatShouldHaveBegunLongAgo(t *testing.T) {
	t.Parallel()
	in := booked(20, window(hour, 5*hour))
	in.Limits.Timed = false
	for i := range 70 {
		p, a := fmt.Sprintf("s%03d", i), fmt.Sprintf("s%03d", i)
		in.Links = append(in.Links, cardea.Link{Person: cardea.PersonID("rnd/person:" + p), Account: cardea.AccountID(a)})
		in.Accounts = append(in.Accounts, cardea.Account{ID: cardea.AccountID(a)})
		in.Wanted = append(in.Wanted, grant(p, standing()))
	}
	// From noon on one a minute: at 13:00 ten of those of old are left, and five have their turn until a quarter past.
	ds := soon(in, time.Minute)
	if got := states(ds); len(ds) != 20 || got[cardea.DuePending] != 5 || got[cardea.DueAtRisk] != 15 {
		t.Fatalf("%v", got)
	}
}

// TestDueTellsOfWindowsThatAreNotWhatTheyShouldBe has entries with windows of the vendor's own that end too late and too early.
func TestDueTellsOfWindowsThatAreNotWhatTheyShouldBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		is, should cardea.Window
		ends       bool
		at         cardea.Instant
	}{
		"ends too late":          {window(-2*hour, 3*hour), window(-2*hour, hour), true, noon + hour},
		"stands, and ends soon":  {cardea.Forever, cardea.Window{From: noon - 1000*hour, Until: noon + hour}, true, noon + hour},
		"ends too early":         {window(-2*hour, hour), window(-2*hour, 3*hour), false, noon + hour},
		"of old, ends too early": {window(-1000*hour, hour), standing(), false, noon + hour},
	} {
		in := booked(1, c.should)
		in.Edges = []cardea.Edge{edge("a000", c.is)}
		in.Ledger = []cardea.LedgerRow{row("a000", "000", c.is, in.Wanted[0].Reasons)}
		ds := soon(in, time.Second)
		if len(ds) != 1 || ds[0].Ends != c.ends || ds[0].At != c.at || ds[0].State != cardea.DuePending || ds[0].Written == 0 {
			t.Errorf("%s: %+v", name, ds)
			continue
		}
		if ds = soon(in, 2*time.Hour); len(ds) != 1 || ds[0].State != cardea.DueAtRisk {
			t.Errorf("%s, and there is no time for it: %+v", name, ds)
		}
	}
}
