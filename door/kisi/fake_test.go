package kisi_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/kisi"
	"github.com/cardea-access/cardea/wire"
)

// row is one object of the vendor.
type row = map[string]any

// fake is a small Kisi, as vendors/kisi.md describes it, in this process.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	users, groups, rights, members []row
	lastID                         int
	writes, reads                  []string
	sent                           []row // bodies of the POSTs

	// before may answer a request itself; after may spoil an answer that took effect.
	before func(r *http.Request) (*http.Response, error)
	after  func(r *http.Request, resp *http.Response) (*http.Response, error)
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, lastID: 1000}
	f.user(1, "owner@x.test", "Owner")
	return f
}

func (f *fake) user(id int, email, name string) row {
	u := row{
		"id": id, "resource_type": "User", "email": email, "name": name, "metadata": row{}, "access_enabled": true,
		"scim_access_enabled": true, "organization_id": 9, "confirmed": true, "notes": nil,
	}
	f.users = append(f.users, u)
	return u
}

func (f *fake) group(id int, name string) row {
	g := row{"id": id, "resource_type": "Group", "name": name, "place_id": nil, "users_count": 0}
	f.groups = append(f.groups, g)
	return g
}

// right adds a role assignment on a group.
func (f *fake) right(id, group int, who string, holder int, role string, from, until any) row {
	r := row{
		"id": id, "resource_type": "RoleAssignment", "role_id": role, "notify": true, "applies_to_type": "Group",
		"applies_to_id": group, "assignee_type": who, "assignee_id": holder, "scope": "group", "group_id": group,
		"valid_from": from, "valid_until": until,
	}
	f.rights = append(f.rights, r)
	return r
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, want := range map[string]string{
		"Authorization": "KISI-LOGIN k3y", "Accept": "application/json", "Content-Type": "application/json",
		"X-Kisi-Integration-Identifier": "Cardea",
	} {
		if got := r.Header.Get(k); got != want {
			f.t.Errorf("%s %s: header %s is %q, want %q", r.Method, r.URL.Path, k, got, want)
		}
	}
	call := r.Method + " " + r.URL.Path
	if r.Method != http.MethodGet {
		f.writes = append(f.writes, call)
		if strings.HasPrefix(r.URL.Path, "/user") && r.Method != http.MethodPost {
			f.t.Errorf("%s: users are never deleted or changed", call)
		}
	} else {
		f.reads = append(f.reads, call+"?"+r.URL.RawQuery)
	}
	if f.before != nil {
		if resp, err := f.before(r); resp != nil || err != nil {
			return resp, err
		}
	}
	resp := f.serve(r)
	if f.after != nil {
		return f.after(r, resp)
	}
	return resp, nil
}

func (f *fake) serve(r *http.Request) *http.Response {
	kind, id, single := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	lists := map[string]struct {
		rows         *[]row
		cap, byParam int
	}{
		"users": {&f.users, 100, 50}, "groups": {&f.groups, 250, 10}, "role_assignments": {&f.rights, 250, 10},
		"team_memberships": {&f.members, 250, 10},
	}
	list, ok := lists[kind]
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/organization":
		return said(200, row{"id": 9, "name": "House", "domain": "house"})
	case r.Method == http.MethodGet && r.URL.Path == "/user":
		return said(200, f.users[0])
	case !ok:
		return said(404, row{"code": "000404", "error": "Not found"})
	case r.Method == http.MethodPost:
		return f.create(r, kind)
	case single:
		at := slices.IndexFunc(*list.rows, func(o row) bool { return fmt.Sprint(o["id"]) == id })
		switch {
		case at < 0:
			return said(404, row{"code": "000404", "error": "Not found"})
		case r.Method == http.MethodGet:
			return said(200, (*list.rows)[at])
		case r.Method == http.MethodDelete && kind == "role_assignments":
			*list.rows = slices.Delete(*list.rows, at, at+1)
			return said(204, nil)
		}
		return said(405, row{"code": "000405", "error": "Not here"})
	}
	return f.list(*list.rows, list.cap, list.byParam, r.URL.Query())
}

