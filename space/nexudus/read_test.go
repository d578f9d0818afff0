package nexudus

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func TestTeamsOfACoworkerAreNeverTakenFromAListRow(t *testing.T) {
	t.Parallel()
	for _, noBatch := range []bool{false, true} {
		v := newVendor(t).empty()
		v.noBatch = noBatch
		v.rows["/spaces/coworkers"] = []string{person(31, ""), strings.Replace(person(32, ""), `"Teams":[]`, `"Teams":[41,9]`, 1)}
		p := v.only(cardea.KindPerson)
		if grade(p) != cardea.Complete || len(p.Records()) != 2 {
			t.Fatalf("no batch %t: %s, %d records, bad %v", noBatch, grade(p), len(p.Records()), p.BadOnes())
		}
		two, _ := p.Records()[1].(cardea.Person)
		if two.Team != "9" || !slices.Equal(two.Teams, []string{"41"}) {
			t.Errorf("no batch %t: teams %s %v", noBatch, two.Team, two.Teams)
		}
	}
}

func TestARecordWithoutItsListIsBadAndNotWithoutTeams(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/coworkers"] = []string{person(31, ""), `{"Id":32,"FullName":"B","Active":true,"AccessPincode":"98765"}`}
	p := v.only(cardea.KindPerson)
	if len(p.Records()) != 1 || len(p.BadOnes()) != 1 || p.BadOnes()[0].Who[0].ID != "32" || strings.Contains(p.BadOnes()[0].Raw, "98765") {
		t.Fatalf("records %+v, bad %+v", p.Records(), p.BadOnes())
	}
}

// nulled makes batches answer null for the teams of everybody.
func nulled(v *vendor) {
	v.route["/spaces/coworkers/"] = func(*http.Request) (int, http.Header, string) {
		var out []string
		for _, row := range v.rows["/spaces/coworkers"] {
			a := strings.Index(row, `"Teams":`)
			b := strings.Index(row[a:], "]")
			out = append(out, row[:a]+`"Teams":null`+row[a+b+1:])
		}
		return 200, nil, "[" + strings.Join(out, ",") + "]"
	}
}

func TestNullListsInABatchAreNotBelievedUntilRecordsReadAloneAgree(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	for i := range 6 {
		v.rows["/spaces/coworkers"] = append(v.rows["/spaces/coworkers"],
			strings.Replace(person(31+i, ""), `"Teams":[]`, `"Teams":[7]`, 1))
	}
	nulled(v)
	p := v.only(cardea.KindPerson)
	for _, rec := range p.Records() {
		if one, ok := rec.(cardea.Person); !ok || one.Team != "7" {
			t.Errorf("%+v", rec)
		}
	}
	if len(p.Records()) != 6 || grade(p) != cardea.Complete {
		t.Errorf("%d, %s", len(p.Records()), grade(p))
	}
	// Where the whole records say null as well, few are asked alone.
	w := newVendor(t).empty()
	for i := range 6 {
		w.rows["/spaces/coworkers"] = append(w.rows["/spaces/coworkers"], strings.Replace(person(31+i, ""), `"Teams":[]`, `"Teams":null`, 1))
	}
	if p := w.only(cardea.KindPerson); len(p.Records()) != 6 || len(w.log) != 2+enoughAgreed {
		t.Errorf("%d records, %v", len(p.Records()), w.log)
	}
}

func TestPagesAreWalkedToTheVendorsEnd(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.size = 2
	for i := range 5 {
		v.rows["/billing/tariffs"] = append(v.rows["/billing/tariffs"], fmt.Sprintf(`{"Id":%d,"Name":"Plan %d"}`, i+1, i+1))
	}
	p := v.only(cardea.KindPlan)
	if grade(p) != cardea.Complete || len(p.Records()) != 5 || v.calls["/billing/tariffs"] != 3 {
		t.Fatalf("%s, %d, %v", grade(p), len(p.Records()), v.log)
	}
	if strings.Contains(strings.Join(v.log, " "), "dir=") {
		t.Error("dir is documented three ways and was sent")
	}
}

