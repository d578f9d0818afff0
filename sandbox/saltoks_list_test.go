package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// crowded is a tower of 6 people of its own and as many more.
func crowded(t *testing.T, more int, switches ...string) *saltoRig {
	t.Helper()
	r := saltoTower(t, switches...)
	var b strings.Builder
	b.WriteString("saltoks: {sites: [{id: london, users: [")
	for i := range more {
		fmt.Fprintf(&b, "{id: p%d, user: {first_name: P%03d, email: p%d@x.test}, subscription_state: suspended},", i, i, i)
	}
	b.WriteString("]}]}")
	r.patch(b.String())
	return r
}

// walk follows the links of a list, and returns how many items each page had.
func (r *saltoRig) walk(path string) (sizes []int, seen map[any]bool) {
	r.t.Helper()
	seen = map[any]bool{}
	a := r.get(path)
	for {
		p := into[saltoPage](r.t, a)
		sizes = append(sizes, len(p.Items))
		for _, one := range p.Items {
			if seen[one["id"]] {
				r.t.Errorf("%v comes twice", one["id"])
			}
			seen[one["id"]] = true
		}
		if p.Next == nil {
			return sizes, seen
		}
		if !strings.HasPrefix(*p.Next, "http://sandbox/saltoks/v1.2/sites/") {
			r.t.Fatalf("the link is %s", *p.Next)
		}
		to, err := url.Parse(*p.Next)
		if err != nil {
			r.t.Fatal(err)
		}
		a = r.must("GET", to.RequestURI(), "", header("Authorization", "Bearer "+r.token))
	}
}

func TestSaltoksListsArePaged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, top, over string
		sizes            string
	}{
		{"", "limit", "clamp", "[20 20 20 20 20 20 20 10]"},
		{"?$top=100", "limit", "clamp", "[100]"}, // $top ends the list
		{"?$top=120", "limit", "clamp", "[100 20]"},
		{"?$top=100", "page", "clamp", "[100 50]"},
		{"?$top=0", "limit", "clamp", "[0]"},
		{"?$skip=140", "limit", "clamp", "[10]"},
		{"?$filter=blocked eq false&$skip=100", "page", "clamp", "[20 20 10]"},
	} {
		r := crowded(t, 144, "top", c.top, "top_over", c.over)
		sizes, _ := r.walk("/v1.2/sites/{s}/users" + c.query)
		if fmt.Sprint(sizes) != c.sizes {
			t.Errorf("%s, top is %s: %v, want %s", c.query, c.top, sizes, c.sizes)
		}
	}
	r := crowded(t, 144, "top_over", "400")
	want(t, r.get("/v1.2/sites/{s}/users?$top=101"), 400, `"1102"`)
	_, seen := r.walk("/v1.2/sites/{s}/users")
	if len(seen) != 150 {
		t.Errorf("%d people by links", len(seen))
	}
}

func TestSaltoksListsCanBeBare(t *testing.T) {
	t.Parallel()
	r := crowded(t, 144, "lists", "bare")
	for query, n := range map[string]int{"": 150, "?$top=100": 100, "?$top=100&$skip=100": 50} {
		if got := len(into[[]any](t, r.get("/v1.2/sites/{s}/users"+query))); got != n {
			t.Errorf("%s: %d rows, want %d", query, got, n)
		}
	}
}

func TestSaltoksCountIsOnlyTold(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	for query, told := range map[string]bool{"": false, "?$count=true": true, "?$count=false": false, "?$inlinecount=allpages": true} {
		p := r.page("/v1.2/sites/{s}/users" + query)
		if (p.Count != nil) != told || told && *p.Count != 6 {
			t.Errorf("%q: %v", query, p.Count)
		}
	}
	p := r.page("/v1.1/sites/{s}/users?$inlinecount=allpages", "CLP-disable-odata-v3-conversion", "true")
	if p.Count != nil {
		t.Error("$inlinecount is understood without the conversion")
	}
	p = r.page("/v1.1/sites/{s}/users?$filter=user/email eq 'nobody@x.test'&$inlinecount=allpages")
	if p.Count == nil || *p.Count != 0 {
		t.Errorf("count of nothing: %v", p.Count)
	}
}

func TestSaltoksFilters(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	for filter, people := range map[string]string{
		"user/email eq 'mia@x.test'":                                       "Mia",
		"user/email eq 'ana@x.test'":                                       "", // by letter case
		"user/email eq 'Ana@x.test'":                                       "Ana",
		"tolower(user/email) eq 'ana@x.test'":                              "Ana",
		"user/last_name eq 'O''Ek'":                                        "Bo",
		"contains(user/email,'@x.test') and not use_pin":                   "Ana Mia Olga Tag",
		"user/email eq null":                                               "Bo Pod",
		"user/email ne null and subscription_state eq 'suspended'":         "Tag",
		"(alias eq 'tag' or use_pin eq true) and blocked eq false":         "Bo Tag",
		"startswith(user/first_name,'M') or endswith(user/first_name,'d')": "Mia Pod",
		"substringof('lga',user/first_name)":                               "Olga",
		"id eq " + r.ids["users Mia"]:                                      "Mia",
		"id eq guid'" + r.ids["users Mia"] + "'":                           "Mia",
		"user/first_name gt 'O' and user/first_name le 'Pod'":              "Olga Pod",
	} {
		got := firsts(r.page("/v1.2/sites/{s}/users?$filter=" + url.QueryEscape(filter)).Items)
		if got != people {
			t.Errorf("%s: %q, want %q", filter, got, people)
		}
	}
	if err := r.SetSwitches(saltoSwitches("eq_case", "fold")); err != nil {
		t.Fatal(err)
	}
	if got := firsts(r.page("/v1.2/sites/{s}/users?$filter=user/email eq 'ana@x.test'").Items); got != "Ana" {
		t.Error(got)
	}
	// A plus that is not escaped is a blank.
	r.patch("saltoks: {sites: [{id: london, users: [{id: mia, user: {email: mia+door@x.test}}]}]}")
	for sent, people := range map[string]string{"mia+door@x.test": "", "mia%2Bdoor@x.test": "Mia"} {
		if got := firsts(r.page("/v1.2/sites/{s}/users?$filter=user/email eq '" + sent + "'").Items); got != people {
			t.Errorf("%s: %q", sent, got)
		}
	}
	want(t, r.call("GET", "/v1.2/sites/{s}/users?$filter="+url.QueryEscape("substringof('a',alias)"), "", "CLP-disable-odata-v3-conversion", "true"), 400, `"1102"`)
}

