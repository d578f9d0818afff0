package sandbox_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

func TestBrivoWorldsAreChecked(t *testing.T) {
	t.Parallel()
	for part, complaint := range map[string]string{
		"doors: []":                                               `brivo has no "doors"`,
		"keys: [{key: a, speed: 3}]":                              "a key has key",
		"keys: [{key: a, monthly: none}]":                         "monthly must be a number",
		"account: {region: mars}":                                 "region is us or eu",
		"users: [{firstName: A}]":                                 "lastName is missing",
		"users: [{firstName: A, lastName: B, group: []}]":         `there is no field "group"`,
		"users: [{firstName: A, lastName: B, groups: [No such]}]": `there is no "No such" in groups`,
		"users: [{id: 1, firstName: A, lastName: B, externalId: x}, {id: 2, firstName: A, lastName: B, externalId: x}]": "another user's already",
		"applications: [{name: A, clientId: a, secret: s, grantTypes: [password, refresh_token]}]":                      "grantTypes are",
		"applications: [{name: A, clientId: a, secret: s, grantTypes: [authorization_code]}]":                           "needs a redirectUri",
		"applications: [{name: A, clientId: a, secret: s, grantTypes: [password], redirectUri: 'https://x.test'}]":      "has no redirectUri",
		"switches: {re_add: maybe}":                                                                  "re_add knows",
		"groups: [{id: 1, name: A, delete: true}]":                                                   "no such record",
		"permissions: [{groupId: A, accessPointId: B}]":                                              `there is no`,
		"users: [{firstName: A, lastName: B, customFields: {Nope: x}}]":                              `"Nope" in custom_fields`,
		"groups: [{name: A}, {id: 5, name: A}]\n  users: [{firstName: A, lastName: B, groups: [A]}]": "fits",
		"users: [{id: x, firstName: A, lastName: B}]":                                                "not a positive whole number",
		"administrators: [{username: a}]":                                                            "password is missing",
		"invitations: [{userId: nobody, referenceId: a, accessCode: b, expiration: 2026-11-24}]":     `"nobody" in users`,
		"event_subscriptions: [{name: a}]":                                                           "url is missing",
	} {
		w, err := sandbox.Parse("w.yaml", []byte("anchor: 2026-11-23\nbrivo:\n  "+part+"\n"))
		if err == nil {
			_, err = sandbox.New(w, sandbox.Options{Now: monday})
		}
		if err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func TestBrivoPatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	if err := r.Patch([]byte("brivo: {users: [{id: 1, groups: []}, {id: 2, groups: [Nope]}]}")); err == nil {
		t.Fatal("it was taken")
	}
	if got := r.brivoMembers("General access"); got != "ana@x.test ben@x.test" {
		t.Error(got)
	}
	r.patch("brivo: {users: [{externalId: 'rnd:a/1', groups: [Office 12]}, {id: 3, delete: true}]}")
	if got := r.brivoMembers("General access") + "|" + r.brivoMembers("Office 12"); got != "ben@x.test|ana@x.test" {
		t.Error(got)
	}
	want(t, r.api("GET", "/users/3", ""), 404)
	want(t, r.must("GET", "/_sandbox/brivo/groups", "", nil), 200, `"account": "1"`, `"email": "ana@x.test"`)
}

func TestBrivoInvitationOfAWorldIsRedeemed(t *testing.T) {
	t.Parallel()
	r := brivoUp(t, nil)
	r.patch("brivo: {invitations: [{userId: ana@x.test, referenceId: ana@x.test, accessCode: abcd1234, expiration: 2026-11-24}]}")
	want(t, r.must("POST", "/_sandbox/brivo/redeem", `{"email":"ana@x.test","code":"abcd1234"}`, nil), 200)
	want(t, r.api("GET", "/users/1/credentials", ""), 200, "Mobile Pass", `"count":1`)
}

// Both kinds of application of the matrix world let an administrator in, and its groups are called as the other doors' are.
func TestMatrixHoldsTheBrivoAccount(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load("../testdata/worlds/matrix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := &brivoRig{rig: rigUp(t, w, nil), key: "sandbox-api-key"}
	a := r.ask("3f1c0e52-1111-4222-8333-5a6b7c8d9e01", "brivo-password-app-secret", "grant_type", "password", "username", "acme1357",
		"password", "sandbox-password")
	want(t, a, 200, "access_token")
	r.token = into[pair](t, a).Access
	want(t, r.api("GET", "/applications", ""), 200, `"grantTypes":["password"]`, `"grantTypes":["authorization_code","refresh_token"]`)
	login := r.must("GET", "/brivo/oauth/authorize?response_type=code&client_id=3f1c0e52-1111-4222-8333-5a6b7c8d9e02", "", nil)
	want(t, login, 200, "Administrator ID")
	kisi, brivo := r.Groups("kisi"), r.Groups("brivo")
	if len(kisi) != len(brivo) || len(brivo) == 0 {
		t.Fatalf("%d and %d groups", len(kisi), len(brivo))
	}
	for i := range kisi {
		if kisi[i].Name != brivo[i].Name || strings.Join(kisi[i].Members, " ") != strings.Join(brivo[i].Members, " ") {
			t.Errorf("%v and %v", kisi[i], brivo[i])
		}
	}
}
