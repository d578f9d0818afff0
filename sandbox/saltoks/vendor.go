package saltoks

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// prefix is where the sandbox keeps this vendor; links that go out begin with it.
const prefix = "/saltoks"

// perSecond is invented: no limit is known (vendors/saltoks.md 1.6).
const perSecond = 30

// Vendor is one faked Salto KS. It serves HTTP with the sandbox's vendor prefix already stripped: /identity is the identity
// server, /v1.1 and /v1.2 are the Connect API.
type Vendor struct {
	now      func() time.Time
	switches *twin.Switches
	calls    twin.Limiter

	mu      sync.Mutex
	state   *state
	leaving map[string]time.Time // site users on their way out: when
	keys    keyring
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), state: newState(), leaving: map[string]time.Time{}, keys: newKeyring(),
		calls: twin.Limiter{Max: perSecond * max(o.Speed, 1), Window: time.Second},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("saltoks: %w", err)
	}
	made := o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)
	if err := (merging{state: v.state, days: o.Days, now: made}).apply(w); err != nil {
		return nil, err
	}
	return v, v.admitted(w, v.state)
}

// Patch merges records into the world, all or none. Clients, logins and consents, if named, replace those that were.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.settle()
	next := v.state.clone()
	if err := (merging{state: next, days: days, now: v.now()}).apply(w); err != nil {
		return err
	}
	if err := checkLogins(w, next); err != nil {
		return err
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("saltoks: %w", err)
	}
	v.state = next
	return v.admitted(w, next)
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// Records is every record as it is now, and for each site user the credentials that a sync must leave alone (2.8), PINs too;
// secrets and passwords stay in.
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.settle()
	out := map[string][]map[string]any{"credentials": {}}
	for _, name := range tableNames() {
		out[name] = []map[string]any{}
		for _, id := range v.state.tables[name].order {
			r := twin.Clone(v.state.get(name, id))
			if name == "access_groups" {
				r["users"], r["locks"] = sorted(v.state.members[id]), sorted(v.state.doors[id])
			}
			if name == "users" {
				p := v.state.get("people", text(r, "_person"))
				out["credentials"] = append(out["credentials"], row{
					"id": id, "email": p["email"], "tag_number": p["tag_number"], "tag_owned_by_this_site": r["tag_owned_by_this_site"],
					"use_pin": r["use_pin"], "pin": r["_pin"], "keys": r["_keys"],
				})
			}
			out[name] = append(out[name], r)
		}
	}
	return out
}

// call is one request under way, with who makes it.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	version string   // v1.1, v1.2
	rest    []string // the path after the version; of a site's routes, after the site
	person  string   // platform id
	site    string
}

func (c *call) get() bool { return c.r.Method == http.MethodGet }

// ServeHTTP answers one request.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.settle()
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	c := &call{w: w, r: r, version: segments[0], rest: segments[1:]}
	if segments[0] == "identity" {
		v.serveIdentity(c)
		return
	}
	if !v.admit(c) {
		return
	}
	switch segments[0] {
	case "v1.1", "v1.2":
		v.route(c)
	case "v2": // there, and not for this scope (1.2)
		c.answer(http.StatusForbidden, "application/problem+json; charset=utf-8", row{
			"type": "https://httpstatuses.io/403", "title": "Forbidden", "status": http.StatusForbidden, "traceId": "sandbox",
		})
	case "v1":
		if len(c.rest) > 0 && c.rest[0] == "hub" {
			c.plain(http.StatusNotImplemented, "the sandbox does not fake event streaming")
			return
		}
		c.plain(http.StatusNotFound, "")
	default:
		c.plain(http.StatusNotFound, "")
	}
}

// admit asks for a living token, and holds the limit.
func (v *Vendor) admit(c *call) bool {
	sent := c.r.Header.Get("Authorization")
	t := v.bearer(sent)
	caller, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		caller = c.r.RemoteAddr
	}
	if t != nil {
		caller = "user " + t.person
	}
	if ok, _, _ := v.calls.Take(caller, v.now()); !ok && v.switches.Is("rate_limit", "30/s") {
		c.w.Header().Set("Retry-After", "1")
		c.plain(http.StatusTooManyRequests, "")
		return false
	}
	switch {
	case t == nil && sent == "":
		c.w.Header().Set("WWW-Authenticate", "Bearer")
		c.plain(http.StatusUnauthorized, "")
		return false
	case t == nil:
		c.w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="The access token is not valid"`)
		c.plain(http.StatusUnauthorized, "")
		return false
	case !t.covers(fullAccess):
		c.w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
		c.plain(http.StatusForbidden, "")
		return false
	}
	c.person = t.person
	return true
}

// settle lets go who left long enough ago.
func (v *Vendor) settle() {
	for id, at := range v.leaving {
		if v.now().Sub(at) < v.deleteLag() {
			continue
		}
		delete(v.leaving, id)
		if u := v.state.get("users", id); u != nil {
			v.state.removeUser(u)
		}
	}
}

func (v *Vendor) deleteLag() time.Duration {
	if v.switches.Is("delete_lag", "0") {
		return 0
	}
	return 10 * time.Second
}

// known says whether a person is so long on the site that every service of the vendor has heard of it (0.5).
func (v *Vendor) known(user row) bool {
	made, err := twin.ParseStamp(text(user, "_made"))
	if err != nil { // a world's own
		return true
	}
	lag := time.Minute
	switch {
	case v.switches.Is("lag", "0"):
		return true
	case v.switches.Is("lag", "300"):
		lag = 5 * time.Minute
	}
	return v.now().Sub(made) >= lag
}
