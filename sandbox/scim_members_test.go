package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestSCIMShowsMembersByHabit(t *testing.T) {
	t.Parallel()
	row := func(r *rig, path string) map[string]any {
		for _, g := range r.scimList(path).Resources {
			if g["displayName"] == "First floor" || g["id"] == "11" {
				return g
			}
		}
		return nil
	}
	count := func(g map[string]any) int {
		list, there := g["members"].([]any)
		if !there {
			return -1
		}
		return len(list)
	}
	for name, c := range map[string]struct {
		switches            []string
		list, asking, alone int // members; -1 = no attribute
	}{
		"listed":            {[]string{"members", "listed"}, 2, 2, 2},
		"asked":             {[]string{"members", "asked"}, -1, 2, 2},
		"asked, never":      {[]string{"members", "asked", "list_attributes", "never"}, -1, -1, 2},
		"asked, a lie":      {[]string{"members", "asked", "list_attributes", "never", "unasked", "empty"}, 0, 0, 2},
		"by users":          {[]string{"members", "users"}, -1, -1, -1},
		"by users, a lie":   {[]string{"members", "users", "unasked", "empty"}, 0, 0, 0},
		"never, a lie":      {[]string{"members", "never", "unasked", "empty"}, 0, 0, 0},
		"listed, and plain": {[]string{"members", "listed", "empty_members", "absent"}, 2, 2, 2},
	} {
		r := scimRig(t, c.switches...)
		alone := into[map[string]any](t, r.scim("GET", "/Groups/11", ""))
		if got := [3]int{count(row(r, "/Groups")), count(row(r, "/Groups?attributes=displayName,members")), count(alone)}; got !=
			[3]int{c.list, c.asking, c.alone} {
			t.Errorf("%s: %v, want %d %d %d", name, got, c.list, c.asking, c.alone)
		}
	}
	r := scimRig(t)
	want(t, r.scim("GET", "/Groups/12", ""), 200, `"members":[]`)
	want(t, r.scim("GET", "/Groups/13", ""), 200, `"type":"Group"`, `"$ref":"http://sandbox/scim/v2/Groups/11"`)
	want(t, r.scim("GET", "/Users/ana", ""), 200, `"groups":[{"$ref":"http://sandbox/scim/v2/Groups/11","display":"First floor"`)
	if a := scimRig(t, "empty_members", "absent").scim("GET", "/Groups/12", ""); strings.Contains(a.body, "members") {
		t.Errorf("an empty group: %s", a.body)
	}
	if a := scimRig(t, "user_groups", "absent").scim("GET", "/Users/ana", ""); strings.Contains(a.body, "groups") {
		t.Errorf("groups: %s", a.body)
	}
	want(t, scimRig(t, "user_groups", "absent", "members", "users").scim("GET", "/Users/ana", ""), 200, `"groups":[{`)
	never := scimRig(t, "user_groups", "absent", "members", "never")
	if a := never.scim("GET", "/Users/ana", ""); strings.Contains(a.body, "groups") || never.inGroup("First floor") != "ana ben" {
		t.Errorf("never: %s", a.body)
	}
}

// What a client must not get wrong: the form that a server does not take may empty the group.
func TestSCIMRemovesAMember(t *testing.T) {
	t.Parallel()
	ana, anaByValue := fmt.Sprintf(filterOf, "ana"), fmt.Sprintf(valueOf, "ana")
	gone, absent := "ben", "ana ben"
	for _, c := range []struct {
		switches  []string
		operation string
		status    int
		left      string
	}{
		{[]string{"remove_form", "both"}, ana, 200, gone},
		{[]string{"remove_form", "both"}, anaByValue, 200, gone},
		{[]string{"remove_form", "filter", "remove_other", "all"}, ana, 200, gone},
		{[]string{"remove_form", "filter", "remove_other", "all"}, anaByValue, 200, ""},
		{[]string{"remove_form", "filter", "remove_other", "400"}, anaByValue, 400, absent},
		{[]string{"remove_form", "filter", "remove_other", "ignored"}, anaByValue, 200, absent},
		{[]string{"remove_form", "value", "remove_other", "all"}, anaByValue, 200, gone},
		{[]string{"remove_form", "value", "remove_other", "all"}, ana, 200, ""},
		{[]string{"remove_form", "value", "remove_other", "400"}, ana, 400, absent},
		{[]string{"remove_form", "value", "remove_other", "ignored"}, ana, 200, absent},
		{[]string{"bare_remove", "all"}, `{"op":"remove","path":"members"}`, 200, ""},
		{[]string{"bare_remove", "all"}, `{"op":"remove","path":"members","value":[]}`, 200, ""},
		{[]string{"bare_remove", "400"}, `{"op":"remove","path":"members"}`, 400, absent},
		{[]string{"replace_members", "replaces"}, `{"op":"replace","path":"members","value":[{"value":"ben"}]}`, 200, gone},
		{[]string{"replace_members", "replaces"}, `{"op":"replace","value":{"members":[]}}`, 200, ""},
		{[]string{"replace_members", "400"}, `{"op":"replace","path":"members","value":[{"value":"ben"}]}`, 400, absent},
		{[]string{"absent_remove", "204"}, fmt.Sprintf(filterOf, "olga"), 200, absent},
		{[]string{"absent_remove", "400"}, fmt.Sprintf(filterOf, "olga"), 400, absent},
		{[]string{"absent_remove", "404"}, fmt.Sprintf(valueOf, "olga"), 404, absent},
		{[]string{"op_case", "any"}, strings.Replace(ana, "remove", "Remove", 1), 200, gone},
		{[]string{"op_case", "exact"}, strings.Replace(ana, "remove", "Remove", 1), 400, absent},
		{nil, `{"op":"remove","path":"members[value eq \"ana\"].value"}`, 400, absent},
		{nil, `{"op":"remove","path":"members[value eq \"ana\" or value eq \"ben\"]"}`, 200, ""},
	} {
		r := scimRig(t, c.switches...)
		want(t, r.patchGroup(c.operation), c.status)
		if got := r.inGroup("First floor"); got != c.left {
			t.Errorf("%v %s leaves %q, want %q", c.switches, c.operation, got, c.left)
		}
	}
}

