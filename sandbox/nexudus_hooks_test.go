package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func digest(body, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}

func TestNexudusSignsTheASCIIOfABody(t *testing.T) {
	t.Parallel()
	const sign = "X-Nexudus-Hook-Signature"
	change := "nexudus: {coworkers: [{Id: ana, Tag: '\U0001F511 ü <b>'}]}"
	for way, signed := range map[string]string{"ascii": `"Tag":"?? ? <b>"`, "utf8": "\"Tag\":\"\U0001F511 ü <b>\""} {
		r := nexudusUp(t, "hook_digest", way)
		r.hook(2)
		r.patch(change)
		hooks := r.sent()
		if len(hooks) != 1 {
			t.Fatalf("%d hooks", len(hooks))
		}
		body := string(hooks[0].body)
		var list []map[string]any
		if err := json.Unmarshal(hooks[0].body, &list); err != nil || len(list) != 1 || list[0]["FullName"] != "Ana Łuč" ||
			len(list[0]["Teams"].([]any)) != 1 || !strings.Contains(body, "\U0001F511 ü <b>") {
			t.Fatalf("body %s", body)
		}
		over := body
		if way == "ascii" {
			over = strings.NewReplacer("\U0001F511", "??", "ü", "?", "Ł", "?", "č", "?").Replace(body)
		}
		if !strings.Contains(over, signed) || hooks[0].header.Get(sign) != digest(over, "s?cret") {
			t.Errorf("%s: signature %q of %s", way, hooks[0].header.Get(sign), over)
		}
	}
	wire := nexudusUp(t, "hook_wire", "ascii")
	wire.hook(2)
	wire.patch(change)
	if h := wire.sent()[0]; !strings.Contains(string(h.body), "?? ? <b>") || h.header.Get(sign) != digest(string(h.body), "s?cret") {
		t.Errorf("%s", h.body)
	}
	plain := nexRig{small(t, strings.Replace(coworking, "  webhook_secret: sécret\n", "", 1), nil)}
	plain.hook(2)
	plain.patch(change)
	if _, signed := plain.sent()[0].header[sign]; signed {
		t.Error("signed without a secret")
	}
}

