package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
)

// TestAListingThatBreaksOnItsThirdPage has the members in three pages, of which the third cannot be had.
func TestAListingThatBreaksOnItsThirdPage(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		var more strings.Builder
		for i := range 100 {
			fmt.Fprintf(&more, "    - {_id: guest-%03d, name: Guest %03d, email: guest-%03d@x.test, location: london}\n", i, i, i)
		}
		r.patch("officernd:\n  members:\n" + more.String())
		r.sync(desk.InStep)

		third := sandbox.Fault{Method: "GET", Path: "*/members?*", Skip: 2, Times: 1, Status: 503}
		r.fault("officernd", third)
		n := r.writes()
		r.sync(desk.InStep) // asked for again, at once

		// Ana's membership was ended, Dan is taken on, and the members cannot be listed.
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}, {_id: ms-dan, startDate: 2026-11-20}]}")
		third.Times = 0
		r.fault("officernd", third)
		result := r.sync(desk.Incomplete)
		if s := r.sent(n); slices.ContainsFunc(s, func(w string) bool { return strings.HasPrefix(w, "DELETE") }) {
			t.Errorf("something was taken away on a listing that broke: %v", s)
		}
		general := append(slices.Clone(atNine["General access"]), "dan")
		r.wantInside("while the members break", with(atNine, map[string][]string{"General access": general}))
		i := slices.IndexFunc(result.Reads[0].Collections, func(c say.Collection) bool { return c.Kind == cardea.KindPerson })
		if c := result.Reads[0].Collections[i]; c.Grade != cardea.Incomplete || c.Why == "" {
			t.Errorf("the members graded %s (%q)", c.Grade, c.Why)
		}

		r.clear()
		r.sync(desk.InStep)
		general = slices.DeleteFunc(general, func(s string) bool { return s == "ana" })
		r.wantInside("after it", with(atNine, map[string][]string{"General access": general}))
		r.sound("after it")
	})
}

// TestABrokenSpaceSideTakesNobodyOut breaks each listing of the space side in each way, one after the other, and wants
// nothing written and everything in step after it.
func TestABrokenSpaceSideTakesNobodyOut(t *testing.T) {
	t.Parallel()
	for effect, f := range map[string]sandbox.Fault{
		"empty": {Effect: sandbox.EffectEmpty}, "short page": {Effect: sandbox.EffectTruncate, Rows: new(0)},
		"503": {Status: 503}, "cut": {Effect: sandbox.EffectTruncate}, "400": {Status: 400}, "500": {Status: 500},
	} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := tiny(t, onSQLite)
				defer r.shut()
				r.sync(desk.InStep)
				n := r.writes()
				lists := []string{"members", "memberships", "assignments", "bookings", "checkins", "resource-types"}
				if f.Effect != "" && f.Effect != sandbox.EffectError { // each list by itself; an error is one in all
					lists = append(lists, "companies", "plans", "locations", "floors", "resources", "passes", "visitors")
				}
				for _, list := range lists {
					f.Method, f.Path = "GET", "*/"+list+"?*"
					r.fault("officernd", f)
					result, err := r.try(context.Background())
					if err != nil {
						t.Fatalf("%s: %v", list, err)
					}
					want := desk.Incomplete
					if effect == "empty" && (list == "checkins" || list == "resource-types") {
						want = desk.InStep // no collections of their own: what was known of passes and rooms stands
					}
					if s := result.Standing(); s != want {
						t.Errorf("%s: standing %d, want %d", list, s, want)
					}
					if s := r.sent(n); len(s) > 0 {
						t.Fatalf("%s: something was written: %v", list, s)
					}
					r.clear()
					r.sync(desk.InStep)
				}
				if s := r.sent(n); len(s) > 0 {
					t.Errorf("something was written: %v", s)
				}
				if now := time.Now(); now.After(time.Date(2026, 11, 23, 9, 20, 0, 0, time.UTC)) {
					t.Fatalf("it is %s: by now somebody's access began or ended", now)
				}
				r.wantInside("after all", atNine)
				r.sound("after all")
			})
		})
	}
}

