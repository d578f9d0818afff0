package opentech_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/wire"
)

const (
	apiKey    = "a2V5LytmMQ=="
	apiSecret = "c2VjcmV0LytmMg=="
)

// gate is a fake behind its token service.
type gate struct {
	*fake

	mu     sync.Mutex
	forms  []url.Values
	tokens int
	status int    // of the token service
	valid  string // the token that is taken, "" = any
	life   string
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.URL.Host == "auth.insomniaccia.com" {
		if r.URL.Path != "/auth/token" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			g.t.Errorf("the token service got %s as %s", r.URL.Path, r.Header.Get("Content-Type"))
		}
		if err := r.ParseForm(); err != nil {
			g.t.Error(err)
		}
		g.forms = append(g.forms, r.PostForm)
		if g.status != 0 {
			return said(g.status, row{"error": "invalid_client"}), nil
		}
		g.tokens++
		g.valid = "Bearer t" + strings.Repeat("x", g.tokens)
		token := strings.TrimPrefix(g.valid, "Bearer ")
		return raw(200, `{"token_type":"Bearer","access_token":"`+token+`","expires_in":`+g.life+`}`), nil
	}
	if r.URL.Host != "accesscontrol.insomniaccia.com" {
		g.t.Errorf("a call to %s", r.URL.Host)
	}
	if r.Header.Get("Authorization") != g.valid {
		return said(401, nil), nil
	}
	return g.fake.RoundTrip(r)
}

