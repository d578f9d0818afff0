package house_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/house"
)

func TestFindsNothingInASoundHouse(t *testing.T) {
	t.Parallel()
	if ps := house.Check(world(t)); len(ps) > 0 {
		t.Errorf("%v", ps)
	}
}

func TestFindsWhatMakesARecordUseless(t *testing.T) {
	t.Parallel()
	april, may, june := day(t, "2026-04-01"), day(t, "2026-05-01"), day(t, "2026-06-01")
	for what, r := range map[string]cardea.Record{
		"person:x names team:none, which is not there": cardea.Person{ID: "x", Name: "X", Team: "none", Status: cardea.Present},
		`person:x has the status ""`:                   cardea.Person{ID: "x", Name: "X"},
		"person:x has no name":                         cardea.Person{ID: "x", Status: cardea.Present},
		"person:ana is there twice":                    cardea.Person{ID: "ana", Name: "Ana", Status: cardea.Present},
		"person: has no id":                            cardea.Person{Name: "X", Status: cardea.Present},
		"edge:x/y is of a kind":                        cardea.Edge{Group: "x", Account: "y"},
		`location:x has the time zone "Mars/Base"`:     cardea.Location{ID: "x", Name: "X", Zone: "Mars/Base"},
		`location:x has the time zone "Local"`:         cardea.Location{ID: "x", Name: "X", Zone: "Local"},
		"floor:x has no location":                      cardea.Floor{ID: "x", Name: "X"},
		"plan:x has no name":                           cardea.Plan{ID: "x", Name: " "},
		"resource:x is inside itself":                  cardea.Resource{ID: "x", Name: "X", Parents: []string{"desk", "x"}},
		"resource:x is on a floor of another location": cardea.Resource{ID: "x", Name: "X", Location: "leeds", Floor: "first"},
		"resource:x has the number of resource:u1":     cardea.Resource{ID: "x", Name: " 1", Location: "london", Unit: true},
		"agreement:x names neither":                    cardea.Agreement{ID: "x", Start: april},
		"agreement:x has no start":                     cardea.Agreement{ID: "x", Person: "jo"},
		"agreement:x ends before it starts":            cardea.Agreement{ID: "x", Person: "jo", Start: may, End: april},
		"assignment:x ends before it starts":           cardea.Assignment{ID: "x", Agreement: "ofKim", Resource: "desk", Start: may, End: april},
		"assignment:x does not tie":                    cardea.Assignment{ID: "x", Agreement: "ofKim"},
		"agreement:rental lets the unit u1 while agreement:ofKim still runs": cardea.Assignment{
			ID: "x", Agreement: "ofKim", Resource: "u1", Start: april, End: june,
		},
		"booking:x names no resource":       cardea.Booking{ID: "x", Start: at(1), End: at(2)},
		"booking:x has no start":            cardea.Booking{ID: "x", Resource: "room", End: at(2)},
		"booking:x ends before it starts":   cardea.Booking{ID: "x", Resource: "room", Start: at(2), End: at(2)},
		"booking:x repeats, but nothing":    cardea.Booking{ID: "x", Resource: "desk", Start: at(1), End: at(2), RRule: "FREQ=DAILY"},
		"booking:x has a recurrence that":   cardea.Booking{ID: "x", Resource: "room", Start: at(1), End: at(2), RRule: "FREQ=HOURLY"},
		"pass:x names neither":              cardea.Pass{ID: "x"},
		"pass:x is personal":                cardea.Pass{ID: "x", Team: "acme", Personal: true},
		"pass:x counts less than nothing":   cardea.Pass{ID: "x", Team: "acme", HalfCount: -1},
		"pass:x ends before it starts":      cardea.Pass{ID: "x", Team: "acme", From: may, Until: april},
		"visitor:x names person:none, whic": cardea.Person{ID: "x", Visitor: true, Name: "X", Host: "none", Status: cardea.Present},
	} {
		leeds := cardea.Location{ID: "leeds", Name: "Leeds"}
		ps := house.Check(append(world(t), leeds, r))
		if len(ps) != 1 || !strings.HasPrefix(ps[0].String(), what) || ps[0].Mend == "" {
			t.Errorf("want %q alone, got %v", what, ps)
		}
	}
}

