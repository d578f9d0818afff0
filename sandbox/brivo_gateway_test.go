package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestBrivoGatewayAnswersInHTML(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.token = r.login("acme1357").Access
	for path, status := range map[string]int{"GET /nothing": 596, "PATCH /groups/11": 596, "GET /users/abc": 596, "PUT /users": 596} {
		method, at, _ := strings.Cut(path, " ")
		a := r.api(method, at, "")
		want(t, a, status, "<h1>596 Service Not Found</h1>")
		if kind := a.header.Get("Content-Type"); kind != "text/xml" {
			t.Errorf("%s: %s", path, kind)
		}
	}
	want(t, r.must("GET", "/brivo/users", "", nil), 596) // without /v1/api
	for _, key := range []string{"", "wrong", "old"} {
		r.key = key
		a := r.api("GET", "/users", "")
		want(t, a, 403, "<h1>Developer Inactive</h1>")
		if a.header.Get("X-Mashery-Error-Code") != "" {
			t.Error("the header is off by default")
		}
	}
	r.key, r.token = "wrong", "wrong"
	want(t, r.api("GET", "/users", ""), 403, "Developer Inactive") // the key comes before the token
	r.key = "k1"
	want(t, r.api("GET", "/users/999", ""), 401, "invalid_token") // and the token before what is there
	r.key = "k1"
	want(t, r.api("GET", "/users/1/photo", ""), 401)
}

func TestBrivoKeyIsReplacedUnderALivingToken(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("GET", "/groups", ""), 200)
	r.patch("brivo: {keys: [{key: new}]}")
	want(t, r.api("GET", "/groups", ""), 403, "Developer Inactive")
	r.key = "new"
	want(t, r.api("GET", "/groups", ""), 200)
}

func TestBrivoOverQpsIsToldApartFromOverRate(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, map[string]string{"brivo.gateway_headers": "full", "brivo.usage_headers": "full"})
	r.token = r.login("acme1357").Access
	r.wait(2 * time.Second)
	h := header("Api-Key", "k1", "Authorization", "bearer "+r.token)
	ok, refused := 0, reply{}
	for range 21 {
		if a := r.must("GET", "/brivo/v1/api/groups", "", h); a.status == 200 {
			ok++
		} else {
			refused = a
		}
	}
	if ok != 20 {
		t.Errorf("%d calls went through in one instant", ok)
	}
	want(t, refused, 403, "<h1>Developer Over Qps</h1>")
	if refused.header.Get("X-Mashery-Error-Code") != "ERR_403_DEVELOPER_OVER_QPS" || refused.header.Get("Retry-After") != "1" {
		t.Error(refused.header)
	}
	r.wait(1001 * time.Millisecond)
	a := r.must("GET", "/brivo/v1/api/groups", "", h)
	want(t, a, 200)
	if a.header.Get("X-Packagekey-Quota-Current") != "23" || a.header.Get("X-Packagekey-Quota-Allotted") != "1000" {
		t.Error(a.header)
	}

	want(t, r.must("POST", "/_sandbox/brivo/quota", `{"key":"k1","calls":1000}`, nil), 200, `"calls": 1000`)
	a = r.api("GET", "/groups", "")
	want(t, a, 403, "<h1>Developer Over Rate</h1>")
	if a.header.Get("X-Mashery-Error-Code") != "ERR_403_DEVELOPER_OVER_RATE" || len(a.header.Get("Retry-After")) < 6 {
		t.Error(a.header) // a week to the first of the month
	}
	r.set("throttle_status", "429")
	want(t, r.api("GET", "/groups", ""), 429, "Developer Over Rate")
	r.set("gateway_headers", "none")
	if a = r.api("GET", "/groups", ""); a.header.Get("Retry-After") != "" {
		t.Error(a.header)
	}
}

func (r *brivoRig) calls() int {
	r.t.Helper()
	type quota struct {
		Month string
		Calls int
	}
	return into[map[string]quota](r.t, r.must("GET", "/_sandbox/brivo/quota", "", nil))["k1"].Calls
}

func TestBrivoMonthIsCountedAndEnds(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.token = r.login("acme1357").Access
	r.api("GET", "/groups", "")
	r.api("GET", "/users/999", "")
	r.key = "wrong"
	r.api("GET", "/groups", "") // nobody's
	r.key = "k1"
	if n := r.calls(); n != 3 { // the token's too
		t.Errorf("%d calls counted", n)
	}
	r.set("token_calls", "free")
	r.login("acme1357")
	if n := r.calls(); n != 3 {
		t.Errorf("%d: a token request was counted", n)
	}
	r.key = "k2"
	r.api("GET", "/groups", "")
	if n := r.calls(); n != 4 { // the account's
		t.Errorf("%d: the other key's call does not count", n)
	}
	r.set("quota_scope", "key")
	if n := r.calls(); n != 0 {
		t.Errorf("%d calls for the key alone", n)
	}
	r.set("quota_scope", "account")
	r.key = "k1"
	want(t, r.must("POST", "/_sandbox/brivo/quota", `{"key":"k1","calls":999}`, nil), 200)
	want(t, r.api("GET", "/groups", ""), 200)
	want(t, r.api("GET", "/groups", ""), 403, "Over Rate")
	r.wait(8 * 24 * time.Hour) // December
	r.token = ""
	want(t, r.api("GET", "/groups", ""), 200)
	if n := r.calls(); n != 1 {
		t.Errorf("%d calls in the new month", n)
	}
	want(t, r.must("POST", "/_sandbox/brivo/quota", `{"key":"nobody","calls":1}`, nil), 400)
}

