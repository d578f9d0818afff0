package brivo_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/brivo"
)

// FuzzRows: whatever a list holds, reading it neither crashes nor calls what cannot be read complete.
func FuzzRows(f *testing.F) {
	for _, s := range []string{
		`{"data":[],"count":0}`, `{"data":[{"id":1}],"count":1}`, `{"data":[{"id":1,"emails":[{"address":null}]}],"offset":0,"pageSize":100,"count":1}`,
		`{"data":[{"id":"7","created":1}],"count":-3}`, `{"data":null}`, `[]`, `{"data":[null,1,{}],"count":3}`, `{"data":[{"id":1},{"id":1}],"count":2}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		fk := newFake(t)
		fk.group(1, "G")
		fk.before = replying(body)
		in := cardea.NewIntake(cardea.Scope{}, nil)
		if err := fk.system().Read(t.Context(), cardea.Scope{}, in); err != nil {
			t.Fatal(err)
		}
		for _, k := range []cardea.Kind{cardea.KindAccount, cardea.KindEdge} {
			p := in.Collection(k)
			for _, b := range p.BadOnes() {
				if len(b.Who) == 0 && p.Evidence().Grade() == cardea.Complete {
					t.Errorf("%s is complete with a row of which nobody knows whose it is", k)
				}
			}
			for _, rec := range p.Records() {
				if strings.HasPrefix(rec.Key().ID, "0") || strings.Contains(rec.Key().ID, "-") {
					t.Errorf("a record with the id %q", rec.Key().ID)
				}
			}
		}
	})
}

// replying answers every list and record of users with one body, a few times.
func replying(body string) func(r *http.Request) (*http.Response, error) {
	n := 0
	return func(r *http.Request) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/users") {
			return nil, nil
		}
		if n++; n > 12 {
			return said(400, nil), nil
		}
		resp := html(200, "", nil)
		resp.Body = http.NoBody
		if body != "" {
			resp.Body = readCloser{strings.NewReader(body)}
		}
		return resp, nil
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// FuzzVerify: nothing is believed without the secret, and nothing crashes with it.
func FuzzVerify(f *testing.F) {
	f.Add("secret="+hookPass, `{"uuid":"u","eventObject":{"id":1,"objectType":"USER"}}`)
	f.Add("", `{}`)
	f.Add("secret="+hookPass, `{"securityAction":{"securityActionId":4002},"eventData":{"userGroupObjectId":"5"}}`)
	f.Fuzz(func(t *testing.T, path, body string) {
		hint, err := newFake(t).system().Verify(t.Context(), came(path), []byte(body))
		if err == nil && path != "secret="+hookPass {
			t.Errorf("believed at %q", path)
		}
		for _, k := range hint.Keys {
			if k.ID == "" || k.Kind != cardea.KindAccount && k.Kind != cardea.KindGroup {
				t.Errorf("a hint at %v", k)
			}
		}
	})
}

// FuzzClassify: every answer has a class, and only the gateway's own words are a limit.
func FuzzClassify(f *testing.F) {
	f.Add(403, "", "<h1>Developer Over Qps</h1>")
	f.Add(403, "ERR_403_DEVELOPER_OVER_RATE", "")
	f.Add(401, "", `{"error":"invalid_grant","error_description":"Bad credentials"}`)
	f.Add(596, "", "")
	f.Fuzz(func(t *testing.T, status int, code, body string) {
		h := http.Header{"X-Mashery-Error-Code": {code}}
		e := brivo.Classify(status, h, []byte(body))
		if e != nil && e.Class == cardea.Throttled && (status != 403 && status != 429 || e.After <= 0) {
			t.Errorf("%d is throttled for %s", status, e.After)
		}
		if e := brivo.RefusedToken(status, h, []byte(body)); e != nil && e.Class == "" {
			t.Error("a refusal without a class")
		}
	})
}
