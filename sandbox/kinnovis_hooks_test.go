package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
)

func kinDigest(text, key string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func TestKinnovisSignsTimeAndBody(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	r.patch("kinnovis: {bookings: [{id: k-ana, has_access: false}]}")
	hooks := r.sent()
	if len(hooks) != 2 {
		t.Fatalf("%d hooks", len(hooks))
	}
	for i, secret := range []string{"shared", "own"} {
		h := hooks[i]
		wants := fmt.Sprintf("t=%d,v1=%s", monday().Unix(), hex.EncodeToString(kinDigest(fmt.Sprintf("%d.%s", monday().Unix(), h.body), secret)))
		if got := h.header.Get("X-Kinnovis-Signature"); got != wants {
			t.Errorf("%s: %s, want %s", h.url, got, wants)
		}
		if h.header.Get("X-Kinnovis-Request-Id") == "" || h.header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", h.header)
		}
	}
	s := kinnovisUp(t, "hook_signature", "base64")
	s.patch("kinnovis: {bookings: [{id: k-ana, has_access: false}]}")
	h := s.sent()[0]
	if h.header.Get("X-Kinnovis-Signature") != base64.StdEncoding.EncodeToString(kinDigest(string(h.body), "shared")) {
		t.Errorf("headers %v", h.header)
	}
}

func TestKinnovisEventsTellIdsOrTheRecord(t *testing.T) {
	t.Parallel()
	const revoke = "kinnovis: {bookings: [{id: k-ana, has_access: false}]}"
	r := kinnovisUp(t)
	r.patch(revoke)
	e := into[kinEvent](t, reply{body: string(r.sent()[0].body)}).Event
	if !strings.HasPrefix(e.ID, "evt_") || e.Type != "access.revoked" || e.APIVersion != "v1" || e.CreatedAt != "2026-11-23T09:00:00.000Z" ||
		len(e.Data) != 2 || e.Data["booking_id"] != r.id("bookings", "k-ana") || e.Data["customer_id"] != r.id("customers", "ana") {
		t.Errorf("%+v", e)
	}
	s := kinnovisUp(t, "hook_data", "record", "hook_shape", "bare", "version", "2025-09")
	s.patch(revoke)
	body := string(s.sent()[0].body)
	for _, holds := range []string{`{"api_version":"2025-09"`, `"booking":{`, `"has_access":false`, `"move_in_date":"2026-09-01"`} {
		if !strings.Contains(body, holds) {
			t.Errorf("%s lacks %s", body, holds)
		}
	}
}

func TestKinnovisEventsOfAPatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, patch, listed, all string }{
		{"touch", "{units: [{id: a1, name: A-1}]}", "", ""},
		{"unit", "{units: [{id: a1, access_permissions: [gate-9]}]}", "unit.updated", "unit.updated"},
		{"new unit", "{units: [{id: a9, location_id: london, name: A-9}]}", "unit.created", "unit.created"},
		{"no unit", "{units: [{id: x1, delete: true}]}", "unit.deleted", "unit.deleted"},
		{"address", "{customers: [{id: ana, email: new@x.test}]}", "", "customer.updated"},
		{"place", "{locations: [{id: london, name: L}]}", "", "location.updated"},
		{"type", "{unit_types: [{id: big, name: Big, location_id: london}]}", "", "unit_type.created"},
		{"extended", "{bookings: [{id: k-cleo, move_out_date: 2027-01-31}]}", "booking.updated", "booking.updated"},
		{"locked ahead", "{bookings: [{id: k-cleo, has_access: true}]}", "access.restored", "access.restored"},
		{"new one", "{bookings: [{id: k-new, customer_id: ben, unit_ids: [a3], move_in_date: 2026-11-23}]}",
			"unit.updated booking.started", "unit.updated booking.created booking.started"},
		{"one to come", "{bookings: [{id: k-new, customer_id: ben, unit_ids: [p1], move_in_date: 2026-12-23}]}", "", "booking.created"},
		{"over", "{bookings: [{id: k-ana, move_out_date: 2026-11-23}]}",
			"unit.updated unit.updated booking.updated booking.ended", "unit.updated unit.updated booking.updated booking.ended"},
		{"deleted", "{bookings: [{id: k-ana, delete: true}], invoices: [{id: i-ana, delete: true}]}",
			"unit.updated unit.updated booking.ended", "unit.updated unit.updated booking.deleted booking.ended"},
	} {
		for way, told := range map[string]string{"listed": c.listed, "all": c.all} {
			r := kinnovisUp(t, "hook_events", way)
			r.patch("kinnovis: " + c.patch)
			if got := r.told("all"); got != told {
				t.Errorf("%s, %s: %q, want %q", c.name, way, got, told)
			}
		}
	}
}

