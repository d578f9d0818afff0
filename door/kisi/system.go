package kisi

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Production is the vendor's own host (vendors/kisi.md 1.1).
const Production = "https://api.kisi.io"

// Rate is the published limit of one Kisi user (vendors/kisi.md 1.3).
var Rate = wire.Rate{Calls: 5, Per: time.Second}

// Header returns what Kisi wants to see on every request (vendors/kisi.md 1.1, 1.2), for wire.Config.
func Header() http.Header {
	return http.Header{
		"Accept":                        {"application/json"},
		"Content-Type":                  {"application/json"},
		"X-Kisi-Integration-Identifier": {"Cardea"},
	}
}

// Authorize puts an API key on requests (vendors/kisi.md 1.2).
func Authorize(key string) wire.Authorizer { return wire.Static("Authorization", "KISI-LOGIN "+key) }

// Config is what a System needs. The client is made with Header, Classify and Authorize.
type Config struct {
	Client *wire.Client
	// Propagation is how long the cloud may take to tell the doors, as the operator knows it.
	Propagation time.Duration

	Settle time.Duration // how long a write may take to show in lists; 0, as the sheet names no delay
	Now    func() time.Time
	// HookSecret signs webhooks that somebody registered by hand, HookSecrets returns those of webhooks registered from here.
	HookSecret  string
	HookSecrets func(ctx context.Context) ([]string, error)
}

// System is one Kisi organisation.
type System struct {
	client *wire.Client
	settle time.Duration
	reach  time.Duration // from the cloud to the doors
	now    func() time.Time
	hooks  struct {
		secret  string
		secrets func(ctx context.Context) ([]string, error)
	}

	mu    sync.Mutex
	staff staff // as last read whole
}

var (
	_ door.System     = (*System)(nil)
	_ door.Clocked    = (*System)(nil)
	_ door.Timed      = (*System)(nil)
	_ door.Rewritable = (*System)(nil)
	_ door.Examined   = (*System)(nil)
	_ door.Scheduled  = (*System)(nil)
	_ door.Assuming   = (*System)(nil)
	_ door.Hooked     = (*System)(nil)
	_ door.Hooks      = (*System)(nil)
)

// New makes a System. Errors: Rejected.
func New(c Config) (*System, error) {
	if c.Client == nil || c.Now == nil {
		return nil, cardea.Errorf(cardea.Rejected, "a kisi connection needs a client and a clock")
	}
	s := &System{client: c.Client, settle: c.Settle, reach: c.Propagation, now: c.Now}
	s.hooks.secret, s.hooks.secrets = c.HookSecret, c.HookSecrets
	return s, nil
}

// Limits implements door.System. Kisi holds one assignment, and so one window, for each user and group; the e-mail
// address of a user cannot be changed, and of the profile Kisi keeps nothing else than the name.
func (s *System) Limits() cardea.Limits {
	return cardea.Limits{
		Batch: 1, Timed: true, WindowsPerEdge: 1, NeedsEmail: true, SendsMail: true, Settle: s.settle, Propagation: s.reach,
		Profile: []string{cardea.FieldFirst, cardea.FieldLast},
	}
}

// Skew implements door.Clocked.
func (s *System) Skew() (time.Duration, bool) { return s.client.Skew() }

// Describe implements door.System: GET /organization and GET /user. Errors: Auth, Retry, Rejected.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	var org, me object.Fields
	if err := s.get(ctx, "/organization", &org); err != nil {
		return cardea.Organisation{}, err
	}
	id, ok := org.ID("id")
	if !ok {
		return cardea.Organisation{}, cardea.Errorf(cardea.Rejected,
			"%s: /organization has no id; is base_url really Kisi's?", s.client.Name())
	}
	if err := s.get(ctx, "/user", &me); err != nil {
		return cardea.Organisation{}, err
	}
	out := cardea.Organisation{ID: number(id)}
	out.Name, _ = org.Text("name")
	out.Who, _ = me.Text("email")
	if out.Who == "" {
		out.Who, _ = me.Text("name")
	}
	out.Skew, _ = s.client.Skew()
	return out, nil
}

// Assumed implements door.Assuming: what the package comment marks with I, and what is documented and never seen.
func (s *System) Assumed() []string {
	return []string{
		"The validity of a role assignment is kept as it was given when it is made; the vendor's echo is compared each time.",
		"Changing a role assignment in place does not work: its documentation is broken. A window changes by delete and create.",
		"Whoever holds any role on the organisation or a place, or manages a group, is staff: ids of roles are not documented.",
		"A search for an e-mail address may bring other people, and is compared again.",
		"The role assignments of a group or user that does not exist are an empty list.",
		"Expired role assignments are kept until somebody takes them away; one that Kisi took away is simply not there any more.",
		"A user without the field access_enabled or scim_access_enabled is enabled.",
		"A change that is forbidden to a key whose user holds a managing role is about that one user or group.",
		"The rows of a team's members name their user in member_type and member_id.",
	}
}

func (s *System) get(ctx context.Context, path string, out any) error {
	_, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Out: out})
	return s.absent(ctx, path, err)
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

// vendorID turns one of our ids back into Kisi's. Teams and guests have none that could be written to.
func vendorID(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || number(n) != id {
		return 0, cardea.Errorf(cardea.Rejected, "%q is no id of Kisi: want a positive number", id)
	}
	return n, nil
}
