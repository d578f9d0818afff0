package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/cardea-access/cardea"
)

// What an engine's error means to a caller.
type trouble int

const (
	other trouble = iota
	deadlock
	busy
	dangling // a foreign key leads nowhere
	taken    // a unique key is there already
	full     // there is no room
)

// troubleOf reads the codes of PostgreSQL (appendix A of its manual) and SQLite (rescode.html).
func troubleOf(err error) trouble {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch p.Code {
		case "40P01", "40001":
			return deadlock
		case "23503":
			return dangling
		case "23505":
			return taken
		case "53300", "57P01", "57P02", "57P03":
			return busy
		case "53100":
			return full
		}
		return other
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return busy
	}
	if s, ok := errors.AsType[*sqlitedriver.Error](err); ok {
		switch s.Code() {
		case sqlitelib.SQLITE_CONSTRAINT_FOREIGNKEY:
			return dangling
		case sqlitelib.SQLITE_CONSTRAINT_UNIQUE, sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY:
			return taken
		}
		switch s.Code() & 0xff {
		case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_LOCKED:
			return busy
		case sqlitelib.SQLITE_FULL:
			return full
		}
	}
	return other
}

// brokenOff says whether the engine rolled the transaction back so that another one could go on.
func brokenOff(err error) bool { return troubleOf(err) == deadlock }

// classed turns an engine's error into one of ours. Errors that are ours already, or the context's, stay as they are.
func classed(what string, err error) error {
	var ours *cardea.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	switch troubleOf(err) {
	case deadlock, busy:
		return cardea.Errorf(cardea.Retry, "%s: the database is busy or away: %w", what, err)
	case full:
		return cardea.Errorf(cardea.Retry, "%s: the disk of the database is full, and nothing goes on until there is room: %w", what, err)
	case dangling:
		return cardea.Errorf(cardea.NotFound, "%s: the connection, integration or record it belongs to is not saved: %w", what, err)
	case taken:
		return cardea.Errorf(cardea.Conflict, "%s: it is there already: %w", what, err)
	case other:
	}
	return cardea.Errorf(cardea.Unknown, "%s: %w", what, err)
}
