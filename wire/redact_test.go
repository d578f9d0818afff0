package wire_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea/wire"
)

func TestAccessCodesAreInNoRecord(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"accessCode":"48217390","unitId":101}`:               `{"accessCode":"[redacted]","unitId":101}`,
		`{"accessCode":48217390}`:                              `{"accessCode":"[redacted]"}`,
		`{"AccessCode":"7"}`:                                   `{"AccessCode":"[redacted]"}`,
		`{"access_code":"4821","gate-code":"0047"}`:            `{"access_code":"[redacted]","gate-code":"[redacted]"}`,
		`{"codeEntered":"9999","id":1}`:                        `{"codeEntered":"[redacted]","id":1}`,
		`{"visitor":{"code":"4821","isTenant":true}}`:          `{"visitor":{"code":"[redacted]","isTenant":true}}`,
		`[{"code":48217390,"accessProfileId":1}]`:              `[{"accessProfileId":1,"code":"[redacted]"}]`,
		`{"code":null,"isTenant":true}`:                        `{"code":null,"isTenant":true}`,
		`{"AccessCode":["The code 4821 is in use."]}`:          `{"AccessCode":["The code [redacted] is in use."]}`,
		`{"message":"The access code 48217390 is taken"}`:      `{"message":"The access code [redacted] is taken"}`,
		`{"Message":"{\"accessCode\":\"4821\",\"n\":1}"}`:      `{"Message":"{\"accessCode\":\"[redacted]\",\"n\":1}"}`,
		`unitId=101&accessCode=4821&x=1`:                       `unitId=101&accessCode=[redacted]&x=1`,
		`not JSON: accessCode: 4821`:                           `not JSON: accessCode: [redacted]`,
		`{"code":"4821","name":"an error of the vendor"}`:      `{"code":"4821","name":"an error of the vendor"}`,
		`{"code":10042,"error":"no such user"}`:                `{"code":10042,"error":"no such user"}`,
		`{"code":"afc516","isTenant":true}`:                    `{"code":"afc516","isTenant":true}`,
		`{"code":404,"isTenant":true}`:                         `{"code":404,"isTenant":true}`,
		`{"status":400,"statusCode":1234,"countryCode":"US"}`:  `{"countryCode":"US","status":400,"statusCode":1234}`,
		`{"postal_code":"90210","eventTypeEnum":18}`:           `{"eventTypeEnum":18,"postal_code":"90210"}`,
		`{"message":"The access code is required","line":512}`: `{"line":512,"message":"The access code is required"}`,
	} {
		if got := string(wire.Redact([]byte(body))); got != want {
			t.Errorf("%s\n got %s\nwant %s", body, got, want)
		}
	}
}

func FuzzNoAccessCodeIsInARecord(f *testing.F) {
	f.Add("48217390", `,"name":"x"`)
	f.Add("0471", "")
	f.Fuzz(func(t *testing.T, code, more string) {
		if len(code) < 4 || len(code) > 10 || strings.Trim(code, "0123456789") != "" || strings.Contains(more, code) {
			t.Skip()
		}
		got := string(wire.Redact([]byte(`{"isTenant":true,"accessCode":"` + code + `"` + more + `}`)))
		if strings.Contains(got, code) {
			t.Errorf("%q stands in %s", code, got)
		}
	})
}

// TestInvitationCodesAreInNoRecord: Brivo's have letters too, and whoever has one can take the pass.
func TestInvitationCodesAreInNoRecord(t *testing.T) {
	t.Parallel()
	got := string(wire.Redact([]byte(`{"data":[{"id":3,"credentialId":4,"accessCode":"q7Zt2bLm","status":"PENDING"},
		{"accessCode":"QzZtxbLm"}],"errors":{"accessCode":["is taken by somebody else"]}}`)))
	for _, code := range []string{"q7Zt2bLm", "QzZtxbLm"} {
		if strings.Contains(got, code) {
			t.Errorf("the code is in %s", got)
		}
	}
	for _, word := range []string{"PENDING", `"credentialId":4`, "is taken by somebody else"} {
		if !strings.Contains(got, word) {
			t.Errorf("%q is not in %s any more", word, got)
		}
	}
}
