package saltoks

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// Codes of Salto's errors (vendors/saltoks.md 1.5).
const (
	codeInvalid      = 1100
	codeBadValue     = 1101
	codeBadQuery     = 1102
	codeUnauthorised = 1500
	codeInternal     = 2201
	codeNotFound     = 2202
	codeNotPermitted = 2203
	codeNotReleased  = 2210
	codeLapsed       = 2212
	codePodMember    = 2220
)

// Causes that others here ask for.
var (
	errNotFound     = errors.New("code 2202")
	errNotPermitted = errors.New("code 2203")
	errSiteShut     = errors.New("code 2210 or 2212")
)

// said is an error body of v1.x: PascalCase, the code a string or a number (vendors/saltoks.md 0.9).
type said struct {
	Code    code   `json:"ErrorCode"`
	Message string `json:"Message"`
}

// code reads a number that may stand in quotes; what is neither is 0.
type code int

// UnmarshalJSON implements json.Unmarshaler. It fails at nothing.
func (c *code) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(bytes.TrimSpace(b)), `"`))
	if err != nil {
		n = 0
	}
	*c = code(n)
	return nil
}

// saidOf reads a body; false when it is no error of v1.x. A message of another type is no message.
func saidOf(body []byte) (said, bool) {
	var f object.Fields
	if json.Unmarshal(body, &f) != nil {
		return said{}, false
	}
	var s said
	if f.Has("ErrorCode") && s.Code.UnmarshalJSON(f["ErrorCode"]) != nil {
		return said{}, false
	}
	s.Message, _ = text(f, "Message")
	return s, s.Code != 0 || s.Message != ""
}

// Classify words Salto's errors, for wire.Config: {"ErrorCode","Message"} of v1.x, problem+json of v2 (vendors/saltoks.md 1.5). A
// code that is not known leaves the status to speak, and keeps its message.
func Classify(status int, _ http.Header, body []byte) *cardea.Error {
	s, ok := saidOf(body)
	if !ok {
		return nil
	}
	text := strings.TrimSpace(s.Message)
	if s.Code != 0 {
		text = strings.TrimSpace("code " + strconv.Itoa(int(s.Code)) + " " + text)
	}
	class := wire.Default(status)
	var cause error
	switch s.Code {
	case codeUnauthorised:
		class = cardea.Auth
	case codeInternal:
		class = cardea.Retry
	case codeNotFound:
		class, cause, text = cardea.NotFound, errNotFound, strings.TrimSpace(s.Message)
	case codeNotPermitted:
		class, cause = cardea.Auth, errNotPermitted
		text = strings.TrimPrefix(strings.TrimSpace(s.Message)+": the login needs the role Site Admin at the site, and a seat", ": ")
	case codeInvalid, codeBadValue, codeBadQuery: // the table of codes has 404 for one of them (1.5), and nothing is gone
		class = cardea.Rejected
	case codeNotReleased:
		class, cause = cardea.Rejected, errSiteShut
		text += ": the site is not released yet; finish its installation at Salto"
	case codeLapsed:
		class, cause = cardea.Rejected, errSiteShut
		text += ": the site has no valid subscription for this, and until it is renewed at Salto no access can be changed and no door opens"
	case codePodMember:
		class = cardea.Rejected
		text += ": the person is a member of a pod; take them out of it at Salto first"
	}
	return &cardea.Error{Class: class, Text: text, Cause: cause}
}

// is2202, is2203 and isSiteShut say what an error was about: no such thing, not permitted, and a site that takes no changes at all.
func is2202(err error) bool     { return errors.Is(err, errNotFound) }
func is2203(err error) bool     { return errors.Is(err, errNotPermitted) }
func isSiteShut(err error) bool { return errors.Is(err, errSiteShut) }

// unwell finds an error in the body of an answer that went well by its status: one client looks for it (vendors/saltoks.md 1.5).
func unwell(body []byte) *cardea.Error {
	s, ok := saidOf(body)
	if !ok || s.Code == 0 {
		return nil
	}
	e := Classify(http.StatusBadRequest, nil, body)
	e.Text = "answered well and says: " + e.Text
	return e
}

// RefusedToken words what the token endpoint says, for wire.OAuthConfig (vendors/saltoks.md 1.3).
func RefusedToken(status int, _ http.Header, body []byte) *cardea.Error {
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return nil
	}
	if status == http.StatusNotFound { // the identity hosts had hours of 404 on every path (1.1)
		return cardea.Errorf(cardea.Retry, "Salto's login service is not there: an outage, or a wrong auth_url or environment")
	}
	var is struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(body, &is); err != nil {
		return nil //nolint:nilerr // a body that says nothing leaves the status to speak
	}
	switch is.Error {
	case "invalid_grant":
		return cardea.Errorf(cardea.Auth, "Salto refuses the login: e-mail and password are wrong, or the code or consent is no longer good; "+
			"accept and production have users of their own")
	case "invalid_client":
		return cardea.Errorf(cardea.Auth, "Salto does not know the client: check client_id and client_secret, and that they are of "+
			"this environment")
	case "unauthorized_client", "unsupported_grant_type":
		return cardea.Errorf(cardea.Auth, "Salto has not switched this kind of login on for the client: most have the authorization code alone; "+
			"set auth: code, or ask Salto for the other kind")
	case "invalid_scope":
		return cardea.Errorf(cardea.Auth, "Salto has not granted a scope to the client: ask for user_api.full_access, and offline_access for "+
			"the authorization code")
	}
	return nil
}
