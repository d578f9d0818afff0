package read_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/read"
)

const (
	now      = cardea.Instant(1_700_000_000) * cardea.Second
	interval = 15 * time.Minute
)

var span = cardea.Window{From: now.Add(-24 * time.Hour), Until: now.Add(24 * time.Hour)}

func hash(r cardea.Record) string {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func plan(i int) cardea.Record { return cardea.Plan{ID: fmt.Sprintf("p%02d", i), Name: "Plan"} }

func plans(from, until int) []cardea.Record {
	var out []cardea.Record
	for i := from; i < until; i++ {
		out = append(out, plan(i))
	}
	return out
}

func known(recs ...cardea.Record) map[string]read.Known {
	m := map[string]read.Known{}
	for _, r := range recs {
		m[r.Key().ID] = read.Known{Hash: hash(r), Body: r}
	}
	return m
}

// pages makes a listing; fill adds to it and ends it.
func pages(kind cardea.Kind, fill func(*cardea.Pages)) *cardea.Pages {
	p := cardea.NewIntake(cardea.Scope{Span: span}, nil).Open(kind)
	fill(p)
	return p
}

func whole(kind cardea.Kind, recs ...cardea.Record) *cardea.Pages {
	return pages(kind, func(p *cardea.Pages) {
		p.Add(recs, cardea.Mark{Total: len(recs), Counted: true})
		p.Close()
	})
}

func weak(kind cardea.Kind, recs ...cardea.Record) *cardea.Pages {
	return pages(kind, func(p *cardea.Pages) {
		p.Add(recs, cardea.Mark{})
		p.Close()
	})
}

func good(records int) read.Standing {
	at := now.Add(-interval)
	return read.Standing{Grade: cardea.Complete, At: at, CompleteAt: at, Records: records}
}

func reading(k map[string]read.Known, s read.Standing, p *cardea.Pages) read.Reading {
	return read.Reading{Known: k, Standing: s, Pages: p, Now: now, Interval: interval, Span: span, Hash: hash}
}

// settled merges and settles with the answers.
func settled(r read.Reading, answers map[cardea.Key]read.Answer) read.Result {
	res := read.Merge(r)
	res.Settle(r.Pages.Kind(), answers, hash)
	return res
}

func goneIDs(res read.Result) []string {
	var out []string
	for _, g := range res.Gone {
		out = append(out, g.Key.ID+" "+string(g.Cause))
	}
	return out
}

func upserts(res read.Result) []string {
	var out []string
	for _, r := range res.Upsert {
		out = append(out, r.Key().ID)
	}
	return out
}

func TestAbsenceNeedsACompleteReadingThatIsNotSuspect(t *testing.T) {
	t.Parallel()
	ten := known(plans(0, 10)...)
	long := good(10)
	long.SuspectSince = now.Add(-interval)
	short := good(10)
	short.SuspectSince = now.Add(-interval + time.Second)
	cases := []struct {
		name    string
		known   map[string]read.Known
		before  read.Standing
		pages   *cardea.Pages
		missing []string
		suspect bool
		blind   bool
	}{
		{"complete, one less", ten, good(10), whole(cardea.KindPlan, plans(1, 10)...), []string{"p00"}, false, false},
		{"stopped on the way", ten, good(10), pages(cardea.KindPlan, func(p *cardea.Pages) {
			p.Add(plans(1, 10), cardea.Mark{More: true})
			p.Fail(cardea.Errorf(cardea.Retry, "503"))
		}), nil, false, true},
		{"failed at once", ten, good(10), pages(cardea.KindPlan, func(p *cardea.Pages) {
			p.Fail(cardea.Errorf(cardea.Retry, "503"))
		}), nil, false, true},
		{"never ended", ten, good(10), pages(cardea.KindPlan, func(*cardea.Pages) {}), nil, false, true},
		{"fewer than counted", ten, good(10), pages(cardea.KindPlan, func(p *cardea.Pages) {
			p.Add(plans(1, 10), cardea.Mark{Total: 10, Counted: true})
			p.Close()
		}), nil, false, true},
		{"a ceiling", ten, good(10), pages(cardea.KindPlan, func(p *cardea.Pages) {
			p.Add(plans(1, 10), cardea.Mark{Ended: true, Ceiling: true})
			p.Close()
		}), nil, false, true},
		{"empty list with 200", ten, good(10), whole(cardea.KindPlan), nil, true, true},
		{"less than half", ten, good(10), whole(cardea.KindPlan, plans(6, 10)...), nil, true, true},
		{"exactly half", ten, good(10), whole(cardea.KindPlan, plans(5, 10)...),
			[]string{"p00", "p01", "p02", "p03", "p04"}, false, false},
		{"less than half, but few", known(plans(0, 5)...), good(5), whole(cardea.KindPlan, plans(4, 5)...),
			[]string{"p00", "p01", "p02", "p03"}, false, false},
		{"other ones", known(plans(0, 3)...), good(3), whole(cardea.KindPlan, plans(2, 6)...), nil, true, true},
		{"weak and shrunk", ten, good(10), weak(cardea.KindPlan, plans(1, 10)...), nil, true, true},
		{"weak and whole", ten, good(10), weak(cardea.KindPlan, plans(0, 11)...), nil, false, false},
		{"empty again after a full interval", ten, long, whole(cardea.KindPlan),
			[]string{"p00", "p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09"}, false, false},
		{"empty again too soon", ten, short, whole(cardea.KindPlan), nil, true, true},
		{"whole again after a suspicion", ten, short, whole(cardea.KindPlan, plans(0, 10)...), nil, false, false},
		{"stopped during a suspicion", ten, long, pages(cardea.KindPlan, func(p *cardea.Pages) {
			p.Fail(cardea.Errorf(cardea.Retry, "503"))
		}), nil, false, true},
		{"nothing known", nil, read.Standing{}, whole(cardea.KindPlan), nil, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res := settled(reading(c.known, c.before, c.pages), nil)
			if d := cmp.Diff(c.missing, res.Missing); d != "" {
				t.Errorf("missing (-want +got):\n%s", d)
			}
			if len(res.Gone) > 0 {
				t.Errorf("gone: %v", res.Gone)
			}
			if (res.Suspect != "") != c.suspect {
				t.Errorf("suspect: %q", res.Suspect)
			}
			if (res.Standing.Blind() != "") != c.blind {
				t.Errorf("blind: %q", res.Standing.Blind())
			}
		})
	}
}

