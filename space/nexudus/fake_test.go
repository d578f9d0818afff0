package nexudus

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

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// lists are the fields that rows of a listing do not show.
var lists = []string{"Teams", "TeamMembers", "Desks", "BookingVisitors", "Businesses"}

// vendor answers in-process. Listings page by its own rules; answers of routes stand before them.
type vendor struct {
	t       *testing.T
	mu      sync.Mutex
	rows    map[string][]string // whole records by path, "/spaces/coworkers"
	route   map[string]func(*http.Request) (int, http.Header, string)
	size    int  // most rows a page, 0 = what is asked for
	noBatch bool // a question for several ids is refused
	log     []string
	bodies  []string
	calls   map[string]int
	token   func(*http.Request) (int, string)
	auth    []string // what the calls brought
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	return &vendor{
		t: t, rows: map[string][]string{}, calls: map[string]int{},
		route: map[string]func(*http.Request) (int, http.Header, string){},
	}
}

// answer sets what a path answers, whatever is asked.
func (v *vendor) answer(path string, status int, body string) {
	v.route[path] = func(*http.Request) (int, http.Header, string) { return status, nil, body }
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
	path, ok := strings.CutPrefix(r.URL.Path, "/api")
	if !ok {
		return http.StatusNotFound, nil, "<html>no such page</html>"
	}
	if path == "/token" {
		if v.token != nil {
			status, body := v.token(r)
			return status, nil, body
		}
		return http.StatusOK, nil, `{"access_token":"t1","token_type":"bearer","expires_in":604799,"refresh_token":"r1"}`
	}
	v.auth = append(v.auth, r.Header.Get("Authorization"))
	v.log = append(v.log, r.Method+" "+path+"?"+r.URL.RawQuery)
	v.calls[path]++
	if r.Body != nil {
		b, _ := io.ReadAll(r.Body)
		v.bodies = append(v.bodies, string(b))
	}
	if f := v.route[path]; f != nil {
		return f(r)
	}
	if rows, ok := v.rows[path]; ok {
		return http.StatusOK, nil, v.list(rows, r.URL.Query())
	}
	if many, ok := strings.CutSuffix(path, "/"); ok && v.rows[many] != nil {
		if v.noBatch {
			return http.StatusBadRequest, nil, `{"Message":"no"}`
		}
		var ids []int
		if json.Unmarshal([]byte(r.URL.Query().Get("id")), &ids) != nil {
			return http.StatusBadRequest, nil, ``
		}
		var out []string
		for _, row := range v.rows[many] {
			if n, _ := strconv.Atoi(string(idOf([]byte(row)))); slices.Contains(ids, n) {
				out = append(out, row)
			}
		}
		return http.StatusOK, nil, "[" + strings.Join(out, ",") + "]"
	}
	if at := strings.LastIndex(path, "/"); at > 0 {
		for _, row := range v.rows[path[:at]] {
			if string(idOf([]byte(row))) == path[at+1:] {
				return http.StatusOK, nil, row
			}
		}
	}
	return http.StatusNotFound, nil, ``
}

// list pages rows and takes from them what listings do not show.
func (v *vendor) list(rows []string, q url.Values) string {
	size, n := 25, 1
	if q.Has("size") {
		size, _ = strconv.Atoi(q.Get("size"))
	}
	if q.Has("page") {
		n, _ = strconv.Atoi(q.Get("page"))
	}
	if v.size > 0 {
		size = min(size, v.size)
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(row string) bool { return !matches(row, q) })
	from, to := min((n-1)*size, len(rows)), min(n*size, len(rows))
	var out []string
	for _, row := range rows[from:to] {
		var f map[string]json.RawMessage
		if json.Unmarshal([]byte(row), &f) == nil {
			for _, name := range lists {
				if _, there := f[name]; there {
					f[name] = json.RawMessage("[]")
				}
			}
			b, _ := json.Marshal(f)
			row = string(b)
		}
		out = append(out, row)
	}
	return fmt.Sprintf(`{"Records":[%s],"CurrentPage":%d,"CurrentPageSize":%d,"FirstItem":%d,"LastItem":%d,"TotalItems":%d,"HasNextPage":%t}`,
		strings.Join(out, ","), n, size, from+1, to, len(rows), to < len(rows))
}

