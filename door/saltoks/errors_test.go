package saltoks_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/saltoks"
)

func TestClassifiesErrorsByTheirCodesInEitherForm(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		status int
		class  cardea.Class
		saying string
	}{
		`{"ErrorCode":"2202","Message":"User not found"}`: {404, cardea.NotFound, "User not found"},
		`{"ErrorCode":2202,"Message":"User not found"}`:   {404, cardea.NotFound, "User not found"},
		`{"ErrorCode":"2203","Message":"no"}`:             {403, cardea.Auth, "Site Admin"},
		`{"ErrorCode":"2212","Message":"no"}`:             {403, cardea.Rejected, "subscription"},
		`{"ErrorCode":2220,"Message":"no"}`:               {403, cardea.Rejected, "pod"},
		`{"ErrorCode":"2210"}`:                            {400, cardea.Rejected, "released"},
		`{"ErrorCode":"1101","Message":"bad"}`:            {404, cardea.Rejected, "bad"},
		`{"ErrorCode":"1100","Message":"bad"}`:            {404, cardea.Rejected, "code 1100 bad"},
		`{"ErrorCode":"2201","Message":"oh"}`:             {500, cardea.Retry, "oh"},
		`{"ErrorCode":"2299","Message":"hardware"}`:       {409, cardea.Conflict, "code 2299 hardware"},
		`{"ErrorCode":{"a":1},"Message":"odd"}`:           {400, cardea.Rejected, "odd"},
		`{"ErrorCode":"1500","Message":"who"}`:            {401, cardea.Auth, "who"},
	} {
		e := saltoks.Classify(c.status, nil, []byte(body))
		if e == nil || e.Class != c.class || !strings.Contains(e.Error(), c.saying) {
			t.Errorf("%s: %+v", body, e)
		}
	}
	for _, body := range []string{"", "<html>", `{"type":"https://httpstatuses.io/403","title":"Forbidden","status":403}`, "[]", "7"} {
		if e := saltoks.Classify(403, nil, []byte(body)); e != nil {
			t.Errorf("%s: %v, want the status to speak", body, e)
		}
	}
}

func TestAnAnswerThatWentWellAndSaysAnErrorDidNotGoWell(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "", "P", "P", "site_user")
	f.group(1, "One")
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPatch {
			return f.fail(200, "2212", "no subscription")
		}
		return nil
	}
	if _, errs := f.system().Grant(t.Context(), []cardea.Edge{edge(1, 2)}); cardea.ClassOf(errs[0]) != cardea.Rejected {
		t.Error(errs)
	}
}

func TestTokenRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for body, saying := range map[string]string{
		`{"error":"invalid_grant"}`: "accept and production", `{"error":"invalid_client"}`: "client_id", `{"error":"invalid_scope"}`: "offline_access",
		`{"error":"unauthorized_client"}`: "auth: code",
	} {
		if e := saltoks.RefusedToken(400, nil, []byte(body)); e == nil || e.Class != cardea.Auth || !strings.Contains(e.Error(), saying) {
			t.Errorf("%s: %v", body, e)
		}
	}
	if e := saltoks.RefusedToken(404, nil, nil); e == nil || e.Class != cardea.Retry {
		t.Errorf("the host is away: %v, want it tried again", e)
	}
	for _, status := range []int{429, 500, 503} {
		if e := saltoks.RefusedToken(status, nil, []byte(`{"error":"invalid_grant"}`)); e != nil {
			t.Errorf("%d: %v", status, e)
		}
	}
}

func TestHostsFollowEnvironmentAndAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, identity, environment, wantAPI, wantIdentity string }{
		{"", "", "", "https://connect.my-clay.com", "https://identity.eu.my-clay.com"},
		{"", "", "accept", "https://clp-accept-user.my-clay.com", "https://identity-acc.eu.my-clay.com"},
		{"http://127.0.0.1:9090/saltoks", "", "", "http://127.0.0.1:9090/saltoks/api", "http://127.0.0.1:9090/saltoks/identity"},
		{"https://a.test/", "https://b.test/", "", "https://a.test", "https://b.test"},
		{"", "https://identity.my-clay.com", "production", "https://connect.my-clay.com", "https://identity.my-clay.com"},
	} {
		h, err := saltoks.HostsOf(c.base, c.identity, c.environment)
		if err != nil || h.API != c.wantAPI || h.Identity != c.wantIdentity {
			t.Errorf("%+v: %+v, %v", c, h, err)
		}
	}
	for _, c := range [][3]string{{"", "", "staging"}, {"ftp://x", "", ""}, {"", "https://u:p@x", ""}, {"https://x?a=b", "", ""}} {
		if _, err := saltoks.HostsOf(c[0], c[1], c[2]); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestLimitsSayThatAccountsInviteAndGroupsAreSeeded(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	l := f.system().Limits()
	if !l.InvitesOnCreate || !l.NeedsEmail || !l.SeedsGroups || !l.ByGroup || l.Timed || l.Settle != time.Minute || l.Propagation != 45*time.Second || len(l.Profile) != 0 {
		t.Errorf("%+v", l)
	}
}
