package nexudus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// TestFiltersNameForeignKeysWithoutTheirId: CoworkerContract_CoworkerId is no filter, and what is none is passed over.
func TestFiltersNameForeignKeysWithoutTheirId(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	v.rows["/spaces/coworkers"] = []string{person(31, "")}
	v.rows["/spaces/bookings"] = []string{strings.Replace(booked(1, ""), `"BookingVisitors":[]`, `"BookingVisitors":[{"VisitorFullName":"V"}]`, 1)}
	if _, err := v.read(cardea.Scope{People: []cardea.Key{{Kind: cardea.KindPerson, ID: "31"}}}); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, line := range v.log {
		_, query, _ := strings.Cut(line, "?")
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		for name := range q {
			asked[name+"="+q.Get(name)] = true
			if strings.Contains(name, "_") && strings.HasSuffix(name, "Id") {
				t.Errorf("%s is no filter of Nexudus", name)
			}
		}
	}
	for _, want := range []string{
		"CoworkerContract_Coworker=31", "Booking_Coworker=31", "CoworkerTimePass_Coworker=31", "BookingVisitor_Booking=1",
	} {
		if !asked[want] {
			t.Errorf("%s was not asked for: %v", want, v.log)
		}
	}
}

// TestAFilterThatIsPassedOverWidensNobodysAccess: where a filter is not known everything comes, of everybody.
func TestAFilterThatIsPassedOverWidensNobodysAccess(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	all := func(path string) {
		v.route[path] = func(r *http.Request) (int, http.Header, string) {
			q := url.Values{"page": r.URL.Query()["page"], "size": r.URL.Query()["size"]}
			return 200, nil, v.list(v.rows[path], q)
		}
	}
	v.rows["/spaces/coworkers"] = []string{person(31, ""), person(32, "")}
	v.rows["/spaces/bookings"] = []string{
		strings.Replace(booked(1, ""), `"BookingVisitors":[]`, `"BookingVisitors":[{"VisitorFullName":"V"}]`, 1),
	}
	v.rows["/spaces/bookingvisitors"] = []string{`{"Id":5,"BookingId":1,"VisitorId":62}`, `{"Id":6,"BookingId":2,"VisitorId":63}`}
	v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, `,"Desks":[8]`), agreed(52, 32, `,"Desks":[9]`)}
	v.rows["/billing/coworkertimepasses"] = []string{issued(1, ``), issued(2, `,"Used":true`)}
	for _, path := range []string{"/spaces/bookings", "/spaces/bookingvisitors", "/billing/coworkercontracts", "/billing/coworkertimepasses"} {
		all(path)
	}
	in, err := v.read(cardea.Scope{People: []cardea.Key{{Kind: cardea.KindPerson, ID: "31"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(in.Collection(cardea.KindAssignment)); !slices.Equal(got, []string{"51-8"}) {
		t.Errorf("assigned by the contracts of others: %v", got)
	}
	if b := first[cardea.Booking](t, in.Collection(cardea.KindBooking)); !slices.Equal(b.Visitors, []string{"62"}) {
		t.Errorf("guests of another booking: %v", b.Visitors)
	}
	if p := v.only(cardea.KindPass); !slices.Equal(ids(p), []string{"1", "2"}) || grade(p) != cardea.Complete {
		t.Errorf("passes that came in both listings: %v %s", ids(p), grade(p))
	}
}

// TestOtherDatesOfAContractAreNoEnd: ContractTerm is the first day on which it may be left, RenewalDate when it is invoiced anew.
func TestOtherDatesOfAContractAreNoEnd(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, `,"Desks":[],"ContractTerm":"2026-06-30T00:00:00Z",`+
		`"RenewalDate":"2026-11-01T00:00:00Z","InvoicedPeriod":"2026-10-31T00:00:00Z","NextTariffId":9,"CancellationDate":null`)}
	a := first[cardea.Agreement](t, v.only(cardea.KindAgreement))
	if a.End.Set || !a.Approved || a.Plan != "5" {
		t.Errorf("%+v", a)
	}
}

// TestOneRecordThatIsRefusedWith200IsUnknownAndNotGone: by its id, and in a question for several.
func TestOneRecordThatIsRefusedWith200IsUnknownAndNotGone(t *testing.T) {
	t.Parallel()
	const refusal = `{"Status":403,"Message":"no","Value":null,"WasSuccessful":false,"Errors":null}`
	k := cardea.Key{Kind: cardea.KindPerson, ID: "31"}
	v := newVendor(t).empty()
	v.rows["/spaces/coworkers"] = []string{person(31, ""), person(32, "")}
	v.answer("/spaces/coworkers/31", 200, refusal)
	v.answer("/spaces/coworkers/", 200, refusal)
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{k}})
	if p := in.Collection(cardea.KindPerson); err != nil || len(p.MissingOnes()) != 0 || len(p.BadOnes()) != 1 {
		t.Errorf("by its id: %v, missing %v, bad %v", err, p.MissingOnes(), p.BadOnes())
	}
	p := v.only(cardea.KindPerson)
	if !slices.Equal(ids(p), []string{"32"}) || len(p.BadOnes()) != 1 || !slices.Contains(p.BadOnes()[0].Who, k) {
		t.Errorf("in a listing: %v, bad %v", ids(p), p.BadOnes())
	}
}

