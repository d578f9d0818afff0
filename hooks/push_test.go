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

// pushes believes whoever bears "right".
type pushes struct{ kept []string }

func (p *pushes) Pushed(c string) bool { return c == "nx" }

func (p *pushes) PushGroups(_ context.Context, _ string, h http.Header) ([]cardea.Group, error) {
	if h.Get("Authorization") != "Bearer right" {
		return nil, cardea.Errorf(cardea.Auth, "the bearer is wrong")
	}
	return []cardea.Group{{ID: "kisi/1", Name: "General access", Place: "not told"}}, nil
}

func (p *pushes) Push(_ string, r *http.Request) (string, error) {
	if r.Header.Get("Authorization") != "Bearer right" {
		return "", cardea.Errorf(cardea.Auth, "the bearer is wrong")
	}
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return "", err
	case string(body) == "later":
		return "", cardea.Errorf(cardea.Retry, "the database secret-name does not answer")
	case string(body) != "whole":
		return "", cardea.Errorf(cardea.Rejected, "it is cut")
	}
	p.kept = append(p.kept, string(body))
	return "taken", nil
}

func TestPushesAreHandedOnAsTheyCameAndRefusedAlike(t *testing.T) {
	t.Parallel()
	counts, p := map[string]int{}, &pushes{}
	h := hooks.New(hooks.Config{
		Desk: &fake{}, Pushes: p, Now: func() time.Time { return time.Unix(0, 0) },
		Count: func(c, o string) { counts[c+"/"+o]++ },
	})
	ask := func(method, path, bearer, body string) (int, string) {
		req := httptest.NewRequest(method, path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+bearer)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code, w.Body.String()
	}
	first, text := ask("POST", "/acs/nx/push", "wrong", "whole")
	for _, c := range [][4]string{
		{"POST", "/acs/nx/push", "right", "who"}, {"POST", "/acs/nx/push", "right", strings.Repeat("x", 2<<20)},
		{"POST", "/acs/rnd/push", "right", "whole"}, {"GET", "/acs/nx/groups", "wrong", ""}, {"GET", "/acs/rnd/groups", "right", ""},
	} {
		if code, said := ask(c[0], c[1], c[2], c[3]); code != 400 || code != first || said != text {
			t.Errorf("%s %s by %s: %d %q, want %d %q", c[0], c[1], c[2], code, said, first, text)
		}
	}
	if len(p.kept) != 0 {
		t.Errorf("kept %v", p.kept)
	}
	if code, said := ask("POST", "/acs/nx/push", "right", "later"); code != 503 || strings.Contains(said, "secret") {
		t.Errorf("what could not be kept: %d %q", code, said)
	}
	if code, _ := ask("POST", "/acs/nx/push", "right", "whole"); code != 200 || len(p.kept) != 1 {
		t.Errorf("%d, kept %v", code, p.kept)
	}
	if code, said := ask("GET", "/acs/nx/groups", "right", ""); code != 200 || said != `[{"id":"kisi/1","name":"General access"}]` {
		t.Errorf("%d %s", code, said)
	}
	if counts["nx/refused"] != 4 || counts["/refused"] != 2 || counts["nx/taken"] != 1 || counts["nx/listed"] != 1 || counts["nx/failed"] != 1 {
		t.Errorf("counted %v", counts)
	}
}