func TestNexudusTellsOnlyWhatItTells(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	for _, action := range []int{2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 21, 35, 36, 37, 41, 42, 47, 48, 49, 50, 57, 58, 59, 60, 61, 62} {
		r.hook(action)
	}
	for _, action := range []int{63, 64, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 84} {
		r.hook(action)
	}
	r.sent()
	for _, c := range []struct{ name, patch, told string }{
		{"a name", "coworkers: [{Id: ben, FullName: Ben B.}]", "2"},
		{"the same again", "coworkers: [{Id: ben, FullName: Ben B.}]", ""},
		{"a PIN", "coworkers: [{Id: ben, AccessPincode: '11111'}]", "2 61"},
		{"suspended", "coworkers: [{Id: ben, Active: false}]", "2 61"},
		{"somebody new", "coworkers: [{Id: eve, FullName: Eve, InvoicingBusinessId: london}]", "3 61"},
		{"another place", "coworkers: [{Id: pat, FullName: Pat, InvoicingBusinessId: paris}]", ""},
		{"joined a team", "coworkers: [{Id: eve, Teams: [acme]}]", "58 61"},
		{"left a team", "teams: [{Id: acme, TeamMembers: [ana, ben]}]", "58 61"},
		{"a team", "teams: [{Id: new, BusinessId: london, Name: New}]", "57"},
		{"a contract to come", "coworkercontracts: [{Id: k2, CoworkerId: eve, IssuedById: london, TariffId: hot, StartDate: 2027-01-01}]", "62 61"},
		{"it begins", "coworkercontracts: [{Id: k2, StartDate: 2026-11-01}]", "60 10 14 61"},
		{"another plan", "coworkercontracts: [{Id: k2, TariffId: priv}]", "60 13 61"},
		{"renewed", "coworkercontracts: [{Id: k2, RenewalDate: 2026-12-01}]", "60 12 61"},
		{"paused", "coworkercontracts: [{Id: k2, InPausedPeriodFrom: 2026-12-01}]", "60 61"},
		{"cancelled at once", "coworkercontracts: [{Id: k2, CancellationDate: 2026-11-22}]", "60 11 61"},
		{"contract deleted", "coworkercontracts: [{Id: k2, delete: true}]", "77"},
		{"a pass", "coworkertimepasses: [{Id: px, CoworkerId: eve, BusinessId: london, TimePassId: day}]", "61"},
		{"a pass used", "coworkertimepasses: [{Id: px, Used: true}]", "61"},
		{"a kind of pass", "timepasses: [{Id: day, Name: Day}]", ""},
		{"a room", "resources: [{Id: elephant, Name: E}]", ""},
		{"a booking", "bookings: [{Id: bx, ResourceId: elephant, CoworkerId: eve, FromTime: 2026-12-01T09:00:00Z, ToTime: 2026-12-01T10:00:00Z}]", "6"},
		{"moved", "bookings: [{Id: bx, ToTime: 2026-12-01T11:00:00Z}]", "7"},
		{"called off", "bookings: [{Id: bx, delete: true}]", "8 61"},
		{"a visitor", "visitors: [{Id: vx, BusinessId: london, FullName: V}]", "42"},
		{"a visitor's mail", "visitors: [{Id: vx, Email: v@g.test}]", ""},
		{"arrived", "visitors: [{Id: vx, Arrived: true}]", "41"},
		{"a visitor gone", "visitors: [{Id: vx, delete: true}]", "64"},
		{"in", "checkins: [{Id: cx, CoworkerId: eve, BusinessId: london, FromTime: 2026-11-23T09:00:00Z}]", "47 36 61"},
		{"out", "checkins: [{Id: cx, ToTime: 2026-11-23T09:10:00Z}]", "48 35 61"},
		{"an office", "floorplandesks: [{Id: office, Name: Office 13}]", "73"},
		{"a plan", "tariffs: [{Id: t3, BusinessId: london, Name: T}]", "74"},
		{"a place", "businesses: [{Id: london, TownCity: London}]", "84"},
		{"paid", "coworkerinvoices: [{Id: i1, CoworkerId: ana, BusinessId: london, Paid: false}]", ""},
		{"gone", "coworkers: [{Id: eve, delete: true}]", "50"},
	} {
		r.patch("nexudus: {" + c.patch + "}")
		if got := r.told(); got != c.told {
			t.Errorf("%s: told %q, want %q", c.name, got, c.told)
		}
	}
	// a check-in that fails
	r.refused(r.call("POST", "spaces/checkins", fmt.Sprintf(`{"CoworkerId":%s,"BusinessId":%s,"FromTime":"2026-11-23T09:20:00Z"}`,
		r.id("spaces/coworkers", "FullName", "Ana Łuč"), r.london())), "CoworkerId")
	if got := r.told(); got != "37 63" {
		t.Errorf("failed check-in: %s", got)
	}
	set := nexudusUp(t, "contract_cancel", "set")
	set.hook(11)
	set.patch("nexudus: {coworkercontracts: [{Id: k-ana, CancellationDate: 2027-01-31}]}")
	if got := set.told(); got != "11" {
		t.Errorf("cancellation set: %q", got)
	}
}

func TestNexudusBookingHookLacksLocalTimes(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.hook(7)
	r.patch("nexudus: {bookings: [{Id: b-ben, Tentative: true}]}")
	body := string(r.sent()[0].body)
	if strings.Contains(body, "TimeLocal") || !strings.Contains(body, `"BookingVisitors":[]`) ||
		!strings.Contains(body, `"BookingProducts":null`) || !strings.Contains(body, `"CoworkerFullName":"Ben Brandt"`) {
		t.Errorf("%s", body)
	}
}

