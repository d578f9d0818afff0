package kisi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Classify words Kisi's errors (vendors/kisi.md 1.5), for wire.Config: {"code","error"} and {"errors":{field:[...]}}. A 422
// that says that something is taken means the same as a 409. Everything else has the class of its status.
func Classify(status int, _ http.Header, body []byte) *cardea.Error {
	var said struct {
		Code   string                     `json:"code"`
		Errors map[string]json.RawMessage `json:"errors"`
	}
	var cause error
	if status == http.StatusForbidden {
		cause = errForbidden
	}
	if err := json.Unmarshal(body, &said); err != nil && cause == nil {
		return nil // a body that is not Kisi's leaves the status to speak
	}
	text := wire.Said(body)
	if said.Code != "" {
		text = strings.TrimSpace(text + " (code " + said.Code + ")")
	}
	class := wire.Default(status)
	if status == http.StatusUnprocessableEntity && taken(said.Errors) {
		class = cardea.Conflict
	}
	return &cardea.Error{Class: class, Text: text, Cause: cause}
}

func taken(errs map[string]json.RawMessage) bool {
	for _, raw := range errs {
		words := strings.ToLower(string(raw))
		for _, sign := range []string{"taken", "already exist", "already in use", "already assigned", "already has"} {
			if strings.Contains(words, sign) {
				return true
			}
		}
	}
	return false
}
