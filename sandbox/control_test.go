package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

func TestControlAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for _, c := range []struct {
		remote, host string
		status       int
	}{
		{"127.0.0.1:5", "127.0.0.1:9090", 200}, {"[::1]:5", "localhost:9090", 200}, {"127.0.0.1:5", "[::1]", 200},
		{"10.0.0.9:5", "127.0.0.1:9090", 403}, {"127.0.0.1:5", "evil.test", 403}, {"10.0.0.9:5", "evil.test", 403},
	} {
		for _, method := range []string{"GET", "PATCH"} {
			req := httptest.NewRequestWithContext(t.Context(), method, "/_sandbox/switches", strings.NewReader("{}"))
			req.RemoteAddr, req.Host = c.remote, c.host
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			if w.Code != c.status || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s from %s for %s: %d %s", method, c.remote, c.host, w.Code, w.Header().Get("Content-Type"))
			}
		}
	}
}

func TestControlShowsGroupsAndLog(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	groups := into[[]sandbox.GroupState](t, r.must("GET", "/_sandbox/kisi/groups", "", nil))
	if len(groups) != 10 || groups[0].Name != "General access" || groups[0].Members[0] != "olga@x.test" || len(groups[0].All) != 1 {
		t.Errorf("groups %+v", groups)
	}
	if a := r.must("GET", "/_sandbox/kisi/log", "", nil); strings.TrimSpace(a.body) != "[]" {
		t.Errorf("a fresh log: %s", a.body)
	}
	r.kisi("GET", "/users", "")
	r.edge(5, "")
	r.edge(5, "")
	r.rnd("GET", "plans", "") // a token and a read: no writes
	log := into[[]map[string]any](t, r.must("GET", "/_sandbox/kisi/log", "", nil))
	if len(log) != 2 || log[0]["method"] != "POST" || log[0]["path"] != "/role_assignments" || log[0]["status"] != 200.0 ||
		log[1]["status"] != 409.0 || !strings.HasPrefix(log[0]["at"].(string), "2026-11-23T09:00:") {
		t.Errorf("log %v", log)
	}
	if a := r.must("GET", "/_sandbox/officernd/log", "", nil); strings.TrimSpace(a.body) != "[]" {
		t.Errorf("reads are no writes: %s", a.body)
	}
	want(t, r.must("GET", "/_sandbox/officernd/groups", "", nil), 200, "[]")
	want(t, r.must("GET", "/_sandbox/brivo/groups", "", nil), 404)
	want(t, r.must("GET", "/brivo/users", "", nil), 404)
	world := r.must("GET", "/_sandbox/world", "", nil)
	want(t, world, 200, `"_as": "ana"`, `"anchor": "2026-11-23"`, "olga@x.test")
	if strings.Contains(world.body, "sandbox-secret") || strings.Contains(world.body, "sandbox-key") {
		t.Error("the world tells a key")
	}
}

func TestControlSetsSwitches(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.must("GET", "/_sandbox/switches", "", nil), 200, `"kisi.duplicate"`, `"officernd.limit_over"`)
	want(t, r.must("PATCH", "/_sandbox/switches", `{"kisi.duplicate":"422"}`, nil), 200)
	want(t, r.kisi("POST", "/users", `{"user":{"email":"piet@x.test"}}`), 422)
	want(t, r.must("PATCH", "/_sandbox/switches", `{"kisi.duplicate":"500"}`, nil), 400, "409, 422")
	want(t, r.must("PATCH", "/_sandbox/switches", `{"duplicate":"409"}`, nil), 400)
	w, err := sandbox.Load(tinyPath)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.New(w, sandbox.Options{Now: monday, Switches: map[string]string{"kisi.nothing": "x"}}); err == nil {
		t.Error("an unknown switch was taken")
	}
}

func TestControlEndsTokens(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.rnd("GET", "plans", ""), 200)
	want(t, r.must("POST", "/_sandbox/officernd/expire", "", nil), 200)
	want(t, r.rnd("GET", "plans", ""), 401)
}

// Over a socket the same server cuts real connections.
func TestServesOverASocket(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	get := func(path string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, srv.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header("Authorization", "KISI-LOGIN sandbox-key", "Accept", "application/json")
		return srv.Client().Do(req)
	}
	res, err := get("/kisi/groups")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil || !strings.Contains(string(body), "First floor") {
		t.Errorf("%v %v %s", err, cerr, body)
	}
	if err := r.Fault("kisi", sandbox.Fault{Effect: sandbox.EffectTruncate, Times: 1}); err != nil {
		t.Fatal(err)
	}
	if res, err = get("/kisi/groups"); err != nil {
		t.Fatal(err)
	}
	if _, err = io.ReadAll(res.Body); err == nil {
		t.Error("a cut body was read to its end")
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Fault("kisi", sandbox.Fault{Effect: sandbox.EffectDropAfter, Times: 2}); err != nil {
		t.Fatal(err)
	}
	if res, err = get("/kisi/groups"); err == nil {
		t.Errorf("an answer came over a cut connection: %d", res.StatusCode)
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	if res, err = get("/_sandbox/kisi/groups"); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("control over a socket: %v", err)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
}
