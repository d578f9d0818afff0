package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// bank is a vendor with a token endpoint on its own host; tokens are tok-1, tok-2, ...
type bank struct {
	t       *testing.T
	mu      sync.Mutex
	tokens  int
	valid   string // "" = every token
	slow    time.Duration
	refuse  string // body of a 400 of the token endpoint
	calls   int
	lifeSec string
	secret  string
}

// RoundTrip implements http.RoundTripper.
func (b *bank) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "id.test" {
		select {
		case <-time.After(b.slow):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.URL.Host != "id.test" {
		b.calls++
		if got := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); b.valid != "" && got != b.valid {
			return answer(401, `{"message":"Unauthorized access"}`), nil
		}
		return answer(200, `{}`), nil
	}
	b.tokens++
	want := "client_id=me&client_secret=" + b.secret + "&grant_type=client_credentials&scope=a.read+b.read"
	if got := bodyOf(b.t, r); got != want || r.URL.Path != "/oauth/token" || r.Method != http.MethodPost {
		b.t.Errorf("token call %s %s with %s", r.Method, r.URL.Path, got)
	}
	if b.refuse != "" {
		return answer(400, b.refuse), nil
	}
	return answer(200, fmt.Sprintf(`{"access_token":"tok-%d","token_type":"Bearer","expires_in":%s}`, b.tokens, b.lifeSec)), nil
}

func newBank(t *testing.T) *bank {
	t.Helper()
	return &bank{t: t, lifeSec: "3600", secret: "hush-hush"}
}

func (b *bank) auth(change func(*wire.OAuthConfig)) wire.Authorizer {
	c := wire.OAuthConfig{
		Name: "rnd", TokenURL: "https://id.test/oauth/token", ClientID: "me", Secret: "hush-hush",
		Scopes: []string{"a.read", "b.read"}, Transport: b, Now: time.Now,
	}
	if change != nil {
		change(&c)
	}
	return wire.ClientCredentials(c)
}

type memory struct {
	mu   sync.Mutex
	kept map[string]string
	fail error
}

// LoadToken implements wire.TokenStore.
func (m *memory) LoadToken(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []byte(m.kept[name]), m.fail
}

// SaveToken implements wire.TokenStore.
func (m *memory) SaveToken(_ context.Context, name string, token []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail == nil {
		m.kept[name] = string(token)
	}
	return m.fail
}

var get = wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"}

func TestOneTokenServesAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		b.slow = time.Second
		w := client(t, b, func(c *wire.Config) { c.Auth = b.auth(nil) })
		var wg sync.WaitGroup
		// The one who began the flight leaves; the others must not suffer.
		ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)
		defer leave()
		wg.Go(func() {
			if _, err := w.Do(ctx, get); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		for range 20 {
			wg.Go(func() {
				if _, err := w.Do(t.Context(), get); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if b.tokens != 1 || b.calls != 20 {
			t.Errorf("%d tokens, %d calls", b.tokens, b.calls)
		}
	})
}

func TestTokensAreReplacedAMinuteEarly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		w := client(t, b, func(c *wire.Config) { c.Auth = b.auth(nil) })
		for i, step := range []time.Duration{0, 58 * time.Minute, 59 * time.Second, 2 * time.Second} {
			time.Sleep(step)
			if _, err := w.Do(t.Context(), get); err != nil {
				t.Fatal(err)
			}
			if want := 1 + i/3; b.tokens != want {
				t.Errorf("step %d: %d tokens, want %d", i, b.tokens, want)
			}
		}
	})
}

func TestRefusedTokenIsDroppedAndTriedAgainOnce(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.valid = "tok-2"
	w := client(t, b, func(c *wire.Config) { c.Auth = b.auth(nil) })
	// A write too: a 401 changed nothing.
	post := wire.Call{Class: wire.Write, Method: http.MethodPost, Path: "/x"}
	if _, err := w.Do(t.Context(), post); err != nil || b.tokens != 2 || b.calls != 2 {
		t.Errorf("%v after %d tokens and %d calls", err, b.tokens, b.calls)
	}
}

