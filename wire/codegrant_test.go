package wire_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// shelf keeps tokens.
type shelf struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail error
}

func (s *shelf) LoadToken(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[name], nil
}

func (s *shelf) SaveToken(_ context.Context, name string, token []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.kept[name] = token
	return nil
}

// issuer is a token endpoint whose refresh tokens die when they are used, and an API behind it.
type issuer struct {
	t      *testing.T
	mu     sync.Mutex
	n      int
	live   string // the only refresh token that is good
	forms  []url.Values
	header []http.Header
}

func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !strings.HasSuffix(r.URL.Path, "/oauth/token") {
		return answer(200, `{"saw":"`+r.Header.Get("Authorization")+`"}`), nil
	}
	form, err := url.ParseQuery(bodyOf(i.t, r))
	if err != nil {
		i.t.Error(err)
	}
	i.forms, i.header = append(i.forms, form), append(i.header, r.Header)
	good := form.Get("grant_type") == "authorization_code" && form.Get("code") == "c0de-of-consent" ||
		form.Get("grant_type") == "refresh_token" && form.Get("refresh_token") == i.live
	if !good {
		return answer(401, `{"error":"invalid_grant","error_description":"Invalid refresh token: `+form.Get("refresh_token")+`"}`), nil
	}
	i.n++
	i.live = fmt.Sprint("refresh-", i.n)
	return answer(200, fmt.Sprintf(`{"access_token":"access-%d","token_type":"bearer","refresh_token":%q,"expires_in":300}`, i.n, i.live)), nil
}

func (i *issuer) grant(store wire.TokenStore, key string) *wire.CodeGrant {
	return wire.AuthorizationCode(wire.OAuthConfig{
		Name: "door", TokenURL: "https://id.test/oauth/token", ClientID: "app", Secret: "app-secret", Basic: true, Transport: i, Now: time.Now,
		Store: store, Header: http.Header{"Api-Key": {key}, "Authorization": {"Basic YXBwOmFwcC1zZWNyZXQ="}},
	}, "https://cardea.test/oauth/door")
}

func ask(t *testing.T, i *issuer, g *wire.CodeGrant) (string, error) {
	t.Helper()
	client, err := wire.New(wire.Config{Name: "door", Base: "https://api.test", Transport: i, Now: time.Now, Auth: g.Authorizer(), Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Saw string }
	_, err = client.Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x", Out: &out})
	return out.Saw, err
}

func TestConsentIsRefreshedForEverAndOutlivesTheKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i, s := &issuer{t: t}, &shelf{kept: map[string][]byte{}}
		g := i.grant(s, "key-one")
		if _, err := ask(t, i, g); cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "cardea connect door") {
			t.Fatalf("before anybody consented: %v", err)
		}
		if err := g.Exchange(t.Context(), " c0de-of-consent\n"); err != nil {
			t.Fatal(err)
		}
		f := i.forms[0]
		if f.Get("redirect_uri") != "https://cardea.test/oauth/door" || f.Get("client_secret") != "app-secret" || i.header[0].Get("Api-Key") != "key-one" {
			t.Errorf("sent %v with %v", f, i.header[0])
		}
		time.Sleep(time.Minute) // the refusal stands for a while
		if saw, err := ask(t, i, g); err != nil || saw != "Bearer access-1" {
			t.Errorf("%q, %v", saw, err)
		}
		time.Sleep(10 * time.Minute)
		other := i.grant(s, "key-two") // another process, and another key
		if saw, err := ask(t, i, other); err != nil || saw != "Bearer access-2" {
			t.Errorf("%q, %v", saw, err)
		}
		if last := len(i.header) - 1; i.header[last].Get("Api-Key") != "key-two" || i.forms[last].Get("client_secret") != "" {
			t.Errorf("refreshed with %v, %v", i.header[last], i.forms[last])
		}
		if saw, err := ask(t, i, g); err != nil || saw != "Bearer access-2" || i.n != 2 {
			t.Errorf("the first process got %q, %v after %d tokens", saw, err, i.n)
		}
	})
}

func TestARefreshTokenIsKeptBeforeItsTokenIsUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i, s := &issuer{t: t}, &shelf{kept: map[string][]byte{}}
		g := i.grant(s, "key-one")
		if err := g.Exchange(t.Context(), "c0de-of-consent"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		s.fail = cardea.Errorf(cardea.Retry, "no disk")
		if saw, err := ask(t, i, g); err == nil {
			t.Errorf("used %q although the next refresh token is lost", saw)
		}
	})
}

func TestADeadConsentAsksForAnotherAndShowsNoToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i, s := &issuer{t: t}, &shelf{kept: map[string][]byte{}}
		g := i.grant(s, "key-one")
		if err := g.Exchange(t.Context(), "c0de-of-consent"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		i.live = "somebody-else"
		_, err := ask(t, i, g)
		if cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "cardea connect door") || strings.Contains(err.Error(), "refresh-1") {
			t.Errorf("got %v", err)
		}
		if err := g.Exchange(t.Context(), "c0de-that-is-wrong"); cardea.ClassOf(err) != cardea.Auth || strings.Contains(err.Error(), "c0de") {
			t.Errorf("got %v", err)
		}
		if a := g.Address("https://id.test/oauth/authorize", "s t"); a != "https://id.test/oauth/authorize?client_id=app&response_type=code&state=s+t" {
			t.Errorf("address %s", a)
		}
	})
}
