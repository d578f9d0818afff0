package kisi

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// perSecond is the limit of vendors/kisi.md 1.3, per user, or per address without a key.
const perSecond = 5

// Vendor is one faked Kisi. It serves HTTP with the sandbox's vendor prefix already stripped.
type Vendor struct {
	now      func() time.Time
	switches *twin.Switches
	outbox   *twin.Outbox
	calls    twin.Limiter

	mu           sync.Mutex
	organization row
	keys         []Key
	state        state
	serial       int // of events and secrets
	failures     map[int64]int
	roleAt       map[int64]int64 // user -> the assignment that gave them a role last
	lately       []lately        // what lists need not show yet
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), outbox: o.Outbox, keys: w.Keys, state: newState(),
		failures: map[int64]int{}, roleAt: map[int64]int64{},
		calls: twin.Limiter{Max: perSecond * max(o.Speed, 1), Window: time.Second},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("kisi: %w", err)
	}
	v.organization = row{"id": 1.0, "name": "Acme", "domain": "acme", "time_zone": "Etc/UTC"}
	maps.Copy(v.organization, w.Organization)
	made := o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)
	if _, err := v.state.merge(w, o.Days, made, v.orgID()); err != nil {
		return nil, err
	}
	for _, k := range v.keys {
		if _, err := v.state.find("users", k.User); err != nil {
			return nil, fmt.Errorf("kisi.keys: %w", err)
		}
	}
	return v, nil
}

func (v *Vendor) orgID() float64 {
	id := twin.As[float64](v.organization["id"])
	return id
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// call is one request under way, with who makes it.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	user int64 // 0 = none
	link row   // a group link's holder
	rest []string
	done []change // what it did, for the webhooks
	said []event  // other events
}

// ServeHTTP answers one request.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	c := &call{w: w, r: r, rest: strings.Split(strings.Trim(r.URL.Path, "/"), "/")}
	v.serve(c)
	hooks := v.deliveries(c.user, c.done, c.said)
	v.mu.Unlock()
	v.outbox.Send(hooks...)
}

func (v *Vendor) serve(c *call) {
	caller, known := v.identify(c)
	if ok, _, reset := v.calls.Take(caller, v.now()); !ok {
		if v.switches.Is("retry_after", "seconds") {
			c.w.Header().Set("Retry-After", digits(int64((reset+time.Second-1)/time.Second)))
		}
		c.fail(http.StatusTooManyRequests, "000429", "Too many requests.")
		return
	}
	if v.switches.Is("headers", "strict") && !acceptsJSON(c.r) {
		c.fail(http.StatusNotAcceptable, "000406", "Send Accept: application/json.")
		return
	}
	if len(c.rest) == 3 && c.rest[0] == "organizations" && c.rest[2] == "public" && c.r.Method == http.MethodGet {
		v.publicOrganization(c)
		return
	}
	if !known {
		c.fail(http.StatusUnauthorized, "000401", "Authentication is missing or invalid.")
		return
	}
	if c.link != nil && !linkMay(c) {
		c.fail(http.StatusForbidden, "afc496", "Access denied.")
		return
	}
	v.route(c)
}

// identify finds who calls; a key dies with its user or with that user's organization role (1.2).
func (v *Vendor) identify(c *call) (caller string, known bool) {
	scheme, secret, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		host = c.r.RemoteAddr
	}
	switch scheme {
	case "KISI-LOGIN":
		for _, k := range v.keys {
			id, err := v.state.find("users", k.User)
			if k.Secret == secret && err == nil && v.organizationRole(id) != "" {
				c.user = id
				return "user " + digits(id), true
			}
		}
	case "KISI-GROUP-LINK":
		v.state["group_links"].each(func(_ int64, r row) {
			if secret != "" && text(r, "secret") == secret {
				c.link = r
			}
		})
		if c.link != nil {
			return "link " + digits(idOf(c.link["id"])), true
		}
	}
	return "address " + host, false
}

// organizationRole is the role a user has for the whole organization, or "". It is asked on every call, so where it was
// found last is looked at first.
func (v *Vendor) organizationRole(user int64) string {
	holds := func(r row) bool {
		return idOf(r["assignee_id"]) == user && text(r, "applies_to_type") == "Organization" && text(r, "assignee_type") == "User"
	}
	table := v.state["role_assignments"]
	if r, there := table.rows[v.roleAt[user]]; there && holds(r) {
		return text(r, "role_id")
	}
	role := ""
	table.each(func(id int64, r row) {
		if holds(r) {
			role, v.roleAt[user] = text(r, "role_id"), id
		}
	})
	return role
}

func acceptsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") || strings.Contains(accept, "*/*")
}

// linkMay: a guest with a link lists locks and places, reads the organization, and unlocks (1.2).
func linkMay(c *call) bool {
	switch {
	case len(c.rest) == 1 && c.r.Method == http.MethodGet:
		return c.rest[0] == "locks" || c.rest[0] == "places" || c.rest[0] == "organization"
	case len(c.rest) == 3:
		return c.rest[0] == "locks" && c.rest[2] == "unlock" && c.r.Method == http.MethodPost
	}
	return false
}
