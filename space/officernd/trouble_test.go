package officernd

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

func TestClassesOfAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		want   cardea.Class // "" = as usual
	}{
		{401, `{"statusCode":401,"message":"Unauthorized access","error":"Unauthorized"}`, cardea.Auth},
		{404, `{"statusCode":404,"message":"Item with Id (5f)"}`, cardea.NotFound},
		{404, `{"statusCode":404,"message":"Cannot GET /x"}`, cardea.Rejected},
		{404, `<html>`, cardea.Rejected},
		{500, `{"statusCode":500,"message":"Organization not found"}`, cardea.Rejected},
		{500, `{"statusCode":500,"message":"Plan not found"}`, cardea.Rejected},
		{500, `{"statusCode":500,"message":"Item with Id (5f)"}`, cardea.Rejected}, // never a deletion
		{500, `{"statusCode":500,"message":["startDate must be a date"]}`, cardea.Rejected},
		{500, `{"statusCode":500,"message":"Unexpected token x in JSON"}`, ""},
		{500, `{"statusCode":500,"message":[]}`, ""},
		{500, ``, ""},
		{504, `{"message":"timeout"}`, ""},
		{400, `{"statusCode":400,"message":["property x should not exist"]}`, ""},
		{429, ``, ""},
	} {
		got := cardea.Class("")
		if e := Classify(c.status, nil, []byte(c.body)); e != nil {
			got = e.Class
		}
		if got != c.want {
			t.Errorf("%d %s: %q, want %q", c.status, c.body, got, c.want)
		}
	}
}

func TestUnknownOrganisationEndsTheRead(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.answer("/floors", 500, `{"statusCode":500,"message":"Organization not found"}`)
	_, err := v.read(cardea.Scope{})
	if !errors.Is(err, space.ErrNoTenant) || cardea.ClassOf(err) != cardea.Rejected {
		t.Fatal(err)
	}
	if v.calls["/members"] != 0 {
		t.Error("it went on")
	}
	if _, err := v.system().Describe(t.Context()); err != nil {
		t.Errorf("describe reads locations: %v", err)
	}
}

func TestScopeThatIsNotGrantedRefusesTheWholeTokenAndTheRead(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	var asked string
	v.token = func(r *http.Request) (int, string) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		asked = r.PostForm.Get("scope")
		return http.StatusBadRequest, `{"error":"invalid_scope"}`
	}
	_, err := v.read(cardea.Scope{})
	if cardea.ClassOf(err) != cardea.Auth {
		t.Fatal(err)
	}
	got := strings.Split(asked, " ")
	for _, want := range []string{"flex.billing.plans.read", "flex.space.passes.read", "flex.community.checkins.read"} {
		if !slices.Contains(got, want) {
			t.Errorf("scope %s is not asked for: %s", want, asked)
		}
	}
	if v.asked != 1 || len(v.log) != 0 {
		t.Errorf("%d token calls, %v", v.asked, v.log)
	}
}

func TestTokenThatExpiresMidListingIsReplacedOnce(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	rows := members(120)
	v.route["/members"] = func(r *http.Request) (int, string) {
		if r.URL.Query().Get("$cursorNext") == "50" && r.Header.Get("Authorization") == "Bearer t1" {
			return http.StatusUnauthorized, `{"statusCode":401,"message":"Unauthorized access"}`
		}
		return v.list("/members", rows, r.URL.Query())
	}
	p := v.only(cardea.KindPerson)
	if grade(p) != cardea.Complete || len(p.Records()) != 120 || v.asked != 2 {
		t.Fatalf("%s, %d records, %d tokens: %s", grade(p), len(p.Records()), v.asked, p.Evidence().Why())
	}
}

