package kinnovis

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func TestASiteIsReadWhole(t *testing.T) {
	t.Parallel()
	v := storage(t)
	in := v.read(cardea.Scope{})
	for kind, want := range map[cardea.Kind]string{
		cardea.KindLocation: "loc_1", cardea.KindPlan: "utype_1", cardea.KindResource: "unit_1 unit_2 unit_3",
		cardea.KindPerson: "cus_1 cus_2 cus_3", cardea.KindAgreement: "book_1 book_2",
		cardea.KindAssignment: "book_1+unit_1 book_2+unit_2",
	} {
		p := in.Collection(kind)
		if ids(p) != want || grade(p) != cardea.Complete {
			t.Errorf("%s: %q %s %s, want %q", kind, ids(p), grade(p), p.Evidence().Why(), want)
		}
	}
	if len(v.calls) != 5 {
		t.Errorf("%d calls: %v", len(v.calls), v.calls)
	}
	a, ok := in.Collection(cardea.KindAgreement).Records()[0].(cardea.Agreement)
	if !ok || a.Person != "cus_1" || !slices.Equal(a.Guests, []string{"cus_2"}) || a.Locked || !a.Approved || a.Plan != "utype_1" ||
		a.Location != "loc_1" || a.End.Set || a.Start != cardea.DayAt(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", a)
	}
	p, ok := in.Collection(cardea.KindPerson).Records()[0].(cardea.Person)
	if !ok || p.Name != "Ana Lopez cus_1" || p.First != "Ana" || p.Email != "cus_1@x.test" || p.Phone != "+43 1 2" {
		t.Errorf("%+v", p)
	}
	l, ok := in.Collection(cardea.KindLocation).Records()[0].(cardea.Location)
	if !ok || l.Zone != "Europe/Vienna" {
		t.Errorf("%+v", l)
	}
}

func TestAUnitIsOpenedByItsAccessPermissions(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`["A-1","Gate"]`:                       "A-1|Gate",
		`[]`:                                   "",
		`null`:                                 "",
		`[101,"Gate","Gate"]`:                  "101|Gate",
		`[{"external_identifier":"G","id":3}]`: "G",
		`[{"id":3,"name":"Gate"}]`:             "Gate",
		`"A-1; Gate, Lift"`:                    "A-1|Gate|Lift",
	} {
		v := newVendor(t)
		v.rows["/units"] = []string{alter(roomOf("unit_1", ""), "[]", said)}
		u := first[cardea.Resource](t, v.only(cardea.KindResource))
		if got := strings.Join(u.Permissions, "|"); got != want || !u.Unit || !u.Assignable || u.Location != "loc_1" {
			t.Errorf("%s: %+v, want %s", said, u, want)
		}
	}
}

func TestAUnitThatDoesNotSayItsPermissionsIsUnknownNotOpenByItsName(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/units"] = []string{alter(roomOf("unit_1", ""), `,"access_permissions":[]`, ""), alter(roomOf("unit_2", ""), "[]", `[{}]`)}
	p := v.only(cardea.KindResource)
	if len(p.Records()) != 0 || len(p.BadOnes()) != 2 || p.BadOnes()[0].Who[0] != key("resource:unit_1") {
		t.Errorf("%+v %+v", p.Records(), p.BadOnes())
	}
}

func TestFieldsThatRowsLeaveOutAreReadById(t *testing.T) {
	t.Parallel()
	for _, keyed := range []bool{false, true} {
		v := storage(t)
		v.keyed = keyed
		v.hides["/units"], v.hides["/bookings"] = []string{"access_permissions"}, []string{"has_access", "unit_id", "shared_accesses"}
		in := v.read(cardea.Scope{})
		u, ok := in.Collection(cardea.KindResource).Records()[0].(cardea.Resource)
		if !ok || !slices.Equal(u.Permissions, []string{"A-1", "Gate"}) {
			t.Errorf("%+v", u)
		}
		a, ok := in.Collection(cardea.KindAgreement).Records()[0].(cardea.Agreement)
		if !ok || a.Locked || !slices.Equal(a.Guests, []string{"cus_2"}) {
			t.Errorf("%+v", a)
		}
		if p := in.Collection(cardea.KindAssignment); ids(p) != "book_1+unit_1 book_2+unit_2" || grade(p) != cardea.Complete {
			t.Errorf("%s %s", ids(p), grade(p))
		}
	}
}

// A field that no record need have is looked for with the first three rows, and then believed either way.
func TestSharedAccessesThatRowsLeaveOutAreFound(t *testing.T) {
	t.Parallel()
	for _, lossy := range []bool{true, false} {
		v := newVendor(t)
		shares := `"unit_id":"unit_1","shared_accesses":["cus_2"]`
		want, alone := "cus_2", 6
		if !lossy {
			shares, want, alone = `"unit_id":"unit_1"`, "", 3
		}
		for _, id := range []string{"b1", "b2", "b3", "b4", "b5", "b6"} {
			v.rows["/bookings"] = append(v.rows["/bookings"], rented(id, "cus_1", shares))
		}
		v.hides["/bookings"] = []string{"shared_accesses"}
		p := v.only(cardea.KindAgreement)
		for _, rec := range p.Records() {
			if a, ok := rec.(cardea.Agreement); !ok || strings.Join(a.Guests, " ") != want {
				t.Errorf("lossy %t: %+v", lossy, rec)
			}
		}
		if n := len(v.calls) - 1; n != alone {
			t.Errorf("lossy %t: %d were read alone, want %d", lossy, n, alone)
		}
	}
}

