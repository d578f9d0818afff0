package main

import (
	"encoding/base64"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/space/nexudus"
	"github.com/cardea-access/cardea/wire"
)

func newNexudus(name string, c *config.Connection, b *wire.Budget, w wiring) (space.System, error) {
	if !c.ACS && c.ACSToken.Value() != "" {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: acs_token: it is for acs: true, which is not said; take the line out", name)
	}
	hosts, err := nexudus.HostsOf(c.BaseURL)
	if err != nil {
		return nil, err
	}
	settings := w.client(name, b)
	settings.Base, settings.Classify = hosts.API, nexudus.Classify
	password := c.Password.Value()
	settings.Secrets = []string{password, c.WebhookSecret.Value(), c.ACSToken.Value()}
	switch c.Auth {
	case "", "bearer":
		settings.Auth = nexudus.NewToken(nexudus.TokenConfig{
			Name: name, TokenURL: hosts.Token, User: c.User, Password: password, ClientID: c.ClientID,
			Transport: w.transport, Now: w.now, Store: w.tokens, Recorder: w.recorder,
		})
	case "basic":
		settings.Secrets = append(settings.Secrets, base64.StdEncoding.EncodeToString([]byte(c.User+":"+password)))
		settings.Auth = nexudus.Basic(c.User, password)
	default:
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: auth: %q is neither bearer nor basic", name, c.Auth)
	}
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	own := nexudus.Config{Client: client, Account: c.User, HookSecret: c.WebhookSecret.Value(), Now: w.now}
	if w.registers { // webhooks may be written, by the hooks command alone
		settings.ReadOnly, settings.Shut = false, nil
		if own.Registrar, err = wire.New(settings); err != nil {
			return nil, err
		}
		own.Writes = wire.NewBudget(name+" writes", nexudus.WriteRate, wire.LocalSlots(), w.now)
	}
	system, err := nexudus.New(own)
	if err != nil || !c.ACS {
		return system, err
	}
	if c.ACSToken.Value() == "" {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: acs: true needs acs_token: make one with `openssl rand -hex 24`, give it "+
			"here as {env: NAME} or {file: PATH}, and enter it at Nexudus too (Settings > Integrations > Custom ACS)", name)
	}
	pusher, err := nexudus.NewPusher(system, c.ACSToken.Value())
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: %w", name, err)
	}
	return pusher, nil
}
