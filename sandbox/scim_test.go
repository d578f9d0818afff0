package sandbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

const scimWorld = `
name: scim
anchor: 2026-11-23
scim:
  name: Door control
  tokens: [{secret: scim-token, user: olga}, {secret: reader, admin: false}]
  basic: {user: cardea, password: pass word}
  users:
    - {id: olga, userName: olga@x.test, displayName: Olga Owner, emails: [olga@x.test]}
    - {id: ana, userName: Ana@X.test, externalId: m-1, displayName: Ana Alves, name: {givenName: Ana, familyName: Alves},
       emails: [{value: ana@x.test, type: work, primary: true}, {value: ana@home.test, type: home}],
       meta: {created: 2026-11-01}}
    - {id: ben, userName: ben@x.test, displayName: Ben, active: false, emails: [ben@x.test]}
  groups:
    - {id: "11", displayName: First floor, members: [ana, ben@x.test]}
    - {id: "12", displayName: Night}
    - {id: "13", displayName: House, members: [Olga Owner, "group:First floor"]}
`

// scimRig has every switch at its kind answer, but for those named: so each test shows one habit.
func scimRig(t *testing.T, switches ...string) *rig {
	t.Helper()
	kind := map[string]string{
		"members": "listed", "list_attributes": "honoured", "unasked": "absent", "empty_members": "list", "user_groups": "shown",
		"remove_form": "both", "remove_other": "400", "bare_remove": "all", "replace_members": "replaces", "duplicate_add": "ok",
		"absent_remove": "204", "unknown_member": "400", "deleted_member": "goes", "patch_answer": "200", "op_case": "any",
		"put_omitted": "keeps", "etag": "offered", "filter": "honoured", "sort": "ignored", "page": "full", "total": "steady",
		"empty_list": "list", "user_name_case": "fold", "active": "boolean", "ids": "word", "external_id": "kept",
		"required": "user_name", "unknown_attributes": "ignored", "content_type": "either", "me": "offered", "config": "honest",
	}
	set := map[string]string{}
	for k, v := range kind {
		set["scim."+k] = v
	}
	for i := 0; i < len(switches); i += 2 {
		set["scim."+switches[i]] = switches[i+1]
	}
	return small(t, scimWorld, set)
}

func (r *rig) scimWith(method, path, body string, pairs ...string) reply {
	r.t.Helper()
	r.wait(220 * time.Millisecond)
	h := header(append([]string{"Authorization", "Bearer scim-token", "Content-Type", "application/scim+json"}, pairs...)...)
	return r.must(method, "/scim/v2"+path, body, h)
}

func (r *rig) scim(method, path, body string) reply {
	r.t.Helper()
	return r.scimWith(method, path, body)
}

// patchGroup sends one or more operations to the first floor.
func (r *rig) patchGroup(operations ...string) reply {
	r.t.Helper()
	return r.scim("PATCH", "/Groups/11", patchOp(operations...))
}

func patchOp(operations ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + strings.Join(operations, ",") + `]}`
}