func TestLongListingsArePagedToTheirEnd(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.most = 2 // less than was asked for
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		v.rows["/customers"] = append(v.rows["/customers"], guestOf(id))
	}
	if p := v.only(cardea.KindPerson); ids(p) != "1 2 3 4 5" || grade(p) != cardea.Complete || len(v.calls) != 3 {
		t.Errorf("%s %s %v", ids(p), p.Evidence().Why(), v.calls)
	}
}

func TestAListingThatMovesOrBreaksOffIsNotWhole(t *testing.T) {
	t.Parallel()
	c1, c2 := guestOf("cus_1"), guestOf("cus_2")
	meta := func(rest string) string { return `"meta":{"pagination":{` + rest + `}}` }
	for name, pages := range map[string][]string{
		"a row comes twice":             {`{"customers":[` + c1 + `],` + meta(`"count":2,"next":2`) + `}`, `{"customers":[` + c1 + `],` + meta(`"count":2,"next":null`) + `}`},
		"the count changes":             {`{"customers":[` + c1 + `],` + meta(`"count":3,"next":2`) + `}`, `{"customers":[` + c2 + `],` + meta(`"count":2,"next":null`) + `}`},
		"fewer rows than counted":       {`{"customers":[` + c1 + `],` + meta(`"count":2,"next":null`) + `}`},
		"an empty page in the middle":   {`{"customers":[],` + meta(`"count":1,"next":2`) + `}`, `{"customers":[` + c1 + `],` + meta(`"count":1,"next":null`) + `}`},
		"another page than asked for":   {`{"customers":[` + c1 + `],` + meta(`"count":1,"page":2,"pages":2,"next":null`) + `}`},
		"neither count nor end":         {`{"customers":[` + c1 + `]}`},
		"no rows at all":                {`{` + meta(`"count":0,"next":null`) + `}`},
		"rows that are null":            {`{"customers":null,` + meta(`"count":0,"next":null`) + `}`},
		"an error with status 200":      {`{"error":"try later"}`},
		"a page announced, none comes":  {`{"customers":[` + c1 + `],` + meta(`"count":2,"next":2`) + `}`, `{"customers":[],` + meta(`"count":2,"next":null`) + `}`},
		"a row without an id":           {`{"customers":[{"name":"x","email":null}],` + meta(`"count":1,"next":null`) + `}`},
		"pages without end, all alike":  {`{"customers":[` + c1 + `],` + meta(`"next":2`) + `}`, `{"customers":[` + c1 + `],` + meta(`"next":3`) + `}`},
		"it breaks off within the body": {`{"customers":[` + c1},
	} {
		v := newVendor(t)
		v.route["/customers"] = func(r *http.Request) (int, http.Header, string) {
			n := int(r.URL.Query().Get("page")[0] - '1')
			return http.StatusOK, nil, pages[min(n, len(pages)-1)]
		}
		p := v.only(cardea.KindPerson)
		if g := grade(p); g == cardea.Complete || g == cardea.Weak {
			t.Errorf("%s: %s", name, g)
		}
	}
}

func TestPagesMaySayTheirEndInOtherWords(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"page of pages":    `{"customers":[` + guestOf("cus_1") + `],"meta":{"pagination":{"page":1,"pages":1}}}`,
		"a count alone":    `{"customers":[` + guestOf("cus_1") + `],"meta":{"pagination":{"count":1}}}`,
		"rows under data":  `{"data":[` + guestOf("cus_1") + `],"meta":{"pagination":{"count":1,"next":null}}}`,
		"an empty address": `{"customers":[` + guestOf("cus_1") + `],"meta":{"pagination":{"next":""}}}`,
	} {
		v := newVendor(t)
		v.answer("/customers", http.StatusOK, body)
		if p := v.only(cardea.KindPerson); ids(p) != "cus_1" || grade(p) != cardea.Complete {
			t.Errorf("%s: %s %s", name, ids(p), p.Evidence().Why())
		}
	}
}

func TestOneCollectionThatFailsLeavesTheOthers(t *testing.T) {
	t.Parallel()
	v := storage(t)
	v.answer("/units", http.StatusInternalServerError, `{}`)
	in := v.read(cardea.Scope{})
	if g := grade(in.Collection(cardea.KindResource)); g != cardea.Failed {
		t.Error(g)
	}
	for _, k := range []cardea.Kind{cardea.KindPerson, cardea.KindAgreement, cardea.KindAssignment} {
		if g := grade(in.Collection(k)); g != cardea.Complete {
			t.Errorf("%s %s", k, g)
		}
	}
}

