package main

import (
	"context"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

type exportCmd struct{ onOrders }

// Help says what becomes of secrets.
func (*exportCmd) Help() string {
	return `Prints the whole configuration in force as YAML that cardea accepts again: what the configuration file says, and the mappings that
the store has. Secrets are never printed: {env: NAME} and {file: PATH} stay as they are, and one that stands in the file in clear
becomes {env: CARDEA_CONNECTION_KEY}; which variables have to be set is said on standard error. Comments are left out.

  cardea export > cardea.whole.yaml`
}

// Run prints the configuration.
func (e *exportCmd) Run(ctx context.Context, c *terminal) error { return e.do(ctx, c, settings{}) }

func (e *exportCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := e.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	stored := map[string]desk.Section{}
	for name := range a.file.Integrations {
		s, ours, err := a.desk.Section(ctx, name)
		if err != nil {
			return err
		}
		if ours {
			stored[name] = s
		}
	}
	text, variables, err := a.file.Export(stored)
	if err != nil {
		return err
	}
	for _, v := range variables {
		fmt.Fprintf(c.err, "cardea: to read this again, set %s: the secret is not printed\n", v)
	}
	if e.JSON {
		var all any
		if err := yaml.Unmarshal(text, &all); err != nil {
			return cardea.Errorf(cardea.Rejected, "the configuration cannot be written: %w", err)
		}
		return printJSON(c.out, all)
	}
	_, err = c.out.Write(text)
	return err
}
