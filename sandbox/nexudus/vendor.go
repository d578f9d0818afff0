package nexudus

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Vendor is one faked Nexudus account. It serves HTTP with the sandbox's vendor prefix already stripped: /api is
// https://spaces.nexudus.com/api, /portal is https://{subdomain}.spaces.nexudus.com.
type Vendor struct {
	now          func() time.Time
	switches     *twin.Switches
	outbox       *twin.Outbox
	fetch        Fetch
	newer, older limits

	mu        sync.Mutex
	users     []User
	secret    string // of webhooks
	acs       []integration
	state     state
	tokens    map[string]token
	refreshes map[string]refresh // by client id
	serial    int                // of tokens
	ticked    time.Time          // what fell due up to then is done
	due       time.Time          // nothing falls due before; zero = not worked out
}

// New builds the vendor. The world is not changed.
func New(w *World, o twin.Options, fetch Fetch) (*Vendor, error) {
	speed := max(o.Speed, 1)
	v := &Vendor{
		now: o.Now, switches: twin.NewSwitches(switches()), outbox: o.Outbox, fetch: fetch, newer: newer(speed), older: older(speed),
		users: w.Users, secret: w.WebhookSecret, state: newState(entities()), tokens: map[string]token{},
		refreshes: map[string]refresh{}, ticked: o.Now(),
	}
	if v.fetch == nil {
		v.fetch = getGroups
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return nil, fmt.Errorf("nexudus: %w", err)
	}
	made := o.Anchor.AddDate(0, 0, -60).Add(9 * time.Hour)
	if err := (merging{v.state.edit(worldUser, made), o.Days, true}).apply(w); err != nil {
		return nil, err
	}
	var err error
	v.acs, err = v.integrations(v.state, w.ACS)
	return v, err
}

// Patch merges records into the world, all or none, and sends the webhooks and pushes of what changed. Users and acs, if named,
// replace those that were.
func (v *Vendor) Patch(w *World, days int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tick()
	next := v.state.clone()
	x := next.edit(worldUser, v.now())
	if err := (merging{x, days, false}).apply(w); err != nil {
		return err
	}
	acs := v.acs
	if w.ACS != nil {
		var err error
		if acs, err = v.integrations(next, w.ACS); err != nil {
			return err
		}
	}
	if err := v.switches.Set(w.Switches); err != nil {
		return fmt.Errorf("nexudus: %w", err)
	}
	v.state, v.acs = next, acs
	if w.Users != nil {
		v.users = w.Users
	}
	if w.WebhookSecret != "" {
		v.secret = w.WebhookSecret
	}
	v.settle(x)
	return nil
}

// Switches returns the switches, to list and to set.
func (v *Vendor) Switches() *twin.Switches { return v.switches }

