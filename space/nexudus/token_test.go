package nexudus

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// shelf keeps tokens in memory.
type shelf struct {
	kept []byte
	puts int
}

func (s *shelf) LoadToken(context.Context, string) ([]byte, error) {
	if s.kept == nil {
		return nil, cardea.Errorf(cardea.NotFound, "none")
	}
	return s.kept, nil
}

func (s *shelf) SaveToken(_ context.Context, _ string, b []byte) error {
	s.kept = b
	s.puts++
	return nil
}

// desk is a token endpoint: refresh tokens rotate and live for one use.
type till struct {
	t       *testing.T
	n       int
	refresh string
	asked   []string
	refuse  bool // of refreshes
}

func (k *till) serve(r *http.Request) (int, string) {
	if got := r.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
		k.t.Errorf("the token was asked for as %s", got)
		return 400, `{"error":"unsupported_grant_type"}`
	}
	if got := r.Header.Get("client_id"); got != "cardea-nex" {
		k.t.Errorf("client_id %q", got)
	}
	if err := r.ParseForm(); err != nil {
		k.t.Error(err)
	}
	grant := r.PostForm.Get("grant_type")
	k.asked = append(k.asked, grant)
	if grant == "refresh_token" && (k.refuse || r.PostForm.Get("refresh_token") != k.refresh) {
		return 400, `{"error":"invalid_grant"}`
	}
	k.n++
	k.refresh = fmt.Sprintf("refresh-token-%d", k.n)
	return 200, fmt.Sprintf(`{"access_token":"access-%d","token_type":"bearer","expires_in":3600,"refresh_token":%q}`, k.n, k.refresh)
}

func TestTokensAreRenewedAndKeptAsTheyRotate(t *testing.T) {
	t.Parallel()
	now, store := noon, &shelf{}
	v, k := newVendor(t).empty(), &till{t: t}
	v.rows["/sys/businesses"] = []string{`{"Id":1,"Name":"A","RootLocationId":null}`}
	v.token = k.serve
	config := TokenConfig{Name: "nex", User: "ada@x.test", Password: "s3cret-pass", Store: store, Now: func() time.Time { return now }}
	ask := func(s *System) {
		t.Helper()
		if _, err := s.Describe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s := v.systemWith(config)
	ask(s)
	now = now.Add(2 * time.Hour)
	ask(s)
	// Another process starts from what was kept.
	ask(v.systemWith(config))
	now = now.Add(2 * time.Hour)
	other := v.systemWith(config)
	ask(other)
	// The first one's refresh token is used up: what the other kept is taken.
	ask(s)
	if got := strings.Join(k.asked, " "); got != "password refresh_token refresh_token" || store.puts != 3 {
		t.Errorf("%s, kept %d times", got, store.puts)
	}
	// A refresh token lives for fifteen days.
	now = now.Add(16 * 24 * time.Hour)
	ask(s)
	if got := k.asked[len(k.asked)-1]; got != "password" {
		t.Errorf("after 16 days: %s", got)
	}
}

func TestARefusedRefreshFallsBackToThePassword(t *testing.T) {
	t.Parallel()
	now := noon
	v, k := newVendor(t).empty(), &till{t: t}
	v.rows["/sys/businesses"] = []string{`{"Id":1,"Name":"A","RootLocationId":null}`}
	v.token = k.serve
	s := v.systemWith(TokenConfig{Name: "nex", User: "ada@x.test", Password: "s3cret-pass", Now: func() time.Time { return now }})
	for range 2 {
		if _, err := s.Describe(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.refuse = true
		now = now.Add(2 * time.Hour)
	}
	if got := strings.Join(k.asked, " "); got != "password refresh_token password" {
		t.Error(got)
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	v, k := newVendor(t).empty(), &till{t: t}
	v.token = k.serve
	v.answer("/sys/businesses", 401, ``)
	if _, err := v.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth || len(v.auth) != 2 || v.auth[0] == v.auth[1] {
		t.Errorf("%v %v", err, v.auth)
	}
}

func TestBasicSendsThePassword(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest(http.MethodGet, "http://x.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Basic("ada", "pw").Authorize(t.Context(), r); err != nil || r.Header.Get("Authorization") != "Basic YWRhOnB3" {
		t.Error(err, r.Header)
	}
}

func TestHostsOf(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"": "https://spaces.nexudus.com/api", "http://127.0.0.1:9090/nexudus": "http://127.0.0.1:9090/nexudus/api",
		"https://spaces.nexudus.com/api/": "https://spaces.nexudus.com/api", "ftp://x": "", "https://x?y": "",
	} {
		h, err := HostsOf(base)
		if h.API != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", base, h.API, err)
		}
	}
}
