package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// TestAFullDiskIsSaidAndPasses: what does not fit is tried again, and goes through when there is room.
func TestAFullDiskIsSaidAndPasses(t *testing.T) {
	t.Parallel()
	s := ok(store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{}))
	w := s.In("default")
	furnish(t, w)
	must(t, s.Tamper(t.Context(), "PRAGMA max_page_count = 1")) // no page more than there are
	note := func() error {
		return w.Note(t.Context(), noon, "olga", "something long", map[string]string{"text": strings.Repeat("x", 1<<20)})
	}
	err := note()
	wantClass(t, err, cardea.Retry)
	if err == nil || !strings.Contains(err.Error(), "disk of the database is full") {
		t.Errorf("it says %v", err)
	}
	must(t, s.Tamper(t.Context(), "PRAGMA max_page_count = 1000000"))
	must(t, note())
	must(t, s.Close())
}