func (g *gate) system() *opentech.System {
	g.t.Helper()
	hosts, err := opentech.HostsOf("", "", "")
	if err != nil {
		g.t.Fatal(err)
	}
	now := func() time.Time { return g.clock }
	auth := wire.PasswordGrant(wire.OAuthConfig{
		Name: "gate", TokenURL: hosts.Token, ClientID: "cardea", Secret: "s3cret", Username: apiKey, Password: apiSecret,
		Transport: g, Now: now,
	})
	client, err := wire.New(wire.Config{
		Name: "gate", Base: hosts.Access, Transport: g, Now: now, Header: opentech.Header(), Auth: auth,
		Classify: opentech.Classify, Rand: func() float64 { return 0 }, Retries: -1, Secrets: []string{apiSecret},
	})
	if err != nil {
		g.t.Fatal(err)
	}
	s, err := opentech.New(opentech.Config{
		Client: client, Memory: g.memory, Connection: "gate", Facility: "7", Rand: g.random, Now: now,
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return s
}

func TestTheTokenIsAPasswordGrantOfFourCredentials(t *testing.T) {
	t.Parallel()
	g := &gate{fake: newFake(t), life: "3600"}
	g.unit(1, "1", "Vacant")
	s := g.system()
	grant(t, s, edge("unit:1", "ana"))
	g.clock = g.clock.Add(50 * time.Minute)
	grant(t, s, edge("unit:1", "ana"))
	if len(g.forms) != 1 {
		t.Errorf("%d tokens in 50 minutes", len(g.forms))
	}
	f := g.forms[0]
	for k, want := range map[string]string{
		"grant_type": "password", "username": apiKey, "password": apiSecret, "client_id": "cardea", "client_secret": "s3cret",
	} {
		if f.Get(k) != want {
			t.Errorf("%s is %q", k, f.Get(k))
		}
	}
	// expires_in counts seconds: after an hour another token is asked for, not after sixty.
	g.clock = g.clock.Add(11 * time.Minute)
	grant(t, s, edge("unit:1", "ana"))
	if len(g.forms) != 2 {
		t.Errorf("%d tokens after an hour", len(g.forms))
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	g := &gate{fake: newFake(t), life: "3600"}
	g.unit(1, "1", "Vacant")
	s := g.system()
	if _, err := s.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.valid = "Bearer another"
	grant(t, s, edge("unit:1", "ana"))
	if g.tokens != 2 || len(g.visitors) != 1 {
		t.Errorf("%d tokens, %d visitors", g.tokens, len(g.visitors))
	}
}

func TestWrongCredentialsAreA400OfTheTokenServiceAndMeanAuth(t *testing.T) {
	t.Parallel()
	g := &gate{fake: newFake(t), status: 400, life: "3600"}
	_, err := g.system().Describe(t.Context())
	class(t, err, cardea.Auth)
	for _, secret := range []string{apiKey, apiSecret, "s3cret", base64.StdEncoding.EncodeToString([]byte(apiKey))} {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("a credential stands in %v", err)
		}
	}
}

func TestReadOnlyModeSendsNoWrite(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.unit(2, "2", "Vacant")
	f.visitor(50, 1, "zoe@x.test")
	client, err := wire.New(wire.Config{
		Name: "gate", Base: opentech.ProductionAccess, Transport: f, Now: func() time.Time { return f.clock }, ReadOnly: true,
		Header: opentech.Header(), Auth: wire.Static("Authorization", "Bearer t"), Classify: opentech.Classify,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := f.system(func(c *opentech.Config) { c.Client = client })
	zoe := edge("unit:1", "zoe")
	zoe.Account = "mail:zoe@x.test"
	_, errs := s.Grant(t.Context(), []cardea.Edge{edge("unit:2", "ana")})
	errs = append(errs, s.Revoke(t.Context(), []cardea.Edge{zoe})...)
	errs = append(errs, s.Lock(t.Context(), []cardea.Edge{zoe})...)
	_, err = s.AddUnit(t.Context(), "9")
	errs = append(errs, err, s.DeleteUnit(t.Context(), "unit:2"))
	for _, err := range errs {
		class(t, err, cardea.Rejected)
	}
	is(t, "writes", f.wrote(), "")
	is(t, "edges", f.edges(), "unit:1/mail:zoe@x.test")
}

func TestThreeAddressesAndNoneDerivedFromAnother(t *testing.T) {
	t.Parallel()
	got, err := opentech.HostsOf("", "", "")
	if err != nil || got != (opentech.Hosts{
		Token: "https://auth.insomniaccia.com/auth/token", Access: "https://accesscontrol.insomniaccia.com",
		Event: "https://accessevent.insomniaccia.com",
	}) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = opentech.HostsOf("http://127.0.0.1:1/opentech/auth/", "http://127.0.0.1:1/opentech/accesscontrol", "")
	if err != nil || got.Token != "http://127.0.0.1:1/opentech/auth/auth/token" || got.Event != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range [][3]string{
		{"https://auth.x.test", "", ""}, {"", "https://a.x.test", ""}, {"", "", "https://e.x.test"},
		{"ftp://a", "https://a.x.test", ""},
		{"https://u:p@auth.x.test", "https://a.x.test", ""}, {"https://auth.x.test", "https://a.x.test?q=1", ""},
	} {
		if h, err := opentech.HostsOf(bad[0], bad[1], bad[2]); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%v is %+v, %v", bad, h, err)
		}
	}
}

func TestConfigurationsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	good := opentech.Config{Memory: f.memory, Facility: "7", Now: func() time.Time { return f.clock }}
	client, err := wire.New(wire.Config{Name: "gate", Base: "https://a.x.test", Transport: f, Now: good.Now})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*opentech.Config){
		"client": func(c *opentech.Config) { c.Client = nil }, "memory": func(c *opentech.Config) { c.Memory = nil },
		"clock": func(c *opentech.Config) { c.Now = nil }, "facility": func(c *opentech.Config) { c.Facility = " " },
		"short codes": func(c *opentech.Config) { c.CodeLength = 3 }, "long codes": func(c *opentech.Config) { c.CodeLength = 11 },
	} {
		c := good
		c.Client = client
		change(&c)
		if _, err := opentech.New(c); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%s: %v", name, err)
		}
	}
}
