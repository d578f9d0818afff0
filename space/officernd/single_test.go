package officernd

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func key(kind cardea.Kind, n int) cardea.Key { return cardea.Key{Kind: kind, ID: id(n)} }

// world has one of everything, around the member 1 of company 2.
func world(t *testing.T) *vendor {
	t.Helper()
	v := newVendor(t).empty()
	v.rows["/locations"] = []string{row(61, `,"name":"London"`)}
	v.rows["/floors"] = []string{row(62, `,"floor":"1"`)}
	v.rows["/plans"] = []string{row(63, `,"name":"Hot desk"`)}
	v.rows["/resource-types"] = []string{row(82, `,"type":"parking","canAssign":true`)}
	v.rows["/resources"] = []string{row(31, `,"type":"parking"`)}
	v.rows["/companies"] = []string{row(2, `,"name":"Acme","status":"active"`)}
	v.rows["/members"] = []string{
		row(1, `,"name":"Ana","company":"`+id(2)+`","status":"active"`), row(3, `,"name":"Bo","company":"`+id(2)+`","status":"active"`),
		row(4, `,"name":"Solo","status":"active"`),
	}
	v.rows["/visitors"] = []string{row(6, `,"name":"Vi"`)}
	since := `,"status":"approved","startDate":"2026-01-01T00:00:00.000Z"`
	v.rows["/memberships"] = []string{
		row(11, since+`,"company":"`+id(2)+`"`), row(12, since+`,"company":"`+id(2)+`","member":"`+id(1)+`"`),
		row(13, since+`,"company":"`+id(2)+`","member":"`+id(3)+`"`), row(14, since+`,"isPersonal":true,"member":"`+id(4)+`"`),
	}
	seat := `,"startDate":"2026-01-01T00:00:00.000Z","resource":"` + id(31) + `","membership":"`
	v.rows["/assignments"] = []string{
		row(21, seat+id(11)+`"`), row(22, seat+id(12)+`"`), row(23, seat+id(13)+`"`), row(24, seat+id(14)+`"`),
	}
	v.rows["/bookings"] = []string{
		bookingRow(51, `,"member":"`+id(1)+`","company":"`+id(2)+`"`), bookingRow(52, `,"member":"`+id(4)+`","members":["`+id(1)+`"]`),
		bookingRow(53, `,"member":"`+id(4)+`","visitors":["`+id(6)+`"]`),
	}
	v.rows["/passes"] = []string{
		row(71, `,"count":1,"company":"`+id(2)+`"`), row(72, `,"count":1,"isPersonal":true,"company":"`+id(2)+`","member":"`+id(1)+`"`),
		row(73, `,"count":1,"isPersonal":true,"member":"`+id(4)+`"`),
	}
	v.rows["/checkins"] = []string{row(41, `,"pass":"`+id(71)+`","start":"2026-11-20T08:30:00.000Z"`)}
	return v
}

func TestSingleRecordsAreReadById(t *testing.T) {
	t.Parallel()
	keys := []cardea.Key{
		key(cardea.KindLocation, 61), key(cardea.KindFloor, 62), key(cardea.KindResource, 31), key(cardea.KindPlan, 63),
		key(cardea.KindTeam, 2), key(cardea.KindPerson, 1), key(cardea.KindVisitor, 6), key(cardea.KindAgreement, 11),
		key(cardea.KindBooking, 51), key(cardea.KindPass, 71),
	}
	v := world(t)
	in, err := v.read(cardea.Scope{Keys: append(keys, keys...)})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		p := in.Collection(k.Kind)
		if grade(p) != cardea.Complete || p.Evidence().Whole() || !slices.Equal(ids(p), []string{k.ID}) {
			t.Errorf("%s: %s, %v", k, grade(p), ids(p))
		}
	}
	if p := first[cardea.Pass](t, in.Collection(cardea.KindPass)); p.UsedOn == 0 {
		t.Error("the pass does not know its use")
	}
	if r := first[cardea.Resource](t, in.Collection(cardea.KindResource)); !r.Assignable {
		t.Error("the resource does not know its type")
	}
	if v.calls["/resource-types"] != 1 || v.calls["/checkins"] != 1 {
		t.Errorf("%v", v.log)
	}
}

