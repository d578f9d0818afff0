package main

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/space/officernd"
	"github.com/cardea-access/cardea/wire"
)

// hookSecrets are the secrets of webhooks that were registered from here.
type hookSecrets interface {
	Secret(ctx context.Context, connection, name string) ([]byte, error)
}

// secretsOf returns who knows the secret of a connection's webhooks, asked at each hook: another process may have registered it. One
// that cannot be opened, for it was sealed with another key, stands in no other's way.
func (w wiring) secretsOf(name string) func(context.Context) ([]string, error) {
	if w.hooks == nil {
		return nil
	}
	return func(ctx context.Context) ([]string, error) {
		var out []string
		var sealed error
		for _, which := range desk.HookSecrets() {
			secret, err := w.hooks.Secret(ctx, name, which)
			switch {
			case err == nil && len(secret) > 0:
				out = append(out, string(secret))
			case cardea.ClassOf(err) == cardea.Auth:
				sealed = err
			case err != nil && cardea.ClassOf(err) != cardea.NotFound:
				return nil, uncheckable(name, err)
			}
		}
		if len(out) == 0 && sealed != nil {
			return nil, uncheckable(name, sealed)
		}
		return out, nil
	}
}

// uncheckable says that something is the matter with what we keep: the hook may well be the vendor's, and is to be sent again.
func uncheckable(name string, why error) error {
	return cardea.Errorf(cardea.Retry, "whether a hook of %s is the vendor's cannot be told: %w", name, why)
}

// registrar is the client that may write OfficeRnD's webhooks: only the hooks command has one. Its token is its own, since the
// scopes are.
func (w wiring) registrar(name string, c *config.Connection, hosts officernd.Hosts, b *wire.Budget) (*wire.Client, error) {
	if !w.registers {
		return nil, nil //nolint:nilnil // there is none, and the connector says so when it needs one
	}
	settings := w.client(name, b)
	settings.ReadOnly, settings.Shut = false, nil
	settings.Base, settings.Classify = hosts.API, officernd.Classify
	settings.Secrets = []string{c.ClientSecret.Value(), c.WebhookSecret.Value()}
	settings.Auth = wire.ClientCredentials(wire.OAuthConfig{
		Name: name, TokenURL: hosts.Token, ClientID: c.ClientID, Secret: c.ClientSecret.Value(), Scopes: officernd.HookScopes,
		Transport: w.transport, Now: w.now, Recorder: w.recorder, Waits: w.waits, Fleeting: true,
	})
	return wire.New(settings)
}
