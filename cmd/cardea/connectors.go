package main

import (
	"encoding/base64"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/kisi"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/space/officernd"
	"github.com/cardea-access/cardea/wire"
)

func newOfficeRnD(name string, c *config.Connection, b *wire.Budget, w wiring) (space.System, error) {
	hosts, err := officernd.HostsAt(c.AuthURL, c.BaseURL, c.Org)
	if err != nil {
		return nil, err
	}
	settings := w.client(name, b)
	settings.Base, settings.Classify = hosts.API, officernd.Classify
	settings.Secrets = []string{c.ClientSecret.Value(), c.WebhookSecret.Value()}
	settings.Auth = wire.ClientCredentials(wire.OAuthConfig{
		Name: name, TokenURL: hosts.Token, ClientID: c.ClientID, Secret: c.ClientSecret.Value(), Scopes: officernd.Scopes,
		Transport: w.transport, Now: w.now, Store: w.tokens, Recorder: w.recorder, Waits: w.waits,
	})
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	registrar, err := w.registrar(name, c, hosts, b)
	if err != nil {
		return nil, err
	}
	return officernd.New(officernd.Config{
		Client: client, Org: c.Org, Account: c.ClientID, HookSecret: c.WebhookSecret.Value(), Now: w.now,
		HookSecrets: w.secretsOf(name), Registrar: registrar,
	})
}

func newKisi(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error) {
	settings := w.client(name, b)
	settings.Base, settings.Classify, settings.Header = c.BaseURL, kisi.Classify, kisi.Header()
	if c.BaseURL == "" {
		settings.Base = kisi.Production
	}
	settings.Secrets = []string{c.APIKey.Value(), c.WebhookSecret.Value()}
	settings.Auth = kisi.Authorize(c.APIKey.Value())
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	return kisi.New(kisi.Config{
		Client: client, Settle: c.Settle.Duration, Propagation: c.Propagation.Duration, Now: w.now,
		HookSecret: c.WebhookSecret.Value(), HookSecrets: w.secretsOf(name),
	})
}

func newHouse(name string, c *config.Connection, _ *wire.Budget, w wiring) (space.System, error) {
	return house.New(house.Config{Connection: name, Name: c.Name, Records: w.records, Now: w.now})
}

func newSCIM(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error) {
	settings := w.client(name, b)
	settings.Base, settings.Classify = c.BaseURL, scim.Classify
	switch token, password := c.Token.Value(), c.Password.Value(); {
	case token != "" && c.User == "" && password == "":
		settings.Secrets, settings.Auth = []string{token}, scim.Authorize(token)
	case token == "" && c.User != "" && password != "":
		basic := base64.StdEncoding.EncodeToString([]byte(c.User + ":" + password))
		settings.Secrets, settings.Auth = []string{password, basic}, scim.AuthorizeBasic(c.User, password)
	default:
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: scim needs a token, or user and password, and not both", name)
	}
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	return scim.New(scim.Config{
		Client: client, Base: c.BaseURL, Settle: c.Settle.Duration, Propagation: c.Propagation.Duration, Now: w.now, Habits: w.habits,
	})
}

func newOpenTech(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error) {
	if w.memory == nil {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: opentech's access codes are kept encrypted: set CARDEA_KEY; make a key "+
			"with: openssl rand -hex 32", name)
	}
	hosts, err := opentech.HostsOf(c.AuthURL, c.BaseURL, c.EventURL)
	if err != nil {
		return nil, err
	}
	settings := w.client(name, b)
	settings.Base, settings.Classify, settings.Header = hosts.Access, opentech.Classify, opentech.Header()
	settings.Secrets = []string{c.APIKey.Value(), c.APISecret.Value(), c.ClientSecret.Value()}
	settings.Auth = wire.PasswordGrant(wire.OAuthConfig{
		Name: name, TokenURL: hosts.Token, ClientID: c.ClientID, Secret: c.ClientSecret.Value(),
		Username: c.APIKey.Value(), Password: c.APISecret.Value(), Classify: opentech.RefusedToken,
		Transport: w.transport, Now: w.now, Store: w.tokens, Recorder: w.recorder, Waits: w.waits,
	})
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	var topics []string
	if c.HookTopic != "" {
		topics = []string{c.HookTopic}
	}
	return opentech.New(opentech.Config{
		Hooks: opentech.Hooks{Topics: topics, Client: wire.Config{
			Name: name, Transport: w.transport, Now: w.now, Recorder: w.recorder,
		}},
		Client: client, Memory: w.memory, Connection: name, Facility: c.Facility, TimeGroup: c.TimeGroup, Profile: c.AccessProfile,
		PortalVisitors: c.PortalVisitors, Settle: c.Settle.Duration, Propagation: c.Propagation.Duration, Now: w.now,
	})
}
