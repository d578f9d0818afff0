package sandbox_test

import (
	"fmt"
	"testing"
	"time"
)

func (r *saltoRig) members(group, body string) reply {
	r.t.Helper()
	return r.call("PATCH", "/v1.2/sites/{s}/access_groups/{access_groups "+group+"}/users", body)
}

func TestSaltoksGroups(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	a := r.call("POST", "/v1.2/sites/{s}/access_groups", `{"customer_reference":"General"}`) // names need not be unique
	want(t, a, 200)
	made := into[map[string]any](t, a)
	if len(made) != 2 {
		t.Errorf("a group is id and customer_reference alone: %v", made)
	}
	r.ids["access_groups New"] = fmt.Sprint(made["id"])
	want(t, r.call("POST", "/v1.2/sites/{s}/access_groups", `{"name":"X"}`), 400, `"1100"`)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/access_groups/{access_groups New}", `{"customer_reference":"Fresh"}`), 200, "Fresh")
	want(t, r.get("/v1.1/sites/{s}/access_groups/{access_groups New}"), 200, "Fresh")
	if got := r.page("/v1.2/sites/{s}/access_groups?$filter=customer_reference eq 'Fresh'&$count=true"); len(got.Items) != 1 || *got.Count != 1 {
		t.Errorf("by name: %v", got)
	}
	want(t, r.call("DELETE", "/v1.2/sites/{s}/access_groups/{access_groups General}", ""), 204)
	want(t, r.get("/v1.2/sites/{s}/access_groups/{access_groups General}"), 404, `"2202"`)
	want(t, r.members("General", `{"add_ids":["{people Mia}"]}`), 404, `"2202"`)
	want(t, r.get("/v1.2/sites/{s}/users/{users Ana}"), 200) // members are people still
	want(t, r.call("PUT", "/v1.2/sites/{s}/access_groups/{access_groups Hours}/users", `[]`), 405)
}

