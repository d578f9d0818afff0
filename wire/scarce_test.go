package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// miser gives out no token before a time, and says for how long when asked to.
type miser struct {
	opens      time.Time
	retryAfter string
	asked      int
	calls      int
}

// RoundTrip implements http.RoundTripper.
func (m *miser) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != "id.test" {
		m.calls++
		return answer(200, `{}`), nil
	}
	m.asked++
	if !time.Now().After(m.opens) { // at the very end the window is still closed
		if m.retryAfter == "" {
			return answer(429, `{"error":"too_many_requests","error_description":"5 token requests a minute"}`), nil
		}
		return answer(429, `{}`, "Retry-After", m.retryAfter), nil
	}
	return answer(200, `{"access_token":"tok","token_type":"Bearer","expires_in":3600}`), nil
}

func (m *miser) client(t *testing.T, lines *[]string, change func(*wire.OAuthConfig)) *wire.Client {
	t.Helper()
	c := wire.OAuthConfig{
		Name: "rnd", TokenURL: "https://id.test/oauth/token", ClientID: "me", Secret: "hush-hush", Transport: m, Now: time.Now,
		Waits: func(text string) { *lines = append(*lines, text) },
	}
	if change != nil {
		change(&c)
	}
	return client(t, m, func(w *wire.Config) { w.Auth = wire.ClientCredentials(c) })
}

func TestATokenIsWaitedForWhereTheWaitIsShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		began := time.Now()
		m := &miser{opens: began.Add(20 * time.Second), retryAfter: "20"}
		w := m.client(t, &lines, nil)
		// A write too: nothing was sent yet.
		post := wire.Call{Class: wire.Write, Method: http.MethodPost, Path: "/x"}
		if _, err := w.Do(t.Context(), post); err != nil || m.asked != 2 || m.calls != 1 {
			t.Fatalf("%v: asked %d times, %d calls", err, m.asked, m.calls)
		}
		if took := time.Since(began); took < 20*time.Second || took > 21*time.Second {
			t.Errorf("it took %s", took)
		}
		want := "rnd gives out no more tokens for now: waiting 20 s; with CARDEA_KEY set tokens are kept"
		if len(lines) != 1 || !strings.HasPrefix(lines[0], want) {
			t.Errorf("said %q", lines)
		}
	})
}

func TestATokenThatIsFarOffIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			retryAfter, says, not string
			change                func(*wire.OAuthConfig)
			within                time.Duration
		}{
			"longer than a short wait":   {retryAfter: "45", says: "try again in 45 s; with CARDEA_KEY"},
			"the vendor does not say":    {says: "try again in a minute; with CARDEA_KEY"},
			"tokens are kept":            {retryAfter: "45", says: "in 45 s", not: "CARDEA_KEY", change: func(c *wire.OAuthConfig) { c.Store = &memory{} }},
			"not kept on purpose":        {retryAfter: "45", says: "in 45 s", not: "CARDEA_KEY", change: func(c *wire.OAuthConfig) { c.Fleeting = true }},
			"the caller has not so long": {retryAfter: "12", says: "in 12 s", within: 10 * time.Second},
		} {
			var lines []string
			began := time.Now()
			m := &miser{opens: began.Add(time.Minute), retryAfter: c.retryAfter}
			w := m.client(t, &lines, c.change)
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if c.within > 0 {
				ctx, cancel = context.WithTimeout(ctx, c.within)
			}
			for range 3 {
				_, err := w.Do(ctx, get)
				if !errors.Is(err, wire.ErrNoToken) || cardea.ClassOf(err) != cardea.Throttled {
					t.Fatalf("%s: %v", name, err)
				}
				if text := err.Error(); !strings.Contains(text, c.says) || c.not != "" && strings.Contains(text, c.not) {
					t.Errorf("%s: %s", name, text)
				}
			}
			cancel()
			if time.Since(began) != 0 || m.asked != 1 || len(lines) != 0 {
				t.Errorf("%s: after %s, asked %d times, said %q", name, time.Since(began), m.asked, lines)
			}
		}
	})
}

func TestARefusedTokenSaysHowLongIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		m := &miser{opens: time.Now().Add(45 * time.Second), retryAfter: "45"}
		w := m.client(t, &lines, nil)
		for _, want := range []string{"in 45 s", "in 15 s", ""} {
			_, err := w.Do(t.Context(), get)
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Fatalf("want %q: %v", want, err)
			}
			time.Sleep(30 * time.Second)
		}
		if m.asked != 2 {
			t.Errorf("asked %d times", m.asked)
		}
	})
}
