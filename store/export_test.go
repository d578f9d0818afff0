package store

import "context"

// Tamper changes rows behind the store's back, as somebody with the database in hand could.
func (s *Store) Tamper(ctx context.Context, query string, args ...any) error {
	_, err := s.writer.ExecContext(ctx, query, args...)
	return err
}

// TryWriteByReader writes through a connection that only reads.
func (s *Store) TryWriteByReader(ctx context.Context, query string) error {
	_, err := s.reader.ExecContext(ctx, query)
	return err
}

// Look reads one value as text.
func (s *Store) Look(ctx context.Context, query string, args ...any) (string, error) {
	var out string
	err := s.reader.QueryRowContext(ctx, query, args...).Scan(&out)
	return out, err
}

// MigrateDown takes the tables back to a version, MigrateUp brings them up to date again.
func (s *Store) MigrateDown(ctx context.Context, schema string, version int64) error {
	p, err := s.migrator(schema)
	if err == nil {
		_, err = p.DownTo(ctx, version)
	}
	return err
}

// MigrateUp is what Open does.
func (s *Store) MigrateUp(ctx context.Context, schema string) error { return s.migrate(ctx, schema) }

// Reopened tells the store to forget that the workspace is there.
func (s *Store) Reopened() { s.made.Clear() }

// What the suite looks into.
var (
	Clean      = clean
	WithoutNUL = withoutNUL
	FoldEmail  = foldEmail
	Bulk       = bulk[string, string]
)
