package sandbox_test

import (
	"testing"
	"time"
)

const invitations = "/users/1/credentials/digital-invitations"

func TestBrivoInvitationRunsItsCourse(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	a := r.api("POST", invitations, `{"referenceId":"ana@x.test"}`)
	want(t, a, 200, `"status":"PENDING"`, `"created":"2026-11-23T`, `"nfcEnabled":false`)
	i := into[struct {
		AccessCode, Created, Expiration string
		CredentialID                    int64
	}](t, a)
	made, err := time.Parse("2006-01-02T15:04:05.000Z", i.Created) // milliseconds
	if err != nil {
		t.Fatal(err)
	}
	ends, err := time.Parse("2006-01-02T15:04:05.000Z", i.Expiration)
	if err != nil || ends.Sub(made) != 72*time.Hour || len(i.AccessCode) != 8 || i.CredentialID == 0 {
		t.Errorf("%+v %v", i, err)
	}
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 409)
	list := r.api("GET", invitations, "")
	want(t, list, 200, `"count":1`, i.AccessCode)
	without(t, list, "credentialId")
	r.set("invitation_rows", "full")
	want(t, r.api("GET", invitations, ""), 200, "credentialId")
	want(t, r.api("GET", "/users/1/credentials", ""), 200, `"count":0`)
	r.set("pending_pass", "listed")
	want(t, r.api("GET", "/users/1/credentials", ""), 200, `"count":1`)
	r.set("pending_pass", "hidden")

	want(t, r.must("POST", "/_sandbox/brivo/redeem", `{"email":"ana@x.test","code":"nope"}`, nil), 400)
	redeem := `{"email":"ANA@x.test","code":"` + i.AccessCode + `"}`
	want(t, r.must("POST", "/_sandbox/brivo/redeem", redeem, nil), 200)
	want(t, r.must("POST", "/_sandbox/brivo/redeem", redeem, nil), 400, "REDEEMED")
	want(t, r.api("GET", invitations, ""), 200, `"count":0`)
	want(t, r.api("GET", invitations+"?filter=status__eq:redeemed", ""), 200, `"count":1`)
	want(t, r.api("DELETE", invitations, ""), 404, "Digital invitation not found")
	held := r.api("GET", "/users/1/credentials", "")
	want(t, held, 200, `"count":1`, "Mobile Pass", "ana@x.test")
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 409) // one is held
	r.set("second_pass", "200")
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
	want(t, r.api("DELETE", invitations, ""), 200, "CANCELLED")
	want(t, r.api("PUT", "/users/1/suspended", `{"suspended":true}`), 200)
	want(t, r.api("GET", "/users/1/credentials", ""), 200, `"count":1`) // suspended keeps the pass
	id := idText(into[brivoPage](t, held).Data[0])
	want(t, r.api("DELETE", "/users/1/credentials/"+id, ""), 204)
	want(t, r.api("GET", "/credentials/digital/allotment", ""), 200, `"assigned":0`)
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
}

func TestBrivoInvitationExpiresAndIsCancelledBeforeAnother(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
	r.wait(72 * time.Hour)
	r.token = ""
	want(t, r.api("GET", invitations, ""), 200, `"count":0`) // pending ones only
	late := into[brivoPage](t, r.api("GET", invitations+"?filter=status__eq:expired", "")).Data[0]["accessCode"]
	code, _ := late.(string)
	want(t, r.must("POST", "/_sandbox/brivo/redeem", `{"email":"ana@x.test","code":"`+code+`"}`, nil), 400, "EXPIRED")
	want(t, r.api("GET", invitations+"?filter=status__eq:all", ""), 200, `"status":"EXPIRED"`)
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 409)
	want(t, r.api("DELETE", invitations, ""), 200, `"status":"CANCELLED"`, "cancelDate")
	want(t, r.api("DELETE", invitations, ""), 404)
	want(t, r.api("DELETE", "/users/99/credentials/digital-invitations", ""), 404, "User not found")
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
	r.wait(72 * time.Hour)
	r.token = ""
	r.set("reissue_expired", "200")
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
	r.set("invitation_default", "all")
	want(t, r.api("GET", invitations, ""), 200, `"count":3`, "CANCELLED", "EXPIRED", "PENDING")
}

func TestBrivoMailsTheCodeOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
	without(t, r.must("GET", "/_sandbox/world", "", nil), `"mails"`)
	want(t, r.api("DELETE", invitations, ""), 200)
	want(t, r.api("POST", invitations+"?sendInvitationEmail=true&language=xx", `{"referenceId":"ana@x.test"}`), 400)
	want(t, r.api("POST", invitations+"?sendInvitationEmail=true&language=de", `{}`), 400)
	want(t, r.api("POST", invitations+"?sendInvitationEmail=true&language=de", `{"referenceId":"ana@x.test"}`), 200)
	world := r.must("GET", "/_sandbox/world", "", nil)
	want(t, world, 200, `"mails"`, `"language": "de"`)
	without(t, world, `"pw"`, `"s1"`, `"s2"`)
}

func TestBrivoPassesRunOut(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	invite := func(user, query string) reply {
		return r.api("POST", "/users/"+user+"/credentials/digital-invitations"+query, `{"referenceId":"`+user+`@x.test"}`)
	}
	want(t, invite("1", "?nfcEnabled=true"), 412, "wallet")
	want(t, invite("1", ""), 200)
	want(t, invite("2", ""), 200)
	want(t, r.api("GET", "/credentials/digital/allotment", ""), 200, `{"allotted":2,"assigned":2}`)
	want(t, invite("3", ""), 412)
	r.set("out_of_passes", "400")
	want(t, invite("3", ""), 400)
	want(t, r.api("DELETE", "/users/2", ""), 204) // its pass ends
	want(t, invite("3", ""), 200)
	r.patch("brivo: {account: {passes: 5, walletPasses: 1}}")
	r.api("DELETE", "/users/3/credentials/digital-invitations", "")
	want(t, invite("3", "?nfcEnabled=true"), 200, `"nfcEnabled":true`)
}

func TestBrivoRevokedCredentialsEndPassAndInvitation(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	want(t, r.api("POST", invitations, `{"referenceId":"ana@x.test"}`), 200)
	want(t, r.api("PUT", "/users/1/suspended", `{"suspended":true}`), 200)
	want(t, r.api("POST", "/users/1/revoke-credentials", ""), 200)
	want(t, r.api("GET", invitations+"?filter=status__eq:cancelled", ""), 200, `"count":1`)
	want(t, r.api("GET", "/credentials/digital/allotment", ""), 200, `"assigned":0`)
}
