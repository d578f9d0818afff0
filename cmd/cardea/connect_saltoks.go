package main

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/saltoks"
	"github.com/cardea-access/cardea/wire"
)

// provenConsent is a consent with a proof key.
type provenConsent struct{ consent }

// AddressProving is where the person goes; desk keeps the verifier until the code comes.
func (c provenConsent) AddressProving(state, verifier string) string {
	return c.grant.Prove(c.endpoint, state, verifier)
}

// ExchangeProven turns the code into tokens and keeps them.
func (c provenConsent) ExchangeProven(ctx context.Context, code, verifier string) error {
	return c.grant.ExchangeProven(ctx, code, verifier)
}

// newSaltoKS makes a connection of either kind: somebody consents, which is what Salto's clients are for, or a service account's
// password stands in the file, which Salto has to switch on for the client and which is asked for by name.
func newSaltoKS(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error) {
	hosts, err := saltoks.HostsOf(c.BaseURL, c.AuthURL, c.Environment)
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: %w", name, err)
	}
	secret, password := c.ClientSecret.Value(), c.Password.Value()
	oauth := wire.OAuthConfig{
		Name: name, TokenURL: hosts.Identity + "/connect/token", ClientID: c.ClientID, Secret: secret, Basic: secret != "",
		Header: saltoks.TokenHeader(c.ClientID, secret), Classify: saltoks.RefusedToken,
		Transport: w.transport, Now: w.now, Store: w.tokens, Recorder: w.recorder, Waits: w.waits,
	}
	settings := w.client(name, b)
	settings.Base, settings.Classify = hosts.API, saltoks.Classify
	settings.Secrets = []string{secret, password, saltoks.Basic(c.ClientID, secret)}
	switch c.Auth {
	case "", "code":
		if c.User != "" || password != "" {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: user and password are for auth: password, which Salto has to switch on for "+
				"the client; without it leave both out, and consent with: cardea connect %s", name, name)
		}
		if c.RedirectURL == "" {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: saltoks needs redirect_url, as Salto registered it for the client", name)
		}
		if w.tokens == nil {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: it rests on somebody's consent, whose tokens are kept encrypted: set "+
				"CARDEA_KEY; make a key with: openssl rand -hex 32", name)
		}
		oauth.Scopes = saltoks.ScopesCode
		grant := wire.AuthorizationCode(oauth, c.RedirectURL)
		settings.Auth = grant.Authorizer()
		if w.consents != nil {
			w.consents[name] = desk.Consent(provenConsent{consent{grant, hosts.Identity + "/connect/authorize"}})
		}
	case "password":
		if c.User == "" || password == "" || secret == "" {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: auth: password needs user (the e-mail address of a service account at Salto "+
				"KS), password and client_secret", name)
		}
		oauth.Scopes, oauth.Username, oauth.Password = saltoks.ScopesPassword, c.User, password
		settings.Auth = wire.PasswordGrant(oauth)
	default:
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: auth: %q is neither code nor password", name, c.Auth)
	}
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	return saltoks.New(saltoks.Config{
		Client: client, Site: c.Site, Settle: c.Settle.Duration, Propagation: c.Propagation.Duration, Now: w.now,
	})
}
