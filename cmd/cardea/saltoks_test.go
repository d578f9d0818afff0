package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/desk"
)

// TestSaltoKSIsConsentedToOnItsPage begins a consent with a proof key, allows it at Salto, and brings the code home by the route of
// the server and by the command; tokens change hands for a week from there.
func TestSaltoKSIsConsentedToOnItsPage(t *testing.T) {
	t.Parallel()
	for name, home := range map[string]func(r *rig, back string){
		"by the route": func(r *rig, back string) {
			routes := r.app.routes(r.term, &serveCmd{}, "localhost:8080")
			for i, want := range []int{http.StatusOK, http.StatusBadRequest} { // a code comes once
				w := httptest.NewRecorder()
				routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, back, nil))
				if w.Code != want {
					r.t.Errorf("the browser came back for the %d. time: %d %s", i+1, w.Code, w.Body)
				}
			}
		},
		"by the command": func(r *rig, back string) {
			if code, out, log := r.command(nil, (&connectCmd{Connection: "door", Code: back}).do); code != 0 || !strings.Contains(out, "is connected") {
				r.t.Errorf("%d %s %s", code, out, log)
			}
			time.Sleep(time.Minute) // this process was told that nobody consented, and asks anew after half a minute
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := salto(t, saltoByConsent, kept(t))
				defer r.shut()
				if err := r.app.desk.Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "cardea connect door") {
					t.Errorf("before anybody consented: %v", err)
				}
				code, out, log := r.command(nil, (&connectCmd{Connection: "door", JSON: true}).do)
				var begun struct{ Address string }
				if err := json.Unmarshal([]byte(out), &begun); err != nil || code != 0 {
					t.Fatalf("%d %s %s", code, out, log)
				}
				q, err := url.Parse(begun.Address)
				if err != nil || q.Query().Get("code_challenge_method") != "S256" {
					t.Errorf("%s, %v", begun.Address, err)
				}
				home(r, r.allow(begun.Address, "allow"))
				r.saltoInStep("after the consent", saltoAtNine())
				at(t, "2026-11-30T09:00:00Z")
				week := saltoAtNine()
				delete(week, "Elephant room")
				r.saltoInStep("a week later", week)
				r.silent(r.logged())
			})
		})
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		bubble(t, morning, func(t *testing.T) {
			r := salto(t, saltoByConsent, kept(t))
			defer r.shut()
			address, err := r.app.desk.BeginConsent(t.Context(), "door", "test")
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			r.app.routes(r.term, &serveCmd{}, "localhost:8080").ServeHTTP(w, httptest.NewRequest(http.MethodGet, r.allow(address, "deny"), nil))
			if w.Code != http.StatusBadRequest {
				t.Errorf("nobody consented: %d %s", w.Code, w.Body)
			}
			if err := r.app.desk.Connect(t.Context()); err == nil {
				t.Error("it is connected without a consent")
			}
		})
	})
}

// saltoDays is what happens to the world of the matrix on that Monday: Eva comes, whose address Salto knows in capitals; Ana was
// taken out of her group by hand; Dina's pass is used up; Gil comes, of whom Salto never heard.
const saltoDays = `
officernd:
  members:
    - {_id: eva, name: Eva Ek, email: eva@x.test, location: london}
    - {_id: gil, name: Gil O'Gara, email: gil.o'gara@x.test, location: london}
  memberships:
    - {_id: ms-eva, member: eva, plan: hot-desk, location: london, name: Hot desk, isPersonal: true, startDate: 2026-11-01}
    - {_id: ms-gil, member: gil, plan: hot-desk, location: london, name: Hot desk, isPersonal: true, startDate: 2026-11-01}
  passes: [{_id: ps-dina, usedCount: 5}]
saltoks:
  sites:
    - id: london
      users: [{id: eva, user: {first_name: Eva, last_name: Ek, email: Eva@X.test, has_profile: true}}]
      access_groups: [{id: general, users: []}]
`

// TestEverySaltoKSSwitchBothWays plays the same days with every answer that the fact sheet leaves open. No answer may change who
// passes, make Cardea write again and again, or make anybody twice.
func TestEverySaltoKSSwitchBothWays(t *testing.T) {
	t.Parallel()
	all := salto(t, saltoByConsent, onSQLite)
	defer all.shut()
	cases, kind, n := map[string]map[string]string{"defaults": {}}, map[string]string{}, 0
	for _, s := range all.vendors.Switches() {
		name, ours := strings.CutPrefix(s.Name, "saltoks.")
		if !ours {
			continue
		}
		n++
		if len(s.Values) < 2 || s.Value != s.Values[0] && name != "password_grant" {
			t.Errorf("%s stands at %q of %q", s.Name, s.Value, s.Values)
		}
		for _, v := range s.Values[1:] {
			cases[fmt.Sprintf("%s is %s", name, v)] = map[string]string{s.Name: v}
		}
		kind[s.Name] = s.Values[1]
	}
	if n != 30 {
		t.Errorf("%d switches", n)
	}
	cases["password_grant is refused"] = map[string]string{"saltoks.password_grant": "refused"}
	kind["saltoks.new_listed"], kind["saltoks.token_life"], kind["saltoks.lag"] = "at once", "3600", "0"
	cases["all at their kind value"] = kind
	for name, switches := range cases {
		for _, connection := range []string{saltoByConsent, saltoByPassword} {
			if connection == saltoByPassword && switches["saltoks.password_grant"] == "refused" {
				continue
			}
			t.Run(name+" "+map[string]string{saltoByConsent: "consent", saltoByPassword: "password"}[connection], func(t *testing.T) {
				t.Parallel()
				bubble(t, morning, func(t *testing.T) { saltoOrdinary(t, connection, switches) })
			})
		}
	}
}

