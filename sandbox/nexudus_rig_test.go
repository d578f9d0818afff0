package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// coworking is a small Nexudus account: two locations, a team with a paying member, an office, a room, passes with slots.
const coworking = `
anchor: 2026-11-23
nexudus:
  users:
    - {email: olga@x.test, password: pw}
    - {email: two@x.test, password: pw, totp: "123456"}
    - {email: few@x.test, password: pw, roles: [Coworker-List, Coworker-Update]}
    - {email: zoe@x.test, password: pw, roles: member}
  webhook_secret: sécret
  zones: {london: Europe/London, paris: Europe/Paris}
  businesses: [{Id: london, Name: London}, {Id: paris, Name: Paris, RootLocationId: london}]
  floorplans: [{Id: floor-1, BusinessId: london, Name: Floor 1}]
  resourcetypes: [{Id: rooms, BusinessId: london, Name: Meeting room}]
  resources: [{Id: elephant, BusinessId: london, Name: Elephant, ResourceTypeId: rooms, AccessControlGroupId: g-room}]
  floorplandesks:
    - {Id: office, FloorPlanId: floor-1, Name: Office 12, ItemType: 1, ResourceId: elephant, AccessControlGroupId: g-office}
    - {Id: desk, FloorPlanId: floor-1, Name: Desk 3, ItemType: 2}
  tariffs: [{Id: hot, BusinessId: london, Name: Hot desk}, {Id: priv, BusinessId: london, Name: Private office}]
  timepasses:
    - {Id: day, BusinessId: london, Name: Day pass, AccessControlGroupIds: "g-day, g-lift"}
    - {Id: eve, BusinessId: london, Name: Evening pass, AccessControlGroupId: g-eve}
  timepasstimeslots: [{TimePassId: eve, DayOfWeek: 1, FromTime: "2000-01-01T18:00:00Z", ToTime: "2000-01-01T22:00:00Z"}]
  coworkers:
    - {Id: ana, FullName: Ana Łuč, Email: ana@x.test, CoworkerType: 1, InvoicingBusinessId: london, AccessPincode: "0471", AccessCardId: "11, 22"}
    - {Id: ben, FullName: Ben Brandt, Email: ben@x.test, CoworkerType: 1, InvoicingBusinessId: london, Teams: [acme]}
    - {Id: cleo, FullName: Cleo Cruz, Email: cleo@x.test, CoworkerType: 2, InvoicingBusinessId: paris, Businesses: [paris, london], Active: false}
  teams: [{Id: acme, BusinessId: london, Name: Acme, PayingMemberId: ana, TeamMembers: [ana], ShareTimePasses: true}]
  coworkercontracts:
    - {Id: k-ana, CoworkerId: ana, IssuedById: london, TariffId: priv, StartDate: 2026-09-01, Desks: [office, desk]}
    - {Id: k-ben, CoworkerId: ben, IssuedById: london, TariffId: hot, StartDate: 2026-09-01, CancellationDate: 2026-11-24}
    - {Id: k-new, CoworkerId: ben, IssuedById: london, TariffId: hot, StartDate: 2026-11-25}
  coworkertimepasses:
    - {Id: p-ben, CoworkerId: ben, BusinessId: london, TimePassId: day, RemainingUses: 1, ExpireDate: 2026-12-01}
    - {Id: p-eve, CoworkerId: ben, BusinessId: london, TimePassId: eve}
    - {Id: p-old, CoworkerId: ana, BusinessId: london, TimePassId: day, ExpireDate: 2026-11-20}
  bookings:
    - {Id: b-ben, ResourceId: elephant, CoworkerId: ben, FromTime: 2026-11-23T11:00:00Z, ToTime: 2026-11-23T12:00:00Z}
    - {Id: b-block, ResourceId: elephant, FromTime: 2026-11-23T13:00:00Z, ToTime: 2026-11-23T14:00:00Z}
  visitors: [{Id: vera, BusinessId: london, FullName: Vera, Email: vera@g.test, CoworkerId: ben}]
  bookingvisitors: [{BookingId: b-ben, VisitorId: vera}]
  cancelledbookings: [{ResourceId: elephant, CoworkerId: ben, FromTime: 2026-11-22T11:00:00Z, ToTime: 2026-11-22T12:00:00Z, OriginalBookingId: "17"}]
  coworkerinvoices: [{CoworkerId: ana, BusinessId: london, Paid: false}, {CoworkerId: ben, BusinessId: london, Paid: true}]
`

// nexRig is a sandbox with that account.
type nexRig struct{ *rig }

