package sandbox_test

import (
	"strings"
	"testing"
)

func TestBrivoGroupNamesAreShortAndNeedNotBeUnique(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("POST", "/groups", `{"name":"`+strings.Repeat("x", 36)+`"}`), 400, "35")
	want(t, r.api("POST", "/groups", `{"name":"`+strings.Repeat("ü", 35)+`"}`), 200)
	want(t, r.api("POST", "/groups", `{"name":"General access"}`), 200, `"keypadUnlock":false`, `"excludedFromLockdown":false`)
	want(t, r.api("POST", "/groups", `{}`), 400)
	a := r.api("PUT", "/groups/12", `{"name":"Elephants","antipassbackResetTime":"90","keypadUnlock":true}`)
	want(t, a, 200, `"name":"Elephants"`)
	want(t, r.api("GET", "/groups/12", ""), 200, `"antipassbackResetTime":"01:30"`, `"keypadUnlock":true`)
	want(t, r.api("PUT", "/groups/12", `{"name":"E","antipassbackResetTime":""}`), 200)
	without(t, r.api("GET", "/groups/12", ""), "antipassbackResetTime")
	want(t, r.api("PUT", "/groups/12", `{"name":"E","antipassbackResetTime":"1441"}`), 400)
	want(t, r.api("DELETE", "/groups/15", ""), 412)
	want(t, r.api("DELETE", "/groups/11", ""), 204)
	want(t, r.api("GET", "/groups/11", ""), 404, "Group not found")
	want(t, r.api("GET", "/users/1/groups", ""), 200, `"count":0`)
}

func TestBrivoMembersAreAddedAndTakenOut(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	a := r.api("GET", "/groups/11/users", "")
	want(t, a, 200, `"count":3`, `"pageSize":20`, "rnd:a/1")
	without(t, a, "emails", "phoneNumbers")
	want(t, r.api("PUT", "/groups/12/users/1", ""), 204)
	want(t, r.api("PUT", "/groups/12/users/1", ""), 400)
	r.set("re_add", "204")
	want(t, r.api("PUT", "/groups/12/users/1", ""), 204)
	want(t, r.api("DELETE", "/groups/12/users/1", ""), 204)
	want(t, r.api("DELETE", "/groups/12/users/1", ""), 404)
	r.set("remove_absent", "204")
	want(t, r.api("DELETE", "/groups/12/users/1", ""), 204)
	want(t, r.api("PUT", "/groups/12/users/999", ""), 404)
	want(t, r.api("PUT", "/groups/14/users/1", ""), 404) // hidden
	if got := r.ids("/groups"); got != "11 12 13 15" {
		t.Error(got)
	}
}

func TestBrivoAssistantSeesItsOwnGroupsOnly(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.token = r.login("helper9").Access
	if got := r.ids("/groups"); got != "13" {
		t.Error(got)
	}
	want(t, r.api("GET", "/groups/11", ""), 404)
	r.set("unseen", "403")
	want(t, r.api("GET", "/groups/11", ""), 403, "Access to the requested resource was denied", `"code":403`)
	want(t, r.api("PUT", "/groups/13/users/1", ""), 204)
	want(t, r.api("POST", "/groups", `{"name":"X"}`), 403, "You are not allowed to perform that action")
	want(t, r.api("GET", "/accounts/summary", ""), 403)
	want(t, r.api("GET", "/users/1/groups", ""), 200, `"count":1`)
}

func TestBrivoDoorsSitesAndPermissions(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("GET", "/groups/11/access/access-points", ""), 200, `"name":"Front door"`, `"name":"Always Access"`, `"count":1`)
	want(t, r.api("GET", "/groups/11/access/access-points?filter=access_point_type__eq:FLOOR", ""), 200, `"count":0`)
	at := "/groups/12/access/access-points/91"
	want(t, r.api("PUT", at, `{"schedule":{"id":99}}`), 400)
	want(t, r.api("PUT", at, `{"schedule":{"id":7},"privacyModeOverride":true}`), 200, "Office hours", `"privacyModeOverride":true`)
	if got := r.ids("/access-points/91/groups") + "|" + r.ids("/sites/61/groups") + "|" + r.ids("/sites/62/groups"); got != "11 12|11 12|" {
		t.Error(got)
	}
	want(t, r.api("DELETE", at, ""), 204)
	want(t, r.api("DELETE", at, ""), 404)
	want(t, r.api("GET", "/sites", ""), 200, `"siteName":"London"`)
	want(t, r.api("GET", "/sites/61", ""), 200, `"timeZone":"Europe/London"`)
	want(t, r.api("GET", "/sites/61/access-points", ""), 200, `"count":1`)
	want(t, r.api("GET", "/access-points/91", ""), 200, `"siteName":"London"`, `"activationEnabled":true`)
	want(t, r.api("POST", "/access-points/91/activate", ""), 200)
	want(t, r.api("POST", "/access-points/92/activate", ""), 412)
	want(t, r.api("POST", "/access-points/91/unlock", `{"credentialValue":"1"}`), 403, "unavailable for this admin")
	want(t, r.api("GET", "/schedules", ""), 200, "Always Access", "Office hours")
	want(t, r.api("GET", "/schedules/7", ""), 200, "Office hours")
}

