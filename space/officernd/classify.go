package officernd

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire/object"
)

// Classify says what an answer outside 2xx means (vendors/officernd.md 1.6); nil = what the status usually means. The
// vendor's statuses mislead in three ways: 401 stands for a missing permission as well as for an expired token, 500 for
// refused input as well as for trouble, and 404 for a path that does not exist as well as for a record. Only the words
// "Item with Id" are taken for a record that is gone, since that answer may end somebody's access.
func Classify(status int, _ http.Header, body []byte) *cardea.Error {
	said, list := words(body)
	has := func(part string) bool { return strings.Contains(strings.ToLower(said), part) }
	switch {
	case status == http.StatusUnauthorized:
		return cardea.Errorf(cardea.Auth, "the token is refused: it has expired or was revoked, or the application "+
			"lacks the read permission for this (Settings > Data & Extensibility > Developer Tools)")
	case has("organization not found"):
		return &cardea.Error{
			Class: cardea.Rejected, Cause: space.ErrNoTenant,
			Text: "the credentials know no such organisation; check org",
		}
	case status == http.StatusNotFound && has("item with id"):
		return &cardea.Error{Class: cardea.NotFound, Text: object.Clip(said)}
	case status == http.StatusNotFound:
		return cardea.Errorf(cardea.Rejected, "there is no such path; check base_url (%s)", object.Clip(said))
	case status == http.StatusInternalServerError && (list || has("not found") || has("item with id")):
		return &cardea.Error{Class: cardea.Rejected, Text: object.Clip(said)}
	}
	return nil
}

// words returns the message of an error body, and whether it was the list of sentences that validation gives.
func words(body []byte) (string, bool) {
	var e struct {
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(body, &e) != nil {
		return "", false
	}
	var one string
	if json.Unmarshal(e.Message, &one) == nil {
		return one, false
	}
	var many []string
	if json.Unmarshal(e.Message, &many) != nil {
		return "", false
	}
	return strings.Join(many, "; "), len(many) > 0
}
