package saltoks_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/saltoks"
)

// replying answers everything below these ends with one body, a few times.
func replying(body string, ends ...string) func(r *http.Request) *http.Response {
	n := 0
	return func(r *http.Request) *http.Response {
		for _, end := range ends {
			if strings.HasSuffix(r.URL.Path, end) {
				if n++; n > 12 {
					return answer(400, nil)
				}
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(body)))}
			}
		}
		return nil
	}
}

// FuzzRows: whatever a list holds, reading it neither crashes nor calls what cannot be read complete.
func FuzzRows(f *testing.F) {
	for _, s := range []string{
		`{"items":[],"next_page_link":null,"count":null}`, `[]`, `{"items":null}`, `[null,1,{}]`, `{"items":[{"id":1}],"count":-3}`,
		`[{"id":"` + id('u', 2) + `"},{"id":"` + id('u', 2) + `"}]`, `{"items":[{}],"next_page_link":"http://x/users?a=%zz"}`,
		`{"items":[{"id":"` + id('v', 2) + `","user":{"id":"` + id('u', 2) + `","email":7}}],"next_page_link":"/users?$skip=1"}`,
		`{"ErrorCode":2202}`, `{"items":[{"id":"` + id('v', 2) + `","user":{"id":"` + id('u', 2) + `"},"roles":[null],"alias":"<@>"}],"next_page_link":7}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		fk := newFake(t)
		fk.group(1, "G")
		fk.before = replying(body, "/users")
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
				if a, is := rec.(cardea.Account); is && len(a.ID) != 36 {
					t.Errorf("an account with the id %q", a.ID)
				}
			}
		}
	})
}

// FuzzEntries: whatever the door log holds, polling ends, and the instant to ask from never goes back.
func FuzzEntries(f *testing.F) {
	for _, s := range []string{
		`{"items":[],"continuation_token":"{}"}`, `{"items":[{"utc_date_time":"2026-11-23T09:00:00Z","event_category":"lock_rejected","user_id":"` +
			id('u', 2) + `"}],"continuation_token":"a\nb"}`, `{"items":[1,null,{}]}`, `[]`, `{"items":[{"utc_date_time":"9999-12-31T23:59:59Z"}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		fk := newFake(t)
		fk.before = replying(body, "/entries")
		since := cardea.At(clock)
		hint, at, err := fk.system().Poll(t.Context(), since)
		if at < since || err != nil && at != since {
			t.Errorf("since %s, %v", at, err)
		}
		for _, k := range hint.Keys {
			if k.Kind != cardea.KindAccount || len(k.ID) != 36 {
				t.Errorf("a hint at %s", k)
			}
		}
	})
}

// FuzzSchedules: a group is around the clock or it is told how not, and nothing crashes.
func FuzzSchedules(f *testing.F) {
	for _, s := range []string{
		`[]`, `{"items":[{"id":"` + id('t', 1) + `","monday":true,"start_time":"00:00:00","end_time":"23:59:59"}],"next_page_link":null}`,
		`{"items":[{"id":"` + id('t', 1) + `","monday":1}],"next_page_link":null}`, `[{"id":"` + id('t', 1) + `","end_time":"99:99"}]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		fk := newFake(t)
		fk.group(1, "G")
		fk.before = replying(body, "/time_schedules")
		text, err := fk.system().OwnTimes(t.Context(), group(1))
		if err != nil && text != "" {
			t.Errorf("%q and %v", text, err)
		}
		if err == nil && text != "" && !strings.HasPrefix(text, "only ") && !strings.HasPrefix(text, "nothing") {
			t.Errorf("%q", text)
		}
	})
}

// FuzzClassify: an error body never crashes, and never makes a class that nobody knows.
func FuzzClassify(f *testing.F) {
	for _, s := range []string{`{"ErrorCode":"2202","Message":"m"}`, `{"ErrorCode":1e9}`, `{"ErrorCode":null,"Message":7}`, `{`, ``, `{"error":"invalid_grant"}`} {
		f.Add(404, s)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if e := saltoks.Classify(status, nil, []byte(body)); e != nil && (e.Class == "" || e.Class == cardea.Unknown) {
			t.Errorf("%+v", e)
		}
		if e := saltoks.RefusedToken(status, nil, []byte(body)); e != nil && e.Class == "" {
			t.Errorf("%+v", e)
		}
	})
}
