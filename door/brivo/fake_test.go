package brivo_test

import (
	"bytes"
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
	"github.com/cardea-access/cardea/door/brivo"
	"github.com/cardea-access/cardea/wire"
)

type row = map[string]any

const (
	apiKey   = "k3y-of-the-gateway"
	hookPass = "0123456789abcdef0123456789abcdef"
)

var clock = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// fake is a small Brivo, as vendors/brivo.md describes it, in this process.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	now           time.Time
	users, groups []row
	members       map[int][]int // by group
	hidden        map[int]int   // how many groups beside are hidden from the administrator, by user
	admins        []row
	invitations   map[int][]row
	subscriptions []row
	doors         map[int][]row
	short         bool // rows of lists as of 2017
	lastID        int
	calls         []string
	sent          []row

	before func(r *http.Request) (*http.Response, error)
	after  func(r *http.Request, resp *http.Response) (*http.Response, error)
}

func newFake(t *testing.T) *fake {
	t.Helper()
	return &fake{
		t: t, now: clock, members: map[int][]int{}, hidden: map[int]int{}, invitations: map[int][]row{}, doors: map[int][]row{}, lastID: 5000,
		admins: []row{{"id": 1, "username": "acme1357", "firstName": "A", "lastName": "B", "email": "admin@x.test", "identityType": "SENIOR"}},
	}
}

func (f *fake) user(id int, email, first, last string) row {
	u := row{"id": id, "firstName": first, "lastName": last, "suspended": false, "created": "2026-02-03T09:14:07Z"}
	if email != "" {
		u["emails"] = []row{{"address": email, "type": "Work"}}
	}
	f.users = append(f.users, u)
	return u
}

func (f *fake) group(id int, name string, members ...int) {
	f.groups = append(f.groups, row{"id": id, "name": name})
	f.members[id] = members
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Header.Get("Api-Key") != apiKey {
		return html(403, "Developer Inactive", nil), nil
	}
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/v1/api")
	if !ok {
		return html(596, "596 Service Not Found", nil), nil
	}
	call := r.Method + " " + path
	f.calls = append(f.calls, call)
	if r.Method == http.MethodDelete && strings.Count(path, "/") == 2 && strings.HasPrefix(path, "/users/") || strings.Contains(path, "suspended") {
		f.t.Errorf("%s: users are never deleted or suspended", call)
	}
	if f.before != nil {
		if resp, err := f.before(r); resp != nil || err != nil {
			return resp, err
		}
	}
	var body row
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &body); err != nil {
				return said(400, row{"code": 400, "message": "no JSON"}), nil
			}
			f.sent = append(f.sent, body)
		}
	}
	resp := f.serve(r, strings.Split(strings.Trim(path, "/"), "/"), body)
	if f.after != nil {
		return f.after(r, resp)
	}
	return resp, nil
}

func (f *fake) writes() []string {
	return slices.DeleteFunc(slices.Clone(f.calls), func(c string) bool { return strings.HasPrefix(c, "GET ") })
}

var notFound = row{"message": "Requested user not found", "code": 404}

func (f *fake) serve(r *http.Request, p []string, body row) *http.Response {
	switch at := r.Method + " " + strings.Join(p, "/"); at {
	case "GET administrators/whoami":
		return said(200, f.admins[0])
	case "GET administrators":
		return f.page(r.URL.Query(), f.admins)
	case "GET accounts":
		return f.page(r.URL.Query(), []row{{"id": 99, "name": "House"}})
	case "GET groups":
		return f.page(r.URL.Query(), f.groups)
	case "GET users":
		return f.page(r.URL.Query(), f.listed())
	case "POST users":
		return f.create(body)
	case "GET event-subscriptions":
		return f.page(r.URL.Query(), f.subscriptions)
	case "POST event-subscriptions":
		f.lastID++
		body["id"] = f.lastID
		f.subscriptions = append(f.subscriptions, body)
		return said(200, body)
	}
	switch {
	case p[0] == "event-subscriptions" && r.Method == http.MethodDelete:
		f.subscriptions = slices.DeleteFunc(f.subscriptions, func(o row) bool { return fmt.Sprint(o["id"]) == p[1] })
		return said(204, nil)
	case p[0] == "groups":
		return f.ofGroup(r, p)
	case p[0] == "users" && len(p) == 3 && p[2] == "external":
		return f.found(func(u row) bool { return fmt.Sprint(u["externalId"]) == p[1] })
	case p[0] == "users":
		return f.ofUser(r, p, body)
	}
	return html(596, "596 Service Not Found", nil)
}

func (f *fake) found(fits func(row) bool) *http.Response {
	if at := slices.IndexFunc(f.users, fits); at >= 0 {
		return said(200, f.users[at])
	}
	return said(404, notFound)
}

func (f *fake) listed() []row {
	if !f.short {
		return f.users
	}
	var out []row
	for _, u := range f.users {
		s := row{}
		for _, k := range []string{"id", "externalId", "firstName", "lastName", "suspended"} {
			if v, has := u[k]; has {
				s[k] = v
			}
		}
		out = append(out, s)
	}
	return out
}

