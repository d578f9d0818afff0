package sandbox_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
)

// told are the numbers of the events that were sent, with what they are about.
func (r *brivoRig) told() string {
	r.t.Helper()
	var out []string
	for _, h := range r.sent() {
		var e struct {
			SecurityAction struct {
				ID int `json:"securityActionId"`
			}
			EventObject struct{ Name string }
		}
		if err := json.Unmarshal(h.body, &e); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, strings.TrimPrefix(h.url, "https://hook.test/")+":"+strconv.Itoa(e.SecurityAction.ID/1000)+"xxx "+
			e.EventObject.Name)
	}
	return strings.Join(out, "; ")
}

func TestBrivoSubscriptionsAreKeptAndChecked(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	post := func(criteria string) reply {
		return r.api("POST", "/event-subscriptions", `{"name":"Cardea","url":"https://hook.test/a","errorEmail":"olga@x.test","criteria":`+criteria+`}`)
	}
	a := post(`[{"criteriaType":"SITE","criteriaOperationType":"EQ","criteriaValue":61}]`)
	want(t, a, 200, "encryptedSecretWord", `"criteriaType":"SITE"`)
	want(t, post(`[{"criteriaType":"SITE","criteriaOperationType":"EQ","criteriaValue":1}]`), 400, "invalid Site criteria")
	want(t, post(`[{"criteriaType":"ACCESS-POINT","criteriaOperationType":"EQ","criteriaValue":"1"}]`), 400, "invalid Device criteria")
	want(t, post(`[{"criteriaType":"MOOD","criteriaOperationType":"EQ","criteriaValue":"1"}]`), 400)
	want(t, r.api("POST", "/event-subscriptions", `{"name":"x","url":"nowhere"}`), 400)
	id := idText(into[map[string]any](t, a))
	at := "/event-subscriptions/" + id
	want(t, r.api("GET", at, ""), 200, "Cardea")
	want(t, r.api("PUT", at, `{"name":"New","url":"https://hook.test/b","criteria":[]}`), 200, `"criteria":[]`)
	want(t, r.api("GET", "/event-subscriptions?filter=name__eq:New", ""), 200, `"count":1`)
	want(t, r.api("GET", "/event-subscriptions?filter=name__eq:Ne", ""), 200, `"count":0`) // exact
	want(t, r.api("DELETE", at, ""), 204)
	want(t, r.api("GET", at, ""), 404, "Event subscription not found")
}

const listening = `
brivo:
  event_subscriptions:
    - {name: doors, url: "https://hook.test/doors", errorEmail: olga@x.test}
    - {name: london, url: "https://hook.test/london", criteria: [{criteriaType: SITE, criteriaOperationType: EQ, criteriaValue: "61"}]}
    - {name: both, url: "https://hook.test/both", criteria: [{criteriaType: SITE, criteriaOperationType: EQ, criteriaValue: "61"}, {criteriaType: SITE, criteriaOperationType: EQ, criteriaValue: "62"}]}
    - {name: audit, url: "https://hook.test/audit", criteria: [{criteriaType: AUDIT, criteriaOperationType: EQ, criteriaValue: "1"}]}
`

func (r *brivoRig) badge(user, door string) reply {
	return r.must("POST", "/_sandbox/brivo/badge", `{"user":"`+user+`","access_point":"`+door+`"}`, nil)
}

