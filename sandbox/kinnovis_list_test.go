package sandbox_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestKinnovisPages(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	p := r.page("units?page=2&limit=2")
	if g := p.Meta.Pagination; len(p.Units) != 2 || g.Count != 5 || g.Page != 2 || g.Pages != 3 || g.Limit != 2 || g.Next != 3.0 ||
		g.Prev != 1.0 || g.Last != 3.0 {
		t.Errorf("%+v", p)
	}
	p = r.page("units?page=9")
	if g := p.Meta.Pagination; len(p.Units) != 0 || p.Units == nil || g.Limit != 50 || g.Pages != 1 || g.Next != nil || g.Prev != 8.0 {
		t.Errorf("%+v", p)
	}
	for _, bad := range []string{"page=0", "limit=-1", "page=x", "limit=", "limit=101"} {
		want(t, r.get("units?"+bad), 422)
	}
	if p = kinnovisUp(t, "limit_over", "clamp").page("units?limit=1000"); p.Meta.Pagination.Limit != 100 {
		t.Errorf("%+v", p.Meta)
	}
	s := kinnovisUp(t, "links", "url", "order", "oldest")
	next := fmt.Sprint(s.page("units?limit=2").Meta.Pagination.Next)
	u, err := url.Parse(next)
	if err != nil || u.Host != "sandbox" {
		t.Fatalf("next %q", next)
	}
	p = into[kinPage](t, s.as("st", "GET", strings.TrimPrefix(u.RequestURI(), "/kinnovis/"), ""))
	if len(p.Units) != 2 || p.Units[0]["name"] != "A-3" || fmt.Sprint(p.Meta.Pagination.Prev) != "http://sandbox/kinnovis/v1/units?limit=2&page=1" {
		t.Errorf("%+v", p)
	}
}

func TestKinnovisListsNewestFirst(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	if got := r.values("customers", "name"); got != "Cleo Cruz, Ben Brandt, Ana Łuč" {
		t.Error(got)
	}
	seen := r.values("customers?limit=2", "name")
	r.patch("kinnovis: {customers: [{id: dina, name: Dina Diaz}]}")
	if seen += ", " + r.values("customers?limit=2&page=2", "name"); seen != "Cleo Cruz, Ben Brandt, Ben Brandt, Ana Łuč" {
		t.Errorf("a record that comes moves the others: %s", seen)
	}
	if got := kinnovisUp(t, "order", "oldest").values("customers", "name"); got != "Ana Łuč, Ben Brandt, Cleo Cruz" {
		t.Error(got)
	}
}