// inGroup lists the accounts in a group, dangling ones too.
func (r *rig) inGroup(name string) string {
	var out []string
	for _, g := range r.Groups("scim") {
		if g.Name == name {
			for _, e := range g.All {
				out = append(out, e.Account)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

type scimPage struct {
	TotalResults, StartIndex, ItemsPerPage int
	Resources                              []map[string]any
}

func (r *rig) scimList(path string) scimPage {
	r.t.Helper()
	a := r.scim("GET", path, "")
	if a.status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return into[scimPage](r.t, a)
}

const (
	addOlga  = `{"op":"add","path":"members","value":[{"value":"olga"}]}`
	addAna   = `{"op":"add","path":"members","value":[{"value":"ana"}]}`
	filterOf = `{"op":"remove","path":"members[value eq \"%s\"]"}`
	valueOf  = `{"op":"remove","path":"members","value":[{"value":"%s"}]}`
	newUser  = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%s"%s}`
)

func TestSCIMWantsATokenAndMediaTypes(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	a := r.must("GET", "/scim/v2/Users", "", nil)
	want(t, a, 401, `"status":"401"`, "urn:ietf:params:scim:api:messages:2.0:Error")
	got := a.header.Values("WWW-Authenticate")
	if !slices.Equal(got, []string{`Bearer realm="scim"`, `Basic realm="scim"`}) {
		t.Errorf("challenges %q", got)
	}
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/scim+json") {
		t.Errorf("Content-Type %q", got)
	}
	a = r.scimWith("GET", "/Users", "", "Authorization", "Bearer other")
	want(t, a, 401)
	if !strings.Contains(a.header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("challenge %q", a.header.Get("WWW-Authenticate"))
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://sandbox/scim/v2/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("cardea", "pass word")
	want(t, r.scimWith("GET", "/Users", "", "Authorization", req.Header.Get("Authorization")), 200)
	want(t, r.scimWith("GET", "/Users", "", "Authorization", "Bearer reader"), 200)
	want(t, r.scimWith("DELETE", "/Users/ana", "", "Authorization", "Bearer reader"), 403)
	want(t, r.scimWith("GET", "/Users", "", "Accept", "text/html"), 406)
	want(t, r.scimWith("PATCH", "/Groups/11", patchOp(addOlga), "Content-Type", "text/plain"), 415)
	r.wait(time.Second)
	want(t, r.must("GET", "/scim/Users", "", header("Authorization", "Bearer scim-token")), 404)
	want(t, r.scim("GET", "/Nothing", ""), 404)
	want(t, r.scim("POST", "/Bulk", "{}"), 501)
	want(t, r.scim("POST", "/Users/.search", "{}"), 501)
	for value, taken := range map[string][2]int{"scim": {200, 415}, "json": {415, 200}} {
		s := scimRig(t, "content_type", value)
		want(t, s.patchGroup(addOlga), taken[0])
		want(t, s.scimWith("PATCH", "/Groups/11", patchOp(addOlga), "Content-Type", "application/json; charset=utf-8"), taken[1])
	}
}

func TestSCIMTakesFiveASecond(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	h := header("Authorization", "Bearer scim-token")
	for range 5 {
		want(t, r.must("GET", "/scim/v2/Users", "", h), 200)
	}
	a := r.must("GET", "/scim/v2/Users", "", h)
	want(t, a, 429, `"status":"429"`)
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	want(t, r.must("GET", "/scim/v2/Users", "", header("Authorization", "Bearer reader")), 200)
}

func TestSCIMDiscovery(t *testing.T) {
	t.Parallel()
	r := scimRig(t, "config", "boasts", "filter", "ignored", "etag", "none")
	type supported struct {
		Supported  bool
		MaxResults int
	}
	type config struct {
		Patch, Bulk, Filter, Sort, Etag supported
		AuthenticationSchemes           []map[string]any
	}
	got := into[config](t, r.scim("GET", "/ServiceProviderConfig", ""))
	if !got.Patch.Supported || !got.Filter.Supported || !got.Etag.Supported || got.Bulk.Supported || got.Sort.Supported ||
		got.Filter.MaxResults != 100 || len(got.AuthenticationSchemes) != 2 {
		t.Errorf("boasting: %+v", got)
	}
	r = scimRig(t, "filter", "ignored", "etag", "none")
	got = into[config](t, r.scim("GET", "/ServiceProviderConfig", ""))
	if got.Filter.Supported || got.Etag.Supported {
		t.Errorf("honest: %+v", got)
	}
	want(t, r.scim("GET", "/ServiceProviderConfig?filter=x", ""), 403)
	want(t, r.scim("GET", "/ResourceTypes", ""), 200, `"totalResults":2`, `"endpoint":"/Groups"`)
	want(t, r.scim("GET", "/ResourceTypes/User", ""), 200, `"schemaExtensions"`)
	want(t, r.scim("GET", "/Schemas", ""), 200, `"totalResults":3`)
	want(t, r.scim("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", ""), 200, `"mutability":"immutable"`)
	want(t, r.scim("GET", "/Schemas/urn:nothing", ""), 404)
	want(t, scimRig(t, "config", "404").scim("GET", "/ServiceProviderConfig", ""), 404)
	want(t, r.scim("GET", "/Me", ""), 200, `"userName":"olga@x.test"`)
	want(t, r.scimWith("GET", "/Me", "", "Authorization", "Bearer reader"), 404)
	want(t, scimRig(t, "me", "501").scim("GET", "/Me", ""), 501)
	want(t, scimRig(t, "me", "404").scim("GET", "/Me", ""), 404)
}

func TestSCIMPages(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	for path, wanted := range map[string][3]int{ // total, start, rows
		"/Users": {3, 1, 3}, "/Users?count=2": {3, 1, 2}, "/Users?startIndex=3&count=2": {3, 3, 1}, "/Users?startIndex=9": {3, 9, 0},
		"/Users?count=0": {3, 1, 0}, "/Users?count=-1&startIndex=-7": {3, 1, 0}, "/Groups?count=1000": {3, 1, 3},
	} {
		if p := r.scimList(path); p.TotalResults != wanted[0] || p.StartIndex != wanted[1] || len(p.Resources) != wanted[2] ||
			p.ItemsPerPage != wanted[2] {
			t.Errorf("%s: %+v", path, p)
		}
	}
	want(t, r.scim("GET", "/Users?count=many", ""), 400, "invalidValue")
	want(t, r.scim("GET", "/Users?sortBy=userName", ""), 200)
	want(t, scimRig(t, "sort", "400").scim("GET", "/Users?sortBy=userName", ""), 400)
	want(t, scimRig(t, "count_over", "400").scim("GET", "/Users?count=101", ""), 400, "tooMany")
	want(t, scimRig(t, "count_over", "400", "max_results", "1000").scim("GET", "/Users?count=1000", ""), 200)
	var many strings.Builder
	for i := range 15 {
		fmt.Fprintf(&many, "{userName: u%d}, ", i)
	}
	r = scimRig(t, "max_results", "10")
	r.patch("scim: {users: [" + many.String() + "]}")
	if p := r.scimList("/Users?count=50"); len(p.Resources) != 10 || p.TotalResults != 18 {
		t.Errorf("clamped: %d of %d", len(p.Resources), p.TotalResults)
	}
	r = scimRig(t, "page", "shrinks", "total", "changes")
	if p := r.scimList("/Users?count=3"); len(p.Resources) != 2 || p.TotalResults != 4 {
		t.Errorf("first page: %d of %d, want 2 of an estimate of 4", len(p.Resources), p.TotalResults)
	}
	if p := r.scimList("/Users?count=3&startIndex=3"); len(p.Resources) != 1 || p.TotalResults != 3 {
		t.Errorf("last page: %d of %d", len(p.Resources), p.TotalResults)
	}
	if p := scimRig(t, "total", "page").scimList("/Users?count=2"); p.TotalResults != 2 {
		t.Errorf("total of the page alone: %d", p.TotalResults)
	}
	if a := scimRig(t, "empty_list", "absent").scim("GET", "/Users?startIndex=9", ""); strings.Contains(a.body, "Resources") {
		t.Errorf("no rows: %s", a.body)
	}
	want(t, r.scim("GET", "/Users?startIndex=9", ""), 200, `"Resources":[]`)
}

func TestSCIMFilters(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	list := func(r *rig, path, filter string) int {
		p := r.scimList(path + "?filter=" + strings.NewReplacer(" ", "%20", `"`, "%22", "[", "%5B", "]", "%5D").Replace(filter))
		return len(p.Resources)
	}
	for filter, rows := range map[string]int{
		`userName eq "ana@x.test"`: 1, `userName eq "nobody"`: 0, `externalId eq "m-1"`: 1, `externalId eq "M-1"`: 0,
		`emails[type eq "home" and value sw "ana"]`: 1, `active eq false or displayName sw "olga"`: 2, `id eq "ana"`: 1,
		`groups.value eq "11"`: 2, `meta.created lt "2026-11-02T00:00:00Z"`: 3, `meta.lastModified pr`: 3,
	} {
		if got := list(r, "/Users", filter); got != rows {
			t.Errorf("%s: %d rows, want %d", filter, got, rows)
		}
	}
	if got := list(r, "/Groups", `members.value eq "ana"`) + list(r, "/Groups", `members eq "ben"`); got != 2 {
		t.Errorf("by member: %d", got)
	}
	want(t, r.scim("GET", "/Users?filter=userName%20is%20x", ""), 400, "invalidFilter", `"status":"400"`)
	exact := scimRig(t, "user_name_case", "exact")
	if list(exact, "/Users", `userName eq "ana@x.test"`) != 0 || list(exact, "/Users", `userName eq "Ana@X.test"`) != 1 {
		t.Error("userName is to be compared by letter case")
	}
	if got := list(scimRig(t, "filter", "ignored"), "/Users", `userName eq "nobody" and`); got != 3 {
		t.Errorf("ignored: %d rows", got)
	}
	want(t, scimRig(t, "filter", "501").scim("GET", "/Users?filter=userName+pr", ""), 501)
}

func TestSCIMProjects(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	a := r.scim("GET", "/Users/ana?attributes=userName,emails.value,name.familyName", "")
	want(t, a, 200, `"emails":[{"value":"ana@x.test"},{"value":"ana@home.test"}]`, `"name":{"familyName":"Alves"}`,
		`"id":"ana"`, `"schemas"`)
	if strings.Contains(a.body, "meta") || strings.Contains(a.body, "displayName") {
		t.Errorf("more than asked: %s", a.body)
	}
	a = r.scim("GET", "/Users/ana?excludedAttributes=emails.type,id,groups", "")
	want(t, a, 200, `{"value":"ana@home.test"`, `"id":"ana"`)
	if strings.Contains(a.body, `"groups"`) || strings.Contains(a.body, `"home"`) {
		t.Errorf("excluded: %s", a.body)
	}
	if a = r.scim("GET", "/Groups?excludedAttributes=members", ""); strings.Contains(a.body, "members") {
		t.Errorf("excluded: %s", a.body)
	}
	want(t, r.scim("GET", "/Users?attributes=id&excludedAttributes=meta", ""), 400)
}

func TestSCIMUserLifecycle(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	a := r.scim("POST", "/Users", fmt.Sprintf(newUser, "New@x.test",
		`,"id":"mine","ExternalID":"m-9","password":"x","meta":{},"emails":[{"value":"new@x.test"}],"unheard":1`))
	want(t, a, 201, `"id":"17"`, `"externalId":"m-9"`, `"active":true`, `"resourceType":"User"`, `"created":"2026-11-23T09:00:00Z"`)
	if a.header.Get("Location") != "http://sandbox/scim/v2/Users/17" || a.header.Get("ETag") != `W/"1"` ||
		strings.Contains(a.body, "password") {
		t.Errorf("%v %s", a.header, a.body)
	}
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "new@X.test", "")), 409, `"scimType":"uniqueness"`)
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "", "")), 400, "invalidValue")
	want(t, r.scim("POST", "/Users", `{"userName":"y"}`), 400, "invalidSyntax")
	want(t, r.scim("POST", "/Users", `[]`), 400, "invalidSyntax")
	strange := strings.Replace(fmt.Sprintf(newUser, "y", ""), `User"]`, `User","urn:x"]`, 1)
	want(t, r.scim("POST", "/Users", strange), 400, "invalidValue", "urn:x")
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "y", `,"emails":"y@x.test"`)), 400, "invalidValue")
	twice := `,"emails":[{"value":"a","primary":true},{"value":"b","primary":true}]`
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "y", twice)), 400, "primary")
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "y", `,"active":"true"`)), 400)
	want(t, r.scim("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`), 400, "displayName")
	want(t, r.scim("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"New",
		"members":[{"value":"ana"}]}`), 201, `"value":"ana"`)
	want(t, r.scim("PATCH", "/Users/17", patchOp(`{"op":"Replace","path":"active","value":false}`,
		`{"op":"add","path":"emails","value":{"value":"2@x.test","primary":true}}`,
		`{"op":"replace","path":"emails[value eq \"new@x.test\"].type","value":"home"}`,
		`{"op":"add","value":{"name":{"givenName":"N"},`+
			`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"}}}`)),
		200, `"active":false`, `"emails":[{"type":"home","value":"new@x.test"},{"primary":true,"value":"2@x.test"}]`,
		`"department":"D"`)
	for operation, scimType := range map[string]string{
		`{"op":"remove"}`: "noTarget", `{"op":"remove","path":"userName"}`: "mutability",
		`{"op":"replace","path":"id","value":"x"}`:        "mutability",
		`{"op":"remove","path":"emails[value eq \"x\"]"}`: "noTarget", `{"op":"move","path":"title"}`: "invalidSyntax",
		`{"op":"add","path":"nothing","value":1}`: "invalidPath", `{"op":"add","path":"title"}`: "invalidValue",
		`{"op":"add","value":"x"}`: "invalidValue", `{"op":"add","path":"groups","value":[]}`: "mutability",
	} {
		good := `{"op":"add","path":"title","value":"half done"}`
		want(t, r.scim("PATCH", "/Users/17", patchOp(good, operation)), 400, `"scimType":"`+scimType+`"`)
	}
	if a = r.scim("GET", "/Users/17", ""); strings.Contains(a.body, "half done") {
		t.Error("a refused PATCH did a part of it")
	}
	want(t, r.scim("PATCH", "/Users/17", patchOp(`{"op":"replace","path":"userName","value":"ana@x.test"}`)), 409)
	want(t, r.scim("PATCH", "/Users/17", `{"Operations":[]}`), 400)
	want(t, r.scim("DELETE", "/Users/17", ""), 204)
	want(t, r.scim("DELETE", "/Users/17", ""), 404, `"status":"404"`)
	want(t, r.scim("DELETE", "/Users", ""), 405)
}

func TestSCIMUserHabits(t *testing.T) {
	t.Parallel()
	full := `,"displayName":"N","name":{"givenName":"N","familyName":"-"},"emails":[{"value":"n@x.test"}]`
	r := scimRig(t, "required", "names")
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "n", "")), 400, "givenName")
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "n", full)), 201)
	r = scimRig(t, "unknown_attributes", "400")
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "n", `,"unheard":1`)), 400, "invalidSyntax")
	r = scimRig(t, "external_id", "dropped")
	if a := r.scim("POST", "/Users", fmt.Sprintf(newUser, "n", `,"externalId":"e"`)); a.status != 201 ||
		strings.Contains(a.body, "externalId") {
		t.Errorf("dropped: %s", a.body)
	}
	want(t, r.scim("PATCH", "/Users/ana", patchOp(`{"op":"replace","path":"externalId","value":"e"}`)), 200, `"externalId":"m-1"`)
	r = scimRig(t, "user_name_case", "lower")
	want(t, r.scim("POST", "/Users", fmt.Sprintf(newUser, "New@X.test", "")), 201, `"userName":"new@x.test"`)
	want(t, scimRig(t, "user_name_case", "exact").scim("POST", "/Users", fmt.Sprintf(newUser, "ana@x.test", "")), 201)
	s := scimRig(t, "active", "string")
	want(t, s.scim("GET", "/Users/ben", ""), 200, `"active":"false"`)
	want(t, s.scim("PATCH", "/Users/ben", patchOp(`{"op":"replace","value":{"active":"True"}}`)), 200, `"active":"true"`)
	if s.scimGroup("First floor") != "ana@x.test ben@x.test" {
		t.Errorf("who may pass: %s", s.scimGroup("First floor"))
	}
	put := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@x.test"}`
	a := scimRig(t, "put_omitted", "clears").scim("PUT", "/Users/ana", put)
	want(t, a, 200, `"active":true`, `"userName":"ana@x.test"`)
	if strings.Contains(a.body, "emails") {
		t.Errorf("cleared: %s", a.body)
	}
	want(t, scimRig(t).scim("PUT", "/Users/ana", put), 200, `"emails":[`)
}

