package sandbox_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// lobby is a small Brivo account: an application of each kind, two administrators, three groups of which one is hidden.
const lobby = `
anchor: 2026-11-23
brivo:
  account: {id: 88001, name: Acme, region: us, passes: 2}
  keys: [{key: k1, qps: 20, monthly: 1000}, {key: k2, qps: 20, monthly: 1000}, {key: old, inactive: true}]
  applications:
    - {id: 901, name: Password, clientId: app-password, secret: s1, grantTypes: [password]}
    - {id: 902, name: "Login & go", clientId: app-login, secret: s2, grantTypes: [authorization_code, refresh_token], redirectUri: "https://cardea.test/oauth/brivo?x=1"}
  administrators:
    - {id: 41, username: acme1357, password: pw, firstName: Olga, lastName: Owner, email: olga@x.test}
    - {id: 42, username: helper9, password: pw, firstName: Hank, lastName: Helper, email: hank@x.test, identityType: ASSISTANT, groups: [Office 12]}
  sites: [{id: 61, siteName: London, timeZone: Europe/London}, {id: 62, siteName: Paris}]
  access_points:
    - {id: 91, name: Front door, siteId: London}
    - {id: 92, name: Back door, siteId: Paris, connected: false}
  schedules: [{id: 7, name: Office hours}]
  groups:
    - {id: 11, name: General access}
    - {id: 12, name: Elephant room}
    - {id: 13, name: Office 12}
    - {id: 14, name: Hidden, hidden: true}
    - {id: 15, name: Flats, multifamily: true}
  permissions: [{groupId: "11", accessPointId: Front door, scheduleId: Always Access}]
  custom_fields: [{id: 4107, fieldName: Company}, {id: 4108, fieldName: Desk, fieldType: NUMBER}]
  users:
    - {id: 1, firstName: Ana, lastName: almeida, externalId: "rnd:a/1", emails: [ana@x.test], phoneNumbers: ["+1 202 555 0143"], groups: [General access, Hidden], customFields: {Company: Northlight}}
    - {id: 2, firstName: Ben, lastName: Brandt, pin: "4711", emails: [{address: ben@x.test, type: Home}], groups: [General access]}
    - {id: 3, firstName: Zoe, lastName: Adams, suspended: true, groups: [General access]}
  credentials: [{id: 71, referenceId: "1001", userId: ben@x.test, fieldValues: [{id: 1, value: "1001"}, {id: 2, value: "33"}]}]
`

// brivoRig is a sandbox with that account.
type brivoRig struct {
	*rig

	token string
	key   string
}

func brivoUp(t *testing.T, switches map[string]string) *brivoRig {
	t.Helper()
	return &brivoRig{rig: small(t, lobby, switches), key: "k1"}
}

func basicOf(app, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(app+":"+secret))
}

// ask asks for a token as an application.
func (r *brivoRig) ask(app, secret string, pairs ...string) reply {
	r.t.Helper()
	r.wait(60 * time.Millisecond)
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return r.must("POST", "/brivo/oauth/token", form.Encode(), header("Content-Type", "application/x-www-form-urlencoded",
		"Api-Key", r.key, "Authorization", basicOf(app, secret)))
}

type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Kind    string `json:"token_type"`
	Expires int    `json:"expires_in"`
	Scope   string `json:"scope"`
}

func (r *brivoRig) login(username string) pair {
	r.t.Helper()
	a := r.ask("app-password", "s1", "grant_type", "password", "username", username, "password", "pw")
	p := into[pair](r.t, a)
	if a.status != http.StatusOK || p.Access == "" {
		r.t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return p
}

// api calls the API as the senior administrator, or with the token set.
func (r *brivoRig) api(method, path, body string) reply {
	r.t.Helper()
	if r.token == "" {
		r.token = r.login("acme1357").Access
	}
	r.wait(60 * time.Millisecond)
	return r.must(method, "/brivo/v1/api"+path, body, header("Content-Type", "application/json", "Api-Key", r.key,
		"Authorization", "bearer "+r.token))
}

func (r *brivoRig) set(name, value string) {
	r.t.Helper()
	if err := r.SetSwitches(map[string]string{"brivo." + name: value}); err != nil {
		r.t.Fatal(err)
	}
}

type brivoPage struct {
	Data             []map[string]any
	Offset, PageSize *int
	Count            *int
}

// ids are the ids of a list, in order.
func (r *brivoRig) ids(path string) string {
	r.t.Helper()
	a := r.api("GET", path, "")
	if a.status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	var out []string
	for _, x := range into[brivoPage](r.t, a).Data {
		out = append(out, idText(x))
	}
	return strings.Join(out, " ")
}

func idText(x map[string]any) string {
	f, _ := x["id"].(float64)
	return strconv.FormatInt(int64(f), 10)
}

// brivoMembers is who can pass a group now.
func (r *brivoRig) brivoMembers(group string) string {
	for _, g := range r.Groups("brivo") {
		if g.Name == group {
			return strings.Join(g.Members, " ")
		}
	}
	return "no such group"
}

func without(t *testing.T, a reply, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.body, p) {
			t.Errorf("%q is in %s", p, a.body)
		}
	}
}

func readerOf(s string) io.Reader { return strings.NewReader(s) }

func replyOf(t *testing.T, res *http.Response) reply {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}