// TestAWebPageIsNoListing, whatever its status.
func TestAWebPageIsNoListing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 404, 500} {
		v := newVendor(t).empty()
		v.answer("/billing/tariffs", status, "<!DOCTYPE html><html><body>Sign in</body></html>")
		p := v.only(cardea.KindPlan)
		if grade(p) != cardea.Failed || strings.Contains(p.Err().Error(), "<html>") {
			t.Errorf("%d: %s %v", status, grade(p), p.Err())
		}
	}
}

// TestTimesOfABookingAreUTC: its Local twins bear a Z that is none, and a webhook has none of them.
func TestTimesOfABookingAreUTC(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, local string }{
		"as documented":    {"2026-11-23T13:00:00Z", "2026-11-23T14:00:00Z", `,"FromTimeLocal":"2026-11-23T08:00:00Z","ToTimeLocal":"2026-11-23T09:00:00Z"`},
		"without a suffix": {"2026-11-23T13:00:00", "2026-11-23T14:00:00", `,"FromTimeLocal":"2026-11-23T08:00:00","ToTimeLocal":"2026-11-23T09:00:00"`},
		"seven digits":     {"2026-11-23T13:00:00.0000000Z", "2026-11-23T14:00:00.0000000Z", ""},
		"five digits":      {"2026-11-23T13:00:00.00000Z", "2026-11-23T14:00:00.00000Z", `,"FromTimeLocal":null,"ToTimeLocal":null`},
		"of a zone":        {"2026-11-23T14:00:00+01:00", "2026-11-23T09:00:00-05:00", ""},
	} {
		v := newVendor(t).empty()
		v.rows["/spaces/bookings"] = []string{fmt.Sprintf(`{"Id":1,"ResourceId":70,"CoworkerId":31,"FromTime":%q,"ToTime":%q,"BookingVisitors":[]%s}`,
			c.from, c.to, c.local)}
		b := first[cardea.Booking](t, v.only(cardea.KindBooking))
		if b.Start != at("2026-11-23T13:00:00Z") || b.End != at("2026-11-23T14:00:00Z") {
			t.Errorf("%s: from %s to %s", name, b.Start, b.End)
		}
	}
}

// TestIdsAreLargerThanThirtyTwoBits, and stand as numbers and as texts.
func TestIdsAreLargerThanThirtyTwoBits(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/sys/floorplandesks"] = []string{`{"Id":14140000070001,"Name":"Office 12","FloorPlanId":"14140000070002","FloorPlanBusinessId":14140000070003}`}
	got := first[cardea.Resource](t, v.only(cardea.KindResource))
	if got.ID != "desk-14140000070001" || got.Floor != "14140000070002" || got.Location != "14140000070003" {
		t.Errorf("%+v", got)
	}
}

