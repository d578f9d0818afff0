package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/cardea-access/cardea"
)

type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

// How many connections read at once, and how many stay open between bursts: what a hook sets off runs on three, and a new one
// takes longer to open and to compile its statements than all that is then asked of it.
const (
	sqliteReaders = 4
	postgresConns = 10
	postgresIdle  = 5
)

// openSQLite opens a file with one writer and several readers. A memory database is a file in a directory of its own:
// SQLite's shared memory databases have no write-ahead log, so that a reader would wait for the writer.
func (s *Store) openSQLite(path string) error {
	s.engine = sqlite
	// A full sync makes a committed "sending" survive a power cut.
	durability := "synchronous(FULL)"
	if path == ":memory:" {
		dir, err := os.MkdirTemp("", "cardea-")
		if err != nil {
			return cardea.Errorf(cardea.Rejected, "no directory for a temporary database: %w", err)
		}
		s.cleanup = func() error { return os.RemoveAll(dir) }
		path, durability = filepath.Join(dir, "cardea.db"), "synchronous(OFF)"
	}
	if path == "" {
		return cardea.Errorf(cardea.Rejected, "the database name has no path: want sqlite:PATH, such as sqlite:cardea.db")
	}
	// The file holds people's names: nobody else on the machine reads it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the database file cannot be opened: %w; its folder must exist, and be this user's to "+
			"write", err)
	}
	if err := f.Close(); err != nil {
		return cardea.Errorf(cardea.Rejected, "the database file cannot be opened: %w", err)
	}
	base := "file:" + (&url.URL{Path: path}).EscapedPath() + "?"
	write := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", durability, "foreign_keys(1)"},
	}
	read := url.Values{"_pragma": {"busy_timeout(10000)", "query_only(1)"}}
	if s.writer, err = sql.Open("sqlite", base+write.Encode()); err != nil {
		return cardea.Errorf(cardea.Rejected, "the database cannot be opened: %w", err)
	}
	s.writer.SetMaxOpenConns(1)
	if s.reader, err = sql.Open("sqlite", base+read.Encode()); err != nil {
		return errors.Join(cardea.Errorf(cardea.Rejected, "the database cannot be opened: %w", err), s.writer.Close())
	}
	s.reader.SetMaxOpenConns(sqliteReaders)
	s.reader.SetMaxIdleConns(sqliteReaders)
	s.ready, s.writes = newPrepared(s.reader), newPrepared(s.writer)
	return nil
}

// openPostgres opens a pool whose connections all look into the schema.
func (s *Store) openPostgres(ctx context.Context, dsn, schema string) error {
	s.engine = postgres
	c, err := pgx.ParseConfig(dsn)
	if err != nil { // which repeats the password: it is not handed on
		return cardea.Errorf(cardea.Rejected, "the database name cannot be read: want postgres://user@host/database")
	}
	if schema != "" {
		quoted := pgx.Identifier{clean(schema)}.Sanitize()
		if err := makeSchema(ctx, c, quoted); err != nil {
			return err
		}
		c.RuntimeParams["search_path"] = quoted
	}
	s.writer = stdlib.OpenDB(*c)
	s.writer.SetMaxOpenConns(postgresConns)
	s.writer.SetMaxIdleConns(postgresIdle)
	s.reader = s.writer
	return nil
}

func makeSchema(ctx context.Context, c *pgx.ConnConfig, quoted string) error {
	db := stdlib.OpenDB(*c)
	_, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+quoted)
	if troubleOf(err) == taken {
		err = nil // another node made it between our look and our try
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return cardea.Errorf(cardea.Retry, "the database does not let us make the schema %s: %w",
			strings.Trim(quoted, `"`), err)
	}
	return nil
}
