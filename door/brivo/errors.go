package brivo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// The gateway's own statuses and headers (vendors/brivo.md 3).
const (
	statusNoService = 596
	gatewayCode     = "X-Mashery-Error-Code"
	// quotaPause is how long a used-up quota is left alone when the gateway does not say.
	quotaPause = time.Hour
	qpsPause   = time.Second
)

// verdict is what the gateway means.
type verdict int

const (
	none verdict = iota
	inactive
	overQPS
	overRate
	notAuthorized
	noService
)

// gateway reads the gateway's answer: by its header first, else by what its HTML says in its heading (vendors/brivo.md 3.1, 3.3).
func gateway(status int, h http.Header, body []byte) verdict {
	if status == statusNoService {
		return noService
	}
	if status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return none
	}
	code := strings.ToUpper(h.Get(gatewayCode))
	switch {
	case strings.Contains(code, "OVER_QPS"):
		return overQPS
	case strings.Contains(code, "OVER_RATE"):
		return overRate
	case strings.Contains(code, "DEVELOPER_INACTIVE"):
		return inactive
	case strings.Contains(code, "NOT_AUTHORIZED"):
		return notAuthorized
	}
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] == '{' || body[0] == '[' {
		return none
	}
	const enough = 4 << 10
	words := strings.ToLower(string(body[:min(len(body), enough)]))
	switch {
	case strings.Contains(words, "over qps"), strings.Contains(words, "over queries per second"):
		return overQPS
	case strings.Contains(words, "over rate"):
		return overRate
	case strings.Contains(words, "developer inactive"):
		return inactive
	case strings.Contains(words, "not authorized"):
		return notAuthorized
	}
	return none
}

// Classify words Brivo's errors, for wire.Config: the gateway's HTML, {"code","message"} of the API, {"error","error_description"}
// of what guards it (vendors/brivo.md 3.1). Two limits are told apart: Over Qps passes within a second, Over Rate with the month.
func Classify(status int, h http.Header, body []byte) *cardea.Error {
	switch gateway(status, h, body) {
	case inactive:
		return cardea.Errorf(cardea.Auth, "Brivo's gateway does not know the API key, or it is not switched on: check api_key, and that it is "+
			"of the same region as the account")
	case notAuthorized:
		return cardea.Errorf(cardea.Auth, "the API key may not call this: ask api@brivo.com to switch it on for it")
	case overQPS:
		return &cardea.Error{Class: cardea.Throttled, Text: "too many calls in one second", After: pauseOf(h, qpsPause)}
	case overRate:
		return &cardea.Error{Class: cardea.Throttled, After: pauseOf(h, quotaPause), Text: "the quota of the API key is used up: nothing is " +
			"answered until it begins anew. Set monthly_calls to what the key has, or ask for a larger one"}
	case noService:
		return cardea.Errorf(cardea.Rejected, "Brivo's gateway knows no such path: check base_url and region")
	case none:
	}
	text := wire.Said(body)
	if forbids(status, body) {
		return &cardea.Error{Class: cardea.Auth, Text: text, Cause: errForbidden}
	}
	switch status {
	case http.StatusPreconditionFailed:
		return &cardea.Error{Class: cardea.Rejected, Text: text, Cause: errPrecondition}
	case http.StatusExpectationFailed:
		return &cardea.Error{Class: cardea.Rejected, Text: text}
	}
	if text == "" && !json.Valid(body) {
		return &cardea.Error{Class: wire.Default(status), Text: "the answer is no JSON; a gateway or proxy in between speaks"}
	}
	return nil
}

// pauseOf is what Retry-After says, in seconds or as a date's absence; else the usual.
func pauseOf(h http.Header, usual time.Duration) time.Duration {
	if h.Get("Retry-After") != "" {
		if n, err := strconv.ParseFloat(strings.TrimSpace(h.Get("Retry-After")), 64); err == nil && n > 0 {
			const longest = 31 * 24 * 3600.0
			return time.Duration(min(n, longest) * float64(time.Second))
		}
	}
	return usual
}

// RefusedToken words what the token endpoint says, for wire.OAuthConfig (vendors/brivo.md 3.1): a wrong administrator or password,
// a wrong client, a missing header, and the gateway's own pages.
func RefusedToken(status int, h http.Header, body []byte) *cardea.Error {
	if gateway(status, h, body) != none {
		return consentStands(Classify(status, h, body))
	}
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return nil
	}
	var said struct {
		Error string `json:"error"`
		Path  string `json:"path"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return nil //nolint:nilerr // a body that says nothing leaves the status to speak
	}
	switch {
	case said.Error == "invalid_grant":
		return cardea.Errorf(cardea.Auth, "Brivo refuses the login: the user must be the Administrator ID (at Brivo under the circle with "+
			"your initials, lower left), not an e-mail address, and the password its own; or the code or consent is no longer good")
	case said.Path != "" && status == http.StatusUnauthorized, said.Error == "invalid_client", said.Error == "unauthorized_client":
		return consentStands(cardea.Errorf(cardea.Auth, "Brivo does not know the application: check client_id and client_secret, that they "+
			"are of the same region, and that the application is of the kind that is used: password, or authorization code"))
	case status == http.StatusUnauthorized:
		return consentStands(cardea.Errorf(cardea.Auth, "Brivo's login service wants client_id and client_secret: check both"))
	}
	return nil
}

// consentStands marks a refusal of the key or the application: whoever mends that need not consent again.
func consentStands(e *cardea.Error) *cardea.Error {
	if e != nil && e.Class == cardea.Auth {
		e.Cause = wire.ErrConsentStands
	}
	return e
}
