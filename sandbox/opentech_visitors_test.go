package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestOpenTechVisitorRules(t *testing.T) {
	t.Parallel()
	type rule struct{ name, body, field, opens string } // opens: switch=value under which it is taken; "" = never
	rules := []rule{
		{"tenant without unit", visitor(`"isTenant":true,"accessCode":"5001"`), "Visitor cannot be marked as tenant", ""},
		{"tenant as staff", visitor(`"isTenant":true,"isPortalVisitor":true,"unitId":101,"accessCode":"5001"`), "IsPortalVisitor", ""},
		{"guest without unit", visitor(`"accessCode":"5001"`), "UnitId", ""},
		{"unknown unit", visitor(`"unitId":9,"accessCode":"5001"`), "UnitId", ""},
		{"unit elsewhere", visitor(`"unitId":301,"accessCode":"5001"`), "UnitId", ""},
		{"unit as text", visitor(`"unitId":"102","accessCode":"5001"`), "UnitId", ""},
		{"code taken", visitor(`"unitId":102,"accessCode":"4714"`), "access code", ""},
		{"code taken, as a number", visitor(`"unitId":102,"accessCode":4714`), "AccessCode", ""},
		{"code with letters", visitor(`"unitId":102,"accessCode":"47a"`), "AccessCode", ""},
		{"long code", visitor(`"unitId":102,"accessCode":"12345678901"`), "AccessCode", ""},
		{"fraction", visitor(`"unitId":102,"accessCode":47.5`), "AccessCode", ""},
		{"time group", visitor(`"unitId":102,"accessCode":"5001","timeGroupId":41`), "TimeGroupId", ""},
		{"profile", visitor(`"unitId":102,"accessCode":"5001","accessProfileId":31`), "AccessProfileId", ""},
		{"no code", visitor(`"unitId":102`), "AccessCode", "code_missing=accept"},
		{"no last name", `{"firstName":"Eve","unitId":102,"accessCode":"5001"}`, "LastName", "names=optional"},
		{"short phone", visitor(`"unitId":102,"accessCode":"5001","mobilePhoneNumber":"12345"`), "MobilePhoneNumber", "phone=accept"},
		{"second tenant", visitor(`"isTenant":true,"unitId":102,"accessCode":"5001"`), "IsTenant", "second_tenant=accept"},
		{"guest on vacant", visitor(`"unitId":101,"accessCode":"5001"`), "UnitId", "guest_on_vacant=accept"},
	}
	r := house(t)
	for _, c := range rules {
		if a := r.post("/visitors", c.body); a.status != 400 || !strings.Contains(a.body, c.field) {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
		if name, value, opens := strings.Cut(c.opens, "="); opens {
			want(t, house(t, name, value).post("/visitors", c.body), 200)
		}
	}
	if n := len(into[[]any](t, r.get(r.north+"/visitors"))); n != 4 {
		t.Errorf("%d visitors: something refused was kept", n)
	}
	loose := visitor(`"unitId":102,"accessCode":50010,"timeGroupId":0,"accessProfileId":null,"colour":"red"`)
	want(t, r.post("/visitors", loose), 200,
		`"timeGroupName":"24 Hour"`, `"accessProfilePmsIdentifier":"ALL"`)
	want(t, r.post("/visitors", visitor(`"isPortalVisitor":true,"accessCode":"5002","accessProfileId":42`)), 200, `"unit":null`)
	if got := r.group("profile:Gate"); got != "di@x.test eve@x.test /2" {
		t.Errorf("profile: %s", got)
	}
}

func TestOpenTechVisitorReads(t *testing.T) {
	t.Parallel()
	r := house(t)
	a := r.get(r.north + "/visitors/502")
	want(t, a, 200, `"name":"Bo Ek"`, `"code":null`, `"unitNumber":"A2"`, `"timeGroupName":"Days"`, `"accessProfileId":41`,
		`"isEnabled":true`, `"isLockedOut":false`, `"createdOn":"`)
	for _, hidden := range []string{"4712", "extendedData", "firstName", "accessCode"} {
		if strings.Contains(a.body, hidden) {
			t.Errorf("%s is shown: %s", hidden, a.body)
		}
	}
	want(t, r.get(r.north+"/visitors/503"), 200, `"isLockedOut":false`)
	if n := len(into[[]any](t, r.get(r.north+"/visitors?unitNumber=A2"))); n != 2 {
		t.Errorf("%d on A2", n)
	}
	want(t, r.get(r.north+"/visitors?unitNumber=a2"), 200, "[]")
	want(t, r.get(r.north+"/units/104/visitors"), 200, "Cy Om")
	for _, path := range []string{"/timegroups", "/accessprofiles"} {
		if a := r.get(r.north + path); strings.Contains(a.body, "isDefault") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	s := house(t, "code", "shown", "visitor_extended_data", "shown", "zero_shown", "zero", "is_default", "shown",
		"unit_lock_shows", "yes")
	want(t, s.get(s.north+"/visitors/502"), 200, `"code":"4712"`, `"extendedData":{}`, `"accessProfileId":0`, `"timeGroupId":32`)
	want(t, s.get(s.north+"/visitors/503"), 200, `"isLockedOut":true`)
	want(t, s.get(s.north+"/timegroups"), 200, `"isDefault":true`)
}

func TestOpenTechUpdatesInPlace(t *testing.T) {
	t.Parallel()
	r := house(t, "code", "shown")
	change := `{"accessCode":"6001","timeGroupId":0,"lastName":"Ekman","email":null,"isTenant":true}`
	want(t, r.post("/visitors/502/update", change), 200,
		`"code":"6001"`, `"name":"Bo Ekman"`, `"timeGroupName":"24 Hour"`, `"isTenant":false`, `"unitNumber":"A2"`)
	want(t, r.post("/visitors/502/update", `{"accessCode":"6001"}`), 200) // its own
	want(t, r.post("/visitors/502/update", `{"accessCode":"4711"}`), 400, "AccessCode")
	want(t, r.post("/visitors/502/update", `{"firstName":" "}`), 400, "FirstName")
	want(t, r.post("/visitors/9/update", `{}`), 404)
	want(t, r.post("/visitors", visitor(`"unitId":102,"accessCode":"4712"`)), 200) // free now
}

func TestOpenTechMoveOfATenant(t *testing.T) {
	t.Parallel()
	for value, c := range map[string]struct {
		status   int
		old, new string
		guest    bool // the guest left behind could still pass the old unit
	}{
		"unchanged": {200, "Rented", "Vacant", true}, "follow": {200, "Vacant", "Rented", false},
		"refuse": {400, "Rented", "Vacant", true},
	} {
		r := house(t, "move", value)
		ana := into[[]map[string]any](t, r.get(r.north+"/visitors"))[3]
		want(t, r.post(fmt.Sprintf("/visitors/%.0f/update", ana["id"]), `{"unitId":101}`), c.status)
		if old, now := r.status("A2"), r.status("A1"); old != c.old || now != c.new {
			t.Errorf("%s: A2 is %s, A1 is %s", value, old, now)
		}
		if got := strings.Contains(r.group("A2"), "id:502"); got != c.guest {
			t.Errorf("%s: the guest: %v", value, got)
		}
		if got := strings.Contains(r.group("A1"), "ana@x.test"); got != (c.status == 200) {
			t.Errorf("%s: the tenant: %v", value, got)
		}
	}
	want(t, house(t).post("/visitors/503/update", `{"unitId":102}`), 400, "IsTenant") // a second tenant
}

func TestOpenTechDisablesAndRemovesVisitors(t *testing.T) {
	t.Parallel()
	r := house(t)
	a := r.post("/visitors/502/disable", "")
	want(t, a, 200)
	if a.body != "" {
		t.Errorf("body %s", a.body)
	}
	want(t, r.get(r.north+"/visitors/502"), 200, `"isEnabled":false`, `"isLockedOut":true`)
	if got := r.group("A2") + " " + r.status("A2"); got != "ana@x.test /2 Rented" {
		t.Errorf("after disable: %s", got)
	}
	want(t, r.post("/visitors/502/enable", ""), 200)
	if got := r.group("A2"); got != "ana@x.test id:502 /2" {
		t.Errorf("after enable: %s", got)
	}
	want(t, r.post("/visitors/503/remove", ""), 400, "vacate")
	want(t, r.post("/visitors/502/remove", ""), 200)
	want(t, r.post("/visitors/502/remove", ""), 404)
	s := house(t, "action_answer", "model", "remove_tenant", "accept", "removed_visitors", "listed")
	want(t, s.post("/visitors/503/remove", ""), 200, `"isEnabled":false`)
	want(t, s.get(s.north+"/visitors/503"), 200, `"isEnabled":false`)
	want(t, s.post("/visitors/503/remove", ""), 400, "already")
	if got := s.status("A4"); got != "Delinquent" {
		t.Errorf("the unit of a removed tenant is %s", got)
	}
}

func TestOpenTechVacateDeactivates(t *testing.T) {
	t.Parallel()
	r := house(t)
	want(t, r.post("/units/102/vacate", ""), 200)
	want(t, r.get(r.north+"/units/102/visitors"), 200, `"isEnabled":false`, "Ana Li", "Bo Ek")
	want(t, r.post("/visitors/502/enable", ""), 400, "not active")
	want(t, r.post("/visitors/502/update", `{"lastName":"X"}`), 400, "not active")
	want(t, r.post("/visitors", visitor(`"isTenant":true,"unitId":102,"accessCode":"4711"`)), 400, "AccessCode")
	want(t, r.post("/visitors", visitor(`"isTenant":true,"unitId":102,"accessCode":"5001"`)), 200)
	if got := r.group("A2"); got != "eve@x.test /3" {
		t.Errorf("A2 rented again: %s", got)
	}
	free := house(t, "code_reuse", "free")
	want(t, free.post("/units/102/vacate", ""), 200)
	want(t, free.post("/visitors", visitor(`"isTenant":true,"unitId":101,"accessCode":"4711"`)), 200)
	gone := house(t, "vacated_visitors", "gone")
	want(t, gone.post("/units/102/vacate", ""), 200)
	want(t, gone.get(gone.north+"/units/102/visitors"), 200, "[]")
	want(t, gone.get(gone.north+"/visitors/502"), 404)
}