func (f *fake) ofGroup(r *http.Request, p []string) *http.Response {
	id, _ := strconv.Atoi(p[1])
	at := slices.IndexFunc(f.groups, func(g row) bool { return g["id"] == id })
	if at < 0 {
		return said(404, row{"code": 404, "message": "Unknown Group"})
	}
	switch {
	case len(p) == 2:
		return said(200, f.groups[at])
	case p[2] == "access":
		return f.page(r.URL.Query(), f.doors[id])
	case len(p) == 3:
		var rows []row
		for _, m := range f.members[id] {
			rows = append(rows, row{"id": m, "firstName": "x"})
		}
		return f.page(r.URL.Query(), rows)
	}
	user, _ := strconv.Atoi(p[3])
	if !slices.ContainsFunc(f.users, func(u row) bool { return u["id"] == user }) {
		return said(404, notFound)
	}
	has := slices.Contains(f.members[id], user)
	if r.Method == http.MethodDelete {
		if !has {
			return said(404, notFound)
		}
		f.members[id] = slices.DeleteFunc(f.members[id], func(m int) bool { return m == user })
		return said(204, nil)
	}
	if !has {
		if len(f.in(user))+f.hidden[user] >= 16 {
			return said(400, row{"code": 400, "message": "Too many"})
		}
		f.members[id] = append(f.members[id], user)
	}
	return said(204, nil)
}

func (f *fake) in(user int) []row {
	out := []row{}
	for _, g := range f.groups {
		id, _ := g["id"].(int)
		if slices.Contains(f.members[id], user) {
			out = append(out, g)
		}
	}
	return out
}

func (f *fake) ofUser(r *http.Request, p []string, body row) *http.Response {
	id, _ := strconv.Atoi(p[1])
	at := slices.IndexFunc(f.users, func(u row) bool { return u["id"] == id })
	if at < 0 {
		return said(404, notFound)
	}
	switch rest := r.Method + " " + strings.Join(p[2:], "/"); {
	case rest == "GET ":
		return said(200, f.users[at])
	case rest == "PATCH ":
		for k, v := range body {
			f.users[at][k] = v
		}
		return said(200, f.users[at])
	case rest == "GET groups":
		in := f.in(id)
		return said(200, row{"data": in, "count": len(in)})
	case rest == "POST groups":
		return f.bulk(id, body)
	case strings.HasSuffix(rest, "digital-invitations"):
		return f.invite(r, id, body)
	case strings.HasPrefix(rest, "DELETE credentials/"):
		return said(204, nil)
	}
	return html(596, "596 Service Not Found", nil)
}

func (f *fake) bulk(user int, body row) *http.Response {
	ids := func(k string) (out []int) {
		list, _ := body[k].([]any)
		for _, v := range list {
			n, _ := v.(float64)
			out = append(out, int(n))
		}
		return out
	}
	after := map[int]bool{}
	for _, g := range f.in(user) {
		n, _ := g["id"].(int)
		after[n] = true
	}
	for _, g := range ids("addGroups") {
		if _, there := f.members[g]; !there {
			return said(404, row{"code": 404, "message": "Group not found"})
		}
		after[g] = true
	}
	for _, g := range ids("removeGroups") {
		delete(after, g)
	}
	if len(after)+f.hidden[user] > 16 {
		return said(400, row{"code": 400, "message": "Too many"})
	}
	for g := range f.members {
		f.members[g] = slices.DeleteFunc(f.members[g], func(m int) bool { return m == user })
		if after[g] {
			f.members[g] = append(f.members[g], user)
		}
	}
	in := f.in(user)
	return said(200, row{"data": in, "count": len(in)})
}

func (f *fake) invite(r *http.Request, user int, body row) *http.Response {
	all := f.invitations[user]
	for _, v := range all {
		if at, _ := time.Parse(time.RFC3339, fmt.Sprint(v["expiration"])); v["status"] == "PENDING" && !at.After(f.now) {
			v["status"] = "EXPIRED"
		}
	}
	pending := slices.IndexFunc(all, func(v row) bool { return v["status"] == "PENDING" })
	switch r.Method {
	case http.MethodGet:
		if r.URL.Query().Get("filter") == "" {
			f.t.Error("without a filter only pending invitations come")
		}
		return f.page(r.URL.Query(), all)
	case http.MethodDelete:
		if pending < 0 {
			return said(404, row{"code": 404, "message": "Digital invitation not found"})
		}
		all[pending]["status"] = "CANCELLED"
		return said(200, all[pending])
	}
	if pending >= 0 {
		return said(409, row{"code": 409, "message": "pending"})
	}
	f.lastID++
	v := row{
		"id": f.lastID, "credentialId": f.lastID + 1000, "referenceId": body["referenceId"], "accessCode": "q7Zt2bLm", "status": "PENDING",
		"created": f.now.Format("2006-01-02T15:04:05.000Z"), "expiration": f.now.Add(72 * time.Hour).Format(time.RFC3339),
		"mailed": r.URL.Query().Get("sendInvitationEmail"),
	}
	f.invitations[user] = append(all, v)
	return said(200, v)
}

