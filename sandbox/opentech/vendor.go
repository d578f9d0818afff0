package opentech

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// perSecond is invented: no limit is published (vendors/opentech-kinnovis.md 2.5).
const perSecond = 30

// Vendor is one faked OpenTech. It serves HTTP with the sandbox's vendor prefix already stripped: /auth, /accesscontrol and
// /accessevent are the three services.
type Vendor struct {
	now      func() time.Time
	switches *twin.Switches
	calls    twin.Limiter

	mu           sync.Mutex
	applications []Application
	accounts     []account
	state        state
	tokens       map[string]token
	serial       int // of tokens
}

// account is a customer with its facilities found.
type account struct {
	Account

	sites map[int64]bool
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), applications: w.Applications, state: newState(),
		tokens: map[string]token{}, calls: twin.Limiter{Max: perSecond * max(o.Speed, 1), Window: time.Second},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("opentech: %w", err)
	}
	made := o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)
	if err := (merging{state: v.state, days: o.Days, fresh: made}).apply(w); err != nil {
		return nil, err
	}
	var err error
	v.accounts, err = v.state.settle(w.Accounts)
	return v, err
}

// settle finds the accounts' facilities; a facility belongs to one account (1.1), or to one of nobody here.
func (s state) settle(list []Account) ([]account, error) {
	owners, keys := map[int64]string{}, map[string]bool{}
	out := make([]account, 0, len(list))
	for i, a := range list {
		if a.ID == 0 {
			a.ID = int64(700 + i)
		}
		if keys[a.Key] {
			return nil, fmt.Errorf("opentech.accounts: two have the key of %q", a.Name)
		}
		keys[a.Key] = true
		one := account{a, map[int64]bool{}}
		for _, ref := range a.Facilities {
			id, err := s.find("facilities", ref, 0)
			if err != nil {
				return nil, fmt.Errorf("opentech.accounts: %w", err)
			}
			if other, taken := owners[id]; taken && other != a.Key {
				return nil, fmt.Errorf("opentech.accounts: facility %d is in two accounts", id)
			}
			owners[id], one.sites[id] = a.Key, true
		}
		out = append(out, one)
	}
	return out, nil
}

// Patch merges records into the world, all or none. Applications and accounts, if named, replace those that were.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	next := v.state.clone()
	m := merging{state: next, days: days, fresh: v.now(), gone: v.switches.Is("vacated_visitors", "gone"), live: true}
	if err := m.apply(w); err != nil {
		return err
	}
	accounts := v.accounts
	if w.Accounts != nil {
		var err error
		if accounts, err = next.settle(w.Accounts); err != nil {
			return err
		}
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("opentech: %w", err)
	}
	v.state, v.accounts = next, accounts
	if w.Applications != nil {
		v.applications = w.Applications
	}
	return nil
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// Records is every record as it is now, codes too; keys and secrets stay in.
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := map[string][]map[string]any{}
	for name, t := range v.state {
		for _, id := range t.order {
			out[name] = append(out[name], twin.Clone(t.rows[id]))
		}
	}
	for _, a := range v.accounts {
		out["accounts"] = append(out["accounts"], row{"id": a.ID, "name": a.Name, "facilities": a.Facilities})
	}
	return out
}

// call is one request under way, with the account it speaks for.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	rest    []string // the path after the service
	account *account
	site    int64 // the facility that the path names
}

// ServeHTTP answers one request.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	c := &call{w: w, r: r, rest: segments[1:]}
	switch segments[0] {
	case "auth":
		if len(c.rest) == 2 && c.rest[0] == "auth" && c.rest[1] == "token" {
			v.serveToken(c)
			return
		}
		c.missing()
	case "accesscontrol":
		if v.admit(c) && v.versioned(c, "2.0") {
			v.routeControl(c)
		}
	case "accessevent":
		if v.admit(c) {
			v.routeEvents(c)
		}
	default:
		c.missing()
	}
}

// admit asks for a living token, and holds the limit.
func (v *Vendor) admit(c *call) bool {
	c.account = v.bearer(c.r)
	caller, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		caller = c.r.RemoteAddr
	}
	if c.account != nil {
		caller = "account " + c.account.Key
	}
	if ok, _, _ := v.calls.Take(caller, v.now()); !ok && v.switches.Is("rate_limit", "30/s") {
		c.plain(http.StatusTooManyRequests, "Too many requests.")
		return false
	}
	if c.account == nil {
		c.w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		c.plain(http.StatusUnauthorized, "")
		return false
	}
	return true
}

// versioned asks for the api-version of a route (2.3).
func (v *Vendor) versioned(c *call, want string) bool {
	got := c.r.Header.Get("Api-Version")
	if got == want || v.switches.Is("api_version", "lenient") {
		return true
	}
	code, message := "UnsupportedApiVersion", "The api-version '"+got+"' is not supported here."
	if got == "" {
		code, message = "ApiVersionUnspecified", "An API version is required, but was not specified."
	}
	c.answer(http.StatusBadRequest, row{"error": row{"code": code, "message": message}})
	return false
}
