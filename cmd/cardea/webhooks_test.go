package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store/storetest"
)

const appSecret = "an operator's own app, which nobody else is"

// memberApp is the operator's own app: it takes what is sent with a right signature, and answers as it is told to.
type memberApp struct {
	t      *testing.T
	answer func(n int) (status int, err error) // of the nth sending; nil = 200

	mu   sync.Mutex
	sent []appHeard
}

// appHeard is one sending.
type appHeard struct {
	at     time.Time
	id     string
	status int
	Type   cardea.EventType `json:"type"`
	Data   struct {
		Door, Account, Email, Code string
		Expires                    string
		People                     []cardea.Whom
	} `json:"data"`
}

// RoundTrip is the app's server.
func (a *memberApp) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, []byte(appSecret))
	fmt.Fprintf(h, "%s.%s.%s", req.Header.Get("webhook-id"), req.Header.Get("webhook-timestamp"), body)
	if want := "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)); req.Header.Get("webhook-signature") != want {
		a.t.Errorf("signature %q, want %q", req.Header.Get("webhook-signature"), want)
	}
	if req.Method != http.MethodPost || req.URL.String() != "https://app.example.test/cardea" {
		a.t.Errorf("%s %s", req.Method, req.URL)
	}
	one := appHeard{at: time.Now(), id: req.Header.Get("webhook-id"), status: http.StatusOK}
	if err := json.Unmarshal(body, &one); err != nil {
		a.t.Errorf("%s: %v", body, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answer != nil {
		if one.status, err = a.answer(len(a.sent)); err != nil {
			one.status = 0
		}
	}
	a.sent = append(a.sent, one)
	return &http.Response{
		StatusCode: one.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("thanks")), Request: req,
	}, err
}

// taken are the sendings that were answered with 200, by e-mail: what the app knows of each person's passes.
func (a *memberApp) taken() map[string][]appHeard {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[string][]appHeard{}
	for _, s := range a.sent {
		if s.status == http.StatusOK {
			out[s.Data.Email] = append(out[s.Data.Email], s)
		}
	}
	return out
}

// withApp tells the app of passes.
func withApp(f *config.File) {
	var secret config.Secret
	if err := yaml.Unmarshal([]byte(appSecret), &secret); err != nil {
		panic(err)
	}
	f.Webhooks = map[string]*config.Webhook{"app": {
		URL: config.Name{Text: "https://app.example.test/cardea"}, Secret: secret,
		Events: []config.Name{{Text: "pass.issued"}, {Text: "pass.cancelled"}, {Text: "pass.removed"}},
	}}
}

// telling is our own space system with a Brivo that issues passes, and an app that is told of them; it is served until stop.
func telling(t *testing.T, db database, passes string, answer func(int) (int, error)) (r *rig, app *memberApp, stop func()) {
	t.Helper()
	door := brivoBy(passes)
	r = pair(t, spaceSide("house"), door, db, commonMappings(door), withApp)
	app = &memberApp{t: t, answer: answer}
	r.set.webhooks, r.set.poll = app, 10*time.Minute
	r.shut()
	r.open()
	fillHouse(r)
	ctx := context.Background()
	if err := r.app.desk.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	stop, err := r.app.desk.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return r, app, stop
}

// TestTheMembersAppIsToldTheCode: an invitation that is issued reaches the operator's app with its code, a moment after, and the code
// redeems it; one that is issued again comes with its own code, and one that is cancelled is told of.
func TestTheMembersAppIsToldTheCode(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		toldTheCode(t, database{storetest.DSN(t), storetest.Schema(t)})
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		toldTheCode(t, kept(t))
	})
}

func toldTheCode(t *testing.T, db database) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		r, app, stop := telling(t, db, "passes: branded-app", nil)
		defer func() { r.shut() }()
		defer stop()
		time.Sleep(time.Minute)
		got := app.taken()
		dina := got["dina@x.test"]
		if len(got) != 3 || len(dina) != 1 || dina[0].Type != cardea.PassIssued {
			t.Fatalf("the app was told %+v, want the invitations of Cleo, Dina and Eli", got)
		}
		one := dina[0].Data
		if one.Door != "door" || one.Account == "" || len(one.People) != 1 || one.People[0] != (cardea.Whom{
			ID: "space/person:dina", Name: "Dina Diaz", Email: "dina@x.test"}) || !strings.HasPrefix(one.Expires, "2026-11-26T") {
			t.Errorf("the app was told %+v", one)
		}
		if code := r.invitations("dina@x.test")[0].AccessCode; code == "" || one.Code != code {
			t.Fatalf("the app has the code %q, Brivo %q", one.Code, code)
		}
		r.control("POST", "brivo/redeem", fmt.Sprintf(`{"email":"dina@x.test","code":%q}`, one.Code))
		if got := r.statuses("dina@x.test"); got != "REDEEMED" {
			t.Errorf("with the code from the webhook Dina's invitation is %s", got)
		}
		at(t, "2026-11-23T11:00:00Z") // Cleo's booking is over
		if got := app.taken()["cleo@x.test"]; len(got) != 2 || got[1].Type != cardea.PassCancelled || got[1].Data.Code != "" ||
			got[1].id == got[0].id {
			t.Errorf("of Cleo the app was told %+v", got)
		}
		at(t, "2026-11-26T12:00:00Z") // Eli's invitation expired, and his grant runs
		eli := app.taken()["eli@x.test"]
		codes := r.invitations("eli@x.test")
		if len(eli) != 2 || len(codes) != 2 || eli[1].Type != cardea.PassIssued || eli[1].Data.Code != codes[1].AccessCode ||
			eli[1].Data.Code == eli[0].Data.Code {
			t.Errorf("of Eli the app was told %+v, Brivo has %+v", eli, codes)
		}
		_, out, log := r.command(nil, (&webhooksListCmd{}).do)
		if !strings.Contains(out, "app at app.example.test") || !strings.Contains(out, " on ") {
			t.Errorf("cardea webhooks: %s%s", out, log)
		}
		for _, secret := range []string{eli[0].Data.Code, eli[1].Data.Code, appSecret, "/cardea "} {
			if strings.Contains(out+log+fmt.Sprint(r.term.err), secret) {
				t.Errorf("%q is in what was printed or logged:\n%s\n%s\n%s", secret, out, log, r.term.err)
			}
		}
	})
}

