package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
)

// fake is a desk whose tokens are called as what they may.
type fake struct {
	err    error
	asked  []string
	tokens map[string]desk.Token
}

func newFake() *fake {
	return &fake{tokens: map[string]desk.Token{
		"reader":  {Name: "board", Scopes: []desk.Scope{desk.ScopeRead}},
		"lister":  {Name: "list", Scopes: []desk.Scope{desk.ScopePassesRead}},
		"coder":   {Name: "member-app", Scopes: []desk.Scope{desk.ScopePassesCode}},
		"all":     {Name: "all", Scopes: desk.Scopes},
		"nothing": {Name: "nothing"},
	}}
}

func (f *fake) Admit(_ context.Context, text string) (desk.Token, error) {
	f.asked = append(f.asked, "admit")
	t, ok := f.tokens[text]
	if !ok {
		return desk.Token{}, cardea.Errorf(cardea.Auth, "the token is not known")
	}
	return t, nil
}

func (f *fake) Passes(_ context.Context, connection string) ([]desk.MobilePass, error) {
	f.asked = append(f.asked, "passes "+connection)
	return []desk.MobilePass{{Door: "front", Account: "7", People: []say.Person{}, State: door.PassPending}}, f.err
}

func (f *fake) PassCodeOf(_ context.Context, connection string, a cardea.AccountID, who string) (desk.MobilePass, string, error) {
	f.asked = append(f.asked, "code "+connection+" "+string(a)+" for "+who)
	return desk.MobilePass{Door: connection, Account: a}, "s3cret", f.err
}

func (f *fake) Answer(_ context.Context, person, group string, at cardea.Instant) (say.Explained, error) {
	f.asked = append(f.asked, "explain "+person+", "+group+", "+at.String())
	return say.Explained{Person: say.Person{Name: "Ana <b>"}}, f.err
}

func (f *fake) States(context.Context) ([]say.Integration, error) {
	f.asked = append(f.asked, "states")
	return []say.Integration{{Name: "london", State: say.InStep}}, f.err
}

// room is an API over a fake desk.
type room struct {
	*fake
	http.Handler

	log bytes.Buffer
	now time.Time
}

func newRoom() *room {
	r := &room{fake: newFake(), now: noon}
	r.Handler = New(Config{
		Desk: r.fake, Now: func() time.Time { return r.now }, Log: slog.New(slog.NewTextHandler(&r.log,
			&slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return r
}

func (r *room) ask(method, target string, header ...string) *httptest.ResponseRecorder {
	w, req := httptest.NewRecorder(), httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	r.ServeHTTP(w, req)
	return w
}

func (r *room) get(target, token string) *httptest.ResponseRecorder {
	return r.ask("GET", target, "Authorization", "Bearer "+token)
}

// told is an error of the API; it wants its shape and nothing else.
func told(t *testing.T, w *httptest.ResponseRecorder) (code, message string) {
	t.Helper()
	var p struct{ Code, Message *string }
	d := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Code == nil || p.Message == nil || *p.Message == "" ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Fatalf("%d %s is no error of ours: %v", w.Code, w.Body, err)
	}
	return *p.Code, *p.Message
}

// routesAndScopes are all questions there are, and who may ask.
var routesAndScopes = map[string]desk.Scope{
	"/api/v1/passes":                              desk.ScopePassesRead,
	"/api/v1/passes/front/7/code":                 desk.ScopePassesCode,
	"/api/v1/explain?person=ana&group=Floor":      desk.ScopeRead,
	"/api/v1/integrations":                        desk.ScopeRead,
	"/api/v1/passes?door=front":                   desk.ScopePassesRead,
	"/api/v1/passes/a%20b%2Fc/7%2F8/code":         desk.ScopePassesCode,
	"/api/v1/explain?person=a@x.test&group=id:12": desk.ScopeRead,
}
