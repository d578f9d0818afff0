package saltoks_test

import (
	"bytes"
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
	"github.com/cardea-access/cardea/door/saltoks"
	"github.com/cardea-access/cardea/wire"
)

type row = map[string]any

var clock = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// id makes the n-th id of a kind: s site, u platform, v site user, g group, r role, t schedule, l lock.
func id(kind byte, n int) string {
	return fmt.Sprintf("%08x-0000-1000-8000-%012x", kind, n)
}

var site = id('s', 1)

// fake is a small Salto KS, as vendors/saltoks.md describes it, in this process.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	now     time.Time
	sites   []row
	roles   []row
	users   []row // site users
	groups  []row
	members map[string][]string // platform ids, by group
	locks   map[string][]row
	times   map[string][]row
	entries [][]row // pages of the door log
	tokens  []string
	seats   int
	lag     time.Duration // how long somebody new is unknown to groups
	born    map[string]time.Time
	lagCode string // of such a refusal, with its status before it: 404/2202
	strict  bool   // adding twice and removing twice are refused
	number  bool   // ErrorCode is a number
	bare    bool   // lists are bare arrays
	deaf    bool   // and take no $skip
	page    int    // rows of a page at most
	noCount bool   // count is null whatever is asked
	touchy  string // of whom nothing may be changed: 403/2203
	endless bool   // pages name no next one
	fold    bool   // the filter tells no case of letters apart
	invited []string
	calls   []string
	bodies  []row
	lastID  int

	before func(r *http.Request) *http.Response
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{
		t: t, now: clock, seats: 100, page: 100, members: map[string][]string{}, locks: map[string][]row{}, times: map[string][]row{},
		born: map[string]time.Time{}, lagCode: "404/2202", lastID: 500,
	}
	f.sites = []row{{
		"id": site, "site_uid": "XX0000000001", "customer_reference": "Demo Space", "installation_state": "released", "subscription_valid": true,
		"owner": row{"id": id('u', 9), "email": "owner@x.test"},
	}}
	f.roles = []row{
		{"id": id('r', 2), "customer_reference": "Site Admin", "code": "site_admin", "is_hierarchical": true},
		{"id": id('r', 1), "customer_reference": "Site User", "code": "site_user", "is_hierarchical": true},
		{"id": id('r', 3), "customer_reference": "Guest", "code": "site_guest", "is_hierarchical": false},
	}
	f.user(1, "api@x.test", "Api", "Account", "site_admin")
	return f
}

// user adds a site user whose platform id is u-n and whose own id is v-n.
func (f *fake) user(n int, email, first, last string, roles ...string) row {
	var person any
	if email != "" {
		person = email
	}
	u := row{
		"id": id('v', n), "alias": "", "blocked": false, "subscription_state": "subscribed", "use_pin": true,
		"user":  row{"id": id('u', n), "first_name": first, "last_name": last, "email": person, "tag_number": fmt.Sprint("tag-", n), "has_profile": true},
		"roles": f.rolesOf(roles...),
	}
	f.users = append(f.users, u)
	return u
}

func (f *fake) rolesOf(codes ...string) []row {
	out := []row{}
	for _, r := range f.roles {
		if slices.Contains(codes, r["code"].(string)) || slices.Contains(codes, r["id"].(string)) {
			out = append(out, r)
		}
	}
	return out
}

// group adds a group of which everything opens always.
func (f *fake) group(n int, name string, members ...int) {
	g := id('g', n)
	f.groups = append(f.groups, row{"id": g, "customer_reference": name})
	f.members[g] = []string{}
	for _, m := range members {
		f.members[g] = append(f.members[g], id('u', m))
	}
	f.locks[g] = []row{{"id": id('l', n), "customer_reference": "Lock"}}
	f.times[g] = []row{schedule(1, "Mon-Sun", "00:00:00", "23:59:59")}
}

var week = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

