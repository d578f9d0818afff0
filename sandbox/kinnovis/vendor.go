package kinnovis

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

const tokenPath = "/oauth/token" //nolint:gosec // a path

// Vendor is one faked Kinnovis account. It serves HTTP with the sandbox's vendor prefix already stripped.
type Vendor struct {
	now      func() time.Time
	switches *twin.Switches
	outbox   *twin.Outbox
	limits   []twin.Limiter

	mu      sync.Mutex
	tokens  []Token
	clients []Client
	secret  string // of webhooks that have none of their own
	state   state
	zones   map[string]*time.Location
	issued  map[string]token
	serial  int // of tokens, events and secrets
	replays map[string]replay
	seen    picture   // what was told last
	lastDay bool      // how move_out_day stood for it
	retries []attempt // of webhooks that failed
	ticked  time.Time // what fell due up to then is told
	due     time.Time // nothing falls due before; zero = not worked out
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options) (*Vendor, error) {
	speed := max(o.Speed, 1)
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), outbox: o.Outbox, tokens: w.Tokens, clients: w.Clients,
		secret: w.WebhookSecret, state: newState(), zones: map[string]*time.Location{}, issued: map[string]token{},
		replays: map[string]replay{}, ticked: o.Now(),
		limits: []twin.Limiter{{Max: 10 * speed, Window: time.Second}, {Max: 60 * speed, Window: time.Minute}},
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("kinnovis: %w", err)
	}
	made := o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)
	if err := (merging{v.state, o.Days, made, true}).apply(w); err != nil {
		return nil, err
	}
	v.look(v.ticked)
	return v, nil
}

// Patch merges records into the world, all or none, and sends the webhooks of what changed. Tokens and clients, if named, replace
// those that were.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tick()
	next := v.state.clone()
	if err := (merging{next, days, v.now(), false}).apply(w); err != nil {
		return err
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("kinnovis: %w", err)
	}
	v.relook()
	v.state = next
	if w.Tokens != nil {
		v.tokens = w.Tokens
	}
	if w.Clients != nil {
		v.clients = w.Clients
	}
	if w.WebhookSecret != "" {
		v.secret = w.WebhookSecret
	}
	v.settle(v.now())
	return nil
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// Records is every record as the API would show it now, with its readable id beside (`_as`).
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	w, out := v.view(v.now()), map[string][]map[string]any{}
	for _, c := range v.state.all {
		v.state.each(c.key, func(word string, r row) {
			shown := v.show(w, c, word, r)
			shown["_as"] = word
			out[c.key] = append(out[c.key], shown)
		})
	}
	return out
}

// ServeHTTP answers one request.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tick()
	c := &call{v: v, w: w, r: r}
	if r.URL.Path == tokenPath {
		v.serveToken(c)
		return
	}
	version, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !v.switches.Is("version", version) {
		c.fail(http.StatusNotFound, "Not Found.")
		return
	}
	if !v.identify(c) {
		c.fail(http.StatusUnauthorized, "Unauthenticated.")
		return
	}
	if v.allow(c) {
		v.route(c, rest)
	}
}

func (v *Vendor) route(c *call, rest string) {
	path, id, single := strings.Cut(rest, "/")
	i := slices.IndexFunc(v.state.all, func(of *collection) bool { return of.path == path })
	if i < 0 || strings.Contains(id, "/") || single && id == "" || path == "invoices" && v.switches.Is("invoices", "absent") {
		c.fail(http.StatusNotFound, "Not Found.")
		return
	}
	of, action := v.state.all[i], "read"
	get := c.r.Method == http.MethodGet
	post := c.r.Method == http.MethodPost && !single
	change := single && (c.r.Method == http.MethodPatch || c.r.Method == http.MethodDelete)
	if !get && !(of.key == "webhooks" && (post || change)) {
		c.fail(http.StatusMethodNotAllowed, "The "+c.r.Method+" method is not supported for this route.")
		return
	}
	if !get {
		action = "write"
	}
	switch {
	case !c.may(of.noun, action):
		c.fail(http.StatusForbidden, "This action is unauthorized.")
	case get && single:
		v.serveOne(c, of, id)
	case get:
		v.serveList(c, of)
	case post:
		v.register(c, of)
	default:
		v.changeHook(c, of, id)
	}
}
