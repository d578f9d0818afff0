package nexudus

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// Classify says what an answer outside 2xx means (vendors/nexudus.md 0, 1.6, 1.7); nil = what the status usually means. 409
// is the throttle: it comes empty, with Retry-After; one that has words and names no time is a conflict. 401 stands for a bad
// token and for a role that is missing. A 404 that is a web page is a path's and no record's: it must not end anybody's access.
func Classify(status int, h http.Header, body []byte) *cardea.Error {
	switch {
	case status == http.StatusTooManyRequests,
		status == http.StatusConflict && (h.Get("Retry-After") != "" || len(bytes.TrimSpace(body)) == 0):
		return cardea.Errorf(cardea.Throttled, "Nexudus asks for fewer calls")
	case status == http.StatusUnauthorized:
		return cardea.Errorf(cardea.Auth, "the credentials are refused, or the user lacks the API access flag or the role "+
			"{Entity}-List or {Entity}-Read for this (Settings > Users & roles)")
	case status == http.StatusNotFound && page404(body):
		return cardea.Errorf(cardea.Rejected, "there is no such path; check base_url")
	}
	return nil
}

// page404 says whether the body is a web page.
func page404(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// envelope is what commands and writes answer (vendors/nexudus.md 1.6).
type envelope struct {
	Message string          `json:"Message"`
	Value   json.RawMessage `json:"Value"`
	Errors  []struct {
		Message  string `json:"Message"`
		Property string `json:"PropertyName"`
	} `json:"Errors"`
	Good *bool `json:"WasSuccessful"`
}

// failed returns what a 2xx answer refused: success takes WasSuccessful true and no Errors (vendors/nexudus.md 0.2). An answer
// that is no envelope is none.
func (e envelope) failed(what string) error {
	if e.Good != nil && *e.Good && len(e.Errors) == 0 {
		return nil
	}
	var said []string
	for _, one := range e.Errors {
		said = append(said, strings.TrimSpace(one.Property+" "+one.Message))
	}
	if len(said) == 0 {
		said = append(said, e.Message)
	}
	class := cardea.Rejected
	if e.Good == nil {
		class = cardea.Unknown
	}
	return cardea.Errorf(class, "Nexudus did not %s: %s", what, object.Clip(strings.Join(said, "; ")))
}
