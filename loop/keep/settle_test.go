package keep_test

import (
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// slow makes the door system show what it was told only after a while, and say so.
func (b *site) slow(by, says time.Duration) {
	b.door.Delay(by, func() time.Time { return b.at.Time() })
	l := b.door.Limits()
	l.Settle = says
	b.door.Limit(l)
}

func agreement(id string) cardea.Agreement {
	a, _ := member(id)[1].(cardea.Agreement)
	return a
}

// try is one run that may fail.
func (b *site) try(o keep.Options) keep.Report {
	b.t.Helper()
	r, err := b.keeper.Run(b.t.Context(), o)
	if err != nil && cardea.ClassOf(err) != cardea.Retry {
		b.t.Fatal(err)
	}
	return r
}

// codes are the codes of the open issues.
func (b *site) codes() []string {
	b.t.Helper()
	rows, err := b.ws.Issues(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	out := []string{}
	for _, r := range rows {
		out = append(out, r.Issue.Code)
	}
	return out
}

func TestNothingIsSentTwiceBeforeItHasToShow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd")...)
		b.sync()
		b.slow(40*time.Second, time.Minute)
		b.space.Put(person("dan"), agreement("dan"))
		b.read()
		writes := b.door.Writes()
		r := b.run(keep.Options{Sweep: true})
		if n := b.door.Writes() - writes; n != 2 || r.Applied.Open == 0 {
			t.Fatalf("%d writes, %d open: %s", n, r.Applied.Open, said(r.Plan.Changeset.Operations))
		}
		if r.Next != b.at.Add(time.Minute) {
			t.Errorf("it is looked at again at %s, want %s", r.Next, b.at.Add(time.Minute))
		}
		for range 3 { // too early to tell: nothing is planned, sent or complained of
			b.at += 10 * cardea.Second
			if r = b.run(keep.Options{Sweep: true}); len(r.Plan.Changeset.Operations) > 0 {
				t.Errorf("planned again: %s", said(r.Plan.Changeset.Operations))
			}
		}
		if c := b.codes(); len(c) > 0 {
			t.Errorf("complained of too early: %v", c)
		}
		b.at += 30 * cardea.Second
		r = b.run(keep.Options{Sweep: true})
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan")
		if n := b.door.Writes() - writes; n != 2 || r.Recovered.Open != 0 || r.Run.Outcome != keep.InStep {
			t.Errorf("%d writes, %d open, outcome %s (%s)", n, r.Recovered.Open, r.Run.Outcome, r.Run.Detail)
		}
	})
}

func TestWhatDoesNotShowInTimeIsSentOnceMoreAndThenAnIssue(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd")...)
		b.sync()
		b.space.Put(person("dan"), agreement("dan"))
		b.read()
		b.slow(0, time.Minute)
		b.door.Lie(true)
		sent := func() (n int) {
			for _, c := range b.door.Calls() {
				if c.Name == "grant" {
					n++
				}
			}
			return n
		}
		before := sent()
		b.run(keep.Options{})
		b.at += 59 * cardea.Second
		b.run(keep.Options{})
		if n := sent() - before; n != 1 {
			t.Fatalf("sent %d times before it had to show", n)
		}
		b.at += 2 * cardea.Second
		r := b.run(keep.Options{})
		if n := sent() - before; n != 2 {
			t.Fatalf("sent %d times when it had to show", n)
		}
		for _, res := range r.Applied.Results {
			if res.Op.Verb == cardea.VerbAdd && (res.Op.Mails != cardea.MailsNever || !res.Op.Resent) {
				t.Errorf("it tells the person once more: %s", res.Op.Mails)
			}
		}
		if c := b.codes(); slices.Contains(c, "unconfirmed") {
			t.Errorf("complained of before it was sent once more: %v", c)
		}
		b.at += 61 * cardea.Second
		b.run(keep.Options{})
		if c := b.codes(); !slices.Contains(c, "unconfirmed") {
			t.Errorf("nobody is told: %v", c)
		}
		if b.door.Accounts() != 4 {
			t.Errorf("%d accounts", b.door.Accounts())
		}
		b.door.Lie(false)
		b.at += 61 * cardea.Second
		b.run(keep.Options{})
		b.at += 61 * cardea.Second
		b.run(keep.Options{})
		wantMembers(t, b, "General", "ana", "bob", "cyd", "dan")
		if c := b.codes(); len(c) > 0 {
			t.Errorf("it is there, and open: %v", c)
		}
	})
}