func saltoOrdinary(t *testing.T, connection string, switches map[string]string) {
	t.Helper()
	r := salto(t, connection, onSQLite)
	if err := r.vendors.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	refused := r.refusals()
	defer r.shut()
	if connection == saltoByConsent {
		r.consented()
	}
	want := saltoAtNine()
	if switches["saltoks.credential"] == "needed" { // those who were made have neither tag nor profile
		want = map[string][]string{"General access": {"ana@x.test"}}
	}
	if switches["saltoks.lag"] == "300" { // longer than was ever measured: it fails, is told, and comes with a later run
		if result, err := r.try(t.Context()); err != nil || result.Doors[0].Failed != 3 {
			t.Errorf("while Salto does not know them: %s, %v", brief(result), err)
		}
		time.Sleep(5 * time.Minute)
	}
	r.saltoInStep("at nine", want)
	at(t, "2026-11-23T10:15:01Z")
	delete(want, "Elephant room")
	r.saltoInStep("after the booking", want)
	r.patch(saltoDays)
	at(t, "2026-11-23T10:45:00Z")
	want["General access"] = []string{"Eva@X.test", "ana@x.test", "gil.o'gara@x.test"}
	if switches["saltoks.credential"] == "needed" {
		want["General access"] = []string{"Eva@X.test", "ana@x.test"}
	}
	if switches["saltoks.lag"] == "300" {
		if _, err := r.try(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
	}
	r.saltoInStep("in the morning", want)
	at(t, "2026-11-25T09:00:00Z")
	r.saltoInStep("on Wednesday", want)
	var invited []string
	for _, i := range r.tables("saltoks")["invitations"] {
		invited = append(invited, fmt.Sprint(i["email"]))
	}
	if diff := cmp.Diff([]string{"gil.o'gara@x.test"}, invited); diff != "" {
		t.Errorf("invited: %s", diff)
	}
	if n := len(r.tables("saltoks")["users"]); n != 7 { // olga, ana, cleo, dina, eli, eva, gil
		t.Errorf("there are %d users", n)
	}
	if n := refused.Load(); n != 0 {
		t.Errorf("%d calls were refused because they came too fast", n)
	}
}

// TestSaltoKSWithoutASeatIsAnIssueAndNoSuccess lets somebody come for whom the site has no seat: Salto makes them, suspended, and
// says nothing.
func TestSaltoKSWithoutASeatIsAnIssueAndNoSuccess(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.patch(`saltoks: {sites: [{id: london, subscribed_user_amount: 4}]}`) // olga, ana, and two more
		result, err := r.try(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shut := func(result desk.Result) (n int) {
			for _, i := range result.Doors[0].Issues {
				if i.Code == "account-shut" {
					n++
				}
			}
			return n
		}
		passing := 0
		for _, members := range r.passing("saltoks") {
			passing += len(members)
		}
		if passing != 3 || shut(result) != 1 || len(r.issues("account-shut")) != 1 {
			t.Errorf("%d pass, %d are told of: %s", passing, shut(result), brief(result))
		}
		_, found := r.doctor(int(desk.Pending), "door")
		var codes []string
		for _, f := range found.Connections[0].Findings {
			codes = append(codes, f.Code)
		}
		for _, code := range []string{"seats-used-up", "accounts-suspended"} {
			if !slices.Contains(codes, code) {
				t.Errorf("doctor finds %v and no %s", codes, code)
			}
		}
		// Seats are bought, and somebody gives one at Salto.
		fix := ""
		for _, u := range r.tables("saltoks")["users"] {
			if u["subscription_state"] == "suspended" {
				fix = fmt.Sprint(u["id"])
			}
		}
		r.patch(`saltoks: {sites: [{id: london, subscribed_user_amount: 9, users: [{id: "` + fix + `", subscription_state: subscribed}]}]}`)
		time.Sleep(time.Minute)
		r.saltoInStep("with a seat", saltoAtNine())
		if n := len(r.issues("account-shut")); n != 0 {
			t.Errorf("%d issues are left", n)
		}
		if w := r.writesTo("saltoks", 0, "", "subscription"); len(w) > 0 {
			t.Errorf("seats were given from here: %v", w)
		}
	})
}

