package main

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/wire"
)

const saltoSite = "11111111-1111-1111-1111-111111111111"

// warden answers as Salto's two hosts do, and notes what it was asked.
type warden struct {
	asked []string
	forms []url.Values
}

func (g *warden) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, err
		}
		g.forms = append(g.forms, form)
	}
	g.asked = append(g.asked, r.URL.Host+r.URL.Path+" "+r.Header.Get("Authorization"))
	answer := `{"id":"22222222-2222-2222-2222-222222222222","email":"service@x.test"}`
	switch {
	case strings.HasSuffix(r.URL.Path, "/connect/token"):
		answer = `{"access_token":"t","token_type":"Bearer","refresh_token":"r","expires_in":3600}`
	case strings.HasSuffix(r.URL.Path, "/sites"):
		answer = `{"items":[{"id":"` + saltoSite + `","site_uid":"XX1","customer_reference":"Demo"}],"next_page_link":null,"count":1}`
	case strings.HasSuffix(r.URL.Path, "/sites/"+saltoSite):
		answer = `{"id":"` + saltoSite + `","customer_reference":"Demo"}`
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func saltoFile(t *testing.T, lines string) *config.File {
	t.Helper()
	f, err := config.Parse("cardea.yaml", []byte("connections:\n  gate: {system: saltoks, client_id: app"+lines+"}\n"), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSaltoKSConnectsByPasswordOnlyWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	g := &warden{}
	w := wiring{now: time.Now, transport: g, slots: wire.LocalSlots()}
	const login = ", client_secret: app-secret, user: service@x.test, password: pass-word"
	_, doors, err := connect(saltoFile(t, login+", auth: password, environment: accept, site: XX1"), w)
	if err != nil {
		t.Fatal(err)
	}
	org, err := doors["gate"].Door.Describe(t.Context())
	if err != nil || org.ID != saltoSite || org.Name != "Demo" || org.Who != "service@x.test" {
		t.Fatalf("%+v, %v", org, err)
	}
	if g.asked[0] != "identity-acc.eu.my-clay.com/connect/token Basic YXBwOmFwcC1zZWNyZXQ=" ||
		g.forms[0].Encode() != "grant_type=password&password=pass-word&scope=user_api.full_access&username=service%40x.test" {
		t.Errorf("asked for a token with %s %v", g.asked[0], g.forms[0])
	}
	if g.asked[1] != "clp-accept-user.my-clay.com/v1.2/sites Bearer t" {
		t.Errorf("then asked %s", g.asked[1])
	}
	for lines, saying := range map[string]string{
		login:                                 "auth: password",
		login + ", auth: basic":               "neither",
		", auth: password":                    "user",
		"":                                    "redirect_url",
		", redirect_url: https://x.test":      "CARDEA_KEY",
		", environment: staging":              "environment",
		login + ", auth: password, passes: x": "passes",
	} {
		if _, _, err := connect(saltoFile(t, lines), w); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), saying) {
			t.Errorf("%q: %v", lines, err)
		}
	}
}

func TestSaltoKSConnectsByAConsentThatIsProven(t *testing.T) {
	t.Parallel()
	for name, finish := range map[string]func(d *desk.Desk, state string) error{
		"by the address": func(d *desk.Desk, state string) error {
			return d.FinishConsent(t.Context(), "gate", "https://cardea.test/oauth/gate?code=c0de&state="+state, "test")
		},
		"by the code alone": func(d *desk.Desk, _ string) error { return d.FinishConsent(t.Context(), "gate", "c0de", "test") },
		"by the browser": func(d *desk.Desk, state string) error {
			return d.ReturnConsent(t.Context(), "gate", "c0de", state, "test")
		},
	} {
		t.Run(name, func(t *testing.T) {
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
			g, kept := &warden{}, s.In("default")
			_, doors, err := connect(saltoFile(t, ", redirect_url: 'https://cardea.test/oauth/gate'"), wiring{
				now: time.Now, transport: g, slots: wire.LocalSlots(), tokens: kept, memory: kept,
			})
			if err != nil {
				t.Fatal(err)
			}
			begin := func() (*desk.Desk, url.Values) {
				d := desk.New(desk.Config{Store: s, Doors: doors, Now: time.Now}) // another process each time
				address, err := d.BeginConsent(t.Context(), "gate", "test")
				u, parseErr := url.Parse(address)
				if err != nil || parseErr != nil || u.Host+u.Path != "identity.eu.my-clay.com/connect/authorize" {
					t.Fatalf("%s, %v, %v", address, err, parseErr)
				}
				return desk.New(desk.Config{Store: s, Doors: doors, Now: time.Now}), u.Query()
			}
			_, first := begin()
			d, q := begin()
			if q.Get("code_challenge") == first.Get("code_challenge") || q.Get("code_challenge_method") != "S256" ||
				q.Get("scope") != "user_api.full_access offline_access" || q.Get("redirect_uri") != "https://cardea.test/oauth/gate" {
				t.Errorf("consents with %v", q)
			}
			if err := d.ReturnConsent(t.Context(), "gate", "c0de", first.Get("state"), "test"); cardea.ClassOf(err) != cardea.Auth {
				t.Errorf("the state of a consent that was begun anew: %v", err)
			}
			if err := finish(d, q.Get("state")); err != nil {
				t.Fatal(err)
			}
			if len(g.forms) != 1 {
				t.Fatalf("asked %v", g.asked)
			}
			sum := sha256.Sum256([]byte(g.forms[0].Get("code_verifier")))
			if got := base64.RawURLEncoding.EncodeToString(sum[:]); got != q.Get("code_challenge") {
				t.Errorf("the verifier does not prove the challenge: %v", g.forms[0])
			}
			if g.forms[0].Has("client_secret") || g.forms[0].Get("client_id") != "app" {
				t.Errorf("a public client sent %v", g.forms[0])
			}
			if err := d.FinishConsent(t.Context(), "gate", "c0de", "test"); cardea.ClassOf(err) != cardea.Auth {
				t.Errorf("once more: %v", err)
			}
		})
	}
}
