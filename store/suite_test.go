package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

const (
	space = "rnd"
	doors = "kisi"
	life  = time.Minute
)

var noon = cardea.At(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))

// each runs f on both engines with a workspace that has a connection of each side.
func each(t *testing.T, f func(t *testing.T, s *store.Store, w *store.Workspace)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := s.In("default")
		furnish(t, w)
		f(t, s, w)
	})
}

func furnish(tb testing.TB, w *store.Workspace) {
	tb.Helper()
	must(tb, w.SaveConnection(tb.Context(), store.Connection{Name: space, Side: store.SideSpace, System: "officernd"}))
	must(tb, w.SaveConnection(tb.Context(), store.Connection{Name: doors, Side: store.SideDoor, System: "kisi"}))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// ok hands on a value and ends everything on an error: only for what cannot fail in a suite that means anything.
func ok[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func wantClass(tb testing.TB, err error, want cardea.Class) {
	tb.Helper()
	if c := cardea.ClassOf(err); c != want {
		tb.Errorf("class %q of %v, want %q", c, err, want)
	}
}

func same(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if d := cmp.Diff(want, got); d != "" {
		tb.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// read saves records as one read of everything.
func read(tb testing.TB, w *store.Workspace, connection string, records ...cardea.Record) {
	tb.Helper()
	must(tb, w.SaveRead(context.Background(), noon, "test", []store.ReadChange{{Connection: connection, Upsert: records}}, nil, nil))
}
