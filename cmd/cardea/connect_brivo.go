package main

import (
	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/brivo"
	"github.com/cardea-access/cardea/wire"
)

// newBrivo makes a connection of either kind: an application of Brivo is for passwords or for consents, never for both.
func newBrivo(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error) {
	hosts, err := brivo.HostsOf(c.BaseURL, c.Region)
	if err != nil {
		return nil, err
	}
	key, secret, password := c.APIKey.Value(), c.ClientSecret.Value(), c.Password.Value()
	oauth := wire.OAuthConfig{
		Name: name, TokenURL: hosts.Auth + "/oauth/token", ClientID: c.ClientID, Secret: secret, Basic: true,
		Username: c.User, Password: password, Header: brivo.TokenHeader(key, c.ClientID, secret), Classify: brivo.RefusedToken,
		Transport: w.transport, Now: w.now, Store: w.tokens, Recorder: w.recorder, Waits: w.waits,
	}
	settings := w.client(name, b)
	settings.Base, settings.Classify, settings.Header = hosts.API, brivo.Classify, brivo.Header(key)
	settings.Secrets = []string{key, secret, password, brivo.Basic(c.ClientID, secret)}
	switch {
	case c.User != "" && password != "":
		if err := brivo.Login(c.User); err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: %w", name, err)
		}
		settings.Auth = wire.PasswordGrant(oauth)
	case c.User == "" && password == "":
		if w.tokens == nil {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: without user and password it rests on somebody's consent, whose tokens "+
				"are kept encrypted: set CARDEA_KEY; make a key with: openssl rand -hex 32", name)
		}
		grant := wire.AuthorizationCode(oauth, c.RedirectURL)
		settings.Auth = grant.Authorizer()
		if w.consents != nil {
			w.consents[name] = desk.Consent(consent{grant, hosts.Auth + "/oauth/authorize"})
		}
	default:
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: brivo needs user and password (an application of the password kind), or "+
			"neither (one of the authorization-code kind)", name)
	}
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	return brivo.New(brivo.Config{
		Client: client, Connection: name, Settle: c.Settle.Duration, Propagation: c.Propagation.Duration, Now: w.now,
		Passes: brivo.PassMode(c.Passes), PassesAfter: brivo.PassAfter(c.PassesAfter), Memory: w.passes, HookSecrets: w.secretsOf(name),
	})
}