func (r *rig) scimGroup(name string) string {
	for _, g := range r.Groups("scim") {
		if g.Name == name {
			return strings.Join(g.Members, " ")
		}
	}
	return "no such group"
}

func TestSCIMIdsTakeThreeForms(t *testing.T) {
	t.Parallel()
	for form, id := range map[string]string{"number": `"id":11,`, "word": `"id":"11",`, "uuid": `-4`} {
		r := scimRig(t, "ids", form)
		groups := r.Groups("scim")
		path := "/Groups/" + groups[0].ID
		want(t, r.scim("GET", path, ""), 200, id)
		olga := fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"%s"}]}`, r.accountOf("olga@x.test"))
		want(t, r.scim("PATCH", path, patchOp(olga)), 200)
		if r.scimGroup("First floor") != "ana@x.test olga@x.test" {
			t.Errorf("%s: %s", form, r.scimGroup("First floor"))
		}
		want(t, r.scim("PATCH", path, patchOp(fmt.Sprintf(filterOf, r.accountOf("olga@x.test")))), 200)
		if r.scimGroup("First floor") != "ana@x.test" {
			t.Errorf("%s: %s", form, r.scimGroup("First floor"))
		}
	}
	r := scimRig(t, "ids", "number")
	want(t, r.scim("GET", "/Groups/011", ""), 404)
	want(t, r.scim("GET", "/Users/11", ""), 404)
	want(t, r.patchGroup(`{"op":"add","path":"members","value":[{"value":14}]}`), 200)
}

func (r *rig) accountOf(email string) string {
	for _, g := range r.Groups("scim") {
		for _, e := range g.All {
			if e.Email == email {
				return e.Account
			}
		}
	}
	return "nobody"
}

func TestSCIMControlRoutes(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	if got := r.scimGroup("House"); got != "ana@x.test olga@x.test" { // Ben is not active
		t.Errorf("House: %s", got)
	}
	want(t, r.must("GET", "/_sandbox/scim/groups", "", nil), 200, `"ana@x.test"`, `"account": "group:11"`)
	want(t, r.patchGroup(addOlga), 200)
	want(t, r.must("GET", "/_sandbox/scim/log", "", nil), 200, `"path": "/v2/Groups/11"`, `"method": "PATCH"`)
	if log := r.Writes("scim"); len(log) != 1 || log[0].Status != 200 {
		t.Errorf("log %+v", log)
	}
	r.patch(`scim: {users: [{id: ben, active: true}, {userName: cleo@x.test}],
  groups: [{displayName: Night, members: [ben, cleo@x.test]}]}`)
	if got := r.scimGroup("Night"); got != "ben@x.test cleo@x.test" {
		t.Errorf("Night: %s", got)
	}
	want(t, r.must("GET", "/_sandbox/world", "", nil), 200, `"userName": "cleo@x.test"`)
	if r.Patch([]byte("scim: {groups: [{displayName: Night, members: [nobody]}], users: [{id: ana, delete: true}]}")) == nil {
		t.Error("a reference to nobody is an error")
	}
	want(t, r.scim("GET", "/Users/ana", ""), 200) // all or nothing
	want(t, r.must("PATCH", "/_sandbox/switches", `{"scim.filter":"maybe"}`, nil), 400)
}

func TestSCIMFaults(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	r.fault("scim", `{"path":"/v2/Users","status":503,"times":1}`)
	want(t, r.scim("GET", "/Users", ""), 503, `"status":"503"`)
	r.fault("scim", `{"effect":"empty","times":1}`)
	if p := r.scimList("/Groups"); p.TotalResults != 0 || len(p.Resources) != 0 {
		t.Errorf("empty: %+v", p)
	}
	r.fault("scim", `{"effect":"truncate","rows":1,"times":1}`)
	if p := r.scimList("/Groups"); p.TotalResults != 3 || len(p.Resources) != 1 {
		t.Errorf("short: %+v", p)
	}
	r.fault("scim", `{"method":"PATCH","effect":"drop-after","times":1}`)
	h := header("Authorization", "Bearer scim-token", "Content-Type", "application/scim+json")
	if _, err := r.do("PATCH", "/scim/v2/Groups/11", patchOp(addOlga), h); err == nil {
		t.Error("the connection was to be cut")
	}
	if r.inGroup("First floor") != "ana ben olga" {
		t.Error("the write was to be done")
	}
}

func TestSCIMWorldsAreChecked(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"users: [{userName: a, nothing: 1}]":                                 "nothing",
		"users: [{displayName: a}]":                                          "userName is missing",
		"users: [{userName: a}, {id: b, userName: a}]":                       "there already",
		"users: [{userName: a, emails: [{mail: x}]}]":                        "mail",
		"users: [{userName: a, active: maybe}]":                              "active",
		"users: [{userName: a, groups: []}]":                                 "groups",
		"groups: [{displayName: g, members: [x]}]":                           "x",
		"users: [{id: 5, userName: a}]\n  groups: [{id: 5, displayName: g}]": "share",
		"users: [{id: 0, userName: a}]":                                      "positive",
		"tokens: [{secret: s, user: nobody}]":                                "nobody",
		"tokens: [{user: x}]":                                                "secret",
		"basic: {user: x}":                                                   "password",
		"switches: {members: sometimes}":                                     "sometimes",
		"teams: []":                                                          "teams",
		"users: [{userName: a, delete: true}]":                               "no such record",
		"users: [{userName: a, emails: [e]}, {userName: b, emails: [e]}]\n  groups: [{displayName: g, members: [e]}]": "more than one",
	} {
		w, err := sandbox.Parse("w.yaml", []byte("anchor: 2026-11-23\nscim:\n  "+text))
		if err == nil {
			_, err = sandbox.New(w, sandbox.Options{Now: monday})
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
	r := small(t, scimWorld, nil)
	for _, s := range r.Switches() {
		if s.Value != s.Values[0] || len(s.Values) < 2 || s.About == "" {
			t.Errorf("switch %+v", s)
		}
	}
}
