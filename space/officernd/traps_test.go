package officernd

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestTokensOfARegionComeFromTheSharedHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ auth, base, token, api string }{
		{"", "", "https://identity.officernd.com", "https://app.officernd.com"},
		{"", "https://us.officernd.com/", "https://identity.officernd.com", "https://us.officernd.com"},
		{"", "https://STAGING.officernd.com", "https://identity-staging.officernd.com", "https://STAGING.officernd.com"},
		{"https://id.other.test/", "https://us.officernd.com", "https://id.other.test", "https://us.officernd.com"},
		{"https://id.other.test", "", "https://id.other.test", "https://app.officernd.com"},
		{"", "https://officernd.com.evil.test", "https://officernd.com.evil.test", "https://officernd.com.evil.test"},
		{"", "http://127.0.0.1:9090/officernd", "http://127.0.0.1:9090/officernd", "http://127.0.0.1:9090/officernd"},
	} {
		h, err := HostsAt(c.auth, c.base, "acme")
		if err != nil || h.Token != c.token+"/oauth/token" || h.API != c.api+"/api/v2/organizations/acme" {
			t.Errorf("%+v: %+v, %v", c, h, err)
		}
	}
	for _, c := range [][2]string{{"x", ""}, {"ftp://x", ""}, {"https://x?y", "https://us.officernd.com"}} {
		if _, err := HostsAt(c[0], c[1], "acme"); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "auth_url") {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// TestOnlyDeclaredFiltersAreSent holds every call against the table of vendors/officernd.md 1.4: a listing refuses what is not
// declared for it, memberships refuse times, bookings their own start and end, and API v2 knows no $populate.
func TestOnlyDeclaredFiltersAreSent(t *testing.T) {
	t.Parallel()
	sheet := map[string][]string{
		"/members": {"_id", "name", "email", "location", "company", "status", "status[$in]"}, "/memberships": {"company", "member"},
		"/companies": {"_id", "name", "location", "status", "status[$in]"}, "/plans": {"name", "code"},
		"/assignments": {"resource", "membership"}, "/resources": {"type", "location", "floor", "_id", "name"}, "/resource-types": {},
		"/locations": {"_id", "name", "isOpen", "isPublic"}, "/floors": {"location", "name"}, "/visitors": {"_id[$in]", "name", "email", "type"},
		"/bookings": {"seriesStart[$lt]", "seriesEnd[$gte]", "seriesEnd[$lt]", "resource", "company", "member", "location"},
		"/passes":   {"company", "member"}, "/checkins": {"start[$gte]", "company", "member", "location"},
	}
	for name, want := range map[string]cardea.Scope{
		"whole":  {},
		"people": {People: []cardea.Key{key(cardea.KindPerson, 1), key(cardea.KindVisitor, 6)}},
		"near": {Near: true, Keys: []cardea.Key{
			key(cardea.KindPerson, 1), key(cardea.KindAgreement, 11), key(cardea.KindBooking, 53), key(cardea.KindAssignment, 21),
		}},
	} {
		for _, bulk := range []bool{true, false} {
			v := world(t)
			if !bulk {
				onlyFiltered(v, http.StatusBadRequest)
			}
			v.answer("/bookings/count", http.StatusOK, `{"total":99}`)
			if _, err := v.read(want); err != nil {
				t.Fatal(name, err)
			}
			for _, call := range v.log {
				path, raw, _ := strings.Cut(call, "?")
				q, err := url.ParseQuery(raw)
				if err != nil {
					t.Fatal(err)
				}
				known, is := sheet[strings.TrimSuffix(path, "/count")]
				if at := strings.LastIndex(path, "/"); !is && isID(path[at+1:]) {
					known, is = nil, sheet[path[:at]] != nil
				}
				if !is {
					t.Errorf("%s: %s is no part of the API that is read", name, call)
				}
				for field := range q {
					switch {
					case field == "$limit" && q.Get(field) == "50", field == "$cursorNext": // 0 means 20, and 51 is refused
					case !slices.Contains(known, field):
						t.Errorf("%s: %s: %s is not declared", name, call, field)
					}
				}
			}
		}
	}
}

func TestACursorIsSentBackAsItCame(t *testing.T) {
	t.Parallel()
	const cursor = `eyJfaWQiOiI2=+/&$limit=1 {"_id":1}`
	v := newVendor(t)
	m := members(2)
	v.route["/members"] = func(r *http.Request) (int, string) {
		switch got := r.URL.Query()["$cursorNext"]; {
		case len(got) == 0:
			return http.StatusOK, fmt.Sprintf(`{"rangeStart":1,"rangeEnd":1,"cursorNext":%q,"results":[%s]}`, cursor, m[0])
		case len(got) == 1 && got[0] == cursor && !r.URL.Query().Has("$cursorPrev"):
			return http.StatusOK, fmt.Sprintf(`{"rangeStart":2,"rangeEnd":2,"cursorPrev":"x","results":[%s]}`, m[1])
		}
		return http.StatusInternalServerError, `{"statusCode":500,"message":"Unexpected token in JSON"}`
	}
	if p := v.only(cardea.KindPerson); grade(p) != cardea.Complete || len(p.Records()) != 2 {
		t.Fatalf("%s: %s", grade(p), p.Evidence().Why())
	}
}

// TestAMembersMembershipsAreNotMeasuredByTheCountOfAll: the count of memberships ignores every filter.
func TestAMembersMembershipsAreNotMeasuredByTheCountOfAll(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]cardea.Scope{
		"people": {People: []cardea.Key{key(cardea.KindPerson, 1)}},
		"near":   {Near: true, Keys: []cardea.Key{key(cardea.KindPerson, 1)}},
	} {
		v := world(t)
		v.answer("/memberships/count", http.StatusOK, `{"total":900}`)
		in, err := v.read(want)
		if p := in.Collection(cardea.KindAgreement); err != nil || grade(p) != cardea.Complete || len(p.Records()) == 0 {
			t.Errorf("%s: %v, %s: %s", name, err, grade(p), p.Evidence().Why())
		}
		if v.calls["/memberships/count"] != 0 {
			t.Errorf("%s: it was asked", name)
		}
	}
	v := world(t)
	v.answer("/memberships/count", http.StatusOK, `{"total":900}`)
	if p := v.only(cardea.KindAgreement); grade(p) != cardea.Incomplete {
		t.Errorf("of the whole listing it is evidence: %s", grade(p))
	}
}