// TestBrivosOwnAppNeedsNoCode: where Brivo mails the invitation nobody else is told its code.
func TestBrivosOwnAppNeedsNoCode(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r, app, stop := telling(t, kept(t), "passes: brivo-app", nil)
		defer func() { r.shut() }()
		defer stop()
		time.Sleep(time.Minute)
		got := app.taken()
		if len(got) != 3 {
			t.Fatalf("the app was told %+v", got)
		}
		for who, all := range got {
			if len(all) != 1 || all[0].Type != cardea.PassIssued || all[0].Data.Code != "" || all[0].Data.Expires == "" {
				t.Errorf("%s: %+v", who, all)
			}
		}
	})
}

// TestAnAppThatIsDownIsToldLater: what an app does not take opens an issue after an hour, is shown, and arrives when it is up again, in
// order and once; the issue closes. Doors are kept meanwhile.
func TestAnAppThatIsDownIsToldLater(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		up := time.Now().Add(5 * time.Hour)
		r, app, stop := telling(t, kept(t), "passes: branded-app", func(int) (int, error) {
			if time.Now().Before(up) {
				return http.StatusServiceUnavailable, nil
			}
			return http.StatusOK, nil
		})
		defer func() { r.shut() }()
		defer stop()
		failing := func() bool {
			inbox, err := r.app.desk.Inbox(t.Context(), "", false)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, i := range inbox {
				if i.Code == "webhook-failing" {
					n++
					if i.Mend != "cardea webhooks test app" {
						t.Errorf("mend %q", i.Mend)
					}
				}
			}
			return n == 1
		}
		time.Sleep(30 * time.Minute)
		if failing() {
			t.Error("an issue after half an hour already")
		}
		time.Sleep(2 * time.Hour)
		if !failing() || len(app.taken()) != 0 {
			t.Errorf("no issue after two and a half hours; taken %+v", app.taken())
		}
		if got := r.statuses("dina@x.test"); got != "PENDING" {
			t.Errorf("Dina's invitation is %s while the app is down", got)
		}
		code, out, log := r.command(nil, (&webhooksListCmd{onWebhooks{JSON: true}}).do)
		var all []desk.WebhookStanding
		if err := json.Unmarshal([]byte(out), &all); err != nil || code != exitPending || len(all) != 1 {
			t.Fatalf("%d %v %s %s", code, err, out, log)
		}
		if w := all[0]; w.State != desk.WebhookFailing || w.Waiting != 4 || w.Delivered != 0 || w.Failing == 0 || w.Retry == 0 {
			t.Errorf("%+v", w)
		}
		time.Sleep(9 * time.Hour)
		if failing() {
			t.Error("the issue stays although everything was taken")
		}
		cleo := app.taken()["cleo@x.test"]
		if len(cleo) != 2 || cleo[0].Type != cardea.PassIssued || cleo[1].Type != cardea.PassCancelled {
			t.Errorf("of Cleo the app was told %+v", cleo)
		}
		if len(app.taken()) != 3 {
			t.Errorf("the app was told %+v", app.taken())
		}
	})
}

// TestAWebhookIsTestedAndSwitchedOn: 410 switches a webhook off; a test that is taken switches it on, with an audit line, and what waited
// is sent.
func TestAWebhookIsTestedAndSwitchedOn(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		status := http.StatusGone
		r, app, stop := telling(t, kept(t), "passes: branded-app", func(int) (int, error) { return status, nil })
		defer func() { r.shut() }()
		defer stop()
		time.Sleep(12 * time.Hour)
		if len(app.sent) != 1 {
			t.Errorf("an app that is gone was asked %d times", len(app.sent))
		}
		test := func(name string) (int, string) {
			var out, errs strings.Builder
			c := *r.term
			c.out, c.err = &out, &errs
			err := (&webhooksTestCmd{Name: name}).do(t.Context(), &c, r.set)
			var code codeError
			if err != nil && !errors.As(err, &code) {
				return exitUsage, err.Error()
			}
			return int(code), out.String()
		}
		if code, out := test("app"); code != exitPending || !strings.Contains(out, "410 Gone") {
			t.Errorf("%d %s", code, out)
		}
		if code, out := test("ap"); code != exitUsage || !strings.Contains(out, `did you mean "app"`) {
			t.Errorf("%d %s", code, out)
		}
		status = http.StatusNoContent
		if code, out := test("app"); code != 0 || !strings.Contains(out, "on again") {
			t.Errorf("%d %s", code, out)
		}
		status = http.StatusOK
		time.Sleep(11 * time.Minute)
		if len(app.taken()) != 3 {
			t.Errorf("the app was told %+v", app.taken())
		}
		for what, want := range map[string]int{"webhook tested": 2, "webhook switched off": 1, "webhook switched on": 1} {
			if n, _, detail := r.audited(what); n != want || strings.Contains(detail, "https") {
				t.Errorf("%d lines %q in the audit log, want %d: %s", n, what, want, detail)
			}
		}
	})
}
