package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea/wire"
)

func TestRecordsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	v, _ := script(t,
		gives(200, `{"id":1,"email":"joe.b+x@mail.x.test","secret":"s-1","deep":[{"access_token":"s-2"},"k3y/of+kisi"]}`,
			"Set-Cookie", "sid=s-3", "X-Trace", "t1"),
		gives(422, `{"error":"KISI-LOGIN k3y/of+kisi is bad, ask joe@x.test, password=s-4"}`),
		breaks(errors.New("proxy https://me:k3y%2Fof%2Bkisi@proxy.test refused")))
	rec := wire.NewRecorder(&log)
	w := client(t, v, func(c *wire.Config) {
		c.Recorder, c.Secrets = rec, []string{"k3y/of+kisi"}
		c.Auth = wire.Static("Authorization", "KISI-LOGIN k3y/of+kisi")
	})
	var errs []string
	for range 3 {
		_, err := w.Do(t.Context(), wire.Call{
			Class: wire.Write, Method: http.MethodPost, Path: "/users",
			Query: url.Values{"email": {"Joe+tag@x.test"}, "token": {"s-5"}},
			Body:  map[string]any{"password": "s-6", "name": "Joe", "send_emails": false},
		})
		if err != nil {
			errs = append(errs, err.Error())
		}
	}
	if rec.Err() != nil || len(errs) != 2 {
		t.Fatal(rec.Err(), errs)
	}
	all := log.String() + strings.Join(errs, "\n")
	for _, bad := range []string{"k3y", "s-1", "s-2", "s-3", "s-4", "s-5", "s-6", "joe", "Joe+tag", "Joe%2Btag"} {
		if strings.Contains(all, bad) {
			t.Errorf("%q is in\n%s", bad, all)
		}
	}
	for _, good := range []string{
		`"status":200`, "t1", `\"name\":\"Joe\"`, "x.test", "https://vendor.test/api/users", `\"send_emails\":false`,
	} {
		if !strings.Contains(all, good) {
			t.Errorf("%q is not in\n%s", good, all)
		}
	}
	for l := range strings.Lines(log.String()) {
		if !json.Valid([]byte(l)) {
			t.Errorf("no JSON: %s", l)
		}
	}
}

func TestRecorderNeverShowsDeclaredSecrets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9/+="<&é-]{8,20}`).Draw(r, "secret")
		before := rapid.String().Draw(r, "before")
		var log bytes.Buffer
		body, err := json.Marshal(map[string]any{"note": before + secret, "n": []string{secret}})
		if err != nil {
			r.Fatal(err)
		}
		v, _ := script(t, gives(400, string(body), "X-Note", secret))
		w := client(t, v, func(c *wire.Config) { c.Recorder, c.Secrets = wire.NewRecorder(&log), []string{secret} })
		_, err = w.Do(t.Context(), wire.Call{
			Class: wire.Write, Method: http.MethodPost, Path: "/x/" + url.PathEscape(secret), Body: map[string]string{"a": secret},
		})
		inside, _ := json.Marshal(secret)
		for _, form := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret), strings.Trim(string(inside), `"`)} {
			if strings.Contains(log.String(), form) || strings.Contains(err.Error(), form) {
				r.Fatalf("%q is in %s or %v", form, log.String(), err)
			}
		}
	})
}

func TestFindsTheVendorsWords(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"code":"afc516","error":"human text"}`:                           "human text",
		`{"errors":{"email":["is taken","is odd"],"name":["is missing"]}}`: "email is taken; is odd; name is missing",
		`{"statusCode":400,"message":["a must be b","c"],"error":"Bad"}`:   "a must be b; c",
		`{"error":"invalid_scope","error_description":"no such scope"}`:    "no such scope",
		`{"error":{"message":"nested"}}`:                                   "nested",
		`<html>`:                                                           "",
		`[]`:                                                               "",
		`{"error":7}`:                                                      "",
		``:                                                                 "",
		`{"message":"` + strings.Repeat("é", 400) + `"}`: strings.Repeat("é", 150) + "...",
	} {
		if got := wire.Said([]byte(body)); got != want {
			t.Errorf("%s says %q, want %q", body, got, want)
		}
	}
}

func FuzzSaid(f *testing.F) {
	f.Add([]byte(`{"errors":{"email":["is taken"]}}`))
	f.Add([]byte(`{"message":[["a"],{"message":"b"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if s := wire.Said(body); len(s) > 303 || strings.ContainsAny(s, "\n\r") {
			t.Errorf("%q says %q", body, s)
		}
	})
}