func TestBrivoRefusedForSpeedCountsByASwitch(t *testing.T) {
	t.Parallel()
	for value, counted := range map[string]int{"counted": 31, "free": 21} {
		r := brivoUp(t, map[string]string{"brivo.over_qps_calls": value})
		r.token = r.login("acme1357").Access
		r.wait(2 * time.Second)
		for range 30 {
			r.must("GET", "/brivo/v1/api/groups", "", header("Api-Key", "k1", "Authorization", "bearer "+r.token))
		}
		if n := r.calls(); n != counted {
			t.Errorf("%s: %d", value, n)
		}
	}
}

func TestBrivoListsPageWithATotal(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	for i := range 25 {
		want(t, r.api("POST", "/groups", fmt.Sprintf(`{"name":"G %02d"}`, i)), 200)
	}
	first := into[brivoPage](t, r.api("GET", "/groups", ""))
	if len(first.Data) != 20 || *first.Count != 29 || *first.PageSize != 20 || *first.Offset != 0 { // 4 seen and 25
		t.Errorf("%d rows of %d", len(first.Data), *first.Count)
	}
	second := into[brivoPage](t, r.api("GET", "/groups?offset=20&pageSize=100", ""))
	if len(second.Data) != 9 || *second.Count != 29 {
		t.Errorf("%d rows of %d", len(second.Data), *second.Count)
	}
	want(t, r.api("GET", "/groups?offset=100", ""), 200, `"data":[]`, `"count":29`)
	for _, q := range []string{"pageSize=101", "pageSize=0", "offset=-1", "offset=x"} {
		want(t, r.api("GET", "/groups?"+q, ""), 400, "Invalid listing criteria provided")
	}
	r.set("page_size_over", "clamp")
	want(t, r.api("GET", "/groups?pageSize=1000", ""), 200, `"pageSize":100`)
	a := r.api("GET", "/users/1/groups?pageSize=1000&offset=5", "")
	want(t, a, 200, `"count":1`, "General access")
	without(t, a, "pageSize", "offset")
}

func TestBrivoFilters(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	for filter, ids := range map[string]string{
		"firstname__eq:n": "1 2", "firstname__eq:Ana": "1", "firstname__eq:ana": "", "id__eq:1,3": "3 1", "id__ne:1": "3 2",
		"user_status__eq:suspended": "3", "user_status__eq:active": "2", "user_status__eq:unaffiliated": "1", "user_status__eq:deleted": "",
		"cf_4107__eq:light": "1", "cf_4107__exact:light": "", "firstname__eq:n%3Blastname__eq:B": "2",
		"emails.address__eq:ana@x.test": "3 1 2", // no such filter: everybody comes
	} {
		if got := r.ids("/users?filter=" + filter); got != ids {
			t.Errorf("%s: %q, want %q", filter, got, ids)
		}
	}
	for _, filter := range []string{"firstname:eq:Ana", "firstname__eq:Ana,lastname__eq:B", "firstname__like:A", "firstname__gt:A", "x"} {
		want(t, r.api("GET", "/users?filter="+filter, ""), 400, "Invalid filter format")
	}
	r.set("unknown_filter", "400")
	want(t, r.api("GET", "/users?filter=externalId__eq:x", ""), 400)
	r.set("filter_case", "fold")
	for path, ids := range map[string]string{
		"/users?filter=firstname__eq:ana": "1", "/groups?filter=name__eq:ROOM": "12", "/sites?filter=name__eq:lon": "61",
		"/access-points?filter=name__eq:door": "91 92", "/administrators?filter=username__eq:ACME": "41",
		"/administrators?filter=type__eq:assistant": "42", "/credentials?filter=status__eq:assigned": "71",
		"/credentials?filter=status__eq:unassigned": "", "/credentials?filter=facility_code__eq:33": "71",
		"/credentials?filter=reference_id__eq:100": "71",
	} {
		if got := r.ids(path); got != ids {
			t.Errorf("%s: %q, want %q", path, got, ids)
		}
	}
}

func TestBrivoFaultsSpeakItsTongue(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.token = r.login("acme1357").Access
	for status, text := range map[int]string{
		403: `"code":403`, 429: "<h1>Developer Over Qps</h1>", 504: "<h1>Gateway Timeout</h1>", 503: `"code":503`, 401: "invalid_token", 596: "<h1>596",
	} {
		want(t, r.must("POST", "/_sandbox/brivo/faults", fmt.Sprintf(`{"path":"/v1/api/groups","status":%d,"times":1}`, status), nil), 200)
		want(t, r.api("GET", "/groups", ""), status, text)
	}
	want(t, r.must("POST", "/_sandbox/brivo/faults", `{"effect":"truncate","rows":1,"times":1}`, nil), 200)
	a := r.api("GET", "/groups", "")
	want(t, a, 200, `"count":4`)
	if n := len(into[brivoPage](t, a).Data); n != 1 {
		t.Errorf("%d rows", n)
	}
	want(t, r.must("POST", "/_sandbox/brivo/faults", `{"effect":"empty","times":1}`, nil), 200)
	want(t, r.api("GET", "/groups", ""), 200, `"count":0`)
	want(t, r.must("POST", "/_sandbox/brivo/faults", `{"method":"POST","effect":"drop-after","times":1}`, nil), 200)
	if _, err := r.do("POST", "/brivo/v1/api/users", `{"firstName":"Gus","lastName":"G","externalId":"g"}`, header("Api-Key", "k1",
		"Authorization", "bearer "+r.token, "Content-Type", "application/json")); err == nil {
		t.Error("the answer came")
	}
	want(t, r.api("GET", "/users/g/external", ""), 200, "Gus") // done all the same
}
