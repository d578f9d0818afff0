package nexudus

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func sign(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}

func hooked(path, signature string) http.Header {
	h := http.Header{}
	h.Set(SignatureHeader, signature)
	h.Set(cardea.HookPath, path)
	return h
}

func TestTheSignatureIsOverAnASCIIBody(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	body := `[{"Id":31,"FullName":"Zoë 😀"}]`
	ascii := `[{"Id":31,"FullName":"Zo? ??"}]` // the last is two UTF-16 units
	want := []cardea.Key{{Kind: cardea.KindPerson, ID: "31"}}
	for name, signature := range map[string]string{
		"ascii": sign("hush", ascii), "raw": sign("hush", body), "lower case": strings.ToLower(sign("hush", ascii)),
	} {
		got, err := s.Verify(t.Context(), hooked("AccessControlUpdate", signature), []byte(body))
		if err != nil || !slices.Equal(got.Keys, want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for name, signature := range map[string]string{
		"another secret": sign("hash", ascii), "another body": sign("hush", ascii+" "), "none": "", "short": "AB12",
	} {
		if _, err := s.Verify(t.Context(), hooked("AccessControlUpdate", signature), []byte(body)); cardea.ClassOf(err) != cardea.Auth {
			t.Errorf("%s was believed: %v", name, err)
		}
	}
	two := hooked("", sign("hush", body))
	two.Add(SignatureHeader, sign("hush", body))
	if _, err := s.Verify(t.Context(), two, []byte(body)); cardea.ClassOf(err) != cardea.Auth {
		t.Error("two signatures were believed")
	}
}

func TestNoHookIsBelievedWithoutASecret(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	s.secret = nil
	if _, err := s.Verify(t.Context(), hooked("", sign("", "[]")), []byte("[]")); cardea.ClassOf(err) != cardea.Auth {
		t.Error(err)
	}
}

func TestHooksNameRecordsByTheActionInTheirAddress(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	for _, c := range []struct{ path, body, want string }{
		{"AccessControlUpdate", `[{"Id":31}]`, "person:31"},
		{"/BookingDelete/", `[{"Id":7,"CoworkerId":31}]`, "booking:7"},
		{"CoworkerContractCancel", `[{"Id":51}]`, "agreement:51"},
		{"TeamUpdated", `[{"Id":41,"TeamMembers":[1]}]`, "team:41"},
		{"FloorPlanDeskUpdate", `[{"Id":8}]`, "resource:desk-8"},
		{"CheckinCreated", `[{"Id":77,"CoworkerId":31}]`, "person:31"},
		{"CoworkerDelete", `[{"Id":31}]`, "person:31"},
		{"TariffUpdate", `[{"Id":5}]`, "plan:5"},
		{"BusinessUpdate", `[{"Id":1}]`, "location:1"},
		{"BlogPostCreate", `[{"Id":1}]`, ""},
		{"", `[{"Id":7,"FromTime":"x","ToTime":"y","ResourceId":70}]`, "booking:7"},
		{"", `[{"Id":51,"CoworkerId":31,"TariffId":5}]`, "agreement:51"},
		{"", `{"Id":41,"PayingMemberId":null}`, "team:41"},
		{"", `[{"Id":31,"CoworkerType":1}]`, "person:31"},
		{"", `[{"Id":31}]`, ""},
		{"TeamDeleted", `[{"Id":"41' OR 1"}]`, ""},
		{"TeamDeleted", `[]`, ""},
	} {
		got, err := s.Verify(t.Context(), hooked(c.path, sign("hush", c.body)), []byte(c.body))
		var names []string
		for _, k := range got.Keys {
			names = append(names, k.String())
		}
		if err != nil || strings.Join(names, " ") != c.want {
			t.Errorf("%s %s: %v %v, want %s", c.path, c.body, names, err, c.want)
		}
	}
	if _, err := s.Verify(t.Context(), hooked("TeamUpdated", sign("hush", "hello")), []byte("hello")); cardea.ClassOf(err) != cardea.Rejected {
		t.Error(err)
	}
}

// registry is a vendor that keeps webhooks.
func registry(t *testing.T) *vendor {
	t.Helper()
	v := newVendor(t).empty()
	v.rows["/sys/businesses"] = []string{`{"Id":1,"Name":"London"}`, `{"Id":2,"Name":"Leeds"}`}
	next := 500
	v.route["/sys/webhooks"] = func(r *http.Request) (int, http.Header, string) {
		rows := v.rows["/sys/webhooks"]
		if r.Method == http.MethodGet {
			return 200, nil, v.list(rows, r.URL.Query())
		}
		var w map[string]any
		if err := json.Unmarshal([]byte(v.bodies[len(v.bodies)-1]), &w); err != nil {
			t.Error(err)
		}
		if r.Method == http.MethodPost {
			next++
			w["Id"] = next
		}
		row, _ := json.Marshal(w)
		rows = slices.DeleteFunc(rows, func(old string) bool { return idOf([]byte(old)) == idOf(row) })
		v.rows["/sys/webhooks"] = append(rows, string(row))
		return 200, nil, `{"Status":200,"WasSuccessful":true,"Errors":null}`
	}
	return v
}

func wantedHooks() int {
	n := 0
	for _, a := range actions {
		if a.asked {
			n++
		}
	}
	return n
}

func TestHooksAreRegisteredForEachActionAndLocation(t *testing.T) {
	t.Parallel()
	v := registry(t)
	v.answer("/utils/enums", 200, `[{"Id":161,"Name":"AccessControlUpdate"}]`)
	s := v.system()
	if _, err := s.Installed(t.Context()); cardea.ClassOf(err) != cardea.NotFound {
		t.Fatal(err)
	}
	state, err := s.Install(t.Context(), "https://cardea.test/hooks/nex")
	if err != nil || !state.On || state.Why != "" || len(v.rows["/sys/webhooks"]) != 2*wantedHooks() {
		t.Fatalf("%+v %v, %d", state, err, len(v.rows["/sys/webhooks"]))
	}
	all := strings.Join(v.rows["/sys/webhooks"], "\n")
	if strings.Count(all, `"Action":161,`) != 2 || !strings.Contains(all, `"URL":"https://cardea.test/hooks/nex/AccessControlUpdate"`) {
		t.Error(all)
	}
	// Again: nothing to do.
	before := len(v.log)
	if _, err := s.Install(t.Context(), "https://cardea.test/hooks/nex"); err != nil || strings.Count(strings.Join(v.log[before:], " "), "POST") > 0 {
		t.Error(err)
	}
	if state, err := s.Installed(t.Context()); err != nil || !state.On || state.Why != "" || state.URL != "https://cardea.test/hooks/nex" {
		t.Errorf("%+v %v", state, err)
	}
}

func TestAHookThatWasSwitchedOffIsSwitchedOnAgain(t *testing.T) {
	t.Parallel()
	v := registry(t)
	s := v.system()
	if _, err := s.Install(t.Context(), "https://cardea.test/hooks/nex"); err != nil {
		t.Fatal(err)
	}
	v.rows["/sys/webhooks"][3] = strings.Replace(v.rows["/sys/webhooks"][3], `"Active":true`, `"Active":false`, 1)
	if state, err := s.Installed(t.Context()); err != nil || state.On || state.Why == "" {
		t.Errorf("%+v %v", state, err)
	}
	issues, err := s.Examine(t.Context())
	if err != nil || !slices.ContainsFunc(issues, func(i cardea.Issue) bool { return i.Code == issueHookOff }) {
		t.Errorf("%+v %v", issues, err)
	}
	from := len(v.log)
	if _, err := s.Install(t.Context(), "https://cardea.test/hooks/nex"); err != nil {
		t.Fatal(err)
	}
	if put := strings.Count(strings.Join(v.log[from:], "\n"), "PUT /sys/webhooks?"); put != 1 || len(v.rows["/sys/webhooks"]) != 2*wantedHooks() {
		t.Errorf("%d hooks were put, %d are there", put, len(v.rows["/sys/webhooks"]))
	}
	if state, err := s.Installed(t.Context()); err != nil || !state.On {
		t.Errorf("%+v %v", state, err)
	}
}

func TestARefusalThatComesAs200IsNoWrite(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"WasSuccessful":false,"Message":"no","Errors":null}`,
		`{"WasSuccessful":true,"Errors":[{"PropertyName":"URL","Message":"is wrong"}]}`, `{}`,
	} {
		v := registry(t)
		list := v.route["/sys/webhooks"]
		v.route["/sys/webhooks"] = func(r *http.Request) (int, http.Header, string) {
			if r.Method == http.MethodGet {
				return list(r)
			}
			return 200, nil, body
		}
		if _, err := v.system().Install(t.Context(), "https://cardea.test/hooks/nex"); err == nil {
			t.Errorf("%s was taken for done", body)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("AccessControlUpdate", `[{"Id":31}]`)
	f.Add("", `{"Id":7,"FromTime":"x","ToTime":"y","ResourceId":70}`)
	f.Add("TeamUpdated", "[\xff\xf0\x9f]")
	f.Fuzz(func(t *testing.T, path, body string) {
		s := &System{secret: []byte("hush"), now: time.Now}
		h := hooked(path, sign("hush", string(ascii([]byte(body)))))
		if _, err := s.Verify(t.Context(), h, []byte(body)); err != nil && cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%v", err)
		}
		if _, err := s.Verify(t.Context(), hooked(path, sign("hash", body)), []byte(body)); cardea.ClassOf(err) != cardea.Auth {
			t.Errorf("a wrong signature: %v", err)
		}
	})
}

func FuzzRecords(f *testing.F) {
	f.Add(person(31, ""))
	f.Add(agreed(51, 31, `,"Desks":[8],"FloorPlanDeskIds":"8,9"`))
	f.Add(booked(1, ""))
	f.Add(issued(1, `,"RemainingUses":1.5e300`))
	f.Add(`{"Records":[{}],"HasNextPage":true,"TotalItems":-1,"FirstItem":9,"LastItem":1}`)
	f.Fuzz(func(t *testing.T, raw string) {
		for _, c := range []collection{
			businesses, floorPlans, resources, desks, tariffs, teams, coworkers, visitors, contracts, bookings, cancelled, passes,
		} {
			rec, err := c.decode([]byte(raw))
			if err == nil && rec.Key().ID == "" {
				t.Errorf("%s: a record without an id: %s", c.entity, raw)
			}
			c.enough([]byte(raw))
		}
		_, _ = desksOf([]byte(raw))
		_, _ = decodePage([]byte(raw))
		_, _ = decodeBatch([]byte(raw))
		_ = passTypes{"6": {}}.slot([]byte(raw))
		redacted([]byte(raw))
	})
}