func schedule(n int, days, from, to string) row {
	s := row{"id": id('t', n), "start_time": from, "end_time": to, "start_date": nil, "end_date": nil}
	first, last, _ := strings.Cut(days, "-")
	on := false
	for _, d := range week {
		if strings.HasPrefix(d, strings.ToLower(first)) {
			on = true
		}
		s[d] = on
		if last == "" && on || last != "" && strings.HasPrefix(d, strings.ToLower(last)) {
			on = false
		}
	}
	return s
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body row
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &body); err != nil {
				f.t.Errorf("%s %s: %v", r.Method, r.URL, err)
			}
		}
	}
	call := r.Method + " " + r.URL.Path
	f.calls, f.bodies = append(f.calls, call), append(f.bodies, body)
	if f.before != nil {
		if resp := f.before(r); resp != nil {
			return resp, nil
		}
	}
	if strings.HasSuffix(r.URL.Path, "/entries") {
		return f.log(r), nil
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) == 2 && parts[1] == "me":
		return answer(200, f.users[0]["user"]), nil
	case len(parts) == 2 && parts[1] == "sites":
		return f.list(r, f.sites), nil
	case len(parts) >= 3 && parts[2] != site:
		return f.fail(400, "1100", "Invalid request"), nil
	case len(parts) == 3:
		used := 0
		for _, u := range f.users {
			if u["subscription_state"] == "subscribed" {
				used++
			}
		}
		f.sites[0]["subscribed_user_amount"], f.sites[0]["active_user_amount"] = f.seats, used
		return answer(200, f.sites[0]), nil
	}
	return f.below(r, parts[0], parts[3:], body), nil
}

func (f *fake) below(r *http.Request, version string, parts []string, body row) *http.Response {
	switch path := strings.Join(parts, "/"); {
	case path == "roles":
		return f.list(r, f.roles)
	case path == "users" && r.Method == http.MethodPost:
		return f.create(body)
	case path == "users":
		return f.list(r, f.filtered(r))
	case parts[0] == "users" && len(parts) == 2 && r.Method == http.MethodGet:
		for _, u := range f.users {
			if u["id"] == parts[1] {
				return answer(200, u)
			}
		}
		return f.fail(404, "2202", "User not found")
	case path == "access_groups":
		return f.list(r, f.groups)
	case parts[0] == "access_groups" && len(parts) == 3:
		g := parts[1]
		members, known := f.members[g]
		switch {
		case !known:
			return f.fail(404, "2202", "Access group not found")
		case parts[2] == "locks":
			return f.list(r, f.locks[g])
		case parts[2] == "time_schedules" && version == "v1.1":
			return f.list(r, f.times[g])
		case parts[2] == "users" && r.Method == http.MethodGet:
			rows := []row{}
			for _, m := range members {
				rows = append(rows, row{"id": m})
			}
			return f.list(r, rows)
		case parts[2] == "users" && r.Method == http.MethodPatch:
			return f.change(g, body)
		}
	}
	f.t.Errorf("nobody knows %s %s", r.Method, r.URL.Path)
	return f.fail(405, "", "")
}

func (f *fake) filtered(r *http.Request) []row {
	filter := r.URL.Query().Get("$filter")
	if filter == "" {
		return f.users
	}
	want := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(filter, "user/email eq '"), "'"), "''", "'")
	out := []row{}
	for _, u := range f.users {
		email, _ := u["user"].(row)["email"].(string)
		if email == want || f.fold && strings.EqualFold(email, want) {
			out = append(out, u)
		}
	}
	return out
}

func (f *fake) create(body row) *http.Response {
	first, _ := body["first_name"].(string)
	last, _ := body["last_name"].(string)
	email, has := body["email"].(string)
	roles, _ := body["role_ids"].([]any)
	if first == "" || last == "" || has && email == "" || len(roles) == 0 {
		return f.fail(400, "1100", "Invalid request")
	}
	f.lastID++
	u := f.user(f.lastID, email, first, last, roles[0].(string))
	u["alias"] = body["alias"]
	used := 0
	for _, o := range f.users {
		if o["subscription_state"] == "subscribed" {
			used++
		}
	}
	if used > f.seats {
		u["subscription_state"] = "suspended"
	}
	if has {
		f.invited = append(f.invited, email)
	}
	f.born[id('u', f.lastID)] = f.now
	return answer(201, u)
}

