package decide_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

func TestFeedsNamesTheCollectionsAGroupRestsOn(t *testing.T) {
	t.Parallel()
	s := settings(mapped(cardea.ItemPlans, "hot", "g"), mapped(cardea.ItemBookables, "elephant", "g", "room"),
		mapped(cardea.ItemFloors, "f1", "floor"))
	x := decide.New(small(), s)
	for _, c := range []struct {
		group cardea.GroupID
		want  []cardea.Kind
	}{
		{"g", []cardea.Kind{cardea.KindAgreement, cardea.KindBooking, cardea.KindPerson, cardea.KindResource, cardea.KindVisitor}},
		{"room", []cardea.Kind{cardea.KindBooking, cardea.KindPerson, cardea.KindResource, cardea.KindVisitor}},
		{"floor", []cardea.Kind{cardea.KindAgreement, cardea.KindAssignment, cardea.KindFloor, cardea.KindPerson, cardea.KindResource}},
		{"other", nil},
	} {
		if got := x.Feeds(c.group); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.group, got, c.want)
		}
	}
	if got := x.Mapped(); !slices.Equal(got, []cardea.GroupID{"floor", "g", "room"}) {
		t.Errorf("mapped: %v", got)
	}
}

func TestIssuesNameWhatCannotBeJudged(t *testing.T) {
	t.Parallel()
	d := small()
	d.Locations[0].Zone = "Europe/Atlantis"
	nobody, ghost, over := agreement("1", "", "", "hot"), agreement("2", "ghost", "", "hot"), agreement("3", "ana", "", "hot")
	over.End, over.Computed = day("2026-11-20"), "active"
	late := agreement("4", "cy", "", "hot")
	late.End = day("2026-12-20")
	d.Agreements = []cardea.Agreement{nobody, ghost, over, late}
	d.Assignments = []cardea.Assignment{{ID: "x", Agreement: "9", Resource: "lost"}}
	b := booking("b")
	b.RRule, b.Zone = "FREQ=DAILY;INTERVAL=0", "Mars/Olympus"
	d.Bookings = []cardea.Booking{b}
	d.Passes = []cardea.Pass{{ID: "p", HalfCount: 2}}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g")))
	list := func(is []cardea.Issue) []string {
		var out []string
		for _, i := range is {
			out = append(out, i.Code+" "+i.Record.String())
		}
		return out
	}
	want := []string{
		"bad-recurrence booking:b", "dangling agreement:2", "dangling assignment:x", "dangling assignment:x",
		"no-holder agreement:1", "no-holder pass:p",
		"no-zone booking:b", "no-zone location:lon",
	}
	if diff := cmp.Diff(want, list(x.Issues())); diff != "" {
		t.Errorf("issues differ (-want +got):\n%s", diff)
	}
	at := list(x.IssuesAt(at(midday)))
	for _, w := range []string{"computed-differs agreement:3", "left-but-named agreement:4"} {
		if !slices.Contains(at, w) {
			t.Errorf("%s is missing in %v", w, at)
		}
	}
}

// Reasons are written for many people at once; everybody must get their own.
func TestEverybodyGetsTheirOwnReason(t *testing.T) {
	t.Parallel()
	d := small()
	for i := range 2000 {
		id := fmt.Sprintf("m%04d", i)
		d.People = append(d.People, cardea.Person{ID: id, Status: cardea.Present})
		a := agreement("of-"+id, id, "", "hot")
		if i%3 == 0 {
			a.End = day("2026-11-20") // over: nobody is given it
		}
		d.Agreements = append(d.Agreements, a)
	}
	got := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g"))).Grants(span("2026-11-23", "2026-11-24"))
	if want := 2000 - 667; len(got) != want {
		t.Fatalf("%d grants, want %d", len(got), want)
	}
	for _, g := range got {
		_, key, _ := g.Person.Split()
		if len(g.Reasons) != 1 || g.Reasons[0].Record.ID != "of-"+key.ID || !slices.Equal(g.Reasons[0].Windows, g.Windows) {
			t.Fatalf("%s: %+v", g.Person, g.Reasons)
		}
	}
}