func TestVanishedNeedsTwoCompleteReadings(t *testing.T) {
	t.Parallel()
	k := known(plans(0, 10)...)
	first := settled(reading(k, good(10), whole(cardea.KindPlan, plans(1, 10)...)), nil)
	if d := cmp.Diff([]string{"p00"}, first.Missing); d != "" {
		t.Fatal(d)
	}
	was := k["p00"]
	was.MissingSince = now
	k["p00"] = was
	r := reading(k, first.Standing, whole(cardea.KindPlan, plans(1, 10)...))
	r.Now = now.Add(interval)
	second := settled(r, nil)
	want := []cardea.Gone{{Key: plan(0).Key(), Cause: cardea.CauseVanished, Since: now}}
	if d := cmp.Diff(want, second.Gone); d != "" {
		t.Errorf("gone (-want +got):\n%s", d)
	}
	back := settled(reading(k, first.Standing, whole(cardea.KindPlan, plans(0, 10)...)), nil)
	if d := cmp.Diff([]string{"p00"}, back.Seen); d != "" {
		t.Errorf("a record that came back is not seen (-want +got):\n%s", d)
	}
}

func TestAskingByIDDecidesAbsence(t *testing.T) {
	t.Parallel()
	k := known(plans(0, 10)...)
	r := reading(k, good(10), whole(cardea.KindPlan, plans(2, 10)...))
	res := read.Merge(r)
	if d := cmp.Diff([]cardea.Key{plan(0).Key(), plan(1).Key()}, res.Ask); d != "" {
		t.Fatalf("asks (-want +got):\n%s", d)
	}
	res.Settle(cardea.KindPlan, map[cardea.Key]read.Answer{
		plan(0).Key(): {Missing: true},
		plan(1).Key(): {Record: cardea.Plan{ID: "p01", Name: "Renamed"}},
	}, hash)
	if d := cmp.Diff([]string{"p00 deleted"}, goneIDs(res)); d != "" {
		t.Errorf("gone (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"p01"}, upserts(res)); d != "" {
		t.Errorf("a record that is still there (-want +got):\n%s", d)
	}
	if len(res.Missing) > 0 {
		t.Errorf("missing: %v", res.Missing)
	}
}

func TestUnknownIDCountsOnlyInACompleteReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		recs  []cardea.Record
		total int
		want  []string
	}{
		{"complete", plans(1, 10), 9, []string{"p00 deleted"}},
		{"incomplete", plans(1, 10), 10, nil},
		{"suspect", plans(8, 10), 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := pages(cardea.KindPlan, func(p *cardea.Pages) {
				p.Add(c.recs, cardea.Mark{Total: c.total, Counted: true})
				p.Missing(plan(0).Key())
				p.Close()
			})
			res := settled(reading(known(plans(0, 10)...), good(10), p), nil)
			if d := cmp.Diff(c.want, goneIDs(res)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestABookingThatLeavesTheSpanIsNotAbsent(t *testing.T) {
	t.Parallel()
	past := cardea.Booking{ID: "past", Start: span.From - 2*cardea.Hour, End: span.From}
	future := cardea.Booking{ID: "future", Start: span.Until, End: span.Until + cardea.Hour}
	inside := cardea.Booking{ID: "inside", Start: now, End: now + cardea.Hour}
	series := cardea.Booking{ID: "series", Start: span.From - 48*cardea.Hour, End: span.From - 47*cardea.Hour, RRule: "FREQ=DAILY"}
	over := cardea.Booking{ID: "over", Start: 0, End: cardea.Hour, RRule: "FREQ=DAILY", Last: span.From - 1}
	stays := cardea.Booking{ID: "stays", Start: now, End: now + cardea.Hour}
	res := settled(reading(known(past, future, inside, series, over, stays), good(6), whole(cardea.KindBooking, stays)), nil)
	if d := cmp.Diff([]string{"inside", "series"}, res.Missing); d != "" {
		t.Error(d)
	}
	only := settled(reading(known(past, future), good(2), whole(cardea.KindBooking)), nil)
	if only.Suspect != "" || len(only.Missing) > 0 {
		t.Errorf("bookings outside the span made a reading suspect: %q, missing %v", only.Suspect, only.Missing)
	}
}

func TestARecordThatCannotBeReadIsUnsureNotGone(t *testing.T) {
	t.Parallel()
	p := pages(cardea.KindPlan, func(p *cardea.Pages) {
		p.Add(plans(1, 10), cardea.Mark{Total: 10, Counted: true})
		p.Bad([]byte("{"), []cardea.Key{plan(0).Key(), {Kind: cardea.KindAgreement, ID: "a"}}, "no name")
		p.Close()
	})
	res := settled(reading(known(plans(0, 10)...), good(10), p), nil)
	if len(res.Missing)+len(res.Gone)+len(res.Ask) > 0 {
		t.Errorf("missing %v, gone %v, ask %v", res.Missing, res.Gone, res.Ask)
	}
	want := []cardea.Key{{Kind: cardea.KindAgreement, ID: "a"}, plan(0).Key()}
	if d := cmp.Diff(want, res.Unsure); d != "" {
		t.Error(d)
	}
}

func TestARowThatTakesAccessAwayIsReadByIDFirst(t *testing.T) {
	t.Parallel()
	old := cardea.Agreement{ID: "a", Plan: "hot", Person: "ana", Approved: true}
	row := old
	row.Plan = "cold"
	full := row
	full.Name = "as read by id"
	ask := func(a map[cardea.Key]read.Answer) read.Result {
		return settled(reading(known(old), good(1), whole(cardea.KindAgreement, row)), a)
	}
	none := ask(nil)
	if len(none.Upsert) > 0 {
		t.Errorf("the row counted before it was read by id: %v", none.Upsert)
	}
	if d := cmp.Diff([]cardea.Key{old.Key()}, none.Unsure); d != "" {
		t.Errorf("unsure (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]cardea.Record{full}, ask(map[cardea.Key]read.Answer{old.Key(): {Record: full}}).Upsert); d != "" {
		t.Errorf("what was read by id is not what is kept (-want +got):\n%s", d)
	}
	if res := ask(map[cardea.Key]read.Answer{old.Key(): {Record: old}}); len(res.Upsert)+len(res.Unsure) > 0 {
		t.Errorf("the record itself had not changed, yet %v %v", res.Upsert, res.Unsure)
	}
	if res := ask(map[cardea.Key]read.Answer{old.Key(): {Missing: true}}); len(res.Gone)+len(res.Upsert) > 0 {
		t.Errorf("a listed record was removed: %v %v", res.Gone, res.Upsert)
	}
}

func TestLessens(t *testing.T) {
	t.Parallel()
	day := func(i cardea.Instant) cardea.Day { return cardea.Day{At: i, Set: true} }
	a := cardea.Agreement{ID: "a", Plan: "p", Person: "x", Approved: true, End: day(now)}
	b := cardea.Booking{ID: "b", Person: "x", Resource: "r", Members: []string{"m"}, Visitors: []string{"v"}, Start: 1, End: 2}
	cases := []struct {
		name     string
		old, now cardea.Record
		want     bool
	}{
		{"same", a, a, false},
		{"renamed", a, with(a, func(a *cardea.Agreement) { a.Name = "new" }), false},
		{"other plan", a, with(a, func(a *cardea.Agreement) { a.Plan = "q" }), true},
		{"other person", a, with(a, func(a *cardea.Agreement) { a.Person = "" }), true},
		{"end brought forward", a, with(a, func(a *cardea.Agreement) { a.End = day(now - 1) }), true},
		{"end put off", a, with(a, func(a *cardea.Agreement) { a.End = day(now + 1) }), false},
		{"end dropped", a, with(a, func(a *cardea.Agreement) { a.End = cardea.Day{} }), false},
		{"start put off", a, with(a, func(a *cardea.Agreement) { a.Start = day(now) }), true},
		{"not approved any more", a, with(a, func(a *cardea.Agreement) { a.Approved = false }), true},
		{"other desk", cardea.Assignment{ID: "s", Resource: "d"}, cardea.Assignment{ID: "s", Resource: "e"}, true},
		{"left", cardea.Person{ID: "x", Status: cardea.Present}, cardea.Person{ID: "x", Status: cardea.Left}, true},
		{"came back", cardea.Person{ID: "x", Status: cardea.Left}, cardea.Person{ID: "x", Status: cardea.Present}, false},
		{"other team", cardea.Person{ID: "x", Team: "t"}, cardea.Person{ID: "x", Team: "u"}, true},
		{"visitor gone", b, with(b, func(b *cardea.Booking) { b.Visitors = nil }), true},
		{"visitor more", b, with(b, func(b *cardea.Booking) { b.Visitors = []string{"v", "w"} }), false},
		{"other room", b, with(b, func(b *cardea.Booking) { b.Resource = "s" }), true},
		{"moved in time", b, with(b, func(b *cardea.Booking) { b.End = 9 }), false},
		{"plan renamed", cardea.Plan{ID: "p"}, cardea.Plan{ID: "p", Name: "x"}, false},
		{"unknown before", nil, a, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := read.Lessens(c.old, c.now); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func with[T any](v T, f func(*T)) T {
	f(&v)
	return v
}

// TestSilenceNeverRemoves draws readings of every kind and checks what may never happen.
func TestSilenceNeverRemoves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := known(plans(0, rapid.IntRange(0, 20).Draw(t, "known"))...)
		for id, s := range k {
			switch rapid.IntRange(0, 4).Draw(t, "state "+id) {
			case 0:
				s.MissingSince = now.Add(-interval)
			case 1:
				s.GoneAt = now.Add(-interval)
			case 2:
				s.Unsure = true
			}
			k[id] = s
		}
		recs := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) cardea.Record {
			return plan(rapid.IntRange(0, 30).Draw(t, "id"))
		}), func(r cardea.Record) string { return r.Key().ID }).Draw(t, "listed")
		mark := cardea.Mark{
			Total: rapid.IntRange(0, 35).Draw(t, "total"), Counted: rapid.Bool().Draw(t, "counted"),
			More: rapid.Bool().Draw(t, "more"), Ended: rapid.Bool().Draw(t, "ended"),
		}
		p := pages(cardea.KindPlan, func(p *cardea.Pages) {
			p.Add(recs, mark)
			if rapid.Bool().Draw(t, "broken") {
				p.Fail(cardea.Errorf(cardea.Retry, "503"))
			} else {
				p.Close()
			}
		})
		before := good(len(k))
		if rapid.Bool().Draw(t, "suspect before") {
			before.SuspectSince = now.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, "minutes")) * time.Minute)
		}
		res := settled(reading(k, before, p), nil)
		grade := p.Evidence().Grade()
		if grade == cardea.Incomplete || grade == cardea.Failed || res.Suspect != "" {
			if len(res.Missing)+len(res.Gone) > 0 {
				t.Fatalf("a %s reading (suspect: %q) removed %v, %v", grade, res.Suspect, res.Missing, res.Gone)
			}
			if res.Standing.CompleteAt != before.CompleteAt {
				t.Fatalf("a %s reading (suspect: %q) counts as complete", grade, res.Suspect)
			}
		}
		listed := map[string]bool{}
		for _, r := range recs {
			listed[r.Key().ID] = true
		}
		for _, id := range res.Missing {
			if listed[id] || k[id].MissingSince != 0 || k[id].GoneAt != 0 {
				t.Fatalf("%s is missing: listed %v, %+v", id, listed[id], k[id])
			}
		}
		for _, g := range res.Gone {
			if listed[g.Key.ID] || k[g.Key.ID].MissingSince == 0 {
				t.Fatalf("%s is gone in its first absence: %+v", g.Key.ID, k[g.Key.ID])
			}
		}
		// Whatever the grade, what came is there.
		for _, r := range recs {
			if s, ok := k[r.Key().ID]; (!ok || s.GoneAt != 0) && !contains(upserts(res), r.Key().ID) {
				t.Fatalf("%s came and was not kept", r.Key().ID)
			}
		}
		again := settled(reading(k, before, p), nil)
		if d := cmp.Diff(res, again, cmp.AllowUnexported(read.Result{})); d != "" {
			t.Fatalf("equal readings give unequal results:\n%s", d)
		}
	})
}