func (f *fake) change(g string, body row) *http.Response {
	known := func(p string) bool {
		if at, ok := f.born[p]; ok && f.now.Sub(at) < f.lag {
			return false
		}
		return slices.ContainsFunc(f.users, func(u row) bool { return u["user"].(row)["id"] == p })
	}
	now := slices.Clone(f.members[g])
	add, _ := body["add_ids"].([]any)
	remove, _ := body["remove_ids"].([]any)
	if len(add)+len(remove) == 0 {
		return f.fail(400, "1100", "nothing to do")
	}
	for _, p := range add {
		switch p := p.(string); {
		case p == f.touchy:
			return f.fail(403, "2203", "Operation not permitted on this user")
		case !known(p):
			status, code, _ := strings.Cut(f.lagCode, "/")
			n, _ := strconv.Atoi(status)
			return f.fail(n, code, "User not found")
		case slices.Contains(now, p):
			if f.strict {
				return f.fail(400, "1101", "already a member")
			}
		default:
			now = append(now, p)
		}
	}
	for _, p := range remove {
		if p == f.touchy {
			return f.fail(403, "2203", "Operation not permitted on this user")
		}
		at := slices.Index(now, p.(string))
		if at < 0 {
			if f.strict {
				return f.fail(404, "2202", "User not found")
			}
			continue
		}
		now = slices.Delete(now, at, at+1)
	}
	f.members[g] = now
	return answer(204, nil)
}

// list answers a page.
func (f *fake) list(r *http.Request, all []row) *http.Response {
	q := r.URL.Query()
	skip, _ := strconv.Atoi(q.Get("$skip"))
	if f.deaf {
		skip = 0
	}
	top, err := strconv.Atoi(q.Get("$top"))
	if err != nil || top > f.page {
		top = f.page
	}
	from := min(skip, len(all))
	to := min(from+top, len(all))
	rows := append([]row{}, all[from:to]...)
	if f.bare {
		return answer(200, rows)
	}
	out := row{"items": rows, "next_page_link": nil, "count": nil}
	if q.Get("$count") == "true" && !f.noCount {
		out["count"] = len(all)
	}
	if to < len(all) && !f.endless {
		q.Set("$skip", strconv.Itoa(to))
		out["next_page_link"] = "http://inside.test" + r.URL.Path + "?" + q.Encode()
	}
	return answer(200, out)
}

// log answers a page of the door log: the n-th page under the n-th token.
func (f *fake) log(r *http.Request) *http.Response {
	if !strings.HasPrefix(r.URL.Path, "/v1.1/") {
		return answer(405, nil)
	}
	f.tokens = append(f.tokens, r.Header.Get("CLP-Continuation-Token"))
	n := 0
	if token := r.Header.Get("CLP-Continuation-Token"); token != "" {
		if _, err := fmt.Sscanf(token, `{"page":%d}`, &n); err != nil {
			return f.fail(400, "1101", "token")
		}
	}
	out := row{"items": []row{}}
	if n < len(f.entries) {
		out["items"] = f.entries[n]
	}
	if n+1 < len(f.entries) {
		out["continuation_token"] = fmt.Sprintf(`{"page":%d}`, n+1)
	}
	return answer(200, out)
}

func (f *fake) fail(status int, code, message string) *http.Response {
	body := row{"ErrorCode": code, "Message": message}
	if n, err := strconv.Atoi(code); err == nil && f.number {
		body["ErrorCode"] = n
	}
	return answer(status, body)
}

func answer(status int, body any) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		resp.Body = io.NopCloser(bytes.NewReader(raw))
	}
	return resp
}

func (f *fake) system() *saltoks.System { return f.at(site) }

func (f *fake) at(place string) *saltoks.System {
	f.t.Helper()
	now := func() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now }
	client, err := wire.New(wire.Config{
		Name: "salto", Base: "https://api.test", Transport: f, Now: now, Auth: wire.Static("Authorization", "Bearer t0ken-of-the-test"),
		Classify: saltoks.Classify, Retries: -1,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	s, err := saltoks.New(saltoks.Config{Client: client, Site: place, Now: now})
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// sent counts calls whose method and path begin and end so.
func (f *fake) sent(method, end string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if strings.HasPrefix(c, method+" ") && strings.HasSuffix(c, end) {
			n++
		}
	}
	return n
}

func (f *fake) later(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func account(n int) cardea.AccountID { return cardea.AccountID(id('u', n)) }
func group(n int) cardea.GroupID     { return cardea.GroupID(id('g', n)) }

func edge(g, a int) cardea.Edge {
	return cardea.Edge{Group: group(g), Account: account(a), Window: cardea.Forever}
}

// read reads a scope; an error ends the test.
func read(t *testing.T, s *saltoks.System, want cardea.Scope) *cardea.Intake {
	t.Helper()
	in := cardea.NewIntake(want, nil)
	if err := s.Read(t.Context(), want, in); err != nil {
		t.Fatal(err)
	}
	return in
}

func keys(p *cardea.Pages) []string {
	out := []string{}
	for _, r := range p.Records() {
		out = append(out, r.Key().ID)
	}
	slices.Sort(out)
	return out
}
