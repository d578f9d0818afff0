package sandbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// halls is a small Kinnovis account: London locks who does not pay, Paris does not; ana shares her two units, ben left, cleo comes.
const halls = `
anchor: 2026-11-23
kinnovis:
  tokens: [{secret: st, scopes: all}, {secret: few, scopes: [public.unit:read]}]
  clients: [{id: cardea, secret: cs, scopes: [public.unit:read, public.booking:read]}]
  webhook_secret: shared
  locations:
    - {id: london, name: London, timezone: Europe/London, auto_lock: true, auto_lock_grace_days: 3, to_check_days: 2, languages: [en, de]}
    - {id: paris, name: Paris, timezone: Europe/Paris, auto_lock_grace_days: 3}
  unit_types: [{id: small, location_id: london, name: Small, size: 4.5}]
  units:
    - {id: a1, location_id: london, unit_type_id: small, name: A-1, access_permissions: [gate-1, gate-2]}
    - {id: a2, location_id: london, unit_type_id: small, name: A-2}
    - {id: a3, location_id: london, unit_type_id: small, name: A-3}
    - {id: x1, location_id: london, name: X-1, status: maintenance}
    - {id: p1, location_id: paris, name: P-1}
  customers:
    - {id: ana, name: Ana Łuč, email: ana@x.test, phone: "+442071838750"}
    - {id: ben, name: Ben Brandt, email: ben@x.test}
    - {id: cleo, name: Cleo Cruz}
  bookings:
    - {id: k-ana, customer_id: ana, unit_ids: [a1, a2], move_in_date: 2026-09-01, shared_accesses: [{id: s1, name: Bo, email: bo@x.test}]}
    - {id: k-ben, customer_id: ben, unit_ids: [a3], move_in_date: 2026-09-01, move_out_date: 2026-11-23}
    - {id: k-cleo, customer_id: cleo, unit_ids: [p1], move_in_date: 2026-11-25, has_access: false}
  invoices:
    - {id: i-ana, customer_id: ana, booking_id: k-ana, due_date: 2026-11-20, total: 99.5}
    - {id: i-fee, customer_id: ben, due_date: 2026-01-01}
  webhooks:
    - {id: h-all, url: "https://c.test/all"}
    - {id: h-some, url: "https://c.test/some", events: [access.revoked, access.restored], secret: own}
    - {id: h-off, url: "https://c.test/off", enabled: false}
`

// kinRig is a sandbox with that account.
type kinRig struct{ *rig }

func kinnovisUp(t *testing.T, switches ...string) kinRig {
	t.Helper()
	own := map[string]string{}
	for i := 0; i < len(switches); i += 2 {
		own["kinnovis."+switches[i]] = switches[i+1]
	}
	return kinRig{small(t, halls, own)}
}

// as calls the API with a token, slowly enough for its limits.
func (r kinRig) as(token, method, path, body string, more ...string) reply {
	r.t.Helper()
	r.wait(1010 * time.Millisecond)
	h := header(append([]string{"Authorization", "Bearer " + token, "Content-Type", "application/json"}, more...)...)
	return r.must(method, "/kinnovis/"+path, body, h)
}

func (r kinRig) get(path string) reply { return r.as("st", "GET", "v1/"+path, "") }

type kinPage struct {
	Locations, Units, Customers, Bookings, Invoices, Webhooks []map[string]any
	UnitTypes                                                 []map[string]any `json:"unit_types"`
	Meta                                                      struct {
		Pagination struct {
			Count, Page, Pages, Limit int
			Next, Prev, Last          any
		}
	}
}

func (p kinPage) rows() []map[string]any {
	return slices.Concat(p.Locations, p.Units, p.Customers, p.Bookings, p.Invoices, p.Webhooks, p.UnitTypes)
}

func (r kinRig) page(path string) kinPage {
	r.t.Helper()
	a := r.get(path)
	if a.status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return into[kinPage](r.t, a)
}

// values lists one field of a list.
func (r kinRig) values(path, field string) string {
	r.t.Helper()
	var out []string
	for _, one := range r.page(path).rows() {
		out = append(out, fmt.Sprint(one[field]))
	}
	return strings.Join(out, ", ")
}

// id is the API's id of a world's word: the control route tells both.
func (r kinRig) id(collection, word string) string {
	r.t.Helper()
	return fmt.Sprint(r.seen(collection, word)["id"])
}

// seen is a record as the control route tells it.
func (r kinRig) seen(collection, word string) map[string]any {
	r.t.Helper()
	world := into[struct {
		Vendors map[string]map[string][]map[string]any
	}](r.t, r.must("GET", "/_sandbox/world", "", nil))
	for _, one := range world.Vendors["kinnovis"][collection] {
		if one["_as"] == word {
			return one
		}
	}
	r.t.Fatalf("no %s in %s", word, collection)
	return nil
}

// booking is a booking as the API tells it.
func (r kinRig) booking(word string) map[string]any {
	r.t.Helper()
	a := r.get("bookings/" + r.id("bookings", word))
	want(r.t, a, http.StatusOK)
	return into[struct{ Booking map[string]any }](r.t, a).Booking
}

type kinEvent struct {
	Event struct {
		ID         string `json:"id"`
		Type       string `json:"type"`
		APIVersion string `json:"api_version"`
		CreatedAt  string `json:"created_at"`
		Data       map[string]any
	}
}

// told lists the events so far that one URL got.
func (r kinRig) told(url string) string {
	r.t.Helper()
	var out []string
	for _, h := range r.sent() {
		if h.url == "https://c.test/"+url {
			out = append(out, into[kinEvent](r.t, reply{body: string(h.body)}).Event.Type)
		}
	}
	return strings.Join(out, " ")
}

// until moves the clock to an instant.
func (r kinRig) until(at string) {
	r.t.Helper()
	to, err := time.Parse(time.RFC3339, at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.wait(to.Sub(r.now()))
	r.Tick()
}
