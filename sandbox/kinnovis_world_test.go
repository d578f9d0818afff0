package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

func TestKinnovisWorldRefusesNonsense(t *testing.T) {
	t.Parallel()
	const head = "anchor: 2026-11-23\nkinnovis:\n  locations: [{id: l, name: L}]\n  customers: [{id: c, name: C}]\n" +
		"  units: [{id: u, location_id: l, name: U}]\n"
	booking := func(fields string) string {
		return "  bookings: [{id: b, customer_id: c, unit_ids: [u], move_in_date: 2026-01-01, " + fields + "}]"
	}
	for name, c := range map[string][2]string{
		"part":          {"  members: []", `kinnovis has no "members"`},
		"field":         {"  unit_types: [{title: A}]", `no field "title"`},
		"token":         {"  tokens: [{scopes: all}]", "lacks its id or secret"},
		"token id":      {"  tokens: [{id: x, secret: y}]", `tokens have no "id"`},
		"client":        {"  clients: [{secret: y}]", "lacks its id or secret"},
		"scope":         {"  clients: [{id: x, secret: y, scopes: [public.door:read]}]", `no scope "public.door:read"`},
		"action":        {"  clients: [{id: x, secret: y, scopes: [public.unit:rent]}]", "no scope"},
		"reference":     {"  invoices: [{id: i, customer_id: zed, due_date: 2026-01-01}]", `customer_id: there is no "zed" in customers`},
		"required":      {"  bookings: [{id: b, customer_id: c, unit_ids: [u]}]", "move_in_date is missing"},
		"no unit":       {"  bookings: [{id: b, customer_id: c, unit_ids: [], move_in_date: 2026-01-01}]", "of a unit"},
		"time of day":   {booking("move_out_date: 2026-11-23T10:15:00Z"), "move_out_date is a date: it has no time of day"},
		"order":         {booking("move_out_date: 2025-11-23"), "before move_in_date"},
		"switch to":     {booking("switch_date: 2026-11-23"), "go together"},
		"shared":        {booking("shared_accesses: Bo"), "list of people"},
		"shared who":    {booking("shared_accesses: [Bo]"), "a shared access has"},
		"shared field":  {booking("shared_accesses: [{mail: x}]"), `no "mail"`},
		"delete":        {"  invoices: [{id: i, delete: true}]", "no such record"},
		"delete what":   {"  invoices: [{delete: true}]", "needs its id"},
		"switch":        {"  switches: {dates: soon}", "dates knows"},
		"switch name":   {"  switches: {moon: full}", `no switch "moon"`},
		"list of units": {"  unit_types: {id: x}", "a list is expected"},
	} {
		w, err := sandbox.Parse("w.yaml", []byte(head+c[0]))
		if err == nil {
			_, err = sandbox.New(w, sandbox.Options{Now: monday})
		}
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", name, err, c[1])
		}
	}
	w, err := sandbox.Parse("w.yaml", []byte("anchor: 2026-11-23\nkinnovis: {locations: [{id: l, name: L, timezone: Nowhere/At}]}"))
	if err == nil {
		_, err = sandbox.New(w, sandbox.Options{Now: monday})
	}
	if err == nil || !strings.Contains(err.Error(), "is not a time zone") {
		t.Error(err)
	}
	if small(t, "anchor: 2026-11-23\n", nil).Patch([]byte("kinnovis: {}")) == nil {
		t.Error("a vendor that is not there")
	}
}

func TestKinnovisPatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	for name, patch := range map[string]string{
		"gone":   "{customers: [{id: ben, name: X}, {id: none, delete: true}]}",
		"rented": "{customers: [{id: ben, name: X}], units: [{id: a1, delete: true}]}", // a booking holds it
		"switch": "{switches: {dates: soon}, customers: [{id: ben, name: X}]}",
	} {
		if err := r.Patch([]byte("kinnovis: " + patch)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if got := r.values("customers", "name"); got != "Cleo Cruz, Ben Brandt, Ana Łuč" {
		t.Errorf("half a patch: %s", got)
	}
	if got := r.told("all"); got != "" {
		t.Errorf("told %q of no patch", got)
	}
	r.patch("kinnovis: {webhook_secret: other, switches: {dates: utc}, customers: [{id: ana, phone: null}]}")
	want(t, r.get("customers/"+r.id("customers", "ana")), 200, `"phone":null`, `"email":"ana@x.test"`)
	want(t, r.get("bookings"), 200, `"2026-09-01T00:00:00.000Z"`)
	world := r.must("GET", "/_sandbox/world", "", nil)
	want(t, world, 200, `"_as": "k-ben"`)
	for _, secret := range []string{`"st"`, `"cs"`, `"own"`, "shared\""} {
		if strings.Contains(world.body, secret) {
			t.Errorf("the world tells %s", secret)
		}
	}
	want(t, r.must("GET", "/_sandbox/switches", "", nil), 200, `"name": "kinnovis.move_out_day"`)
	want(t, r.must("PATCH", "/_sandbox/switches", `{"kinnovis.version":"2025-09"}`, nil), 200)
	want(t, r.get("units"), 404)
}

func TestKinnovisSwitchesAreReadAnewWhileItRuns(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	r.patch("kinnovis: {bookings: [{id: k-ana, move_out_date: 2026-11-24}], invoices: [{id: i-ana, void: true}]}")
	r.sent()
	want(t, r.must("PATCH", "/_sandbox/switches", `{"kinnovis.move_out_day":"in"}`, nil), 200)
	r.until("2026-11-24T12:00:00Z") // ben's last day is over, ana's is not
	if got := r.status("k-ana"); got != "active true" {
		t.Error(got)
	}
	r.sent()
	r.until("2026-11-25T00:00:00Z")
	if got := r.told("all"); !strings.Contains(got, "booking.ended") {
		t.Errorf("told %q", got)
	}
}

func TestKinnovisShiftMovesItsDates(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Parse("w.yaml", []byte(halls))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, clock: monday().AddDate(0, 0, 7*30)} // into summer time
	if r.Server, err = sandbox.New(w, sandbox.Options{Now: r.now, Shift: true}); err != nil {
		t.Fatal(err)
	}
	r.client = clientOf(r.Server)
	k := kinRig{r}
	b := k.booking("k-ben")
	if b["move_in_date"] != "2027-03-30" || b["move_out_date"] != "2027-06-21" || b["status"] != "ended" {
		t.Errorf("%v", b)
	}
	if b = k.booking("k-cleo"); b["move_in_date"] != "2027-06-23" || b["status"] != "upcoming" {
		t.Errorf("%v", b)
	}
}

// The matrix's people by unit: those of its other blocks, but that cleo's room ends with the day.
func TestMatrixHoldsTheKinnovisAccount(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load("../testdata/worlds/matrix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := kinRig{rigUp(t, w, nil)}
	list := func(path string) []map[string]any {
		a := r.as("sandbox-token", "GET", "v1/"+path, "")
		want(t, a, 200)
		return into[kinPage](t, a).rows()
	}
	passing := func() string {
		names, groups := map[any]string{}, map[any]string{}
		for _, c := range list("customers") {
			names[c["id"]] = strings.TrimSuffix(fmt.Sprint(c["email"]), "@x.test")
		}
		for _, u := range list("units") {
			groups[u["id"]] = fmt.Sprint(u["name"], u["access_permissions"])
		}
		var out []string
		for _, b := range list("bookings?status=active") {
			for _, u := range b["unit_ids"].([]any) {
				out = append(out, names[b["customer_id"]]+" "+groups[u])
			}
		}
		return strings.Join(out, ", ")
	}
	if got := passing(); got != "eli Office 12[Office 12], dina Desk 2[General access], cleo Elephant[Elephant room], ana Desk 1[General access]" {
		t.Error(got)
	}
	r.until("2026-11-24T00:00:00Z")
	if got := passing(); strings.Contains(got, "cleo") || !strings.Contains(got, "dina") {
		t.Error(got)
	}
}
