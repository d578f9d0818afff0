package house_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/house"
)

// read returns what a scope brings, by kind, as ids.
func read(t *testing.T, m *memory, want cardea.Scope) (map[cardea.Kind][]string, *cardea.Intake) {
	t.Helper()
	in := cardea.NewIntake(want, nil)
	if err := system(t, m).Read(context.Background(), want, in); err != nil {
		t.Fatal(err)
	}
	out := map[cardea.Kind][]string{}
	for _, p := range in.Collections() {
		for _, r := range p.Records() {
			out[p.Kind()] = append(out[p.Kind()], r.Key().ID)
		}
	}
	return out, in
}

func TestRefusesAConfigurationWithoutWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, c := range []house.Config{
		{Records: &memory{}, Now: start}, {Connection: "site", Now: start}, {Connection: "site", Records: &memory{}},
	} {
		if _, err := house.New(c); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestDescribesTheConnectionAsItsOwnTenant(t *testing.T) {
	t.Parallel()
	o, err := system(t, &memory{}).Describe(context.Background())
	if err != nil || o != (cardea.Organisation{ID: "house:site", Name: "Storage Ltd"}) {
		t.Errorf("%v, %v", o, err)
	}
}

func TestReadsEveryCollectionCompletely(t *testing.T) {
	t.Parallel()
	got, in := read(t, &memory{records: world(t)}, cardea.Scope{Span: span()})
	for _, kind := range cardea.Kinds {
		p := in.Collection(kind)
		if p == nil || p.Evidence().Grade() != cardea.Complete || !p.Evidence().Whole() {
			t.Errorf("%s: %v", kind, p)
		}
	}
	if d := cmp.Diff([]string{"b1", "b2", "ever"}, got[cardea.KindBooking]); d != "" {
		t.Error(d)
	}
	if len(got[cardea.KindResource]) != 5 || len(got[cardea.KindVisitor]) != 1 || len(got[cardea.KindPerson]) != 3 {
		t.Errorf("%v", got)
	}
}

func TestEmptyHouseIsCompleteAndEmpty(t *testing.T) {
	t.Parallel()
	got, in := read(t, &memory{}, cardea.Scope{Span: span(), Kinds: []cardea.Kind{cardea.KindPerson}})
	if len(got) != 0 || len(in.Collections()) != 1 || in.Collections()[0].Evidence().Grade() != cardea.Complete {
		t.Errorf("%v", got)
	}
}

func TestTroubleFailsOneCollectionOnly(t *testing.T) {
	t.Parallel()
	m := &memory{records: world(t), trouble: map[cardea.Kind]error{cardea.KindPlan: cardea.Errorf(cardea.Retry, "the database is busy")}}
	_, in := read(t, m, cardea.Scope{Span: span()})
	for _, p := range in.Collections() {
		if grade := p.Evidence().Grade(); (grade == cardea.Failed) != (p.Kind() == cardea.KindPlan) {
			t.Errorf("%s: %s", p.Kind(), grade)
		}
	}
}

func TestBookingsWithoutASpanFail(t *testing.T) {
	t.Parallel()
	_, in := read(t, &memory{records: world(t)}, cardea.Scope{Kinds: []cardea.Kind{cardea.KindBooking}})
	if in.Collection(cardea.KindBooking).Evidence().Grade() != cardea.Failed {
		t.Error("no span, and no failure")
	}
}

func TestStopsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := cardea.NewIntake(cardea.Scope{Span: span()}, nil)
	if err := system(t, &memory{records: world(t)}).Read(ctx, in.Scope(), in); cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("%v", err)
	}
}

