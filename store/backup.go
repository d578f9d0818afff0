package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strings"

	"github.com/cardea-access/cardea"
)

// Backup writes a whole copy of a SQLite database into a file that is not there yet, readable by nobody else, while others may work on
// the database. Its tables are left as they are, so that a newer program can make the copy before it changes them. Errors: Rejected.
func Backup(ctx context.Context, dsn, to string) (err error) {
	path, is := strings.CutPrefix(dsn, "sqlite:")
	switch {
	case !is:
		return cardea.Errorf(cardea.Rejected, "the database is PostgreSQL, which has its own tool for backups: pg_dump --format=custom")
	case path == ":memory:" || path == "":
		return cardea.Errorf(cardea.Rejected, "the database is in memory only: there is nothing to back up")
	}
	if _, err := os.Stat(path); err != nil {
		return cardea.Errorf(cardea.Rejected, "there is no database to back up: %w", err)
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the backup cannot be written: %w; name a file that is not there yet", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(to)) // half a backup is taken for a whole one
		}
	}()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "the database cannot be opened: %w", err)
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", to)
	if err = errors.Join(err, db.Close()); err != nil {
		return classed("making a backup", err)
	}
	if err := f.Sync(); err != nil {
		return cardea.Errorf(cardea.Retry, "the backup may not have reached the disk: %w", err)
	}
	return nil
}
