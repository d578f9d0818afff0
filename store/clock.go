package store

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
)

// Skew is the database's clock minus ours, as far as can be seen: half the time that the question took is not known. Zero on
// SQLite, whose clock is the machine's own. Nodes that share a database compare their clocks by it: a lease is written by one
// node's clock and read by another's.
func (s *Store) Skew(ctx context.Context, now func() time.Time) (skew, unsure time.Duration, err error) {
	if s.engine != postgres {
		return 0, 0, nil
	}
	var theirs int64
	asked := now()
	// The one text that is PostgreSQL's alone: no row is touched by it.
	const clock = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
	if err := s.reader.QueryRowContext(ctx, clock).Scan(&theirs); err != nil {
		return 0, 0, classed("asking the database for the time", err)
	}
	took := now().Sub(asked)
	middle := cardea.At(asked.Add(took / 2))
	return time.Duration(theirs-int64(middle)) * time.Microsecond, took / 2, nil
}