func TestBrivoTellsDoorEventsToWhoAskedForThem(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.patch(listening)
	want(t, r.badge("ben@x.test", "Front door"), 200, `"securityActionId": 2004`, `"id": 71`)
	if got := r.told(); got != "doors:2xxx Front door; london:2xxx Front door" { // two sites are never both true
		t.Error(got)
	}
	want(t, r.badge("3", "Front door"), 200, `"securityActionId": 5017`, `"exception": true`)
	want(t, r.badge("ana@x.test", "Front door"), 200, `"securityActionId": 5012`)
	r.api("POST", "/users/2/groups", `{"removeGroups":[11]}`)
	want(t, r.badge("ben@x.test", "Front door"), 200, `"securityActionId": 5018`)
	want(t, r.badge("ben@x.test", "Back door"), 400)
	want(t, r.badge("nobody", "Front door"), 400)
	r.sent()
	want(t, r.api("POST", "/access-points/91/activate", ""), 200)
	if got := r.told(); !strings.HasPrefix(got, "doors:5xxx Front door") {
		t.Error(got)
	}
	want(t, r.api("GET", "/events/counts/access", ""), 200, `{"count":5}`)
	list := r.api("GET", "/events/access?pageSize=2", "")
	want(t, list, 200, `"securityActionId":5064`)
	without(t, list, "count")
	rows := into[brivoPage](t, list).Data
	oldest, _ := rows[1]["occurred"].(string)
	rest := into[brivoPage](t, r.api("GET", "/events/access?pageSize=20&offset="+oldest, "")).Data
	if len(rows) != 2 || len(rest) >= 4 || len(rest) == 0 {
		t.Errorf("%d and %d events", len(rows), len(rest))
	}
	want(t, r.api("GET", "/events/access?filter=object__eq:91%3Bsite__eq:61", ""), 400)
	want(t, r.api("GET", "/events/counts/access?filter=site__eq:62", ""), 200, `{"count":0}`)
	r.wait(48 * time.Hour)
	r.token = ""
	want(t, r.api("GET", "/events/counts/access", ""), 200, `{"count":0}`) // today only
	want(t, r.api("GET", "/events/counts/access?filter=occurred__gt:2026-11-23T00:00:00Z", ""), 200, `{"count":5}`)
}

func TestBrivoTellsAuditOfChangesByHandAndByAPI(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.patch(listening)
	r.api("PUT", "/groups/12/users/1", "")
	hooks := r.sent()
	if len(hooks) != 1 || hooks[0].url != "https://hook.test/audit" {
		t.Fatalf("%v", hooks)
	}
	for _, part := range []string{`"securityActionId":4004`, `"userGroupName":"Elephant room"`, `"name":"Olga Owner"`, `"id":1`} {
		if !strings.Contains(string(hooks[0].body), part) {
			t.Errorf("%s is not in %s", part, hooks[0].body)
		}
	}
	if len(hooks[0].header) != 1 {
		t.Errorf("signed? %v", hooks[0].header)
	}
	r.patch("brivo: {users: [{id: 2, suspended: true, groups: []}], groups: [{id: 13, name: Office 14}]}")
	if got := r.told(); got != "audit:4xxx Office 14; audit:4xxx Ben Brandt; audit:3xxx Ben Brandt" {
		t.Error(got)
	}
	r.patch("brivo: {users: [{id: 2, suspended: true}]}")
	if got := r.told(); got != "" {
		t.Errorf("nothing changed, and it told %s", got)
	}
	want(t, r.api("GET", "/events/counts/audit", ""), 200, `{"count":4}`)
	r.set("hook_duplicates", "twice")
	r.set("hook_order", "reversed")
	r.patch("brivo: {users: [{id: 2, suspended: false, groups: [11]}]}")
	if got := r.told(); got != "audit:3xxx Ben Brandt; audit:3xxx Ben Brandt; audit:4xxx Ben Brandt; audit:4xxx Ben Brandt" {
		t.Error(got)
	}
	r.set("hook_drop", "all")
	r.patch("brivo: {users: [{id: 2, suspended: true}]}")
	if got := r.told(); got != "" {
		t.Error(got)
	}
}

func TestBrivoWritesToTheErrorAddressWhenAHookFails(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.patch(listening)
	r.refuse = true
	r.badge("ben@x.test", "Front door")
	if n := len(r.sent()); n != 2 { // once each: no retry
		t.Errorf("%d deliveries", n)
	}
	want(t, r.must("GET", "/_sandbox/world", "", nil), 200, "event subscription failed", `"to": "olga@x.test"`)
}
