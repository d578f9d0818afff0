package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
)

const (
	inside = "127.0.0.1:7788" // the console's address
	public = "203.0.113.7:80" // where hooks are taken
)

// twoAddresses is a rig whose configuration has hooks taken at an address of their own.
func twoAddresses(t *testing.T) (*rig, *wires) {
	t.Helper()
	r := newRig(t, "tiny", onSQLite, func(f *config.File) { f.Listen, f.ListenHooks = inside, public })
	w := &wires{}
	r.term.network.listener = w.listen
	return r, w
}

// TestHooksHaveAnAddressOfTheirOwn serves the console inside and hooks in public: there nothing else is served, and a hook acts.
func TestHooksHaveAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r, w := twoAddresses(t)
		defer func() { r.shut() }()
		r.listening("rnd")
		caller := &http.Client{Transport: &http.Transport{DialContext: w.dial, DisableKeepAlives: true}}
		ask := func(method, address, path string, header http.Header, body []byte) (int, string) {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = header
			res, err := caller.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			said, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, string(said)
		}
		// What the vendor sends goes to the public address.
		r.hooks.handler = http.HandlerFunc(func(answer http.ResponseWriter, req *http.Request) {
			body, err := io.ReadAll(req.Body)
			if err != nil {
				t.Error(err)
			}
			code, _ := ask(req.Method, public, req.URL.Path, req.Header, body)
			answer.WriteHeader(code)
		})
		stop := r.serving()
		defer stop()
		ctx, end := context.WithCancel(t.Context())
		console, err := r.term.network.listen(ctx, inside)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- r.app.listen(ctx, console, r.term, &serveCmd{}, inside) }()
		time.Sleep(3 * time.Minute)

		for _, path := range []string{
			"/", "/metrics", "/readyz", "/api/openapi.json", "/api/v1/passes", "/oauth/rnd", "/people", "/audit", "/hooks",
			"/static/cardea.css", "/hooks/../people", "/debug/pprof/",
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				code, said := ask(method, public, path, nil, nil)
				if code != http.StatusNotFound && code != http.StatusMethodNotAllowed {
					t.Errorf("%s %s in public: %d %.80s", method, path, code, said)
				}
			}
		}
		if code, said := ask(http.MethodGet, public, "/healthz", nil, nil); code != http.StatusOK || said != "ok\n" {
			t.Errorf("/healthz in public: %d %s", code, said)
		}
		if code, _ := ask(http.MethodPost, public, "/hooks/rnd", nil, []byte(`{"forged":true}`)); code != http.StatusUnauthorized && code != http.StatusBadRequest {
			t.Errorf("a forged hook was answered with %d", code)
		}
		for _, path := range []string{"/metrics", "/readyz"} {
			if code, said := ask(http.MethodGet, inside, path, nil, nil); code != http.StatusOK {
				t.Errorf("%s inside: %d %s", path, code, said)
			}
		}
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		time.Sleep(5 * time.Second)
		if r.in("General access", "ana") {
			t.Errorf("five seconds after a hook in public Ana is in: %v", r.inside())
		}
		end()
		if err := <-ended; err != nil {
			t.Errorf("serving ended with %v", err)
		}
		for _, address := range []string{inside, public} {
			if _, err := w.dial(t.Context(), "tcp", address); err == nil {
				t.Errorf("somebody still listens at %s", address)
			}
		}
	})
}

// TestAnAddressForHooksThatIsTakenIsSaid stops with a sentence, and leaves nobody listening.
func TestAnAddressForHooksThatIsTakenIsSaid(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r, w := twoAddresses(t)
		defer r.shut()
		other, err := w.listen(public)
		if err != nil {
			t.Fatal(err)
		}
		defer func(other net.Listener) {
			if err := other.Close(); err != nil {
				t.Error(err)
			}
		}(other)
		console, err := w.listen(inside)
		if err != nil {
			t.Fatal(err)
		}
		err = r.app.listen(t.Context(), console, r.term, &serveCmd{}, inside)
		if err == nil || !strings.Contains(err.Error(), "listen_hooks "+public) {
			t.Errorf("it ended with %v", err)
		}
		if _, err := w.dial(t.Context(), "tcp", inside); err == nil {
			t.Error("the console's address is still taken")
		}
	})
}
