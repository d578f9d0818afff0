package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/cardea-access/cardea/store/internal/gen"
)

// prepared runs SQLite's reads by statements that are compiled once: compiling the closure of a person takes longer than
// running it. pgx does the same by itself.
type prepared struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

var _ gen.DBTX = (*prepared)(nil)

func (p *prepared) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.stmts[query]; ok {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept until the database is closed
	if err == nil {
		p.stmts[query] = s
	}
	return s, err
}

// ExecContext implements gen.DBTX.
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.db.ExecContext(ctx, query, args...)
}

// PrepareContext implements gen.DBTX.
func (p *prepared) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return p.db.PrepareContext(ctx, query)
}

// QueryContext implements gen.DBTX.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // others use it too
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext implements gen.DBTX.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // others use it too
	if err != nil {
		return p.db.QueryRowContext(ctx, query, args...) // fails in the same way, and a Row carries its error
	}
	return s.QueryRowContext(ctx, args...)
}

// Close frees the statements.
func (p *prepared) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	for _, s := range p.stmts {
		err = errors.Join(err, s.Close())
	}
	clear(p.stmts)
	return err
}
