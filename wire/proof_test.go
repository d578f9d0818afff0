package wire_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/wire"
)

// TestProofKeyTravelsAsItsSumAndThenOnceItself follows RFC 7636: whoever sees the address learns nothing of the verifier.
func TestProofKeyTravelsAsItsSumAndThenOnceItself(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"app-secret", ""} {
		synctest.Test(t, func(t *testing.T) {
			i, s := &issuer{t: t}, &shelf{kept: map[string][]byte{}}
			c := wire.OAuthConfig{
				Name: "door", TokenURL: "https://id.test/oauth/token", ClientID: "app", Secret: secret, Basic: secret != "", Transport: i, Now: time.Now,
				Store: s, Scopes: []string{"all", "offline_access"},
			}
			if secret != "" {
				c.Header = http.Header{"Authorization": {"Basic YXBwOmFwcC1zZWNyZXQ="}}
			}
			g := wire.AuthorizationCode(c, "https://cardea.test/oauth/door")
			const verifier = "0123456789012345678901234567890123456789012345678901234567890123"
			u, err := url.Parse(g.Prove("https://id.test/authorize", "st4te", verifier))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(verifier))
			want := url.Values{
				"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {"https://cardea.test/oauth/door"}, "scope": {"all offline_access"},
				"state": {"st4te"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
			}
			if u.RawQuery != want.Encode() {
				t.Errorf("consents at %s", u)
			}
			if err := g.ExchangeProven(t.Context(), " c0de-of-consent\n", verifier); err != nil {
				t.Fatal(err)
			}
			want = url.Values{
				"grant_type": {"authorization_code"}, "code": {"c0de-of-consent"}, "client_id": {"app"}, "code_verifier": {verifier},
				"redirect_uri": {"https://cardea.test/oauth/door"},
			}
			if got := i.forms[0].Encode(); got != want.Encode() {
				t.Errorf("exchanged %s, want %s", got, want.Encode())
			}
			time.Sleep(time.Hour)
			if saw, err := ask(t, i, g); err != nil || saw != "Bearer access-2" {
				t.Errorf("%s, %v", saw, err)
			}
			refresh := i.forms[1]
			if refresh.Get("scope") != "" || refresh.Has("client_secret") || (secret == "") != (refresh.Get("client_id") == "app") {
				t.Errorf("refreshed with %s", refresh.Encode())
			}
		})
	}
}