func TestSaltoksMembers(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	if got := firsts(r.page("/v1.2/sites/{s}/access_groups/{access_groups General}/users").Items); got != "Ana Bo Tag" {
		t.Error(got)
	}
	if got := firsts(r.page("/v1.1/sites/{s}/access_groups/{access_groups General}/users?excluded=true").Items); got != "Mia Olga Pod" {
		t.Error(got)
	}
	want(t, r.get("/v1.2/sites/{s}/access_groups/{access_groups General}/users?excluded=x"), 400, `"1101"`)
	want(t, r.members("General", `{"add_ids":["{people Mia}"],"remove_ids":["{people Bo}","{people Tag}"]}`), 204)
	if got := r.passing("General"); got != "Ana@x.test mia@x.test /2" {
		t.Error(got)
	}
	want(t, r.call("DELETE", "/v1.2/sites/{s}/access_groups/{access_groups General}/users/{people Ana}", ""), 204)
	want(t, r.call("DELETE", "/v1.2/sites/{s}/access_groups/{access_groups General}/users/{people Mia}", ""), 204) // the last one
	if got := r.passing("General"); got != " /0" {
		t.Error(got)
	}
	for body, code := range map[string]string{
		`{}`: "1100", `{"add_ids":"{people Ana}"}`: "1101", `{"add_ids":["ana"]}`: "1101", `{"remove_ids":[1]}`: "1101",
	} {
		want(t, r.members("General", body), 400, `"`+code+`"`)
	}
	want(t, r.call("POST", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{}`), 400, `"1100"`)
	want(t, r.members("General", `{"add_ids":["{people Zoé}"]}`), 404, `"2202"`) // of another site
}

func TestSaltoksMembersTwice(t *testing.T) {
	t.Parallel()
	again, gone := `{"add_ids":["{people Ana}"]}`, `{"remove_ids":["{people Mia}"]}`
	r := settledTower(t)
	want(t, r.members("General", again), 400, `"1100"`)
	want(t, r.members("General", gone), 404, `"2202"`)
	r = settledTower(t, "member_again", "200", "remove_absent", "204", "done_status", "200")
	want(t, r.members("General", again), 200, `{}`)
	want(t, r.members("General", gone), 200)
}

func TestSaltoksBulkWithABadID(t *testing.T) {
	t.Parallel()
	for value, c := range map[string]struct {
		status int
		people string
	}{"partial": {404, "Ana Mia Tag"}, "refuse": {404, "Ana Bo Tag"}, "skip": {204, "Ana Mia Tag"}} {
		r := settledTower(t, "bulk_bad", value)
		want(t, r.members("General", `{"add_ids":["{users Mia}","{people Mia}"],"remove_ids":["{people Bo}"]}`), c.status)
		if got := firsts(r.page("/v1.2/sites/{s}/access_groups/{access_groups General}/users").Items); got != c.people {
			t.Errorf("%s: %s", value, got)
		}
	}
}

func TestSaltoksGroupWithoutScheduleOrLockOpensNothing(t *testing.T) {
	t.Parallel()
	r := settledTower(t) // Monday 09:00 in London
	for group, who := range map[string]string{"Bare": "", "Shut": "", "Hours": ""} {
		if got := r.passing(group); got != who+" /1" {
			t.Errorf("%s: %s", group, got)
		}
	}
	r.wait(30 * time.Minute)
	if got := r.passing("Hours"); got != "Ana@x.test /1" {
		t.Errorf("at 09:30: %s", got)
	}
	r.wait(8*time.Hour + 30*time.Minute + 59*time.Second)
	if got := r.passing("Hours"); got != "Ana@x.test /1" {
		t.Errorf("at 18:00:59: %s", got)
	}
	r.wait(time.Second)
	if got := r.passing("Hours"); got != " /1" {
		t.Errorf("at 18:01: %s", got)
	}
}

const allDays = `"monday":true,"tuesday":true,"wednesday":true,"thursday":true,"friday":true,"saturday":true,"sunday":true`

func TestSaltoksSchedules(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	path := "/v1.1/sites/{s}/access_groups/{access_groups Bare}/time_schedules"
	want(t, r.get("/v1.2/sites/{s}/access_groups/{access_groups Bare}/time_schedules"), 405)
	want(t, r.call("POST", path, `{"days":["monday"]}`), 400, `"1101"`)
	want(t, r.call("POST", path, `{"monday":true,"start_time":"late"}`), 400, `"1101"`)
	want(t, r.call("POST", path, `{"monday":true,"start_time":"18:00","end_time":"09:00"}`), 400, `"1101"`)
	a := r.call("POST", path, `{`+allDays+`,"start_time":"08:00","end_time":"18:00","start_date":"2026-11-23T10:00:00"}`)
	want(t, a, 200, `"end_time":"18:00:59"`, `"start_time":"08:00:00"`, `"end_date":null`)
	id := fmt.Sprint(into[map[string]any](t, a)["id"])
	if got := r.passing("Bare"); got != " /1" {
		t.Errorf("before start_date: %s", got)
	}
	want(t, r.call("PATCH", path+"/"+id, `{"start_date":null}`), 200, `"start_date":null`, `"sunday":true`)
	if got := r.passing("Bare"); got != "Ana@x.test /1" {
		t.Errorf("open: %s", got)
	}
	if got := r.page(path); len(got.Items) != 1 || got.Items[0]["id"] != id {
		t.Errorf("list %v", got)
	}
	want(t, r.call("DELETE", path+"/"+id, ""), 204)
	if got := r.passing("Bare"); got != " /1" {
		t.Errorf("none any more: %s", got)
	}
	if err := r.SetSwitches(saltoSwitches("schedules_v12", "200")); err != nil {
		t.Fatal(err)
	}
	want(t, r.get("/v1.2/sites/{s}/access_groups/{access_groups General}/time_schedules"), 200, `"end_time":"23:59:59"`)
}

func TestSaltoksLocksOfAGroup(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	path := "/v1.2/sites/{s}/access_groups/{access_groups Shut}/locks"
	want(t, r.get(path), 200, `"items":[]`)
	want(t, r.call("POST", path, `{"lock_id":"{locks Back door}"}`), 200, `"Back door"`)
	if got := r.passing("Shut"); got != "Ana@x.test /1" {
		t.Error(got)
	}
	want(t, r.get(path), 200, `"Back door"`)
	want(t, r.call("POST", path, `{"lock_id":"{people Ana}"}`), 404)
	want(t, r.call("DELETE", path+"/{locks Back door}", ""), 204)
	want(t, r.call("DELETE", path+"/{locks Back door}", ""), 404)
	if got := r.passing("Shut"); got != " /1" {
		t.Error(got)
	}
}
