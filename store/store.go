package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// Options say what a data source name cannot.
type Options struct {
	// Key seals secrets: 32 bytes, kept outside the database. Without it secrets are refused.
	Key []byte
	// Schema is PostgreSQL's schema, made when missing; empty is the role's own search path. Tests use one each.
	Schema string
	// Now stamps what people and connectors change of their own accord: SaveHouse and Remember, which refuse without it.
	Now func() time.Time
}

// Store is one database.
type Store struct {
	engine  engine
	writer  *sql.DB   // SQLite: one connection, whose transactions take the write lock when they begin
	reader  *sql.DB   // SQLite: connections that refuse to write; PostgreSQL: the writer
	ready   *prepared // SQLite: the reader's statements
	writes  *prepared // SQLite: the writer's
	seal    *sealer   // nil = no key
	now     func() time.Time
	cleanup func() error
	made    sync.Map // workspaces that are known to be there
}

// Open opens "sqlite:PATH", "sqlite::memory:" (a private database that is gone after Close) or "postgres://...", and
// brings its tables up to date. Errors: Rejected for a name or key that cannot be used, Retry when it does not answer.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	seal, err := newSealer(o.Key)
	if err != nil {
		return nil, err
	}
	s := &Store{seal: seal, now: o.Now}
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		err = s.openSQLite(strings.TrimPrefix(dsn, "sqlite:"))
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		err = s.openPostgres(ctx, dsn, o.Schema)
	default:
		scheme, _, _ := strings.Cut(dsn, ":")
		err = cardea.Errorf(cardea.Rejected,
			"the database name starts with %q: want sqlite:PATH, sqlite::memory: or postgres://...", scheme)
	}
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, o.Schema); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close waits for what is being written and closes the database.
func (s *Store) Close() error {
	var err error
	if s.ready != nil {
		err = errors.Join(s.ready.Close(), s.writes.Close())
	}
	err = errors.Join(err, s.writer.Close())
	if s.reader != s.writer {
		err = errors.Join(err, s.reader.Close())
	}
	if s.cleanup != nil {
		err = errors.Join(err, s.cleanup())
	}
	if err != nil {
		return cardea.Errorf(cardea.Unknown, "closing the database: %w", err)
	}
	return nil
}

// Engine is "sqlite" or "postgres".
func (s *Store) Engine() string { return string(s.engine) }

// In returns the store as one workspace sees it: the only way to a query. The workspace is made when it is first
// written to.
func (s *Store) In(workspace string) *Workspace { return &Workspace{s: s, id: clean(workspace)} }

// clock tells the time of writes whose callers bring none.
func (s *Store) clock() (cardea.Instant, error) {
	if s.now == nil {
		return 0, cardea.Errorf(cardea.Rejected, "the store was opened without a clock: give it one in Options.Now")
	}
	return cardea.At(s.now()), nil
}

// queries reads outside a transaction.
func (s *Store) queries() *gen.Queries {
	if s.ready != nil {
		return gen.New(s.ready)
	}
	return gen.New(s.reader)
}

// writing writes outside a transaction, in one statement.
func (s *Store) writing() *gen.Queries {
	if s.writes != nil {
		return gen.New(s.writes)
	}
	return gen.New(s.writer)
}

// within returns the queries of a transaction, and what is to be called when it is over.
func within(tx *sql.Tx, p *prepared) (*gen.Queries, func(context.Context)) {
	if p == nil {
		return gen.New(tx), func(context.Context) {}
	}
	t := &preparedTx{Tx: tx, of: p}
	return gen.New(t), t.over
}
