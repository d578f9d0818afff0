package sandbox_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func password(user string) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {user}, "password": {"pw"}}
}

func again(refresh string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
}

type nexToken struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
}

// bearer asks for the businesses with a token.
func (r nexRig) bearer(access string) reply {
	r.wait(time.Second)
	return r.must("GET", "/nexudus/api/sys/businesses", "", header("Authorization", "Bearer "+access))
}

func TestNexudusTokenWantsAForm(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	a := r.must("POST", "/nexudus/api/token", `{"grant_type":"password","username":"olga@x.test","password":"pw"}`,
		header("Content-Type", "application/json"))
	want(t, a, 400, "unsupported_grant_type")
	form := password("olga@x.test")
	form.Set("password", "wrong")
	want(t, r.ask(form, http.Header{}), 401, `"error":"invalid_grant"`, "error_description")
	form = password("two@x.test") // a second factor
	want(t, r.ask(form, http.Header{}), 401, "invalid_grant")
	form.Set("totp", "123456")
	want(t, r.ask(form, http.Header{}), 200, "access_token")
	r.wait(time.Second)
	want(t, r.must("GET", "/nexudus/api/sys/businesses", "", basic("two@x.test")), 401)
	if len(r.Writes("nexudus")) != 0 {
		t.Error("asking for a token is no write")
	}
}

func TestNexudusTokenLivesAsLongAsItSays(t *testing.T) {
	t.Parallel()
	for life, seconds := range map[string]int{"20m": 1199, "7d": 604799} {
		r := nexudusUp(t, "token_life", life)
		k := into[nexToken](t, r.ask(password("olga@x.test"), http.Header{}))
		if k.ExpiresIn != seconds || k.TokenType != "bearer" {
			t.Errorf("%s: %+v", life, k)
		}
		want(t, r.bearer(k.AccessToken), 200, "London")
		r.wait(time.Duration(seconds) * time.Second)
		want(t, r.bearer(k.AccessToken), 401)
	}
	r := nexudusUp(t)
	k := into[nexToken](t, r.ask(password("olga@x.test"), http.Header{}))
	want(t, r.must("POST", "/_sandbox/nexudus/expire", "", nil), 200)
	want(t, r.bearer(k.AccessToken), 401)
}

func TestNexudusRefreshTokensKnockEachOtherOut(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	first := into[nexToken](t, r.ask(password("olga@x.test"), header("client_id", "worker")))
	want(t, r.ask(again(first.RefreshToken), http.Header{}), 400, "invalid_client")
	want(t, r.ask(again(first.RefreshToken), header("client_id", "other")), 401, "invalid_grant")
	second := into[nexToken](t, r.ask(again(first.RefreshToken), header("client_id", "worker")))
	want(t, r.ask(again(first.RefreshToken), header("client_id", "worker")), 401, "invalid_grant")
	want(t, r.bearer(first.AccessToken), 200) // access tokens stay
	into[nexToken](t, r.ask(password("olga@x.test"), header("client_id", "worker")))
	want(t, r.ask(again(second.RefreshToken), header("client_id", "worker")), 401)
	// without a client_id the e-mail is it
	mine := into[nexToken](t, r.ask(password("olga@x.test"), http.Header{}))
	mine = into[nexToken](t, r.ask(again(mine.RefreshToken), header("client_id", "olga@x.test")))
	r.wait(15 * 24 * time.Hour)
	want(t, r.ask(again(mine.RefreshToken), header("client_id", "olga@x.test")), 401, "invalid_grant")
}

func TestNexudusMissingRoleLooksLikeABadToken(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	as := func(user, method, path, body string) reply {
		r.wait(1010 * time.Millisecond)
		return r.must(method, "/nexudus/api/"+path, body, basic(user))
	}
	want(t, as("few@x.test", "GET", "spaces/coworkers", ""), 200, "Ben Brandt")
	want(t, as("few@x.test", "GET", "spaces/coworkers/?id=[1]", ""), 401, "<html>")
	want(t, as("few@x.test", "GET", "spaces/teams", ""), 401)
	want(t, as("few@x.test", "POST", "spaces/coworkers", "{}"), 401)
	want(t, as("zoe@x.test", "GET", "spaces/coworkers", ""), 401) // a plain member
	want(t, as("zoe@x.test", "GET", "utils/enums?name=eWebhookAction", ""), 401)
	run := `{"Key":"SANDBOX_COWORKER_UPDATE_ACCESS_CONTROL","Ids":[]}`
	want(t, as("few@x.test", "POST", "spaces/coworkers/runcommand", run), 200)
	other := nexudusUp(t, "command_role", "Edit", "error_bodies", "json")
	want(t, other.must("POST", "/nexudus/api/spaces/coworkers/runcommand", run, basic("few@x.test")), 401, `{"Message":`)
	empty := nexudusUp(t, "error_bodies", "empty")
	if a := empty.must("GET", "/nexudus/api/spaces/coworkers", "", nil); a.status != 401 || a.body != "" {
		t.Errorf("%d %q", a.status, a.body)
	}
}

func TestNexudusThrottlesWith409(t *testing.T) {
	t.Parallel()
	get := func(r nexRig) reply { return r.must("GET", "/nexudus/api/sys/businesses", "", basic("olga@x.test")) }
	r := nexudusUp(t)
	want(t, get(r), 200)
	r.wait(100 * time.Millisecond)
	a := get(r) // the tenth of a second counts whole
	if a.status != 409 || a.body != "" || a.header.Get("Retry-After") != "1" || a.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %q %v", a.status, a.body, a.header)
	}
	r.wait(time.Second)
	want(t, r.must("GET", "/nexudus/api/sys/businesses", "", basic("few@x.test")), 401) // reads without the role count too
	n := 2
	for ; n < 200; n++ {
		r.wait(110 * time.Millisecond)
		if get(r).status != 200 {
			break
		}
	}
	if n != 120 {
		t.Errorf("%d requests in a minute, want 120", n)
	}
	other := nexudusUp(t, "throttle", "429")
	get(other)
	want(t, get(other), 429)
}

func TestNexudusCountsWritesApart(t *testing.T) {
	t.Parallel()
	for version, most := range map[string]int{"newer": 60, "older": 60} {
		r := nexudusUp(t, "limits", version)
		n := 0
		for ; n < 100; n++ {
			r.wait(110 * time.Millisecond)
			if r.must("PUT", "/nexudus/api/spaces/teams", "{}", basic("olga@x.test")).status == 409 {
				break
			}
		}
		if n != most {
			t.Errorf("%s: %d writes in a minute", version, n)
		}
	}
	r := nexudusUp(t, "limits", "older")
	for i := range 11 {
		a := r.must("GET", "/nexudus/api/sys/businesses", "", basic("olga@x.test"))
		if (a.status == 409) != (i == 10) {
			t.Errorf("read %d at once: %d", i, a.status)
		}
	}
	for scope, status := range map[string]int{"account": 409, "credential": 200} {
		s := nexudusUp(t, "limit_scope", scope)
		want(t, s.must("GET", "/nexudus/api/spaces/coworkers", "", basic("olga@x.test")), 200)
		want(t, s.must("GET", "/nexudus/api/spaces/coworkers", "", basic("few@x.test")), status)
	}
}