// Records is every record as GET by id would show it now, with its readable id beside (`_as`). Secrets of coworkers stay in.
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	w, out := v.view(), map[string][]map[string]any{}
	for _, e := range v.state.cs.all {
		w.s.each(e.key, func(r row) {
			shown := w.full(e, r)
			for _, name := range words("AccessPincode DoordeckPrivateKey SaltoV2AccessToken") {
				delete(shown, name)
			}
			shown["_as"] = v.state.t[e.key].names[idOf(r["Id"])]
			out[e.key] = append(out[e.key], shown)
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
	rest, admin := strings.CutPrefix(r.URL.Path, "/api/")
	switch {
	case r.URL.Path == "/api/token":
		v.serveToken(c)
	case strings.HasPrefix(r.URL.Path, "/portal/"):
		v.servePortal(c, strings.TrimPrefix(r.URL.Path, "/portal/"))
	case !admin:
		c.fail(http.StatusNotFound, "The resource cannot be found.")
	default:
		v.serveAdmin(c, rest)
	}
}

func (v *Vendor) serveAdmin(c *call, rest string) {
	if c.user = v.caller(c.r); c.user == nil || c.user.Member {
		c.fail(http.StatusUnauthorized, "Authorization has been denied for this request.")
		return
	}
	if !v.allow(c, false) {
		return
	}
	if rest == "utils/enums" {
		v.serveEnum(c)
		return
	}
	parts := strings.SplitN(rest, "/", 3)
	if len(parts) < 2 {
		c.fail(http.StatusNotFound, "The resource cannot be found.")
		return
	}
	e := v.state.cs.at(parts[0] + "/" + parts[1])
	switch {
	case e == nil && unfaked(parts[1]):
		c.fail(http.StatusNotImplemented, "the sandbox does not fake "+rest)
	case e == nil:
		c.fail(http.StatusNotFound, "The resource cannot be found.")
	case len(parts) == 2:
		v.routeCollection(c, e)
	default:
		v.routeRecord(c, e, parts[2])
	}
}

// unfaked names collections that the vendor has and the sandbox has not (2.1).
func unfaked(key string) bool {
	switch key {
	case "users", "accesstokens", "extraservices", "coworkerinvoicelines", "coworkersettings", "checkin":
		return true
	}
	return false
}

// permitted answers 401 when the caller lacks a role: it looks like a bad token (1.6).
func (c *call) permitted(e *entity, what string) bool {
	if c.user.may(e, what) {
		return true
	}
	c.fail(http.StatusUnauthorized, "Authorization has been denied for this request.")
	return false
}

func (v *Vendor) routeCollection(c *call, e *entity) {
	switch c.r.Method {
	case http.MethodGet:
		if c.permitted(e, "List") {
			v.serveList(c, e)
		}
	case http.MethodPost:
		if v.takes(c, e, "c") && c.permitted(e, "Create") {
			v.serveCreate(c, e)
		}
	case http.MethodPut:
		if v.takes(c, e, "u") && c.permitted(e, "Edit") {
			v.serveUpdate(c, e, 0)
		}
	default:
		c.fail(http.StatusMethodNotAllowed, "The requested resource does not support http method '"+c.r.Method+"'.")
	}
}

func (v *Vendor) takes(c *call, e *entity, op string) bool {
	if strings.Contains(e.ops, op) {
		return true
	}
	c.fail(http.StatusMethodNotAllowed, "The requested resource does not support http method '"+c.r.Method+"'.")
	return false
}

func (v *Vendor) routeRecord(c *call, e *entity, rest string) {
	id, err := strconv.ParseInt(rest, 10, 64)
	method := c.r.Method
	switch {
	case rest == "" && method == http.MethodGet && c.r.URL.Query().Has("id"):
		if c.permitted(e, "Read") {
			v.serveMany(c, e, c.r.URL.Query().Get("id"))
		}
	case rest == "":
		v.routeCollection(c, e)
	case rest == "commands" && method == http.MethodGet:
		if c.permitted(e, "List") {
			c.reply(commands(e))
		}
	case rest == "runcommand" && method == http.MethodPost:
		role := "Update"
		if v.switches.Is("command_role", "Edit") {
			role = "Edit"
		}
		if c.permitted(e, role) {
			v.serveCommand(c, e)
		}
	case err != nil:
		c.fail(http.StatusNotFound, "The resource cannot be found.")
	case method == http.MethodGet:
		if c.permitted(e, "Read") {
			v.serveOne(c, e, id)
		}
	case method == http.MethodDelete:
		if v.takes(c, e, "d") && c.permitted(e, "Delete") {
			v.serveDelete(c, e, id)
		}
	case method == http.MethodPut && e.key == "webhooks" && v.switches.Is("put_by_id", "partial"):
		if c.permitted(e, "Edit") {
			v.serveUpdate(c, e, id)
		}
	default:
		c.fail(http.StatusMethodNotAllowed, "The requested resource does not support http method '"+method+"'.")
	}
}

func (v *Vendor) serveOne(c *call, e *entity, id int64) {
	r := v.state.t[e.key].rows[id]
	if r == nil {
		c.fail(http.StatusNotFound, e.name+" "+digits(id)+" was not found.")
		return
	}
	c.reply(v.view().full(e, r))
}
