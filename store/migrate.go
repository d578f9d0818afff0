package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/cardea-access/cardea"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Nodes that start together take turns by an advisory lock on PostgreSQL. SQLite has
// none: there each migration is one transaction, and who comes second finds the tables there, fails and looks again.
func (s *Store) migrate(ctx context.Context, schema string) error {
	err := s.migrateOnce(ctx, schema)
	for n := 1; err != nil && n < attempts && s.engine == sqlite && ctx.Err() == nil; n++ {
		err = s.migrateOnce(ctx, schema)
	}
	return err
}

func (s *Store) migrateOnce(ctx context.Context, schema string) error {
	p, err := s.migrator(schema)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return cardea.Errorf(cardea.Retry, "the database does not answer or its tables cannot be brought up to date: %w", err)
	}
	return notNewer(ctx, p)
}

// notNewer refuses tables that a newer program made: what it added this one would not keep.
func notNewer(ctx context.Context, p *goose.Provider) error {
	there, err := p.GetDBVersion(ctx)
	if err != nil {
		return cardea.Errorf(cardea.Retry, "the database does not say which version its tables have: %w", err)
	}
	known := int64(0)
	for _, m := range p.ListSources() {
		known = max(known, m.Version)
	}
	if there > known {
		return cardea.Errorf(cardea.Rejected, "the database's tables have version %d, and this program knows them up to %d: a newer cardea "+
			"was started on it. Start that one here too, or go back to a backup of before", there, known)
	}
	return nil
}

func (s *Store) migrator(schema string) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, cardea.Errorf(cardea.Unknown, "reading the migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{}
	if s.engine == postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockID(schema)), lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, cardea.Errorf(cardea.Unknown, "preparing the migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, s.writer, folder, options...)
	if err != nil {
		return nil, cardea.Errorf(cardea.Unknown, "preparing the migrations: %w", err)
	}
	return p, nil
}

// lockID is the advisory lock of one schema: nodes on another schema need not wait.
func lockID(schema string) int64 {
	sum := sha256.Sum256([]byte("cardea migrations " + schema))
	return int64(binary.BigEndian.Uint32(sum[:4]))
}
