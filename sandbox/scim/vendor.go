package scim

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// perSecond is how many requests a token may make in a second; the RFCs know no limit.
const perSecond = 5

// Vendor is one faked SCIM server. It serves HTTP with the sandbox's vendor prefix already stripped: paths begin with /v2.
type Vendor struct {
	now      func() time.Time
	switches *twin.Switches
	calls    twin.Limiter

	mu     sync.Mutex
	name   string
	tokens []Token
	basic  *Basic
	state  *state
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), name: w.Name, tokens: w.Tokens, basic: w.Basic, state: newState(),
		calls: twin.Limiter{Max: perSecond * max(o.Speed, 1), Window: time.Second},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("scim: %w", err)
	}
	made := o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)
	if err := v.state.merge(w, o.Days, made, false); err != nil {
		return nil, err
	}
	if err := v.state.checkTokens(v.tokens); err != nil {
		return nil, err
	}
	return v, nil
}

// Patch merges records. Dates are moved by days. It changes all or nothing.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	next, tokens := v.state.clone(), v.tokens
	if w.Tokens != nil {
		tokens = w.Tokens
	}
	if err := next.merge(w, days, v.now().UTC(), v.switches.Is("deleted_member", "stays")); err != nil {
		return err
	}
	if err := next.checkTokens(tokens); err != nil {
		return err
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("scim: %w", err)
	}
	v.state, v.tokens = next, tokens
	if w.Basic != nil {
		v.basic = w.Basic
	}
	if w.Name != "" {
		v.name = w.Name
	}
	return nil
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// call is one request under way, with who makes it.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	admin bool
	user  string // whom the token stands for, as the world file names them; "" = nobody
	rest  []string
}

// ServeHTTP answers one request.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := &call{w: w, r: r}
	caller, known := v.whoCalls(c)
	if ok, _, reset := v.calls.Take(caller, v.now()); !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int((reset+time.Second-1)/time.Second)))
		c.fail(refuse(http.StatusTooManyRequests, "", "too many requests"))
		return
	}
	if !known {
		v.challenge(c)
		return
	}
	if !acceptable(r) {
		c.fail(refuse(http.StatusNotAcceptable, "", "answers are %s", scimType))
		return
	}
	path, below := strings.CutPrefix(r.URL.Path, "/v2/")
	if !below {
		c.fail(missing())
		return
	}
	c.rest = strings.Split(strings.TrimSuffix(path, "/"), "/")
	if err := v.route(c); err != nil {
		c.fail(err)
	}
}

// whoCalls finds who calls (RFC 7644 2): a bearer token, or a user and password.
func (v *Vendor) whoCalls(c *call) (caller string, known bool) {
	scheme, secret, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		for i, t := range v.tokens {
			if equal(t.Secret, secret) {
				c.admin, c.user = t.Admin, t.User
				return "token " + strconv.Itoa(i), true
			}
		}
	}
	user, password, given := c.r.BasicAuth()
	if given && v.basic != nil && equal(user, v.basic.User) && equal(password, v.basic.Password) {
		c.admin = true
		return "user " + user, true
	}
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		host = c.r.RemoteAddr
	}
	return "address " + host, false
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// challenge is a 401 with what would be taken (RFC 7644 2, RFC 6750 3).
func (v *Vendor) challenge(c *call) {
	how := `Bearer realm="scim"`
	if c.r.Header.Get("Authorization") != "" {
		how += `, error="invalid_token"`
	}
	c.w.Header().Add("WWW-Authenticate", how)
	if v.basic != nil {
		c.w.Header().Add("WWW-Authenticate", `Basic realm="scim"`)
	}
	c.fail(refuse(http.StatusUnauthorized, "", "authorization is missing or is not valid"))
}
