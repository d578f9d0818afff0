package brivo_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/brivo"
	"github.com/cardea-access/cardea/wire"
)

// TestAPassIsTakenAwayWhereRowsDoNotNameItsCredential: the documented row lacks credentialId, which the answer to the POST has.
func TestAPassIsTakenAwayWhereRowsDoNotNameItsCredential(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, brivo.PassesRemove)
	must(t, settle(t, s, runs))
	credential := fmt.Sprint("DELETE /users/7/credentials/", f.invitations[7][0]["credentialId"])
	delete(f.invitations[7][0], "credentialId")
	f.invitations[7][0]["status"] = "REDEEMED"
	f.now = f.now.Add(80 * time.Hour)
	must(t, settle(t, s, runs))
	must(t, settle(t, s, ended))
	if count(f.calls, credential) != 1 {
		t.Errorf("%s is not among %v", credential, f.calls)
	}
}

// TestTheAddressOfAnInvitationIsItsReference: Brivo writes to referenceId, not to the user, and mails nobody unless it is told to.
func TestTheAddressOfAnInvitationIsItsReference(t *testing.T) {
	t.Parallel()
	for mode, mailed := range map[brivo.PassMode]string{brivo.PassesBrivoApp: "true", brivo.PassesBrandedApp: "false"} {
		f, _, s := passing(t, mode, "")
		f.users[0]["emails"] = []row{{"address": "old@x.test"}}
		must(t, settle(t, s, door.PassWish{Account: "7", Email: " new@x.test ", Runs: true}))
		if v := f.invitations[7][0]; v["referenceId"] != "new@x.test" || v["mailed"] != mailed {
			t.Errorf("%s: %v", mode, v)
		}
	}
	_, _, s := passing(t, brivo.PassesBrivoApp, "")
	if err := settle(t, s, door.PassWish{Account: "7", Runs: true}); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("without an address: %v", err)
	}
}

func TestAnEmptyStockOfPassesIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode           brivo.PassMode
		allotted, used int
		want           bool
	}{{brivo.PassesBrivoApp, 5, 5, true}, {brivo.PassesBrivoApp, 5, 4, false}, {brivo.PassesOff, 5, 5, false}} {
		f := newFake(t)
		s := f.system(func(cfg *brivo.Config) { cfg.Passes, cfg.Memory = c.mode, &memory{kept: map[string]cardea.Kept{}} })
		f.answering("GET", "/credentials/digital/allotment", func() *http.Response {
			return said(200, row{"allotted": c.allotted, "assigned": c.used})
		})
		issues, err := s.Examine(t.Context())
		if told := slices.ContainsFunc(issues, func(i cardea.Issue) bool { return i.Code == "passes-used-up" }); err != nil || told != c.want {
			t.Errorf("%+v: %v, %v", c, issues, err)
		}
	}
}

// TestRefusedLoginsAreToldApart: the token endpoint has three bodies of its own, and the gateway's page stands before it.
func TestRefusedLoginsAreToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		resp   *http.Response
		class  cardea.Class
		saying string
		stands bool // a consent is still good
	}{
		{"administrator or password", said(401, row{"error": "invalid_grant", "error_description": "Bad credentials"}),
			cardea.Auth, "Administrator ID", false},
		{"client", said(401, row{"status": 401, "error": "Unauthorized", "message": "Bad credentials", "path": "/oauth/token"}),
			cardea.Auth, "does not know the application", true},
		{"no header", said(401, row{"error": "unauthorized", "error_description": "Full authentication is required to access this resource"}),
			cardea.Auth, "wants client_id and client_secret", true},
		{"the key", html(403, "Developer Inactive", nil), cardea.Auth, "API key", true},
		{"too fast", html(403, "Developer Over Qps", nil), cardea.Throttled, "one second", false},
		{"too much", html(403, "Developer Over Rate", nil), cardea.Throttled, "quota", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body, err := io.ReadAll(c.resp.Body)
			must(t, err)
			e := brivo.RefusedToken(c.resp.StatusCode, c.resp.Header, body)
			if e == nil || e.Class != c.class || !strings.Contains(e.Error(), c.saying) || errors.Is(e, wire.ErrConsentStands) != c.stands {
				t.Errorf("got %v", e)
			}
		})
	}
}

