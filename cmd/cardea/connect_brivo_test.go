package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

// gatekeeper answers as Brivo's two hosts do, and notes what it was asked.
type gatekeeper struct{ asked []string }

func (g *gatekeeper) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	g.asked = append(g.asked, r.URL.Host+r.URL.Path+" "+r.Header.Get("Api-Key")+" "+r.Header.Get("Authorization")+" "+body)
	answer := `{"id":1,"username":"acme1357"}`
	switch {
	case strings.HasSuffix(r.URL.Path, "/oauth/token"):
		answer = `{"access_token":"t","token_type":"bearer","refresh_token":"r","expires_in":300}`
	case strings.HasSuffix(r.URL.Path, "/accounts"):
		answer = `{"data":[{"id":99,"name":"House"}],"offset":0,"pageSize":20,"count":1}`
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func brivoFile(t *testing.T, lines string) *config.File {
	t.Helper()
	f, err := config.Parse("cardea.yaml", []byte("connections:\n  gate: {system: brivo, api_key: gateway-key, client_id: app, client_secret: app-secret"+
		lines+"}\n"), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBrivoConnectsByPasswordWithTheAdministratorID(t *testing.T) {
	t.Parallel()
	g := &gatekeeper{}
	w := wiring{now: time.Now, transport: g, slots: wire.LocalSlots()}
	_, doors, err := connect(brivoFile(t, ", region: eu, user: acme1357, password: pass-word, passes: off, monthly_calls: 100000"), w)
	if err != nil {
		t.Fatal(err)
	}
	org, err := doors["gate"].Door.Describe(t.Context())
	if err != nil || org.ID != "99" {
		t.Fatalf("%+v, %v", org, err)
	}
	if g.asked[0] != "auth.eu.brivo.com/oauth/token gateway-key Basic YXBwOmFwcC1zZWNyZXQ= grant_type=password&password=pass-word&username=acme1357" {
		t.Errorf("asked for a token with %s", g.asked[0])
	}
	if g.asked[1] != "api.eu.brivo.com/v1/api/administrators/whoami gateway-key Bearer t " {
		t.Errorf("then asked %s", g.asked[1])
	}
	if n := doors["gate"].CallsPerHour; n != 100000/744 {
		t.Errorf("%d calls an hour: sweeps would take more than a tenth of the month", n)
	}
	for lines, saying := range map[string]string{
		", user: joe@example.test, password: x": "Administrator ID",
		", user: acme1357":                      "neither",
		"":                                      "CARDEA_KEY",
		", region: uk, user: a, password: b":    "region",
		", user: a, password: b, passes: brivo-app": "CARDEA_KEY",
	} {
		if _, _, err := connect(brivoFile(t, lines), w); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), saying) {
			t.Errorf("%q: %v", lines, err)
		}
	}
}

func TestBrivoConnectsByConsentOnceForEachState(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{Key: []byte(strings.Repeat("k", 32)), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	g, kept := &gatekeeper{}, s.In("default")
	_, doors, err := connect(brivoFile(t, ", redirect_url: 'https://cardea.test/oauth/gate'"), wiring{
		now: time.Now, transport: g, slots: wire.LocalSlots(), tokens: kept, memory: kept,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := desk.New(desk.Config{Store: s, Doors: doors, Now: time.Now})
	if _, err := doors["gate"].Door.Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "cardea connect gate") {
		t.Errorf("before the consent: %v", err)
	}
	address, err := d.BeginConsent(t.Context(), "gate", "test")
	if err != nil || !strings.HasPrefix(address, "https://auth.brivo.com/oauth/authorize?client_id=app&response_type=code&state=") {
		t.Fatalf("%s, %v", address, err)
	}
	_, state, _ := strings.Cut(address, "state=")
	if err := d.ReturnConsent(t.Context(), "gate", "c0de", "guessed", "test"); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("a state that was guessed: %v", err)
	}
	if err := d.FinishConsent(t.Context(), "gate", "https://cardea.test/oauth/gate?code=c0de&state="+state, "test"); err != nil {
		t.Fatal(err)
	}
	if err := d.ReturnConsent(t.Context(), "gate", "c0de", state, "test"); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("a state that was used: %v", err)
	}
	if n := len(g.asked); n != 1 || !strings.Contains(g.asked[0], "code=c0de") || !strings.Contains(g.asked[0], "redirect_uri=https%3A%2F%2Fcardea.test") {
		t.Errorf("asked %v", g.asked)
	}
}
