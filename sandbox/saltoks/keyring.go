package saltoks

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// pass is what every token, code and refresh token speaks for.
type pass struct {
	person, client string
	family         string // one consent: tokens that end together
	scopes         []string
	until          time.Time
	used           bool
}

func (p *pass) covers(scope string) bool { return slices.Contains(p.scopes, scope) }

// grantCode is an authorization code with what it is bound to.
type grantCode struct {
	pass

	redirect, challenge string
}

// keyring is the identity server: who may ask, and what it gave out.
type keyring struct {
	clients   []Client
	logins    []Login
	tokens    map[string]*pass
	refreshes map[string]*pass
	codes     map[string]*grantCode
	asked     map[string]*asking
	serial    int
}

func newKeyring() keyring {
	return keyring{
		tokens: map[string]*pass{}, refreshes: map[string]*pass{}, codes: map[string]*grantCode{}, asked: map[string]*asking{},
	}
}

// checkLogins wants a person for each login and consent.
func checkLogins(w *World, s *state) error {
	for _, l := range w.Logins {
		if s.byMail(l.Username) == nil {
			return fmt.Errorf("saltoks.logins: there is no %q in people", l.Username)
		}
	}
	for _, c := range w.Consents {
		if s.byMail(c.Username) == nil {
			return fmt.Errorf("saltoks.consents: there is no %q in people", c.Username)
		}
	}
	return nil
}

// admitted takes over a world's clients, logins and consents.
func (v *Vendor) admitted(w *World, s *state) error {
	if err := checkLogins(w, s); err != nil {
		return err
	}
	if w.Clients != nil {
		v.keys.clients = w.Clients
	}
	if w.Logins != nil {
		v.keys.logins = w.Logins
	}
	for _, c := range w.Consents {
		v.keys.refreshes[c.RefreshToken] = &pass{
			person: text(s.byMail(c.Username), "id"), client: c.Client, family: c.RefreshToken,
			scopes: []string{fullAccess, openID, profile, offline}, until: v.now().Add(refreshLife),
		}
	}
	return nil
}

// mint makes a JWT whose signature is none (1.3); its subject is a third id, no platform id and no site user.
func (v *Vendor) mint(p *pass) string {
	claims, err := json.Marshal(row{
		"sub": guid("subjects", p.person), "aud": "user_api", "client_id": p.client, "scope": p.scopes, "exp": p.until.Unix(),
		"jti": v.word("token"),
	})
	if err != nil {
		return ""
	}
	enc := base64.RawURLEncoding
	head := enc.EncodeToString([]byte(`{"alg":"RS256","kid":"sandbox","typ":"at+jwt"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(head))
	return head + "." + enc.EncodeToString(sum[:])
}

// word makes an opaque text, the same in every run.
func (v *Vendor) word(what string) string {
	v.keys.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "saltoks %s %d", what, v.keys.serial))
	return strings.ToUpper(fmt.Sprintf("%x", sum[:20]))
}

// endFamily ends every token of a consent.
func (v *Vendor) endFamily(family string) {
	for _, kept := range []map[string]*pass{v.keys.tokens, v.keys.refreshes} {
		for value, p := range kept {
			if p.family == family {
				delete(kept, value)
			}
		}
	}
}

// bearer is the living token of a request; nil = none.
func (v *Vendor) bearer(header string) *pass {
	kind, access, _ := strings.Cut(header, " ")
	t := v.keys.tokens[access]
	if !strings.EqualFold(kind, "bearer") || t == nil {
		return nil
	}
	if !v.now().Before(t.until) {
		delete(v.keys.tokens, access)
		return nil
	}
	if v.state.get("people", t.person) == nil {
		return nil
	}
	return t
}

// ExpireTokens ends every access token at once; refresh tokens stay.
func (v *Vendor) ExpireTokens() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.keys.tokens)
}
