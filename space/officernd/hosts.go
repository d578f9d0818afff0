package officernd

import (
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// The production hosts (vendors/officernd.md 1.1).
const (
	DefaultIdentity = "https://identity.officernd.com"
	DefaultAPI      = "https://app.officernd.com"
)

// Rate is what the vendor allows: some 400 reads a minute, counted apart from writes (vendors/officernd.md 1.5).
var Rate = wire.Rate{Calls: 400, Per: time.Minute}

// Scopes lists what the application must be granted: plans are under billing, passes under space, check-ins under
// community. The vendor refuses the whole token request when one is not granted (vendors/officernd.md 1.2), so that
// nothing is asked for that is not read.
var Scopes = []string{
	"flex.community.members.read",
	"flex.community.companies.read",
	"flex.community.memberships.read",
	"flex.community.visitors.read",
	"flex.community.checkins.read",
	"flex.billing.plans.read",
	"flex.space.locations.read",
	"flex.space.floors.read",
	"flex.space.resources.read",
	"flex.space.resourceTypes.read",
	"flex.space.assignments.read",
	"flex.space.bookings.read",
	"flex.space.passes.read",
}

// Hosts are the two addresses of an organisation.
type Hosts struct {
	Token string // where tokens come from
	API   string // the base of every other call
}

// HostsOf returns the production hosts, or with a base URL both below that one. Errors: Rejected.
func HostsOf(base, org string) (Hosts, error) {
	if err := checkOrg(org); err != nil {
		return Hosts{}, err
	}
	identity, api := DefaultIdentity, DefaultAPI
	if base != "" {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return Hosts{}, cardea.Errorf(cardea.Rejected, "base_url %q is no http(s) address", base)
		}
		identity = strings.TrimRight(base, "/")
		api = identity
	}
	return Hosts{Token: identity + "/oauth/token", API: api + "/api/v2/organizations/" + org}, nil
}

// checkOrg refuses what would lead to another path: the vendor answers such slugs with a redirect to its login page.
func checkOrg(org string) error {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}
	if org == "" || strings.ContainsFunc(org, odd) || strings.Trim(org, ".") == "" {
		return cardea.Errorf(cardea.Rejected,
			"org %q is no OfficeRnD organisation: use the text after /admin/ in the address of its admin pages", org)
	}
	return nil
}