// matches knows the equality filters: Entity_Property, foreign keys without their Id.
func matches(row string, q url.Values) bool {
	var f map[string]any
	if json.Unmarshal([]byte(row), &f) != nil {
		return true
	}
	for name := range q {
		if strings.HasPrefix(name, "from_") || strings.HasPrefix(name, "to_") || !strings.Contains(name, "_") {
			continue
		}
		_, property, _ := strings.Cut(name, "_")
		is, there := f[property]
		if !there {
			is, there = f[property+"Id"]
		}
		if !there || plainly(is) != q.Get(name) {
			return false
		}
	}
	return true
}

func plainly(v any) string {
	if n, ok := v.(float64); ok {
		return strconv.FormatInt(int64(n), 10)
	}
	return fmt.Sprint(v)
}

// empty gives every collection a listing without rows.
func (v *vendor) empty() *vendor {
	for _, p := range []string{
		"/sys/businesses", "/sys/floorplans", "/sys/floorplandesks", "/spaces/resources", "/billing/tariffs", "/spaces/teams",
		"/spaces/coworkers", "/spaces/visitors", "/billing/coworkercontracts", "/spaces/bookings", "/spaces/cancelledbookings",
		"/spaces/bookingvisitors", "/billing/timepasses", "/billing/timepasstimeslots", "/billing/coworkertimepasses",
		"/billing/tarifftimepasses", "/sys/webhooks",
	} {
		v.rows[p] = []string{}
	}
	return v
}

func (v *vendor) system() *System {
	v.t.Helper()
	return v.systemWith(TokenConfig{Name: "nex", User: "ada@x.test", Password: "s3cret-pass", Now: func() time.Time { return noon }})
}

func (v *vendor) systemWith(c TokenConfig) *System {
	v.t.Helper()
	hosts, err := HostsOf("http://vendor.test")
	if err != nil {
		v.t.Fatal(err)
	}
	c.TokenURL, c.Transport = hosts.Token, v
	settings := wire.Config{
		Name: "nex", Base: hosts.API, Transport: v, Now: c.Now, Classify: Classify, Retries: -1,
		Rand: func() float64 { return 0 }, Auth: NewToken(c), ReadOnly: true, Secrets: []string{c.Password},
	}
	client, err := wire.New(settings)
	if err != nil {
		v.t.Fatal(err)
	}
	settings.ReadOnly = false
	registrar, err := wire.New(settings)
	if err != nil {
		v.t.Fatal(err)
	}
	s, err := New(Config{Client: client, Account: c.User, HookSecret: "hush", Now: c.Now, Registrar: registrar})
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
	if p == nil || len(p.Records()) != 1 {
		t.Fatalf("not one record: %+v", p)
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

func at(s string) cardea.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return cardea.At(t)
}

func person(id int, rest string) string {
	return fmt.Sprintf(`{"Id":%d,"FullName":"Person %d","Email":"p%d@x.test","Active":true,"Archived":false,"Teams":[]%s}`, id, id, id, rest)
}

func agreed(id, who int, rest string) string {
	return fmt.Sprintf(`{"Id":%d,"CoworkerId":%d,"TariffId":5,"IssuedById":1,"Active":true,"Cancelled":false,`+
		`"StartDate":"2026-01-01T00:00:00Z"%s}`, id, who, rest)
}

func booked(id int, rest string) string {
	return fmt.Sprintf(`{"Id":%d,"ResourceId":70,"CoworkerId":31,"FromTime":"2026-11-23T13:00:00Z","ToTime":"2026-11-23T14:00:00Z",`+
		`"Tentative":false,"BookingVisitors":[]%s}`, id, rest)
}
