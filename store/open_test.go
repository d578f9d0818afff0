package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"", "mysql:x", "sqlite:", "sqlite:/no/such/folder/x.db", "postgres://%zz"} {
		_, err := store.Open(t.Context(), dsn, store.Options{})
		wantClass(t, err, cardea.Rejected)
	}
	_, err := store.Open(t.Context(), "postgres://u:hush@127.0.0.1:1/x", store.Options{})
	wantClass(t, err, cardea.Retry)
	_, err = store.Open(t.Context(), "postgres://u:hush@127.0.0.1:1/x", store.Options{Schema: "x"})
	wantClass(t, err, cardea.Retry)
	_, err = store.Open(t.Context(), "postgres://u:hush@[::1/x", store.Options{})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheFileIsKeptAndOnlyOursToRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cardea.db")
	s := ok(store.Open(t.Context(), "sqlite:"+path, store.Options{}))
	furnish(t, s.In("default"))
	must(t, s.Close())
	info := ok(os.Stat(path))
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v", info.Mode())
	}
	s = ok(store.Open(t.Context(), "sqlite:"+path, store.Options{}))
	if cs := ok(s.In("default").Connections(t.Context())); len(cs) != 2 || s.Engine() != "sqlite" {
		t.Errorf("connections %v on %s", cs, s.Engine())
	}
	must(t, s.Close())
}

func TestReadersOfSQLiteCannotWrite(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t)
	if err := s.TryWriteByReader(t.Context(), "DELETE FROM workspace"); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("a reader wrote: %v", err)
	}
}

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	schema := storetest.Schema(t)
	for _, dsn := range []string{storetest.DSN(t), "sqlite:" + filepath.Join(t.TempDir(), "x.db")} {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				s, err := store.Open(t.Context(), dsn, store.Options{Schema: schema})
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.In("default").Note(t.Context(), noon, "a", "b", nil); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		s := ok(store.Open(t.Context(), dsn, store.Options{Schema: schema}))
		must(t, s.In("default").VerifyAudit(t.Context()))
		if n := len(ok(s.In("default").Audit(t.Context(), 9))); n != 3 {
			t.Errorf("%s: %d lines", s.Engine(), n)
		}
		must(t, s.Close())
	}
}

func TestAWorkspaceNeedsAName(t *testing.T) {
	t.Parallel()
	wantClass(t, storetest.SQLite(t).In("").Note(t.Context(), noon, "a", "b", nil), cardea.Rejected)
}