func TestMoveOutOnTheDayOfTheNextMoveInIsNoOverlap(t *testing.T) {
	t.Parallel()
	recs := append(world(t),
		cardea.Agreement{ID: "old", Person: "kim", Approved: true, Start: day(t, "2026-01-01"), End: day(t, "2026-04-01")},
		cardea.Assignment{ID: "o", Agreement: "old", Resource: "u1"})
	if ps := house.Check(recs); len(ps) > 0 {
		t.Errorf("%v", ps)
	}
}

func TestDiffNamesTheFieldsThatChanged(t *testing.T) {
	t.Parallel()
	before := []cardea.Record{
		cardea.Resource{ID: "u1", Name: "1", Unit: true},
		cardea.Plan{ID: "a", Name: "A"},
		cardea.Person{ID: "p", Name: "P", Status: cardea.Present},
		cardea.Booking{ID: "b", Members: nil},
	}
	after := []cardea.Record{
		cardea.Resource{ID: "u1", Name: "1b", Unit: true, Attributes: cardea.Attributes{Profile: "24h"}},
		cardea.Plan{ID: "b", Name: "B"},
		cardea.Person{ID: "p", Name: "P", Status: cardea.Present},
		cardea.Booking{ID: "b", Members: []string{}},
	}
	wanted := house.Difference{
		Added:   after[1:2],
		Changed: []house.Change{{Before: before[0], After: after[0], Fields: []string{"name", "profile"}}},
		Removed: before[1:2],
	}
	got := house.Diff(before, after)
	if d := cmp.Diff(wanted, got); d != "" {
		t.Error(d)
	}
	if !house.Diff(before, before).Empty() || got.Empty() {
		t.Error("empty is wrong")
	}
	if d := cmp.Diff([]cardea.Key{{Kind: cardea.KindPlan, ID: "a"}}, got.Drop()); d != "" {
		t.Error(d)
	}
}

func TestApplyingADiffGivesTheNewRecords(t *testing.T) {
	t.Parallel()
	record := rapid.Custom(func(t *rapid.T) cardea.Record {
		id, name := rapid.StringMatching("[a-d]").Draw(t, "id"), rapid.StringMatching("[xy]?").Draw(t, "name")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return cardea.Plan{ID: id, Name: name}
		case 1:
			return cardea.Person{ID: id, Name: name, Visitor: rapid.Bool().Draw(t, "visitor"), Status: cardea.Present}
		case 2:
			return cardea.Agreement{ID: id, Name: name, Guests: rapid.SliceOfN(rapid.StringMatching("[ab]"), 0, 2).Draw(t, "guests"),
				Start: cardea.Day{At: cardea.Instant(rapid.IntRange(0, 3).Draw(t, "start")) * 24 * cardea.Hour, Set: rapid.Bool().Draw(t, "set")}}
		}
		return cardea.Resource{ID: id, Name: name, Attributes: cardea.Attributes{TimeGroup: name}}
	})
	keyed := func(r cardea.Record) cardea.Key { return r.Key() }
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfDistinct(record, keyed).Draw(t, "before")
		after := rapid.SliceOfDistinct(record, keyed).Draw(t, "after")
		d := house.Diff(before, after)
		if again := house.Diff(d.Apply(before), after); !again.Empty() {
			t.Fatalf("left: %+v", again)
		}
		if n := len(d.Apply(before)); n != len(after) {
			t.Fatalf("%d records, want %d", n, len(after))
		}
		if back := house.Diff(after, before); len(back.Added) != len(d.Removed) || len(back.Changed) != len(d.Changed) {
			t.Fatalf("there %+v, back %+v", d, back)
		}
	})
}