func TestARevocationThatIsNotConfirmedIsAnIncidentAndFirstInTheQueue(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"says yes and does nothing", "answers nothing"} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve", "fay")...)
			b.sync()
			gone := agreement("fay")
			gone.Approved = false
			b.space.Put(gone)
			b.read()
			began := b.at
			if how == "answers nothing" {
				b.door.Fault(refuseWrites)
			} else {
				b.door.Lie(true)
			}
			for b.at < began+6*cardea.Minute {
				b.try(keep.Options{})
				incident := slices.Contains(b.codes(), keep.CodeLate)
				if due := b.at-began >= 5*cardea.Minute; incident != due {
					t.Fatalf("%s: %s after it was due: incident %v", how, time.Duration(b.at-began)*time.Microsecond, incident)
				}
				b.at += cardea.Minute
			}
			gone = agreement("bob")
			gone.Approved = false
			other := agreement("ana")
			other.Approved = false
			b.space.Put(gone, other)
			b.read()
			b.door.Lie(false)
			b.door.Fault(nil)
			r := b.try(keep.Options{})
			var order []cardea.PersonID
			for _, op := range r.Plan.Changeset.Operations {
				order = append(order, op.Person)
			}
			if len(order) != 3 || order[0] != "rnd/person:fay" {
				t.Errorf("%s: the queue is %v", how, order)
			}
			b.try(keep.Options{})
			wantMembers(t, b, "General", "cyd", "dan", "eve")
			if c := b.codes(); slices.Contains(c, keep.CodeLate) {
				t.Errorf("%s: it is gone, and open: %v", how, c)
			}
		})
	}
}

// TestARunOfAFewPeopleClosesNoIncident leaves open what a run of other people did not look at.
func TestARunOfAFewPeopleClosesNoIncident(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve")...)
		b.sync()
		gone := agreement("ana")
		gone.Approved = false
		b.space.Put(gone)
		b.read()
		b.door.Lie(true)
		for range 7 {
			b.try(keep.Options{})
			b.at += cardea.Minute
		}
		before := b.codes()
		b.try(keep.Options{People: []cardea.PersonID{"rnd/person:bob"}})
		if after := b.codes(); !slices.Contains(after, keep.CodeLate) || !slices.Equal(before, after) {
			t.Errorf("before %v, after %v", before, after)
		}
	})
}

func refuseWrites(c looptest.Call) looptest.Fault {
	if c.Write {
		return looptest.Fault{Before: cardea.Errorf(cardea.Retry, "503")}
	}
	return looptest.Fault{}
}

func TestTimesRunFromTheFactToTheConfirmation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSite(t, s, members("ana", "bob", "cyd", "dan")...)
		l := b.door.Limits()
		l.Timed = false
		b.door.Limit(l)
		b.sync()
		after := b.at
		last := func() store.Measure {
			t.Helper()
			ms, err := b.ws.Measures(t.Context(), "kisi", after, cardea.Never)
			if err != nil || len(ms) != 1 {
				t.Fatalf("%v, %+v", err, ms)
			}
			after = b.at
			return ms[0]
		}
		// A membership: from the beginning of the reading that brought it.
		b.at += cardea.Minute
		b.space.Put(person("eve"), agreement("eve"))
		known := b.at
		b.read()
		b.at += 4 * cardea.Second
		b.run(keep.Options{})
		if m := last(); m.Revoke || m.Fact != known || m.Seconds() != 4 {
			t.Errorf("a membership: %+v, known at %s", m, known)
		}
		// A booking: from its opening, known long before.
		start := b.at.Add(2 * time.Hour)
		b.space.Put(cardea.Booking{ID: "b", Resource: "elephant", Location: "l", Person: "ana", Start: start, End: start + cardea.Hour})
		b.read()
		b.run(keep.Options{})
		b.at = start.Add(-15*time.Minute) + 7*cardea.Second
		b.run(keep.Options{})
		if m := last(); m.Revoke || m.Seconds() != 7 {
			t.Errorf("a booking: %+v, %v s", m, m.Seconds())
		}
		b.at = start.Add(75*time.Minute) + 3*cardea.Second
		b.run(keep.Options{})
		if m := last(); !m.Revoke || m.Seconds() != 3 {
			t.Errorf("its end: %+v, %v s", m, m.Seconds())
		}
		// A membership that is cancelled, at a door system that is down for a minute.
		gone := agreement("eve")
		gone.Approved = false
		b.space.Put(gone)
		b.at += cardea.Minute
		known = b.at
		b.read()
		b.at += 5 * cardea.Second
		b.door.Fault(refuseWrites)
		b.try(keep.Options{})
		b.at += cardea.Minute
		b.door.Fault(nil)
		b.try(keep.Options{})
		if m := last(); !m.Revoke || m.Fact != known || m.Seconds() != 65 {
			t.Errorf("a cancellation: %+v, %v s", m, m.Seconds())
		}
	})
}
