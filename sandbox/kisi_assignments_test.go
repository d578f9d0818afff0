package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const edge = `{"role_assignment":{"applies_to_type":"Group","applies_to_id":14,"assignee_type":"User","assignee_id":%d,` +
	`"role_id":"group_basic","notify":false%s}}`

func (r *rig) edge(user int, more string) reply {
	r.t.Helper()
	return r.kisi("POST", "/role_assignments", fmt.Sprintf(edge, user, more))
}

func TestKisiAssignmentsBothForms(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.edge(5, ""), 200, `"resource_type":"RoleAssignment"`, `"user_id":5`, `"group_id":14`, `"scope":"group"`,
		`"valid_until":null`, `"assignee":{`)
	want(t, r.edge(5, ""), 409)
	want(t, r.kisi("POST", "/role_assignments", `{"role_assignment":{"user_id":6,"group_id":14,"role_id":"group_basic"}}`), 200,
		`"assignee_type":"User"`, `"applies_to_type":"Group"`, `"notify":true`)
	if got := r.members("First floor"); got != "gus@x.test susana@x.test" {
		t.Errorf("first floor: %s", got)
	}
	for name, body := range map[string]string{
		"no role":      `{"role_assignment":{"user_id":3,"group_id":14}}`,
		"unknown role": `{"role_assignment":{"user_id":3,"group_id":14,"role_id":"basic"}}`,
		"no user":      `{"role_assignment":{"user_id":99,"group_id":14,"role_id":"group_basic"}}`,
		"no group":     `{"role_assignment":{"user_id":3,"group_id":99,"role_id":"group_basic"}}`,
		"window on a place": `{"role_assignment":{"user_id":3,"place_id":1,"role_id":"place_administrator",` +
			`"valid_until":"2026-12-01T00:00:00Z"}}`,
		"ends before": `{"role_assignment":{"user_id":3,"group_id":14,"role_id":"group_basic",` +
			`"valid_from":"2026-12-01T00:00:00Z","valid_until":"2026-11-01T00:00:00Z"}}`,
	} {
		if a := r.kisi("POST", "/role_assignments", body); a.status != 422 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestKisiWindowsOpenAndCloseAndStayListed(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.edge(5, `,"valid_from":"2026-11-23T10:00:00Z","valid_until":"2026-11-23T11:00:00Z"`), 200)
	if got := r.members("First floor"); got != "" {
		t.Errorf("before: %s", got)
	}
	r.wait(time.Hour)
	if got := r.members("First floor"); got != "gus@x.test" {
		t.Errorf("within: %q", got)
	}
	r.wait(time.Hour)
	if got := r.members("First floor"); got != "" {
		t.Errorf("after: %s", got)
	}
	if rows := into[[]any](t, r.kisi("GET", "/role_assignments?applies_to_type=Group&applies_to_id=14", "")); len(rows) != 1 {
		t.Errorf("%d rows: an expired assignment stays listed", len(rows))
	}
	want(t, r.edge(5, ""), 409)
	if err := r.SetSwitches(map[string]string{"kisi.expired": "removed"}); err != nil {
		t.Fatal(err)
	}
	if rows := into[[]any](t, r.kisi("GET", "/role_assignments?group_id=14", "")); len(rows) != 0 {
		t.Errorf("%d rows although expired ones go", len(rows))
	}
}

func TestKisiPatchOfAWindow(t *testing.T) {
	t.Parallel()
	for value, shows := range map[string]string{
		"ignore": `"valid_until":null`, "accept": `"valid_until":"2026-12-01T00:00:00.000Z"`,
	} {
		r := tiny(t, map[string]string{"kisi.patch_validity": value})
		want(t, r.kisi("PATCH", "/role_assignments/4", `{"role_assignment":{"valid_until":"2026-12-01T00:00:00Z"}}`), 204)
		want(t, r.kisi("GET", "/role_assignments/4", ""), 200, shows)
	}
	r := tiny(t, map[string]string{"kisi.patch_validity": "refuse"})
	want(t, r.kisi("PATCH", "/role_assignments/4", `{"role_assignment":{"valid_until":"2026-12-01T00:00:00Z"}}`), 422)
	want(t, r.kisi("PATCH", "/role_assignments/4", `{"role_assignment":{"role_id":"group_manager","notify":false}}`), 204)
	want(t, r.kisi("GET", "/role_assignments/4", ""), 200, "group_manager")
}

func TestKisiListsAssignments(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for q, rows := range map[string]int{
		"": 4, "assignee_type=User&assignee_id=1": 2, "user_id=me": 2, "user_id=77": 0, "scope=organization": 1,
		"role_id=group_basic":                    3,
		"applies_to_type=Group&applies_to_id=11": 1, "query=claire": 1, "sort=-user.name": 4,
	} {
		if got := into[[]any](t, r.kisi("GET", "/role_assignments?"+q, "")); len(got) != rows {
			t.Errorf("%q: %d rows, want %d", q, len(got), rows)
		}
	}
	want(t, r.kisi("GET", "/role_assignments?assignee_id=1", ""), 400, "assignee_type")
	a := r.kisi("GET", "/role_assignments/1", "")
	want(t, a, 200, `"organization":{`)
	if strings.Contains(a.body, "valid_until") {
		t.Error("the organization form has no validity")
	}
}

func TestKisiMembersAreThoseWhoCanPassNow(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.edge(4, ""), 200) // piet, disabled
	want(t, r.edge(5, ""), 200)
	r.patch("kisi: {teams: [{id: 7, name: Night shift, members: [susana@x.test]}]," +
		" role_assignments: [{assignee_type: Team, assignee_id: Night shift, group_id: First floor}]}")
	if got := r.members("First floor"); got != "gus@x.test susana@x.test" {
		t.Errorf("members %s", got)
	}
	for _, g := range r.Groups("kisi") {
		if g.Name == "First floor" && (len(g.All) != 3 || g.All[0].Enabled || g.All[2].Account != "team:7") {
			t.Errorf("all: %+v", g.All)
		}
	}
	r.patch("kisi: {users: [{email: piet@x.test, access_enabled: true}]}")
	if got := r.members("First floor"); !strings.Contains(got, "piet@x.test") {
		t.Errorf("enabled, and still out: %s", got)
	}
}
