package sandbox_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"
)

func TestBrivoPasswordGrantWantsTheAdministratorID(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	p := r.login("acme1357")
	if p.Expires != 300 || p.Kind != "bearer" || p.Scope != "brivo.api" || p.Refresh == "" {
		t.Errorf("%+v", p)
	}
	a := r.ask("app-password", "s1", "grant_type", "password", "username", "olga@x.test", "password", "pw")
	want(t, a, 401, `{"error":"invalid_grant","error_description":"Bad credentials"}`)
	a = r.ask("app-password", "s1", "grant_type", "password", "username", "acme1357", "password", "no")
	want(t, a, 401, "invalid_grant")
	a = r.ask("app-password", "no", "grant_type", "password", "username", "acme1357", "password", "pw")
	want(t, a, 401, `"error":"Unauthorized"`, `"message":"Bad credentials"`, `"path":"/oauth/token"`, `"status":401`)
	a = r.ask("app-login", "s2", "grant_type", "password", "username", "acme1357", "password", "pw")
	want(t, a, 401, "Unauthorized grant type")
	a = r.ask("app-password", "s1", "grant_type", "authorization_code", "code", "x")
	want(t, a, 401, "Unauthorized grant type")
	want(t, r.ask("app-password", "s1", "grant_type", "magic"), 400, "unsupported_grant_type")
	want(t, r.ask("app-password", "s1"), 400, "invalid_request")
	if n := len(r.Writes("brivo")); n != 0 {
		t.Errorf("%d token requests are in the log of writes", n)
	}
}

func TestBrivoTokenRequestIsAFormWithKeyAndBasicHeader(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	const form = "grant_type=password&username=acme1357&password=pw"
	at, kind := "/brivo/oauth/token", "application/x-www-form-urlencoded"
	basic := basicOf("app-password", "s1")
	a := r.must("POST", at, form, header("Content-Type", kind, "Api-Key", "k1"))
	want(t, a, 401, "Full authentication is required to access this resource")
	a = r.must("POST", at, form, header("Content-Type", kind, "Authorization", basic))
	want(t, a, 403, "<h1>Developer Inactive</h1>")
	r.set("auth_api_key", "optional")
	want(t, r.must("POST", at, form, header("Content-Type", kind, "Authorization", basic)), 200, "access_token")
	json := header("Content-Type", "application/json", "Authorization", basic)
	want(t, r.must("POST", at, `{"grant_type":"password"}`, json), 415)
	bare := header("Authorization", basic)
	want(t, r.must("POST", at+"?"+form, "", bare), 415)
	r.set("token_query", "accept")
	want(t, r.must("POST", at+"?"+form, "", bare), 200, "access_token")
	multi := "--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\npassword\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nacme1357\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\npw\r\n--b--\r\n"
	h := header("Content-Type", "multipart/form-data; boundary=b", "Authorization", basic)
	want(t, r.must("POST", at, multi, h), 200, "access_token")
	want(t, r.must("GET", "/brivo/oauth/token_key", "", nil), 200, "PUBLIC KEY")
	want(t, r.must("GET", "/brivo/oauth/elsewhere", "", nil), 404)
	want(t, r.must("GET", at, "", nil), 405)
}

func TestBrivoAccessTokenLivesFiveMinutes(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("GET", "/administrators/whoami", ""), 200, `"username":"acme1357"`)
	r.wait(299 * time.Second)
	want(t, r.api("GET", "/administrators/whoami", ""), 200)
	r.wait(time.Second)
	want(t, r.api("GET", "/administrators/whoami", ""), 401, `"error":"invalid_token"`)
	r.token = ""
	want(t, r.api("GET", "/administrators/whoami", ""), 200)
	want(t, r.must("POST", "/_sandbox/brivo/expire", "", nil), 200)
	want(t, r.api("GET", "/administrators/whoami", ""), 401)
	r.set("token_life", "5")
	if p := r.login("acme1357"); p.Expires != 5 {
		t.Error(p.Expires)
	}
}

