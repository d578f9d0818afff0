package officernd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// id makes a record id of the vendor's form.
func id(n int) string { return fmt.Sprintf("%024x", n) }

// vendor answers in-process. Listings page by its own rules; answers of routes stand before them.
type vendor struct {
	t     *testing.T
	mu    sync.Mutex
	rows  map[string][]string // by path, "/members"
	route map[string]func(*http.Request) (int, string)
	size  int // rows a page, 0 = what is asked for
	log   []string
	calls map[string]int // by path
	token func(*http.Request) (int, string)
	life  int
	asked int // tokens
}

// declared are the filters of vendors/officernd.md 1.4 that the tests' listings know.
var declared = map[string][]string{
	"/members":        {"company", "status"},
	"/memberships":    {"company", "member"},
	"/assignments":    {"resource", "membership"},
	"/bookings":       {"seriesStart[$lt]", "seriesEnd[$gte]", "seriesEnd[$lt]", "member", "company", "resource", "location"},
	"/passes":         {"company", "member"},
	"/checkins":       {"start[$gte]"},
	"/visitors":       {"_id[$in]"},
	"/resource-types": {},
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	return &vendor{
		t: t, rows: map[string][]string{}, route: map[string]func(*http.Request) (int, string){}, calls: map[string]int{},
		life: 3599,
	}
}

// answer sets what a path answers, whatever is asked.
func (v *vendor) answer(path string, status int, body string) {
	v.route[path] = func(*http.Request) (int, string) { return status, body }
}