func nexudusUp(t *testing.T, switches ...string) nexRig {
	t.Helper()
	own := map[string]string{}
	for i := 0; i < len(switches); i += 2 {
		own["nexudus."+switches[i]] = switches[i+1]
	}
	return nexRig{small(t, coworking, own)}
}

func basic(user string) http.Header {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, "pw")
	r.Header.Set("Content-Type", "application/json")
	return r.Header
}

// call asks the admin API, slowly enough for its limits.
func (r nexRig) call(method, path, body string) reply {
	r.t.Helper()
	r.wait(1010 * time.Millisecond)
	return r.must(method, "/nexudus/api/"+path, body, basic("olga@x.test"))
}

func (r nexRig) get(path string) reply { return r.call("GET", path, "") }

type nexPage struct {
	Records                                            []map[string]any
	CurrentPage, CurrentPageSize, CurrentSortDirection int
	FirstItem, LastItem, TotalItems, TotalPages        int
	HasNextPage, HasPreviousPage                       bool
	CurrentOrderField                                  string
}

// names lists a search by one field.
func (r nexRig) names(path, field string) string {
	r.t.Helper()
	a := r.get(path)
	if a.status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	var out []string
	for _, one := range into[nexPage](r.t, a).Records {
		out = append(out, fmt.Sprint(one[field]))
	}
	return strings.Join(out, ", ")
}

// id is that of the one record that a list holds under a value.
func (r nexRig) id(path, field, value string) string {
	r.t.Helper()
	for _, one := range into[nexPage](r.t, r.get(path+"?size=100")).Records {
		if one[field] == value {
			return fmt.Sprintf("%.0f", one["Id"])
		}
	}
	r.t.Fatalf("no %s with %s %q", path, field, value)
	return ""
}

type envelope struct {
	Status        int
	Value         struct{ Id int64 }
	Errors        []struct{ PropertyName, Message string }
	WasSuccessful bool
}

// made checks that a write was made, and returns the id.
func (r nexRig) made(a reply) string {
	r.t.Helper()
	e := into[envelope](r.t, a)
	if a.status != http.StatusOK || !e.WasSuccessful || e.Errors != nil {
		r.t.Fatalf("not made: %d %s", a.status, a.body)
	}
	return fmt.Sprint(e.Value.Id)
}

// refused checks that a write came back with 200 and was not made, because of a field.
func (r nexRig) refused(a reply, field string) {
	r.t.Helper()
	e := into[envelope](r.t, a)
	if a.status != http.StatusOK || e.WasSuccessful || len(e.Errors) == 0 || e.Errors[0].PropertyName != field {
		r.t.Errorf("want a refusal of %s: %d %s", field, a.status, a.body)
	}
}

// hook registers a webhook for an action.
func (r nexRig) hook(action int) string {
	r.t.Helper()
	return r.made(r.call("POST", "sys/webhooks", fmt.Sprintf(
		`{"BusinessId":%s,"Name":"n","URL":"https://c.test/hooks/%d","Action":%d,"Active":true}`, r.london(), action, action)))
}

func (r nexRig) london() string { return r.id("sys/businesses", "Name", "London") }

// told lists the actions of the webhooks so far, by their callback URL.
func (r nexRig) told() string {
	r.t.Helper()
	var out []string
	for _, h := range r.sent() {
		out = append(out, h.url[strings.LastIndex(h.url, "/")+1:])
	}
	return strings.Join(out, " ")
}

func (r nexRig) ask(form url.Values, h http.Header) reply {
	r.t.Helper()
	r.wait(time.Second)
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.must("POST", "/nexudus/api/token", form.Encode(), h)
}

// acsUp adds Custom ACS to the account; groups is what our groups route answers.
func acsUp(t *testing.T, groups string, asked *http.Header, switches ...string) nexRig {
	t.Helper()
	yaml := strings.Replace(coworking, "  webhook_secret:", `  acs:
    - {business: london, groups_url: "https://c.test/acs/nx/groups", groups_token: gt, webhook_url: "https://c.test/acs/nx/push", webhook_bearer: wb}
  webhook_secret:`, 1)
	w, err := sandbox.Parse("acs.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{}
	for i := 0; i < len(switches); i += 2 {
		own["nexudus."+switches[i]] = switches[i+1]
	}
	r := &rig{t: t, clock: monday()}
	r.Server, err = sandbox.New(w, sandbox.Options{
		Now: r.now, Hook: r.receive, Switches: own,
		Fetch: func(_ context.Context, u string, h http.Header) ([]byte, error) {
			if u != "https://c.test/acs/nx/groups" {
				return nil, fmt.Errorf("asked %s", u)
			}
			*asked = h
			return []byte(groups), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.client = clientOf(r.Server)
	return nexRig{r}
}