func TestOnlyTheVendorsWordForTheIdSaysMissing(t *testing.T) {
	t.Parallel()
	gone := key(cardea.KindPerson, 99)
	in, err := world(t).read(cardea.Scope{Keys: []cardea.Key{gone}})
	p := in.Collection(cardea.KindPerson)
	if err != nil || !slices.Equal(p.MissingOnes(), []cardea.Key{gone}) || grade(p) != cardea.Complete {
		t.Fatalf("%v, %v", err, p.MissingOnes())
	}
	for status, body := range map[int]string{
		404: `{"statusCode":404,"message":"Cannot GET /members"}`,
		500: `{"statusCode":500,"message":"Item with Id (63) not found"}`,
		502: `<html>`,
		403: `{}`,
	} {
		v := world(t)
		v.answer("/members/"+gone.ID, status, body)
		in, err := v.read(cardea.Scope{Keys: []cardea.Key{key(cardea.KindPerson, 1), gone, key(cardea.KindPerson, 3)}})
		p := in.Collection(cardea.KindPerson)
		if err != nil || len(p.MissingOnes()) != 0 || grade(p) != cardea.Incomplete || len(p.Records()) != 2 {
			t.Errorf("%d: %v, missing %v, %s with %d", status, err, p.MissingOnes(), grade(p), len(p.Records()))
		}
	}
}

func TestAnswerAboutAnotherRecordIsRefused(t *testing.T) {
	t.Parallel()
	v := world(t)
	v.answer("/members/"+id(1), 200, v.rows["/members"][1])
	v.answer("/members/"+id(3), 200, row(3, `,"company":"?"`))
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{key(cardea.KindPerson, 1), key(cardea.KindPerson, 3)}})
	p := in.Collection(cardea.KindPerson)
	if err != nil || len(p.Records()) != 0 || len(p.BadOnes()) != 2 || p.BadOnes()[0].Who[0] != key(cardea.KindPerson, 1) {
		t.Fatalf("%v, %v, bad %v", err, p.Records(), p.BadOnes())
	}
}

func TestKeyThatIsNoVendorsIdIsNeverSent(t *testing.T) {
	t.Parallel()
	v := world(t)
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{{Kind: cardea.KindPerson, ID: "../x"}, key(cardea.KindPerson, 1)}})
	if p := in.Collection(cardea.KindPerson); err != nil || len(p.Records()) != 1 || grade(p) == cardea.Complete || len(v.log) != 1 {
		t.Fatalf("%v, %v", err, v.log)
	}
}

func TestFailingReadsByIdAreGivenUpAfterAFew(t *testing.T) {
	t.Parallel()
	v := world(t)
	var keys []cardea.Key
	for n := range 20 {
		keys = append(keys, key(cardea.KindPerson, 500+n))
		v.answer("/members/"+id(500+n), 503, ``)
	}
	keys = append(keys, key(cardea.KindTeam, 2))
	in, err := v.read(cardea.Scope{Keys: keys})
	if err != nil || len(v.log) != 4 || grade(in.Collection(cardea.KindTeam)) != cardea.Complete {
		t.Fatalf("%v, %d calls", err, len(v.log))
	}
	if grade(in.Collection(cardea.KindPerson)) != cardea.Failed {
		t.Error(grade(in.Collection(cardea.KindPerson)))
	}
}

