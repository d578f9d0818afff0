package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/core/decide"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
)

// nexudusMonday is what happens at Nexudus on a Monday morning, so that what its switches choose between comes up: people are
// suspended, archived and deleted, a team comes to a paying member, a contract gets its last day, a pass is used up, a contract is paused, a booking is
// cancelled and another made, an administrator blocks a room, somebody has two profiles, names
// are not ASCII.
const nexudusMonday = `
nexudus:
  coworkers:
    - {Id: ana, Active: false}
    - {Id: ben, delete: true}
    - {Id: gus, FullName: "Güs Łong", Email: Gus@X.test, CoworkerType: 1, InvoicingBusinessId: london}
    - {Id: hana2, FullName: Hana Hill, Email: Hana@x.test, CoworkerType: 1, InvoicingBusinessId: london}
    - {Id: hana, FullName: Hana Hill, Email: hana@x.test, CoworkerType: 1, InvoicingBusinessId: london}
    - {Id: ivan, FullName: Ivan Ito, Email: ivan@x.test, CoworkerType: 1, InvoicingBusinessId: london, Archived: true}
  teams: [{Id: acme, BusinessId: london, Name: Acme, PayingMemberId: eli, TeamMembers: [eli, gus, hana, ivan]}]
  coworkercontracts: [{Id: c-eli, CancellationDate: 2026-11-24}, {Id: c-ben, delete: true},
    {Id: c-gus, CoworkerId: gus, IssuedById: london, TariffId: hot-desk, StartDate: 2026-09-01, BillingDay: 1, Quantity: 1,
     InPausedPeriodFrom: 2026-11-20, InPausedPeriodUntil: 2026-11-24}]
  coworkertimepasses:
    - {Id: p-dina, RemainingUses: 0, Used: true, UsedDate: 2026-11-23T09:05:00Z}
    - {Id: p-hana, CoworkerId: hana, BusinessId: london, TimePassId: day-pass, ExpireDate: 2026-11-24}
  bookings:
    - {Id: b-cleo, delete: true}
    - {Id: b-dina, ResourceId: elephant, CoworkerId: dina, FromTime: 2026-11-23T09:50:00Z, ToTime: 2026-11-23T11:00:00Z}
    - {Id: b-block, ResourceId: elephant, FromTime: 2026-11-23T12:00:00Z, ToTime: 2026-11-23T13:00:00Z}
    - {Id: b-hana2, ResourceId: elephant, CoworkerId: hana2, FromTime: 2026-11-24T23:00:00Z, ToTime: 2026-11-24T23:40:00Z}
    - {Id: b-perhaps, ResourceId: elephant, CoworkerId: fay, Tentative: true, FromTime: 2026-11-23T09:50:00Z, ToTime: 2026-11-23T11:00:00Z}
`

// nexudusDays keeps Nexudus and Kisi in step for two days in which ordinary things happen. Every run must leave nothing to write.
func nexudusDays(t *testing.T, switches map[string]string) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		door := doorSide("kisi")
		r := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door))
		if err := r.vendors.SetSwitches(switches); err != nil {
			t.Fatal(err)
		}
		refused := &atomic.Int64{}
		r.tapped().after = func(_ int, _ *http.Request, res *http.Response) (*http.Response, error) {
			if res.StatusCode == http.StatusConflict || res.StatusCode == http.StatusTooManyRequests {
				refused.Add(1)
			}
			return res, nil
		}
		defer func() { r.shut() }()
		inStep := func(want map[string][]string) {
			t.Helper()
			r.sync(desk.InStep)
			before := r.writes()
			r.sync(desk.InStep)
			if n := r.writes() - before; n != 0 {
				t.Errorf("%s: the second sync wrote %d times", time.Now().UTC(), n)
			}
			if diff := cmp.Diff(want, r.passing(door.name)); diff != "" {
				t.Errorf("%s: %s", time.Now().UTC(), diff)
			}
		}
		inStep(map[string][]string{
			"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}, "Office 12": {"eli@x.test"},
		})
		at(t, "2026-11-23T09:30:00Z")
		r.patch(nexudusMonday)
		r.sync(desk.InStep)
		at(t, "2026-11-23T09:45:00Z") // what is only not listed any more goes with the second complete reading
		inStep(map[string][]string{
			"General access": {"dina@x.test", "hana@x.test"}, "Elephant room": {"dina@x.test"},
			"Office 12": {"eli@x.test", "gus@x.test", "hana@x.test"},
		})
		at(t, "2026-11-24T23:30:00Z") // the last day of a contract and of a pass is a whole one
		inStep(map[string][]string{
			"General access": {"hana@x.test"}, "Office 12": {"eli@x.test", "gus@x.test", "hana@x.test"},
			"Elephant room": {"hana@x.test"}, // by another profile of hers
		})
		at(t, "2026-11-25T00:00:01Z")
		inStep(map[string][]string{"General access": {"gus@x.test"}}) // the first day after a pause
		issues, err := r.app.store.In("default").Issues(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(issues, func(i store.IssueRow) bool { return i.Issue.Code == "shared-account" }) {
			t.Error("two profiles of one person are called two people")
		}
		if n := refused.Load(); n != 0 {
			t.Errorf("%d calls were refused because they came too fast", n)
		}
	})
}

