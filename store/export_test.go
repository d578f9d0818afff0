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

// Reopened tells the store to forget that the workspace is there.
func (s *Store) Reopened() { s.made.Clear() }

// What the suite looks into.
var (
	Clean      = clean
	WithoutNUL = withoutNUL
	FoldEmail  = foldEmail
	Bulk       = bulk[string, string]
)