func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	status, body := v.serve(r)
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	if status == http.StatusTooManyRequests {
		h.Set("Retry-After", "2")
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (v *vendor) serve(r *http.Request) (int, string) {
	if r.URL.Path == "/oauth/token" {
		v.asked++
		if v.token != nil {
			return v.token(r)
		}
		return http.StatusOK, fmt.Sprintf(`{"access_token":"t%d","token_type":"Bearer","expires_in":%d}`, v.asked, v.life)
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v2/organizations/acme")
	if !ok {
		return http.StatusInternalServerError, `{"statusCode":500,"message":"Organization not found"}`
	}
	v.log = append(v.log, path+"?"+r.URL.RawQuery)
	v.calls[path]++
	if f := v.route[path]; f != nil {
		return f(r)
	}
	if rows, ok := v.rows[path]; ok {
		return v.list(path, rows, r.URL.Query())
	}
	if at := strings.LastIndex(path, "/"); at > 0 && path[at:] != "/count" && path[:at] != "/assignments" {
		for _, row := range v.rows[path[:at]] {
			if idOf([]byte(row)) == path[at+1:] {
				return http.StatusOK, row
			}
		}
		if _, ok := v.rows[path[:at]]; ok {
			return http.StatusNotFound, fmt.Sprintf(`{"statusCode":404,"message":"Item with Id (%s)"}`, path[at+1:])
		}
	}
	return http.StatusNotFound, fmt.Sprintf(`{"statusCode":404,"message":"Cannot GET %s","error":"Not Found"}`, path)
}

func (v *vendor) list(path string, rows []string, q url.Values) (int, string) {
	limit, from := 50, 0
	for name := range q {
		switch {
		case name == "$limit":
			limit, _ = strconv.Atoi(q.Get(name))
			if limit > 50 {
				return http.StatusBadRequest, `{"statusCode":400,"message":["$limit must not be greater than 50"]}`
			}
		case name == "$cursorNext":
			from, _ = strconv.Atoi(q.Get(name))
		case !slices.Contains(declared[path], name):
			return http.StatusBadRequest, fmt.Sprintf(`{"statusCode":400,"message":["property %s should not exist"]}`, name)
		}
	}
	if v.size > 0 {
		limit = v.size
	}
	rows = matching(rows, q)
	to := min(from+limit, len(rows))
	next := ""
	if to < len(rows) {
		next = fmt.Sprintf(`"cursorNext":"%d",`, to)
	}
	start := from + 1
	if to == from {
		start = 0
	}
	return http.StatusOK, fmt.Sprintf(`{"rangeStart":%d,"rangeEnd":%d,%s"results":[%s]}`,
		start, max(to, 0), next, strings.Join(rows[from:to], ","))
}

// matching applies filters by equality and the one by ids.
func matching(rows []string, q url.Values) []string {
	var out []string
	for _, row := range rows {
		var fields map[string]any
		if json.Unmarshal([]byte(row), &fields) != nil {
			out = append(out, row)
			continue
		}
		ok := true
		for name := range q {
			switch {
			case name == "_id[$in]":
				ok = ok && slices.Contains(strings.Split(q.Get(name), ","), fmt.Sprint(fields["_id"]))
			case !strings.ContainsAny(name, "$["):
				ok = ok && fields[name] == q.Get(name)
			}
		}
		if ok {
			out = append(out, row)
		}
	}
	return out
}

// empty gives every collection a listing without rows.
func (v *vendor) empty() *vendor {
	for _, p := range []string{
		"/locations", "/floors", "/resources", "/resource-types", "/plans", "/companies", "/members", "/visitors",
		"/memberships", "/assignments", "/bookings", "/passes", "/checkins",
	} {
		v.rows[p] = nil
	}
	return v
}

func (v *vendor) system() *System {
	v.t.Helper()
	return v.systemAt(func() time.Time { return noon }, -1)
}

func (v *vendor) systemAt(now func() time.Time, retries int) *System {
	v.t.Helper()
	hosts, err := HostsOf("http://vendor.test", "acme")
	if err != nil {
		v.t.Fatal(err)
	}
	client, err := wire.New(wire.Config{
		Name: "rnd", Base: hosts.API, Transport: v, Now: now, Classify: Classify, Retries: retries,
		Rand: func() float64 { return 0 },
		Auth: wire.ClientCredentials(wire.OAuthConfig{
			Name: "rnd", TokenURL: hosts.Token, ClientID: "app", Secret: "s3cret", Scopes: Scopes, Transport: v, Now: now,
		}),
	})
	if err != nil {
		v.t.Fatal(err)
	}
	s, err := New(Config{Client: client, Org: "acme", Account: "app", HookSecret: "hush", Now: now})
	if err != nil {
		v.t.Fatal(err)
	}
	return s
}

var week = cardea.Window{From: cardea.At(noon.Add(-48 * time.Hour)), Until: cardea.At(noon.Add(24 * time.Hour))}

// read runs a scope and returns the intake.
func (v *vendor) read(want cardea.Scope) (*cardea.Intake, error) {
	v.t.Helper()
	if want.Span == (cardea.Window{}) {
		want.Span = week
	}
	in := cardea.NewIntake(want, nil)
	err := v.system().Read(context.Background(), want, in)
	return in, err
}

// only reads one kind whole, which must not end the read.
func (v *vendor) only(kind cardea.Kind) *cardea.Pages {
	v.t.Helper()
	in, err := v.read(cardea.Scope{Kinds: []cardea.Kind{kind}})
	if err != nil {
		v.t.Fatal(err)
	}
	return in.Collection(kind)
}

func grade(p *cardea.Pages) cardea.Grade { return p.Evidence().Grade() }

// first returns the only record of the pages.
func first[T cardea.Record](t *testing.T, p *cardea.Pages) T {
	t.Helper()
	if len(p.Records()) != 1 {
		t.Fatalf("%d records, bad %v, %s", len(p.Records()), p.BadOnes(), p.Evidence().Why())
	}
	rec, ok := p.Records()[0].(T)
	if !ok {
		t.Fatalf("a %T", p.Records()[0])
	}
	return rec
}

func ids(p *cardea.Pages) []string {
	var out []string
	for _, r := range p.Records() {
		out = append(out, r.Key().ID)
	}
	slices.Sort(out)
	return out
}

func members(n int) []string {
	var out []string
	for i := 1; i <= n; i++ {
		out = append(out, fmt.Sprintf(`{"_id":"%s","name":"Member %d","email":"m%d@x.test","status":"active"}`, id(i), i, i))
	}
	return out
}
