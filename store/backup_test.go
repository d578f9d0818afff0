package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// TestABackupIsWholeWhileOthersWrite, is for its owner alone and never takes another file's place.
func TestABackupIsWholeWhileOthersWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dsn, to := "sqlite:"+filepath.Join(dir, "x.db"), filepath.Join(dir, "copy.db")
	s := ok(store.Open(t.Context(), dsn, store.Options{}))
	w := s.In("default")
	furnish(t, w)
	must(t, w.Note(t.Context(), noon, "olga", "before the backup", nil)) // which is in the write-ahead log alone
	must(t, store.Backup(t.Context(), dsn, to))
	must(t, w.Note(t.Context(), noon+1, "olga", "after the backup", nil))
	if mode := ok(os.Stat(to)).Mode().Perm(); mode != 0o600 {
		t.Errorf("its mode is %o", mode)
	}
	wantClass(t, store.Backup(t.Context(), dsn, to), cardea.Rejected)
	copied := ok(store.Open(t.Context(), "sqlite:"+to, store.Options{}))
	lines := ok(copied.In("default").Audit(t.Context(), 1))
	if len(lines) != 1 || lines[0].What != "before the backup" {
		t.Errorf("the newest line of the copy is %v", lines)
	}
	same(t, "connections", ok(copied.In("default").Connections(t.Context())), ok(w.Connections(t.Context())))
	must(t, copied.Close())
	must(t, s.Close())
	must(t, store.Backup(t.Context(), dsn, filepath.Join(dir, "still.db"))) // nobody works on it
}

func TestABackupThatCannotBeMadeLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	to := filepath.Join(dir, "copy.db")
	broken := filepath.Join(dir, "broken.db")
	must(t, os.WriteFile(broken, []byte("this is no database, however long it may be read for one"), 0o600))
	for _, dsn := range []string{"postgres://cardea@db/cardea", "sqlite::memory:", "sqlite:" + filepath.Join(dir, "none.db"), "sqlite:" + broken} {
		if err := store.Backup(t.Context(), dsn, to); err == nil {
			t.Errorf("%s: a backup was made", dsn)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: something was left", dsn)
		}
	}
}
