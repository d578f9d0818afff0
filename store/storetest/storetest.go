// Package storetest gives tests a store on every engine that the house runs on.
//
//	storetest.Each(t, func(t *testing.T, s *store.Store) { ... })
//
// PostgreSQL comes first: SQLite takes much that PostgreSQL refuses, so that a suite which is green on SQLite alone says
// little. Each test gets a database of its own: a file on SQLite, a schema on PostgreSQL. The cluster is the one that
// CARDEA_TEST_POSTGRES names (see the command pgcluster), else one that is made for the test binary and goes with it.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/cardea-access/cardea/store"
)

// Env names the environment variable with the data source name of a PostgreSQL cluster whose role may make schemas.
const Env = "CARDEA_TEST_POSTGRES"

// Key is the key for secrets that test stores are opened with.
var Key = []byte("a key for tests, of 32 bytes, ok")

// Now is where the clock of test stores stands: early, so that nothing in a test happens before what it stamped.
var Now = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

func now() time.Time { return Now }

// Each runs f on a new store of every engine, in parallel.
func Each(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t))
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
}

// SQLite opens a new store on a temporary file.
func SQLite(tb testing.TB) *store.Store {
	tb.Helper()
	return open(tb, "sqlite::memory:", store.Options{Key: Key, Now: now})
}

// Postgres opens a new store in a schema of its own.
func Postgres(tb testing.TB) *store.Store {
	tb.Helper()
	dsn := DSN(tb)
	return open(tb, dsn, store.Options{Key: Key, Now: now, Schema: Schema(tb)})
}

func open(tb testing.TB, dsn string, o store.Options) *store.Store {
	tb.Helper()
	s, err := store.Open(context.Background(), dsn, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Schema names a schema that is dropped when the test ends.
func Schema(tb testing.TB) string {
	tb.Helper()
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		tb.Fatal(err)
	}
	name := "test_" + hex.EncodeToString(b)
	tb.Cleanup(func() {
		db, err := sql.Open("pgx", DSN(tb))
		if err != nil {
			tb.Error(err)
			return
		}
		if _, err := db.ExecContext(context.Background(),
			"DROP SCHEMA IF EXISTS "+pgx.Identifier{name}.Sanitize()+" CASCADE"); err != nil {
			tb.Error(err)
		}
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return name
}

// own is the cluster of this test binary, made when it is first needed. Its keeper ends it with the binary.
var own = sync.OnceValues(func() (*Cluster, error) { return Start(context.Background()) })

// DSN is the data source name of the test cluster. Without PostgreSQL the test fails: to leave out an engine would be to
// say nothing about it.
func DSN(tb testing.TB) string {
	tb.Helper()
	if dsn := os.Getenv(Env); dsn != "" {
		return dsn
	}
	c, err := own()
	if err != nil {
		tb.Fatal(err)
	}
	return c.DSN()
}
