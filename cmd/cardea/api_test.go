package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
)

// program is what asks the API of a rig's server.
type program struct {
	*rig

	server http.Handler
	token  string
}

// programOf makes a token by the command line, and a program that has it.
func (r *rig) programOf(server http.Handler, name, expires string, scopes ...string) program {
	r.t.Helper()
	exit, out, log := r.command(nil, (&tokenCreateCmd{Name: name, Scope: scopes, Expires: expires}).do)
	text := strings.TrimSpace(out)
	if exit != 0 || !strings.HasPrefix(text, "cardea_") || strings.Contains(log, text) || !strings.Contains(log, name) {
		r.t.Fatalf("cardea token create: %d %q %s", exit, out, log)
	}
	return program{r, server, text}
}

// get wants an answer of this status and reads it.
func (p program) get(path string, status int, into any) string {
	p.t.Helper()
	w, req := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
	req.Header.Set("Authorization", "Bearer "+p.token)
	p.server.ServeHTTP(w, req)
	if w.Code != status || w.Header().Get("Cache-Control") != "no-store" {
		p.t.Fatalf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			p.t.Fatalf("%s: %v: %s", path, err, w.Body)
		}
	}
	return w.Body.String()
}

// sameJSON compares two texts of JSON.
func sameJSON(t *testing.T, what, a, b string) {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		t.Fatalf("%s: no JSON: %s, %s", what, a, b)
	}
	if diff := cmp.Diff(x, y); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// TestAMemberAppFetchesAPassByTheAPI is the way of a branded app: who is invited, the code, and the pass on the phone.
func TestAMemberAppFetchesAPassByTheAPI(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			door := brivoBy("passes: branded-app")
			r := pair(t, spaceSide("house"), door, db, commonMappings(door))
			defer func() { r.shut() }()
			fillHouse(r)
			server := r.app.routes(r.term, &serveCmd{}, "127.0.0.1:8080")
			app := r.programOf(server, "member-app", "90d", "passes:read", "passes:code")
			board := r.programOf(server, "board", "", "read")
			r.sync(desk.InStep)

			var listed []desk.MobilePass
			answer := app.get("/api/v1/passes?door=door", 200, &listed)
			_, printed, _ := r.command(nil, (&passesListCmd{onCodes{JSON: true}}).do)
			sameJSON(t, "passes", answer, printed)
			var dina desk.MobilePass
			for _, p := range listed {
				if len(p.People) == 1 && p.People[0].Email == "dina@x.test" {
					dina = p
				}
			}
			code := r.invitations("dina@x.test")[0].AccessCode
			if dina.Account == "" || code == "" || strings.Contains(answer, code) {
				t.Fatalf("the list has no Dina, or her code %q: %s", code, answer)
			}

			path := fmt.Sprintf("/api/v1/passes/door/%s/code", dina.Account)
			board.get(path, 403, nil)
			app.get("/api/v1/integrations", 403, nil)
			if n, _, _ := r.audited("pass code shown"); n != 0 {
				t.Errorf("a code was shown to whom may not see it, %d times", n)
			}
			for _, other := range []string{"dina@x.test", "Dina%20Diaz", "space%2Fperson:dina", "0" + string(dina.Account)} {
				app.get(strings.Replace(path, string(dina.Account), other, 1), 404, nil) // nothing but the id names an account
			}
			app.get(strings.Replace(path, "/door/", "/space/", 1), 404, nil)

			var shown desk.ShownPass
			answer = app.get(path, 200, &shown)
			if shown.Code != code || shown.Account != dina.Account {
				t.Fatalf("the code is %q, the API says %s", code, answer)
			}
			n, who, detail := r.audited("pass code shown")
			if n != 1 || who != "token member-app" || !strings.Contains(detail, string(dina.Account)) || strings.Contains(detail, code) {
				t.Errorf("the audit log has %d lines, %s: %s", n, who, detail)
			}
			_, printed, _ = r.command(nil, (&passesShowCmd{onCodes: onCodes{JSON: true}, Person: "dina@x.test"}).do)
			sameJSON(t, "a code", answer, printed)

			r.control("POST", "brivo/redeem", fmt.Sprintf(`{"email":"dina@x.test","code":%q}`, shown.Code))
			if got := r.statuses("dina@x.test"); got != "REDEEMED" {
				t.Errorf("Dina's invitation is %s", got)
			}
			at(t, "2026-11-26T12:00:00Z") // its time is over: Cardea looks what became of it
			r.sync(desk.InStep)
			if said := app.get(path, 404, nil); strings.Contains(said, code) {
				t.Errorf("a code that was redeemed is told: %s", said)
			}

			// What a token does shows in the list, to the minute; revoked by another process it counts no more.
			var tokens []desk.Token
			_, printed, _ = r.command(nil, (&tokenListCmd{onTokens{JSON: true}}).do)
			if err := json.Unmarshal([]byte(printed), &tokens); err != nil || len(tokens) != 2 || tokens[1].Name != "member-app" ||
				tokens[1].LastUsed != cardea.At(time.Now()) {
				t.Errorf("%v: %s", err, printed)
			}
			if exit, out, log := r.command(nil, (&tokenRevokeCmd{Name: "member-app"}).do); exit != 0 ||
				!strings.Contains(out, "member-app") {
				t.Errorf("cardea token revoke: %d %s %s", exit, out, log)
			}
			app.get("/api/v1/passes", 401, nil)
			if n, who, _ := r.audited("token revoked"); n != 1 || who != "command line, olga" {
				t.Errorf("the audit log has %d lines of %s", n, who)
			}
			if err := r.app.store.In("default").VerifyAudit(context.Background()); err != nil {
				t.Error(err)
			}
			for _, secret := range []string{app.token, board.token, code} {
				if strings.Contains(fmt.Sprint(r.term.err), strings.TrimPrefix(secret, "cardea_")) || strings.Contains(printed, secret) {
					t.Error("a secret is logged or listed")
				}
			}
		})
	})
}