func TestAssignmentsByIdAreLookedUpInTheListing(t *testing.T) {
	t.Parallel()
	v := world(t)
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{
		key(cardea.KindAssignment, 22), key(cardea.KindAssignment, 99), key(cardea.KindAssignment, 21), key(cardea.KindAssignment, 98),
	}})
	p := in.Collection(cardea.KindAssignment)
	if err != nil || !slices.Equal(ids(p), []string{id(21), id(22)}) {
		t.Fatalf("%v, %v", err, ids(p))
	}
	// Not being listed is no word of the vendor's about the record: it must not count as deleted.
	if len(p.MissingOnes()) != 0 || len(p.BadOnes()) != 0 {
		t.Errorf("missing %v, bad %v", p.MissingOnes(), p.BadOnes())
	}
	if v.calls["/assignments"] != 1 || len(v.log) != 2 {
		t.Errorf("calls %v", v.log)
	}
}

func TestAssignmentsByIdAreReadDirectlyWhereThePathExists(t *testing.T) {
	t.Parallel()
	v := world(t)
	v.answer("/assignments/"+id(22), 200, v.rows["/assignments"][1])
	v.answer("/assignments/"+id(99), 404, `{"statusCode":404,"message":"Item with Id (63)"}`)
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{key(cardea.KindAssignment, 22), key(cardea.KindAssignment, 99)}})
	p := in.Collection(cardea.KindAssignment)
	if err != nil || len(p.Records()) != 1 || !slices.Equal(p.MissingOnes(), []cardea.Key{key(cardea.KindAssignment, 99)}) {
		t.Fatalf("%v, %v, missing %v", err, ids(p), p.MissingOnes())
	}
}

func TestVisitorsByIdFallBackToTheFilterFiftyAtATime(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	var keys []cardea.Key
	for n := range 120 {
		keys = append(keys, key(cardea.KindVisitor, 300+n))
		v.rows["/visitors"] = append(v.rows["/visitors"], row(300+n, fmt.Sprintf(`,"name":"Vi %d"`, n)))
		v.answer("/visitors/"+id(300+n), 404, `{"message":"Cannot GET /visitors"}`)
	}
	inner := v.rows["/visitors"]
	v.route["/visitors"] = func(r *http.Request) (int, string) {
		if got := r.URL.Query().Get("_id[$in]"); strings.Count(got, ",") >= 50 || got == "" {
			return 400, `{"message":["_id must hold at most 50 values"]}`
		}
		return v.list("/visitors", inner, r.URL.Query())
	}
	in, err := v.read(cardea.Scope{Keys: keys})
	p := in.Collection(cardea.KindVisitor)
	if err != nil || len(p.Records()) != 120 || v.calls["/visitors"] != 3 || len(v.log) != 4 {
		t.Fatalf("%v, %d records, %d listings, %d calls", err, len(p.Records()), v.calls["/visitors"], len(v.log))
	}
}