// TestOnlyActiveAndArchivedSayWhoIsIn: who has no login, who may not log in, who owes, and whose summary names no plan are not
// suspended, and a summary of a plan is no contract.
func TestOnlyActiveAndArchivedSayWhoIsIn(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/coworkers"] = []string{person(31, `,"UserId":null,"UserActive":false,"HasDueInvoices":true,"TariffId":null,`+
		`"CoworkerContractIds":null,"GeneralTermsAccepted":false,"CancellationDate":"2026-01-01T00:00:00Z","CoworkerType":2`),
		person(32, `,"TariffId":5,"TariffName":"Hot desk","StartDate":"2026-01-01T00:00:00Z"`)}
	in, err := v.read(cardea.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range in.Collection(cardea.KindPerson).Records() {
		if p, ok := rec.(cardea.Person); !ok || p.Suspended || p.Status != cardea.Present {
			t.Errorf("%+v", rec)
		}
	}
	if n := len(in.Collection(cardea.KindAgreement).Records()); n != 0 {
		t.Errorf("%d contracts were made of a summary", n)
	}
}

// TestNoZoneIsGuessedFromItsNumber: SimpleTimeZoneId is a number of a list that nobody knows.
func TestNoZoneIsGuessedFromItsNumber(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/sys/businesses"] = []string{`{"Id":1,"Name":"London","SimpleTimeZoneId":2022,"Suspended":false}`}
	if got := first[cardea.Location](t, v.only(cardea.KindLocation)); got.Zone != "" {
		t.Errorf("%+v", got)
	}
}

// TestAPassWithoutAnEndOrSlotsIsAlwaysGood, as one of a bank of minutes is by what is left.
func TestAPassWithoutAnEndOrSlotsIsAlwaysGood(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	v.rows["/billing/timepasses"] = append(v.rows["/billing/timepasses"], `{"Id":8,"Name":"Always","MinutesIncluded":null,"BusinessId":2}`)
	v.rows["/billing/coworkertimepasses"] = []string{issued(1, `,"TimePassId":8,"TimePassName":"An older name"`)}
	p := first[cardea.Pass](t, v.only(cardea.KindPass))
	if p.Until.Set || p.From.Set || p.Slots != nil || p.Type != "Always" || p.Location != "1" {
		t.Errorf("%+v", p)
	}
	v.rows["/billing/coworkertimepasses"] = []string{issued(1, `,"TimePassId":8,"ExpireDate":"2026-12-01T00:00:00Z"`)}
	if p := first[cardea.Pass](t, v.only(cardea.KindPass)); !p.Until.Set || p.Until.In(time.UTC).String() != "2026-12-01" {
		t.Errorf("%+v", p)
	}
}

// TestOnlyWhatDecidesIsRead: access rules of resources are about booking, check-ins use passes up, invoices decide nothing. Nothing
// but a GET is sent, and never to the members' portal.
func TestOnlyWhatDecidesIsRead(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	v.rows["/spaces/coworkers"] = []string{person(31, "")}
	if _, err := v.read(cardea.Scope{}); err != nil {
		t.Fatal(err)
	}
	if len(v.log) < 12 {
		t.Fatalf("%v", v.log)
	}
	for _, line := range v.log {
		for _, no := range []string{"accessrule", "checkin", "invoice", "product", "public", "runcommand", "accesstoken"} {
			if strings.Contains(line, no) || !strings.HasPrefix(line, "GET ") {
				t.Errorf("%s was asked for", line)
			}
		}
	}
}