func TestNexudusTellsAccessAroundBookings(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.hook(61)
	r.hook(10)
	r.hook(11)
	r.sent()
	until := func(clock string) string {
		at, err := time.Parse("2006-01-02T15:04:05", "2026-11-"+clock)
		if err != nil {
			t.Fatal(err)
		}
		r.wait(at.Sub(r.now()))
		r.Tick()
		return r.told()
	}
	for _, c := range [][2]string{
		{"23T10:44:59", ""}, {"23T10:45:00", "61"}, {"23T12:14:59", ""}, {"23T12:15:00", "61"}, // a block without a customer tells nothing
		{"23T23:59:59", ""}, {"24T00:00:00", "11 61"}, // cancelled, out on the day
		{"24T23:59:59", ""}, {"25T00:00:00", "10 61"}, // begins
		{"30T00:00:00", ""}, // a pass that runs out tells nothing
	} {
		if got := until(c[0]); got != c[1] {
			t.Errorf("%s: told %q, want %q", c[0], got, c[1])
		}
	}
	s := nexudusUp(t)
	s.hook(61)
	s.wait(2 * time.Hour)
	want(t, s.must("POST", "/_sandbox/nexudus/tick", "", nil), 200)
	if got := s.told(); got != "61" {
		t.Errorf("by the control route: %q", got)
	}
}

func TestNexudusSwitchesAHookOff(t *testing.T) {
	t.Parallel()
	for most, tries := range map[string]int{"3": 3, "10": 10} {
		r := nexudusUp(t, "hook_failures", most)
		id := r.hook(2)
		r.refuse = true
		for i := range tries + 2 {
			r.patch(fmt.Sprintf("nexudus: {coworkers: [{Id: ben, Tag: t%d}]}", i))
		}
		if got := len(r.sent()); got != tries {
			t.Errorf("%d deliveries, want %d and no retries", got, tries)
		}
		want(t, r.get("sys/webhooks/"+id), 200, `"Active":false`, `"ErrorCount":`+most, `"LastError":"refused"`, `"LastTrigger":"2026`)
		r.refuse = false
		r.made(r.call("PUT", "sys/webhooks", fmt.Sprintf(
			`{"Id":%s,"BusinessId":%s,"Name":"n","URL":"https://c.test/hooks/2","Action":2,"Active":true,"ErrorCount":99}`, id, r.london())))
		want(t, r.get("sys/webhooks/"+id), 200, `"Active":true`, `"ErrorCount":null`, `"LastError":"refused"`)
		r.patch("nexudus: {coworkers: [{Id: ben, Tag: on}]}")
		if got := r.told(); got != "2" {
			t.Errorf("told %q", got)
		}
	}
}

func TestNexudusWebhookRoutes(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.refused(r.call("POST", "sys/webhooks", `{"Name":"n"}`), "BusinessId")
	r.refused(r.call("POST", "sys/webhooks", `{"BusinessId":`+r.london()+`,"Name":"n","URL":"https://x","Action":91}`), "Action")
	id := r.hook(2)
	want(t, r.call("PUT", "sys/webhooks/"+id, `{"Active":false}`), 405)
	r.made(r.call("DELETE", "sys/webhooks/"+id, ""))
	want(t, r.call("DELETE", "sys/webhooks/"+id, ""), 404)
	r.patch("nexudus: {coworkers: [{Id: ben, Tag: x}]}")
	if got := r.told(); got != "" {
		t.Errorf("told %s", got)
	}
	kind := nexudusUp(t, "put_by_id", "partial")
	id = kind.hook(2)
	kind.made(kind.call("PUT", "sys/webhooks/"+id, `{"Active":false}`))
	want(t, kind.get("sys/webhooks/"+id), 200, `"Active":false`, `"Action":2`)
}

func TestNexudusLosesAndDoublesHooks(t *testing.T) {
	t.Parallel()
	for way, told := range map[string]string{"once": "2 61", "twice": "2 2 61 61", "lost": "", "reversed": "61 2"} {
		r := nexudusUp(t, "hook_delivery", way)
		r.hook(2)
		r.hook(61)
		r.patch("nexudus: {coworkers: [{Id: ben, AccessCardId: '5'}]}")
		if got := r.told(); got != told {
			t.Errorf("%s: %q", way, got)
		}
	}
}