// TestSaltoKSInvitesWhenTheFirstGrantBegins books a room for the afternoon: nobody is made or written to before it begins.
func TestSaltoKSInvitesWhenTheFirstGrantBegins(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		n := len(r.vendors.Writes("saltoks"))
		r.patch(`
officernd:
  members: [{_id: gil, name: Gil Gara, email: gil@x.test, location: london}]
  bookings:
    - {_id: bk-gil, title: Talk, resource: elephant, location: london, timezone: Europe/London, source: portal, member: gil,
       start: 2026-11-23T14:00:00Z, end: 2026-11-23T15:00:00Z}
`)
		r.sync(desk.InStep)
		at(t, "2026-11-23T13:44:30Z")
		r.sync(desk.InStep)
		if w := r.writesTo("saltoks", n, "POST", "/users"); len(w) > 0 || len(r.tables("saltoks")["invitations"]) > 0 {
			t.Errorf("before it begins: %v, invited %v", w, r.tables("saltoks")["invitations"])
		}
		at(t, "2026-11-23T13:52:00Z")
		r.sync(desk.InStep)
		if got := r.passing("saltoks")["Elephant room"]; !slices.Equal(got, []string{"gil@x.test"}) {
			t.Errorf("when it begins %v pass", got)
		}
		if i := r.tables("saltoks")["invitations"]; len(i) != 1 || i[0]["email"] != "gil@x.test" {
			t.Errorf("invited: %v", i)
		}
		at(t, "2026-11-23T15:20:00Z")
		r.sync(desk.InStep)
		if got := r.passing("saltoks")["Elephant room"]; len(got) > 0 {
			t.Errorf("afterwards %v pass", got)
		}
		if w := r.writesTo("saltoks", n, "DELETE", ""); len(w) > 0 {
			t.Errorf("deleted: %v", w)
		}
	})
}

// TestSaltoKSLeavesTagsPINsAndSeedsAlone lets people with tags, PINs and keys come and go, in groups that were made with somebody
// in them.
func TestSaltoKSLeavesTagsPINsAndSeedsAlone(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.patch(`
saltoks:
  sites:
    - id: london
      users:
        - {id: dina, user: {first_name: Dina, last_name: Diaz, email: dina@x.test, has_profile: true, tag_number: "0042"},
           tag_owned_by_this_site: true, pin: "123456", use_pin: true, keys: [{type: digital, key_identifier: k-1}]}
        - {id: fay, user: {first_name: Fay, last_name: Frost, email: fay@x.test, has_profile: true, tag_number: "0043"}, pin: "654321"}
        - {id: sam, user: {first_name: Sam, last_name: Seed, email: sam@x.test, has_profile: true}}
      access_groups: [{id: elephant, users: [olga]}, {id: office-12, users: [sam]}]
`)
		of := func() map[string]string {
			out := map[string]string{}
			for _, c := range r.tables("saltoks")["credentials"] {
				text, err := json.Marshal(c)
				if err != nil {
					t.Fatal(err)
				}
				out[fmt.Sprint(c["id"])] = string(text)
			}
			return out
		}
		before := of()
		want := saltoAtNine()
		want["Elephant room"] = []string{"cleo@x.test", "olga@x.test"}
		want["Office 12"] = []string{"eli@x.test", "sam@x.test"}
		in := func(when string) {
			t.Helper()
			r.saltoInStep(when, want)
			after := of()
			for id, was := range before {
				if after[id] != was {
					t.Errorf("%s: the credentials %s are now %s", when, was, after[id])
				}
			}
		}
		if _, err := r.try(t.Context()); err != nil {
			t.Fatal(err)
		}
		in("at nine")
		r.patch(`officernd: {passes: [{_id: ps-dina, usedCount: 5}]}`)
		at(t, "2026-11-23T10:20:00Z")
		want["General access"], want["Elephant room"] = []string{"ana@x.test"}, []string{"olga@x.test"}
		in("after the booking")
		// Who is taken out by hand at Salto stays out.
		r.patch(`saltoks: {sites: [{id: london, access_groups: [{id: elephant, users: []}, {id: office-12, users: [` + r.saltoUser("eli@x.test") + `]}]}]}`)
		at(t, "2026-11-23T11:20:00Z")
		delete(want, "Elephant room")
		want["Office 12"] = []string{"eli@x.test"}
		in("without the seeds")
		for _, w := range r.vendors.Writes("saltoks") {
			for _, word := range []string{"tag", "pin", "keys", "blocked", "subscription"} {
				if strings.Contains(string(w.Body), word) || strings.Contains(w.Path, word) {
					t.Errorf("sent %s %s %s", w.Method, w.Path, w.Body)
				}
			}
		}
	})
}
