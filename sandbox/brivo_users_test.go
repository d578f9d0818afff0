package sandbox_test

import (
	"fmt"
	"testing"
	"time"
)

const someUser = `{"firstName":"Ines","lastName":"Okafor","externalId":"rnd:66f1","middleName":"M","pin":"12345",` +
	`"effectiveTo":"2026-12-31","emails":[{"address":"ines@x.test","type":"Work"}],"phoneNumbers":[{"number":"+1","type":"Mobile"}],` +
	`"suspended":true,"customFields":[{"id":4107,"value":"Northlight"}]}`

func TestBrivoUserIsMadeAndFoundByExternalID(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	a := r.api("POST", "/users", someUser)
	want(t, a, 200, `"externalId":"rnd:66f1"`, `"suspended":false`, `"effectiveTo":"2026-12-31T00:00:00Z"`, `"address":"ines@x.test"`)
	without(t, a, "customFields", "null", `"groups"`, ".000Z") // not inputs; empty fields are left out; whole seconds
	if kind := a.header.Get("Content-Type"); kind != "application/json;charset=UTF-8" {
		t.Error(kind)
	}
	want(t, r.api("GET", "/users/rnd:66f1/external", ""), 200, "Ines")
	want(t, r.api("GET", "/users/rnd:a%2F1/external", ""), 200, `"id":1,`, "Northlight")
	want(t, r.api("GET", "/users/nobody/external", ""), 404, `"message":"User not found"`, `"code":404`)
	r.set("texts", "recorded")
	want(t, r.api("GET", "/users/999", ""), 404, "Requested user not found")

	want(t, r.api("POST", "/users", someUser), 400) // the external id is taken
	r.set("duplicate_external_id", "409")
	want(t, r.api("POST", "/users", someUser), 409)
	r.set("undocumented_inputs", "honour")
	a = r.api("POST", "/users", `{"firstName":"A","lastName":"B","externalId":7,"suspended":true,"customFields":[{"id":4107,"value":"N"}]}`)
	want(t, a, 200, `"externalId":"7"`, `"suspended":true`, `"value":"N"`) // a number is kept as text
}

func TestBrivoUserBodyIsChecked(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	for _, body := range []string{
		`{"firstName":"A"}`, `{"lastName":"B"}`, `{"firstName":"A","lastName":"B","pin":"12"}`, `{"firstName":1.5e3,"lastName":true}`,
		`{"firstName":"A","lastName":"B","emails":["a@x.test"]}`, `{"firstName":"A","lastName":"B","effectiveTo":"soon"}`, `[]`, `x`,
		`{"firstName":"A","lastName":"B","emails":[{"address":"not one"}]}`, `{"firstName":"A","lastName":"B","bleTwoFactorExempt":1}`,
	} {
		want(t, r.api("POST", "/users", body), 400)
	}
	r.set("email_check", "accept")
	want(t, r.api("POST", "/users", `{"firstName":"A","lastName":"B","emails":[{"address":"not one"}]}`), 200)
	h := header("Api-Key", "k1", "Authorization", "bearer "+r.token, "Content-Type", "text/plain")
	want(t, r.must("POST", "/brivo/v1/api/users", `{"firstName":"A","lastName":"B"}`, h), 415)
}

func TestBrivoPutErasesWhatPatchKeeps(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	a := r.api("PATCH", "/users/1", `{"firstName":"Anna","externalId":"","phoneNumbers":[{"number":"+44","type":"Work"}]}`)
	want(t, a, 200, `"firstName":"Anna"`, `"externalId":"rnd:a/1"`, "ana@x.test", `"+44"`) // an empty text is ignored
	without(t, a, "+1 202")                                                                // a list is replaced whole
	r.set("patch_null", "clear")
	a = r.api("PATCH", "/users/1", `{"externalId":null}`)
	want(t, a, 200)
	without(t, a, "externalId")
	r.set("patch_null", "400")
	want(t, r.api("PATCH", "/users/1", `{"externalId":""}`), 400)
	want(t, r.api("PUT", "/users/1/suspended", `{"suspended":true}`), 200)
	a = r.api("PUT", "/users/1", `{"firstName":"Ana","lastName":"Almeida","suspended":false}`)
	want(t, a, 200, `"suspended":true`, "Northlight") // neither is an input of PUT
	without(t, a, "emails", "phoneNumbers", "externalId")
	want(t, r.api("GET", "/users/1/groups", ""), 200, `"count":1`)
	want(t, r.api("PUT", "/users/1", `{"firstName":"Ana"}`), 400)
}

