package house

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

// Records is where the records live. The store satisfies it.
type Records interface {
	// HouseRecords returns all records of a kind, sorted by id. Errors: Retry.
	HouseRecords(ctx context.Context, connection string, kind cardea.Kind) ([]cardea.Record, error)
	// HouseRecord returns one record; false when there is none. Errors: Retry.
	HouseRecord(ctx context.Context, connection string, k cardea.Key) (cardea.Record, bool, error)
}

// Config is what a System needs.
type Config struct {
	// Connection is the connection's name in the configuration: records are kept under it.
	Connection string
	// Name is the operator's own name, for people; empty = the connection's.
	Name    string
	Records Records
	Now     func() time.Time
}

// System is the records of one house connection. It may be used by many goroutines.
type System struct {
	connection string
	name       string
	records    Records
}

var (
	_ space.System   = (*System)(nil)
	_ space.Assuming = (*System)(nil)
	_ space.Editable = (*System)(nil)
)

// New checks the configuration. Errors: Rejected.
func New(c Config) (*System, error) {
	switch {
	case c.Connection == "":
		return nil, cardea.Errorf(cardea.Rejected, "the house connection has no name")
	case c.Records == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the house connection %s has no database", c.Connection)
	case c.Now == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the house connection %s has no clock", c.Connection)
	}
	s := &System{connection: c.Connection, name: c.Name, records: c.Records}
	if s.name == "" {
		s.name = c.Connection
	}
	return s, nil
}

// Describe names the connection itself: it is its own tenant. Its clock is ours, so there is no skew.
func (s *System) Describe(context.Context) (cardea.Organisation, error) {
	return cardea.Organisation{ID: "house:" + s.connection, Name: s.name}, nil
}

// Collections lists the kinds that a house has: all of them.
func (s *System) Collections() []cardea.Kind { return slices.Clone(cardea.Kinds) }

// Editable implements space.Editable.
func (s *System) Editable() {}

// Assumed implements space.Assuming.
func (s *System) Assumed() []string {
	return []string{
		"What was imported last is what is true: nobody but an import or a command changes these records.",
		"An import replaces whole kinds of records. A record that the file no longer has counts as deleted.",
	}
}
