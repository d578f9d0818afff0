package scim

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// The keywords of RFC 7644 3.12 that this connector acts on.
const (
	typeUniqueness    = "uniqueness"
	typeInvalidSyntax = "invalidSyntax"
)

// Classify words SCIM's errors (RFC 7644 3.12), for wire.Config: {"scimType","detail","status"}. A value that is taken
// means the same with any status; 412 is a resource that moved; 501 is something that the server will never do. Everything
// else has the class of its status.
func Classify(status int, _ http.Header, body []byte) *cardea.Error {
	kind := scimType(body)
	text := wire.Said(body)
	if kind != "" {
		text = strings.TrimSpace(text + " (scimType " + kind + ")")
	}
	class := wire.Default(status)
	switch {
	case strings.EqualFold(kind, typeUniqueness) && status < http.StatusInternalServerError,
		status == http.StatusPreconditionFailed:
		class = cardea.Conflict
	case status == http.StatusNotImplemented:
		class = cardea.Rejected
	}
	return &cardea.Error{Class: class, Text: text}
}

// scimType is the keyword of an error body, or "".
func scimType(body []byte) string {
	var f fields
	if json.Unmarshal(body, &f) != nil {
		return ""
	}
	kind, _ := f.text("scimType")
	if len(kind) > 40 {
		kind = strings.ToValidUTF8(kind[:40], "")
	}
	return kind
}

// refuses says whether the status means that the server does not do such a thing at all.
func refuses(status int) bool {
	return status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented
}

// misread says whether the status means that the server does not take a request of that form.
func misread(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnprocessableEntity || status == http.StatusNotImplemented
}
