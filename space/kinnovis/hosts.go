package kinnovis

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Rate is the assumed limit of 60 calls a minute, which keeps the one of 10 a second as well (vendors/opentech-kinnovis.md 4.2).
var Rate = wire.Rate{Calls: 60, Per: time.Minute}

// version is the part of the path that we assume where base_url names none.
const version = "/v1"

var versioned = regexp.MustCompile(`/(v[0-9]+|20[0-9]{2}-[0-9]{2}(-[0-9]{2})?)$`)

// BaseOf returns the base of every call. No host is known, so that one must be given; a version at its end, as in /v2 or /2026-05,
// stays, else /v1 is added. Errors: Rejected.
func BaseOf(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", cardea.Errorf(cardea.Rejected, "base_url %q is no http(s) address: no public host of Kinnovis is known, "+
			"ask Kinnovis for the one of your account", base)
	}
	base = strings.TrimRight(base, "/")
	if versioned.MatchString(strings.TrimRight(u.Path, "/")) {
		return base, nil
	}
	return base + version, nil
}

// Authorize puts the account's token on every call.
func Authorize(token string) wire.Authorizer { return wire.Static("Authorization", "Bearer "+token) }
