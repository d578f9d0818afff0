package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

type acsPush struct {
	Time     string
	Business struct {
		ID             int64
		Name, UniqueID string
	}
	Coworker map[string]any
	Groups   []string
	Schedule []struct {
		Group     string
		ExpiresOn *string `json:"expires_on"`
	}
}

// pushes lists what came to our push route: who, their groups, and when these lapse.
func (r nexRig) pushes() (out []string, bodies []acsPush) {
	r.t.Helper()
	for _, h := range r.sent() {
		if h.url != "https://c.test/acs/nx/push" {
			continue
		}
		if h.header.Get("Authorization") != "Bearer wb" {
			r.t.Errorf("bearer %q", h.header.Get("Authorization"))
		}
		var p acsPush
		if err := json.Unmarshal(h.body, &p); err != nil {
			r.t.Fatal(err)
		}
		line := fmt.Sprint(p.Coworker["email"], " ", strings.Join(p.Groups, "+"))
		for _, s := range p.Schedule {
			end := "open"
			if s.ExpiresOn != nil {
				end = *s.ExpiresOn
			}
			line += " " + s.Group + "<" + end
		}
		out, bodies = append(out, line), append(bodies, p)
	}
	return out, bodies
}

const ourGroups = `[{"id":"g-day","name":"Day"},{"id":"g-lift","name":"Lift"},{"id":"7","name":"g-room"},{"id":8,"name":"g-office"}]`

func TestNexudusOpensTheMappingPage(t *testing.T) {
	t.Parallel()
	var asked http.Header
	r := acsUp(t, ourGroups, &asked)
	groups, err := r.AccessGroups(t.Context())
	if err != nil || len(groups) != 4 || groups[2] != (sandbox.AccessGroup{Business: "London", ID: "7", Name: "g-room"}) {
		t.Fatalf("%v %v", groups, err)
	}
	if asked.Get("Authorization") != "Bearer gt" || asked.Get("X-Nexudus-Business-UniqueId") == "" ||
		asked.Get("X-Nexudus-User-UniqueId") == "" {
		t.Errorf("headers %v", asked)
	}
	want(t, r.must("GET", "/_sandbox/nexudus/access", "", nil), 200, `"id": "g-day"`)
	// from now on a name of a group counts, and its id is pushed
	want(t, r.must("POST", "/_sandbox/nexudus/access", "", nil), 200)
	if got, _ := r.pushes(); len(got) != 3 || got[0] != "ana@x.test 8" {
		t.Errorf("%q", got)
	}
	for name, body := range map[string]string{
		"not JSON": "<html>", "an object": `{"groups":[]}`, "no id": `[{"name":"A"}]`, "twice": `[{"id":"a"},{"id":"a"}]`,
	} {
		s := acsUp(t, body, &asked)
		if _, err := s.AccessGroups(t.Context()); err == nil {
			t.Errorf("%s was taken", name)
		}
		want(t, s.must("GET", "/_sandbox/nexudus/access", "", nil), 400)
	}
	if _, err := nexudusUp(t).AccessGroups(t.Context()); err == nil {
		t.Error("a page that is not there")
	}
}

