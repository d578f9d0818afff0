package saltoks

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire"
)

// batch is how many entries one Grant or Revoke takes: those of one group go in one call. How many one call may hold is not
// known.
const batch = 50

// Config is what a System needs. The client is made with Classify.
type Config struct {
	Client *wire.Client
	// Site is the site's id, its UID or its name; "" = the only one that the login sees.
	Site        string
	Settle      time.Duration // how long a write may take to show in lists; 0 = Settle
	Propagation time.Duration // from the cloud to the doors; 0 = Propagation
	Now         func() time.Time
}

// System is one site of Salto KS.
type System struct {
	client *wire.Client
	c      Config

	mu    sync.Mutex
	place site  // once it was found
	staff staff // as last read whole
	book  book  // as last listed whole
	role  string
	made  map[cardea.AccountID]time.Time // accounts that were made here lately
	blind map[string]time.Time           // addresses of accounts that may have been made lately
}

var (
	_ door.System    = (*System)(nil)
	_ door.Clocked   = (*System)(nil)
	_ door.Examined  = (*System)(nil)
	_ door.Assuming  = (*System)(nil)
	_ door.Scheduled = (*System)(nil)
	_ door.Polled    = (*System)(nil)
)

// New makes a System. Errors: Rejected.
func New(c Config) (*System, error) {
	if c.Client == nil || c.Now == nil {
		return nil, cardea.Errorf(cardea.Rejected, "a saltoks connection needs a client and a clock")
	}
	if c.Settle == 0 {
		c.Settle = Settle
	}
	if c.Propagation == 0 {
		c.Propagation = Propagation
	}
	return &System{
		client: c.Client, c: c, made: map[cardea.AccountID]time.Time{}, blind: map[string]time.Time{},
	}, nil
}

// Limits implements door.System. Memberships have no dates. Whoever is made with an e-mail address is invited at once, so that
// accounts are made when access begins; without an address nobody could be found again.
func (s *System) Limits() cardea.Limits {
	return cardea.Limits{
		Batch: batch, NeedsEmail: true, InvitesOnCreate: true, SendsMail: true, Settle: s.c.Settle, Propagation: s.c.Propagation,
		SeedsGroups: true, ByGroup: true,
	}
}

// Skew implements door.Clocked.
func (s *System) Skew() (time.Duration, bool) { return s.client.Skew() }

// Describe implements door.System: the site, and who we are. Errors: Auth, Retry, Rejected when no site is chosen and the
// login sees several, or none; it names them.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	at, err := s.site(ctx)
	if err != nil {
		return cardea.Organisation{}, err
	}
	f, err := s.get(ctx, at.path(v12, ""))
	if err != nil {
		return cardea.Organisation{}, err
	}
	if id, ok := guid(f, "id"); !ok || id != at.id {
		return cardea.Organisation{}, cardea.Errorf(cardea.Rejected, "%s: site %s was asked for and another one came", s.client.Name(), at.id)
	}
	name, _ := text(f, "customer_reference")
	me, err := s.get(ctx, v12+"/me")
	if err != nil {
		return cardea.Organisation{}, err
	}
	out := cardea.Organisation{ID: at.id, Name: name}
	if out.Who, _ = text(me, "email"); out.Who == "" {
		out.Who, _ = text(me, "id")
	}
	out.Skew, _ = s.client.Skew()
	return out, nil
}

// Assumed implements door.Assuming: what the package comment marks with I, and what the sheet does not know.
func (s *System) Assumed() []string {
	return []string{
		"A person's platform id stays the same for as long as the person is on the site.",
		"A group is read from the list of groups; that it can be read by its id is not known.",
		"A list without a count that names no next page is whole; one that neither links nor counts is asked for more until it is empty.",
		"The bulk change of a group's members answers with any 2xx; when it is refused nothing of it was done, and it is done one by one.",
		"Adding a member again, and removing one who is none, are successes, whatever is answered: the list of members decides.",
		"A person who was made just now may be unknown to groups for about a minute; that passes.",
		"A person who was made shows among the site's users at once, or within a quarter of a minute.",
		"A second account with an address that is there already is refused or must not be made: it is looked for first.",
		"A change that is not permitted (2203) to a login that can read the group is about that one person.",
		"A group or person is gone only when the site itself can be read; else the login has lost the site.",
		"Whoever has no seat is made all the same, suspended: that is measured for guests alone.",
		"An address in angle brackets at the end of an alias is that person's, where the address field is empty.",
		"Roles above Site User, and the site's owner, are staff; guests that were let in at Salto are treated like staff.",
		"A user whose roles do not show is taken for staff until they do: they may be missing for a moment.",
		"Several time schedules of a group add up; one with dates is never around the clock.",
		"Names and addresses of a user cannot be changed here: that they can be is not known.",
		"Entries of the door log come newest first when they are asked for in that order.",
	}
}