// hopeful always has other credentials to try.
type hopeful struct{ wire.Authorizer }

// Refused implements wire.Authorizer.
func (hopeful) Refused(context.Context, *http.Request) bool { return true }

func TestRefusedCredentialsAreTriedAgainOnlyOnce(t *testing.T) {
	t.Parallel()
	v, n := script(t, gives(401, ``), gives(401, ``))
	w := client(t, v, func(c *wire.Config) { c.Auth = hopeful{wire.Static("Authorization", "KEY abc")} })
	if _, err := w.Do(t.Context(), get); cardea.ClassOf(err) != cardea.Auth || *n != 2 {
		t.Errorf("%v after %d calls", err, *n)
	}
}

func TestLasting401DoesNotHammerTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		b.valid = "none"
		w := client(t, b, func(c *wire.Config) { c.Auth = b.auth(nil) })
		for range 10 {
			if _, err := w.Do(t.Context(), get); cardea.ClassOf(err) != cardea.Auth {
				t.Fatal(err)
			}
		}
		if b.tokens != 2 {
			t.Errorf("%d tokens at once", b.tokens)
		}
		time.Sleep(time.Minute)
		if _, err := w.Do(t.Context(), get); cardea.ClassOf(err) != cardea.Auth || b.tokens != 3 {
			t.Errorf("%v, %d tokens after a minute", err, b.tokens)
		}
	})
}

func TestTokensAreKept(t *testing.T) {
	t.Parallel()
	b, m := newBank(t), &memory{kept: map[string]string{}}
	with := func(c *wire.OAuthConfig) { c.Store = m }
	for range 3 { // three starts
		w := client(t, b, func(c *wire.Config) { c.Auth = b.auth(with) })
		if _, err := w.Do(t.Context(), get); err != nil {
			t.Fatal(err)
		}
	}
	if b.tokens != 1 {
		t.Errorf("%d tokens for three starts", b.tokens)
	}
	// A token of other credentials is not used.
	w := client(t, b, func(c *wire.Config) {
		c.Auth = b.auth(func(c *wire.OAuthConfig) { c.Store, c.Secret = m, "another" })
	})
	b.secret = "another"
	if _, err := w.Do(t.Context(), get); err != nil || b.tokens != 2 {
		t.Errorf("%v: the kept token was used for other credentials", err)
	}
}

func TestStoreThatFailsDoesNotStopCalls(t *testing.T) {
	t.Parallel()
	b, warned := newBank(t), 0
	w := client(t, b, func(c *wire.Config) {
		c.Auth = b.auth(func(c *wire.OAuthConfig) {
			c.Store, c.Warn = &memory{fail: errors.New("disk full")}, func(error) { warned++ }
		})
	})
	if _, err := w.Do(t.Context(), get); err != nil || warned != 2 {
		t.Errorf("%v, warned %d times", err, warned)
	}
}

func TestRefusedCredentialsAreSaidPlainlyAndNotAskedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		b.refuse = `{"error":"invalid_scope","error_description":"scope for hush-hush"}`
		w := client(t, b, func(c *wire.Config) { c.Auth = b.auth(nil) })
		for range 5 {
			_, err := w.Do(t.Context(), get)
			if cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "scope is not granted") ||
				strings.Contains(err.Error(), "hush-hush") {
				t.Fatalf("got %v", err)
			}
		}
		if b.tokens != 1 || b.calls != 0 {
			t.Errorf("%d token calls, %d calls", b.tokens, b.calls)
		}
		time.Sleep(31 * time.Second)
		b.refuse = ""
		if _, err := w.Do(t.Context(), get); err != nil {
			t.Errorf("the refusal stood for ever: %v", err)
		}
	})
}

func TestTokenCallIsAllowedInReadOnlyMode(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.lifeSec = `"3600"` // some vendors write numbers as text
	w := client(t, b, func(c *wire.Config) { c.Auth, c.ReadOnly = b.auth(nil), true })
	if _, err := w.Do(t.Context(), get); err != nil || b.tokens != 1 {
		t.Errorf("%v after %d token calls", err, b.tokens)
	}
}