func TestBrivoRefreshTokenDiesOnUse(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	first := r.login("acme1357")
	refresh := func(token string) reply {
		return r.ask("app-password", "s1", "grant_type", "refresh_token", "refresh_token", token)
	}
	second := into[pair](t, refresh(first.Refresh))
	if second.Refresh == "" || second.Refresh == first.Refresh {
		t.Fatalf("%+v", second)
	}
	want(t, refresh(first.Refresh), 400, "invalid_grant")
	r.set("refresh_refused", "401")
	want(t, refresh(first.Refresh), 401, "invalid_grant")
	want(t, r.ask("app-login", "s2", "grant_type", "refresh_token", "refresh_token", second.Refresh), 401) // another application's
	r.set("old_refresh", "lives")
	want(t, refresh(second.Refresh), 200)
	want(t, refresh(second.Refresh), 200)
	r.wait(14 * 24 * time.Hour)
	want(t, refresh(second.Refresh), 401) // counted from the login
}

func TestBrivoRefreshSlidesByASwitch(t *testing.T) {
	t.Parallel()
	for _, slides := range []string{"no", "yes"} {
		r := brivoUp(t, map[string]string{"brivo.refresh_slides": slides})
		token := r.login("acme1357").Refresh
		refresh := func() reply {
			return r.ask("app-password", "s1", "grant_type", "refresh_token", "refresh_token", token)
		}
		r.wait(10 * 24 * time.Hour)
		a := refresh()
		want(t, a, 200)
		token = into[pair](t, a).Refresh
		r.wait(10 * 24 * time.Hour)
		want(t, refresh(), map[string]int{"no": 400, "yes": 200}[slides])
	}
}

// walk goes through login and consent, and returns where the browser is sent.
func (r *brivoRig) walk(query, answer string) (reply, url.Values) {
	r.t.Helper()
	at := "/brivo/oauth/authorize?" + query
	form := header("Content-Type", "application/x-www-form-urlencoded")
	want(r.t, r.must("GET", at, "", nil), 200, "Administrator ID", `name="password"`)
	consent := r.must("POST", at, "username=acme1357&password=pw", form)
	want(r.t, consent, 200, "Login &amp; go", "brivo.api")
	m := regexp.MustCompile(`name="session" value="([^"]+)"`).FindStringSubmatch(consent.body)
	if m == nil {
		r.t.Fatal(consent.body)
	}
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := r.must("POST", at, "session="+m[1]+"&consent="+answer, form)
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		r.t.Fatal(err)
	}
	if to.Host != "cardea.test" || to.Query().Get("x") != "1" {
		r.t.Errorf("sent to %s", to)
	}
	return a, to.Query()
}

func TestBrivoAuthorizationCodeByTheConsentPage(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	const query = "response_type=code&client_id=app-login&state=s%26t"
	a, q := r.walk(query, "approve")
	if a.status != http.StatusTemporaryRedirect || q.Get("state") != "s&t" || q.Get("code") == "" {
		t.Fatalf("%d %v", a.status, q)
	}
	const back = "https://cardea.test/oauth/brivo?x=1"
	exchange := func(code, uri string) reply {
		return r.ask("app-login", "s2", "grant_type", "authorization_code", "code", code, "redirect_uri", uri, "client_id", "app-login",
			"client_secret", "s2")
	}
	want(t, r.ask("app-login", "s2", "grant_type", "authorization_code", "code", q.Get("code")), 400, "redirect_uri is missing")
	got := into[pair](t, exchange(q.Get("code"), back))
	r.token = got.Access
	want(t, r.api("GET", "/administrators/whoami", ""), 200, "acme1357")
	want(t, exchange(q.Get("code"), back), 400, "invalid_grant") // once
	want(t, r.ask("app-login", "s2", "grant_type", "refresh_token", "refresh_token", got.Refresh), 200)
	want(t, r.api("GET", "/applications/authorized", ""), 200, `"clientId":"app-login"`, `"count":1`)

	_, q = r.walk(query, "approve")
	want(t, exchange(q.Get("code"), "https://evil.test/"), 400, "Redirect URI mismatch")
	_, q = r.walk(query, "approve")
	r.wait(time.Minute)
	want(t, exchange(q.Get("code"), back), 400, "invalid_grant") // too late
	_, q = r.walk(query, "deny")
	if q.Get("error") != "access_denied" || q.Has("code") {
		t.Error(q)
	}
	r.set("callback", "get")
	r.set("code_form", "short")
	a, q = r.walk(query, "approve")
	want(t, a, 302)
	want(t, r.ask("app-login", "s2", "grant_type", "authorization_code", "code", q.Get("code")), 200, "access_token")
}

