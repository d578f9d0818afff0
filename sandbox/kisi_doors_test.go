package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox/kisi"
)

func TestKisiLinks(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	a := r.kisi("POST", "/group_links", `{"group_link":{"group_id":17,"name":"Vera","valid_until":"2026-11-23T12:00:00Z"}}`)
	want(t, a, 200, `"secret":"`, `"resource_type":"GroupLink"`)
	made := into[map[string]any](t, a)
	list := r.kisi("GET", "/group_links", "")
	want(t, list, 200, `"Vera"`)
	if strings.Contains(list.body, "secret") {
		t.Error("the list tells the secret")
	}
	path := fmt.Sprint("/group_links/", made["id"])
	want(t, r.kisi("GET", path, ""), 404)
	want(t, r.kisi("POST", "/group_links", `{"group_link":{"group_id":17,"name":"V","phone":"+351912345678"}}`), 422, `"phone":[`)
	want(t, r.kisi("POST", "/group_links", `{"group_link":{"group_id":17}}`), 422, `"name":[`)

	h := header("Authorization", "KISI-GROUP-LINK "+made["secret"].(string), "Accept", "application/json")
	want(t, r.must("POST", "/kisi/locks/5/unlock", "", h), 200, "Unlocked!")
	want(t, r.must("POST", "/kisi/locks/1/unlock", "", h), 403, "fcd8ef")
	want(t, r.must("GET", "/kisi/users", "", h), 403)
	locks := r.must("GET", "/kisi/locks", "", h)
	if strings.Contains(locks.body, "resource_type") {
		t.Error("a guest gets the reduced lock")
	}
	r.wait(4 * 3600e9)
	want(t, r.must("POST", "/kisi/locks/5/unlock", "", h), 403, "f35ade")
	want(t, r.kisi("DELETE", path, ""), 204)
	want(t, r.must("POST", "/kisi/locks/5/unlock", "", h), 401)
}

func TestKisiUnlockAsks(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.kisi("POST", "/locks/1/unlock", ""), 200, "Unlocked!")
	want(t, r.kisi("POST", "/locks/3/unlock", ""), 403, "fcd8ef")
	r.patch("kisi: {role_assignments: [{user_id: olga@x.test, group_id: Second floor, valid_from: 2026-11-24}]}")
	want(t, r.kisi("POST", "/locks/3/unlock", ""), 403, "f358de")
	r.patch("kisi: {users: [{id: 1, access_enabled: false}]}")
	want(t, r.kisi("POST", "/locks/1/unlock", ""), 403, "fcd8ff")
}

func TestKisiGroupsAndPlaces(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.kisi("GET", "/groups/11", ""), 200, `"users_count":1`, `"locks_count":1`, `"place":{`)
	a := r.kisi("POST", "/groups", `{"group":{"name":"Roof","place_id":1}}`)
	want(t, a, 200, `"login_enabled":true`)
	path := fmt.Sprint("/groups/", into[map[string]any](t, a)["id"])
	want(t, r.kisi("PATCH", path, `{"group":{"name":"Terrace"}}`), 204)
	want(t, r.kisi("PATCH", path, `{"group":{"place_id":null}}`), 422)
	want(t, r.kisi("GET", "/groups?query=terr", ""), 200, "Terrace")
	want(t, r.kisi("DELETE", path, ""), 204)
	want(t, r.kisi("POST", "/groups", `{"group":{}}`), 422, `"name":[`)
	want(t, r.kisi("GET", "/places/1", ""), 200, `"locks_count":6`)
	want(t, r.kisi("GET", "/locks?place_id=1", ""), 200, "Elephant")
	want(t, r.kisi("GET", "/group_locks", ""), 400, "group_id")
	want(t, r.kisi("GET", "/group_locks?group_id=11", ""), 200, "Front door")
	want(t, r.kisi("POST", "/group_locks", `{"group_lock":{"group_id":11,"lock_id":3}}`), 200, `"GroupLock"`)
	want(t, r.kisi("POST", "/group_locks", `{"group_lock":{"group_id":11,"lock_id":3}}`), 409)
	want(t, r.kisi("POST", "/locks/3/unlock", ""), 200)
	r.patch("kisi: {teams: [{id: 7, name: Crew, members: [5, susana@x.test]}]}")
	a = r.kisi("GET", "/team_memberships?team_id=7", "")
	if rows := into[[]any](t, a); len(rows) != 2 || a.header.Get("X-Collection-Range") != "0-9/2" {
		t.Errorf("team %s %s", a.body, a.header.Get("X-Collection-Range"))
	}
	want(t, r.kisi("GET", "/organizations", ""), 200, "[{")
	want(t, r.kisi("POST", "/guests", `{"guest":{"name":"G"}}`), 200, `"Guest"`)
}

const integration = `{"integration":{"type":"event_webhook","name":"Cardea","url":"http://127.0.0.1:8080/hooks/kisi",` +
	`"enabled":true,"signature_key":"k",` +
	`"enabled_events":["user.create","role_assignment.create","role_assignment.destroy","lock.unlock"]}}`

func TestKisiSignsWebhooks(t *testing.T) {
	t.Parallel()
	for value, prefix := range map[string]bool{"prefixed": true, "bare": false} {
		r := tiny(t, map[string]string{"kisi.signature": value})
		a := r.kisi("POST", "/integrations", integration)
		want(t, a, 200, `"disabled_due_to_error":false`)
		if strings.Contains(a.body, "signature_key") {
			t.Error("the signature key is never returned")
		}
		want(t, r.edge(5, ""), 200)
		want(t, r.kisi("POST", "/locks/3/unlock", ""), 403)
		want(t, r.kisi("DELETE", "/role_assignments/4", ""), 204)
		r.patch("kisi: {users: [{email: new@x.test}]}")
		hooks := r.sent()
		if got := types(t, hooks); got != "role_assignment.create lock.unlock role_assignment.destroy user.create" {
			t.Fatalf("sent %s", got)
		}
		for _, h := range hooks {
			if got := h.header.Get("X-Signature"); got != kisi.Sign(h.body, "k", prefix) || strings.HasPrefix(got, "sha256=") != prefix {
				t.Errorf("signature %s", got)
			}
		}
		refused := string(hooks[1].body)
		if !strings.Contains(refused, `"success":false`) || !strings.Contains(refused, `"error_code":"fcd8ef"`) {
			t.Errorf("a refused unlock: %s", hooks[1].body)
		}
	}
}

func TestKisiTurnsAFailingWebhookOff(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.kisi("POST", "/integrations", integration), 200)
	r.mu.Lock()
	r.refuse = true
	r.mu.Unlock()
	for i := range 12 {
		r.patch(fmt.Sprintf("kisi: {users: [{email: n%d@x.test}]}", i))
	}
	if got := len(r.sent()); got != 10 {
		t.Errorf("%d sent, want 10 and no more", got)
	}
	want(t, r.kisi("GET", "/integrations", ""), 200, `"disabled_due_to_error":true`)
	want(t, r.kisi("PATCH", "/integrations/1", `{"integration":{"enabled":true}}`), 204)
	r.patch("kisi: {users: [{email: again@x.test}]}")
	if got := len(r.sent()); got != 1 {
		t.Errorf("%d sent after it was turned on again", got)
	}
}
