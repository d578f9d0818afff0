package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

const allEvents = `{"url":"http://127.0.0.1:8080/hooks/rnd","eventTypes":["member.created","member.updated","member.removed",
"membership.created","membership.updated","booking.created","booking.updated","booking.removed","pass.created","pass.updated"]}`

func types(t *testing.T, hooks []hook) string {
	t.Helper()
	var out []string
	for _, h := range hooks {
		var v struct{ EventType, Type string }
		if err := json.Unmarshal(h.body, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v.EventType+v.Type)
	}
	return strings.Join(out, " ")
}

func TestOfficeRnDSignsWebhooks(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	made := r.rnd("POST", "webhooks", allEvents)
	want(t, made, 201, `"secret":"tiny-webhook-secret"`)
	r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-30}]}")
	hooks := r.sent()
	if got := types(t, hooks); got != "membership.updated" {
		t.Fatalf("sent %s", got)
	}
	// body first, then a dot and the time
	stamp := r.now().Unix()
	mac := hmac.New(sha256.New, []byte("tiny-webhook-secret"))
	mac.Write(hooks[0].body)
	fmt.Fprintf(mac, ".%d", stamp)
	signature := fmt.Sprintf("t=%d,signature=%s", stamp, hex.EncodeToString(mac.Sum(nil)))
	if got := hooks[0].header.Get("officernd-signature"); got != signature {
		t.Errorf("signature %s, want %s", got, signature)
	}
	var v struct {
		Event string
		Data  struct {
			Object, PreviousAttributes map[string]any
		}
	}
	if err := json.Unmarshal(hooks[0].body, &v); err != nil {
		t.Fatal(err)
	}
	if v.Data.Object["_id"] != sandbox.ID("ms-ana") || v.Data.Object["office"] != sandbox.ID("london") {
		t.Errorf("object %v: v1 names are the default", v.Data.Object)
	}
	if old, there := v.Data.PreviousAttributes["endDate"]; !there || old != nil || len(v.Data.PreviousAttributes) != 1 {
		t.Errorf("previousAttributes %v", v.Data.PreviousAttributes)
	}
}

func TestOfficeRnDTellsOnlyWhatItTells(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	r.rnd("POST", "webhooks", allEvents)
	for _, c := range []struct{ name, patch, sent string }{
		{"a new member", "members: [{_id: new, name: New, email: new@x.test}]", "member.created"},
		{"the same again", "members: [{_id: new, name: New}]", ""},
		{"a member gone", "members: [{_id: new, delete: true}]", "member.removed"},
		{"an assignment", "assignments: [{_id: as-gus, endDate: 2026-11-30}]", ""},
		{"a visitor", "visitors: [{_id: vera, email: v@guest.test}]", ""},
		{"a booking moved", "bookings: [{_id: bk-review, end: 2026-11-23T15:30:00Z}]", "booking.updated"},
		{"a booking called off", "bookings: [{_id: bk-review, isCancelled: true}]", ""},
		{"a pass used", "passes: [{_id: ps-walt, usedCount: 2}]", "pass.updated"},
		{"a pass deleted", "passes: [{_id: ps-walt, delete: true}]", ""},
		{"nobody asked", "companies: [{_id: globex, name: Globex Ltd}]", ""},
	} {
		r.patch("officernd: {" + c.patch + "}")
		if got := types(t, r.sent()); got != c.sent {
			t.Errorf("%s: sent %q, want %q", c.name, got, c.sent)
		}
	}
	other := tiny(t, map[string]string{
		"officernd.cancel_event": "updated", "officernd.hook_duplicates": "twice", "officernd.hook_shape": "v2",
	})
	other.rnd("POST", "webhooks", allEvents)
	other.patch("officernd: {bookings: [{_id: bk-review, isCancelled: true}]}")
	hooks := other.sent()
	if got := types(t, hooks); got != "booking.updated booking.updated" {
		t.Errorf("sent %q", got)
	}
	if len(hooks) > 0 && !strings.Contains(string(hooks[0].body), `"isCancelled":true`) {
		t.Errorf("not v2: %s", hooks[0].body)
	}
}

func TestOfficeRnDWebhookRoutes(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.rnd("POST", "webhooks", `{"url":"http://x","eventTypes":["nothing.happened"]}`), 400, "nothing.happened")
	want(t, r.rnd("POST", "webhooks", `{"url":"http://x","eventTypes":["member.created"],"enabled":true}`), 400,
		"property enabled should not exist")
	made := into[map[string]any](t, r.rnd("POST", "webhooks", allEvents))
	id, _ := made["_id"].(string)
	want(t, r.rnd("GET", "webhooks", ""), 200, id, "tiny-webhook-secret")
	want(t, r.rnd("PUT", "webhooks/"+id, `{"isEnabled":false}`), 200, `"isEnabled":false`)
	r.patch("officernd: {members: [{_id: ana, name: Ana B.}]}")
	if got := r.sent(); len(got) != 0 {
		t.Errorf("a webhook that is off was sent")
	}
	want(t, r.rnd("DELETE", "webhooks/"+id, ""), 200, id)
	want(t, r.rnd("DELETE", "webhooks/"+id, ""), 404)
}
