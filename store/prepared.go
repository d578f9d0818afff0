package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"

	"github.com/cardea-access/cardea/store/internal/gen"
)

// prepared runs SQLite's statements compiled once: compiling the closure of a person takes longer than running it, and of what a
// transaction costs half is compiling. pgx does the same by itself.
type prepared struct {
	db    *sql.DB
	mu    sync.Mutex // never held while a connection is waited for: whoever has it may want the lock
	stmts map[string]*sql.Stmt
}

var _ gen.DBTX = (*prepared)(nil)

func newPrepared(db *sql.DB) *prepared { return &prepared{db: db, stmts: map[string]*sql.Stmt{}} }

// have returns the statement, nil when it was not compiled yet.
func (p *prepared) have(query string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stmts[query]
}

func (p *prepared) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.have(query); s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, ok := p.stmts[query]; ok { // somebody else was quicker
		return first, s.Close()
	}
	p.stmts[query] = s
	return s, nil
}

// ExecContext implements gen.DBTX.
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// PrepareContext implements gen.DBTX.
func (p *prepared) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return p.db.PrepareContext(ctx, query)
}

// QueryContext implements gen.DBTX.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext implements gen.DBTX.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.stmt(ctx, query)
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

// preparedTx is a transaction that runs the statements that are compiled. The others it compiles when it is over: while it has its
// connection it must not wait for another, of which there may be none.
type preparedTx struct {
	*sql.Tx

	of    *prepared
	wants []string
}

var _ gen.DBTX = (*preparedTx)(nil)

func (t *preparedTx) stmt(ctx context.Context, query string) *sql.Stmt {
	s := t.of.have(query)
	if s == nil {
		if !slices.Contains(t.wants, query) {
			t.wants = append(t.wants, query)
		}
		return nil
	}
	return t.StmtContext(ctx, s)
}

// ExecContext implements gen.DBTX.
func (t *preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.stmt(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext implements gen.DBTX.
func (t *preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.stmt(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext implements gen.DBTX.
func (t *preparedTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := t.stmt(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}

// over compiles what the transaction had to do without, for the next. What cannot be compiled now is tried again then.
func (t *preparedTx) over(ctx context.Context) {
	for _, query := range t.wants {
		if _, err := t.of.stmt(ctx, query); err != nil {
			return
		}
	}
}
