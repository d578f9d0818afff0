package main

import (
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

func (n *node) answer(t *testing.T) int {
	t.Helper()
	w := httptest.NewRecorder()
	n.ready(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	return w.Code
}

// A node whose clock is far from the database's writes leases that others misread: it begins nothing, and says that it is not ready.
func TestANodeWithAWrongClockIsNotFit(t *testing.T) {
	t.Parallel()
	ahead := time.Duration(0)
	n := &node{store: storetest.Postgres(t), timed: true, now: func() time.Time { return time.Now().Add(ahead) }}
	if code := n.answer(t); code != http.StatusOK {
		t.Errorf("by the right clock it answers %d", code)
	}
	for _, ahead = range []time.Duration{time.Minute, -time.Minute} {
		if err := n.fit(t.Context()); err == nil || n.answer(t) != http.StatusServiceUnavailable {
			t.Errorf("%s ahead: %v", ahead, err)
		}
	}
	n.timed = false
	if err := n.fit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestReadinessGoesBeforeTheWorkDoes(t *testing.T) {
	t.Parallel()
	n := &node{store: storetest.SQLite(t), now: time.Now}
	ctx, stop := context.WithCancel(t.Context())
	on, left := n.drained(ctx, time.Hour)
	defer left()
	if code := n.answer(t); code != http.StatusOK {
		t.Fatalf("it answers %d", code)
	}
	stop()
	for !n.leaving.Load() {
		time.Sleep(time.Millisecond)
	}
	if code := n.answer(t); code != http.StatusServiceUnavailable || on.Err() != nil {
		t.Errorf("it answers %d, and goes on: %v", code, on.Err())
	}
	synctest.Test(t, func(t *testing.T) {
		n := &node{now: time.Now}
		ctx, stop := context.WithCancel(context.Background())
		on, left := n.drained(ctx, 5*time.Second)
		defer left()
		stop()
		time.Sleep(4 * time.Second)
		if on.Err() != nil {
			t.Error("it stopped before its time")
		}
		time.Sleep(2 * time.Second)
		if on.Err() == nil {
			t.Error("it went on")
		}
	})
}

// TestADatabaseThatCannotBeWrittenIsNotReady: one whose disk is full answers every question.
func TestADatabaseThatCannotBeWrittenIsNotReady(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cardea.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	now := time.Now()
	n := &node{store: s, now: func() time.Time { return now }}
	for _, step := range []struct {
		does string
		want int
	}{
		{"", http.StatusOK},
		{"CREATE TRIGGER full BEFORE UPDATE ON budget BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END", http.StatusServiceUnavailable},
		{"DROP TRIGGER full", http.StatusOK},
	} {
		if _, err := db.ExecContext(t.Context(), step.does); err != nil {
			t.Fatal(err)
		}
		now = now.Add(askClock)
		if code := n.answer(t); code != step.want {
			t.Errorf("after %q it answers %d, want %d", step.does, code, step.want)
		}
	}
}
