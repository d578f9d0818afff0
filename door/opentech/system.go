package opentech

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
)

// Memory is what a connector keeps between runs. The store satisfies it.
type Memory interface {
	// Recall returns everything of a kind.
	Recall(ctx context.Context, connection, kind string) ([]cardea.Kept, error)
	// Remember inserts, or replaces by ID.
	Remember(ctx context.Context, connection, kind string, k cardea.Kept) error
	// Forget takes away; what is absent is a success.
	Forget(ctx context.Context, connection, kind, id string) error
}

// Config is what a System needs. The client is made with Header, Classify and wire.PasswordGrant.
type Config struct {
	Client     *wire.Client
	Memory     Memory
	Connection string // under which Memory keeps
	// Facility is the facility's id or its property number; "id:123" says that the id is meant.
	Facility string
	// TimeGroup and Profile are what a visitor gets whose unit names none: names or ids; "" leaves it to the vendor.
	TimeGroup, Profile string
	// PortalVisitors makes every access profile a group, whose members are visitors without a unit.
	PortalVisitors bool
	// Settle is how long a write may take to show; 0, as nothing names a delay of what the API shows.
	Settle time.Duration
	// Propagation is how long the cloud may take to tell the gate, as the operator knows it.
	Propagation time.Duration

	CodeLength int       // digits of a code, 4 to 10; 0 = 8
	Rand       io.Reader // where codes come from; nil = crypto/rand
	Now        func() time.Time
	Hooks      Hooks
}

const (
	defaultCode = 8
	minCode     = 4
	maxCode     = 10
)

// System is one facility.
type System struct {
	c      Config
	client *wire.Client
	turns  turns // one write at a time for each group

	mu       sync.Mutex              // protects what follows
	facility facility                // as resolved; id 0 = not yet
	units    *units                  // as last listed
	added    map[cardea.GroupID]unit // made since
	shown    codes                   // codes that the vendor showed
	people   *people                 // accounts that we made
	lately   *crowds                 // accounts at the vendor, for finding people
	lists    map[string]names

	certificates map[string]*x509.Certificate // of Amazon's, by address
}

var (
	_ door.System     = (*System)(nil)
	_ door.Clocked    = (*System)(nil)
	_ door.Units      = (*System)(nil)
	_ door.Lockable   = (*System)(nil)
	_ door.Profiled   = (*System)(nil)
	_ door.Rewritable = (*System)(nil)
	_ door.Explains   = (*System)(nil)
	_ door.Examined   = (*System)(nil)
	_ door.Assuming   = (*System)(nil)
	_ door.Coded      = (*System)(nil)
	_ door.Hooked     = (*System)(nil)
)

// New makes a System. Errors: Rejected.
func New(c Config) (*System, error) {
	if c.Client == nil || c.Now == nil || c.Memory == nil {
		return nil, cardea.Errorf(cardea.Rejected, "an opentech connection needs a client, a memory and a clock")
	}
	if c.Facility = trim(c.Facility); c.Facility == "" {
		return nil, cardea.Errorf(cardea.Rejected,
			"an opentech connection needs its facility: the id or the property number (Control Center: Configuration, General)")
	}
	if c.CodeLength == 0 {
		c.CodeLength = defaultCode
	}
	if c.CodeLength < minCode || c.CodeLength > maxCode {
		return nil, cardea.Errorf(cardea.Rejected, "a code has %d to %d digits, not %d", minCode, maxCode, c.CodeLength)
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Connection == "" {
		c.Connection = c.Client.Name()
	}
	return &System{c: c, client: c.Client}, nil
}

// Limits implements door.System. A person is kept on each of their edges, and an address is not needed. How long a change
// takes to the controller at the gate is not published.
func (s *System) Limits() cardea.Limits {
	return cardea.Limits{Batch: 20, NamesEdges: true, Locks: true, Profile: profile(), Settle: s.c.Settle, Propagation: s.c.Propagation}
}

// Skew implements door.Clocked.
func (s *System) Skew() (time.Duration, bool) { return s.client.Skew() }

// Describe implements door.System: the facility, and the account that owns it where the vendor says so. Errors: NotFound
// when the facility is not there or not visible to these credentials; Auth, Retry, Rejected.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	f, err := s.resolve(ctx)
	if err != nil {
		return cardea.Organisation{}, err
	}
	out := cardea.Organisation{ID: number(f.id), Name: f.name}
	out.Who = s.owner(ctx, f.id)
	out.Skew, _ = s.client.Skew()
	return out, nil
}

// WhyNoGroup implements door.Explains: an access profile is no group before the connection says so.
func (s *System) WhyNoGroup(name string) string {
	if s.c.PortalVisitors || !strings.HasPrefix(fold(name), profilePrefix) {
		return ""
	}
	return "portal_visitors: true is needed in the settings of connection " + s.client.Name() + ", which makes access profiles groups"
}

// Assumed implements door.Assuming.
func (s *System) Assumed() []string {
	return []string{
		"A list that arrives as a whole JSON array is the whole list: the vendor's lists are neither counted nor paged.",
		"expires_in of a token counts seconds.",
		"A visitor that shows neither isEnabled nor isLockedOut is enabled.",
		"extendedData of a visitor may not be shown again, and neither may the code: Cardea keeps its own copies.",
		"A unit's number cannot be changed: a rename makes a new unit, moves the visitors, the tenant last, and takes the old unit away.",
		"An update of a visitor changes only the fields that are sent.",
		"Enabling a unit may enable its visitors too: those that were off before are switched off again.",
		"Visitors that stay listed on a unit after it was vacated pass no more.",
	}
}

func (s *System) now() cardea.Instant { return cardea.At(s.c.Now()) }

// get reads one thing.
func (s *System) get(ctx context.Context, path string, out any) error {
	_, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Out: out})
	return s.absent(ctx, path, err)
}

// post writes. Even a write without a body says what it would be: the vendor's framework is picky about it
// (vendors/opentech-kinnovis.md 2.3).
func (s *System) post(ctx context.Context, path string, body any) (wire.Answer, error) {
	ans, err := s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: path, Body: body,
		Header: http.Header{"Content-Type": {"application/json"}},
	})
	return ans, s.absent(ctx, path, err)
}

// act does one of the writes that may be repeated: disable, enable, vacate, remove. That it is so already, as a 409 or as a
// 400 that says "already", is a success (vendors/opentech-kinnovis.md 2.4).
func (s *System) act(ctx context.Context, path string) error {
	if ans, err := s.post(ctx, path, nil); err != nil && !isSo(ans, err) {
		return err
	}
	return nil
}

// isSo says whether an answer means that it is so already. What is "in use" is in the way of it.
func isSo(ans wire.Answer, err error) bool {
	return cardea.ClassOf(err) == cardea.Conflict &&
		(ans.Status == http.StatusConflict || strings.Contains(strings.ToLower(complaints(ans.Body).text), "already"))
}

func number(id int64) string { return strconv.FormatInt(id, 10) }
