package brivo

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Vendor is one faked Brivo account. It serves HTTP with the sandbox's vendor prefix already stripped.
type Vendor struct {
	now      func() time.Time
	switches *twin.Switches
	outbox   *twin.Outbox
	speed    int
	routes   []route

	mu       sync.Mutex
	account  row
	keys     []Key
	state    state
	qps      map[string]*twin.Limiter
	spent    map[string]month // by quota scope
	access   map[string]session
	refresh  map[string]session
	codes    map[string]session
	consents map[string]session // logins that have not answered the consent page
	serial   int                // of tokens, codes and events
	events   []event
	mails    []row
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), outbox: o.Outbox, speed: max(o.Speed, 1), routes: routes(),
		keys: w.Keys, state: newState(), qps: map[string]*twin.Limiter{}, spent: map[string]month{},
		access: map[string]session{}, refresh: map[string]session{}, codes: map[string]session{}, consents: map[string]session{},
		account: row{"id": 88_001.0, "name": "Acme", "region": "us", "passes": 50.0, "walletPasses": 0.0},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("brivo: %w", err)
	}
	maps.Copy(v.account, w.Account)
	v.state["schedules"].add(row{"name": alwaysName, "editable": false})
	m := &merging{state: v.state, days: o.Days, fresh: o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)}
	if err := m.apply(w); err != nil {
		return nil, err
	}
	return v, nil
}

// Patch merges records and sends the webhooks of what changed, as if an administrator had done it by hand. Dates are moved by
// days. Keys, if named, replace those that were. It changes all or nothing.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	m := &merging{state: v.state.clone(), days: days, fresh: v.now()}
	if err := m.apply(w); err != nil {
		return err
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("brivo: %w", err)
	}
	v.state = m.state
	if w.Keys != nil {
		v.keys = w.Keys
	}
	maps.Copy(v.account, w.Account)
	v.outbox.Send(v.announce(nil, m.done)...)
	return nil
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// Records is every record as it is now, and the mails that Brivo sent; keys, secrets and passwords stay in.
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := map[string][]map[string]any{"accounts": {twin.Clone(v.account)}}
	for name, t := range v.state {
		for _, r := range t.all(nil) {
			if name == "invitations" {
				r = v.aged(r)
			}
			out[name] = append(out[name], with(r, row{"password": nil, "secret": nil}))
		}
	}
	for _, m := range v.mails {
		out["mails"] = append(out["mails"], twin.Clone(m))
	}
	return out
}

// call is one request under way, with who makes it.
type call struct {
	v     *Vendor
	w     http.ResponseWriter
	r     *http.Request
	admin row
	ids   []int64 // what {id} stands for, in order
	text  string  // what {text} stands for
	done  []change
	said  []event
}

// The two hosts (1).
const (
	authHost = "auth"
	apiHost  = "api"
)

// ServeHTTP answers one request. The two hosts lie under /auth and /api; without that step the path tells which is meant. A
// request that bears the name of a real host is held to it, and to its region.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	c := &call{v: v, w: w, r: r}
	v.serve(c)
	hooks := append(v.announce(c.admin, c.done), v.deliveries(c.said)...)
	v.mu.Unlock()
	v.outbox.Send(hooks...)
}

func (v *Vendor) serve(c *call) {
	path, host := c.r.URL.EscapedPath(), ""
	for _, h := range []string{authHost, apiHost} {
		if rest, found := strings.CutPrefix(path, "/"+h+"/"); found {
			path, host = "/"+rest, h
			break
		}
	}
	named, region := realHost(c.r.Host)
	if host == "" {
		host = named
	}
	c.admin = nil
	elsewhere := region != "" && region != text(v.account, "region")
	switch {
	case named != "" && host != named:
		c.lost()
	case host != apiHost && strings.HasPrefix(path, "/oauth/"):
		v.serveAuth(c, path, elsewhere)
	case host != authHost && strings.HasPrefix(path, prefix):
		v.serveAPI(c, strings.TrimPrefix(path, prefix), elsewhere)
	case host == authHost:
		c.answer(http.StatusNotFound, row{"status": 404, "error": "Not Found", "message": "No message available", "path": path})
	default:
		c.lost()
	}
}

// realHost is which host and region a name of the table in 1 means.
func realHost(name string) (host, region string) {
	name, _, _ = strings.Cut(strings.ToLower(name), ":")
	for _, h := range []string{authHost, apiHost} {
		switch name {
		case h + ".brivo.com":
			return h, "us"
		case h + ".eu.brivo.com":
			return h, "eu"
		}
	}
	return "", ""
}

// prefix is before every path of the API (1).
const prefix = "/v1/api/"

// serveAPI goes through the gateway, the token and the rights, in this order (11).
func (v *Vendor) serveAPI(c *call, path string, elsewhere bool) {
	serve, left := v.match(c, path)
	if serve == nil && !left {
		c.lost()
		return
	}
	if !v.admit(c, true, elsewhere) {
		return
	}
	c.w.Header().Set("Brivo-Api-Version", "1.18.1-5")
	c.w.Header().Set("X-Application-Context", "onair-api")
	if c.admin = v.bearer(c.r); c.admin == nil {
		c.answer(http.StatusUnauthorized, row{"error": "invalid_token", "error_description": "Invalid access token"})
		return
	}
	if left {
		c.fail(http.StatusNotImplemented, "the sandbox does not fake "+c.r.Method+" "+path)
		return
	}
	serve(v, c)
}

// sees says whether an administrator may know of a group (5).
func (c *call) sees(group row) bool {
	if group == nil || flag(group, "hidden") {
		return false
	}
	return !c.assistant() || slices.Contains(groupsOf(c.admin), idOf(group["id"]))
}

func (c *call) assistant() bool { return text(c.admin, "identityType") == "ASSISTANT" }

// full refuses what an assistant administrator may not do.
func (c *call) full() bool {
	if c.assistant() {
		c.fail(http.StatusForbidden, "You are not allowed to perform that action")
		return false
	}
	return true
}