// TestHooksOfTheCancelledNameTheBookingToo: what comes with a BookingDelete is not known; the row that took the booking's place bears
// an id of its own.
func TestHooksOfTheCancelledNameTheBookingToo(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	for _, c := range []struct{ path, body, want string }{
		{"BookingDelete", `[{"Id":900,"OriginalBookingId":"7","CoworkerId":null}]`, "booking:900 booking:7"},
		{"BookingDelete", `[{"Id":7,"OriginalBookingId":"c0ffee"}]`, "booking:7"},
		{"BookingDelete", `[{"Id":7,"OriginalBookingId":null}]`, "booking:7"},
		// An invoice's own id is no coworker's.
		{"CoworkerInvoicePaid", `[{"Id":77,"CoworkerId":31}]`, "person:31"},
		{"FailedCheckin", `[{"Id":78,"CoworkerId":null}]`, ""},
		{"CoworkerProductDelete", `[{"Id":79,"CoworkerId":31}]`, "person:31"},
	} {
		got, err := s.Verify(t.Context(), hooked(c.path, sign("hush", c.body)), []byte(c.body))
		var names []string
		for _, k := range got.Keys {
			names = append(names, k.String())
		}
		if err != nil || strings.Join(names, " ") != c.want {
			t.Errorf("%s %s: %v %v, want %s", c.path, c.body, names, err, c.want)
		}
	}
}

// TestOneHookIsToldFromTheNextOfTheSameBody, since a hook bears neither an id nor a time and two that differ look alike.
func TestOneHookIsToldFromTheNextOfTheSameBody(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	now := noon
	s.now = func() time.Time { return now }
	seen := map[string]bool{}
	for range 3 {
		got, err := s.Verify(t.Context(), hooked("AccessControlUpdate", sign("hush", `[{"Id":31}]`)), []byte(`[{"Id":31}]`))
		if err != nil || seen[got.Event] || len(got.Keys) != 1 {
			t.Errorf("%+v %v", got, err)
		}
		seen[got.Event] = true
		now = now.Add(time.Second)
	}
}

// TestAWebhookIsPutWholeAndToTheCollection, though its row in a listing lacks the description: what is left out is cleared.
func TestAWebhookIsPutWholeAndToTheCollection(t *testing.T) {
	t.Parallel()
	v := registry(t)
	s := v.system()
	if _, err := s.Install(t.Context(), "https://cardea.test/hooks/nex"); err != nil {
		t.Fatal(err)
	}
	row := v.rows["/sys/webhooks"][3]
	id := string(idOf([]byte(row)))
	var was, is map[string]any
	if err := json.Unmarshal([]byte(row), &was); err != nil {
		t.Fatal(err)
	}
	v.rows["/sys/webhooks"][3] = strings.Replace(row, `"Active":true`, `"Active":false`, 1)
	from := len(v.bodies)
	if _, err := s.Install(t.Context(), "https://cardea.test/hooks/nex"); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(v.log, "PUT /sys/webhooks?") {
		t.Errorf("no PUT went to the collection: %v", v.log[len(v.log)-3:])
	}
	for _, body := range v.bodies[from:] {
		if string(idOf([]byte(body))) == id && json.Unmarshal([]byte(body), &is) != nil {
			t.Errorf("%s", body)
		}
	}
	for name, want := range was {
		if is[name] != want {
			t.Errorf("%s was %v and is put as %v", name, want, is[name])
		}
	}
	if was["Description"] == nil || is["Active"] != true {
		t.Errorf("%v", is)
	}
}

// TestANewLocationHasNoWebhooksUntilTheyAreInstalled: each is of one location.
func TestANewLocationHasNoWebhooksUntilTheyAreInstalled(t *testing.T) {
	t.Parallel()
	v := registry(t)
	v.answer("/utils/enums", 401, ``) // the documented numbers do
	s := v.system()
	if _, err := s.Install(t.Context(), "https://cardea.test/hooks/nex"); err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(v.rows["/sys/webhooks"], "\n"); strings.Count(all, `"Action":61,`) != 2 {
		t.Error("AccessControlUpdate is not number 61")
	}
	v.rows["/sys/businesses"] = append(v.rows["/sys/businesses"], `{"Id":3,"Name":"York"}`)
	state, err := s.Installed(t.Context())
	if want := fmt.Sprintf("%d of %d webhooks are missing", wantedHooks(), 3*wantedHooks()); err != nil || !strings.HasPrefix(state.Why, want) {
		t.Errorf("%+v %v, want %s", state, err, want)
	}
}