// TestAListThatStaysEmptyTakesNobodyOut has each listing answer 200 and nothing, for ever. A second reading agrees with
// the first, but by id the vendor still shows everyone.
func TestAListThatStaysEmptyTakesNobodyOut(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		"members", "companies", "memberships", "assignments", "plans", "locations", "floors", "resources", "bookings", "passes",
	} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T08:21:00Z", func(t *testing.T) {
				r := tiny(t, onSQLite)
				defer r.shut()
				r.sync(desk.InStep)
				n := r.writes()
				r.fault("officernd", sandbox.Fault{Effect: sandbox.EffectEmpty, Method: "GET", Path: "*/" + list + "?*"})
				for range 3 {
					time.Sleep(17 * time.Minute)
					result, err := r.try(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					if s := r.sent(n); len(s) > 0 {
						t.Fatalf("standing %d, and something was written: %v", result.Standing(), s)
					}
				}
				r.wantInside("with the list empty", atNine)
				r.clear()
				r.sync(desk.InStep)
				if s := r.sent(n); len(s) > 0 {
					t.Errorf("something was written: %v", s)
				}
			})
		})
	}
}

// TestABrokenDoorSideTakesNobodyOut breaks each listing of the door system in each way: nobody loses anything, nobody
// gets a second account or entry.
func TestABrokenDoorSideTakesNobodyOut(t *testing.T) {
	t.Parallel()
	for effect, f := range map[string]sandbox.Fault{
		"empty": {Effect: sandbox.EffectEmpty}, "short page": {Effect: sandbox.EffectTruncate, Rows: new(1)},
		"503": {Status: 503}, "cut": {Effect: sandbox.EffectTruncate}, "500": {Status: 500}, "403": {Status: 403},
	} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
				r := tiny(t, onSQLite)
				defer r.shut()
				r.sync(desk.InStep)
				n := r.writes()
				for _, list := range []string{"users", "groups", "role_assignments"} {
					f.Method, f.Path = "GET", "/"+list
					r.fault("kisi", f)
					result, err := r.try(context.Background())
					if err == nil && result.Standing() != desk.Incomplete {
						t.Errorf("%s: standing %d, want %d: %s", list, result.Standing(), desk.Incomplete, brief(result))
					}
					r.clear()
					r.settle(list, 3)
					r.wantInside(list, atNine)
				}
				if s := r.sent(n); len(s) > 0 {
					t.Errorf("something was written: %v", s)
				}
				r.sound("after all")
			})
		})
	}
}

// TestADoorSideThatWasReallyEmptiedIsFilledAgain has somebody take every entry away by hand: one listing is not believed,
// a second one, an interval later, is.
func TestADoorSideThatWasReallyEmptiedIsFilledAgain(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		var gone strings.Builder
		for _, g := range r.vendors.Groups("kisi") {
			for _, e := range g.All {
				if g.Name != "Cleaners" && e.Email != "olga@x.test" {
					fmt.Fprintf(&gone, "    - {id: %s, delete: true}\n", e.ID)
				}
			}
		}
		r.patch("kisi:\n  role_assignments:\n" + gone.String())
		n := r.writes()
		r.sync(desk.Incomplete)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("one listing was believed: %v", s)
		}
		time.Sleep(16 * time.Minute)
		r.settle("after a second listing", 2)
		r.wantInside("after a second listing", atNine)
		r.sound("after a second listing")
	})
}

