package sandbox_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

const tower = `
name: tower
anchor: 2026-11-23
saltoks:
  clients:
    - {id: cardea, secret: s3cret, redirect_uris: ["https://cardea.test/oauth/door"]}
    - {id: phone, redirect_uris: ["app://back"], scopes: [user_api.full_access]}
  logins: [{username: olga@x.test, password: pw}, {username: mia@x.test, password: pw}, {username: tag@x.test, password: pw}]
  consents: [{refresh_token: given-before, client: cardea, username: olga@x.test}]
  switches: {password_grant: allowed}
  sites:
    - id: london
      site_uid: GB0000000001
      customer_reference: London
      time_zone: Europe/London
      subscribed_user_amount: 7
      owner: olga@x.test
      iqs: [{id: iq, customer_reference: IQ 1, mac: "00:01"}]
      locks: [{id: front, customer_reference: Front door, iq: iq, mac: "00:02"}, {id: back, customer_reference: Back door}]
      users:
        - {id: olga, user: {first_name: Olga, last_name: Owner, email: olga@x.test, has_profile: true}, roles: [site_admin]}
        - {id: ana, user: {id: ana-ks, first_name: Ana, last_name: Li, email: Ana@x.test, has_profile: true, tag_number: "0042"}, tag_owned_by_this_site: true}
        - {id: bo, user: {first_name: Bo, last_name: O'Ek}, pin: "123456", use_pin: true}
        - {id: mia, user: {first_name: Mia, last_name: Po, email: mia@x.test, has_profile: true}}
        - {id: tag, user: {first_name: Tag, last_name: Only, email: tag@x.test}, subscription_state: suspended, alias: tag}
        - {id: pod, user: {first_name: Pod, last_name: Member}, roles: [site_user, site_pod_member], subscription_state: suspended}
      access_groups:
        - {id: general, customer_reference: General, users: [ana, bo, tag], locks: [front], time_schedules: [always]}
        - {id: hours, customer_reference: Hours, users: [ana], locks: [front], time_schedules: [{monday: true, start_time: "09:30", end_time: "18:00"}]}
        - {id: bare, customer_reference: Bare, users: [ana], locks: [front]}
        - {id: shut, customer_reference: Shut, users: [ana], time_schedules: [always]}
      entries:
        - {lock: front, user: ana, utc_date_time: 2026-11-23T08:00:00Z}
        - {lock: front, user: bo, utc_date_time: 2026-11-23T08:30:00Z, access_by: pin_code}
        - {lock: front, utc_date_time: 2026-11-22T08:00:00Z, event_category: lock_rejected, event_detail: no_access}
        - {lock: front, utc_date_time: 2026-06-22T08:00:00Z}
    - id: paris
      customer_reference: Paris
      users: [{id: zoe, user: {first_name: Zoé, last_name: Roy, email: zoe@x.test, has_profile: true}}]
`

const formKind = "application/x-www-form-urlencoded"

// saltoRig is a rig with a token of the administrator.
type saltoRig struct {
	*rig

	token string
	ids   map[string]string // "users ana" -> id
}

// saltoTower is the world above; switches are written name, value.
func saltoTower(t *testing.T, switches ...string) *saltoRig {
	t.Helper()
	r := &saltoRig{rig: small(t, tower, saltoSwitches(switches...)), ids: map[string]string{}}
	r.learn()
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r.token = r.login("olga@x.test")
	return r
}

func saltoSwitches(switches ...string) map[string]string {
	set := map[string]string{}
	for i := 0; i < len(switches); i += 2 {
		set["saltoks."+switches[i]] = switches[i+1]
	}
	return set
}

// learn reads the ids of the world: of users by first name, of the rest by name.
func (r *saltoRig) learn() {
	for table, rows := range r.world() {
		for _, one := range rows {
			name := fmt.Sprint(one["customer_reference"])
			if table == "people" {
				name = fmt.Sprint(one["first_name"])
			}
			if table == "users" {
				for _, p := range r.world()["people"] {
					if p["id"] == one["_person"] {
						name = fmt.Sprint(p["first_name"])
					}
				}
			}
			r.ids[table+" "+name], _ = one["id"].(string)
		}
	}
}

