package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

func TestAQuestionNeedsItsScopeAndNoOther(t *testing.T) {
	t.Parallel()
	for target, scope := range routesAndScopes {
		for text, token := range newFake().tokens {
			r := newRoom()
			w := r.get(target, text)
			if token.May(scope) {
				if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || len(r.asked) != 2 {
					t.Errorf("%s with %s: %d %s, asked %q", target, text, w.Code, w.Body, r.asked)
				}
				continue
			}
			code, message := told(t, w)
			if w.Code != http.StatusForbidden || code != "auth" || !strings.Contains(message, string(scope)) ||
				!strings.Contains(message, token.Name) ||
				!strings.Contains(w.Header().Get("WWW-Authenticate"), `error="insufficient_scope", scope="`+string(scope)+`"`) {
				t.Errorf("%s with %s: %d %s", target, text, w.Code, w.Body)
			}
			if !slices.Equal(r.asked, []string{"admit"}) {
				t.Errorf("%s with %s: the desk was asked %q", target, text, r.asked)
			}
		}
	}
}

func TestATokenCountsInItsHeaderAlone(t *testing.T) {
	t.Parallel()
	for what, header := range map[string][]string{
		"none": nil, "a cookie": {"Cookie", "token=all; Authorization=Bearer all"}, "another scheme": {"Authorization", "Basic all"},
		"no scheme": {"Authorization", "all"}, "no token": {"Authorization", "Bearer "}, "a header of its own": {"X-Api-Key", "all"},
	} {
		r := newRoom()
		w := r.ask("GET", "/api/v1/integrations", header...)
		if code, _ := told(t, w); w.Code != http.StatusUnauthorized || code != "auth" ||
			w.Header().Get("WWW-Authenticate") != `Bearer realm="cardea"` {
			t.Errorf("%s: %d %v %s", what, w.Code, w.Header(), w.Body)
		}
		if len(r.asked) != 0 {
			t.Errorf("%s: the desk was asked %q", what, r.asked)
		}
	}
	r := newRoom()
	for _, query := range []string{"?token=all", "?access_token=all", "?authorization=Bearer%20all"} {
		if w := r.ask("GET", "/api/v1/integrations"+query); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
		w := r.get("/api/v1/integrations"+query, "all")
		if _, message := told(t, w); w.Code != http.StatusUnprocessableEntity || !strings.Contains(message, "query.") ||
			strings.Contains(message, "all") {
			t.Errorf("%s beside the header: %d %s", query, w.Code, w.Body)
		}
	}
	if w := r.ask("GET", "/api/v1/integrations", "Authorization", "bEARER all"); w.Code != http.StatusOK {
		t.Errorf("the name of the scheme is not read in any case: %d %s", w.Code, w.Body)
	}
}

func TestATokenThatIsRefusedIsSlowedAndNotLogged(t *testing.T) {
	t.Parallel()
	r := newRoom()
	if w := r.get("/api/v1/integrations", "all"); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for i := range tries {
		w := r.get("/api/v1/integrations", "cardea_guessed")
		if code, _ := told(t, w); w.Code != http.StatusUnauthorized || code != "auth" ||
			w.Header().Get("WWW-Authenticate") != `Bearer realm="cardea", error="invalid_token"` {
			t.Fatalf("try %d: %d %v %s", i, w.Code, w.Header(), w.Body)
		}
	}
	r.asked = nil
	w := r.get("/api/v1/integrations", "reader") // a good one, which was not seen here before
	if code, _ := told(t, w); w.Code != http.StatusTooManyRequests || code != "throttled" ||
		w.Header().Get("Retry-After") != "6" || len(r.asked) != 0 {
		t.Errorf("%d %v %s, asked %q", w.Code, w.Header(), w.Body, r.asked)
	}
	if w := r.get("/api/v1/integrations", "all"); w.Code != http.StatusOK {
		t.Errorf("a program that was let in before is shut out: %d %s", w.Code, w.Body)
	}
	r.now = r.now.Add(each)
	if w := r.get("/api/v1/integrations", "reader"); w.Code != http.StatusOK {
		t.Errorf("after the time that was told: %d %s", w.Code, w.Body)
	}
	if strings.Contains(r.log.String(), "guessed") || !strings.Contains(r.log.String(), "a token was refused") {
		t.Errorf("the log says %s", &r.log)
	}
}

func TestEveryErrorOfTheDeskHasItsStatus(t *testing.T) {
	t.Parallel()
	for class, status := range map[cardea.Class]int{
		cardea.Retry: 503, cardea.Throttled: 429, cardea.Auth: 502, cardea.Rejected: 422, cardea.NotFound: 404,
		cardea.Conflict: 409, cardea.Unknown: 500,
	} {
		for target := range routesAndScopes {
			r := newRoom()
			err := cardea.Errorf(class, "at 10.0.0.7 something")
			err.After = 1500 * time.Millisecond
			r.err = err
			w := r.get(target, "all")
			code, message := told(t, w)
			if w.Code != status || code != string(class) || strings.Contains(w.Body.String(), "s3cret") ||
				w.Header().Get("Retry-After") != "2" {
				t.Errorf("%s, %s: %d %v %s", target, class, w.Code, w.Header(), w.Body)
			}
			inside := class == cardea.Retry || class == cardea.Unknown
			if strings.Contains(message, "10.0.0.7") == inside || strings.Contains(r.log.String(), "10.0.0.7") != inside {
				t.Errorf("%s, %s: told %q, logged %q", target, class, message, &r.log)
			}
		}
	}
	r := newRoom()
	r.err = errors.New("password=hush")
	w := r.get("/api/v1/integrations", "all")
	if code, message := told(t, w); w.Code != 500 || code != "unknown" || strings.Contains(message, "hush") ||
		!strings.Contains(r.log.String(), "hush") {
		t.Errorf("%d %s, logged %s", w.Code, w.Body, &r.log)
	}
}