func TestKinnovisTellsWhatTimeBrings(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	r.patch("kinnovis: {invoices: [{id: i-ana, void: true}], bookings: [{id: k-cleo, move_out_date: 2026-11-26}]}")
	r.sent()
	for _, c := range [][2]string{
		{"2026-11-24T22:59:50Z", ""},
		{"2026-11-24T23:00:00Z", "unit.updated booking.started"},
		{"2026-11-25T00:00:00Z", "unit.updated"}, // a3 is checked
		{"2026-11-25T23:00:00Z", "unit.updated booking.ended"},
		{"2026-12-31T00:00:00Z", ""},
	} {
		r.until(c[0])
		if got := r.told("all"); got != c[1] {
			t.Errorf("%s: %q, want %q", c[0], got, c[1])
		}
	}
	late := kinnovisUp(t) // asked only when all is over, it tells in order, each at its time
	late.patch("kinnovis: {invoices: [{id: i-ana, void: true}], bookings: [{id: k-cleo, move_out_date: 2026-11-26}]}")
	late.sent()
	late.wait(30 * 24 * time.Hour)
	want(t, late.get("locations"), 200)
	hooks := late.sent()
	var got []string
	for _, h := range hooks {
		e := into[kinEvent](t, reply{body: string(h.body)}).Event
		got = append(got, e.Type+" "+e.CreatedAt)
	}
	if s := strings.Join(got, ", "); s != "unit.updated 2026-11-24T23:00:00.000Z, booking.started 2026-11-24T23:00:00.000Z, "+
		"unit.updated 2026-11-25T00:00:00.000Z, unit.updated 2026-11-25T23:00:00.000Z, booking.ended 2026-11-25T23:00:00.000Z" {
		t.Error(s)
	}
}

func TestKinnovisRetriesAWebhookSixTimes(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	r.refuse = true
	r.patch("kinnovis: {units: [{id: a1, floor: 1}]}")
	first := r.sent()
	if len(first) != 1 {
		t.Fatalf("%d hooks", len(first))
	}
	for i, pause := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour} {
		r.wait(pause - time.Second)
		r.Tick()
		if early := r.told("all"); early != "" && !strings.HasPrefix(early, "access") {
			t.Errorf("retry %d comes early: %s", i+1, early)
		}
		r.wait(time.Second)
		r.Tick()
		again := r.sent()
		if len(again) != 1 || string(again[0].body) != string(first[0].body) ||
			again[0].header.Get("X-Kinnovis-Request-Id") != first[0].header.Get("X-Kinnovis-Request-Id") ||
			again[0].header.Get("X-Kinnovis-Signature") == first[0].header.Get("X-Kinnovis-Signature") {
			t.Fatalf("retry %d: %+v", i+1, again)
		}
	}
	r.mu.Lock()
	r.refuse = false
	r.mu.Unlock()
	r.wait(24 * time.Hour)
	r.Tick()
	same := 0
	for _, h := range r.sent() {
		if string(h.body) == string(first[0].body) {
			same++
		}
	}
	r.wait(100 * 24 * time.Hour)
	r.Tick()
	for _, h := range r.sent() {
		if string(h.body) == string(first[0].body) {
			same++
		}
	}
	if same != 1 {
		t.Errorf("the last retry came %d times", same)
	}
}

func TestKinnovisDoesNotRetryAWebhookThatIsOffOrGone(t *testing.T) {
	t.Parallel()
	for way, patch := range map[string]string{
		"off": "{webhooks: [{id: h-all, enabled: false}]}", "gone": "{webhooks: [{id: h-all, delete: true}]}", "there": "{}",
	} {
		r := kinnovisUp(t)
		r.refuse = true
		r.patch("kinnovis: {units: [{id: a1, floor: 1}]}")
		if got := r.told("all"); got != "unit.updated" {
			t.Fatalf("told %q", got)
		}
		r.patch("kinnovis: " + patch)
		r.wait(2 * time.Minute)
		r.Tick()
		if got := r.told("all"); (got == "unit.updated") != (way == "there") {
			t.Errorf("%s: %q", way, got)
		}
	}
}

func TestKinnovisHookDelivery(t *testing.T) {
	t.Parallel()
	const patch = "kinnovis: {units: [{id: a1, floor: 1}], bookings: [{id: k-cleo, plan: p}]}"
	for way, told := range map[string]string{
		"once": "unit.updated booking.updated", "twice": "unit.updated booking.updated unit.updated booking.updated",
		"reversed": "booking.updated unit.updated", "lost": "",
	} {
		r := kinnovisUp(t, "hook_delivery", way)
		r.patch(patch)
		if got := r.told("all"); got != told {
			t.Errorf("%s: %q", way, got)
		}
	}
}

