package wire_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// counter answers the token endpoint of a password grant.
type counter struct {
	t    *testing.T
	form string
	says int
	body string
}

// RoundTrip implements http.RoundTripper.
func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/auth/token") {
		c.form = bodyOf(c.t, r)
		return answer(c.says, c.body), nil
	}
	return answer(200, `{"saw":"`+r.Header.Get("Authorization")+`"}`), nil
}

func (c *counter) client(t *testing.T) *wire.Client {
	t.Helper()
	client, err := wire.New(wire.Config{
		Name: "gate", Base: "https://api.test", Transport: c, Now: time.Now,
		Auth: wire.PasswordGrant(wire.OAuthConfig{
			Name: "gate", TokenURL: "https://id.test/auth/token", ClientID: "app", Secret: "app-secret",
			Username: "a+key=", Password: "key-secret==", Transport: c, Now: time.Now,
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestPasswordGrantSendsAllFourCredentialsAsAForm(t *testing.T) {
	t.Parallel()
	c := &counter{t: t, says: 200, body: `{"access_token":"tok","token_type":"Bearer","expires_in":3600}`}
	var out struct{ Saw string }
	if _, err := c.client(t).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x", Out: &out}); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(c.form)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"grant_type": {"password"}, "username": {"a+key="}, "password": {"key-secret=="},
		"client_id": {"app"}, "client_secret": {"app-secret"},
	}
	if form.Encode() != want.Encode() || out.Saw != "Bearer tok" {
		t.Errorf("sent %s and then %q", c.form, out.Saw)
	}
}

func TestRefusedPasswordGrantIsAuthAndShowsNoCredential(t *testing.T) {
	t.Parallel()
	c := &counter{t: t, says: 400, body: `{"error":"invalid_grant","error_description":"a+key= with key-secret== is wrong"}`}
	_, err := c.client(t).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"})
	if cardea.ClassOf(err) != cardea.Auth {
		t.Fatalf("got %v", err)
	}
	for _, secret := range []string{"a+key=", "key-secret==", "app-secret"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q shows in %v", secret, err)
		}
	}
}