func TestBrivoAccountAndTime(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("GET", "/administrators/whoami", ""), 200, `"identityType":"SENIOR"`, `"email":"olga@x.test"`)
	without(t, r.api("GET", "/administrators", ""), "password", `"pw"`)
	want(t, r.api("GET", "/administrators/42", ""), 200, "helper9")
	want(t, r.api("GET", "/accounts", ""), 200, `"name":"Acme"`, `"count":1`)
	want(t, r.api("GET", "/accounts/88001", ""), 200, "Acme")
	want(t, r.api("GET", "/accounts/1", ""), 404)
	want(t, r.api("GET", "/accounts/88001/features", ""), 200, `"count":0`)
	want(t, r.api("GET", "/accounts/summary", ""), 200, `"users":3`)
	want(t, r.api("GET", "/time", ""), 400)
	want(t, r.api("GET", "/pass", ""), 403, `"error":"access_denied"`)
	a := r.must("GET", "/brivo/v1/api/time", "", header("Api-Key", "k1", "Authorization", "bearer "+r.token, "Current-Date", "2026-11-23T09:00:00Z"))
	want(t, a, 200, "2026-11-23T")
	want(t, r.api("GET", "/users/1/photo", ""), 501)
}

func TestBrivoSetupIsWrittenWithItsLocks(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	always := r.ids("/schedules?filter=editable__eq:false")
	want(t, r.api("PUT", "/schedules/"+always, `{"name":"Mine"}`), 412)
	want(t, r.api("POST", "/schedules", `{"name":"`+strings.Repeat("x", 33)+`"}`), 400)
	a := r.api("POST", "/schedules", `{"name":"Nights","gracePeriod":5}`)
	want(t, a, 200, `"editable":true`)
	id := idText(into[map[string]any](t, a))
	want(t, r.api("PUT", "/groups/12/access/access-points/91", `{"schedule":{"id":`+id+`}}`), 200)
	want(t, r.api("DELETE", "/schedules/"+id, ""), 412)
	want(t, r.api("DELETE", "/groups/12/access/access-points/91", ""), 204)
	want(t, r.api("DELETE", "/schedules/"+id, ""), 204)

	want(t, r.api("POST", "/custom-fields", `{"fieldName":"Floor","fieldType":"COLOUR"}`), 400)
	a = r.api("POST", "/custom-fields", `{"fieldName":"Floor","fieldType":"NUMBER"}`)
	want(t, a, 200, `"fieldType":"NUMBER"`)
	want(t, r.api("PUT", "/custom-fields/4107", `{"fieldName":"Firm","fieldType":"TEXT"}`), 200)
	want(t, r.api("GET", "/users/1", ""), 200, `"fieldName":"Firm"`)
	want(t, r.api("DELETE", "/custom-fields/4107", ""), 204)
	without(t, r.api("GET", "/users/1", ""), "customFields")

	const hire = `{"username":"new1","password":"pw","identityType":"ASSISTANT","firstName":"N","lastName":"W"}`
	want(t, r.api("POST", "/administrators", hire), 403)
	r.patch("brivo: {administrators: [{id: 41, canCreateAdmins: true}]}")
	a = r.api("POST", "/administrators", hire)
	want(t, a, 200, `"username":"new1"`)
	without(t, a, `"pw"`)
	r.login("new1")
	want(t, r.api("DELETE", "/administrators/"+idText(into[map[string]any](t, a)), ""), 204)
}
