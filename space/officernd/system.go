package officernd

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
)

// Config is what a System needs.
type Config struct {
	// Client speaks to Hosts.API, with Classify, and a token for Scopes from Hosts.Token.
	Client *wire.Client
	// Org is the organisation's slug: the text after /admin/ in the vendor's own pages.
	Org string
	// Account names the credentials for people: the client id.
	Account string
	// HookSecret is the webhook's secret; empty = no hook is believed.
	HookSecret string
	// HookSecrets, if any, returns further ones: those of webhooks that were registered from here.
	HookSecrets func(ctx context.Context) ([]string, error)
	// Registrar, if any, may write webhooks: its token is for HookScopes, and it is not read-only. No other call goes through it.
	Registrar *wire.Client
	Now       func() time.Time
}

// System is one OfficeRnD organisation. It may be used by many goroutines.
type System struct {
	client  *wire.Client
	org     string
	account string
	secret  []byte
	now     func() time.Time

	hookSecrets func(ctx context.Context) ([]string, error)
	registrar   *wire.Client
}

var (
	_ space.System   = (*System)(nil)
	_ space.Hooked   = (*System)(nil)
	_ space.Hooks    = (*System)(nil)
	_ space.Lacking  = (*System)(nil)
	_ space.Assuming = (*System)(nil)
)

// New checks the configuration. Errors: Rejected.
func New(c Config) (*System, error) {
	switch {
	case c.Client == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the OfficeRnD connection has no client")
	case c.Now == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the OfficeRnD connection has no clock")
	}
	if err := checkOrg(c.Org); err != nil {
		return nil, err
	}
	return &System{
		client: c.Client, org: c.Org, account: c.Account, secret: []byte(c.HookSecret), now: c.Now,
		hookSecrets: c.HookSecrets, registrar: c.Registrar,
	}, nil
}

// Describe reads one page of locations, which proves address, credentials and organisation. The organisation is named by
// its slug: API v2 shows neither its id nor its name, and the older API wants a scope that would spoil the token request
// of an application without it (vendors/officernd.md 1.1, 1.2). A pin must not depend on which of the two answers.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	answer, err := s.get(ctx, "/locations", url.Values{"$limit": {"1"}})
	if err != nil {
		return cardea.Organisation{}, err
	}
	if _, err := decodePage(answer.Body); err != nil {
		return cardea.Organisation{}, fmt.Errorf("OfficeRnD /locations: %w", err)
	}
	skew, _ := s.client.Skew()
	return cardea.Organisation{ID: s.org, Name: s.org, Who: s.account, Skew: skew}, nil
}

// Collections lists the kinds that OfficeRnD has: all of them.
func (s *System) Collections() []cardea.Kind { return slices.Clone(cardea.Kinds) }

// Lacks implements space.Lacking: desks, offices and rooms are assigned or booked, and nothing is rented as a unit.
func (s *System) Lacks(kind cardea.ItemKind) string {
	if kind == cardea.ItemUnits {
		return "OfficeRnD has no rentable units"
	}
	return ""
}

// Assumed implements space.Assuming: what the package comment marks with I.
func (s *System) Assumed() []string {
	return []string{
		"A resource type that is not listed is the vendor's own system type of that name.",
		"The count of bookings heeds the filters of its window, as the listing does.",
		"A series of bookings without an end may be found by no filter of the window; such series are looked for in a wider listing.",
		"A booking whose row lacks its lists of guests has them when it is read by its id.",
		"Where the listing of all assignments is refused, asking each membership or resource brings the same assignments; an empty " +
			"listing is checked in that way.",
		"An assignment and a visitor can be read by their ids; where they cannot, the listing is searched, and what it lacks is " +
			"not said to be deleted.",
		"A pass counts as used on the day on which its check-in began; without the check-ins no pass is read at all.",
		"The organisation is the one that org names: the vendor's API shows neither its id nor its name.",
	}
}
