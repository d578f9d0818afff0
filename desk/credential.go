package desk

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Credential is the age of one of a connection's credentials, or how long its token lives. Instants that are not known are
// left out.
type Credential struct {
	Name      string         `json:"name"`
	FirstSeen cardea.Instant `json:"first_seen,omitempty"`
	Changed   cardea.Instant `json:"changed,omitempty"` // when it was first seen as it is now; FirstSeen = never changed
	Expires   cardea.Instant `json:"expires,omitempty"`
}

const (
	keptCredential = "credential"
	shownToken     = "the vendor's token"
	// Guessing a short password from its print must be dear.
	printRounds, printSize = 100_000, 16
)

// seenCredential is what is kept of a credential: never itself, but a salted print that tells whether it is the same.
type seenCredential struct {
	First   cardea.Instant `json:"first"`
	Changed cardea.Instant `json:"changed"`
	Salt    []byte         `json:"salt"`
	Print   []byte         `json:"print"`
}

// credentials notes since when the connection's secrets are known, and until when its token lives.
func (d *Desk) credentials(ctx context.Context, p *patient, was store.Connection, secrets map[string]string) error {
	switch {
	case was.Name == "" && len(secrets) > 0:
		c := store.Connection{Name: p.Name, Side: p.Side, System: p.System, Managed: d.c.Managed}
		if err := d.ws.SaveConnection(ctx, c); err != nil {
			return err
		}
	case was.Name != "" && (was.System != p.System || was.Side != p.Side):
		p.Findings = append(p.Findings, found("other-system", p.Name, was.System, p.System))
		return nil
	}
	kept, err := d.ws.Recall(ctx, p.Name, keptCredential)
	if err != nil {
		return err
	}
	known := map[string]seenCredential{}
	for _, k := range kept {
		var s seenCredential
		if json.Unmarshal([]byte(k.Body), &s) == nil {
			known[k.ID] = s
		}
		if secrets[k.ID] == "" {
			if err := d.ws.Forget(ctx, p.Name, keptCredential, k.ID); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		s, err := d.credential(ctx, p.Name, name, secrets[name], known[name])
		if err != nil {
			return err
		}
		p.Credentials = append(p.Credentials, Credential{Name: name, FirstSeen: s.First, Changed: s.Changed})
	}
	if until, ok := d.tokenUntil(ctx, p.Name); ok {
		p.Credentials = append(p.Credentials, Credential{Name: shownToken, Expires: until})
	}
	return nil
}

// credential compares a secret with what is kept of it, and keeps what is new.
func (d *Desk) credential(ctx context.Context, connection, name, secret string, s seenCredential) (seenCredential, error) {
	if len(s.Salt) > 0 {
		same, err := printOf(secret, s.Salt)
		if err != nil || hmac.Equal(same, s.Print) {
			return s, err
		}
	}
	var err error
	s.Changed = d.now()
	if s.First == 0 {
		s.First = s.Changed
	}
	s.Salt = make([]byte, printSize)
	if _, err := rand.Read(s.Salt); err != nil {
		return s, cardea.Errorf(cardea.Retry, "no randomness for a salt: %w", err)
	}
	if s.Print, err = printOf(secret, s.Salt); err != nil {
		return s, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return s, cardea.Errorf(cardea.Unknown, "the age of %s cannot be kept: %w", name, err)
	}
	return s, d.ws.Remember(ctx, connection, keptCredential, cardea.Kept{ID: name, Body: string(body)})
}

func printOf(secret string, salt []byte) ([]byte, error) {
	key, err := pbkdf2.Key(sha256.New, secret, salt, printRounds, printSize)
	if err != nil {
		return nil, cardea.Errorf(cardea.Unknown, "a credential cannot be compared: %w", err)
	}
	return key, nil
}

// tokenUntil says until when the token lives that is kept for a connection. Without the key for secrets none is kept.
func (d *Desk) tokenUntil(ctx context.Context, connection string) (cardea.Instant, bool) {
	raw, err := d.ws.LoadToken(ctx, connection)
	if err != nil {
		return 0, false
	}
	var t struct {
		Expires cardea.Instant `json:"expires"`
	}
	if json.Unmarshal(raw, &t) != nil || !t.Expires.Bounded() || t.Expires == 0 {
		return 0, false
	}
	return t.Expires, true
}