func TestUniteAndJoinBringIntegrationsTogether(t *testing.T) {
	t.Parallel()
	d := small()
	a := agreement("1", "ana", "", "hot")
	a.End = day("2026-11-22")
	b := agreement("2", "ana", "", "night")
	b.Start = day("2026-11-23")
	d.Agreements = []cardea.Agreement{a, b, agreement("3", "ben", "", "night")}
	one, two := settings(mapped(cardea.ItemPlans, "hot", "g")), settings(mapped(cardea.ItemPlans, "night", "g"))
	two.Integration = "second"
	x, y := decide.New(d, one), decide.New(d, two)
	around := span("2026-11-22", "2026-11-24")
	got := decide.Unite(x.Grants(around), nil, y.Grants(around))
	if len(got) != 2 || got[0].Person != person("ana") || len(got[0].Reasons) != 2 || got[0].Reasons[1].Integration != "second" {
		t.Fatalf("united: %+v", got)
	}
	wantWindows(t, got[0].Windows, cardea.Window{From: at("2026-11-01"), Until: cardea.Never})
	e := decide.Join(x.Explain(person("ana"), "g", at(midday)), y.Explain(person("ana"), "g", at(midday)))
	if !e.Open || e.Change == nil || e.Change.Integration != "second" || e.Next != nil || e.Last != nil {
		t.Errorf("joined: %+v", e)
	}
	if got := decide.Weightiest(cardea.CauseEnded, "", cardea.CauseUnmapped); got != cardea.CauseUnmapped {
		t.Errorf("weightiest: %s", got)
	}
}

func TestAnswersSurviveJSON(t *testing.T) {
	t.Parallel()
	d := assigned("desk")
	d.Bookings = []cardea.Booking{booking("b")}
	x := decide.New(d, settings(mapped(cardea.ItemResources, "suite", "g"), mapped(cardea.ItemBookables, "elephant", "g")))
	grants, e := x.Grants(span("2026-11-15", "2026-11-24")), x.Explain(person("ana"), "g", at(midday))
	var grants2 []cardea.Grant
	var e2 cardea.Explanation
	for _, v := range []struct{ from, to any }{{grants, &grants2}, {e, &e2}} {
		text, err := json.Marshal(v.from)
		if err == nil {
			err = json.Unmarshal(text, v.to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(grants, grants2, cmpopts.IgnoreFields(cardea.Grant{}, "Nth")) + cmp.Diff(e, e2); diff != "" || len(grants) == 0 || len(e.Considered) == 0 {
		t.Errorf("differ after JSON:\n%s", diff)
	}
}

// What explains a closed door best comes first: the fact that is nearest to opening it.
func TestChangeIsTheStepThatWouldOpenTheDoor(t *testing.T) {
	t.Parallel()
	d := small()
	over, coming := agreement("1", "ana", "", "hot"), agreement("2", "ana", "", "hot")
	over.End, coming.Start = day("2026-11-20"), day("2026-12-01")
	d.Agreements = []cardea.Agreement{over, coming, agreement("3", "ana", "", "night"), agreement("4", "ben", "acme", "hot")}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g")))
	e := x.Explain(person("ana"), "g", at(midday))
	var got []string
	for _, c := range e.Considered {
		got = append(got, string(c.Verdict)+" "+c.Record.ID)
	}
	if want := []string{"not-yet 2", "ended 1", "not-mapped 3", "other-holder 4"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if e.Change == nil || e.Change.Record.ID != "2" || e.Change.Label != "Hot desk" {
		t.Errorf("change: %+v", e.Change)
	}
	if e.Next == nil || e.Next.From != at("2026-12-01") || e.Last == nil || e.Last.Until != at("2026-11-21") {
		t.Errorf("next %v, last %v", e.Next, e.Last)
	}
}