func TestAListingThatMovesIsIncomplete(t *testing.T) {
	t.Parallel()
	page := func(first, last, total int, more bool, rows ...string) string {
		return fmt.Sprintf(`{"Records":[%s],"FirstItem":%d,"LastItem":%d,"TotalItems":%d,"HasNextPage":%t}`,
			strings.Join(rows, ","), first, last, total, more)
	}
	row := func(n int) string { return fmt.Sprintf(`{"Id":%d,"Name":"P"}`, n) }
	for name, pages := range map[string][]string{
		"a row twice":                      {page(1, 2, 3, true, row(1), row(2)), page(3, 3, 3, false, row(2))},
		"the total moved":                  {page(1, 2, 4, true, row(1), row(2)), page(3, 3, 3, false, row(4))},
		"a short page":                     {page(1, 2, 3, true, row(1)), page(3, 3, 3, false, row(3))},
		"a short last":                     {page(1, 1, 2, false, row(1))},
		"a gap":                            {page(1, 2, 4, true, row(1), row(2)), page(4, 4, 4, false, row(4))},
		"a gap at which the total is met":  {page(1, 2, 4, true, row(1), row(2)), page(4, 5, 4, false, row(4), row(5))},
		"a row less, and the total is met": {page(1, 3, 4, true, row(1), row(2)), page(3, 4, 4, false, row(3), row(4))},
		"more of nothing":                  {page(1, 2, 9, true, row(1), row(2)), page(3, 2, 9, true)},
	} {
		v := newVendor(t).empty()
		n := 0
		v.route["/billing/tariffs"] = func(*http.Request) (int, http.Header, string) {
			n++
			return 200, nil, pages[min(n, len(pages))-1]
		}
		if p := v.only(cardea.KindPlan); grade(p) != cardea.Incomplete {
			t.Errorf("%s: %s %s", name, grade(p), p.Evidence().Why())
		}
	}
}

