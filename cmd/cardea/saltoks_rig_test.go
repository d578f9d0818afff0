package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

const saltoKeys = `base_url: "` + origin + `saltoks", auth_url: "` + origin + `saltoks/identity", client_id: cardea, client_secret: sandbox-secret`

// The two kinds of connection to the sandbox's Salto KS: a service account's password, and somebody's consent.
const (
	saltoByPassword = `{system: saltoks, ` + saltoKeys + `, auth: password, user: olga@x.test, password: sandbox-password}`
	saltoByConsent  = `{system: saltoks, ` + saltoKeys + `, redirect_url: "http://localhost:8080/oauth/door"}`
)

// salto is the world of the matrix: people of OfficeRnD, doors of Salto KS.
func salto(t *testing.T, connection string, db database) *rig {
	t.Helper()
	return rigOf(t, "matrix", read(t, worldsDir+"matrix.yaml"), `
connections:
  space: `+spaceSides[0].connection+`
  door: `+connection+`
integrations:
  site:
    space: space
    door: door
    zone: Europe/London
    approve: auto
    mappings:
`+commonMappings(side{}), db, func(*config.File) {})
}

// saltoAtNine is who passes at nine on Monday in the world of the matrix.
func saltoAtNine() map[string][]string {
	return map[string][]string{
		"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}, "Office 12": {"eli@x.test"},
	}
}

// tables are the records of a vendor, by table.
func (r *rig) tables(vendor string) map[string][]row {
	r.t.Helper()
	p := r.browse(http.MethodGet, "http://sandbox.test/_sandbox/world", nil)
	var shown struct {
		Vendors map[string]map[string][]row
	}
	if err := json.Unmarshal([]byte(p.body), &shown); err != nil {
		r.t.Fatal(err)
	}
	return shown.Vendors[vendor]
}

// addressed sorts people by their address. At Salto KS it stands at the end of the alias when nobody was to be invited.
func (r *rig) addressed(door string, members []string) []string {
	r.t.Helper()
	out := slices.Clone(members)
	if door == "saltoks" && slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(m, "id:") }) {
		for _, u := range r.tables(door)["users"] {
			alias, _ := u["alias"].(string)
			if i := slices.Index(out, "id:"+u["id"].(string)); i >= 0 && strings.Contains(alias, "<") {
				out[i] = strings.Trim(alias[strings.LastIndex(alias, "<"):], "<>")
			}
		}
	}
	slices.Sort(out)
	return out
}

// seen is what a browser got.
type seen struct {
	status         int
	body, location string
}

// browse asks the vendors as a browser does; a form is posted.
func (r *rig) browse(method, address string, form url.Values) seen {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := r.vendors.Transport().RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.Body.Close() != nil {
		r.t.Fatal(err)
	}
	return seen{res.StatusCode, string(body), res.Header.Get("Location")}
}

// allow logs in at Salto's page and decides; it returns where the browser is sent.
func (r *rig) allow(address, decision string) string {
	r.t.Helper()
	p := r.browse(http.MethodGet, address, nil)
	asked := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(p.body)
	if asked == nil {
		r.t.Fatalf("no page of consent: %+v", p)
	}
	back := r.browse(http.MethodPost, origin+"saltoks/identity/account/consent", url.Values{
		"request": {asked[1]}, "username": {"olga@x.test"}, "password": {"sandbox-password"}, "decision": {decision},
	})
	if !strings.HasPrefix(back.location, "http://localhost:8080/oauth/door?") {
		r.t.Fatalf("sent to %+v", back)
	}
	return back.location
}

// consented begins a consent, allows it at Salto, and brings the code home.
func (r *rig) consented() {
	r.t.Helper()
	address, err := r.app.desk.BeginConsent(r.t.Context(), "door", "test")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.app.desk.FinishConsent(r.t.Context(), "door", r.allow(address, "allow"), "test"); err != nil {
		r.t.Fatal(err)
	}
}

// writesTo are the writes that a vendor was sent, from the n-th on, those of a method and with a part of a path; "" is any.
func (r *rig) writesTo(vendor string, n int, method, part string) (out []sandbox.Write) {
	for _, w := range r.vendors.Writes(vendor)[n:] {
		if (method == "" || w.Method == method) && strings.Contains(w.Path, part) {
			out = append(out, w)
		}
	}
	return out
}

// saltoInStep syncs, wants these people, and wants nothing to be written when it is done again.
func (r *rig) saltoInStep(when string, want map[string][]string) {
	r.t.Helper()
	r.sync(desk.InStep)
	n := len(r.vendors.Writes("saltoks"))
	r.sync(desk.InStep)
	if diff := cmp.Diff(want, r.passing("saltoks")); diff != "" {
		r.t.Errorf("%s: %s", when, diff)
	}
	if w := r.vendors.Writes("saltoks")[n:]; len(w) > 0 {
		r.t.Errorf("%s: the second run wrote %v", when, w)
	}
}

// saltoUser is the id of the site user who is invited at an address, or whose alias ends with it.
func (r *rig) saltoUser(address string) string {
	r.t.Helper()
	for _, u := range r.tables("saltoks")["users"] {
		if alias, _ := u["alias"].(string); strings.HasSuffix(alias, "<"+address+">") {
			return u["id"].(string)
		}
	}
	r.t.Fatalf("no user %s", address)
	return ""
}
