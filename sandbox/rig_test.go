package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// rig is a sandbox with a clock of its own, a client in process, and the webhooks it sent.
type rig struct {
	*sandbox.Server

	t      *testing.T
	client *http.Client
	token  string

	mu     sync.Mutex
	clock  time.Time
	hooks  []hook
	refuse bool // the receiver of webhooks fails
}

type hook struct {
	url    string
	header http.Header
	body   []byte
}

const tinyPath = "../testdata/worlds/tiny.yaml"

func tiny(t *testing.T, switches map[string]string) *rig {
	t.Helper()
	w, err := sandbox.Load(tinyPath)
	if err != nil {
		t.Fatal(err)
	}
	return rigUp(t, w, switches)
}

func small(t *testing.T, yaml string, switches map[string]string) *rig {
	t.Helper()
	w, err := sandbox.Parse("small.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return rigUp(t, w, switches)
}

func rigUp(t *testing.T, w *sandbox.World, switches map[string]string) *rig {
	t.Helper()
	r := &rig{t: t, clock: monday()}
	s, err := sandbox.New(w, sandbox.Options{Now: r.now, Switches: switches, Hook: r.receive})
	if err != nil {
		t.Fatal(err)
	}
	r.Server, r.client = s, &http.Client{Transport: s.Transport()}
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

func (r *rig) receive(_ context.Context, u string, h http.Header, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hooks = append(r.hooks, hook{u, h, body})
	if r.refuse {
		return fmt.Errorf("refused")
	}
	return nil
}

// sent returns the webhooks so far, and forgets them.
func (r *rig) sent() []hook {
	r.t.Helper()
	if err := r.Wait(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.hooks
	r.hooks = nil
	return out
}

type reply struct {
	status int
	header http.Header
	body   string
}

// into decodes the body.
func into[T any](t *testing.T, a reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, a.body)
	}
	return v
}

func (r *rig) do(method, path, body string, h http.Header) (reply, error) {
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://sandbox"+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for k, v := range h {
		req.Header[k] = v
	}
	res, err := r.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	text, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	return reply{res.StatusCode, res.Header, string(text)}, err
}

func (r *rig) must(method, path, body string, h http.Header) reply {
	r.t.Helper()
	a, err := r.do(method, path, body, h)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

const readScopes = "flex.community.members.read flex.community.companies.read flex.community.memberships.read " +
	"flex.community.visitors.read flex.community.checkins.read flex.community.checkins.create flex.community.checkins.update " +
	"flex.billing.plans.read flex.space.locations.read flex.space.floors.read flex.space.resources.read " +
	"flex.space.resourceTypes.read flex.space.assignments.read flex.space.bookings.read flex.space.passes.read " +
	"flex.settings.webhooks.read flex.settings.webhooks.create flex.settings.webhooks.update flex.settings.webhooks.delete"

func (r *rig) askToken(form url.Values) reply {
	return r.must("POST", "/officernd/oauth/token", form.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))
}

func grant(scope string) url.Values {
	return url.Values{
		"client_id": {"cardea"}, "client_secret": {"sandbox-secret"}, "grant_type": {"client_credentials"}, "scope": {scope},
	}
}

// rnd calls the OfficeRnD API below the organization.
func (r *rig) rnd(method, path, body string) reply {
	r.t.Helper()
	if r.token == "" {
		a := r.askToken(grant(readScopes))
		r.token, _ = into[map[string]any](r.t, a)["access_token"].(string)
		if r.token == "" {
			r.t.Fatalf("no token: %s", a.body)
		}
	}
	h := header("Authorization", "Bearer "+r.token, "Content-Type", "application/json")
	return r.must(method, "/officernd/api/v2/organizations/acme/"+path, body, h)
}

type rndPage struct {
	RangeStart, RangeEnd   int
	CursorNext, CursorPrev *string
	Results                []map[string]any
}

func (r *rig) list(path string) rndPage {
	r.t.Helper()
	a := r.rnd("GET", path, "")
	if a.status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return into[rndPage](r.t, a)
}

// kisi calls the Kisi API, a second apart from the call before.
func (r *rig) kisi(method, path, body string) reply {
	r.t.Helper()
	r.wait(220 * time.Millisecond)
	h := header("Authorization", "KISI-LOGIN sandbox-key", "Accept", "application/json", "Content-Type", "application/json")
	return r.must(method, "/kisi"+path, body, h)
}

func (r *rig) patch(yaml string) {
	r.t.Helper()
	if err := r.Patch([]byte(yaml)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) members(group string) string {
	for _, g := range r.Groups("kisi") {
		if g.Name == group {
			return strings.Join(g.Members, " ")
		}
	}
	return "no such group"
}

func want(t *testing.T, a reply, status int, contains ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, s := range contains {
		if !strings.Contains(a.body, s) {
			t.Errorf("%q is not in %s", s, a.body)
		}
	}
}

func clientOf(s *sandbox.Server) *http.Client { return &http.Client{Transport: s.Transport()} }
