package officernd

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Limits of vendors/officernd.md 1.5 and 1.2; the one for writes is not known and taken to be the same.
const (
	readsPerMinute  = 400
	tokensPerMinute = 5
)

// Vendor is one faked OfficeRnD. It serves HTTP with the sandbox's vendor prefix already stripped.
type Vendor struct {
	now      func() time.Time
	cs       catalogue
	switches *twin.Switches
	outbox   *twin.Outbox

	reads, writes, tokenCalls twin.Limiter

	mu     sync.Mutex
	world  World // without records
	state  state
	tokens map[string]token
	serial int // of tokens, events and records made through the API
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	if w.Org == "" {
		return nil, errors.New("officernd needs org, the slug in its paths")
	}
	speed := max(o.Speed, 1)
	v := &Vendor{
		now: o.Now, cs: collections(), switches: twin.NewSwitches(switches()), outbox: o.Outbox,
		reads:      twin.Limiter{Max: readsPerMinute * speed, Window: time.Minute},
		writes:     twin.Limiter{Max: readsPerMinute * speed, Window: time.Minute},
		tokenCalls: twin.Limiter{Max: tokensPerMinute * speed, Window: time.Minute},
		tokens:     map[string]token{},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("officernd: %w", err)
	}
	v.world = *w
	v.world.Records = nil
	v.state = newState(v.cs)
	if _, err := v.state.merge(v.cs, w, o.Days, o.Anchor.AddDate(0, 0, -60).Add(9*time.Hour)); err != nil {
		return nil, err
	}
	return v, nil
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// ServeHTTP answers one request.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Powered-By", "Express")
	v.mu.Lock()
	hooks := v.route(clocked{w, v.now()}, r)
	v.mu.Unlock()
	v.outbox.Send(hooks...)
}

// route answers under the lock and returns the webhooks that the request caused.
func (v *Vendor) route(w http.ResponseWriter, r *http.Request) []twin.Delivery {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/oauth/token":
		v.serveToken(w, r)
		return nil
	case len(parts) >= 3 && parts[0] == "api" && parts[2] == "organizations":
		if len(parts) < 4 || parts[3] == "" {
			fail(w, r, http.StatusUnauthorized, "Unauthorized access")
			return nil
		}
		if strings.HasPrefix(parts[3], "..") { // 1.6: an odd slug is sent to the login page
			w.Header().Set("Location", "/login")
			w.WriteHeader(http.StatusFound)
			return nil
		}
		return v.authorised(w, r, parts)
	}
	cannot(w, r)
	return nil
}

func (v *Vendor) authorised(w http.ResponseWriter, r *http.Request, parts []string) []twin.Delivery {
	who, ok := v.bearer(r)
	if !ok {
		fail(w, r, http.StatusUnauthorized, "Unauthorized access")
		return nil
	}
	if !v.allowRate(w, r, who.client) {
		return nil
	}
	if parts[3] != v.world.Org {
		fail(w, r, http.StatusInternalServerError, "Organization not found")
		return nil
	}
	rest := parts[4:]
	switch {
	case parts[1] == "v1" && len(rest) == 0 && r.Method == http.MethodGet:
		v.serveOrganisation(w, r)
		return nil
	case parts[1] != "v2" || len(rest) == 0 || rest[0] == "":
		cannot(w, r)
		return nil
	}
	return v.serveV2(w, r, who, rest)
}

func (v *Vendor) serveV2(w http.ResponseWriter, r *http.Request, who token, rest []string) []twin.Delivery {
	c := v.cs.byRoute[rest[0]]
	switch {
	case c == nil && unfaked(rest[0]):
		fail(w, r, http.StatusNotImplemented, "the sandbox does not fake "+rest[0])
	case c == nil:
		cannot(w, r)
	case c.key == "webhooks" && r.Method != http.MethodGet:
		v.writeWebhook(w, r, c, who, rest[1:])
	case c.key == "checkins" && r.Method == http.MethodPost:
		return v.writeCheckIn(w, r, who, rest[1:])
	case r.Method == http.MethodGet && who.may("flex."+c.scope+".read"):
		v.read(w, r, c, rest[1:])
	case r.Method == http.MethodGet: // 1.6: a missing scope looks like a bad token
		fail(w, r, http.StatusUnauthorized, "Unauthorized access")
	case writes(c.key, r.Method):
		fail(w, r, http.StatusNotImplemented,
			"the sandbox does not fake "+r.Method+" on "+c.route+"; PATCH /_sandbox/world changes records")
	default:
		cannot(w, r)
	}
	return nil
}

func (v *Vendor) read(w http.ResponseWriter, r *http.Request, c *collection, rest []string) {
	switch {
	case len(rest) == 0:
		v.list(w, r, c, false)
	case len(rest) == 1 && rest[0] == "count":
		v.count(w, r, c)
	case len(rest) == 1 && c.key == "bookings" && rest[0] == "occurrences":
		v.listOccurrences(w, r)
	case len(rest) == 1 && c.key == "checkins" && rest[0] == "visitors":
		v.list(w, r, c, true)
	case len(rest) == 1 && v.byID(c):
		v.single(w, r, c, rest[0])
	default:
		cannot(w, r)
	}
}

// byID says whether single records of a collection can be read: of two the sheet names the list only.
func (v *Vendor) byID(c *collection) bool {
	switch c.key {
	case "assignments":
		return v.switches.Is("assignment_by_id", "answer")
	case "visitors":
		return v.switches.Is("visitor_by_id", "answer")
	}
	return true
}

func (v *Vendor) single(w http.ResponseWriter, r *http.Request, c *collection, id string) {
	it := v.state.t[c.key].items[strings.ToLower(id)]
	if it == nil {
		fail(w, r, http.StatusNotFound, "Item with Id ("+id+")")
		return
	}
	reply(w, http.StatusOK, v.view().show(c, it, true))
}

// unfaked names collections that the vendor has and the sandbox has not (vendors/officernd.md 2).
func unfaked(route string) bool {
	switch route {
	case "credits", "coins", "visits", "fees", "payments", "charges", "contracts", "benefits", "amenities", "resource-rates",
		"custom-properties", "settings", "reception-flows", "events", "posts", "tickets", "invoices":
		return true
	}
	return false
}

// writes says whether the vendor has a write that the sandbox has not.
func writes(key, method string) bool {
	switch key {
	case "members", "companies", "memberships", "bookings", "passes":
		return method == http.MethodPost || method == http.MethodPut || method == http.MethodDelete
	case "assignments", "visitors":
		return method == http.MethodPost || method == http.MethodDelete
	}
	return false
}

// serveOrganisation answers v1 GET /organizations/{slug} (vendors/officernd.md 1.1).
func (v *Vendor) serveOrganisation(w http.ResponseWriter, r *http.Request) {
	region := v.world.RegionURL
	if region == "" {
		region = "http://" + r.Host + "/officernd"
	}
	name := v.world.Name
	if name == "" {
		name = v.world.Org
	}
	reply(w, http.StatusOK, row{
		"_id": ID("organization " + v.world.Org), "name": name, "slug": v.world.Org, "regionInfo": row{"regionUrl": region},
	})
}