// login is Brivo's token endpoint before a fake.
type login struct {
	f     *fake
	life  int
	asked []*http.Request
	forms []url.Values
}

func (l *login) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/oauth/token") {
		return l.f.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	l.asked, l.forms = append(l.asked, r), append(l.forms, form)
	return said(200, row{"access_token": fmt.Sprint("t", len(l.asked)), "token_type": "bearer", "refresh_token": "r", "expires_in": l.life,
		"scope": "brivo.api", "jti": "0b6c2f0e"}), err
}

// TestTokensAreAskedForAsBrivoWantsThem: a form and never JSON, nothing in the query, the key beside the client; and one that lives
// for 59 seconds, as older texts have it, serves more than one call.
func TestTokensAreAskedForAsBrivoWantsThem(t *testing.T) {
	t.Parallel()
	for life, most := range map[int]int{59: 12, 60: 12, 300: 3} {
		synctest.Test(t, func(t *testing.T) {
			l := &login{f: newFake(t), life: life}
			hosts, err := brivo.HostsOf("", "")
			must(t, err)
			client, err := wire.New(wire.Config{
				Name: "brivo", Base: hosts.API, Transport: l, Now: time.Now, Header: brivo.Header(apiKey), Classify: brivo.Classify,
				Auth: wire.PasswordGrant(wire.OAuthConfig{
					Name: "brivo", TokenURL: hosts.Auth + "/oauth/token", ClientID: "app", Secret: "s3cret", Basic: true, Username: "acme1357",
					Password: "pw", Header: brivo.TokenHeader(apiKey, "app", "s3cret"), Classify: brivo.RefusedToken, Transport: l, Now: time.Now,
				}),
			})
			must(t, err)
			s, err := brivo.New(brivo.Config{Client: client, Now: time.Now})
			must(t, err)
			for range 50 { // ten minutes of a long read
				if _, err := s.Describe(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(12 * time.Second)
			}
			if n := len(l.asked); n > most+2 || n < most/2 {
				t.Errorf("life %d: %d tokens in ten minutes", life, n)
			}
			r, form := l.asked[0], l.forms[0]
			if r.Header.Get("Api-Key") != apiKey || r.Header.Get("Authorization") != "Basic "+brivo.Basic("app", "s3cret") ||
				r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
				t.Errorf("asked with %v, query %q", r.Header, r.URL.RawQuery)
			}
			if form.Get("grant_type") != "password" || form.Get("username") != "acme1357" || form.Get("password") != "pw" {
				t.Errorf("asked for %v", form)
			}
		})
	}
}

// TestTheSubscriptionHasOneCriterion: criteria are all to be met, so that two of one kind never are.
func TestTheSubscriptionHasOneCriterion(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	if _, err := f.system().Install(t.Context(), "https://cardea.test/hooks/brivo", hookPass); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.subscriptions[0]["criteria"]); got != "[map[criteriaOperationType:EQ criteriaType:AUDIT criteriaValue:1]]" {
		t.Errorf("subscribed to %s", got)
	}
}

// TestAnExpiredInvitationIsRepeatedInThreeCalls: a tenth of a house never redeems one, and each of them is invited again every third
// day. To cancel it first costs less than to be refused.
func TestAnExpiredInvitationIsRepeatedInThreeCalls(t *testing.T) {
	t.Parallel()
	f, _, s := passing(t, brivo.PassesBrivoApp, "")
	must(t, settle(t, s, runs))
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && f.invitations[7][0]["status"] != "CANCELLED" {
			return said(409, row{"code": 409, "message": "A digital invitation exists already"}), nil
		}
		if r.Method == http.MethodDelete { // what has expired is cancelled like one that is pending
			f.invitations[7][0]["status"] = "CANCELLED"
			return said(200, f.invitations[7][0]), nil
		}
		return nil, nil
	}
	f.now, f.calls = f.now.Add(80*time.Hour), nil
	must(t, settle(t, s, runs))
	if want := []string{"GET " + invitations, "DELETE " + invitations, "POST " + invitations}; !slices.Equal(f.calls, want) {
		t.Errorf("asked %v", f.calls)
	}
}