func TestBrivoUsersAreOrderedByLastNameAndRowsMayBeThin(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	if got := r.ids("/users"); got != "3 1 2" {
		t.Error(got)
	}
	want(t, r.api("GET", "/users", ""), 200, "ana@x.test", "rnd:a/1", "customFields")
	r.set("list_rows", "thin")
	a := r.api("GET", "/users", "")
	want(t, a, 200, "rnd:a/1")
	without(t, a, "emails", "created")
	r.set("list_external_id", "hidden")
	without(t, r.api("GET", "/users", ""), "rnd:a/1")
	want(t, r.api("GET", "/users/1", ""), 200, "rnd:a/1", "emails")
}

func TestBrivoSuspensionKeepsMembershipsAndClosesDoors(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	if got := r.brivoMembers("General access"); got != "ana@x.test ben@x.test" { // Zoe is suspended
		t.Error(got)
	}
	want(t, r.api("GET", "/users/1/suspended", ""), 200, `{"id":1,"suspended":false}`)
	for range 2 {
		want(t, r.api("PUT", "/users/1/suspended", `{"suspended":true}`), 200, `{"id":1,"suspended":true}`)
	}
	want(t, r.api("PUT", "/users/1/suspended", `{}`), 400)
	want(t, r.api("GET", "/users/1/groups", ""), 200, "General access")
	if got := r.brivoMembers("General access"); got != "ben@x.test" {
		t.Error(got)
	}
	want(t, r.api("POST", "/users/2/revoke-credentials", ""), 400)
	want(t, r.api("PUT", "/users/2/suspended", `{"suspended":true}`), 200)
	want(t, r.api("POST", "/users/2/revoke-credentials", ""), 200)
	want(t, r.api("GET", "/users/2/credentials", ""), 200, `"count":0`)
	want(t, r.api("GET", "/credentials/71", ""), 200) // in the bank
}

func TestBrivoDeletedUserIsGoneAndItsCardIsNot(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("GET", "/credentials/71/user", ""), 200, "Ben")
	want(t, r.api("DELETE", "/users/2", ""), 204)
	want(t, r.api("GET", "/users/2", ""), 404)
	want(t, r.api("DELETE", "/users/2", ""), 404)
	want(t, r.api("GET", "/credentials/71/user", ""), 404)
	if got := r.ids("/groups/11/users"); got != "1 3" {
		t.Error(got)
	}
	log := r.Writes("brivo")
	if len(log) != 2 || log[0].Path != "/v1/api/users/2" || log[0].Status != 204 || log[1].Status != 404 {
		t.Errorf("%+v", log)
	}
}

func TestBrivoCustomFieldsOfAUser(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("GET", "/custom-fields", ""), 200, `"fieldType":"NUMBER"`, `"count":2`)
	want(t, r.api("PUT", "/users/2/custom-fields/4108", `{"value":"x"}`), 400)
	want(t, r.api("PUT", "/users/2/custom-fields/4108", `{"value":"12"}`), 200, `"fieldName":"Desk"`, `"value":"12"`)
	want(t, r.api("GET", "/users/2/custom-fields", ""), 200, `"count":1`)
	want(t, r.api("DELETE", "/users/2/custom-fields/4108", ""), 204)
	want(t, r.api("GET", "/users/2/custom-fields", ""), 200, `"count":0`)
	want(t, r.api("PUT", "/users/2/custom-fields/1", `{"value":"12"}`), 404)
}