func TestBrivoConsentPageRefuses(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	at, form := "/brivo/oauth/authorize?", header("Content-Type", "application/x-www-form-urlencoded")
	want(t, r.must("GET", at+"response_type=code&client_id=nobody", "", nil), 401, "not known")
	want(t, r.must("GET", at+"response_type=code&client_id=app-password", "", nil), 401, "its grant is password")
	want(t, r.must("GET", at+"response_type=token&client_id=app-login", "", nil), 400)
	want(t, r.must("GET", at+"response_type=code&client_id=app-login&redirect_uri=https://evil.test", "", nil), 400, "registered")
	want(t, r.must("POST", at+"response_type=code&client_id=app-login", "username=olga@x.test&password=pw", form), 401, "is wrong")
	want(t, r.must("POST", at+"response_type=code&client_id=app-login", "session=guess&consent=approve", form), 401, "Log in again")
}

func TestBrivoHostsAreHeldToTheirPartAndRegion(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	form := "grant_type=password&username=acme1357&password=pw"
	h := header("Content-Type", "application/x-www-form-urlencoded", "Api-Key", "k1", "Authorization", basicOf("app-password", "s1"))
	to := func(origin, method, path, body string, h http.Header) reply {
		t.Helper()
		r.wait(60 * time.Millisecond)
		req, err := http.NewRequestWithContext(t.Context(), method, origin+path, readerOf(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = h.Clone()
		res, err := r.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return replyOf(t, res)
	}
	a := to("https://auth.brivo.com", "POST", "/brivo/oauth/token", form, h)
	want(t, a, 200, "access_token")
	bearer := header("Api-Key", "k1", "Authorization", "Bearer "+into[pair](t, a).Access)
	const who = "/v1/api/administrators/whoami"
	want(t, to("https://api.brivo.com", "GET", "/brivo"+who, "", bearer), 200)
	want(t, to("https://api.eu.brivo.com", "GET", "/brivo"+who, "", bearer), 403, "Developer Inactive")
	want(t, to("https://auth.eu.brivo.com", "POST", "/brivo/oauth/token", form, h), 401, `"error":"Unauthorized"`)
	want(t, to("https://auth.brivo.com", "GET", "/brivo"+who, "", bearer), 404)
	want(t, to("https://api.brivo.com", "POST", "/brivo/oauth/token", form, h), 596)
	want(t, to("http://127.0.0.1:9090", "GET", "/brivo/api"+who, "", bearer), 200) // both hosts below one
	want(t, to("http://127.0.0.1:9090", "POST", "/brivo/auth/oauth/token", form, h), 200)
	want(t, to("http://127.0.0.1:9090", "GET", "/brivo/auth"+who, "", bearer), 404)
	r.patch("brivo: {account: {region: eu}}")
	want(t, to("https://api.eu.brivo.com", "GET", "/brivo"+who, "", bearer), 200)
	want(t, to("https://api.brivo.com", "GET", "/brivo"+who, "", bearer), 403)
}

func TestBrivoApplicationIsOfOneKind(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("POST", "/applications", `{"name":"Both","grantTypes":["password","authorization_code"],"redirectUri":"https://x.test"}`), 400)
	want(t, r.api("POST", "/applications", `{"name":"Pass","grantTypes":["password"],"redirectUri":"https://x.test"}`), 400)
	want(t, r.api("POST", "/applications", `{"name":"Code","grantTypes":["authorization_code","refresh_token"]}`), 400)
	a := r.api("POST", "/applications", `{"name":"New","grantTypes":["password"]}`)
	want(t, a, 200, `"accessTokenTtl":300`, `"refreshTokenTtl":1209600`)
	app := into[struct{ ClientID, Secret string }](t, a)
	if len(app.Secret) != 32 {
		t.Errorf("secret %q", app.Secret)
	}
	p := r.ask(app.ClientID, app.Secret, "grant_type", "password", "username", "acme1357", "password", "pw")
	want(t, p, 200)
	list := r.api("GET", "/applications", "")
	want(t, list, 200, `"count":3`)
	without(t, list, app.Secret, "s1")
	want(t, r.api("GET", "/applications/901", ""), 200, "app-password")
	want(t, r.api("DELETE", "/applications/901", ""), 204)
	want(t, r.api("GET", "/users", ""), 401) // its tokens are dead
	if err := r.Patch([]byte("brivo: {applications: [{id: 902, grantTypes: [password, authorization_code]}]}")); err == nil {
		t.Error("a world may give an application both kinds")
	}
}
