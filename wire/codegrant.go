package wire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// ErrConsentStands is the cause of a refusal of the token endpoint that says nothing of the consent: the application or a gateway's
// key is refused, and who mends that need not consent again. A Classify gives it.
var ErrConsentStands = errors.New("nobody needs to consent again")

// CodeGrant is the grant of an authorization code (RFC 6749 4.1): a person consents once, and refresh tokens go on from there. It
// needs a Store: what is lost there has to be consented to again.
type CodeGrant struct {
	o        *oauth
	redirect string
	scopes   []string // of the consent; a refresh keeps them
}

// AuthorizationCode makes a CodeGrant. redirect is the address that is registered with the application; a kept token belongs to
// the token endpoint and the client's id, so that secret and header can be replaced without consenting again.
func AuthorizationCode(c OAuthConfig, redirect string) *CodeGrant {
	scopes := c.Scopes
	c.Scopes = nil
	o := newOAuth(c, url.Values{"grant_type": {"refresh_token"}})
	if c.Secret == "" { // a public client: its id alone
		o.form.Del("client_secret")
	}
	sum := sha256.Sum256([]byte(c.TokenURL + "\x00code\x00" + c.ClientID))
	o.mark = hex.EncodeToString(sum[:8])
	g := &CodeGrant{o: o, redirect: redirect, scopes: scopes}
	o.renew = g.refresh
	return g
}

// Authorizer puts the token on requests.
func (g *CodeGrant) Authorizer() Authorizer { return g.o }

// Address is where a person consents, at the vendor's authorization endpoint.
func (g *CodeGrant) Address(endpoint, state string) string {
	q := url.Values{"response_type": {"code"}, "client_id": {g.o.c.ClientID}}
	if state != "" {
		q.Set("state", state)
	}
	return endpoint + "?" + q.Encode()
}

// Exchange turns the code of a consent into tokens and keeps them. Errors: Auth when the code is refused, Rejected when nothing can
// be kept, and those of the store: the code is used up then.
func (g *CodeGrant) Exchange(ctx context.Context, code string) error {
	o := g.o
	if o.c.Store == nil {
		return cardea.Errorf(cardea.Rejected, "%s: tokens are kept encrypted: set CARDEA_KEY; make a key with: openssl rand -hex 32", o.c.Name)
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {strings.TrimSpace(code)},
		"client_id": {o.c.ClientID}, "client_secret": {o.c.Secret},
	}
	if g.redirect != "" {
		form.Set("redirect_uri", g.redirect)
	}
	return g.exchange(ctx, form)
}

// exchange sends a code's form and keeps what comes.
func (g *CodeGrant) exchange(ctx context.Context, form url.Values) error {
	o := g.o
	t, err := o.c.fetch(ctx, form)
	if err != nil {
		return err
	}
	if t.Refresh == "" {
		return cardea.Errorf(cardea.Auth, "%s: the vendor gave no refresh token: the connection would end with the first token", o.c.Name)
	}
	t.For = o.mark
	if err := g.keep(ctx, t); err != nil {
		return err
	}
	// What was refused before the consent does not stand any more.
	o.mu.Lock()
	defer o.mu.Unlock()
	o.token, o.refusal = t, nil
	return nil
}

// refresh gets the next token. What is kept is read each time: another process may have refreshed meanwhile, and then its token
// serves. The new refresh token is kept before the access token is used: the old one may be dead.
func (g *CodeGrant) refresh(ctx context.Context) (token, error) {
	o := g.o
	for tried := ""; ; {
		kept, err := g.kept(ctx)
		if err != nil {
			return token{}, err
		}
		switch {
		case kept.Refresh == "" || kept.For != o.mark:
			return token{}, g.reconnect(nil)
		case o.fresh(kept, o.c.Now()) && !o.wasDropped(kept):
			return kept, nil
		}
		form := url.Values{"refresh_token": {kept.Refresh}}
		maps.Copy(form, o.form)
		t, err := o.c.fetch(ctx, form)
		if errors.Is(err, ErrConsentStands) {
			return token{}, err
		}
		if cardea.ClassOf(err) == cardea.Auth {
			if tried != kept.Refresh && g.moved(ctx, kept.Refresh) {
				tried = kept.Refresh
				continue
			}
			return token{}, g.reconnect(err)
		}
		if err != nil {
			return token{}, err
		}
		if t.Refresh == "" {
			t.Refresh = kept.Refresh
		}
		t.For = o.mark
		return t, g.keep(ctx, t)
	}
}

// moved says whether somebody else put another refresh token in the place of this one, within a moment.
func (g *CodeGrant) moved(ctx context.Context, refresh string) bool {
	const patience, step = 2 * time.Second, 500 * time.Millisecond
	for waited := time.Duration(0); ; waited += step {
		if kept, err := g.kept(ctx); err == nil && kept.Refresh != refresh && kept.Refresh != "" {
			return true
		}
		if waited >= patience || !pause(ctx, step) {
			return false
		}
	}
}

func (g *CodeGrant) reconnect(cause error) error {
	const how = "%s is not connected: somebody has to consent with: cardea connect %s"
	if cause == nil {
		return cardea.Errorf(cardea.Auth, how, g.o.c.Name, g.o.c.Name)
	}
	return cardea.Errorf(cardea.Auth, how+": %w", g.o.c.Name, g.o.c.Name, cause)
}

func (g *CodeGrant) kept(ctx context.Context) (token, error) {
	if g.o.c.Store == nil {
		return token{}, cardea.Errorf(cardea.Rejected, "%s: tokens are kept encrypted: set CARDEA_KEY; make a key with: openssl rand -hex 32",
			g.o.c.Name)
	}
	b, err := g.o.c.Store.LoadToken(ctx, g.o.c.Name)
	if cardea.ClassOf(err) == cardea.NotFound {
		return token{}, nil
	}
	var t token
	if err == nil && len(b) > 0 && json.Unmarshal(b, &t) != nil {
		return token{}, nil //nolint:nilerr // what cannot be read is no token: somebody consents again
	}
	return t, err
}

func (g *CodeGrant) keep(ctx context.Context, t token) error {
	b, err := json.Marshal(t)
	if err == nil {
		err = g.o.c.Store.SaveToken(ctx, g.o.c.Name, b)
	}
	if err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "%s: the token could not be kept: %w", g.o.c.Name, err)
	}
	return nil
}