func TestKinnovisFilters(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t, "order", "oldest")
	for query, names := range map[string]string{
		"units?location_id=" + r.id("locations", "paris"):      "P-1",
		"units?unit_type_id=" + r.id("unit_types", "small"):    "A-1, A-2, A-3",
		"units?status=maintenance":                             "X-1",
		"units?name=A-2&status=occupied":                       "A-2",
		"units?nothing=1":                                      "A-1, A-2, A-3, X-1, P-1",
		"units?updated_after=2027-01-01T00:00:00Z":             "A-1, A-2, A-3, X-1, P-1",
		"unit-types?location_id=" + r.id("locations", "paris"): "",
		"customers?email=ben@x.test":                           "Ben Brandt",
		"customers?email=BEN@x.test":                           "",
	} {
		if got := r.values(query, "name"); got != names {
			t.Errorf("%s: %q, want %q", query, got, names)
		}
	}
	for query, words := range map[string]string{
		"customer_id=" + r.id("customers", "ben"): "k-ben",
		"unit_id=" + r.id("units", "a2"):          "k-ana",
		"status=upcoming":                         "k-cleo",
		"status=active":                           "k-ana",
	} {
		want := ""
		for w := range strings.FieldsSeq(words) {
			want += r.id("bookings", w)
		}
		if got := r.values("bookings?"+query, "id"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	s := kinnovisUp(t, "parameters", "refuse")
	want(t, s.get("units?nothing=1"), 422, "nothing")
	want(t, s.get("units?updated_after=2026-01-01"), 422, "updated_after")
	want(t, s.get("units?status=vacant&page=1&limit=3"), 200)
	s = kinnovisUp(t, "parameters", "refuse", "updated_after", "accept")
	s.patch("kinnovis: {units: [{id: a2, floor: 2}]}")
	if got := s.values("units?updated_after=2026-11-23T00:00:00Z", "name"); got != "A-2" {
		t.Errorf("updated: %s", got)
	}
}

func TestKinnovisShowsItsRecords(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	london, small, ana := r.id("locations", "london"), r.id("unit_types", "small"), r.id("customers", "ana")
	for id, prefix := range map[string]string{london: "loc_", small: "utype_", ana: "cus_", r.id("units", "a1"): "unit_", r.id("bookings", "k-ana"): "book_"} {
		if !strings.HasPrefix(id, prefix) || len(id) != len(prefix)+16 {
			t.Errorf("id %q", id)
		}
	}
	want(t, r.get("locations/"+london), 200, `{"location":{`, `"timezone":"Europe/London"`, `"auto_lock":true`, `"auto_lock_grace_days":3`,
		`"to_check_days":2`, `"languages":["en","de"]`, `"city":null`, `"created_at":"2026-09-2`)
	want(t, r.get("unit-types/"+small), 200, `{"unit_type":{`, `"size":4.5`, `"location_id":"`+london, `"is_archived":false`, `"booking_plans":[]`)
	want(t, r.get("units/"+r.id("units", "a1")), 200, `{"unit":{`, `"access_permissions":["gate-1","gate-2"]`, `"unit_type_id":"`+small,
		`"location_id":"`+london, `"status":"occupied"`, `"area":null`)
	want(t, r.get("units/"+r.id("units", "p1")), 200, `"access_permissions":[]`, `"unit_type_id":null`)
	want(t, r.get("customers/"+ana), 200, `{"customer":{`, `"name":"Ana Łuč"`, `"email":"ana@x.test"`, `"phone":"+442071838750"`)
	want(t, r.get("customers/"+r.id("customers", "cleo")), 200, `"email":null`, `"phone":null`)
	a := r.get("bookings/" + r.id("bookings", "k-ana"))
	want(t, a, 200, `{"booking":{`, `"customer_id":"`+ana, `"unit_ids":["`+r.id("units", "a1")+`","`+r.id("units", "a2")+`"]`,
		`"move_in_date":"2026-09-01"`, `"move_out_date":null`, `"has_access":true`, `"status":"active"`, `"plan":null`,
		`"shared_accesses":[{"email":"bo@x.test","id":"s1","name":"Bo"}]`)
	for _, own := range []string{"cancelled_at", "switch_", `"units"`, `"unit_id"`} {
		if strings.Contains(a.body, own) {
			t.Errorf("%s is told: %s", own, a.body)
		}
	}
	if a.header.Get("Content-Type") != "application/json" {
		t.Errorf("kind %q", a.header.Get("Content-Type"))
	}
	want(t, r.get("locations/"+ana), 404) // somebody's, of another kind
	r.patch("kinnovis: {customers: [{id: cus_own, name: Own}]}")
	want(t, r.get("customers/cus_own"), 200, `"id":"cus_own"`) // an id stands for itself
	for _, path := range []string{"locations", "unit-types", "units", "customers", "bookings", "webhooks"} {
		for _, one := range r.page(path).rows() {
			want(t, r.get(fmt.Sprintf("%s/%s", path, one["id"])), 200, fmt.Sprint(one["id"]))
		}
	}
}

func TestKinnovisShapesThatAreNotKnown(t *testing.T) {
	t.Parallel()
	a1 := kinnovisUp(t).id("units", "a1")
	for _, c := range []struct{ name, value, holds, lacks string }{
		{"booking_units", "unit_ids", `"unit_ids":["` + a1, `"units"`},
		{"booking_units", "units", `"units":[{"id":"` + a1 + `","name":"A-1"},{`, `"unit_ids"`},
		{"booking_units", "unit_id", `"unit_id":"` + a1 + `"`, `"unit_ids"`},
		{"shared_accesses", "embedded", `"Bo"`, "none"},
		{"shared_accesses", "absent", `"plan"`, "shared_accesses"},
		{"single", "wrapped", `{"booking":{`, "none"},
		{"single", "bare", `"move_in_date"`, `"booking"`},
		{"unit_switch", "shown", `"switch_date":null,"switch_unit_ids":[]`, "none"},
		{"dates", "date", `"move_in_date":"2026-09-01"`, "T00"},
		{"dates", "utc", `"move_in_date":"2026-09-01T00:00:00.000Z"`, "none"},
		{"dates", "local", `"move_in_date":"2026-08-31T23:00:00.000Z"`, "none"},
		{"ids", "integers", `"customer_id":4001`, "cus_"},
	} {
		r := kinnovisUp(t, c.name, c.value)
		a := r.get("bookings/" + r.id("bookings", "k-ana"))
		want(t, a, 200, c.holds)
		if body := strings.ReplaceAll(a.body, `"created_at":"2026-09-24T09`, ""); c.name != "dates" && strings.Contains(body, c.lacks) {
			t.Errorf("%s %s: %s", c.name, c.value, a.body)
		}
	}
	r := kinnovisUp(t, "ids", "integers")
	want(t, r.get("units?location_id="+r.id("locations", "paris")), 200, `"count":1`, `"P-1"`)
	want(t, r.get("units/"+a1), 404)
	want(t, r.get("units/2001"), 404) // a number of another kind
	want(t, kinnovisUp(t, "dates", "local", "invoices", "listed").get("invoices"), 200, `"due_date":"2026-11-20T00:00:00.000Z"`)
}
