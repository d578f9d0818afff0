package opentech

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
)

func FuzzRows(f *testing.F) {
	for _, s := range []string{
		`{"id":7,"unitNumber":" 12A ","status":"Rented"}`, `{"id":7,"unitNumber":12,"status":"Delinquent"}`,
		`{"id":7,"unitNumber":"","status":"Vacant"}`, `{"id":"7"}`, `[]`, `null`, `{"id":7,"unitNumber":"1","status":"rented"}`,
		`{"id":71,"unitId":7,"unitNumber":"12A","name":"Ana Lima","isTenant":true,"isPortalVisitor":false,"isEnabled":true,
			"isLockedOut":false,"code":"40718293","email":"a@x.test","timeGroupId":0,"extendedData":{"cardea":"p:r/person:1"}}`,
		`{"id":71,"unitId":null,"isPortalVisitor":true,"accessProfileId":3,"code":40718293}`, `{"id":71,"unitId":"7"}`,
		`{"id":71,"isEnabled":1}`, `{"id":1,"extendedData":[]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if u, bad := unitOf(raw); bad == nil {
			if u.id <= 0 || u.shown().Name == "" || u.shown().Unit == "" || u.group() != unitGroup(strings.ToUpper(u.number)+" ") &&
				strings.ToLower(strings.ToUpper(u.number)) == strings.ToLower(u.number) {
				t.Errorf("%s gave unit %+v", raw, u)
			}
		}
		v, bad := visitorOf(raw)
		switch {
		case bad == nil && (v.id <= 0 || v.unit < 0 || v.profile < 0 || v.key != "" && !isAccount(v.key)):
			t.Errorf("%s gave visitor %+v", raw, v)
		case bad != nil:
			p := cardea.NewIntake(cardea.Scope{}, nil).Open(cardea.KindEdge)
			bad.Note(p, raw)
			if len(p.BadOnes()) != 1 {
				t.Errorf("%s was not noted", raw)
			}
		}
		if !json.Valid(raw) && bad == nil {
			t.Errorf("%s is no JSON but was read", raw)
		}
	})
}

func FuzzErrorBodies(f *testing.F) {
	for _, s := range []string{
		`{"UnitNumber":["already exists"]}`, `{"AccessCode":["40718293 is a duplicate"]}`, `{"errors":{"AccessCode":"in use"}}`,
		`{"type":"x","title":"One or more","status":400,"traceId":"00-1","errors":{"":["A visitor cannot be marked as tenant"]}}`,
		`"access code 40718293"`, `[[[[[["x"]]]]]]`, `{`, `null`, `[]`, `{"message":{"message":{"message":"x"}}}`,
	} {
		f.Add(400, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := Classify(status, http.Header{}, body)
		if e == nil {
			return
		}
		if e.Class != cardea.Rejected && e.Class != cardea.Conflict {
			t.Errorf("%d %s is %s", status, body, e.Class)
		}
		if len(e.Text) > 303 || utf8.Valid(body) && !utf8.ValidString(e.Text) {
			t.Errorf("%d bytes of text", len(e.Text))
		}
		if complaints(body).code && digits.MatchString(e.Text) {
			t.Errorf("%q may hold a code", e.Text)
		}
	})
}

func FuzzEdgeKeys(f *testing.F) {
	for _, s := range []string{"unit:1/p:r/person:1", "unit:a/b/v:7", "unit:/mail:a@x.test", "/v:1", "", "unit:1/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		g, a, ok := edgeOf(id)
		if ok && ((cardea.Edge{Group: g, Account: a}).Key().ID != id || !isAccount(string(a)) || g == "") {
			t.Errorf("%q came apart as %q and %q", id, g, a)
		}
	})
}

func TestComplaintsAreWordedAndClassed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		class  cardea.Class
		text   string
		code   bool
	}{
		{400, `{"UnitNumber":["is too long"]}`, cardea.Rejected, "UnitNumber is too long", false},
		{400, `{"UnitNumber":["already exists"]}`, cardea.Conflict, "UnitNumber already exists", false},
		{400, `{"title":"Bad","status":400,"traceId":"123456","errors":{"AccessCode":["12345 is a duplicate"]}}`, cardea.Conflict,
			"AccessCode [redacted] is a duplicate; Bad", true},
		{400, `{"":["A visitor cannot be marked as tenant unless assigned to a unit"]}`, cardea.Rejected,
			"A visitor cannot be marked as tenant unless assigned to a unit", false},
		{400, `"Visitor is already disabled"`, cardea.Conflict, "Visitor is already disabled", false},
		{400, `{"statusCode":400,"message":"Unit 104512 is not vacant"}`, cardea.Rejected, "Unit 104512 is not vacant", false},
		{409, ``, cardea.Conflict, "", false},
		{400, `<html>`, cardea.Rejected, "", false},
	} {
		e := Classify(c.status, nil, []byte(c.body))
		if e.Class != c.class || e.Text != c.text || complaints([]byte(c.body)).code != c.code {
			t.Errorf("%s: %s %q, about the code: %v", c.body, e.Class, e.Text, complaints([]byte(c.body)).code)
		}
	}
	if Classify(403, nil, nil) != nil || Classify(500, nil, nil) != nil {
		t.Error("what the vendor gives no meaning of its own has one")
	}
}