func TestKinnovisWebhooksAreRegistered(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	const body = `{"url":"https://c.test/mine","events":["unit.updated"],"color":"red"}`
	a := r.as("st", "POST", "v1/webhooks", body, "Idempotency-Key", "k1")
	want(t, a, 201, `{"webhook":{`, `"secret":"whsec_`, `"enabled":true`, `"events":["unit.updated"]`)
	made := into[struct{ Webhook map[string]any }](t, a).Webhook
	if again := r.as("st", "POST", "v1/webhooks", body, "Idempotency-Key", "k1"); again.status != 201 || again.body != a.body {
		t.Errorf("a repeated key: %d %s", again.status, again.body)
	}
	want(t, r.as("st", "POST", "v1/webhooks", `{"url":"https://c.test/other"}`, "Idempotency-Key", "k1"), 409)
	if n := len(r.page("webhooks").Webhooks); n != 4 {
		t.Errorf("%d webhooks", n)
	}
	path := "webhooks/" + fmt.Sprint(made["id"])
	if one := r.get(path); one.status != 200 || strings.Contains(one.body, "secret") || strings.Contains(one.body, "color") {
		t.Errorf("told %s", one.body)
	}
	r.patch("kinnovis: {units: [{id: a1, floor: 1}]}")
	hooks := r.sent()
	if len(hooks) != 2 || hooks[1].url != "https://c.test/mine" {
		t.Fatalf("hooks %+v", hooks)
	}
	unix, sum, _ := strings.Cut(hooks[1].header.Get("X-Kinnovis-Signature"), ",v1=")
	if sum != hex.EncodeToString(kinDigest(strings.TrimPrefix(unix, "t=")+"."+string(hooks[1].body), fmt.Sprint(made["secret"]))) {
		t.Errorf("not signed with its secret: %v", hooks[1].header)
	}
	want(t, r.as("st", "PATCH", "v1/"+path, `{"enabled":false}`), 200, `"enabled":false`, `"https://c.test/mine"`)
	r.patch("kinnovis: {units: [{id: a1, floor: 2}]}")
	if got := r.told("mine"); got != "" {
		t.Errorf("switched off, it got %s", got)
	}
	want(t, r.as("st", "PATCH", "v1/"+path, `{"enabled":true,"events":[]}`), 200, `"events":[]`)
	r.patch("kinnovis: {bookings: [{id: k-cleo, plan: p}]}")
	if got := r.told("mine"); got != "booking.updated" {
		t.Errorf("told %q", got)
	}
	want(t, r.as("st", "DELETE", "v1/"+path, ""), 204)
	want(t, r.as("st", "DELETE", "v1/"+path, ""), 404)
	want(t, r.as("st", "PATCH", "v1/"+path, "{}"), 404)
	r.wait(24 * time.Hour)
	fresh := r.as("st", "POST", "v1/webhooks", body, "Idempotency-Key", "k1") // the key is forgotten
	if fresh.status != 201 || fresh.body == a.body {
		t.Errorf("a day later: %d %s", fresh.status, fresh.body)
	}
	for name, c := range map[string]struct {
		body, kind string
		status     int
	}{
		"form":    {"url=x", "application/x-www-form-urlencoded", 415},
		"no JSON": {"{", "application/json", 400},
		"list":    {"[]", "application/json", 400},
		"no url":  {"{}", "application/json", 422},
		"url":     {`{"url":"c.test"}`, "application/json", 422},
		"events":  {`{"url":"https://c.test","events":["unit.exploded"]}`, "application/json", 422},
		"names":   {`{"url":"https://c.test","events":"unit.updated"}`, "application/json", 422},
		"enabled": {`{"url":"https://c.test","enabled":"yes"}`, "application/json", 422},
	} {
		if a := r.as("st", "POST", "v1/webhooks", c.body, "Content-Type", c.kind); a.status != c.status {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	bare := kinnovisUp(t, "single", "bare", "ids", "integers")
	a = bare.as("st", "POST", "v1/webhooks", body)
	want(t, a, 201, `"secret":"whsec_`, `"id":7004`)
	want(t, bare.as("st", "PATCH", "v1/webhooks/7004", `{"url":"https://c.test/moved"}`), 200, `"https://c.test/moved"`)
	log := bare.Writes("kinnovis")
	if len(log) != 2 || log[1].Path != "/v1/webhooks/7004" || log[1].Method != "PATCH" || string(log[0].Body) != body {
		t.Errorf("log %+v", log)
	}
}
