package kisi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// SignatureHeader carries a hook's signature (vendors/kisi.md 2.10).
const SignatureHeader = "X-Signature"

// hookAge is how old an event may be: delayed webhooks are known to come, and what came is remembered for as long.
const hookAge = 3 * 24 * time.Hour

// Verify implements door.Hooked: lower- or upper-case hex of HMAC-SHA256 over the raw body, with or without "sha256=" before it
// (vendors/kisi.md 2.10 knows both forms). Unsigned hooks are not believed. The event says which account, group or entry it is
// about and nothing else; what happens at the doors themselves changes nobody's access and only shows that hooks arrive.
func (s *System) Verify(ctx context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	secrets, err := s.hookSecrets(ctx)
	if err != nil {
		return cardea.Hint{}, err
	}
	values := h.Values(SignatureHeader)
	if len(values) != 1 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook has %d %s headers, want one", len(values), SignatureHeader)
	}
	sum, err := hex.DecodeString(strings.TrimPrefix(values[0], "sha256="))
	if err != nil || len(sum) != sha256.Size || !signedBy(secrets, body, sum) {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is wrong: run hooks install again")
	}
	var e hookEvent
	if err := json.Unmarshal(body, &e); err != nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Rejected, "the hook's body cannot be read")
	}
	if at, err := time.Parse(time.RFC3339, e.At); err == nil && s.now().Sub(at).Abs() > hookAge {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is of %s", at)
	}
	return e.hint(), nil
}

func (s *System) hookSecrets(ctx context.Context) ([]string, error) {
	var out []string
	if s.hooks.secrets != nil {
		kept, err := s.hooks.secrets(ctx)
		if err != nil {
			return nil, err
		}
		out = kept
	}
	if s.hooks.secret != "" {
		out = append(out, s.hooks.secret)
	}
	if len(out) == 0 {
		return nil, cardea.Errorf(cardea.Auth, "the connection has no hook secret: run hooks install")
	}
	return out, nil
}

// signedBy compares with every secret, whichever fits, so that the time it takes tells nothing.
func signedBy(secrets []string, body, sum []byte) bool {
	good := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), sum) {
			good = true
		}
	}
	return good
}

// hookEvent is the part of a flat event that is looked at. The shape of 2017 has no uuid; its digest stands in.
type hookEvent struct {
	UUID   string          `json:"uuid"`
	Type   string          `json:"type"`
	Object string          `json:"object_type"`
	ID     json.RawMessage `json:"object_id"`
	At     string          `json:"created_at"`
}

func (e hookEvent) hint() cardea.Hint {
	h := cardea.Hint{Event: e.UUID}
	subject, what, _ := strings.Cut(e.Type, ".")
	id := strings.Trim(string(e.ID), `"`)
	add := func(kind cardea.Kind, id string) { h.Keys = append(h.Keys, cardea.Key{Kind: kind, ID: id}) }
	switch subject {
	case "user":
		if _, err := vendorID(id); err == nil {
			add(cardea.KindAccount, id)
		}
	case "role_assignment":
		if _, err := vendorID(id); err == nil {
			if what == "create" {
				id = cardea.HintNew + id
			}
			add(cardea.KindEdge, id)
		}
	case "member", "share", "group", "team", "team_membership":
		// What these say of entries is not documented: their ids are not those of users or role assignments.
		add(cardea.KindGroup, "")
	case "integration":
		switch what {
		case "disable_due_to_error":
			h.Off = "Kisi switched a webhook off because its address did not answer"
		case "warn_due_to_error":
			h.Off = "Kisi is about to switch a webhook off because its address does not answer"
		}
	}
	return h
}