func TestAssignmentsRestOnWholeBookings(t *testing.T) {
	t.Parallel()
	v := storage(t)
	v.answer("/bookings", http.StatusServiceUnavailable, `{}`)
	in := v.read(cardea.Scope{})
	for _, k := range []cardea.Kind{cardea.KindAgreement, cardea.KindAssignment} {
		if g := grade(in.Collection(k)); g != cardea.Failed {
			t.Errorf("%s %s", k, g)
		}
	}
	if p := storage(t).only(cardea.KindAssignment); ids(p) != "book_1+unit_1 book_2+unit_2" || grade(p) != cardea.Complete {
		t.Errorf("asked for alone: %s %s", ids(p), p.Evidence().Why())
	}
}

func TestWrongTokensAreAnErrorOfTheWholeRead(t *testing.T) {
	t.Parallel()
	s := storage(t).systemAt("http://vendor.test/v1/", "another")
	in := cardea.NewIntake(cardea.Scope{}, nil)
	if err := s.Read(context.Background(), cardea.Scope{}, in); cardea.ClassOf(err) != cardea.Auth || strings.Contains(err.Error(), "another") {
		t.Error(err)
	}
	if _, err := s.Describe(context.Background()); cardea.ClassOf(err) != cardea.Auth {
		t.Error(err)
	}
}

func TestTheAccountIsNamedByItsOldestLocation(t *testing.T) {
	t.Parallel()
	for want, rows := range map[string][]string{
		"9": {`{"id":10,"name":"Graz"}`, `{"id":9,"name":"Linz"}`},
		"z": {`{"id":"a","name":"Graz","created_at":"2026-02-01T00:00:00Z"}`, `{"id":"z","name":"Linz","created_at":"2021-02-01T00:00:00Z"}`},
	} {
		v := newVendor(t)
		v.rows["/locations"] = rows
		got, err := v.system().Describe(t.Context())
		if err != nil || got.ID != want || got.Name != "Linz" {
			t.Errorf("%+v %v, want %s", got, err, want)
		}
	}
	if _, err := newVendor(t).system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("without a location: %v", err)
	}
}

func TestTheVersionStandsInTheAddress(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://x.test": "https://x.test/v1", "https://x.test/kinnovis/": "https://x.test/kinnovis/v1", "https://x.test/v2": "https://x.test/v2",
		"https://x.test/2025-09/": "https://x.test/2025-09", "": "", "x.test": "", "ftp://x.test": "", "https://x.test?a=b": "",
	} {
		got, err := BaseOf(base)
		if got != want || (err == nil) != (want != "") || err != nil && cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%q: %q %v, want %q", base, got, err, want)
		}
	}
}

func TestTheLimitIsSaidInItsOwnHeader(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.Header{"reset": {"Ratelimit-Reset": {"42"}}, "retry": {"Retry-After": {"42"}, "Ratelimit-Reset": {"9"}}} {
		err := Classify(http.StatusTooManyRequests, h, nil)
		if err == nil || err.Class != cardea.Throttled || err.After != 42*time.Second {
			t.Errorf("%s: %+v", name, err)
		}
	}
	instant := http.Header{"Ratelimit-Reset": {fmt.Sprint(noon.Unix() + 42)}, "Date": {noon.Format(http.TimeFormat)}}
	if err := Classify(http.StatusTooManyRequests, instant, nil); err.After != 42*time.Second {
		t.Errorf("an instant: %v", err.After)
	}
	if err := Classify(http.StatusTooManyRequests, http.Header{"Ratelimit-Reset": {"1790000000"}}, nil); err.After > mostPause {
		t.Errorf("%v", err.After)
	}
}

func TestEverythingIsSaidToBeAssumed(t *testing.T) {
	t.Parallel()
	v := storage(t)
	s := v.system()
	if all := strings.Join(s.Assumed(), " "); !strings.Contains(all, "Every route, field and status is assumed") {
		t.Error(all)
	}
	v.rows["/locations"] = append(v.rows["/locations"], `{"id":"loc_2","name":"Graz","timezone":null}`)
	v.rows["/bookings"] = append(v.rows["/bookings"], rented("book_9", "cus_3", `"unit_id":null,"shared_accesses":[]`))
	found, err := s.Examine(t.Context())
	var codes []string
	for _, i := range found {
		codes = append(codes, i.Code)
	}
	if want := []string{issueAssumed, issueZoneless, issueUnmapped, issueUnplaced}; err != nil || !slices.Equal(codes, want) {
		t.Errorf("%v %v, want %v", codes, err, want)
	}
	for _, kind := range cardea.ItemKinds {
		has := kind != cardea.ItemFloors && kind != cardea.ItemBookables && kind != cardea.ItemPasses &&
			kind != cardea.ItemPushes
		if (s.Lacks(kind) == "") != has {
			t.Errorf("%s: %q", kind, s.Lacks(kind))
		}
	}
}
