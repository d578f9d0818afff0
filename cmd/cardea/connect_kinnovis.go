package main

import (
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/space/kinnovis"
	"github.com/cardea-access/cardea/wire"
)

func newKinnovis(name string, c *config.Connection, b *wire.Budget, w wiring) (space.System, error) {
	base, err := kinnovis.BaseOf(c.BaseURL)
	if err != nil {
		return nil, err
	}
	settings := w.client(name, b)
	settings.Base, settings.Classify, settings.Auth = base, kinnovis.Classify, kinnovis.Authorize(c.Token.Value())
	settings.Secrets = []string{c.Token.Value(), c.WebhookSecret.Value()}
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	return kinnovis.New(kinnovis.Config{Client: client, HookSecret: c.WebhookSecret.Value(), Now: w.now})
}
