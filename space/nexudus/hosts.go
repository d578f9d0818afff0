package nexudus

import (
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Production is the vendor's host (vendors/nexudus.md 1.1).
const Production = "https://spaces.nexudus.com"

// Rate is the newer table's limit for all verbs (vendors/nexudus.md 1.7). It is the one of its limits that keeps the others:
// calls this far apart are neither more than one in 100 ms nor more than 120 in a minute.
var Rate = wire.Rate{Calls: 5000, Per: time.Hour}

// WriteRate is below the limit of writes, which is 60 a minute in each table (vendors/nexudus.md 1.7).
var WriteRate = wire.Rate{Calls: 50, Per: time.Minute}

// Hosts are the two addresses of an account.
type Hosts struct {
	Token string // where tokens come from
	API   string // the base of every other call
}

// HostsOf returns the production host, or with a base URL that one. Errors: Rejected.
func HostsOf(base string) (Hosts, error) {
	if base == "" {
		base = Production
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return Hosts{}, cardea.Errorf(cardea.Rejected, "base_url %q is no http(s) address", base)
	}
	base = strings.TrimSuffix(strings.TrimRight(base, "/"), "/api")
	return Hosts{Token: base + "/api/token", API: base + "/api"}, nil
}