func TestSCIMAddsAMember(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		switches  []string
		operation string
		status    int
		then      string
	}{
		{nil, addOlga, 200, "ana ben olga"},
		{nil, `{"op":"add","path":"members","value":{"value":"olga","display":"x"}}`, 200, "ana ben olga"},
		{nil, `{"op":"add","value":{"members":[{"value":"olga"}]}}`, 200, "ana ben olga"},
		{nil, `{"op":"add","path":"members","value":[{"value":"12"}]}`, 200, "ana ben group:12"},
		{nil, `{"op":"add","path":"members","value":["olga"]}`, 400, "ana ben"},
		{nil, `{"op":"add","path":"members","value":[{"type":"User"}]}`, 400, "ana ben"},
		{nil, `{"op":"replace","path":"members"}`, 400, "ana ben"},
		{[]string{"duplicate_add", "ok"}, addAna, 200, "ana ben"},
		{[]string{"duplicate_add", "409"}, addAna, 409, "ana ben"},
		{[]string{"duplicate_add", "twice"}, addAna, 200, "ana ana ben"},
		{[]string{"unknown_member", "ignored"}, strings.ReplaceAll(addAna, "ana", "ghost"), 200, "ana ben"},
		{[]string{"unknown_member", "400"}, strings.ReplaceAll(addAna, "ana", "ghost"), 400, "ana ben"},
		{[]string{"unknown_member", "404"}, strings.ReplaceAll(addAna, "ana", "ghost"), 404, "ana ben"},
	} {
		r := scimRig(t, c.switches...)
		want(t, r.patchGroup(c.operation), c.status)
		if got := r.inGroup("First floor"); got != c.then {
			t.Errorf("%v %s: %q, want %q", c.switches, c.operation, got, c.then)
		}
	}
	r := scimRig(t, "duplicate_add", "409")
	want(t, r.patchGroup(addOlga, addAna), 409)
	if r.inGroup("First floor") != "ana ben" {
		t.Error("a refused PATCH did a part of it")
	}
	put := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"First floor"}`
	want(t, r.scim("PUT", "/Groups/11", put), 200)
	if r.inGroup("First floor") != "ana ben" {
		t.Error("kept: members are gone")
	}
	r = scimRig(t, "put_omitted", "clears")
	want(t, r.scim("PUT", "/Groups/11", put), 200)
	if r.inGroup("First floor") != "" {
		t.Error("cleared: members are left")
	}
}

func TestSCIMAnswersToPatch(t *testing.T) {
	t.Parallel()
	want(t, scimRig(t, "patch_answer", "200").patchGroup(addOlga), 200, `"value":"olga"`)
	if a := scimRig(t, "patch_answer", "204").patchGroup(addOlga); a.status != 204 || a.body != "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := scimRig(t, "patch_answer", "bare").patchGroup(addOlga); a.status != 200 || strings.Contains(a.body, "members") {
		t.Errorf("%d %s", a.status, a.body)
	}
	r := scimRig(t, "patch_answer", "204") // attributes asked for: never 204
	want(t, r.scim("PATCH", "/Groups/11?attributes=displayName", patchOp(addOlga)), 200, "First floor")
}

func TestSCIMVersions(t *testing.T) {
	t.Parallel()
	r := scimRig(t)
	a := r.scim("GET", "/Groups/11", "")
	tag := a.header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || !strings.Contains(a.body, `"version":"W/\"`) {
		t.Fatalf("ETag %q of %s", tag, a.body)
	}
	want(t, r.scimWith("GET", "/Groups/11", "", "If-None-Match", tag), 304)
	want(t, r.scimWith("PATCH", "/Groups/11", patchOp(addOlga), "If-Match", `W/"99"`), 412)
	want(t, r.scimWith("PATCH", "/Groups/11", patchOp(addOlga), "If-Match", tag), 200)
	want(t, r.scimWith("PATCH", "/Groups/11", patchOp(addOlga), "If-Match", tag), 412)
	want(t, r.scimWith("GET", "/Groups/11", "", "If-None-Match", tag), 200)
	next := r.scim("GET", "/Groups/11", "").header.Get("ETag")
	r.patchGroup(addOlga) // nothing changes
	if got := r.scim("GET", "/Groups/11", "").header.Get("ETag"); got != next {
		t.Errorf("%s after no change, was %s", got, next)
	}
	want(t, r.scimWith("DELETE", "/Groups/11", "", "If-Match", tag), 412)
	n := scimRig(t, "etag", "none")
	if a = n.scim("GET", "/Groups/11", ""); a.header.Get("ETag") != "" || strings.Contains(a.body, "version") {
		t.Errorf("none: %v %s", a.header, a.body)
	}
	want(t, n.scimWith("PATCH", "/Groups/11", patchOp(addOlga), "If-Match", `W/"99"`), 200)
}

