package opentech

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Classify words OpenTech's errors (vendors/opentech-kinnovis.md 2.4), for wire.Config. A 400 is an ASP.NET model state: an
// object of field names in PascalCase with a message or several, at the top or under "errors". One that says that it is so
// already, or that something is taken, means the same as a 409: Conflict. A 403 stays Auth: which operations credentials
// may do is settled once, between the account and OpenTech, and trying the rest of a run would only repeat the refusal.
func Classify(status int, _ http.Header, body []byte) *cardea.Error {
	if status != http.StatusBadRequest && status != http.StatusConflict && status != http.StatusUnprocessableEntity {
		return nil
	}
	said := complaints(body)
	class := wire.Default(status)
	text := strings.ToLower(said.text)
	for _, sign := range []string{"already", "duplicate", "in use", "is taken"} {
		if strings.Contains(text, sign) {
			class = cardea.Conflict
		}
	}
	return &cardea.Error{Class: class, Text: said.text}
}

// RefusedToken words the token service's refusals, for wire.OAuthConfig: whichever of the four credentials is wrong, the answer is
// a 400 and never a 401, in OAuth's words or in none (vendors/opentech-kinnovis.md 2.2).
func RefusedToken(status int, _ http.Header, body []byte) *cardea.Error {
	if status != http.StatusBadRequest && status != http.StatusUnauthorized {
		return nil
	}
	var oauth struct {
		Error string `json:"error"`
	}
	check := "api_key, api_secret, client_id and client_secret are refused: check them, and that they are those of auth_url's environment"
	if json.Unmarshal(body, &oauth) == nil {
		switch oauth.Error {
		case "invalid_client", "unauthorized_client":
			check = "client_id and client_secret are refused: check them, and that they are of the environment of auth_url"
		case "invalid_grant":
			check = "api_key and api_secret are refused: check them, and that the account has granted the application access"
		}
	}
	if said := wire.Said(body); said != "" {
		check += " (" + said + ")"
	}
	return &cardea.Error{Class: cardea.Auth, Text: check}
}

// said is what an error body complains of, without any code in it.
type said struct {
	text string
	code bool // it is about the access code
}

// Words of a framework's envelope that complain of nothing.
var envelope = map[string]bool{
	"type": true, "status": true, "statuscode": true, "traceid": true, "instance": true, "requestid": true, "correlationid": true,
}

var digits = regexp.MustCompile(`\d{4,}`)

const maxComplaint = 64 << 10

// complaints reads an error body.
func complaints(body []byte) said {
	var out said
	if len(body) > maxComplaint {
		return out
	}
	var parts []string
	var walk func(name string, raw json.RawMessage, depth int)
	walk = func(name string, raw json.RawMessage, depth int) {
		var one string
		var many []json.RawMessage
		var inner map[string]json.RawMessage
		switch {
		case depth > 4 || string(raw) == "null":
		case json.Unmarshal(raw, &one) == nil:
			out.code = out.code || aboutCode(name, one)
			if one = strings.Join(strings.Fields(one), " "); one != "" {
				parts = append(parts, strings.TrimSpace(name+" "+one))
			}
		case json.Unmarshal(raw, &many) == nil:
			for _, r := range many {
				walk(name, r, depth+1)
			}
		case json.Unmarshal(raw, &inner) == nil:
			for _, k := range slices.Sorted(maps.Keys(inner)) {
				if envelope[strings.ToLower(k)] {
					continue
				}
				as := k
				if l := strings.ToLower(k); l == "message" || l == "title" || l == "errors" || l == "error" || l == "detail" {
					as = ""
				}
				walk(as, inner[k], depth+1)
			}
		}
	}
	walk("", body, 0)
	out.text = strings.Join(parts, "; ")
	if out.code {
		// The vendor may repeat the code it refuses. Codes never appear in an error.
		out.text = digits.ReplaceAllString(out.text, "[redacted]")
	}
	if len(out.text) > 300 {
		out.text = strings.ToValidUTF8(out.text[:300], "") + "..."
	}
	return out
}

// aboutCode says whether a complaint is about an access code. The vendor's exact words are not known
// (vendors/opentech-kinnovis.md 2.4).
func aboutCode(field, text string) bool {
	f, t := strings.ToLower(field), strings.ToLower(text)
	return strings.HasSuffix(f, "accesscode") || f == "code" || strings.Contains(t, "access code") ||
		strings.Contains(t, "accesscode") || strings.Contains(t, "gate code") ||
		strings.Contains(t, "code") &&
			(strings.Contains(t, "duplicate") || strings.Contains(t, "in use") || strings.Contains(t, "already"))
}

// refusedCode says whether an answer refuses the access code: the same call with another one may go through.
func refusedCode(ans wire.Answer) bool {
	return (ans.Status == http.StatusBadRequest || ans.Status == http.StatusConflict ||
		ans.Status == http.StatusUnprocessableEntity) && complaints(ans.Body).code
}

// hide takes codes out of an error, whatever put them there.
func hide(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := text
	for _, s := range secrets {
		if len(s) >= minCode {
			clean = strings.ReplaceAll(clean, s, "[redacted]")
		}
	}
	if clean == text {
		return err
	}
	out := &cardea.Error{Class: cardea.ClassOf(err), Text: clean}
	if e, ok := errors.AsType[*cardea.Error](err); ok {
		out.After = e.After
	}
	return out
}
