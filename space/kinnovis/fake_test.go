package kinnovis

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const token, hush = "kvs-t0ken", "hush-hush"

type route func(*http.Request) (int, http.Header, string)

// vendor answers in-process as the assumed contract says. Answers of routes stand before its listings.
type vendor struct {
	t     *testing.T
	mu    sync.Mutex
	rows  map[string][]string // whole records by path, "/units"
	hides map[string][]string // fields that rows of a listing leave out, by path
	route map[string]route
	calls []string
	most  int  // rows a page at the most
	keyed bool // a single record stands under its name
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	v := &vendor{t: t, rows: map[string][]string{}, hides: map[string][]string{}, route: map[string]route{}, most: 100}
	for _, c := range []collection{locations, unitTypes, units, customers, bookings} {
		v.rows[c.path] = []string{}
	}
	return v
}

// storage is a site with one unit of each sort of booking.
func storage(t *testing.T) *vendor {
	t.Helper()
	v := newVendor(t)
	v.rows["/locations"] = []string{`{"id":"loc_1","name":"Vienna","timezone":"Europe/Vienna"}`}
	v.rows["/unit-types"] = []string{`{"id":"utype_1","location_id":"loc_1","name":"Small"}`}
	v.rows["/units"] = []string{roomOf("unit_1", `"A-1","Gate"`), roomOf("unit_2", ``), roomOf("unit_3", `"A-3"`)}
	v.rows["/customers"] = []string{guestOf("cus_1"), guestOf("cus_2"), guestOf("cus_3")}
	v.rows["/bookings"] = []string{
		rented("book_1", "cus_1", `"unit_id":"unit_1","shared_accesses":["cus_2"]`),
		rented("book_2", "cus_2", `"unit_id":"unit_2","shared_accesses":[]`),
	}
	return v
}

func roomOf(id, permissions string) string {
	return fmt.Sprintf(`{"id":%q,"name":"No %s","location_id":"loc_1","unit_type_id":"utype_1","status":"vacant","access_permissions":[%s]}`,
		id, id, permissions)
}

func guestOf(id string) string {
	return fmt.Sprintf(`{"id":%q,"first_name":"Ana","last_name":"Lopez %s","email":"%s@x.test","phone":"+43 1 2"}`, id, id, id)
}

func rented(id, who, more string) string {
	return fmt.Sprintf(`{"id":%q,"customer_id":%q,"location_id":"loc_1","unit_type_id":"utype_1","move_in_date":"2026-11-01",`+
		`"move_out_date":null,"has_access":true,"status":"active",%s}`, id, who, more)
}

// alter puts words of a record in the place of others.
func alter(record string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(record)
}

func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	status, h, body := v.serve(r)
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (v *vendor) serve(r *http.Request) (int, http.Header, string) {
	path, ok := strings.CutPrefix(r.URL.Path, "/v1")
	if !ok {
		return http.StatusNotFound, nil, `{"message":"The route could not be found."}`
	}
	v.calls = append(v.calls, r.Method+" "+path)
	if r.Header.Get("Authorization") != "Bearer "+token {
		return http.StatusUnauthorized, nil, `{"message":"Unauthenticated."}`
	}
	if f := v.route[path]; f != nil {
		return f(r)
	}
	if rows, ok := v.rows[path]; ok {
		return http.StatusOK, nil, v.list(path, rows, r)
	}
	at := strings.LastIndex(path, "/")
	for _, row := range v.rows[path[:at]] {
		if string(idOf([]byte(row))) != path[at+1:] {
			continue
		}
		if v.keyed {
			row = fmt.Sprintf(`{%q:%s}`, strings.TrimSuffix(strings.ReplaceAll(path[1:at], "-", "_"), "s"), row)
		}
		return http.StatusOK, nil, row
	}
	return http.StatusNotFound, nil, `{"message":"No query results."}`
}

// list pages rows and takes from them what listings do not show.
func (v *vendor) list(path string, rows []string, r *http.Request) string {
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	limit = min(limit, v.most)
	var out []string
	for _, row := range rows[min((n-1)*limit, len(rows)):min(n*limit, len(rows))] {
		var f map[string]json.RawMessage
		if json.Unmarshal([]byte(row), &f) == nil {
			for _, name := range v.hides[path] {
				delete(f, name)
			}
			b, _ := json.Marshal(f)
			row = string(b)
		}
		out = append(out, row)
	}
	next := "null"
	if n*limit < len(rows) {
		next = strconv.Itoa(n + 1)
	}
	return fmt.Sprintf(`{%q:[%s],"meta":{"pagination":{"count":%d,"page":%d,"pages":%d,"limit":%d,"next":%s}}}`,
		strings.ReplaceAll(path[1:], "-", "_"), strings.Join(out, ","), len(rows), n, (len(rows)+limit-1)/limit, limit, next)
}

// answer sets what a path answers, whatever is asked.
func (v *vendor) answer(path string, status int, body string) {
	v.route[path] = func(*http.Request) (int, http.Header, string) { return status, nil, body }
}

func (v *vendor) system() *System { return v.systemAt("http://vendor.test", token) }

func (v *vendor) systemAt(base, token string) *System {
	v.t.Helper()
	base, err := BaseOf(base)
	if err != nil {
		v.t.Fatal(err)
	}
	client, err := wire.New(wire.Config{
		Name: "kvs", Base: base, Transport: v, Now: func() time.Time { return noon }, Classify: Classify, Retries: -1,
		Rand: func() float64 { return 0 }, Auth: Authorize(token), ReadOnly: true, Secrets: []string{token},
	})
	if err != nil {
		v.t.Fatal(err)
	}
	s, err := New(Config{Client: client, HookSecret: hush, Now: func() time.Time { return noon }})
	if err != nil {
		v.t.Fatal(err)
	}
	return s
}

// read runs a scope and returns the intake.
func (v *vendor) read(want cardea.Scope) *cardea.Intake {
	v.t.Helper()
	in := cardea.NewIntake(want, nil)
	if err := v.system().Read(context.Background(), want, in); err != nil {
		v.t.Fatal(err)
	}
	return in
}

// only reads one kind whole.
func (v *vendor) only(kind cardea.Kind) *cardea.Pages {
	v.t.Helper()
	return v.read(cardea.Scope{Kinds: []cardea.Kind{kind}}).Collection(kind)
}

func grade(p *cardea.Pages) cardea.Grade { return p.Evidence().Grade() }

// first returns the only record of the pages.
func first[T cardea.Record](t *testing.T, p *cardea.Pages) T {
	t.Helper()
	if p == nil || len(p.Records()) != 1 {
		t.Fatalf("not one record: %+v", p)
	}
	rec, ok := p.Records()[0].(T)
	if !ok {
		t.Fatalf("a %T", p.Records()[0])
	}
	return rec
}

func ids(p *cardea.Pages) string {
	var out []string
	if p != nil {
		for _, r := range p.Records() {
			out = append(out, r.Key().ID)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func key(s string) cardea.Key {
	k, ok := cardea.ParseKey(s)
	if !ok {
		panic(s)
	}
	return k
}