// garbled replaces a text in the answers to a path, and says whether it did.
func garbled(path, was, now string) (change func(int, *http.Request, *http.Response) (*http.Response, error), hit func() bool) {
	var done atomic.Bool
	return func(_ int, req *http.Request, res *http.Response) (*http.Response, error) {
		if req.Method != http.MethodGet || !strings.Contains(req.URL.Path, path) {
			return res, nil
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(body, []byte(was)) {
			done.Store(true)
			body = bytes.ReplaceAll(body, []byte(was), []byte(now))
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		res.ContentLength = int64(len(body))
		res.Header.Set("Content-Length", fmt.Sprint(len(body)))
		return res, nil
	}, done.Load
}

// TestOneRecordThatDoesNotFitBlocksNobody garbles one record on either side: it is reported and stays as it was, also when
// its access would have ended, and a change of somebody else goes through in the same run.
func TestOneRecordThatDoesNotFitBlocksNobody(t *testing.T) {
	t.Parallel()
	for what, g := range map[string]struct {
		path, was, now string
		want           desk.Standing
	}{
		"a member":            {"/members", `"ana@x.test"`, `["ana@x.test"]`, desk.InStep},
		"a membership":        {"/memberships", `"Desk in an office"`, `{"en": "Desk"}`, desk.InStep},
		"an account":          {"/kisi/users", `"Ana Almeida"`, `17`, desk.InStep},
		"an account's id":     {"/kisi/users", `"id":3,`, `"id":"x3",`, desk.Incomplete},
		"an entry":            {"/kisi/role_assignments", `"valid_until":"2027-05-31`, `"valid_until":"May 2027-05-31`, desk.InStep},
		"an account's e-mail": {"/kisi/users", `"hana@x.test"`, `{}`, desk.InStep},
		"whose an entry is":   {"/kisi/role_assignments", `"assignee_id":5,`, `"assignee_id":{},`, desk.Incomplete},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
				r := tiny(t, onSQLite)
				p := r.tapped()
				defer r.shut()
				r.sync(desk.InStep)
				n := r.writes()
				change, hit := garbled(g.path, g.was, g.now)
				p.after = change
				r.patch("officernd: {memberships: [{_id: ms-dan, startDate: 2026-11-20}]}")
				result, err := r.try(context.Background())
				if err != nil || !hit() {
					t.Fatalf("garbled: %v, %v", hit(), err)
				}
				if s := result.Standing(); s != g.want {
					t.Errorf("standing %d, want %d: %s", s, g.want, brief(result))
				}
				told := len(result.Reads[0].Refused) > 0
				for _, i := range result.Doors[0].Issues {
					told = told || i.Code == "record-refused" || i.Code == "door-incomplete"
				}
				if !told {
					t.Errorf("nobody is told: %s", brief(result))
				}
				dan := with(atNine, map[string][]string{"General access": append([]string{"dan"}, atNine["General access"]...)})
				r.wantInside("while it does not fit", dan)
				if s := r.sent(n); len(s) != 2 { // Dan's account and his entry
					t.Errorf("written: %v", s)
				}
				p.after = nil
				r.sync(desk.InStep)
				r.sound("after it")
			})
		})
	}
}

// TestCredentialsThatFailTakeNobodyOut has a connection that worked be refused: by a wrong key, for an organisation that
// is not there. It is told, nothing is written, and the old credentials put it right.
func TestCredentialsThatFailTakeNobodyOut(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*config.File){
		"a wrong key":             func(f *config.File) { f.Connections["kisi"].APIKey = secret(t, "wrong") },
		"a wrong secret":          func(f *config.File) { f.Connections["rnd"].ClientSecret = secret(t, "wrong") },
		"an unknown organisation": func(f *config.File) { f.Connections["rnd"].Org = "nobody" },
		"another address":         func(f *config.File) { f.Connections["rnd"].BaseURL = "http://sandbox/nowhere" },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			db := kept(t)
			bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
				r := tiny(t, db)
				defer func() { r.shut() }()
				good := *r.set.file
				good.Connections = map[string]*config.Connection{}
				for name, c := range r.set.file.Connections {
					one := *c
					good.Connections[name] = &one
				}
				r.sync(desk.InStep)
				n := r.writes()
				r.shut()
				spoil(r.set.file)
				r.open()
				for range 2 {
					result, err := r.try(context.Background())
					if err != nil || result.Standing() != desk.Incomplete {
						t.Errorf("standing %d, %v: %s", result.Standing(), err, brief(result))
					}
					time.Sleep(16 * time.Minute)
				}
				r.shut()
				r.set.file = &good
				r.open()
				r.sync(desk.InStep)
				if s := r.sent(n); len(s) > 0 {
					t.Errorf("something was written: %v", s)
				}
			})
		})
	}
}

// secret is one as a configuration file would give it.
func secret(t *testing.T, text string) config.Secret {
	t.Helper()
	f, err := config.Parse("c.yaml", []byte("connections: {c: {system: kisi, api_key: "+text+"}}"), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return f.Connections["c"].APIKey
}