func (f *fake) create(body row) *http.Response {
	for _, u := range f.users {
		if e, has := body["externalId"]; has && u["externalId"] == e {
			return said(400, row{"code": 400, "message": "externalId"})
		}
	}
	f.lastID++
	body["id"], body["created"], body["suspended"] = f.lastID, "2026-11-20T09:00:00Z", false
	f.users = append(f.users, body)
	return said(200, body)
}

// page pages by offset; the count is of the whole.
func (f *fake) page(q url.Values, all []row) *http.Response {
	size, offset := 20, 0
	if s := q.Get("pageSize"); s != "" {
		size, _ = strconv.Atoi(s)
	}
	if size < 1 || size > 100 {
		return said(400, row{"code": 400, "message": "Invalid listing criteria provided"})
	}
	offset, _ = strconv.Atoi(q.Get("offset"))
	rows := append([]row{}, all[min(offset, len(all)):min(offset+size, len(all))]...)
	return said(200, row{"data": rows, "offset": offset, "pageSize": size, "count": len(all)})
}

func said(status int, body any) *http.Response {
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(b))}
}

func html(status int, words string, h http.Header) *http.Response {
	if h == nil {
		h = http.Header{}
	}
	h.Set("Content-Type", "text/xml")
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("<h1>" + words + "</h1>"))}
}

// memory is what is remembered, in this process.
type memory struct {
	mu   sync.Mutex
	kept map[string]cardea.Kept
	fail func(op string) error
	told []cardea.Event // to others, in the step of what they speak of
}

func (m *memory) Recall(_ context.Context, _, kind string) ([]cardea.Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []cardea.Kept
	for k, v := range m.kept {
		if strings.HasPrefix(k, kind+"/") {
			out = append(out, v)
		}
	}
	return out, nil
}

func (m *memory) Remember(_ context.Context, _, kind string, k cardea.Kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(k.Body); err != nil {
			return err
		}
	}
	m.kept[kind+"/"+k.ID] = k
	return nil
}

func (m *memory) Forget(_ context.Context, _, kind, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, kind+"/"+id)
	return nil
}

func (m *memory) RememberTelling(ctx context.Context, connection, kind string, k cardea.Kept, e cardea.Event) error {
	err := m.Remember(ctx, connection, kind, k)
	if err == nil {
		m.told = append(m.told, e)
	}
	return err
}

func (m *memory) ForgetTelling(ctx context.Context, connection, kind, id string, e cardea.Event) error {
	m.told = append(m.told, e)
	return m.Forget(ctx, connection, kind, id)
}

func (f *fake) client(key string) *wire.Client {
	f.t.Helper()
	client, err := wire.New(wire.Config{
		Name: "brivo", Base: "https://api.brivo.com/v1/api", Transport: f, Now: func() time.Time { return f.now }, Header: brivo.Header(key),
		Auth: wire.Static("Authorization", "Bearer t"), Classify: brivo.Classify, Secrets: []string{key}, Rand: func() float64 { return 0 },
		Retries: -1,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return client
}

func (f *fake) system(with ...func(*brivo.Config)) *brivo.System {
	f.t.Helper()
	c := brivo.Config{
		Client: f.client(apiKey), Connection: "brivo", Now: func() time.Time { return f.now },
		HookSecrets: func(context.Context) ([]string, error) { return []string{hookPass}, nil },
	}
	for _, w := range with {
		w(&c)
	}
	s, err := brivo.New(c)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *fake) read(s *brivo.System, scope cardea.Scope) *cardea.Intake {
	f.t.Helper()
	in := cardea.NewIntake(scope, nil)
	if err := s.Read(f.t.Context(), scope, in); err != nil {
		f.t.Fatal(err)
	}
	return in
}

func kinds(ks ...cardea.Kind) cardea.Scope { return cardea.Scope{Kinds: ks} }

func grade(t *testing.T, in *cardea.Intake, k cardea.Kind, want cardea.Grade, records int) {
	t.Helper()
	e := in.Collection(k).Evidence()
	if e.Grade() != want || e.Records() != records {
		t.Errorf("%s: %d records, %s (%s); want %d, %s", k, e.Records(), e.Grade(), e.Why(), records, want)
	}
}

func accounts(in *cardea.Intake) map[cardea.AccountID]cardea.Account {
	out := map[cardea.AccountID]cardea.Account{}
	for _, r := range in.Collection(cardea.KindAccount).Records() {
		if a, ok := r.(cardea.Account); ok {
			out[a.ID] = a
		}
	}
	return out
}

func edge(group, account string) cardea.Edge {
	return cardea.Edge{Group: cardea.GroupID(group), Account: cardea.AccountID(account), Window: cardea.Forever}
}
