package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Scope is one thing that a token of the API may do.
type Scope string

// The scopes. None of them includes another.
const (
	ScopeRead       Scope = "read"        // how integrations stand, who may pass and why
	ScopePassesRead Scope = "passes:read" // who has a mobile pass, never a code
	ScopePassesCode Scope = "passes:code" // the code of an invitation to one
)

// Scopes are all there are.
var Scopes = []Scope{ScopeRead, ScopePassesRead, ScopePassesCode}

// Token is a token of the API, without its text.
type Token struct {
	Name     string         `json:"name"`
	Scopes   []Scope        `json:"scopes"`
	Made     cardea.Instant `json:"made"`
	By       string         `json:"by"`
	Expires  cardea.Instant `json:"expires"`             // never, unless it was made to
	LastUsed cardea.Instant `json:"last_used,omitempty"` // to the minute
	Revoked  cardea.Instant `json:"revoked,omitempty"`
}

// May says whether a token was made for a scope.
func (t Token) May(s Scope) bool { return slices.Contains(t.Scopes, s) }

// Who names the token in the audit log.
func (t Token) Who() string { return "token " + t.Name }

const (
	tokenMark = "cardea_" // by which a token that was lost is recognised, by people and by programs that look for secrets
	tokenSize = 32        // random bytes
	// usedEvery is how exactly it is known when a token was used last: not every question is a write.
	usedEvery = time.Minute
)

var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CreateToken makes a token and returns its text, which is kept nowhere and cannot be told again. A token with a life of 0 does
// not expire. Errors: Rejected, Conflict when there is one of the name.
func (d *Desk) CreateToken(
	ctx context.Context, name string, scopes []Scope, life time.Duration, who string,
) (t Token, text string, err error) {
	if !tokenName.MatchString(name) {
		return Token{}, "", cardea.Errorf(cardea.Rejected, "%q is no name for a token: letters, digits, dot, dash and underscore, "+
			"64 at most, the first a letter or digit", name)
	}
	if len(scopes) == 0 {
		return Token{}, "", cardea.Errorf(cardea.Rejected, "a token needs a scope: %s", scopeList())
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) {
			return Token{}, "", cardea.Errorf(cardea.Rejected, "there is no scope %q: want %s", s, scopeList())
		}
	}
	if life < 0 {
		return Token{}, "", cardea.Errorf(cardea.Rejected, "a token cannot expire before it is made")
	}
	t = Token{Name: name, Made: d.now(), By: who, Expires: cardea.Never}
	t.Scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	if life > 0 {
		t.Expires = t.Made.Add(life)
	}
	raw := make([]byte, tokenSize)
	if _, err := rand.Read(raw); err != nil {
		return Token{}, "", cardea.Errorf(cardea.Retry, "no randomness: %w", err)
	}
	text = tokenMark + base64.RawURLEncoding.EncodeToString(raw)
	kept := store.APIToken{Hash: tokenHash(text), Name: t.Name, Made: t.Made, By: t.By, Expires: t.Expires}
	for _, s := range t.Scopes {
		kept.Scopes = append(kept.Scopes, string(s))
	}
	err = d.ws.AddAPIToken(ctx, kept)
	if cardea.ClassOf(err) == cardea.Conflict {
		return Token{}, "", cardea.Errorf(cardea.Conflict, "there is a token %q already: revoke it first, or take another name", name)
	}
	if err != nil {
		return Token{}, "", err
	}
	return t, text, nil
}

// Tokens lists every token, revoked and expired ones too, by name and age.
func (d *Desk) Tokens(ctx context.Context) ([]Token, error) {
	kept, err := d.ws.APITokens(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Token, len(kept))
	for i, k := range kept {
		out[i] = tokenOf(k)
	}
	return out, nil
}

// RevokeToken ends a token; the next question that is asked with it is refused. Errors: NotFound.
func (d *Desk) RevokeToken(ctx context.Context, name, who string) error {
	return d.ws.RevokeAPIToken(ctx, name, who, d.now())
}

// Admit returns the token of a text, and notes that it was used. Errors: Auth when there is none, or it was revoked or has
// expired: whoever asks is not told which.
func (d *Desk) Admit(ctx context.Context, text string) (Token, error) {
	refused := cardea.Errorf(cardea.Auth, "the token is not known, was revoked or has expired: see cardea token list")
	if len(text) != len(tokenMark)+base64.RawURLEncoding.EncodedLen(tokenSize) || !strings.HasPrefix(text, tokenMark) {
		return Token{}, refused
	}
	hash := tokenHash(text)
	kept, err := d.ws.APIToken(ctx, hash)
	if cardea.ClassOf(err) == cardea.NotFound {
		return Token{}, refused
	}
	if err != nil {
		return Token{}, err
	}
	// The database finds by its own notion of equality; whether it is the one is asked again here.
	same := subtle.ConstantTimeCompare([]byte(kept.Hash), []byte(hash)) == 1
	now := d.now()
	if !same || kept.Revoked != 0 || now >= kept.Expires {
		return Token{}, refused
	}
	if before := now.Add(-usedEvery); kept.LastUsed <= before {
		if err := d.ws.UseAPIToken(ctx, hash, now, before); err != nil {
			// It is worth knowing and no reason to refuse.
			d.c.Log.Warn("that a token was used could not be noted", "token", kept.Name, "error", err)
		}
	}
	return tokenOf(kept), nil
}

func tokenOf(k store.APIToken) Token {
	t := Token{Name: k.Name, Scopes: []Scope{}, Made: k.Made, By: k.By, Expires: k.Expires, LastUsed: k.LastUsed, Revoked: k.Revoked}
	for _, s := range k.Scopes {
		t.Scopes = append(t.Scopes, Scope(s))
	}
	return t
}

func tokenHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func scopeList() string {
	out := make([]string, len(Scopes))
	for i, s := range Scopes {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}
