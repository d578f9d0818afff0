package storetest_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			ctx := t.Context()
			if lines, err := s.In("default").Audit(ctx, 9); err != nil || len(lines) != 0 {
				t.Errorf("%s: somebody was here: %v, %v", s.Engine(), lines, err)
			}
			if err := s.In("default").Note(ctx, 1, "me", "was here", nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEveryEngineIsRun(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var names []string
	t.Run("both", func(t *testing.T) {
		storetest.Each(t, func(_ *testing.T, s *store.Store) {
			mu.Lock()
			defer mu.Unlock()
			names = append(names, s.Engine())
		})
	})
	slices.Sort(names)
	if !slices.Equal(names, []string{"postgres", "sqlite"}) {
		t.Errorf("the engines were %v", names)
	}
}

func TestStoppedClusterLeavesNothing(t *testing.T) {
	t.Parallel()
	c, err := storetest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimPrefix(c.String(), "PostgreSQL in ")
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
	conn, err := pgx.Connect(t.Context(), c.DSN())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}

func TestMissingPostgresSaysWhatToInstall(t *testing.T) {
	t.Parallel()
	_, err := storetest.Program("no-such-program-of-postgresql")
	if cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("the error is %v", err)
	}
}
