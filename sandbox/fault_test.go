package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

func (r *rig) fault(k, json string) {
	r.t.Helper()
	want(r.t, r.must("POST", "/_sandbox/"+k+"/faults", json, nil), 200)
}

func TestFaultOnThePageYouName(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	r.fault("officernd", `{"method":"GET","path":"/api/v2/organizations/acme/members","skip":2,"times":1,"status":503}`)
	for i, status := range []int{200, 200, 503, 200} {
		if a := r.rnd("GET", "members?$limit=5", ""); a.status != status {
			t.Errorf("call %d: %d, want %d", i+1, a.status, status)
		}
	}
	r.fault("officernd", `{"path":"*/plans*","status":429,"retry_after":7}`)
	a := r.rnd("GET", "plans", "")
	want(t, a, 429, `"statusCode":429`)
	if a.header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	want(t, r.rnd("GET", "floors", ""), 200)
	want(t, r.must("GET", "/_sandbox/officernd/faults", "", nil), 200, `"retry_after": 7`)
	want(t, r.must("DELETE", "/_sandbox/officernd/faults", "", nil), 200)
	want(t, r.rnd("GET", "plans", ""), 200)
	r.fault("kisi", `[{"path":"/users?limit=1&offset=2","status":503,"times":1}]`)
	want(t, r.kisi("GET", "/users?limit=1&offset=1", ""), 200)
	want(t, r.kisi("GET", "/users?limit=1&offset=2", ""), 503, `"code":"000503"`)
}

func TestFaultEmptyAndShortLists(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	r.fault("officernd", `{"effect":"empty","times":1}`)
	a := r.rnd("GET", "members", "") // the token request is the first to match, and no list
	if p := into[rndPage](t, a); a.status != 200 || len(p.Results) == 0 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	r.fault("officernd", `{"method":"GET","effect":"empty","times":1}`)
	if p := r.list("members"); len(p.Results) != 0 || p.RangeEnd != 0 {
		t.Errorf("not empty: %d", len(p.Results))
	}
	r.fault("officernd", `{"effect":"truncate","rows":3,"times":1}`)
	if p := r.list("members"); len(p.Results) != 3 || p.RangeStart != 1 || p.RangeEnd != 38 {
		t.Errorf("%d rows of %d-%d: the range still tells", len(p.Results), p.RangeStart, p.RangeEnd)
	}
	r.fault("kisi", `{"effect":"empty","times":1}`)
	want(t, r.kisi("GET", "/users", ""), 200, "[]")
	r.fault("kisi", `{"effect":"truncate","rows":1,"times":1}`)
	a = r.kisi("GET", "/users", "")
	if rows := into[[]any](t, a); len(rows) != 1 || a.header.Get("X-Collection-Range") != "0-49/6" {
		t.Errorf("%d rows, range %s", len(rows), a.header.Get("X-Collection-Range"))
	}
	r.fault("kisi", `{"effect":"truncate","times":1}`)
	h := header("Authorization", "KISI-LOGIN sandbox-key", "Accept", "*/*")
	if _, err := r.do("GET", "/kisi/users", "", h); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a cut body: %v", err)
	}
}

func TestDropAfterDoesTheWrite(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	r.fault("kisi", `{"method":"POST","path":"/users","effect":"drop-after","times":1}`)
	h := header("Authorization", "KISI-LOGIN sandbox-key", "Accept", "application/json", "Content-Type", "application/json")
	_, err := r.do("POST", "/kisi/users", `{"user":{"email":"new@x.test"}}`, h)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("error %v", err)
	}
	want(t, r.kisi("GET", "/users?email=new@x.test", ""), 200, "new@x.test")
	if log := r.Writes("kisi"); len(log) != 1 || log[0].Status != 200 || log[0].Path != "/users" {
		t.Errorf("log %+v", log)
	}
}

func TestFaultThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for _, body := range []string{
		`{"effect":"explode"}`, `{"status":99}`, `{"times":-1}`, `{"patch":"/x"}`, `nonsense`,
		`[{"status":503},{"effect":"x"}]`, `{} {}`,
	} {
		want(t, r.must("POST", "/_sandbox/kisi/faults", body, nil), 400, "error")
	}
	want(t, r.must("GET", "/_sandbox/kisi/faults", "", nil), 200, "[]")
	if err := r.Fault("nobody", sandbox.Fault{}); err == nil {
		t.Error("a fault for a vendor that is not there")
	}
}

func TestSlowTakesItsTime(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load(tinyPath)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s, err := sandbox.New(w, sandbox.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Fault("kisi", sandbox.Fault{Effect: sandbox.EffectSlow, DelayMS: 3000}); err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: s.Transport()}
		ask := func(ctx context.Context) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sandbox/kisi/roles", http.NoBody)
			if err != nil {
				return err
			}
			res, err := client.Do(req)
			if err != nil {
				return err
			}
			return res.Body.Close()
		}
		start := time.Now()
		if err := ask(t.Context()); err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("took %v: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if err := ask(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("gave up after %v: %v", time.Since(start), err)
		}
	})
}

func TestErrorLeavesTheVendorAlone(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	r.fault("kisi", `{"method":"post","status":500,"times":1}`)
	want(t, r.kisi("POST", "/users", `{"user":{"email":"new@x.test"}}`), 500)
	if a := r.kisi("GET", "/users?email=new@x.test", ""); strings.Contains(a.body, "new@x.test") {
		t.Error("the write was done")
	}
	if log := r.Writes("kisi"); len(log) != 1 || log[0].Status != 500 {
		t.Errorf("log %+v", log)
	}
}
