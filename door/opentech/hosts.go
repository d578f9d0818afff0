package opentech

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// The production hosts (vendors/opentech-kinnovis.md 2.1). Other environments, Europe's among them, are configured.
const (
	ProductionAuth   = "https://auth.insomniaccia.com"
	ProductionAccess = "https://accesscontrol.insomniaccia.com"
	ProductionEvent  = "https://accessevent.insomniaccia.com"
)

// Rate is our own: the vendor publishes no limit (vendors/opentech-kinnovis.md 2.5).
var Rate = wire.Rate{Calls: 10, Per: time.Second}

// Hosts are the addresses of the three services of one environment.
type Hosts struct {
	Token  string // where tokens come from: POST, password grant
	Access string // the base of every call that this connector makes
	Event  string // accessevent; "" = events cannot be read
}

// HostsOf returns the production hosts when no address is given, else exactly those given: none is derived from another,
// because the environments do not name theirs alike (vendors/opentech-kinnovis.md 2.1). Errors: Rejected for an address
// that is none, and for a mixture of production and something else.
func HostsOf(auth, access, event string) (Hosts, error) {
	if auth == "" && access == "" && event == "" {
		auth, access, event = ProductionAuth, ProductionAccess, ProductionEvent
	}
	for _, h := range []struct {
		key, value string
		needed     bool
	}{{"auth_url", auth, true}, {"base_url", access, true}, {"event_url", event, false}} {
		if h.value == "" && h.needed {
			return Hosts{}, cardea.Errorf(cardea.Rejected,
				"%s is missing: OpenTech's services have an address each; give all of them, or none for production", h.key)
		}
		u, err := url.Parse(h.value)
		if h.value != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
			u.RawQuery != "" || u.Fragment != "") {
			return Hosts{}, cardea.Errorf(cardea.Rejected, "%s is no http(s) address", h.key)
		}
	}
	return Hosts{
		Token:  strings.TrimRight(auth, "/") + "/auth/token",
		Access: strings.TrimRight(access, "/"),
		Event:  strings.TrimRight(event, "/"),
	}, nil
}

// Header returns what accesscontrol wants to see on every request (vendors/opentech-kinnovis.md 2.3), for wire.Config. The
// version stands in a header and nowhere else; plain JSON does for every write.
func Header() http.Header {
	return http.Header{"Accept": {"application/json"}, "Api-Version": {"2.0"}}
}