// nexudusSide is Nexudus as the matrix has it.
func nexudusSide(t *testing.T) side {
	t.Helper()
	for _, s := range spaceSides {
		if s.name == "nexudus" {
			return s
		}
	}
	t.Fatal("the matrix has no nexudus")
	return side{}
}

// TestEveryNexudusSwitchBothWays plays the same days with every answer that the sheet leaves open: none may change who passes.
func TestEveryNexudusSwitchBothWays(t *testing.T) {
	t.Parallel()
	world, err := sandbox.Parse("matrix.yaml", read(t, worldsDir+"matrix.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := sandbox.New(world, sandbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	kindest := map[string]string{}
	cases := map[string]map[string]string{"defaults": {}, "all at another value": kindest}
	for _, s := range vendors.Switches() {
		if len(s.Name) < 8 || s.Name[:8] != "nexudus." {
			continue
		}
		for _, v := range s.Values[1:] {
			cases[fmt.Sprintf("%s is %s", s.Name, v)] = map[string]string{s.Name: v}
		}
		kindest[s.Name] = s.Values[1]
	}
	if len(cases) < 20 {
		t.Fatalf("only %d cases: %v", len(cases), cases)
	}
	for name, switches := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nexudusDays(t, switches)
		})
	}
}

// TestNexudusPassGate asks members for a pass: who has an office and no pass does not get in, until one is given and after it is used.
// What is booked opens all the same. Left at its default the gate only says who has none.
func TestNexudusPassGate(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := doorSide("kisi")
		gate := func(text string) func(*config.File) {
			return func(f *config.File) { f.Integrations["site"].PassGate.Text = text }
		}
		r := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door), gate("on"))
		defer func() { r.shut() }()
		for _, step := range []struct {
			at, patch string
			office    []string
		}{
			{"2026-11-23T09:01:00Z", `nexudus: {coworkertimepasses: [{Id: p-ana, ExpireDate: null}]}`, nil}, // else her end is a person's to release
			{"2026-11-23T09:16:00Z", `nexudus: {coworkertimepasses: [{Id: p-eli, CoworkerId: eli, BusinessId: london, TimePassId: day-pass}]}`,
				[]string{"eli@x.test"}},
			{"2026-11-23T09:31:00Z", `nexudus: {coworkertimepasses: [{Id: p-eli, Used: true}]}`, nil},
		} {
			at(t, step.at)
			if step.patch != "" {
				r.patch(step.patch)
			}
			r.sync(desk.InStep)
			want := map[string][]string{"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}}
			if step.office != nil {
				want["Office 12"] = append(want["Office 12"], step.office...)
				want["General access"] = []string{"ana@x.test", "dina@x.test", "eli@x.test"} // by the pass itself
			}
			if diff := cmp.Diff(want, r.passing(door.name)); diff != "" {
				t.Errorf("%s: %s", step.at, diff)
			}
		}
		reported := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door))
		defer reported.shut()
		reported.sync(desk.InStep)
		if got := reported.passing(door.name)["Office 12"]; len(got) != 1 {
			t.Errorf("where it is only said, the office holds %v", got)
		}
		issues, err := reported.app.store.In("default").Issues(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(issues, func(i store.IssueRow) bool { return i.Issue.Code == decide.IssueNoPass }) {
			t.Errorf("nobody said who has no pass: %+v", issues)
		}
	})
}
