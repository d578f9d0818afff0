package brivo

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Limits of Brivo that planning knows (vendors/brivo.md 4).
const (
	groupsPerUser = 16 // hidden groups count too
	batch         = 16 // entries of one Grant: those of one user go in one call
)

// Memory is where invitations are remembered, so that a person gets one and not two. Secrets in it are encrypted at rest.
type Memory interface {
	Recall(ctx context.Context, connection, kind string) ([]cardea.Kept, error)
	Remember(ctx context.Context, connection, kind string, k cardea.Kept) error
	Forget(ctx context.Context, connection, kind, id string) error
	// These keep in one step what others are told of it.
	RememberTelling(ctx context.Context, connection, kind string, k cardea.Kept, e cardea.Event) error
	ForgetTelling(ctx context.Context, connection, kind, id string, e cardea.Event) error
}

// Config is what a System needs. The client is made with Header and Classify.
type Config struct {
	Client     *wire.Client
	Connection string
	Settle     time.Duration // how long a write may take to show in lists; 0, as the sheet names no delay
	// Propagation is how long the cloud may take to tell the panels; the sheet only knows that there is such a time.
	Propagation time.Duration
	Now         func() time.Time
	// Passes says whether people get a Mobile Pass with their first entry; "" = PassesOff.
	Passes PassMode
	// PassesAfter says what becomes of a redeemed pass when nothing is granted any more; "" = PassesKeep.
	PassesAfter PassAfter
	Memory      Memory // needed unless Passes is off
	// HookSecrets returns the secrets of subscriptions that were made from here.
	HookSecrets func(ctx context.Context) ([]string, error)
	// ErrorEmail is whom Brivo writes to when a hook cannot be delivered; "" = the administrator behind the connection.
	ErrorEmail string
}

// System is one Brivo account.
type System struct {
	client *wire.Client
	c      Config

	mu     sync.Mutex
	seen   cardea.Organisation // as it was last shown
	staff  staff               // as last read whole
	book   addresses           // as last listed whole
	shorts map[int64]knownAs   // users that lists show without their address

	refusals map[cardea.AccountID]refusal // of invitations, lately
	halted   bar                          // a refusal of everybody's invitation

	counted map[cardea.AccountID]time.Time // when it was last read whole what they are in
	barred  map[cardea.Key]bar             // additions that Brivo refused, lately
	forbade struct {                       // changes that were refused with 403 since then
		at time.Time
		n  int
	}
}

var (
	_ door.System     = (*System)(nil)
	_ door.Clocked    = (*System)(nil)
	_ door.Rewritable = (*System)(nil)
	_ door.Examined   = (*System)(nil)
	_ door.Scheduled  = (*System)(nil)
	_ door.Assuming   = (*System)(nil)
	_ door.Hooked     = (*System)(nil)
	_ door.Hooks      = (*System)(nil)
	_ door.Passes     = (*System)(nil)
	_ door.Counting   = (*System)(nil)
)

// New makes a System. Errors: Rejected.
func New(c Config) (*System, error) {
	if c.Client == nil || c.Now == nil {
		return nil, cardea.Errorf(cardea.Rejected, "a brivo connection needs a client and a clock")
	}
	if err := c.passes(); err != nil {
		return nil, err
	}
	return &System{
		client: c.Client, c: c, shorts: map[int64]knownAs{}, refusals: map[cardea.AccountID]refusal{},
		counted: map[cardea.AccountID]time.Time{}, barred: map[cardea.Key]bar{},
	}, nil
}

// Limits implements door.System. Memberships have no dates. Brivo writes to people only when an invitation is sent.
func (s *System) Limits() cardea.Limits {
	return cardea.Limits{
		Batch: batch, GroupsPerPerson: groupsPerUser, SendsMail: s.c.Passes == PassesBrivoApp, Settle: s.c.Settle,
		Propagation: s.c.Propagation, SeedsGroups: true,
		Profile: []string{cardea.FieldFirst, cardea.FieldLast, cardea.FieldEmail, cardea.FieldPhone},
	}
}