func TestReadsRecordsByIDOrSaysThatTheyAreMissing(t *testing.T) {
	t.Parallel()
	booking, gone := cardea.Key{Kind: cardea.KindBooking, ID: "past"}, cardea.Key{Kind: cardea.KindPerson, ID: "nobody"}
	m := &memory{records: world(t), trouble: map[cardea.Kind]error{cardea.KindPlan: cardea.Errorf(cardea.Retry, "the database is busy")}}
	got, in := read(t, m, cardea.Scope{Keys: []cardea.Key{booking, gone, {Kind: cardea.KindPlan, ID: "hot"}}})
	if d := cmp.Diff(map[cardea.Kind][]string{cardea.KindBooking: {"past"}}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]cardea.Key{gone}, in.Collection(cardea.KindPerson).MissingOnes()); d != "" {
		t.Error(d)
	}
	if p := in.Collection(cardea.KindPlan); p.Err() == nil || len(p.MissingOnes()) > 0 {
		t.Errorf("trouble became an absence: %v", p.MissingOnes())
	}
	for _, p := range in.Collections() {
		if p.Evidence().Whole() {
			t.Errorf("%s claims to be whole", p.Kind())
		}
	}
}

func TestReadsEverythingAboutAPerson(t *testing.T) {
	t.Parallel()
	m := &memory{records: world(t)}
	got, _ := read(t, m, cardea.Scope{People: []cardea.Key{{Kind: cardea.KindPerson, ID: "ana"}}, Span: span()})
	wanted := map[cardea.Kind][]string{
		cardea.KindLocation:   {"london"},
		cardea.KindFloor:      {"first"},
		cardea.KindResource:   {"desk", "office", "room", "u1"},
		cardea.KindPlan:       {"hot"},
		cardea.KindTeam:       {"acme"},
		cardea.KindPerson:     {"ana", "jo", "kim"}, // those whose rental and booking she is in
		cardea.KindAgreement:  {"ofTeam", "rental"},
		cardea.KindAssignment: {"s1", "s2"},
		cardea.KindBooking:    {"b1", "ever"},
		cardea.KindPass:       {"p1"},
	}
	if d := cmp.Diff(wanted, got); d != "" {
		t.Error(d)
	}
	visitor, _ := read(t, m, cardea.Scope{People: []cardea.Key{{Kind: cardea.KindVisitor, ID: "vi"}}, Span: span()})
	if d := cmp.Diff([]string{"b2"}, visitor[cardea.KindBooking]); d != "" || len(visitor[cardea.KindAgreement]) > 0 {
		t.Errorf("%s %v", d, visitor)
	}
}

func TestPersonWhoIsGoneIsMissingAndTheirThingsStillCome(t *testing.T) {
	t.Parallel()
	m := &memory{records: slices.DeleteFunc(world(t), func(r cardea.Record) bool { return r.Key().String() == "person:kim" })}
	kim := cardea.Key{Kind: cardea.KindPerson, ID: "kim"}
	got, in := read(t, m, cardea.Scope{People: []cardea.Key{kim}, Span: span()})
	if d := cmp.Diff([]cardea.Key{kim}, in.Collection(cardea.KindPerson).MissingOnes()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"ofKim"}, got[cardea.KindAgreement]); d != "" {
		t.Error(d)
	}
}

func TestTroubleWithAPersonFailsAllThatMightBeTheirs(t *testing.T) {
	t.Parallel()
	busy := cardea.Errorf(cardea.Retry, "the database is busy")
	ana := cardea.Scope{People: []cardea.Key{{Kind: cardea.KindPerson, ID: "ana"}}, Span: span()}
	_, in := read(t, &memory{records: world(t), trouble: map[cardea.Kind]error{cardea.KindPerson: busy}}, ana)
	for _, p := range in.Collections() {
		if p.Err() == nil {
			t.Errorf("%s was read though nobody knows her team", p.Kind())
		}
	}
	_, in = read(t, &memory{records: world(t), trouble: map[cardea.Kind]error{cardea.KindAgreement: busy}}, ana)
	for _, p := range in.Collections() {
		rests := p.Kind() == cardea.KindAgreement || p.Kind() == cardea.KindAssignment
		if (p.Err() != nil) != rests {
			t.Errorf("%s: %v", p.Kind(), p.Err())
		}
	}
	in = cardea.NewIntake(ana, nil)
	odd := cardea.Scope{People: []cardea.Key{{Kind: cardea.KindTeam, ID: "acme"}}}
	if err := system(t, &memory{}).Read(context.Background(), odd, in); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("%v", err)
	}
}