// TestAStatusThatIsCountedApartIsListedToo: what a listing shows is asked for without a status, so that nobody who is pending or
// was set by hand is missed.
func TestAllStatusesAreListed(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	for i, word := range []string{"active", "former", "pending", "contact", "not_approved", "drop-in", "lead", ""} {
		v.rows["/members"] = append(v.rows["/members"], row(i+1, `,"name":"M","status":"`+word+`"`))
	}
	if p := v.only(cardea.KindPerson); len(p.Records()) != 8 || grade(p) != cardea.Complete {
		t.Errorf("%d, %s", len(p.Records()), grade(p))
	}
}

func TestFieldsThatAreNotReadMayHaveAnyShape(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind      cardea.Kind
		good, odd string
	}{
		"passes of a plan for one location": {cardea.KindPlan, `,"name":"Hot desk"`, `,"name":"Hot desk","passesForLocations":"` + id(9) + `"`},
		"passes of a plan for a list":       {cardea.KindPlan, `,"name":"Hot desk"`, `,"name":"Hot desk","passesForLocations":[{"location":1}]`},
		"a floor's area":                    {cardea.KindFloor, `,"floor":"1"`, `,"floor":"1","area":1200000`},
		"staff are no members": {
			cardea.KindTeam, `,"name":"Acme"`, `,"name":"Acme","createdBy":"` + id(3) + `","modifiedBy":{"_id":"x"}`,
		},
		"custom fields": {
			cardea.KindPerson, `,"name":"Ana"`, `,"name":"Ana","properties":{"accessCard":12,"pin":["0815"]},"tags":null`,
		},
		"flags that are absent": {
			cardea.KindAgreement, `,"company":"` + id(2) + `","isPersonal":false,"status":"approved","startDate":"2026-01-01T00:00:00.000Z"`,
			`,"company":"` + id(2) + `","status":"approved","startDate":"2026-01-01T00:00:00.000Z"`,
		},
		"service slots are no time of access": {
			cardea.KindBooking, `,"resource":"` + id(7) + `","start":"2026-11-20T09:00:00Z","end":"2026-11-20T10:00:00Z","members":[],"visitors":[]`,
			`,"resource":"` + id(7) + `","start":"2026-11-20T09:00:00Z","end":"2026-11-20T10:00:00Z","members":[],"visitors":[],` +
				`"serviceSlots":{"before":30,"after":45},"isCancelled":false,"fees":[{"passes":[1]}]`,
		},
	} {
		c2, _ := of(c.kind)
		good, err := c2.decode([]byte(row(1, c.good)))
		odd, err2 := c2.decode([]byte(row(1, c.odd)))
		if err != nil || err2 != nil || fmt.Sprintf("%#v", good) != fmt.Sprintf("%#v", odd) {
			t.Errorf("%s: %v %v\n%#v\n%#v", name, err, err2, good, odd)
		}
	}
}