func TestPersonBringsWhatTheyAndTheirCompanyHold(t *testing.T) {
	t.Parallel()
	v := world(t)
	in, err := v.read(cardea.Scope{People: []cardea.Key{key(cardea.KindPerson, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[cardea.Kind][]string{
		cardea.KindPerson:     {id(1)},
		cardea.KindTeam:       {id(2)},
		cardea.KindAgreement:  {id(11), id(12), id(13)}, // a colleague's too: it is in the company's list
		cardea.KindAssignment: {id(21), id(22)},         // but their desk is nobody's business
		cardea.KindBooking:    {id(51), id(52)},         // hosted, and invited to
		cardea.KindPass:       {id(71), id(72)},
	} {
		p := in.Collection(kind)
		if grade(p) != cardea.Complete || p.Evidence().Whole() || !slices.Equal(ids(p), want) {
			t.Errorf("%s: %s, %v, want %v", kind, grade(p), ids(p), want)
		}
	}
}

func TestPeopleShareTheirCompanyAndTheWindow(t *testing.T) {
	t.Parallel()
	v := world(t)
	in, err := v.read(cardea.Scope{People: []cardea.Key{
		key(cardea.KindPerson, 1), key(cardea.KindPerson, 3), key(cardea.KindPerson, 4), key(cardea.KindVisitor, 6),
	}})
	if err != nil || !slices.Equal(ids(in.Collection(cardea.KindBooking)), []string{id(51), id(52), id(53)}) {
		t.Fatalf("%v, %v", err, ids(in.Collection(cardea.KindBooking)))
	}
	if !slices.Equal(ids(in.Collection(cardea.KindAssignment)), []string{id(21), id(22), id(23), id(24)}) {
		t.Errorf("desks %v", ids(in.Collection(cardea.KindAssignment)))
	}
	if !slices.Equal(ids(in.Collection(cardea.KindVisitor)), []string{id(6)}) {
		t.Errorf("visitors %v", ids(in.Collection(cardea.KindVisitor)))
	}
	if v.calls["/bookings"] != 1 || v.calls["/companies/"+id(2)] != 1 {
		t.Errorf("%v", v.log)
	}
}

func TestDeletedPersonIsMissingAndTheRestIsStillRead(t *testing.T) {
	t.Parallel()
	v := world(t)
	v.rows["/members"] = v.rows["/members"][1:]
	who := key(cardea.KindPerson, 1)
	in, err := v.read(cardea.Scope{People: []cardea.Key{who}})
	if err != nil || !slices.Equal(in.Collection(cardea.KindPerson).MissingOnes(), []cardea.Key{who}) {
		t.Fatal(err)
	}
	if p := in.Collection(cardea.KindAgreement); grade(p) != cardea.Complete || !slices.Equal(ids(p), []string{id(12)}) {
		t.Errorf("%s, %v", grade(p), ids(p))
	}
}

func TestPersonThatCannotBeReadLeavesEverythingOfTheirCompanyUnknown(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"failed": ``, "unreadable": row(1, `,"company":"?"`)} {
		v := world(t)
		v.answer("/members/"+id(1), map[string]int{"failed": 503, "unreadable": 200}[name], body)
		in, err := v.read(cardea.Scope{People: []cardea.Key{key(cardea.KindPerson, 1)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []cardea.Kind{
			cardea.KindTeam, cardea.KindAgreement, cardea.KindAssignment, cardea.KindBooking, cardea.KindPass,
		} {
			if g := grade(in.Collection(kind)); g == cardea.Complete || g == cardea.Weak {
				t.Errorf("%s: %s is %s", name, kind, g)
			}
		}
	}
}

func TestPersonOfSomeKindsOnlyStillKnowsTheirCompany(t *testing.T) {
	t.Parallel()
	v := world(t)
	in, err := v.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindAssignment}, People: []cardea.Key{key(cardea.KindPerson, 1)}})
	if err != nil || len(in.Collections()) != 1 ||
		!slices.Equal(ids(in.Collection(cardea.KindAssignment)), []string{id(21), id(22)}) {
		t.Fatalf("%v, %d collections, %v", err, len(in.Collections()), v.log)
	}
}

func TestPeopleArePeople(t *testing.T) {
	t.Parallel()
	if _, err := world(t).read(cardea.Scope{People: []cardea.Key{key(cardea.KindTeam, 2)}}); cardea.ClassOf(err) != cardea.Rejected {
		t.Fatal(err)
	}
}

func TestTargetedReadOfUnknownOrganisationEnds(t *testing.T) {
	t.Parallel()
	for _, want := range []cardea.Scope{
		{Keys: []cardea.Key{key(cardea.KindAssignment, 1), key(cardea.KindPerson, 1)}},
		{People: []cardea.Key{key(cardea.KindPerson, 1)}},
	} {
		v := newVendor(t)
		body := `{"statusCode":500,"message":"Organization not found"}`
		v.answer("/assignments/"+id(1), 500, body)
		v.answer("/members/"+id(1), 500, body)
		if _, err := v.read(want); err == nil || len(v.log) != 1 {
			t.Errorf("%v, %v", err, v.log)
		}
	}
}