func contains(ids []string, id string) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}

func TestAUseOfAPassThatWasSeenStaysSeen(t *testing.T) {
	t.Parallel()
	at := cardea.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	seen := at.Add(-time.Hour)
	for what, c := range map[string]struct {
		old, now, want cardea.Pass
	}{
		"the list of uses came empty": {
			cardea.Pass{ID: "p", HalfUsed: 6, UsedOn: seen}, cardea.Pass{ID: "p", HalfUsed: 6}, cardea.Pass{ID: "p", HalfUsed: 6, UsedOn: seen},
		},
		"used again": {
			cardea.Pass{ID: "p", HalfUsed: 4, UsedOn: seen}, cardea.Pass{ID: "p", HalfUsed: 6, UsedOn: at},
			cardea.Pass{ID: "p", HalfUsed: 6, UsedOn: at},
		},
		"the use was taken back": {
			cardea.Pass{ID: "p", HalfUsed: 6, UsedOn: seen}, cardea.Pass{ID: "p", HalfUsed: 4}, cardea.Pass{ID: "p", HalfUsed: 4},
		},
		"used long ago": {
			cardea.Pass{ID: "p", HalfUsed: 6, UsedOn: at.Add(-72 * time.Hour)}, cardea.Pass{ID: "p", HalfUsed: 6}, cardea.Pass{ID: "p", HalfUsed: 6},
		},
	} {
		if got := read.Remembered(c.old, c.now, at); got != cardea.Record(c.want) {
			t.Errorf("%s: %+v, want %+v", what, got, c.want)
		}
	}
	if got := read.Remembered(nil, cardea.Pass{ID: "p"}, at); got != cardea.Record(cardea.Pass{ID: "p"}) {
		t.Errorf("a new pass: %+v", got)
	}
}
