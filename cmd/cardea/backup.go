package main

import (
	"context"
	"fmt"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

type backupCmd struct {
	Config string `short:"c" env:"CARDEA_CONFIG" default:"cardea.yaml" help:"Configuration file."`
	JSON   bool   `name:"json" help:"Print JSON."`
	File   string `arg:"" help:"File to write, which is not there yet."`
}

// Help says what is not in it.
func (*backupCmd) Help() string {
	return `The copy is whole although a server may be at work, and is readable by you alone. What Cardea keeps secret itself is
in it only encrypted: keep CARDEA_KEY and the configuration too, and not beside it. docs/operations.md says how to restore.
PostgreSQL is backed up by pg_dump.

  cardea backup cardea-2026-11-23.db`
}

// Run writes a copy of the database.
func (b *backupCmd) Run(ctx context.Context, c *terminal) error {
	file, err := config.Load(b.Config, c.getenv)
	if err != nil {
		return err
	}
	if err := store.Backup(ctx, file.Database, b.File); err != nil {
		return err
	}
	if b.JSON {
		return printJSON(c.out, map[string]string{"backup": b.File})
	}
	_, err = fmt.Fprintf(c.out, "Wrote %s. It opens with the CARDEA_KEY of now: keep that too, and not beside it.\n",
		say.Clean(b.File))
	return err
}