// list filters and pages. The range's end is not clamped to the total.
func (f *fake) list(all []row, limitCap, limit int, q url.Values) *http.Response {
	var fit []row
	for _, o := range all {
		if fits(o, q) {
			fit = append(fit, o)
		}
	}
	if s := q.Get("limit"); s != "" {
		limit, _ = strconv.Atoi(s)
	}
	limit = min(limit, limitCap)
	offset, _ := strconv.Atoi(q.Get("offset"))
	if offset > 20000 {
		return said(400, row{"code": "000400", "error": "offset is too large"})
	}
	page := fit[min(offset, len(fit)):min(offset+limit, len(fit))]
	resp := said(200, append([]row{}, page...))
	said := fmt.Sprintf("%d-%d/%d", offset, offset+limit-1, len(fit))
	if len(page) == 0 {
		said = fmt.Sprintf("*/%d", len(fit))
	}
	resp.Header.Set("X-Collection-Range", said)
	return resp
}

func fits(o row, q url.Values) bool {
	for k, vs := range q {
		switch k {
		case "limit", "offset":
		case "query": // fuzzy: any word in name or address
			hay := strings.ToLower(fmt.Sprint(o["email"], " ", o["name"]))
			if !slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(vs[0]), func(r rune) bool { return r == '@' || r == ' ' }),
				func(w string) bool { return strings.Contains(hay, w) }) {
				return false
			}
		default:
			if fmt.Sprint(o[k]) != vs[0] {
				return false
			}
		}
	}
	return true
}

func (f *fake) create(r *http.Request, kind string) *http.Response {
	var body map[string]row
	d := json.NewDecoder(r.Body)
	d.UseNumber()
	if err := d.Decode(&body); err != nil {
		return said(400, row{"code": "000400", "error": "no JSON"})
	}
	in, ok := body[strings.TrimSuffix(kind, "s")]
	if !ok || len(body) != 1 {
		return said(422, row{"errors": row{kind: []string{"body is not wrapped"}}})
	}
	f.sent = append(f.sent, in)
	f.lastID++
	out := row{"id": f.lastID}
	switch kind {
	case "users":
		for _, u := range f.users {
			if strings.EqualFold(fmt.Sprint(u["email"]), fmt.Sprint(in["email"])) {
				return said(409, row{"code": "000409", "error": "User exists"})
			}
		}
		out = f.user(f.lastID, fmt.Sprint(in["email"]), fmt.Sprint(in["name"]))
		if m, ok := in["metadata"].(row); ok {
			out["metadata"] = m
		}
		return said(200, out)
	case "role_assignments":
		for _, a := range f.rights {
			if fmt.Sprint(a["applies_to_id"], a["assignee_type"], a["assignee_id"]) ==
				fmt.Sprint(in["applies_to_id"], in["assignee_type"], in["assignee_id"]) {
				return said(409, row{"code": "000409", "error": "Right exists"})
			}
		}
		maps.Copy(out, in)
		f.rights = append(f.rights, out)
		return said(200, out)
	}
	return said(404, nil)
}

func said(status int, body any) *http.Response {
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(b))}
}

// answers makes a before that gives one answer to requests of a method and path.
func answers(method, path string, resp func() *http.Response) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if r.Method == method && r.URL.Path == path {
			return resp(), nil
		}
		return nil, nil
	}
}

var clock = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func (f *fake) system() *kisi.System {
	f.t.Helper()
	client, err := wire.New(wire.Config{
		Name: "kisi", Base: kisi.Production, Transport: f, Now: func() time.Time { return clock }, Header: kisi.Header(),
		Auth: kisi.Authorize("k3y"), Classify: kisi.Classify, Rand: func() float64 { return 0 }, Retries: 1,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	s, err := kisi.New(kisi.Config{Client: client, Now: func() time.Time { return clock }})
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// read reads a scope and returns the intake.
func (f *fake) read(scope cardea.Scope) *cardea.Intake {
	f.t.Helper()
	in := cardea.NewIntake(scope, nil)
	if err := f.system().Read(f.t.Context(), scope, in); err != nil {
		f.t.Fatal(err)
	}
	return in
}

func kinds(ks ...cardea.Kind) cardea.Scope { return cardea.Scope{Kinds: ks} }

// edges returns what came, sorted by key.
func edges(in *cardea.Intake) []cardea.Edge {
	var out []cardea.Edge
	for _, r := range in.Collection(cardea.KindEdge).Records() {
		if e, ok := r.(cardea.Edge); ok {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Edge) int { return cmp.Compare(a.Key().ID, b.Key().ID) })
	return out
}

func grade(t *testing.T, in *cardea.Intake, k cardea.Kind, want cardea.Grade, records int) {
	t.Helper()
	e := in.Collection(k).Evidence()
	if e.Grade() != want || e.Records() != records {
		t.Errorf("%s: %d records, %s (%s); want %d, %s", k, e.Records(), e.Grade(), e.Why(), records, want)
	}
}

func at(s string) cardea.Instant {
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return cardea.At(v)
}