// TestAPassThatOnlyTheVendorCallsExpired: validTo may be missing, and left-overs of a monthly set are not carried over.
func TestAPassThatOnlyTheVendorCallsExpired(t *testing.T) {
	t.Parallel()
	const had = `,"count":5,"usedCount":1,"company":"00000000000000000000000c","startDate":"2026-10-01T00:00:00.000Z"`
	for name, c := range map[string]struct {
		fields string
		until  cardea.Day
		used   int64
	}{
		"once, until it is used": {`,"intervalLength":"once","status":"valid","endDate":"2026-10-31T00:00:00.000Z"`, cardea.Day{}, 2},
		"expired, with an end":   {`,"status":"expired","endDate":"2026-10-31T00:00:00.000Z"`, dated("2026-10-31T00:00:00Z"), 2},
		"expired, without one":   {`,"status":"expired"`, cardea.Day{}, 10},
		"expired, by its dates": {
			`,"status":"expired","validTo":"2026-10-15T00:00:00.000Z","endDate":"2026-10-31T00:00:00.000Z"`, dated("2026-10-15T00:00:00Z"), 2,
		},
	} {
		v := newVendor(t).empty()
		v.rows["/passes"] = []string{row(1, had+c.fields)}
		if p := first[cardea.Pass](t, v.only(cardea.KindPass)); p.Until != c.until || p.HalfUsed != c.used {
			t.Errorf("%s: until %v, used %d", name, p.Until, p.HalfUsed)
		}
	}
	v := newVendor(t).empty()
	v.rows["/passes"] = []string{row(1, `,"count":5,"company":"`+id(2)+`","status":"pending"`)}
	if p := v.only(cardea.KindPass); len(p.Records()) != 0 || len(p.BadOnes()) != 1 {
		t.Errorf("pending without a beginning: %v", p.Records())
	}
}

// TestAVisitorsHostMayBeMissing: in one organisation no visitor had one.
func TestAVisitorsHostMayBeMissing(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/visitors"] = []string{row(6, `,"name":"Vi","type":"reception"`)}
	if p := first[cardea.Person](t, v.only(cardea.KindVisitor)); !p.Visitor || p.Host != "" || p.Status != cardea.Present {
		t.Errorf("%+v", p)
	}
}

// TestTimesOfTheOlderAPIAreRefusedAndNotMisread: v1 writes objects, and how v2 writes bookings by the day was not seen.
func TestTimesOfTheOlderAPIAreRefusedAndNotMisread(t *testing.T) {
	t.Parallel()
	for _, start := range []string{`{"dateTime":"2026-11-20T09:00:00.000Z"}`, `{"date":"2026-11-20"}`, `"2026-11-20"`, `1795176000000`} {
		v := newVendor(t).empty()
		v.rows["/bookings"] = []string{row(1, `,"resource":"`+id(7)+`","members":[],"visitors":[],"end":"2026-11-20T10:00:00.000Z","start":`+start)}
		p := v.only(cardea.KindBooking)
		if len(p.Records()) != 0 || len(p.BadOnes()) != 1 || !slices.Equal(p.BadOnes()[0].Who, []cardea.Key{key(cardea.KindBooking, 1)}) {
			t.Errorf("%s: %v, %v", start, p.Records(), p.BadOnes())
		}
	}
}