func TestBrivoCardsAreAssignedWithDates(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	const card = `{"credentialFormat":{"id":100},"referenceId":"1002","fieldValues":[{"id":1,"value":"1002"},{"id":2,"value":"33"}]}`
	a := r.api("POST", "/credentials", card)
	want(t, a, 201, `"name":"card_number"`, `"accountId":88001`)
	id := idText(into[map[string]any](t, a))
	want(t, r.api("POST", "/credentials", card), 400, "Duplicate Credential Found")
	want(t, r.api("POST", "/credentials", `{"credentialFormat":{"id":5},"referenceId":"1"}`), 400)
	r.set("credential_created", "200")
	want(t, r.api("POST", "/credentials", `{"credentialFormat":{"id":110},"referenceId":"q","encodedCredential":"ff"}`), 200)
	want(t, r.api("GET", "/credentials/formats", ""), 200, `"id":100`)
	at := "/users/1/credentials/" + id
	want(t, r.api("PUT", at, `{"effectiveTo":"2026-11-24T09:00:00+01:00"}`), 204)
	want(t, r.api("GET", "/users/1/credentials", ""), 200, `"effectiveTo":"2026-11-24T08:00:00Z"`, `"effectiveFrom":"2026-11-23T`)
	if got := r.ids("/users?filter=user_status__eq:active"); got != "1 2" {
		t.Error(got)
	}
	r.wait(24 * time.Hour)
	r.token = ""
	if got := r.ids("/users?filter=user_status__eq:active"); got != "2" { // the card ended, Ben has a PIN
		t.Error(got)
	}
	want(t, r.api("PUT", "/users/2/credentials/"+id, ""), 400, "Credential not valid")
	want(t, r.api("DELETE", at, ""), 204)
	want(t, r.api("DELETE", at, ""), 404)
	want(t, r.api("GET", "/users/2/credentials", ""), 200, `"name":"PIN"`, `"count":2`)
	want(t, r.api("DELETE", "/credentials/"+id, ""), 204)
	want(t, r.api("GET", "/credentials/"+id, ""), 404, "Credential not found")
}

func TestBrivoSixteenGroupsAtMost(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	var ids []string
	for i := range 15 {
		ids = append(ids, idText(into[map[string]any](t, r.api("POST", "/groups", fmt.Sprintf(`{"name":"G%d"}`, i)))))
	}
	for _, id := range ids[:14] { // with General access and the hidden one: sixteen
		want(t, r.api("PUT", "/groups/"+id+"/users/1", ""), 204)
	}
	want(t, r.api("GET", "/users/1/groups", ""), 200, `"count":15`) // one is not seen
	want(t, r.api("PUT", "/groups/"+ids[14]+"/users/1", ""), 400, "16 groups")
	r.set("seventeenth", "412")
	want(t, r.api("PUT", "/groups/"+ids[14]+"/users/1", ""), 412)
	bulk := fmt.Sprintf(`{"addGroups":[%s],"removeGroups":[]}`, ids[14])
	want(t, r.api("POST", "/users/1/groups", bulk), 400)
	want(t, r.api("GET", "/users/1/groups", ""), 200, `"count":15`)
	bulk = fmt.Sprintf(`{"addGroups":[%s,%s],"removeGroups":[%s,12]}`, ids[14], ids[1], ids[0]) // one is in, one was never
	a := r.api("POST", "/users/1/groups", bulk)
	want(t, a, 200, `"count":15`, `"name":"G14"`)
	without(t, a, `"name":"G0"`, "Hidden", "offset")
}

func TestBrivoBulkIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("POST", "/users/1/groups", `{"addGroups":[12,999]}`), 404, "Group not found")
	want(t, r.api("POST", "/users/1/groups", `{"addGroups":[12,14]}`), 404) // hidden
	want(t, r.api("POST", "/users/1/groups", `{"addGroups":["12"]}`), 400)
	want(t, r.api("POST", "/users/1/groups", `{"addGroups":12}`), 400)
	want(t, r.api("POST", "/users/999/groups", `{"addGroups":[12]}`), 404, "User not found")
	if got := r.ids("/users/1/groups"); got != "11" {
		t.Error(got)
	}
	want(t, r.api("POST", "/users/1/groups", `{"addGroups":[12,11],"removeGroups":[13]}`), 200, `"count":2`)
	if got := r.brivoMembers("Elephant room"); got != "ana@x.test" {
		t.Error(got)
	}
}