// TestAWriteThatTheThrottleRefusedIsSentAgainAndNoOther: nothing was done by one that was throttled.
func TestAWriteThatTheThrottleRefusedIsSentAgainAndNoOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status, times int
		done          bool
		posts         int
	}{
		"throttled, then not":    {409, 2, true, wantedHooks()*2 + 2},
		"throttled for ever":     {409, 1000, false, writeTries},
		"a server's error":       {500, 1, false, 1},
		"a gateway that is late": {504, 1, false, 1},
	} {
		v := registry(t)
		keep, left := v.route["/sys/webhooks"], c.times
		v.route["/sys/webhooks"] = func(r *http.Request) (int, http.Header, string) {
			if r.Method == http.MethodPost && left > 0 {
				left--
				return c.status, nil, ""
			}
			return keep(r)
		}
		_, err := v.system().Install(t.Context(), "https://cardea.test/hooks/nex")
		posts := strings.Count(strings.Join(v.log, "\n"), "POST ")
		if (err == nil) != c.done || posts != c.posts {
			t.Errorf("%s: %v after %d posts, want %d", name, err, posts, c.posts)
		}
	}
}

// TestASecondFactorIsNamedWhereATokenIsRefused: the docs say 401, others saw 400.
func TestASecondFactorIsNamedWhereATokenIsRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401} {
		v := newVendor(t).empty()
		v.token = func(*http.Request) (int, string) {
			return status, `{"error":"invalid_grant","error_description":"totp"}`
		}
		if _, err := v.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "second factor") {
			t.Errorf("%d: %v", status, err)
		}
	}
	v := newVendor(t).empty()
	v.token = func(*http.Request) (int, string) { return 400, `{"error":"unsupported_grant_type"}` }
	if _, err := v.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Rejected || strings.Contains(err.Error(), "second factor") {
		t.Error(err)
	}
}

// TestATokenLivesAsLongAsItSays, be that minutes or a week; the sheet's samples and its warning differ.
func TestATokenLivesAsLongAsItSays(t *testing.T) {
	t.Parallel()
	for _, life := range []string{"300", `"604799"`} {
		now := noon
		v := newVendor(t).empty()
		v.rows["/sys/businesses"] = []string{`{"Id":1,"Name":"A"}`}
		asked := 0
		v.token = func(*http.Request) (int, string) {
			asked++
			return 200, fmt.Sprintf(`{"access_token":"t%d","token_type":"bearer","expires_in":%s}`, asked, life)
		}
		s := v.systemWith(TokenConfig{Name: "nex", User: "ada@x.test", Password: "s3cret-pass", Now: func() time.Time { return now }})
		for _, after := range []time.Duration{0, 3 * time.Minute, 3 * time.Minute, 6 * 24 * time.Hour} {
			now = now.Add(after)
			if _, err := s.Describe(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if want := map[string]int{"300": 3, `"604799"`: 1}[life]; asked != want {
			t.Errorf("of %s seconds: asked %d times, want %d", life, asked, want)
		}
	}
}

// TestWhatOpensDoorsIsInNoRecordingOfACoworker: PINs, cards and other systems' keys stand in the record in plain sight.
func TestWhatOpensDoorsIsInNoRecordingOfACoworker(t *testing.T) {
	t.Parallel()
	raw := person(31, `,"AccessPincode":"00127","AccessCardId":"8812345, 99","KeyFobNumber":"fob-771","DoordeckPrivateKey":"privat-xyz",`+
		`"SaltoV2AccessToken":"salto-zzz"`)
	for name, text := range map[string]string{
		"a recording": string(wire.Redact([]byte(raw))), "a message": string(redacted([]byte(raw))),
		"free text": string(wire.Redact([]byte("refused: " + raw))),
	} {
		for _, secret := range []string{"00127", "8812345", "fob-771", "privat-xyz", "salto-zzz"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %s: %s", name, secret, text)
			}
		}
	}
}