// Skew implements door.Clocked.
func (s *System) Skew() (time.Duration, bool) { return s.client.Skew() }

// Counted implements door.Counting. The answer has the groups that the administrator sees; hidden ones count at Brivo too.
func (s *System) Counted(a cardea.AccountID) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counted[a]
}

// Describe implements door.System: GET /administrators/whoami, and GET /accounts for the tenant. An administrator who may not see
// the account stands for it. One who is given that right later was pinned as himself, and is not another organisation for it.
// Errors: Auth, Retry, Rejected.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	var me object.Fields
	if err := s.get(ctx, "/administrators/whoami", &me); err != nil {
		return cardea.Organisation{}, err
	}
	id, ok := me.LooseID("id")
	if !ok {
		return cardea.Organisation{}, cardea.Errorf(cardea.Rejected,
			"%s: /administrators/whoami has no id; is base_url really Brivo's?", s.client.Name())
	}
	out := cardea.Organisation{ID: "administrator:" + number(id)}
	out.Who, _ = me.Loose("username")
	if out.Who == "" {
		out.Who, _ = me.Loose("email")
	}
	account, name, err := s.tenant(ctx)
	if err != nil && !unseen(err) {
		return cardea.Organisation{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case account != 0:
		out.Was, out.ID, out.Name = out.ID, number(account), name
		s.seen = out
	case s.seen.Was == out.ID: // this administrator showed it before
		out.Was, out.ID, out.Name = s.seen.Was, s.seen.ID, s.seen.Name
	}
	out.Skew, _ = s.client.Skew()
	return out, nil
}

// tenant is the one account that the administrator sees; 0 when there are several, or none.
func (s *System) tenant(ctx context.Context) (int64, string, error) {
	var raw json.RawMessage
	if err := s.get(ctx, "/accounts", &raw); err != nil {
		return 0, "", err
	}
	var rows []object.Fields
	var one object.Fields
	switch {
	case json.Unmarshal(raw, &rows) == nil:
	case json.Unmarshal(raw, &one) == nil && one.Has("data"):
		rows, _ = one.Objects("data")
	default:
		rows = []object.Fields{one}
	}
	if len(rows) != 1 {
		return 0, "", nil
	}
	id, _ := rows[0].LooseID("id")
	name, _ := rows[0].Loose("name")
	return id, name, nil
}

// unseen says whether an answer means that the administrator may not see something, or that it is not there; not that the
// credentials are wrong.
func unseen(err error) bool {
	return cardea.ClassOf(err) == cardea.NotFound || cardea.ClassOf(err) == cardea.Rejected || isForbidden(err)
}

// Assumed implements door.Assuming: what the package comment marks with I, and what the sheet does not know.
func (s *System) Assumed() []string {
	return []string{
		"An administrator who sees one account stands for that account; one who sees none, or several, for himself.",
		"A user who has an administrator's e-mail address is staff: nothing else joins users and administrators.",
		"A row of a list of users without created and emails shows less than the user: it is read by id.",
		"The first e-mail address of a user is his; for finding somebody all of them count.",
		"Adding a member again, and removing one who is none, are successes.",
		"A change of an address or a phone number is sent with all others of the user: lists are replaced whole.",
		"Groups that the administrator behind the connection cannot see count towards the 16 of a user.",
		"A schedule is around the clock when it is called 24x7 or Always Access.",
		"Hooks are not signed: the address holds a secret, and nothing that a hook says is believed.",
		"A second invitation can be made once the first one is redeemed, expired or cancelled.",
	}
}

func (s *System) get(ctx context.Context, path string, out any) error {
	err := s.do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Out: out})
	return err
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

// vendorID turns one of our ids back into Brivo's.
func vendorID(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || number(n) != id {
		return 0, cardea.Errorf(cardea.Rejected, "%q is no id of Brivo: want a positive number", id)
	}
	return n, nil
}
