package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
)

// tenants are many organisations, each with a house of its own and a faked SCIM server, all on one port.
type tenants struct {
	base   string
	all    []*townTenant
	writes atomic.Int64
}

type townTenant struct {
	name    string
	vendors *sandbox.Server

	mu     sync.Mutex
	people int
	in     map[string]bool // e-mails that should be in the group
}

// membersOnly is what every tenant's door system has before Cardea comes.
const membersOnly = `
scim:
  name: Doors of %s
  tokens: [{secret: tenant-token, admin: true, user: owner@x.test}]
  users: [{id: 1, userName: owner@x.test, displayName: Olga Owner, name: {givenName: Olga, familyName: Owner}, emails: [owner@x.test], active: true}]
  groups: [{id: "11", displayName: Members}]
`

func startTenants(t *testing.T, n int) *tenants {
	t.Helper()
	town := &tenants{}
	for i := range n {
		name := fmt.Sprintf("t%04d", i)
		world, err := sandbox.Parse(name+".yaml", fmt.Appendf([]byte("speed: 1000\nanchor: 2026-11-23\n"), membersOnly, name))
		if err != nil {
			t.Fatal(err)
		}
		v, err := sandbox.New(world, sandbox.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		town.all = append(town.all, &townTenant{name: name, vendors: v, in: map[string]bool{}})
	}
	server := httptest.NewServer(http.HandlerFunc(town.serve))
	t.Cleanup(server.Close)
	town.base = server.URL
	return town
}

// serve plays /NAME/scim. Writes take their time before and after they take effect, so that processes die in between.
func (ts *tenants) serve(w http.ResponseWriter, r *http.Request) {
	name, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	i, err := strconv.Atoi(strings.TrimPrefix(name, "t"))
	if err != nil || i < 0 || i >= len(ts.all) {
		http.NotFound(w, r)
		return
	}
	// The whole request is here before it takes effect: a process that dies while it sends one has sent none.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	write := r.Method != http.MethodGet
	if write {
		ts.writes.Add(1)
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
	}
	inner := r.Clone(context.WithoutCancel(r.Context()))
	inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	inner.URL.Path = "/" + path
	answer := httptest.NewRecorder()
	ts.all[i].vendors.ServeHTTP(answer, inner)
	if write {
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
	}
	for key, v := range answer.Header() {
		w.Header()[key] = v
	}
	w.WriteHeader(answer.Code)
	if _, err := w.Write(answer.Body.Bytes()); err != nil {
		return // whoever asked is dead
	}
}

// config names every tenant.
func (ts *tenants) config(database string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "database: %q\nlisten: 127.0.0.1:0\nconnections:\n", database)
	for _, one := range ts.all {
		fmt.Fprintf(&b, "  home-%s: {system: house, name: %s}\n", one.name, one.name)
		fmt.Fprintf(&b, "  door-%s: {system: scim, base_url: %s/%s/scim/v2, token: tenant-token, budget: 1000/s}\n", one.name, ts.base, one.name)
	}
	b.WriteString("integrations:\n")
	for _, one := range ts.all {
		fmt.Fprintf(&b, "  %s: {enabled: true, space: home-%s, door: door-%s, zone: Europe/London, approve: auto, "+
			"mappings: {plans: {Desk: [Members]}}}\n", one.name, one.name, one.name)
	}
	return b.String()
}

// change lets somebody come to a tenant, or somebody who was there be locked out, and marks the tenant's house to be read.
func (ts *tenants) change(t *testing.T, ws *store.Workspace, dice *rand.Rand) {
	t.Helper()
	one := ts.all[dice.IntN(len(ts.all))]
	one.mu.Lock()
	defer one.mu.Unlock()
	inside := make([]int, 0, len(one.in))
	for i := range one.people {
		if one.in[mailOf(i)] {
			inside = append(inside, i)
		}
	}
	who := one.people
	if len(inside) > 1 && dice.IntN(2) == 0 {
		who = inside[dice.IntN(len(inside))]
	} else {
		one.people++
	}
	locked := one.in[mailOf(who)]
	one.save(t, ws, who, locked)
	one.in[mailOf(who)] = !locked
}