func TestARefusalThatComesAs200IsNoListing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"Status":500,"Message":"no","WasSuccessful":false,"Errors":null}`, `{}`, `[]`, `null`, `{"Records":null,"TotalItems":0}`,
		`{"Records":[]}`,
	} {
		v := newVendor(t).empty()
		v.answer("/billing/tariffs", 200, body)
		if p := v.only(cardea.KindPlan); grade(p) != cardea.Failed {
			t.Errorf("%s: %s", body, grade(p))
		}
	}
}

func TestTheThrottleIs409(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.route["/billing/tariffs"] = func(*http.Request) (int, http.Header, string) {
		return 409, http.Header{"Retry-After": {"1"}}, ""
	}
	p := v.only(cardea.KindPlan)
	if cardea.ClassOf(p.Err()) != cardea.Throttled {
		t.Errorf("%v", p.Err())
	}
	if e := Classify(409, http.Header{}, []byte(`{"Message":"it is there already"}`)); e != nil {
		t.Errorf("a conflict in words is a %s", e.Class)
	}
	if e := Classify(429, http.Header{}, nil); e == nil || e.Class != cardea.Throttled {
		t.Error("429 is the throttle too")
	}
}

// TestAWebPageIsNoDeletion by itself: only when the listing, asked for the id, answers that it holds nothing is the record gone. Nor is
// a record's own 404 one while the listing holds the record, or does not answer.
func TestAWebPageIsNoDeletion(t *testing.T) {
	t.Parallel()
	k := cardea.Key{Kind: cardea.KindPerson, ID: "31"}
	const page = "<html>gone fishing</html>"
	for name, c := range map[string]struct {
		alone, listing string // "" = as it is
		status         int    // of the listing
		missing        bool
	}{
		"the listing answers so too":       {alone: page, listing: page, status: 404},
		"the listing holds it":             {alone: page, listing: `{"Records":[{"Id":31}],"TotalItems":1,"HasNextPage":false}`, status: 200},
		"the listing does not know the id": {alone: page, listing: `{"Records":[{"Id":7}],"TotalItems":9,"HasNextPage":true}`, status: 200},
		"the listing counts nothing":       {alone: page, listing: `{"Records":[]}`, status: 200},
		"the listing is refused":           {alone: page, listing: `{"Records":[],"TotalItems":0,"WasSuccessful":false}`, status: 200},
		"the listing holds nothing":        {alone: page, missing: true},
		"it is no web page":                {missing: true},
		"no web page, the listing holds it": {
			listing: `{"Records":[{"Id":31}],"TotalItems":1,"HasNextPage":false}`, status: 200,
		},
		"no web page, the listing is away": {listing: `{"Message":"later"}`, status: 500},
	} {
		v := newVendor(t).empty()
		v.answer("/spaces/coworkers/31", 404, c.alone)
		if c.listing != "" {
			v.answer("/spaces/coworkers", c.status, c.listing)
		}
		in, err := v.read(cardea.Scope{Keys: []cardea.Key{k}})
		p := in.Collection(cardea.KindPerson)
		if err != nil || slices.Contains(p.MissingOnes(), k) != c.missing || (grade(p) == cardea.Failed) == c.missing {
			t.Errorf("%s: %v, missing %v, %s", name, err, p.MissingOnes(), grade(p))
		}
	}
}

func TestFloorPlanItemsAndRoomsBearTheSameNumber(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/resources"] = []string{`{"Id":8,"Name":"Elephant","BusinessId":1,"ResourceTypeName":"Meeting room"}`}
	v.rows["/sys/floorplandesks"] = []string{`{"Id":8,"Name":"Office 12","FloorPlanId":3,"FloorPlanBusinessId":1,"ItemType":1}`}
	p := v.only(cardea.KindResource)
	want := []cardea.Record{
		cardea.Resource{ID: "8", Name: "Elephant", Location: "1", Type: "Meeting room", Bookable: true},
		cardea.Resource{ID: "desk-8", Name: "Office 12", Location: "1", Floor: "3", Type: "Office", Assignable: true},
	}
	if !reflect.DeepEqual(p.Records(), want) || grade(p) != cardea.Complete {
		t.Errorf("%+v %s", p.Records(), grade(p))
	}
}

func TestContractsAreAssignedByTheirWholeRecord(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/billing/coworkercontracts"] = []string{
		agreed(51, 31, `,"Desks":[8,9]`), agreed(52, 32, `,"Desks":null,"FloorPlanDeskIds":"10, 11"`), agreed(53, 33, `,"Desks":[]`),
		strings.Replace(agreed(54, 34, `,"Desks":[12]`), "2026-01-01T00:00:00Z", "soon", 1),
	}
	in, err := v.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindAgreement, cardea.KindAssignment}})
	if err != nil {
		t.Fatal(err)
	}
	p := in.Collection(cardea.KindAssignment)
	if got := ids(p); !slices.Equal(got, []string{"51-8", "51-9", "52-10", "52-11", "54-12"}) || grade(p) != cardea.Complete {
		t.Errorf("%v %s %s", got, grade(p), p.Evidence().Why())
	}
	if v.calls["/billing/coworkercontracts"] != 1 {
		t.Errorf("contracts were listed %d times", v.calls["/billing/coworkercontracts"])
	}
	if a, _ := p.Records()[0].(cardea.Assignment); a.Agreement != "51" || a.Resource != "desk-8" {
		t.Errorf("%+v", a)
	}
}

func TestAContractThatDoesNotSayItsItemsMakesAssignmentsUnknown(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, `,"Desks":[8]`), agreed(52, 32, ``)}
	p := v.only(cardea.KindAssignment)
	if got := ids(p); !slices.Equal(got, []string{"51-8"}) || grade(p) != cardea.Incomplete {
		t.Errorf("%v %s", got, grade(p))
	}
}

func TestAContractEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rest     string
		approved bool
		end      string
	}{
		"open":                      {`,"Desks":[]`, true, ""},
		"its last day":              {`,"Desks":[],"CancellationDate":"2026-11-30T00:00:00Z","Cancelled":true`, true, "2026-11-30"},
		"a local twin":              {`,"Desks":[],"CancellationDate":"2026-12-01T05:00:00Z","CancellationDateLocal":"2026-12-01T00:00:00Z"`, true, "2026-12-01"},
		"inactive without a date":   {`,"Desks":[],"Active":false`, false, ""},
		"inactive before it began":  {`,"Desks":[],"Active":false,"StartDate":"2026-12-01T00:00:00Z"`, true, ""},
		"inactive on its first day": {`,"Desks":[],"Active":false,"StartDate":"2026-11-23T00:00:00Z"`, true, ""},
		"inactive with a date":      {`,"Desks":[],"Active":false,"CancellationDate":"2026-10-31T00:00:00Z"`, true, "2026-10-31"},
		"cancelled without a date":  {`,"Desks":[],"Cancelled":true`, false, ""},
	} {
		v := newVendor(t).empty()
		v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, c.rest)}
		a := first[cardea.Agreement](t, v.only(cardea.KindAgreement))
		end := ""
		if a.End.Set {
			end = a.End.In(time.UTC).String()
		}
		if a.Approved != c.approved || end != c.end || a.Person != "31" || a.Plan != "5" || a.Team != "" {
			t.Errorf("%s: %+v, ends %s", name, a, end)
		}
	}
}

func TestTheYearOneIsNoDate(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, `,"Desks":[],"CancellationDate":"0001-01-01T00:00:00"`)}
	if a := first[cardea.Agreement](t, v.only(cardea.KindAgreement)); a.End.Set {
		t.Errorf("ends %s", a.End.At)
	}
}

func TestSuspendedAndArchivedCoworkers(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/coworkers"] = []string{
		strings.Replace(person(31, ""), `"Active":true`, `"Active":false`, 1),
		strings.Replace(person(32, ""), `"Archived":false`, `"Archived":true`, 1),
	}
	p := v.only(cardea.KindPerson)
	one, _ := p.Records()[0].(cardea.Person)
	two, _ := p.Records()[1].(cardea.Person)
	if !one.Suspended || one.Status != cardea.Present || two.Suspended || two.Status != cardea.Left {
		t.Errorf("%+v\n%+v", one, two)
	}
}

func TestTeamsCarryTheirPayingMember(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/teams"] = []string{`{"Id":41,"Name":"Acme","BusinessId":1,"PayingMemberId":31,"ShareTimePasses":true,"TeamMembers":[31,32]}`}
	got := first[cardea.Team](t, v.only(cardea.KindTeam))
	want := cardea.Team{ID: "41", Name: "Acme", Location: "1", Status: cardea.Present, PayingMember: "31", SharesPasses: true,
		Members: []string{"31", "32"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestVisitorsWhomTheHostDidNotLetInHaveLeft(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	for i := 1; i <= 5; i++ {
		v.rows["/spaces/visitors"] = append(v.rows["/spaces/visitors"],
			fmt.Sprintf(`{"Id":%d,"FullName":"V","Email":null,"CoworkerId":31,"HostApprovalStatus":%d}`, i, i))
	}
	var in []string
	for _, rec := range v.only(cardea.KindVisitor).Records() {
		if p, ok := rec.(cardea.Person); ok && p.Visitor && p.Status == cardea.Present {
			in = append(in, p.ID)
		}
	}
	if !slices.Equal(in, []string{"1", "5"}) {
		t.Errorf("%v", in)
	}
}

func TestAScalarThatARowLeavesOutIsReadById(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	whole := `{"Id":7,"FullName":"V","Email":"v@x.test","HostApprovalStatus":3}`
	v.rows["/spaces/visitors"] = []string{whole}
	v.answer("/spaces/visitors", 200, `{"Records":[{"Id":7,"FullName":"V"}],"TotalItems":1,"HasNextPage":false}`)
	if p := first[cardea.Person](t, v.only(cardea.KindVisitor)); p.Email != "v@x.test" || p.Status != cardea.Left {
		t.Errorf("%+v", p)
	}
}

func TestOneRefusedRoleDoesNotEndTheRead(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.answer("/spaces/teams", 401, ``)
	in, err := v.read(cardea.Scope{})
	if err != nil || grade(in.Collection(cardea.KindTeam)) != cardea.Failed || grade(in.Collection(cardea.KindBooking)) != cardea.Complete {
		t.Fatalf("%v", err)
	}
}

func TestWrongCredentialsEndTheRead(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.token = func(*http.Request) (int, string) { return 401, `{"error":"invalid_grant","error_description":"no"}` }
	if _, err := v.read(cardea.Scope{}); cardea.ClassOf(err) != cardea.Auth || strings.Contains(err.Error(), "s3cret-pass") {
		t.Fatal(err)
	}
}

func TestTheAccountIsNamedByItsTopLocation(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/sys/businesses"] = []string{`{"Id":12,"Name":"Leeds","RootLocationId":3}`, `{"Id":30,"Name":"Paris","RootLocationId":null}`}
	o, err := v.system().Describe(t.Context())
	if err != nil || o.ID != "3" || o.Who != "ada@x.test" {
		t.Fatalf("%+v %v", o, err)
	}
	v.rows["/sys/businesses"] = []string{}
	if _, err := v.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth {
		t.Error("an account without locations was named", err)
	}
}