func TestSaltoksBadQueriesAreRefused(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	for _, query := range []string{
		"$filter=email eq 'a'", "$filter=alias eq 'a", "$filter=alias eq", "$filter=(alias eq 'a'", "$filter=alias eq 'a' 'b'", "$filter=alias like 'a'",
		"$filter=contains(alias)", "$filter=contains(alias,'a'", "$filter=tolower(1) eq 'a'", "$filter=not", "$filter=" + strings.Repeat("(", 60) + "use_pin",
		"$filter=" + strings.Repeat("not ", 60) + "use_pin", "$filter=binary'1' eq alias", "$orderby=name", "$orderby=alias up", "$top=x", "$skip=-1",
		"$count=x", "$select=id", "$expand=user",
	} {
		want(t, r.get("/v1.2/sites/{s}/users?"+query), 400, `"ErrorCode":"1102"`)
	}
}

func TestSaltoksOrders(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	name := func(query string) string {
		out := []string{}
		for _, one := range r.page("/v1.2/sites/{s}/users?" + query).Items {
			p, _ := one["user"].(map[string]any)
			out = append(out, fmt.Sprint(p["first_name"]))
		}
		return strings.Join(out, " ")
	}
	if got := name("$orderby=user/first_name desc"); got != "Tag Pod Olga Mia Bo Ana" {
		t.Error(got)
	}
	if got := firsts(r.page("/v1.2/sites?$filter=subscribed_user_amount lt 8 and subscribed_user_amount ge 7").Items); got != "<nil>" {
		t.Errorf("sites of 7 seats: %q", got)
	}
	if got := name("$orderby=subscription_state, user/email desc&$top=3"); got != "Olga Mia Ana" {
		t.Error(got)
	}
}

func TestSaltoksEntriesPageByToken(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	want(t, r.get("/v1.2/sites/{s}/entries"), 405)
	want(t, r.get("/v1.1/sites/{s}/entries?$orderby=date"), 400, `"1102"`)
	p := r.page("/v1.1/sites/{s}/entries?$orderby=utc_date_time desc")
	if len(p.Items) != 3 || p.Token != nil || p.Items[0]["user_first_name"] != "Bo" || p.Items[1]["local_date_time"] != "2026-11-23T08:00:00" {
		t.Errorf("newest first, without what is older than 90 days: %v", p)
	}
	if e := p.Items[1]; e["user_id"] != r.ids["people Ana"] || e["iq_mac_address"] != "00:01" || e["lock_customer_reference"] != "Front door" || e["event_category"] != "lock_opened" {
		t.Errorf("entry %v", e)
	}
	if e := p.Items[2]; e["user_id"] != nil || e["event_detail"] != "no_access" {
		t.Errorf("entry %v", e)
	}
	sizes, token := []int{}, ""
	for range 9 {
		h := []string{}
		if token != "" {
			h = []string{"CLP-Continuation-Token", token}
		}
		p := r.page("/v1.1/sites/{s}/entries?$top=2&$skip=1", h...) // $skip is ignored
		sizes = append(sizes, len(p.Items))
		if p.Token == nil {
			break
		}
		if token = *p.Token; !json.Valid([]byte(token)) {
			t.Fatalf("the token is no JSON: %s", token)
		}
	}
	if fmt.Sprint(sizes) != "[2 0 1]" { // an empty page with a token is not the end
		t.Errorf("pages %v", sizes)
	}
	quoted, err := json.Marshal(token)
	if err != nil {
		t.Fatal(err)
	}
	want(t, r.call("GET", "/v1.1/sites/{s}/entries", "", "CLP-Continuation-Token", string(quoted)), 400, `"1100"`)
	if got := r.page("/v1.1/sites/{s}/entries?$filter=utc_date_time ge 2026-11-23T08:30:00Z"); len(got.Items) != 1 {
		t.Errorf("since: %v", got.Items)
	}
	want(t, r.get("/v1.1/sites/{s}/entries/export"), 501)
	if err := r.SetSwitches(saltoSwitches("entries_skip", "400", "entries_gap", "none")); err != nil {
		t.Fatal(err)
	}
	want(t, r.get("/v1.1/sites/{s}/entries?$skip=1"), 400)
	p = r.page("/v1.1/sites/{s}/entries?$top=2")
	p = r.page("/v1.1/sites/{s}/entries?$top=2", "CLP-Continuation-Token", *p.Token)
	if len(p.Items) != 1 || p.Token != nil {
		t.Errorf("second page %v", p)
	}
}