func TestNexudusPushesTheWholeOfWhatSomebodyHas(t *testing.T) {
	t.Parallel()
	var asked http.Header
	r := acsUp(t, "[]", &asked)
	if err := r.PushAccess(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, bodies := r.pushes()
	const open = " g-day<2026-12-01T00:00:00Z g-lift<2026-12-01T00:00:00Z"
	if strings.Join(got, "\n") != "ana@x.test g-office\nben@x.test g-day+g-eve+g-lift+g-office"+open+"\ncleo@x.test " {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	ana := bodies[0]
	if ana.Time == "" || ana.Business.Name != "London" || ana.Business.UniqueID == "" || ana.Coworker["accessPincode"] != "0471" ||
		ana.Coworker["uniqueId"] == nil || ana.Coworker["access_card_id"] != "11, 22" || ana.Coworker["full_name"] != "Ana Łuč" {
		t.Errorf("%+v", ana)
	}
	// a booking comes and goes
	clockTo := func(h, m int) string {
		r.wait(time.Date(2026, 11, 23, h, m, 0, 0, time.UTC).Sub(r.now()))
		r.Tick()
		got, _ := r.pushes()
		return strings.Join(got, "\n")
	}
	if s := clockTo(10, 45); !strings.Contains(s, "g-room<2026-11-23T12:15:00Z") {
		t.Errorf("before the booking: %s", s)
	}
	if s := clockTo(12, 15); s == "" || strings.Contains(s, "g-room") {
		t.Errorf("after it: %s", s)
	}
	// what the payer holds, the team holds; who is suspended has nothing
	r.patch("nexudus: {coworkercontracts: [{Id: k-ana, Desks: [desk]}]}")
	if got, _ = r.pushes(); strings.Join(got, "\n") != "ana@x.test \nben@x.test g-day+g-eve+g-lift"+open {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	r.patch("nexudus: {coworkers: [{Id: ben, Active: false}]}")
	if got, _ = r.pushes(); strings.Join(got, "\n") != "ben@x.test " {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	r.patch("nexudus: {coworkers: [{Id: ana, Tag: x}], resources: [{Id: elephant, AccessControlGroupId: other}], visitors: [{Id: vera, Email: w@g.test}]}")
	if got, _ = r.pushes(); len(got) != 0 {
		t.Errorf("pushed for nothing: %v", got)
	}
}

func TestNexudusUsedDayPassOpensUntilTheCutOff(t *testing.T) {
	t.Parallel()
	var asked http.Header
	r := acsUp(t, "[]", &asked, "acs_slots", "honoured")
	r.made(r.call("POST", "spaces/checkins", fmt.Sprintf(`{"CoworkerId":%s,"BusinessId":%s,"FromTime":"2026-11-23T09:00:00Z"}`,
		r.id("spaces/coworkers", "FullName", "Ben Brandt"), r.london())))
	got, _ := r.pushes()
	if strings.Join(got, "\n") != "ben@x.test g-day+g-lift+g-office g-day<2026-11-24T00:00:00Z g-lift<2026-11-24T00:00:00Z" {
		t.Errorf("%q", got)
	}
}

func TestNexudusPushSwitches(t *testing.T) {
	t.Parallel()
	var asked http.Header
	for names, key := range map[string]string{"camel": "accessCardId", "bare": "accessPincode"} {
		r := acsUp(t, "[]", &asked, "acs_names", names, "acs_open_end", "null")
		if err := r.PushAccess(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, bodies := r.pushes()
		if got[0] != "ana@x.test g-office g-office<open" || bodies[0].Coworker[key] == nil || bodies[0].Coworker["access_card_id"] != nil {
			t.Errorf("%s: %s %+v", names, got[0], bodies[0])
		}
	}
	const plain = "nexudus: {acs: [{business: london, groups_url: 'http://127.0.0.1:1/groups', webhook_url: 'http://127.0.0.1:1/push'}]}"
	if err := nexudusUp(t).Patch([]byte(plain)); err == nil || !strings.Contains(err.Error(), "https://") {
		t.Errorf("%v", err)
	}
	if err := nexudusUp(t, "acs_https", "any").Patch([]byte(plain)); err != nil {
		t.Error(err)
	}
}

func TestNexudusPushThatFailsIsLost(t *testing.T) {
	t.Parallel()
	var asked http.Header
	r := acsUp(t, "[]", &asked)
	r.refuse = true
	r.patch("nexudus: {coworkers: [{Id: ben, AccessPincode: '22222'}]}")
	if got, _ := r.pushes(); len(got) != 1 {
		t.Errorf("%v", got)
	}
	want(t, r.get("sys/coworkeraccesscontrolaudits"), 200, "Access could not be updated", `"CoworkerFullName":"Ben Brandt"`)
	r.refuse = false
	r.wait(time.Hour)
	r.Tick()
	if got, _ := r.pushes(); len(got) != 0 {
		t.Errorf("sent again: %v", got)
	}
}

func TestNexudusFetchesGroupsByHTTP(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/groups" || r.Header.Get("X-Nexudus-Business-UniqueId") == "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		fmt.Fprint(w, ourGroups)
	}))
	t.Cleanup(srv.Close)
	for path, n := range map[string]int{"/groups": 4, "/nothing": 0} {
		r := nexudusUp(t)
		r.patch("nexudus: {acs: [{business: london, groups_url: '" + srv.URL + path + "', webhook_url: 'https://c.test/push'}]}")
		groups, err := r.AccessGroups(t.Context())
		if len(groups) != n || (err == nil) != (n > 0) {
			t.Errorf("%s: %d groups, %v", path, len(groups), err)
		}
	}
}
