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

	stagingIdentity = "https://identity-staging.officernd.com"
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

// HostsOf is HostsAt with the address that tokens come from by default.
func HostsOf(base, org string) (Hosts, error) { return HostsAt("", base, org) }

// HostsAt returns the production hosts, or those that are given: base for the API, auth for tokens. A region and the staging
// system have a host of their own for the API and share one for tokens (vendors/officernd.md 1.1), so that of the vendor's own
// hosts none stands in for the other; below any other base are both. Errors: Rejected.
func HostsAt(auth, base, org string) (Hosts, error) {
	if err := checkOrg(org); err != nil {
		return Hosts{}, err
	}
	for name, address := range map[string]string{"base_url": base, "auth_url": auth} {
		u, err := url.Parse(address)
		if address == "" {
			continue
		}
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return Hosts{}, cardea.Errorf(cardea.Rejected, "%s %q is no http(s) address", name, address)
		}
	}
	api, identity := DefaultAPI, strings.TrimRight(auth, "/")
	if base != "" {
		api = strings.TrimRight(base, "/")
	}
	if identity == "" {
		identity = identityOf(api)
	}
	return Hosts{Token: identity + "/oauth/token", API: api + "/api/v2/organizations/" + org}, nil
}

// identityOf says where tokens for an API come from.
func identityOf(api string) string {
	u, err := url.Parse(api)
	host := ""
	if err == nil {
		host = strings.ToLower(u.Hostname())
	}
	switch {
	case host == "staging.officernd.com":
		return stagingIdentity
	case strings.HasSuffix(host, ".officernd.com"):
		return DefaultIdentity
	}
	return api
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
