package hooks_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/hooks"
)

// fake believes bodies that say so.
type fake struct {
	header http.Header
	calls  int
}

func (f *fake) Hooked(c string) bool { return c == "rnd" }

func (f *fake) Hook(_ context.Context, _ string, h http.Header, body []byte) (string, error) {
	f.header = h
	f.calls++
	switch string(body) {
	case "good":
		return "taken", nil
	case "later":
		return "", cardea.Errorf(cardea.Retry, "the database secret-name does not answer")
	}
	return "", cardea.Errorf(cardea.Auth, "the signature is wrong")
}

func post(h http.Handler, path, body string) (int, string) {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set(cardea.HookPath, "forged")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	b, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(b)
}

func TestRefusalsSayTheSameWhateverWasWrong(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	h := hooks.New(hooks.Config{Desk: &fake{}, Now: func() time.Time { return time.Unix(0, 0) }, Count: func(c, o string) { counts[c+"/"+o]++ }})
	first, text := post(h, "/hooks/rnd", "forged")
	for path, body := range map[string]string{
		"/hooks/rnd": strings.Repeat("x", 2<<20), "/hooks/nobody": "good", "/hooks/rnd/more": "forged", "/hooks/%20": "x",
	} {
		if code, said := post(h, path, body); code != first || said != text || code != 400 {
			t.Errorf("%s: %d %q, want %d %q", path, code, said, first, text)
		}
	}
	if counts["rnd/refused"] != 3 || counts["/refused"] != 2 {
		t.Errorf("counted %v", counts)
	}
}

func TestGarbageIsToldToStopAndTheVendorIsNot(t *testing.T) {
	t.Parallel()
	at := time.Unix(0, 0)
	h := hooks.New(hooks.Config{Desk: &fake{}, Now: func() time.Time { return at }})
	last := 0
	for range 40 {
		last, _ = post(h, "/hooks/rnd", "forged")
	}
	if last != 429 {
		t.Errorf("the fortieth forgery within a minute: %d", last)
	}
	if code, _ := post(h, "/hooks/rnd", "good"); code != 200 {
		t.Errorf("the vendor among forgeries: %d", code)
	}
	at = at.Add(time.Minute)
	if code, _ := post(h, "/hooks/rnd", "forged"); code != 400 {
		t.Errorf("a minute later: %d", code)
	}
}

func TestWhatCannotBeKeptIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := hooks.New(hooks.Config{Desk: &fake{}, Now: time.Now})
	if code, said := post(h, "/hooks/rnd", "later"); code != 503 || strings.Contains(said, "secret-name") {
		t.Errorf("%d %q", code, said)
	}
}

func TestOnlyTheHouseSaysWhatFollowsTheConnection(t *testing.T) {
	t.Parallel()
	f := &fake{}
	h := hooks.New(hooks.Config{Desk: f, Now: time.Now})
	post(h, "/hooks/rnd", "good")
	if got := f.header.Get(cardea.HookPath); got != "" {
		t.Errorf("the sender's own header came through: %q", got)
	}
	post(h, "/hooks/rnd/booking/updated", "good")
	if got := f.header.Get(cardea.HookPath); got != "booking/updated" {
		t.Errorf("what follows is %q", got)
	}
	req := httptest.NewRequest(http.MethodGet, "/hooks/rnd", nil)
	w := httptest.NewRecorder()
	calls := f.calls
	h.ServeHTTP(w, req)
	if w.Code != 405 || f.calls != calls {
		t.Errorf("GET: %d", w.Code)
	}
}