func TestWhatDoesNotFitIsNamedByItsPlace(t *testing.T) {
	t.Parallel()
	for target, places := range map[string][]string{
		"/api/v1/explain":                                            {"query.person", "query.group"},
		"/api/v1/explain?person=ana":                                 {"query.group"},
		"/api/v1/explain?person=&group=":                             {"query.person", "query.group"},
		"/api/v1/explain?person=ana&group=g&at=today":                {"query.at"},
		"/api/v1/explain?person=ana&group=g&at=never":                {"query.at"},
		"/api/v1/explain?person=ana&group=g&at=0001-01-01T00:00:00Z": {"query.at"},
		"/api/v1/explain?person=ana&group=g&who=ana":                 {"query.who"},
		"/api/v1/passes?doors=front":                                 {"query.doors"},
		"/api/v1/passes?door=" + strings.Repeat("x", 201):            {"query.door"},
		"/api/v1/passes/front/" + strings.Repeat("7", 201) + "/code": {"path.account"},
	} {
		r := newRoom()
		w := r.get(target, "all")
		code, message := told(t, w)
		if w.Code != http.StatusUnprocessableEntity || code != "rejected" || !slices.Equal(r.asked, []string{"admit"}) {
			t.Errorf("%s: %d %s, asked %q", target, w.Code, w.Body, r.asked)
		}
		for _, p := range places {
			if !strings.Contains(message, p+": ") {
				t.Errorf("%s: %q does not name %s", target, message, p)
			}
		}
	}
}

func TestTheApiAsksTheDeskWhatItWasAsked(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/api/v1/passes":                     "passes ",
		"/api/v1/passes?door=front%20gate":   "passes front gate",
		"/api/v1/passes/front/7/code":        "code front 7 for token all",
		"/api/v1/passes/a%2Fb/7%20%2F8/code": "code a/b 7 /8 for token all",
		"/api/v1/explain?person=a&group=b":   "explain a, b, 2026-11-23T12:00:00Z",
		"/api/v1/explain?person=a%2Bb@x.test&group=Fl+1&at=2026-11-23T09:00:00%2B01:00": "explain a+b@x.test, Fl 1, 2026-11-23T08:00:00Z",
		"/api/v1/integrations": "states",
	} {
		r := newRoom()
		if w := r.get(target, "all"); w.Code != http.StatusOK || r.asked[len(r.asked)-1] != want {
			t.Errorf("%s: %d %s, asked %q", target, w.Code, w.Body, r.asked)
		}
	}
}

// TestAnAnswerIsWhatCommandsPrint compares each with the same value as commands print it.
func TestAnAnswerIsWhatCommandsPrint(t *testing.T) {
	t.Parallel()
	r := newRoom()
	passes, _ := r.Passes(t.Context(), "")
	pass, code, _ := r.PassCodeOf(t.Context(), "front", "7", "")
	answer, _ := r.Answer(t.Context(), "", "", 0)
	states, _ := r.States(t.Context())
	for target, value := range map[string]any{
		"/api/v1/passes": passes, "/api/v1/passes/front/7/code": desk.ShownPass{MobilePass: pass, Code: code},
		"/api/v1/explain?person=a&group=b": answer, "/api/v1/integrations": states,
	} {
		var got, want any
		printed, err := json.Marshal(value)
		if err != nil || json.Unmarshal(printed, &want) != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(r.get(target, "all").Body.Bytes(), &got); err != nil {
			t.Errorf("%s: %v", target, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
}

func TestTheApiIsReadAndNoMore(t *testing.T) {
	t.Parallel()
	r := newRoom()
	for _, method := range []string{"HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
		for target := range routesAndScopes {
			w := r.ask(method, target, "Authorization", "Bearer all", "Origin", "https://evil.test",
				"Access-Control-Request-Method", "GET",
				"Access-Control-Request-Headers", "authorization")
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET" {
				t.Errorf("%s %s: %d %v", method, target, w.Code, w.Header())
			}
		}
	}
	if len(r.asked) != 0 {
		t.Errorf("the desk was asked %q", r.asked)
	}
	w := r.ask("GET", "/api/v1/integrations", "Authorization", "Bearer all", "Origin", "https://evil.test")
	for name := range w.Header() {
		if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" || name == "Link" {
			t.Errorf("an answer carries %s", name)
		}
	}
	if strings.Contains(w.Body.String(), "$schema") {
		t.Errorf("an answer names its schema: %s", w.Body)
	}
	for _, target := range []string{
		"/api/", "/api/v1", "/api/v1/", "/api/v2/passes", "/api/v1/passes/", "/api/v1/passes/front",
		"/api/v1/passes/front/7", "/api/docs", "/api/openapi.yaml",
		"/api/openapi-3.0.json", "/api/openapi", "/docs", "/schemas/Problem.json", "/api/v1/audit", "/api/v1/tokens",
	} {
		w := r.get(target, "all")
		if code, _ := told(t, w); w.Code != http.StatusNotFound || code != "notfound" {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