func mailOf(i int) string { return fmt.Sprintf("p%d@x.test", i) }

// save keeps a person with a membership and says that the house changed.
func (one *townTenant) save(t *testing.T, ws *store.Workspace, i int, locked bool) {
	t.Helper()
	ctx, home := context.Background(), "home-"+one.name
	records := []cardea.Record{
		cardea.Plan{ID: "desk", Name: "Desk"},
		cardea.Person{ID: fmt.Sprint(i), Name: fmt.Sprintf("Person %d", i), Email: mailOf(i), Status: cardea.Present},
		cardea.Agreement{ID: fmt.Sprint(i), Person: fmt.Sprint(i), Plan: "desk", Approved: true, Locked: locked,
			Start: cardea.DayAt(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))},
	}
	if err := ws.SaveHouse(ctx, home, records, nil, "test", "changed"); err != nil {
		t.Fatal(err)
	}
	if err := ws.MarkWake(ctx, store.Mark{Unit: home, Kind: store.WakeRead, At: cardea.At(time.Now())}); err != nil {
		t.Fatal(err)
	}
}

// outOfStep names the tenants whose group does not hold whom it should.
func (ts *tenants) outOfStep() []string {
	var out []string
	for _, one := range ts.all {
		one.mu.Lock()
		var want []string
		for mail, in := range one.in {
			if in {
				want = append(want, mail)
			}
		}
		one.mu.Unlock()
		slices.Sort(want)
		got := slices.Clone(one.vendors.Groups("scim")[0].Members)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			out = append(out, fmt.Sprintf("%s: %s", one.name, difference(got, want)))
		}
	}
	return out
}

// oneEach goes through what every vendor received: no account is made twice, nobody is put in who is in, nobody taken out who
// is out, and everything was answered well.
func (ts *tenants) oneEach(t *testing.T) {
	t.Helper()
	total := 0
	for _, one := range ts.all {
		made, in := map[string]bool{}, map[string]bool{}
		for _, w := range one.vendors.Writes("scim") {
			total++
			var body struct {
				UserName   string
				Operations []struct {
					Op    string
					Path  string
					Value json.RawMessage
				}
			}
			if err := json.Unmarshal(w.Body, &body); err != nil {
				t.Fatal(err)
			}
			if w.Status >= 300 {
				t.Errorf("%s: %s %s was refused: %d %s", one.name, w.Method, w.Path, w.Status, w.Body)
			}
			if w.Method == http.MethodPost {
				if made[body.UserName] {
					t.Errorf("%s: the account %s was made twice", one.name, body.UserName)
				}
				made[body.UserName] = true
			}
			for _, op := range body.Operations {
				adds := strings.EqualFold(op.Op, "add")
				for _, who := range concerned(t, op.Path, op.Value) {
					if in[who] == adds {
						t.Errorf("%s: %s %s was done twice, again at %s", one.name, op.Op, who, w.At)
					}
					in[who] = adds
				}
			}
		}
	}
	if total < len(ts.all) {
		t.Errorf("only %d writes reached the vendors", total)
	}
}

// concerned are the members that one step of a PATCH is about: those of its value, of which there may be many, or the one in its path.
func concerned(t *testing.T, path string, value json.RawMessage) []string {
	t.Helper()
	if len(value) == 0 {
		_, of, _ := strings.Cut(path, `"`)
		who, _, found := strings.Cut(of, `"`)
		if !found {
			t.Fatalf("nobody is named by %s", path)
		}
		return []string{who}
	}
	var list []struct{ Value string }
	if err := json.Unmarshal(value, &list); err != nil || len(list) == 0 {
		t.Fatalf("nobody is named by %s: %v", value, err)
	}
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = one.Value
	}
	return out
}