// TestAProgramAsksHowThingsStand has a board ask what the command line and the console say.
func TestAProgramAsksHowThingsStand(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := pair(t, spaceSide("officernd"), doorSide("kisi"), db, commonMappings(doorSide("kisi")))
			defer func() { r.shut() }()
			vendors := r.counting()
			server := r.app.routes(r.term, &serveCmd{}, "127.0.0.1:8080")
			board := r.programOf(server, "board", "24h", "read")
			states := func() say.Integration {
				t.Helper()
				var all []say.Integration
				board.get("/api/v1/integrations", 200, &all)
				if len(all) != 1 || all[0].Name != "site" || all[0].Space != "space" || all[0].Door != "door" {
					t.Fatalf("%+v", all)
				}
				return all[0]
			}
			if s := states(); s.State != say.New || s.LastRead != 0 || s.LastRun != 0 {
				t.Errorf("before anything was read: %+v", s)
			}
			board.get("/api/v1/explain?person=ana@x.test&group=General+access", 404, nil)
			if n := vendors.n(); n != 0 {
				t.Errorf("questions made %d calls to vendors", n)
			}
			r.sync(desk.InStep)
			read := cardea.At(time.Now())
			if s := states(); s.State != say.InStep || s.LastRead == 0 || s.LastRead > read || s.LastRun == 0 ||
				s.LastRun > read || s.Incomplete != "" {
				t.Errorf("after a run: %+v", s)
			}

			answer := board.get("/api/v1/explain?person=ana@x.test&group=General+access&at=2026-11-23T12:00:00Z", 200, nil)
			asked, err := r.app.desk.Ask(t.Context(), "ana@x.test", "General access", moment(t, "2026-11-23T12:00:00Z"))
			if err != nil {
				t.Fatal(err)
			}
			printed, err := json.Marshal(asked)
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, "explain", answer, string(printed))
			if !strings.Contains(answer, `"open":true`) {
				t.Errorf("Ana may not pass: %s", answer)
			}
			board.get("/api/v1/explain?person=nobody@x.test&group=General+access", 404, nil)
			board.get("/api/v1/explain?person=ana@x.test&group=No+such+group", 404, nil)
			board.get("/api/v1/passes", 403, nil)

			// The space system breaks off: what was read stays, and that it is not all is said.
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			r.fault("officernd", sandbox.Fault{Method: "GET", Path: "*/memberships?*", Status: 503})
			time.Sleep(time.Hour)
			r.sync(desk.Incomplete)
			if s := states(); s.Incomplete == "" || s.LastRead == 0 || s.LastRead > read || s.LastRun <= read {
				t.Errorf("after a read that broke off: %+v", s)
			}
			r.clear()

			// A day is over, and with it the token.
			at(t, "2026-11-24T07:00:00Z")
			states()
			time.Sleep(24 * time.Hour)
			if said := board.get("/api/v1/integrations", 401, nil); !strings.Contains(said, `"code":"auth"`) {
				t.Errorf("%s", said)
			}
			if _, out, _ := r.command(nil, (&tokenListCmd{}).do); !strings.Contains(out, "expired") || strings.Contains(out, board.token) {
				t.Errorf("cardea token list: %s", out)
			}
		})
	})
}
