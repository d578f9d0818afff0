package wire

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/cardea-access/cardea"
)

// Prove is Address for vendors that want a proof key (RFC 7636, S256): the scopes and the redirect address stand in the query,
// and whoever brings the code must know the verifier, which goes to ExchangeProven alone.
func (g *CodeGrant) Prove(endpoint, state, verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {g.o.c.ClientID}, "redirect_uri": {g.redirect}, "state": {state},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	if len(g.scopes) > 0 {
		q.Set("scope", strings.Join(g.scopes, " "))
	}
	return endpoint + "?" + q.Encode()
}

// ExchangeProven is Exchange with the verifier of Prove. The client's secret travels in the header where Basic says so, else
// in the form; a client without one sends its id alone. Errors: as of Exchange.
func (g *CodeGrant) ExchangeProven(ctx context.Context, code, verifier string) error {
	o := g.o
	if o.c.Store == nil {
		return cardea.Errorf(cardea.Rejected, "%s: tokens are kept encrypted: set CARDEA_KEY; make a key with: openssl rand -hex 32", o.c.Name)
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {strings.TrimSpace(code)}, "client_id": {o.c.ClientID},
		"redirect_uri": {g.redirect}, "code_verifier": {verifier},
	}
	if !o.c.Basic && o.c.Secret != "" {
		form.Set("client_secret", o.c.Secret)
	}
	return g.exchange(ctx, form)
}
