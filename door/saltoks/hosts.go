package saltoks

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Rate is our own: Salto documents no limit (vendors/saltoks.md 1.6).
var Rate = wire.Rate{Calls: 5, Per: time.Second}

// Settle is how long Salto may take to show what it was told: about a minute was measured (vendors/saltoks.md 0.5).
const Settle = time.Minute

// Propagation is how long a change took to reach a door at most, when it was measured (vendors/saltoks.md 1.8).
const Propagation = 45 * time.Second

// Scopes of the two kinds of connection (vendors/saltoks.md 1.3).
var (
	ScopesCode     = []string{"user_api.full_access", "offline_access"}
	ScopesPassword = []string{"user_api.full_access"}
)

// The environments (vendors/saltoks.md 1.1): two separate installations.
const (
	production = "production"
	accept     = "accept"
)

// Hosts are the addresses of one environment.
type Hosts struct {
	Identity string // of /connect/authorize and /connect/token
	API      string // the base of every call of this connector
}

// HostsOf returns the hosts of an environment ("" is production). A base alone has identity and api below it; an identity address
// beside it makes both be taken as they stand, and one without a base replaces the environment's: older names are still in use.
// Errors: Rejected for an environment that there is not, and for an address that is none.
func HostsOf(base, identity, environment string) (Hosts, error) {
	hosts := Hosts{Identity: "https://identity.eu.my-clay.com", API: "https://connect.my-clay.com"}
	switch environment {
	case "", production:
	case accept:
		hosts = Hosts{Identity: "https://identity-acc.eu.my-clay.com", API: "https://clp-accept-user.my-clay.com"}
	default:
		return Hosts{}, cardea.Errorf(cardea.Rejected, "there is no environment %q: Salto KS has production and accept", environment)
	}
	for key, address := range map[string]string{"base_url": base, "auth_url": identity} {
		u, err := url.Parse(address)
		if address != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
			u.RawQuery != "" || u.Fragment != "") {
			return Hosts{}, cardea.Errorf(cardea.Rejected, "%s is no http(s) address", key)
		}
	}
	base, identity = strings.TrimRight(base, "/"), strings.TrimRight(identity, "/")
	switch {
	case base != "" && identity != "":
		return Hosts{Identity: identity, API: base}, nil
	case base != "":
		return Hosts{Identity: base + "/identity", API: base + "/api"}, nil
	case identity != "":
		hosts.Identity = identity
	}
	return hosts, nil
}

// TokenHeader is what calls to the token endpoint carry (vendors/saltoks.md 1.3), for wire.OAuthConfig; a public client has no
// secret and no header.
func TokenHeader(clientID, secret string) http.Header {
	if secret == "" {
		return nil
	}
	return http.Header{"Authorization": {"Basic " + Basic(clientID, secret)}}
}

// Basic is the client's id and secret as a header holds them: a secret too. They are written as in a form first (RFC 6749 2.3.1):
// Salto's is a standard identity server, and a + or % in a secret would mean something else there.
func Basic(clientID, secret string) string {
	return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(clientID) + ":" + url.QueryEscape(secret)))
}
