package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// tap stands between Cardea and the vendors. It counts calls in the order in which they come.
type tap struct {
	inner http.RoundTripper
	// before may answer a call in the vendor's place, or fail it; nil, nil lets it through.
	before func(n int, r *http.Request) (*http.Response, error)
	// after may replace an answer, or lose it.
	after func(n int, r *http.Request, res *http.Response) (*http.Response, error)

	mu    sync.Mutex
	calls int
}

// RoundTrip implements http.RoundTripper.
func (t *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.calls++
	n := t.calls
	t.mu.Unlock()
	if t.before != nil {
		if res, err := t.before(n, r); res != nil || err != nil {
			return res, err
		}
	}
	res, err := t.inner.RoundTrip(r)
	if t.after == nil || err != nil {
		return res, err
	}
	return t.after(n, r, res)
}

// count says how many calls there were.
func (t *tap) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// tapped puts a tap between a rig and its vendors. What was known is kept only where the database is.
func (r *rig) tapped() *tap {
	r.t.Helper()
	p := &tap{inner: r.vendors.Transport()}
	r.shut()
	r.set.transport = p
	r.open()
	return p
}

// morning is when most stories in tiny begin. Until twenty past nine nobody's access begins or ends.
const morning = "2026-11-23T09:00:00Z"

// atNine is who can pass in tiny from nine until twenty past, read off the world file by hand.
var atNine = map[string][]string{
	"General access": {"abe", "ana", "cal", "cleo", "dora", "finn", "ines", "joe", "nora", "olga", "rita", "uma", "walt", "yann"},
	"Night":          {"dora", "finn"},
	"Building":       {"gus", "hana", "ivan", "jill", "tess"},
	"First floor":    {"hana", "ivan", "jill", "tess"},
	"Second floor":   {"gus"},
	"Office 12":      {"hana", "ivan", "jill", "tess"},
	"Elephant room":  {"uma"},
	"Evening":        {},
	"Day room":       {},
	"Cleaners":       {"cleaner"},
}

// tiny plays the world tiny, at this moment.
func tiny(t *testing.T, db database, edits ...func(*config.File)) *rig {
	t.Helper()
	return newRig(t, "tiny", db, func(f *config.File) {
		for _, edit := range edits {
			edit(f)
		}
	})
}

// inside says by group who could pass now: the part of each e-mail before the at, in lower case and sorted.
func (r *rig) inside() map[string][]string {
	out := map[string][]string{}
	for g, members := range r.members() {
		out[g] = []string{}
		for _, m := range members {
			name, _, _ := strings.Cut(strings.ToLower(m), "@")
			out[g] = append(out[g], name)
		}
		slices.Sort(out[g])
	}
	return out
}

// wantInside compares who could pass now with who should, in every group that is named.
func (r *rig) wantInside(what string, want map[string][]string) {
	r.t.Helper()
	got := r.inside()
	for _, g := range slices.Sorted(maps.Keys(want)) {
		if d := difference(got[g], want[g]); !slices.Equal(got[g], want[g]) {
			r.t.Errorf("%s: %s holds %s", what, g, d)
		}
	}
}

// with is a copy of who should be inside, with some groups changed.
func with(base map[string][]string, changed map[string][]string) map[string][]string {
	out := maps.Clone(base)
	for g, who := range changed {
		out[g] = slices.Sorted(slices.Values(who))
	}
	return out
}

// try does one run and returns how it left things; what stopped it is no reason to fail.
func (r *rig) try(ctx context.Context) (desk.Result, error) {
	return r.app.desk.Sync(ctx, nil)
}

// settle runs until in step, at most n times, a minute apart.
func (r *rig) settle(what string, n int) {
	r.t.Helper()
	var last string
	for range n {
		result, err := r.try(context.Background())
		if err == nil && result.Standing() == desk.InStep {
			return
		}
		last = fmt.Sprint(err) + brief(result)
		time.Sleep(time.Minute)
	}
	r.t.Fatalf("%s: not in step after %d runs: %s", what, n, last)
}

// fault adds a fault to a vendor.
func (r *rig) fault(vendor string, f sandbox.Fault) {
	r.t.Helper()
	if err := r.vendors.Fault(vendor, f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) clear() {
	r.vendors.ClearFaults("officernd")
	r.vendors.ClearFaults("kisi")
}

// sent returns the writes that the door system received since there were n of them, as METHOD path, without ids.
func (r *rig) sent(n int) []string {
	var out []string
	for _, w := range r.vendors.Writes("kisi")[n:] {
		out = append(out, w.Method+" "+w.Path)
	}
	return out
}

// users returns the e-mails of every account at the door system, in lower case and sorted.
func (r *rig) users() []string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://sandbox/_sandbox/world", http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := r.vendors.Transport().RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return usersOf(r.t, res)
}

func usersOf(t *testing.T, res *http.Response) []string {
	t.Helper()
	var world struct {
		Vendors map[string]map[string][]struct {
			Email string `json:"email"`
		} `json:"vendors"`
	}
	if err := json.NewDecoder(res.Body).Decode(&world); err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, u := range world.Vendors["kisi"]["users"] {
		out = append(out, strings.ToLower(u.Email))
	}
	slices.Sort(out)
	if len(out) == 0 {
		t.Fatal("the sandbox shows no accounts")
	}
	return out
}

// sound checks what must hold however badly things went: no account was deleted, nobody has two accounts or two edges in
// one group, and the ledger holds exactly the edges of the mapped groups, but those of staff and of others named.
func (r *rig) sound(what string, others ...string) {
	r.t.Helper()
	oneEach(r.t, what, r.users(), r.vendors.Groups("kisi"), r.vendors.Writes("kisi"))
	state, err := r.app.store.In("default").DoorState(context.Background(), "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	var ledger, edges []string
	for _, row := range state.Ledger {
		ledger = append(ledger, string(row.Group)+"/"+string(row.Account)+" "+row.Window.From.String()+" "+row.Window.Until.String())
	}
	for _, g := range r.vendors.Groups("kisi") {
		for _, e := range g.All {
			if g.Name == "Cleaners" || e.Email == "olga@x.test" || slices.Contains(others, e.Email) {
				continue
			}
			edges = append(edges, g.ID+"/"+e.Account+" "+instant(r.t, e.From, cardea.Always)+" "+instant(r.t, e.Until, cardea.Never))
		}
	}
	slices.Sort(ledger)
	slices.Sort(edges)
	if !slices.Equal(ledger, edges) {
		r.t.Errorf("%s: the ledger is not what is there: %s", what, difference(ledger, edges))
	}
}

func instant(t *testing.T, text string, open cardea.Instant) string {
	t.Helper()
	if text == "" {
		return open.String()
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return cardea.At(at).String()
}

func oneEach(t *testing.T, what string, users []string, groups []sandbox.GroupState, writes []sandbox.Write) {
	t.Helper()
	if n := len(slices.Compact(slices.Clone(users))); n != len(users) {
		t.Errorf("%s: somebody has two accounts: %v", what, users)
	}
	for _, g := range groups {
		seen := map[string]bool{}
		for _, e := range g.All {
			if seen[e.Account] {
				t.Errorf("%s: %s holds %s twice", what, g.Name, e.Email)
			}
			seen[e.Account] = true
		}
	}
	for _, w := range writes {
		if w.Method == http.MethodDelete && strings.HasPrefix(w.Path, "/users") {
			t.Errorf("%s: an account was deleted: %s", what, w.Path)
		}
	}
}
