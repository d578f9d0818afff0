package brivo

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// The regions (vendors/brivo.md 1): account, application and key live in one and the same.
const (
	regionUS = "us"
	regionEU = "eu"
)

// Rate keeps below a developer key's 25 calls a second; production keys have 50 (vendors/brivo.md 3.3).
var Rate = wire.Rate{Calls: 20, Per: time.Second}

// MonthlyCalls is the smallest quota of a production key (vendors/brivo.md 3.3).
const MonthlyCalls = 100_000

// prefix stands before every path of the API (vendors/brivo.md 1).
const prefix = "/v1/api"

// Hosts are the addresses of one region.
type Hosts struct {
	Auth string // of /oauth/authorize and /oauth/token
	API  string // the base of every call of this connector
}

// HostsOf returns the production hosts of a region ("" is us), or those below a base address: auth and api. Errors: Rejected for
// a region that there is not, and for a base that is no address.
func HostsOf(base, region string) (Hosts, error) {
	hosts := Hosts{Auth: "https://auth.brivo.com", API: "https://api.brivo.com" + prefix}
	switch region {
	case "", regionUS:
	case regionEU:
		hosts = Hosts{Auth: "https://auth.eu.brivo.com", API: "https://api.eu.brivo.com" + prefix}
	default:
		return Hosts{}, cardea.Errorf(cardea.Rejected, "there is no region %q: Brivo has eu and us, and an account lives in one of them", region)
	}
	if base == "" {
		return hosts, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Hosts{}, cardea.Errorf(cardea.Rejected, "base_url is no http(s) address")
	}
	base = strings.TrimRight(base, "/")
	return Hosts{Auth: base + "/auth", API: base + "/api" + prefix}, nil
}

// Header is what every call to the API carries beside its token (vendors/brivo.md 1), for wire.Config.
func Header(apiKey string) http.Header { return http.Header{"Api-Key": {apiKey}} }

// TokenHeader is what calls to the token endpoint carry (vendors/brivo.md 1, 2), for wire.OAuthConfig.
func TokenHeader(apiKey, clientID, secret string) http.Header {
	return http.Header{"Api-Key": {apiKey}, "Authorization": {"Basic " + Basic(clientID, secret)}}
}

// Basic is the client's id and secret as a header holds them: a secret too.
func Basic(clientID, secret string) string {
	return base64.StdEncoding.EncodeToString([]byte(clientID + ":" + secret))
}

// Login checks the name that goes with the password grant. Errors: Rejected for an e-mail address, which is what people give.
func Login(name string) error {
	if strings.Contains(name, "@") {
		return cardea.Errorf(cardea.Rejected, "user is an e-mail address: Brivo's API wants the Administrator ID (\"Admin ID\"), which is not "+
			"the address you log in to the pages with; you see it at Brivo under the circle with your initials, lower left")
	}
	return nil
}
