package scim

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
)

// Rate is what a server is asked at most unless the operator says otherwise; SCIM names no limit.
var Rate = wire.Rate{Calls: 5, Per: time.Second}

// batch is how many members go into one PATCH.
const batch = 50

// Authorize puts a bearer token on requests (RFC 7644 2, RFC 6750).
func Authorize(token string) wire.Authorizer { return wire.Static("Authorization", "Bearer "+token) }

// AuthorizeBasic puts a user's name and password on requests (RFC 7644 2, RFC 7617).
func AuthorizeBasic(user, password string) wire.Authorizer {
	return wire.Static("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
}

// Config is what a System needs. The client is made with Classify and with Authorize or AuthorizeBasic.
type Config struct {
	Client *wire.Client
	Base   string // the SCIM base URL of the client, such as https://id.example.com/scim/v2; it pins the tenant
	// Settle is how long a write may take to show: RFC 7644 promises nothing and the operator knows the server.
	Settle time.Duration
	Now    func() time.Time
	// Propagation is how long the server may take to tell the doors, as the operator knows it.
	Propagation time.Duration
	Habits      Habits // nil = a new process finds out again
}

// System is one SCIM service provider.
type System struct {
	client *wire.Client
	base   *url.URL
	shows  time.Duration // after a write, at the latest
	reach  time.Duration // from the server to the doors
	now    func() time.Time
	habits Habits

	mu       sync.Mutex
	provider *provider // as last read, nil = not yet
	roster   *roster   // every user, where they cannot be searched
	me       *self     // the account behind the credentials, nil = not asked yet
	learnt   learnt
	groups   map[string]bool // ids of groups that were listed, to tell a nested group whose type is not said
	hosts    map[string]bool // under which the server names its own resources
	writing  map[string]chan struct{}
}

var (
	_ door.System     = (*System)(nil)
	_ door.Rewritable = (*System)(nil)
	_ door.Clocked    = (*System)(nil)
	_ door.Examined   = (*System)(nil)
	_ door.Assuming   = (*System)(nil)
)

// New makes a System. Errors: Rejected.
func New(c Config) (*System, error) {
	if c.Client == nil || c.Now == nil {
		return nil, cardea.Errorf(cardea.Rejected, "a scim connection needs a client and a clock")
	}
	base, err := url.Parse(strings.TrimSpace(c.Base))
	if err != nil || base.Host == "" {
		return nil, cardea.Errorf(cardea.Rejected, "a scim connection needs base_url, such as https://id.example.com/scim/v2")
	}
	return &System{
		client: c.Client, base: base, shows: c.Settle, reach: c.Propagation, now: c.Now, habits: c.Habits,
		groups: map[string]bool{}, hosts: map[string]bool{}, writing: map[string]chan struct{}{},
	}, nil
}

// Limits implements door.System. A member of a group has no validity, and a user is made by userName, for which an
// e-mail address is taken. Users are not changed once they are made.
func (s *System) Limits() cardea.Limits {
	return cardea.Limits{
		Batch: batch, NeedsEmail: true, Settle: s.shows, Propagation: s.reach,
		Profile: []string{cardea.FieldFirst, cardea.FieldLast, cardea.FieldEmail, cardea.FieldPhone},
	}
}

// Skew implements door.Clocked.
func (s *System) Skew() (time.Duration, bool) { return s.client.Skew() }

// Describe implements door.System: GET /ServiceProviderConfig (RFC 7644 4), and /Me or one row of /Users to see whether
// the credentials hold. SCIM names no tenant, so that the organisation's ID is made of host and path of the base URL.
// Errors: Auth, Retry, Throttled, NotFound when there is no SCIM at the base URL.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	s.mu.Lock()
	s.provider, s.me = nil, nil // asked anew
	s.mu.Unlock()
	p, err := s.features(ctx)
	if err != nil {
		return cardea.Organisation{}, err
	}
	me, err := s.self(ctx)
	if err != nil {
		return cardea.Organisation{}, err
	}
	if me.id == "" { // the provider's configuration may be open to everybody: only a list proves the credentials
		if _, err := s.page(ctx, listing{path: "/Users"}, 1, 1); err != nil {
			if cardea.ClassOf(err) == cardea.NotFound {
				return cardea.Organisation{}, cardea.Errorf(cardea.NotFound, "there are no SCIM users under base_url %s; is it "+
					"really the base of a SCIM server? %w", s.place(), err)
			}
			return cardea.Organisation{}, err
		}
	}
	sum := sha256.Sum256([]byte(s.place()))
	out := cardea.Organisation{ID: "scim-" + hex.EncodeToString(sum[:10]), Name: p.name, Who: me.name}
	if out.Name == "" {
		out.Name = s.place()
	}
	out.Skew, _ = s.client.Skew()
	return out, nil
}

// place is host and path of the base URL, spelled in one way.
func (s *System) place() string {
	host := strings.ToLower(s.base.Hostname())
	if p := s.base.Port(); p != "" && (s.base.Scheme != "https" || p != "443") && (s.base.Scheme != "http" || p != "80") {
		host += ":" + p
	}
	return host + strings.TrimRight(s.base.EscapedPath(), "/")
}

// Assumed implements door.Assuming.
func (s *System) Assumed() []string {
	return []string{
		"SCIM names no tenant: host and path of base_url stand for it; two tenants under one base_url cannot be told apart.",
		"Members of a group come all at once: SCIM has no pages within a group, and a server that cuts the list short does not say so.",
		"A group that comes without members although they were asked for by its id is empty, when the server has shown members of " +
			"another group; where it never has, only an explicit empty list counts as empty.",
		"A server that shows no members at all but groups of its users shows all of them; only direct ones count. It has no groups " +
			"within groups, or takes only the member out that is to go.",
		"A member without type and $ref is a user, unless a group of that id was listed.",
		"A user without \"active\" is active; roles, entitlements and a userType that speak of administration or ownership make staff.",
		"A PATCH that was refused changed nothing (RFC 7644 3.5.2), and a server that says it supports ETags honours If-Match.",
		"No validity of a membership is held by the server: access ends when Cardea takes the member out, not while Cardea is down.",
	}
}

// turn keeps two changes of one group apart: whoever has put something in has the group. Waiting ends with the context.
func (s *System) turn(ctx context.Context, group string) (done func(), err error) {
	s.mu.Lock()
	one := s.writing[group]
	if one == nil {
		one = make(chan struct{}, 1)
		s.writing[group] = one
	}
	s.mu.Unlock()
	select {
	case one <- struct{}{}:
		return func() { <-one }, nil
	case <-ctx.Done():
		return nil, cardea.Errorf(cardea.Retry, "stopped while another change of the group was under way: %w", ctx.Err())
	}
}

// get reads one resource. Answers outside 2xx are there beside the error.
func (s *System) get(ctx context.Context, path string, query url.Values, out any) (wire.Answer, error) {
	ans, err := s.client.Do(ctx, wire.Call{
		Class: wire.Read, Method: http.MethodGet, Path: path, Query: query, Out: out, Header: http.Header{"Accept": {accepted}},
	})
	return ans, s.absent(ctx, path, err)
}