func TestMissingPermissionFailsItsCollectionAlone(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.answer("/plans", 401, `{"statusCode":401,"message":"Unauthorized access","error":"Unauthorized"}`)
	in, err := v.read(cardea.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range in.Collections() {
		if want := p.Kind() == cardea.KindPlan; (grade(p) == cardea.Failed) != want {
			t.Errorf("%s is %s: %s", p.Kind(), grade(p), p.Evidence().Why())
		}
	}
	why := in.Collection(cardea.KindPlan).Err()
	if cardea.ClassOf(why) != cardea.Auth || !strings.Contains(why.Error(), "permission") ||
		!strings.Contains(why.Error(), "expired") {
		t.Errorf("the error does not say both possibilities: %v", why)
	}
	if v.calls["/plans"] != 2 || v.asked > 2 {
		t.Errorf("asked %d times with %d tokens", v.calls["/plans"], v.asked)
	}
}

func TestRefusedCredentialsEndTheRead(t *testing.T) {
	t.Parallel()
	no := `{"statusCode":401,"message":"Unauthorized access"}`
	v := newVendor(t).empty()
	v.answer("/locations", 401, no)
	if _, err := v.read(cardea.Scope{}); cardea.ClassOf(err) != cardea.Auth || v.calls["/floors"] != 0 {
		t.Errorf("refused at first: %v", err)
	}
	v = newVendor(t).empty()
	v.answer("/plans", 401, no)
	v.answer("/companies", 401, no)
	in, err := v.read(cardea.Scope{})
	if cardea.ClassOf(err) != cardea.Auth || v.calls["/members"] != 0 {
		t.Errorf("refused twice in a row: %v", err)
	}
	if in.Collection(cardea.KindPerson) != nil {
		t.Error("what was not read is in the intake")
	}
}

func TestOneFailingCollectionLeavesTheOthers(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	rows := members(120)
	v.route["/members"] = func(r *http.Request) (int, string) {
		if r.URL.Query().Get("$cursorNext") == "100" {
			return http.StatusServiceUnavailable, ``
		}
		return v.list("/members", rows, r.URL.Query())
	}
	in, err := v.read(cardea.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if p := in.Collection(cardea.KindPerson); grade(p) != cardea.Incomplete || len(p.Records()) != 100 {
		t.Errorf("members: %s with %d", grade(p), len(p.Records()))
	}
	for _, kind := range cardea.Kinds {
		if p := in.Collection(kind); p == nil || kind != cardea.KindPerson && grade(p) != cardea.Complete {
			t.Errorf("%s: %v", kind, p)
		}
	}
}

func TestLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, n := newVendor(t), 0
		began := time.Now()
		v.route["/members"] = func(r *http.Request) (int, string) {
			if n++; n == 2 {
				return http.StatusTooManyRequests, ``
			}
			return v.list("/members", members(60), r.URL.Query())
		}
		in := cardea.NewIntake(cardea.Scope{Kinds: []cardea.Kind{cardea.KindPerson}}, nil)
		if err := v.systemAt(time.Now, 3).Read(t.Context(), in.Scope(), in); err != nil {
			t.Fatal(err)
		}
		p := in.Collection(cardea.KindPerson)
		if grade(p) != cardea.Complete || len(p.Records()) != 60 || time.Since(began) < 2*time.Second {
			t.Fatalf("%s, %d records after %s", grade(p), len(p.Records()), time.Since(began))
		}
	})
}

func TestStoppedReadReturnsAnError(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	ctx, cancel := context.WithCancel(t.Context())
	v.route["/plans"] = func(*http.Request) (int, string) {
		cancel()
		return http.StatusServiceUnavailable, ``
	}
	in := cardea.NewIntake(cardea.Scope{Span: week}, nil)
	if err := v.system().Read(ctx, in.Scope(), in); err == nil || v.calls["/members"] != 0 {
		t.Fatal(err)
	}
}

func TestDescribeNamesTheOrganisationByItsSlug(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	o, err := v.system().Describe(t.Context())
	if err != nil || o.ID != "acme" || o.Who != "app" {
		t.Fatalf("%+v, %v", o, err)
	}
	v.answer("/locations", 500, `{"statusCode":500,"message":"Organization not found"}`)
	if _, err := v.system().Describe(t.Context()); !errors.Is(err, space.ErrNoTenant) {
		t.Errorf("unknown organisation: %v", err)
	}
	v.answer("/locations", 200, `{"name":"not a page"}`)
	if _, err := v.system().Describe(t.Context()); err == nil {
		t.Error("something else than OfficeRnD was described")
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	h, err := HostsOf("", "acme")
	if err != nil || h.Token != "https://identity.officernd.com/oauth/token" ||
		h.API != "https://app.officernd.com/api/v2/organizations/acme" {
		t.Errorf("%+v, %v", h, err)
	}
	h, err = HostsOf("http://127.0.0.1:9090/officernd/", "acme")
	if err != nil || h.Token != "http://127.0.0.1:9090/officernd/oauth/token" ||
		h.API != "http://127.0.0.1:9090/officernd/api/v2/organizations/acme" {
		t.Errorf("%+v, %v", h, err)
	}
	for _, c := range [][2]string{
		{"", ""}, {"", "../.."}, {"", ".."}, {"", "a/b"}, {"", "a?b"}, {"ftp://x", "acme"}, {"x", "acme"},
	} {
		if h, err := HostsOf(c[0], c[1]); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%q: %+v, %v", c, h, err)
		}
	}
}

func TestRefusesToBeMadeWithoutWhatItNeeds(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return noon }
	client := newVendor(t).system().client
	for _, c := range []Config{{}, {Client: client, Org: "acme"}, {Org: "acme", Now: now}, {Client: client, Now: now, Org: "a/b"}} {
		if s, err := New(c); s != nil || cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
