package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// brivoByConsent is Brivo by somebody's consent, with more settings.
func brivoByConsent(settings string) side {
	out := brivoSide
	out.connection = `{system: brivo, base_url: "` + origin + `brivo", api_key: sandbox-api-key, ` +
		`client_id: 3f1c0e52-1111-4222-8333-5a6b7c8d9e02, client_secret: brivo-login-app-secret, ` +
		`redirect_url: "http://127.0.0.1:8080/oauth/door"` + strings.TrimSuffix(", "+settings, ", ") + `}`
	return out
}

var sessionField = regexp.MustCompile(`name="session" value="([^"]+)"`)

// returning is a browser on its way back from Brivo to us.
type returning struct {
	method string
	to     *url.URL
	body   string
}

// pages walks Brivo's pages as an administrator does, and stops where Brivo sends the browser back.
func (r *rig) pages(address, answer string) returning {
	r.t.Helper()
	ask := func(method string, form url.Values) *http.Response {
		req, err := http.NewRequestWithContext(r.t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			r.t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := r.vendors.Transport().RoundTrip(req)
		if err != nil {
			r.t.Fatal(err)
		}
		return res
	}
	res := ask(http.MethodGet, nil)
	if page := bodyText(r.t, res); res.StatusCode != http.StatusOK || !strings.Contains(page, "Administrator ID") {
		r.t.Fatalf("the login page: %d %s", res.StatusCode, page)
	}
	res = ask(http.MethodPost, url.Values{"username": {"acme1357"}, "password": {"sandbox-password"}})
	found := sessionField.FindStringSubmatch(bodyText(r.t, res))
	if res.StatusCode != http.StatusOK || found == nil {
		r.t.Fatalf("the consent page: %d", res.StatusCode)
	}
	form := url.Values{"session": {found[1]}, "consent": {answer}}
	res = ask(http.MethodPost, form)
	bodyText(r.t, res)
	to, err := res.Location()
	if err != nil {
		r.t.Fatalf("after the consent: %d, %v", res.StatusCode, err)
	}
	if res.StatusCode == http.StatusTemporaryRedirect { // the browser repeats its POST, body and all
		return returning{http.MethodPost, to, form.Encode()}
	}
	return returning{http.MethodGet, to, ""}
}

// comeBack is that browser at our own door, with the headers it sends after a redirect from another site.
func (r *rig) comeBack(b returning) *httptest.ResponseRecorder {
	r.t.Helper()
	req := httptest.NewRequestWithContext(r.t.Context(), b.method, b.to.String(), strings.NewReader(b.body))
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	if b.method == http.MethodPost {
		req.Header.Set("Origin", "null")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	r.app.routes(r.term, &serveCmd{}, "127.0.0.1:8080").ServeHTTP(w, req)
	return w
}

// consent begins a consent and goes through with it.
func (r *rig) consent(answer string) {
	r.t.Helper()
	address, err := r.app.desk.BeginConsent(r.t.Context(), "door", "tester")
	if err != nil {
		r.t.Fatal(err)
	}
	if w := r.comeBack(r.pages(address, answer)); w.Code != http.StatusOK {
		r.t.Fatalf("the return: %d %s", w.Code, w.Body)
	}
}

// TestAConsentAtBrivoComesBackByPostAndHolds walks all of it: the command, Brivo's two pages, the browser's POST to our own address,
// and the life of what came of it.
func TestAConsentAtBrivoComesBackByPostAndHolds(t *testing.T) {
	t.Parallel()
	for _, callback := range []string{"post", "get"} {
		t.Run(callback, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				door := brivoByConsent("")
				r := pair(t, spaceSide("house"), door, kept(t), commonMappings(door))
				defer func() { r.shut() }()
				if err := r.vendors.SetSwitches(map[string]string{"brivo.callback": callback}); err != nil {
					t.Fatal(err)
				}
				asked := r.tokens()
				if err := r.app.desk.Connect(t.Context()); cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "cardea connect door") {
					t.Errorf("before the consent: %v", err)
				}
				begin := func() string {
					t.Helper()
					code, out, log := r.command(nil, (&connectCmd{Connection: "door"}).do)
					address := regexp.MustCompile(`http\S+`).FindString(out)
					if code != 0 || address == "" {
						t.Fatalf("cardea connect: %d %s %s", code, out, log)
					}
					return address
				}
				// Somebody says no; somebody comes with a state that was never given out; then it is done, and not twice.
				if w := r.comeBack(r.pages(begin(), "deny")); w.Code != http.StatusBadRequest {
					t.Errorf("a refusal came back: %d %s", w.Code, w.Body)
				}
				b := r.pages(begin(), "approve")
				forged := *b.to
				forged.RawQuery = url.Values{"code": {b.to.Query().Get("code")}, "state": {"guessed"}}.Encode()
				if w := r.comeBack(returning{b.method, &forged, b.body}); w.Code != http.StatusBadRequest || asked.Load() != 0 {
					t.Errorf("a guessed state: %d, %d tokens asked for", w.Code, asked.Load())
				}
				if w := r.comeBack(b); w.Code != http.StatusOK || strings.Contains(w.Body.String(), b.to.Query().Get("code")) {
					t.Fatalf("the return: %d %s", w.Code, w.Body)
				}
				if (callback == "post") != (b.method == http.MethodPost) {
					t.Errorf("callback %s came by %s", callback, b.method)
				}
				if w := r.comeBack(b); w.Code != http.StatusBadRequest {
					t.Errorf("the same return again: %d", w.Code)
				}
				fillHouse(r)
				r.sync(desk.InStep)
				// A refresh token that was used is dead; the tokens that follow serve.
				time.Sleep(10 * time.Minute)
				r.sync(desk.InStep)
				// A restart finds them, too.
				r.shut()
				r.open()
				time.Sleep(time.Hour)
				r.sync(desk.InStep)
				// The life of a refresh token counts from the consent here: after 14 days somebody is asked again, by the same command.
				time.Sleep(15 * 24 * time.Hour)
				result, err := r.try(t.Context())
				if err != nil || result.Standing() == desk.InStep || !strings.Contains(brief(result), "cardea connect door") {
					t.Errorf("after 15 days: %v %s", err, brief(result))
				}
				// Pasting the address does it without a server.
				back := r.pages(begin(), "approve")
				code, out, log := r.command(nil, (&connectCmd{Connection: "door", Code: back.to.String()}).do)
				if code != 0 || !strings.Contains(out, "is connected") {
					t.Fatalf("cardea connect --code: %d %s %s", code, out, log)
				}
				r.shut()
				r.open()
				r.sync(desk.InStep)
				for _, said := range []string{r.term.err.(*bytes.Buffer).String(), log, out} {
					if strings.Contains(said, "brivo-login-app-secret") || strings.Contains(said, "sandbox-api-key") {
						t.Error("a secret was logged")
					}
				}
			})
		})
	}
}