// world is every record, as the control route shows them.
func (r *saltoRig) world() map[string][]map[string]any {
	a := r.must("GET", "/_sandbox/world", "", nil)
	type shown struct {
		Vendors map[string]map[string][]map[string]any
	}
	return into[shown](r.t, a).Vendors["saltoks"]
}

func (r *saltoRig) ask(form url.Values, secret string) reply {
	h := header("Content-Type", formKind)
	if secret != "" {
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("cardea:"+secret)))
	}
	return r.must("POST", "/saltoks/identity/connect/token", form.Encode(), h)
}

func saltoPassword(user string) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {user}, "password": {"pw"}, "scope": {"user_api.full_access offline_access"}}
}

func (r *saltoRig) login(user string) string {
	r.t.Helper()
	a := r.ask(saltoPassword(user), "s3cret")
	want(r.t, a, 200, `"token_type":"Bearer"`, `"expires_in":`)
	return fmt.Sprint(into[map[string]any](r.t, a)["access_token"])
}

// call calls the API; {words} in the path or body stand for ids, as {users Ana}; {s} is the site London.
func (r *saltoRig) call(method, path, body string, more ...string) reply {
	r.t.Helper()
	h := header("Authorization", "Bearer "+r.token)
	if body != "" {
		h.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	path = strings.ReplaceAll(path, " ", "%20")
	return r.must(method, "/saltoks"+r.fill(path), r.fill(body), h)
}

var hole = regexp.MustCompile(`\{[a-z_]+(%20| )[^{}"]+\}`)

func (r *saltoRig) fill(s string) string {
	s = strings.ReplaceAll(s, "{s}", "{sites London}")
	return hole.ReplaceAllStringFunc(s, func(name string) string {
		name = strings.ReplaceAll(strings.Trim(name, "{}"), "%20", " ")
		if r.ids[name] == "" {
			r.t.Fatalf("no id for %q", name)
		}
		return r.ids[name]
	})
}

// request sends to a whole address.
func (r *saltoRig) request(method string, to *url.URL) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, to.String(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.Body.Close() != nil {
		r.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

func (r *saltoRig) get(path string) reply { r.t.Helper(); return r.call("GET", path, "") }

type saltoPage struct {
	Items []map[string]any
	Next  *string `json:"next_page_link"`
	Count *int
	Token *string `json:"continuation_token"`
}

func (r *saltoRig) page(path string, more ...string) saltoPage {
	r.t.Helper()
	a := r.call("GET", path, "", more...)
	if a.status != 200 {
		r.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return into[saltoPage](r.t, a)
}

// firsts are the first names of a page's people, sorted.
func firsts(items []map[string]any) string {
	out := []string{}
	for _, one := range items {
		p, nested := one["user"].(map[string]any)
		if !nested {
			p = one
		}
		out = append(out, fmt.Sprint(p["first_name"]))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// passing is who could pass, and how many edges there are.
func (r *saltoRig) passing(group string) string {
	for _, g := range r.Groups("saltoks") {
		if g.Name == group {
			return fmt.Sprintf("%s /%d", strings.Join(g.Members, " "), len(g.All))
		}
	}
	return "no such group"
}

// create makes a person, and keeps both ids under the first name.
func (r *saltoRig) create(first, more string) reply {
	r.t.Helper()
	a := r.call("POST", "/v1.2/sites/{s}/users", `{"first_name":"`+first+`","last_name":"New","role_ids":["`+r.role("site_user")+`"]`+more+`}`)
	if a.status/100 == 2 {
		made := into[map[string]any](r.t, a)
		p, _ := made["user"].(map[string]any)
		r.ids["users "+first], r.ids["people "+first] = fmt.Sprint(made["id"]), fmt.Sprint(p["id"])
	}
	return a
}

func (r *saltoRig) role(code string) string {
	r.t.Helper()
	for _, role := range r.page("/v1.2/sites/{s}/roles").Items {
		if role["code"] == code {
			return fmt.Sprint(role["id"])
		}
	}
	r.t.Fatalf("no role %s", code)
	return ""
}

// settledTower is a tower in which nothing lags, so that a test can go on at once.
func settledTower(t *testing.T, switches ...string) *saltoRig {
	t.Helper()
	return saltoTower(t, append([]string{"lag", "0", "patch_roles", "shown"}, switches...)...)
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func saltoFault(path string, status int) sandbox.Fault {
	return sandbox.Fault{Path: path, Status: status, Times: 1}
}
