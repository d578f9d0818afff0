package sandbox_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func asks(change ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {"cardea"}, "redirect_uri": {"https://cardea.test/oauth/door"}, "state": {"st"},
		"scope": {"openid offline_access user_api.full_access"}, "code_challenge": {challengeOf("verifier")}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return q
}

var requestField = regexp.MustCompile(`name="request" value="([^"]+)"`)

// consent walks the page, and returns where it leads.
func (r *saltoRig) consent(q url.Values, decision, secret string) reply {
	r.t.Helper()
	page := r.must("GET", "/saltoks/identity/connect/authorize?"+q.Encode(), "", nil)
	found := requestField.FindStringSubmatch(page.body)
	if page.status != 200 || found == nil || !strings.Contains(page.body, `action="/saltoks/identity/account/consent"`) {
		r.t.Fatalf("no consent page: %d %s %s", page.status, page.header.Get("Location"), page.body)
	}
	form := url.Values{"request": {found[1]}, "username": {"olga@x.test"}, "password": {secret}, "decision": {decision}}
	return r.must("POST", "/saltoks/identity/account/consent", form.Encode(), header("Content-Type", formKind))
}

// back is where an answer leads to.
func back(t *testing.T, a reply) url.Values {
	t.Helper()
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusFound || to.Host != "cardea.test" || to.Query().Get("state") != "st" {
		t.Fatalf("%d leads to %q: %s", a.status, a.header.Get("Location"), a.body)
	}
	return to.Query()
}

func byCode(code, verifier string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"https://cardea.test/oauth/door"}, "client_id": {"cardea"},
		"code_verifier": {verifier},
	}
}

func byRefresh(token any) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {fmt.Sprint(token)}}
}

func TestSaltoksCodeFlowNeedsItsVerifierAndWorksOnce(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	want(t, r.consent(asks(), "allow", "wrong"), 200, "Invalid username or password")
	if q := back(t, r.consent(asks(), "deny", "pw")); q.Get("error") != "access_denied" || q.Get("code") != "" {
		t.Errorf("denied: %v", q)
	}
	code := back(t, r.consent(asks(), "allow", "pw")).Get("code")
	want(t, r.ask(byCode(code, "another"), "s3cret"), 400, "invalid_grant")
	want(t, r.ask(byCode(code, "verifier"), "s3cret"), 400, "invalid_grant") // the first try used it up
	code = back(t, r.consent(asks(), "allow", "pw")).Get("code")
	a := r.ask(byCode(code, "verifier"), "s3cret")
	want(t, a, 200, `"expires_in":3600`, `"refresh_token"`, `"id_token"`, "user_api.full_access")
	tokens := into[map[string]any](t, a)
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(fmt.Sprint(tokens["access_token"]), ".")[1])
	var c map[string]any
	if err != nil || json.Unmarshal(claims, &c) != nil || c["aud"] != "user_api" || c["sub"] == r.ids["people Olga"] {
		t.Errorf("claims %s", claims)
	}
	r.token = fmt.Sprint(tokens["access_token"])
	want(t, r.get("/v1.2/me"), 200, "olga@x.test")
	want(t, r.ask(byCode(code, "verifier"), "s3cret"), 400, "invalid_grant")
	want(t, r.get("/v1.2/me"), 401) // a code used twice ends what it gave
	code = back(t, r.consent(asks(), "allow", "pw")).Get("code")
	r.wait(5 * time.Minute)
	want(t, r.ask(byCode(code, "verifier"), "s3cret"), 400, "invalid_grant")
}

func TestSaltoksAuthorizeRefuses(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	for name, q := range map[string]url.Values{
		"client": asks("client_id", "nobody"), "redirect": asks("redirect_uri", "https://evil.test/oauth/door"),
	} {
		a := r.must("GET", "/saltoks/identity/connect/authorize?"+q.Encode(), "", nil)
		if a.status != 400 || a.header.Get("Location") != "" {
			t.Errorf("%s: %d %s", name, a.status, a.header.Get("Location"))
		}
	}
	for says, q := range map[string]url.Values{
		"unsupported_response_type": asks("response_type", "token"), "invalid_scope": asks("scope", "locks:read"),
		"invalid_request": asks("code_challenge_method", "plain"),
	} {
		if got := back(t, r.must("GET", "/saltoks/identity/connect/authorize?"+q.Encode(), "", nil)).Get("error"); got != says {
			t.Errorf("%s: %s", says, got)
		}
	}
	bare := asks()
	bare.Del("code_challenge")
	bare.Del("code_challenge_method")
	if got := back(t, r.must("GET", "/saltoks/identity/connect/authorize?"+bare.Encode(), "", nil)).Get("error"); got != "invalid_request" {
		t.Error(got)
	}
	if err := r.SetSwitches(saltoSwitches("pkce", "optional")); err != nil {
		t.Fatal(err)
	}
	code := back(t, r.consent(bare, "allow", "pw")).Get("code")
	want(t, r.ask(byCode(code, ""), "s3cret"), 200)
	want(t, r.must("GET", "/saltoks/identity/.well-known/openid-configuration", "", nil), 200, `"token_endpoint":"http://sandbox/saltoks/identity/connect/token"`)
}