func TestSCIMDeletedUserInAGroup(t *testing.T) {
	t.Parallel()
	r := scimRig(t, "deleted_member", "stays")
	want(t, r.scim("DELETE", "/Users/ana", ""), 204)
	want(t, r.scim("GET", "/Groups/11", ""), 200, `"value":"ana"`)
	want(t, r.scim("GET", "/Users/ana", ""), 404)
	if r.inGroup("First floor") != "ana ben" || r.scimGroup("First floor") != "" {
		t.Errorf("%q, of whom may pass %q", r.inGroup("First floor"), r.scimGroup("First floor"))
	}
	want(t, r.patchGroup(fmt.Sprintf(filterOf, "ana")), 200)
	g := scimRig(t)
	want(t, g.scim("DELETE", "/Users/ana", ""), 204)
	if g.inGroup("First floor") != "ben" {
		t.Errorf("goes: %q", g.inGroup("First floor"))
	}
	for _, rig := range []*rig{scimRig(t, "deleted_member", "stays"), scimRig(t)} {
		rig.patch("scim: {users: [{id: ana, delete: true}]}")
		if rig.scimGroup("First floor") != "" {
			t.Error("who is deleted cannot pass")
		}
	}
}

// A client that has made none of the assumptions that the defaults punish comes through.
func TestSCIMDefaultsAreUnkind(t *testing.T) {
	t.Parallel()
	r := small(t, scimWorld, nil)
	want(t, r.scim("GET", "/ServiceProviderConfig", ""), 200, `"filter":{"maxResults":100,"supported":true}`,
		`"etag":{"supported":true}`)
	a := r.scim("GET", "/Users?filter=userName%20eq%20%22nobody%22", "")
	want(t, a, 200, `"totalResults":3`, `"id":14,`, `"active":"false"`)
	if strings.Contains(a.body, `"groups"`) || strings.Contains(a.body, `"version"`) || a.header.Get("ETag") != "" {
		t.Errorf("more than is offered: %s", a.body)
	}
	want(t, r.scim("GET", "/Groups?attributes=displayName,members", ""), 200, `"members":[]`)
	if strings.Contains(r.scim("GET", "/Groups/12", "").body, "members") {
		t.Error("an empty group shows members")
	}
	add := `{"op":"add","path":"members","value":[{"value":"%s"}]}`
	if a = r.patchGroup(fmt.Sprintf(add, "14")); a.status != 200 || strings.Contains(a.body, "members") {
		t.Errorf("%d %s", a.status, a.body)
	}
	want(t, r.patchGroup(fmt.Sprintf(add, "14")), 409)
	want(t, r.patchGroup(fmt.Sprintf(add, "99")), 200)
	want(t, r.scim("GET", "/Groups/11", ""), 200, `"value":14`, `"value":15`, `"value":16`)
	want(t, r.patchGroup(fmt.Sprintf(filterOf, "14")), 200)
	want(t, r.patchGroup(fmt.Sprintf(filterOf, "14")), 404)
	if r.inGroup("First floor") != "15 16" {
		t.Errorf("left: %s", r.inGroup("First floor"))
	}
	want(t, r.patchGroup(fmt.Sprintf(valueOf, "15")), 200)
	if r.inGroup("First floor") != "" {
		t.Errorf("the other form leaves %s", r.inGroup("First floor"))
	}
}