// tokens counts the calls to the token endpoint from now on.
func (r *rig) tokens() *atomic.Int64 {
	r.t.Helper()
	asked := &atomic.Int64{}
	r.tapped().before = func(_ int, req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/oauth/token") {
			asked.Add(1)
		}
		return nil, nil
	}
	return asked
}

// TestABrivoKeyIsReplacedWithoutConsentingAgain: the gateway's refusal names the key, and the new one serves the old consent.
func TestABrivoKeyIsReplacedWithoutConsentingAgain(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := brivoByConsent("")
		r := pair(t, spaceSide("house"), door, kept(t), commonMappings(door))
		defer func() { r.shut() }()
		r.consent("approve")
		fillHouse(r)
		r.sync(desk.InStep)
		r.patch(`brivo: {keys: [{key: another-key, qps: 50, monthly: 100000}, {key: sandbox-api-key, inactive: true}]}`)
		time.Sleep(time.Hour)
		result, err := r.try(t.Context())
		if text := brief(result); err != nil || result.Standing() == desk.InStep || !strings.Contains(text, "api_key") ||
			strings.Contains(text, "cardea connect door") {
			t.Errorf("with a dead key: %v %s", err, text)
		}
		asked := r.tokens()
		r.shut()
		newer := strings.Replace(door.connection, "sandbox-api-key", "another-key", 1)
		fresh := pair(t, spaceSide("house"), side{name: "brivo", connection: newer}, onSQLite, commonMappings(door))
		fresh.shut()
		fresh.set.file.Database = r.set.file.Database
		r.set.file = fresh.set.file
		r.open()
		r.house(cardea.Booking{ID: "bk-late", Title: "Interview", Resource: "elephant", Location: "london", Person: "cleo",
			Start: moment(t, "2026-11-23T10:00:00Z"), End: moment(t, "2026-11-23T12:00:00Z"), Zone: "Europe/London"})
		r.sync(desk.InStep)
		if n := asked.Load(); n != 1 {
			t.Errorf("%d token calls after the key was replaced, want the one refresh", n)
		}
	})
}

// TestAnEMailGivenAsBrivosLoginIsExplained: by us before anything is sent, and where Brivo refuses a login, by the same words.
func TestAnEMailGivenAsBrivosLoginIsExplained(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := side{name: "brivo", connection: strings.Replace(brivoSide.connection, "acme1357", "410001", 1)}
		r := pair(t, spaceSide("house"), door, onSQLite, commonMappings(door))
		defer r.shut()
		if err := r.app.desk.Connect(t.Context()); cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "Administrator ID") {
			t.Errorf("a refused login: %v", err)
		}
		f := *r.set.file.Connections["door"]
		f.User = "olga@x.test"
		before := len(r.vendors.Writes("brivo"))
		_, err := newBrivo("door", &f, nil, wiring{now: time.Now, transport: r.vendors.Transport()})
		if cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "Administrator ID") ||
			len(r.vendors.Writes("brivo")) != before {
			t.Errorf("an e-mail address: %v", err)
		}
	})
}