func TestSaltoksRefreshTokensTurn(t *testing.T) {
	t.Parallel()
	for value, c := range map[string]struct{ again, after int }{"revoke": {400, 400}, "once": {400, 200}, "kept": {200, 200}} {
		r := saltoTower(t, "refresh", value)
		a := r.ask(byRefresh("given-before"), "s3cret")
		want(t, a, 200)
		next := into[map[string]any](t, a)["refresh_token"]
		if next == "given-before" || next == nil {
			t.Errorf("%s: the next one is %v", value, next)
		}
		want(t, r.ask(byRefresh("given-before"), "s3cret"), c.again)
		want(t, r.ask(byRefresh(next), "s3cret"), c.after)
	}
	r := saltoTower(t)
	want(t, r.ask(byRefresh("given-before"), "wrong"), 400, "invalid_client")
	r.wait(15 * 24 * time.Hour)
	want(t, r.ask(byRefresh("given-before"), "s3cret"), 400, "invalid_grant")
}

func TestSaltoksTokenEndpointSwitches(t *testing.T) {
	t.Parallel()
	r := saltoTower(t, "token_life", "120")
	want(t, r.get("/v1.2/me"), 200)
	r.wait(2 * time.Minute)
	a := r.get("/v1.2/me")
	want(t, a, 401)
	if a.body != "" || !strings.Contains(a.header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("401 with %q, %s", a.body, a.header)
	}
	in := saltoPassword("olga@x.test")
	in.Set("client_id", "cardea")
	in.Set("client_secret", "s3cret")
	want(t, r.ask(in, ""), 400, "invalid_client")
	if err := r.SetSwitches(saltoSwitches("client_auth", "any")); err != nil {
		t.Fatal(err)
	}
	want(t, r.ask(in, ""), 200)
	if err := r.SetSwitches(saltoSwitches("invalid_client", "401", "password_grant", "refused")); err != nil {
		t.Fatal(err)
	}
	want(t, r.ask(in, "wrong"), 401, "invalid_client")
	want(t, r.ask(saltoPassword("olga@x.test"), "s3cret"), 400, "unauthorized_client")
}

func TestSaltoksPasswordGrantRefuses(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	bad := saltoPassword("olga@x.test")
	bad.Set("password", "no")
	want(t, r.ask(bad, "s3cret"), 400, "invalid_grant")
	want(t, r.ask(saltoPassword("tag@x.test"), "s3cret"), 400, "invalid_grant") // has no profile
	bad = saltoPassword("olga@x.test")
	bad.Set("scope", "user_api.full_access locks:read")
	want(t, r.ask(bad, "s3cret"), 400, `{"error":"invalid_scope"}`)
	want(t, r.ask(url.Values{"grant_type": {"client_credentials"}}, "s3cret"), 400, "unauthorized_client")
	phone := saltoPassword("olga@x.test") // a public client, without offline_access
	phone.Set("client_id", "phone")
	want(t, r.ask(phone, ""), 400, "invalid_scope")
	phone.Set("scope", "user_api.full_access")
	a := r.ask(phone, "")
	want(t, a, 200)
	if strings.Contains(a.body, "refresh_token") {
		t.Errorf("a refresh token without offline_access: %s", a.body)
	}
	in := saltoPassword("olga@x.test")
	in.Set("scope", "openid")
	r.token = fmt.Sprint(into[map[string]any](t, r.ask(in, "s3cret"))["access_token"])
	want(t, r.get("/v1.2/me"), 403)
	want(t, r.must("GET", "/saltoks/v1.2/me", "", nil), 401)
	if len(r.Writes("saltoks")) != 0 {
		t.Errorf("tokens are in the log: %v", r.Writes("saltoks"))
	}
}

func TestSaltoksTokensCanBeEnded(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	want(t, r.must("POST", "/_sandbox/saltoks/expire", "", nil), 200)
	want(t, r.get("/v1.2/me"), 401)
	want(t, r.ask(byRefresh("given-before"), "s3cret"), 200)
}
